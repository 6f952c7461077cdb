"""``shenbao intake``: what the maintainer does with the service."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from build_tools.cli import options
from build_tools.cli.chinese import Command, Group
from intake.cli import keep
from intake.cli.setting import migrate, set_up, set_up_there

if TYPE_CHECKING:
    from intake.people.models import Account


@click.group(
    cls=Group,
    name="intake",
    options_metavar="",
    subcommand_metavar="命令 [参数]…",
    short_help="管理申报台的收件服务",
)
def command() -> None:
    """管理申报台的收件服务：数据库、账号、后台程序、核对、备份、恢复和归档。

    \b
    例：
      shenbao intake account office-li --name 李四 --approver    新建审批人账号
      shenbao intake backup --out /srv/backup/20120823.tar       备份，服务不用停
      shenbao intake restore /srv/backup/20120823.tar --root 新  恢复到空文件夹
      shenbao intake verify                                      核对收文日志
      shenbao intake export --out 档案.zip                       写出全部收文，供归档

    怎样安装、设置、升级，出了问题怎么办，见 docs/guide/intake.md。
    """


@command.command(cls=Command, name="migrate", options_metavar="[选项]", short_help="建立或升级数据库")
@options.root
def migrate_command(root: Path) -> None:
    """建立或升级数据库。升级程序以后先运行这一条，再启动服务。"""
    set_up(root)
    migrate()
    click.echo("数据库已是最新。")


@command.command(
    cls=Command, name="worker", options_metavar="[选项]", short_help="后台程序：写入仓库、台账和网站"
)
@options.root
@click.option("--until-idle", is_flag=True, help="办完手上的就结束，用于维护和测试。")
def worker_command(root: Path, *, until_idle: bool) -> None:
    """运行后台程序：把收到的材料写入代码仓库，登记台账，重新生成网站。同一个地方只能运行一个。"""
    if until_idle:
        set_up_there(root)
    else:
        set_up(root)
    from intake.projection.worker import AlreadyRunning, run

    try:
        run(until_idle=until_idle)
    except AlreadyRunning as running:
        raise click.ClickException(str(running)) from running


@command.command(cls=Command, name="account", options_metavar="[选项]", short_help="新建账号，或重发启用码")
@options.root
@click.argument("username", metavar="账号")
@click.option("--name", default="", metavar="姓名", help="新建账号时写本人姓名。")
@click.option("--unit", default="", metavar="单位", help="报送单位的标识；不写就是活动办公室的账号。")
@click.option("--approver", is_flag=True, help="活动办公室的审批人。")
def account_command(root: Path, username: str, name: str, unit: str, *, approver: bool) -> None:
    """新建账号并给出一次性启用码；账号已有的，只重发启用码，以前的作废。

    已有的账号与所写的 --name、--unit、--approver 不符时，不发启用码。
    """
    if unit and approver:
        raise click.UsageError("报送单位的账号没有审批人：--unit 和 --approver 只写一个")
    set_up(root)
    migrate()
    from build_tools.campaign import NoSuchName, unit_called
    from intake.answers import Refused
    from intake.current import campaign
    from intake.people.accounts import create, find, whose
    from intake.people.enrolment import HOURS, issue
    from intake.people.models import Role

    try:
        slug = unit_called(campaign(), unit).slug if unit else ""
    except NoSuchName as error:
        raise click.UsageError(str(error)) from error
    account = find(username)
    told = "已有这个账号，重发启用码，以前的作废" if account else "已新建账号"
    try:
        if account is None:
            if not name:
                raise click.UsageError("没有这个账号；要新建的，请用 --name 写明姓名")
            role = Role.UNIT if slug else Role.APPROVER if approver else Role.OFFICER
            account = create(username, name, role, slug)
        elif differing := _differing(account, name, slug, approver=approver):
            raise click.ClickException(
                f"已有账号 {account.username}（{whose(account)}），与所写的 {'、'.join(differing)} 不符，没有发启用码。"
                "要给它重发的，只写账号；要新建的，换一个账号名。"
            )
        code = issue(account, None)
    except Refused as refused:
        raise click.ClickException(refused.message) from refused
    click.echo(f"{told}：{account.username}（{whose(account)}，{account.name}）。")
    click.echo(f"一次性启用码：{code}")
    site = os.environ.get("SHENBAO_URL", "").rstrip("/") or "网站的 "
    click.echo(f"请当面或用电话告知本人，{HOURS} 小时内到 {site}/my/enrol/ 使用；用过或过期即作废。")


def _differing(account: Account, name: str, slug: str, *, approver: bool) -> list[str]:
    """The options that say something else than the account that is there; one that is not given says nothing."""
    from intake.people.accounts import name_of

    told = {
        "--name": bool(name) and name_of(name) != account.name,
        "--unit": bool(slug) and slug != account.unit,
        "--approver": approver and not account.is_approver,
    }
    return [option for option, differs in told.items() if differs]


@command.command(cls=Command, name="verify", options_metavar="[选项]", short_help="核对收文日志有没有被改动")
@options.root
def verify_command(root: Path) -> int:
    """逐份核对收文日志：链值相连，内容与摘要一致。

    退出状态：0 完好，1 有不符，2 没有核对。
    """
    set_up_there(root, campaign=False)
    migrate()
    from intake.journal.checking import faults

    return keep.say_how_it_is(list(faults()))


for part in (keep.backup_command, keep.restore_command, keep.export_command, keep.tidy_command):
    command.add_command(part)
