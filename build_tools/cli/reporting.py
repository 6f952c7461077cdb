"""How a check's report leaves the command: on the terminal, into files, into a forge's step summary."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

import click

from build_tools.cli.main import BROKEN, FOUND_ERRORS, OK
from build_tools.reporters.formats import FORMATS, write
from build_tools.reporters.markdown import as_step_summary
from build_tools.reporters.report import Report
from build_tools.reporters.text import as_it_is
from build_tools.tree import Tree, is_own

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
"""The variable by which GitHub's runner names the file that becomes the step's summary page."""

_COLOURS: dict[str, dict[str, Any]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow"},
    "good": {"fg": "green"},
    "path": {"bold": True},
    "caret": {"fg": "cyan"},
    "hint": {"dim": True},
}


class Copy(NamedTuple):
    """A further format of the same report, and the file it goes to."""

    form: str
    file: Path


def _copies(ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[Copy, ...]:
    copies = tuple(_copy(ctx.params["root"], value) for value in values)
    if len({copy.file for copy in copies}) < len(copies):
        raise click.BadParameter("把几种格式写到了同一个文件，请各写各的")
    return copies


def _copy(root: Path, value: str) -> Copy:
    form, _, name = value.partition("=")
    if form not in FORMATS or not name:
        raise click.BadParameter(
            f"应写成“格式=文件”，例如 markdown=comment.md；可用的格式有：{'、'.join(FORMATS)}"
        )
    file = Path(name)
    if is_own(root, file):
        raise click.BadParameter(f"所指的“{name}”是活动自己的文件夹，请写到别处，例如 var 文件夹")
    if file.is_dir():
        raise click.BadParameter(f"所指的“{name}”是文件夹，应写到文件名")
    return Copy(form, file)


form = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", metavar="|".join(FORMATS),
    help="text 给人看；json 供程序读取，内容完整；github、gitlab 标在代码托管平台上；markdown 作合并请求的评论。",
)  # fmt: skip
copies = click.option(
    "--report", "copies", multiple=True, callback=_copies, metavar="格式=文件",
    help="同一结果另存一种格式，可以写多次，例如 --report markdown=comment.md。",
)  # fmt: skip
everything = click.option("--all", "everything", is_flag=True, help="列出全部意见，不省略（仅 text）。")
reveal = click.option(
    "--reveal", is_flag=True, help="显示出错行的原文（默认遮住填写的内容，以免泄露个人信息；仅 text）。"
)


def tell(
    report: Report,
    form: str,
    tree: Tree,
    copies: tuple[Copy, ...] = (),
    *,
    everything: bool = False,
    reveal: bool = False,
) -> int:
    """Say ``report`` on standard output as ``form`` and into the files of ``copies``; gives the exit status.

    What GitHub's runner shows beside the lines is limited; the whole goes to its step summary, where there is one.
    """
    for copy in copies:
        text = write(report, copy.form, tree, everything=everything, reveal=reveal)
        copy.file.parent.mkdir(parents=True, exist_ok=True)
        copy.file.write_bytes(_bytes(text))
    style = _coloured if form == "text" and sys.stdout.isatty() else as_it_is
    said = write(report, form, tree, style=style, everything=everything, reveal=reveal)
    # What a program reads is UTF-8, whatever the terminal's encoding.
    click.echo(said if form == "text" else _bytes(said), nl=False)
    summary = os.environ.get(STEP_SUMMARY) if form == "github" else None
    if summary:
        with Path(summary).open("ab") as page:
            page.write(_bytes(as_step_summary(report)))
    if report.campaign is None:
        click.echo("活动文件本身有错，各单位报送的内容未作检查。", err=True)
        return BROKEN
    return FOUND_ERRORS if report.errors else OK


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _coloured(text: str, name: str) -> str:
    return click.style(text, **_COLOURS.get(name, {}))
