"""``shenbao check``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from build_tools.campaign import BrokenCampaign
from build_tools.cli import options
from build_tools.cli.chinese import Command
from build_tools.cli.main import BROKEN, FOUND_ERRORS, OK
from build_tools.reporters import TextReporter, as_json, field_names, public_places
from build_tools.tree import WorkTree

_COLOURS: dict[str, dict[str, Any]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow"},
    "good": {"fg": "green"},
    "path": {"bold": True},
    "caret": {"fg": "cyan"},
    "hint": {"dim": True},
}


@click.command(cls=Command, options_metavar="[选项]", short_help="检查整个活动")
@options.root
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text",
    metavar="text|json", help="text 给人看，json 给程序读（内容完整）。",
)  # fmt: skip
@options.now
@click.option("--all", "everything", is_flag=True, help="列出全部意见，不省略。")
@click.option("--reveal", is_flag=True, help="显示出错行的原文（默认遮住填写的内容，以免泄露个人信息）。")
def command(root: Path, form: str, now: str | None, everything: bool, reveal: bool) -> int:
    """检查整个活动：各单位报送的文件、名额、重复、附件、时间和台账。

    \b
    例：
      shenbao check                     检查当前文件夹
      shenbao check --format json       供程序读取
      shenbao check --all --reveal      在自己的电脑上逐条查看

    退出状态：0 没有错误（可以有提示），1 有错误，2 活动文件本身有错或命令用法不对。
    """
    tree = WorkTree(root)
    broken = False
    campaign = None
    try:
        judgement = options.judged(root, now)
        findings, files = list(judgement.findings), judgement.files
        failed = judgement.errors > 0
        campaign = judgement.campaign
    except BrokenCampaign as error:
        findings, files, broken, failed = (
            error.findings,
            len({f.place.path for f in error.findings}),
            True,
            True,
        )
    if form == "json":
        # As bytes: JSON is UTF-8 whatever the terminal's encoding, and half of a pair in a file's name is escaped.
        click.echo(as_json(findings, files).encode("utf-8", "backslashreplace"), nl=False)
    else:
        coloured = sys.stdout.isatty()
        reporter = TextReporter(
            tree,
            style=(lambda text, name: click.style(text, **_COLOURS.get(name, {}))) if coloured else _plain,
            is_public=(lambda _finding, _line: True) if reveal else public_places(campaign),
            is_field=field_names(campaign),
            everything=everything,
        )
        for line in reporter.lines(findings, files):
            click.echo(line)
        if broken:
            click.echo("活动文件本身有错，各单位报送的内容未作检查。", err=True)
    return BROKEN if broken else FOUND_ERRORS if failed else OK


def _plain(text: str, _name: str) -> str:
    return text
