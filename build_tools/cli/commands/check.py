"""``shenbao check``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from build_tools.campaign import BrokenCampaign, load_campaign
from build_tools.checks import Judgement, judge
from build_tools.cli import options, proposed, reporting
from build_tools.cli.chinese import Command
from build_tools.clock import moment
from build_tools.reporters.origins import with_origins
from build_tools.reporters.report import Report
from build_tools.tree import Tree, WorkTree


@click.command(cls=Command, options_metavar="[选项]", short_help="检查整个活动")
@options.root
@proposed.base
@proposed.head
@proposed.city
@proposed.actor
@proposed.queue
@proposed.times
@click.option(
    "--commit", default="", metavar="版本", help="检查一个提交，不看工作区；查过、没有变的单位不再重查。"
)
@reporting.form
@reporting.copies
@options.now
@reporting.everything
@reporting.reveal
def command(
    *,
    root: Path,
    base: str,
    head: str,
    city: str,
    actor: str,
    queue: bool,
    times: Path | None,
    commit: str,
    form: str,
    copies: tuple[reporting.Copy, ...],
    now: str | None,
    everything: bool,
    reveal: bool,
) -> int:
    """检查整个活动：各单位报送的文件、名额、重复、附件、时间和台账；或者审查一个合并请求。

    \b
    例：
      shenbao check                     检查当前文件夹
      shenbao check --format json       供程序读取
      shenbao check --all --reveal      在自己的电脑上逐条查看
      shenbao check --format github --report markdown=var/comment.md
                                        在流水线中：标出意见，另存一份评论
      shenbao check --base origin/main --head FETCH_HEAD --city 广州
                                        审查广州市的合并请求

    审查合并请求时，单位名单、账号表和规则都用 --base 的；--head 的内容只从 git 的对象中读取，不检出，不运行。
    先看它有没有改动不该改的文件，再按合并以后的样子检查整个活动；不是它带来的错误另列，不影响退出状态。

    退出状态：0 没有错误（可以有提示），1 有错误，2 活动文件本身有错或命令用法不对。
    """
    named = proposed.Named(base, head, city, actor, queue)
    if named and commit:
        raise click.UsageError("--commit 不与 --base、--head 同用")
    if times and not named:
        raise click.UsageError("--times 只与 --base、--head 同用")
    looked = (
        _proposal(root, now, named, times)
        if named
        else _commit(root, now, commit)
        if commit
        else _work_tree(root, now)
    )
    try:
        with looked as (tree, report):
            return reporting.tell(report, form, tree, copies, everything=everything, reveal=reveal)
    except BrokenCampaign as broken:
        report = Report(tuple(broken.findings), files=len({f.place.path for f in broken.findings}))
        tree = broken.tree or WorkTree(root)
        return reporting.tell(report, form, tree, copies, everything=everything, reveal=reveal)


Looked = Iterator[tuple[Tree, Report]]
"""What was looked at, and what is to be said of it."""


@contextmanager
def _work_tree(root: Path, now: str | None) -> Looked:
    yield WorkTree(root), _report(options.judged(root, now), root)


@contextmanager
def _commit(root: Path, now: str | None, revision: str) -> Looked:
    from build_tools.history import GitTree

    with GitTree(root, revision, " --commit 所指的") as tree:
        campaign = load_campaign(tree)
        clock, memory = moment(campaign, now), proposed.memory(root)
        with options.steps("检查") as advance:
            judgement = judge(tree, clock, campaign=campaign, memory=memory, progress=advance)
        yield tree, _report(judgement, root, revision)


@contextmanager
def _proposal(root: Path, now: str | None, named: proposed.Named, times: Path | None) -> Looked:
    from build_tools.proposal import judge_proposal

    with named.open(root) as proposal:
        clock, came = moment(proposal.campaign, now), proposed.came(times)
        with options.steps("审查") as advance:
            memory = proposed.memory(root)
            verdict = judge_proposal(proposal, clock, times=came, memory=memory, progress=advance)
        yield (
            proposal.merged,
            Report(verdict.own, verdict.rest, verdict.files, verdict.units, verdict.campaign, verdict.now),
        )


def _report(judgement: Judgement, root: Path, revision: str = "HEAD") -> Report:
    findings = with_origins(judgement.findings, root, revision)
    return Report(findings, files=judgement.files, campaign=judgement.campaign, now=judgement.now)
