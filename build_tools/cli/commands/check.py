"""``shenbao check``."""

from __future__ import annotations

from pathlib import Path

import click

from build_tools.campaign import BrokenCampaign
from build_tools.cli import options, reporting
from build_tools.cli.chinese import Command
from build_tools.reporters.report import Report
from build_tools.tree import WorkTree


@click.command(cls=Command, options_metavar="[选项]", short_help="检查整个活动")
@options.root
@reporting.form
@reporting.copies
@options.now
@reporting.everything
@reporting.reveal
def command(
    *,
    root: Path,
    form: str,
    copies: tuple[reporting.Copy, ...],
    now: str | None,
    everything: bool,
    reveal: bool,
) -> int:
    """检查整个活动：各单位报送的文件、名额、重复、附件、时间和台账。

    \b
    例：
      shenbao check                     检查当前文件夹
      shenbao check --format json       供程序读取
      shenbao check --all --reveal      在自己的电脑上逐条查看
      shenbao check --format github --report markdown=var/comment.md
                                        在流水线中：标出意见，另存一份评论

    退出状态：0 没有错误（可以有提示），1 有错误，2 活动文件本身有错或命令用法不对。
    """
    report = _whole_campaign(root, now)
    return reporting.tell(report, form, WorkTree(root), copies, everything=everything, reveal=reveal)


def _whole_campaign(root: Path, now: str | None) -> Report:
    try:
        judgement = options.judged(root, now)
    except BrokenCampaign as broken:
        return Report(tuple(broken.findings), files=len({f.place.path for f in broken.findings}))
    return Report(judgement.findings, files=judgement.files, campaign=judgement.campaign, now=judgement.now)
