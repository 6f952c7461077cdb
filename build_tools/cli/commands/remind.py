"""``shenbao remind``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from build_tools.campaign import NoSuchName, unit_called
from build_tools.cli import options
from build_tools.cli.chinese import Command
from build_tools.cli.main import BROKEN, FOUND_ERRORS, OK

if TYPE_CHECKING:
    from build_tools.progress import CampaignProgress
    from build_tools.reminders import Reminder
    from build_tools.reminders.send import Turn

_RECORD = Path("var", "remind", "sent.json")


@click.command(cls=Command, options_metavar="[选项]", short_help="催报")
@options.root
@click.argument("names", metavar="[单位]…", nargs=-1)
@click.option(
    "--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", metavar="text|csv|json",
    help="名单的格式：text 看屏幕或打印，csv 用 Excel、WPS 打开，json 供程序读取。",
)  # fmt: skip
@click.option(
    "--out", default=None, metavar="文件夹", type=click.Path(path_type=Path),
    help="把催报函写到这里，每个单位一个 .txt（粘贴、传真用）和一个 .eml（邮件软件打开）。",
)  # fmt: skip
@click.option("--all", "everybody", is_flag=True, help="没到催报日的单位也写、也发。")
@click.option("--send", is_flag=True, help="经邮件服务器发出；同样的内容不发第二次。")
@click.option("--dry-run", is_flag=True, help="只说会发给谁，不发，也不连接邮件服务器。")
@click.option(
    "--record", default=None, metavar="文件", type=click.Path(path_type=Path),
    help="发送记录，默认为活动文件夹中的 var/remind/sent.json。",
)  # fmt: skip
@options.now
def command(
    *,
    root: Path,
    names: tuple[str, ...],
    form: str,
    out: Path | None,
    everybody: bool,
    send: bool,
    dry_run: bool,
    record: Path | None,
    now: str | None,
) -> int:
    """催报：列出还欠材料的单位，急的在前；写好或发出催报函。不写单位时为全部单位。

    \b
    例：
      shenbao remind                            今天要联系谁，欠什么，电话多少
      shenbao remind --format csv > 催报.csv
      shenbao remind --out var/remind/letters   写好今天要发的催报函
      shenbao remind --send --dry-run           看看会发给谁
      shenbao remind --send                     发出
      shenbao remind jiangmen --all --send      只发一个单位，不等催报日

    截止当天和前两天是催报日，延期的单位按延期后的日子；data/campaign.yml 的 reminders 可以改。
    逾期后仍应补报的，告知一次，情况有变再告知。

    \b
    发送前设环境变量：
      SHENBAO_SMTP_HOST      邮件服务器
      SHENBAO_SMTP_PORT      端口，默认随加密方式为 587、465 或 25
      SHENBAO_SMTP_TLS       starttls（默认）、tls 或 none
      SHENBAO_SMTP_USER      用户名，不需要登录的不设
      SHENBAO_SMTP_PASSWORD  密码
      SHENBAO_MAIL_FROM      发件地址，默认为 data/campaign.yml 中的现行邮箱

    \b
    名单含联络员电话，仅供办公室使用；--send 和 --dry-run 的输出只有单位名称。
    退出状态：0 正常，1 有该发而没有发出的，2 活动文件有错或设置、用法不对。
    """
    acts = send or dry_run or out is not None
    if record is not None and not (send or dry_run):
        raise click.UsageError("--record 只与 --send 或 --dry-run 同用")
    if form != "text" and acts:
        raise click.UsageError("--format 是名单的格式，不与 --out、--send、--dry-run 同用")
    _check_places(root, out, record)
    from build_tools.progress import assess
    from build_tools.reminders import plan
    from build_tools.reminders.post import BadPost, NoServer
    from build_tools.reminders.record import RecordTrouble
    from build_tools.reminders.send import to_write

    progress = assess(options.examined(root, now))
    try:
        slugs = tuple(unit_called(progress.campaign, name).slug for name in names)
    except NoSuchName as error:
        raise click.UsageError(str(error)) from error
    reminders = plan(progress, slugs)
    if not acts:
        from build_tools.reminders.call_list import render

        data = render(progress, reminders, form)
        # A table and JSON are UTF-8 wherever they go; a list that is read speaks the terminal's encoding.
        click.echo(data.decode() if form == "text" else data, nl=False)
        return OK
    chosen = to_write(reminders, everybody=everybody)
    try:
        if out is not None:
            _write(progress, chosen, slugs, out)
        if dry_run:
            return _preview(progress, chosen, record or root / _RECORD)
        return _send(progress, chosen, record or root / _RECORD) if send else OK
    except (BadPost, RecordTrouble) as error:
        click.echo(str(error), err=True)
        return BROKEN
    except NoServer as error:
        click.echo(str(error), err=True)
        return FOUND_ERRORS


def _check_places(root: Path, out: Path | None, record: Path | None) -> None:
    from build_tools.tree import is_own

    for place, example in ((out, "var/remind/letters"), (record, _RECORD)):
        if place is not None and is_own(root, place):
            raise click.UsageError(f"“{place}”是活动自己的文件夹，请另选一个位置，例如 {example}")
    if out is not None and out.exists() and not out.is_dir():
        raise click.UsageError(f"“{out}”是文件，请另选一个文件夹")


def _write(progress: CampaignProgress, chosen: Sequence[Reminder], slugs: tuple[str, ...], out: Path) -> None:
    from build_tools.reminders.post import sender
    from build_tools.reminders.send import write

    units = [unit for unit in progress.campaign.units if not slugs or unit.slug in slugs]
    write(chosen, units, sender(os.environ, progress.campaign), out)
    click.echo(f"已写出 {len(chosen)} 个单位的催报函，在 {out}。" if chosen else "现在没有要写催报函的单位。")
    silent = [reminder for reminder in chosen if not (reminder.unit.contact and reminder.unit.contact.email)]
    if silent:
        click.echo(f"没有登记邮箱，.eml 中收件人空着：{_names(silent)}。", err=True)


def _preview(progress: CampaignProgress, chosen: Sequence[Reminder], record: Path) -> int:
    from build_tools.reminders.record import Record
    from build_tools.reminders.send import whose_turn

    turn = whose_turn(chosen, Record.read(record, progress.campaign))
    for reminder in turn.ready:
        click.echo(f"会发给{_name(reminder)}。")
    _report(progress, turn)
    if not turn.ready:
        click.echo("现在没有要发的催报函。")
    return OK


def _send(progress: CampaignProgress, chosen: Sequence[Reminder], record: Path) -> int:
    from build_tools.reminders.post import BadPost, Outcome, post, sender
    from build_tools.reminders.send import send

    campaign = progress.campaign
    to, address = post(os.environ), sender(os.environ, campaign)
    if not address:
        raise BadPost("没有发件地址，请设环境变量 SHENBAO_MAIL_FROM。")
    sent, failed = 0, 0
    for step in send(chosen, campaign, to, address, record):
        if not isinstance(step, Outcome):
            _report(progress, step)
            failed += len(step.unreachable)
        elif step.accepted:
            click.echo(f"已发给{_name(step.mail.letter.reminder)}。")
            sent += 1
        else:
            click.echo(f"没有发给{_name(step.mail.letter.reminder)}：{step.why}。", err=True)
            failed += 1
    click.echo(f"发出 {sent} 封。" if sent else "没有发出催报函。")
    return FOUND_ERRORS if failed else OK


def _report(progress: CampaignProgress, turn: Turn) -> None:
    """Who gets none: by name only, because logs are read by more people than the call list."""
    from build_tools.progress import moment_text

    for told in turn.told:
        at = moment_text(told.at, progress.now)
        click.echo(f"不再发给{_name(told.reminder)}：同样的内容已于{at}发过。")
    for reminder in turn.unreachable:
        click.echo(
            f"不能发给{_name(reminder)}：data/units.yml 中没有登记邮箱，请打电话，或登记后再发。", err=True
        )


def _name(reminder: Reminder) -> str:
    from build_tools.reminders.wording import one_line

    return one_line(reminder.unit.name)


def _names(reminders: Sequence[Reminder]) -> str:
    return "、".join(map(_name, reminders))
