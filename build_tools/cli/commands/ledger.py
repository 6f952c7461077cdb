"""``shenbao ledger``: record what happened, and verify that nothing recorded was changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from build_tools.campaign import Campaign, NoSuchName, load_campaign, unit_called
from build_tools.cli import options
from build_tools.cli.chinese import Command, Group
from build_tools.cli.main import FOUND_ERRORS, OK
from build_tools.clock import moment
from build_tools.ledger import Kind
from build_tools.tree import WorkTree


@click.group(
    cls=Group,
    short_help="登记收文台账，核对台账有没有被改动",
    options_metavar="",
    subcommand_metavar="命令 [参数]…",
)
def command() -> None:
    """收文台账：登记收到、退回、受理、撤回、延期和纸质材料；核对台账有没有被改动。

    \b
    例：
      shenbao ledger record 收到 广州/statistics --by 示例收文员
      shenbao ledger verify

    台账只能追加，没有修改和删除的命令；登记错了的，追加一项更正。
    """


@command.command("record", cls=Command, options_metavar="--by 姓名 [选项]", short_help="登记一件或几件事")
@options.root
@click.argument("kind", metavar="事项")
@click.argument("names", metavar="[单位/文件]…", nargs=-1)
@click.option(
    "--by", multiple=True, metavar="姓名", help="经办人；几个人的，写几次。延期按活动规定的人数写。"
)
@click.option(
    "--at", default=None, metavar="时间",
    help="事情发生的时间，例如 2012-08-22T18:03:11+08:00，默认为现在；补登的另记登记时间。",
)  # fmt: skip
@click.option(
    "--source",
    default="",
    metavar="来源",
    help="收到的时间由谁盖，默认为收文窗口；平台的写 forge。与 --base、--head 同用时必须写。",
)
@click.option("--reason", default="", metavar="理由", help="退回、撤回、延期的理由。")
@click.option("--until", default=None, metavar="时间", help="退回修改的期限，或延期后的截止时间。")
@click.option(
    "--copies", default=None, type=click.IntRange(0, 999), metavar="份数", help="这次收到的纸质份数。"
)
@click.option("--seal", "seals", multiple=True, metavar="印章", help="这次看到已盖的印章；几个印章写几次。")
@click.option("--digest", default="", metavar="摘要", help="所收版本的摘要，文件夹中已不是那一版本时才写。")
@click.option(
    "--base", default=None, metavar="版本", help="与 --head 同用：登记两个版本之间有变动的全部文件。"
)
@click.option("--head", default=None, metavar="版本", help="收到的版本，例如合并后的提交。")
@click.option(
    "--times", default=None, metavar="文件", type=click.Path(path_type=Path),
    help="与 --base、--head 同用，代替 --at：JSON 文件，逐个写明每个文件是什么时间收到的。",
)  # fmt: skip
@click.option("--city", default=None, metavar="单位", help="与 --base、--head 同用：只登记这个单位的。")
@click.option("--dry-run", is_flag=True, help="只显示会登记什么，不写入。")
@options.now
def record_command(
    *,
    root: Path,
    kind: str,
    names: tuple[str, ...],
    base: str | None,
    head: str | None,
    city: str | None,
    times: Path | None,
    now: str | None,
    dry_run: bool,
    **told: Any,
) -> int:
    """在台账后面追加事项；几份文件一次登记，要么全部写入，要么都不写。

    事项用中文或英文：收到 received、退回 returned、受理 accepted、撤回 withdrawn、延期 extended、纸质 paper。

    \b
    例：
      shenbao ledger record 收到 广州/statistics 广州/individual-01 --by 示例收文员
      shenbao ledger record 收到 广州/summary --at 2012-08-22T18:03:11+08:00 --by 示例收文员    补登
      shenbao ledger record 退回 广州/individual-01 --reason 简历有空缺，请补齐 \\
          --until 2012-08-25T18:00:00+08:00 --by 示例审核员
      shenbao ledger record 受理 广州/individual-01 --by 示例审核员
      shenbao ledger record 延期 '广州/*' --until 2012-08-24T18:00:00+08:00 --reason 台风停工 \\
          --by 示例批准人甲 --by 示例批准人乙
      shenbao ledger record 纸质 广州/individual-01 --copies 3 --seal 所在单位党组织 --by 示例收文员
      shenbao ledger record 收到 --base main~1 --head main --at 2012-08-22T18:03:11+08:00 \\
          --source forge --by 自动登记

    登记收到时记下文件的逐字节摘要；受理的是按台账采用的那一版本。

    退出状态：0 已登记，1 不能登记（没有写入），2 活动文件本身有错或命令用法不对。
    """
    from build_tools.recording import BadRequest, Refused, record, record_received, times_given

    batch = base is not None or head is not None
    campaign = load_campaign(WorkTree(root))
    clock = moment(campaign, now)
    try:
        asked = _request(kind, told)
        unit = unit_called(campaign, city) if city else None
        _check_usage(asked.kind, names=names, base=base, head=head, city=city, times=times, told=told)
        if batch:
            recorded = record_received(
                root,
                campaign,
                clock,
                asked,
                base=str(base),
                head=str(head),
                times=times_given(times) if times else None,
                unit=unit,
                dry_run=dry_run,
            )
        else:
            recorded = record(root, campaign, clock, asked, names, dry_run=dry_run)
    except (BadRequest, NoSuchName) as error:
        raise click.UsageError(str(error)) from error
    except Refused as refused:
        click.echo(f"没有登记：{refused}", err=True)
        return FOUND_ERRORS
    for unit_of, event in recorded:
        click.echo(f"{'将登记' if dry_run else '已登记'}：{_line(campaign, unit_of.name, event)}")
    if not recorded:
        click.echo("没有要登记的：两个版本之间的文件都没有变动，或者台账已有记录。")
    return OK


def _request(kind: str, told: dict[str, Any]) -> Any:
    from build_tools.recording import Request, kind_called, moment_given

    times = {key: moment_given(told[key], f"--{key}") for key in ("at", "until") if told[key]}
    return Request(kind_called(kind), **{**told, "at": None, "until": None, **times})


def _check_usage(
    kind: Kind,
    *,
    names: tuple[str, ...],
    base: str | None,
    head: str | None,
    city: str | None,
    times: Path | None,
    told: dict[str, Any],
) -> None:
    from build_tools.recording import BadRequest

    if base is None and head is None:
        if city or times:
            only = "--city" if city else "--times"
            raise BadRequest(f"{only} 只与 --base、--head 同用；登记一份文件写“单位/文件”")
        if not names:
            raise BadRequest("没有写登记哪份文件，应写成 guangzhou/statistics 的样子")
        return
    if base is None or head is None:
        raise BadRequest("--base 和 --head 要一起写")
    if kind is not Kind.RECEIVED or names or told["digest"]:
        raise BadRequest("--base 和 --head 只用来登记收到，后面不写单位和文件，也不写 --digest")
    if bool(told["at"]) == bool(times) or not told["source"]:
        raise BadRequest(
            "登记两个版本之间的文件，要用 --at（或者 --times）和 --source 写明时间和盖时间的服务器"
        )


def _line(campaign: Campaign, unit: str, event: Any) -> str:
    from build_tools.checks.timeliness import when

    until = f"，到 {when(event.until, campaign)}" if event.until else ""
    return (
        f"{unit} {campaign.document_title(event.document)} {event.kind.label}，"
        f"{when(event.at, campaign)}{until}（第 {event.seq} 项）"
    )


@command.command("verify", cls=Command, options_metavar="[选项]", short_help="核对台账有没有被改动")
@options.root
@click.argument("names", metavar="[单位]…", nargs=-1)
@click.option("--heads", is_flag=True, help="列出每个单位最后一项的摘要，可以抄到别处备查。")
def verify_command(root: Path, names: tuple[str, ...], heads: bool) -> int:
    """核对各单位台账：每一项与摘要相符，各项前后相扣；在 git 仓库中还与本分支的历次版本逐项比较。

    \b
    例：
      shenbao ledger verify                  全部单位
      shenbao ledger verify 广州 shenzhen
      shenbao ledger verify --heads          同时列出每个单位最后一项的摘要

    退出状态：0 完好，1 被改动，2 台账读不出来或命令用法不对。
    """
    from build_tools.recording import verify

    campaign = load_campaign(WorkTree(root))
    try:
        slugs = {unit_called(campaign, name).slug for name in names}
    except NoSuchName as error:
        raise click.UsageError(str(error)) from error
    found = verify(root, campaign, slugs)
    if heads:
        for verdict in found.verdicts:
            click.echo(f"{verdict.slug}  {verdict.events} 项  {verdict.head or '（空）'}")
    for fault in found.faults:
        click.echo(fault, err=True)
    if found.faults:
        return FOUND_ERRORS
    events = sum(verdict.events for verdict in found.verdicts)
    versions = sum(verdict.versions for verdict in found.verdicts)
    compared = (
        f"与历次 {versions} 个版本比较，没有改写"
        if found.compared
        else "不在 git 仓库中，或者没有提交过，没有与历次版本比较"
    )
    click.echo(f"台账完好：{len(found.verdicts)} 个单位，共 {events} 项；{compared}。")
    return OK
