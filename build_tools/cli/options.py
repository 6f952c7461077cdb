"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from build_tools.campaign import load_campaign
from build_tools.checks import Examination, Judgement, examine, judge
from build_tools.clock import moment
from build_tools.tree import WorkTree

Steps = Callable[[int, int], None]


def _folder(_ctx: click.Context, _param: click.Parameter, value: str) -> Path:
    folder = Path(value)
    if not folder.is_dir():
        raise click.BadParameter("所指的是文件，不是文件夹" if folder.exists() else "所指的文件夹不存在")
    return folder


# Eager: other options are judged by where the campaign lies.
root = click.option(
    "--root", default=".", metavar="文件夹", callback=_folder, is_eager=True,
    help="活动所在的文件夹，默认为当前文件夹。",
)  # fmt: skip
now = click.option(
    "--now",
    default=None,
    metavar="时间",
    help="按这一时刻判断，例如 2012-08-23T10:00:00+08:00；也可用环境变量 SHENBAO_NOW。",
)
audience = click.option(
    "--audience", type=click.Choice(["office", "public"]), default="office",
    metavar="office|public", help="office 内部版，全部内容；public 公开版，只含可公开的内容。",
)  # fmt: skip
required_audience = click.option(
    "--audience", type=click.Choice(["office", "public"]), required=True,
    metavar="office|public", help="office 内部版，全部内容；public 公开版，只含可公开的内容。",
)  # fmt: skip

no_papers = click.option(
    "--no-papers", is_flag=True, help="不生成打印件（PDF、Word、网页打印）和 Excel 汇总表，快一些。"
)


def examined(root_folder: Path, clock: str | None) -> Examination:
    """Examine the campaign at ``root_folder`` with a progress bar where there is a terminal."""
    tree = WorkTree(root_folder)
    campaign = load_campaign(tree)
    with steps("检查") as advance:
        return examine(tree, moment(campaign, clock), campaign=campaign, progress=advance)


def judged(root_folder: Path, clock: str | None) -> Judgement:
    """:func:`examined` for the findings only, which takes less time and memory."""
    tree = WorkTree(root_folder)
    campaign = load_campaign(tree)
    with steps("检查") as advance:
        return judge(tree, moment(campaign, clock), campaign=campaign, progress=advance)


@contextmanager
def steps(title: str) -> Iterator[Steps]:
    """A progress bar on standard error when it is a terminal, and nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns: tuple[Any, ...] = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield advance
