"""The parts of ``shenbao intake`` that keep what was received: backup, restoring, export, tidying."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import click

from build_tools.cli import options
from build_tools.cli.chinese import Command
from intake.cli.setting import chosen, migrate, reached, set_up, set_up_there, start


def _told(text: str) -> None:
    click.echo(text, err=True)


@click.command(cls=Command, name="backup", options_metavar="[选项]", short_help="备份全部数据，服务不用停")
@options.root
@click.option(
    "--out", required=True, metavar="文件", type=click.Path(path_type=Path), help="备份文件，例如 备份.tar。"
)
def backup_command(root: Path, out: Path) -> int:
    """把全部数据备份成一个文件：数据库、收到的原文和附件、代码仓库、密钥、活动的文件夹。

    服务照常运行，活动的数据有误也照样备份。文件写完才出现，只有本账号能读；内含密钥和全部材料，请加密后存到另一台机器。
    退出状态：0 正常，1 已备份但有附件与摘要不符，2 没有备份。
    """
    if not out.absolute().parent.is_dir():
        raise click.UsageError(f"“{out.parent}”文件夹不存在，请先建立")
    set_up_there(root, campaign=False)
    from intake.keeping.backup import NoBackup, back_up

    try:
        made = back_up(out, _told)
    except NoBackup as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"已备份 {made.members} 个文件，{made.size / 1024 / 1024:.1f} MB：{out}")
    for name in made.damaged:
        click.echo(f"{name} 与摘要不符，请从以前的备份中取回。", err=True)
    if faults := _faults_of_the_campaign():
        _warn(faults, "已照原样备份")
    return int(bool(made.damaged))


def _faults_of_the_campaign() -> int:
    """How many faults keep the campaign from being read."""
    from build_tools.campaign import BrokenCampaign
    from intake.current import campaign

    try:
        campaign()
    except BrokenCampaign as broken:
        return len(broken.findings)
    return 0


def _warn(faults: int, done: str) -> None:
    click.echo(f"活动的数据有 {faults} 处错误，{done}。请运行 shenbao check 查看并改正。", err=True)


@click.command(cls=Command, name="restore", options_metavar="[选项]", short_help="从备份恢复到空文件夹")
@click.argument("archive", metavar="备份文件", type=click.Path(path_type=Path))
@click.option(
    "--root", default=".", metavar="文件夹", type=click.Path(path_type=Path, file_okay=False),
    help="恢复到的文件夹，默认为当前文件夹；没有的，会建立。",
)  # fmt: skip
def restore_command(archive: Path, root: Path) -> int:
    """从备份恢复。只恢复到空的文件夹；先核对每个文件的校验值，不符的一个也不恢复。

    恢复后升级数据库，核对收文日志。退出状态：0 正常，1 已恢复但核对有不符，2 没有恢复。
    """
    if not archive.is_file():
        raise click.UsageError(f"备份文件“{archive}”不存在")
    here = chosen(root)
    from intake.keeping.restore import NotRestored, restore

    elsewhere = bool(os.environ.get("SHENBAO_DATABASE_URL"))
    if elsewhere:
        _expect_an_empty_database()
    try:
        done = restore(archive, here, "postgresql" if elsewhere else "sqlite", _told)
    except NotRestored as error:
        raise click.ClickException(str(error)) from error
    set_up(root, campaign=False)
    from intake.keeping.backup import differing_counts
    from intake.keeping.database import NotCopied, fill

    if done.dump is not None:
        try:
            fill(done.dump)
        except NotCopied as error:
            raise click.ClickException(
                f"{str(error).rstrip('。')}；文件已恢复到 {here.var}，请移走后再试。"
            ) from error
        done.dump.unlink()
    lost = differing_counts(done.manifest["counts"])
    migrate()
    click.echo(f"已恢复到 {here.var}，备份的时间是 {done.manifest['made_at']}。")
    if done.differing:
        click.echo(f"活动文件夹没有改动，有 {len(done.differing)} 个文件与备份不同，请核对：", err=True)
        for path in done.differing:
            click.echo(f"  {path}", err=True)
    from intake.journal.checking import faults

    return say_how_it_is([*lost, *faults()])


def say_how_it_is(faults: list[str]) -> int:
    """Tell of the journal, how long it is and what is wrong with it; gives the exit status."""
    from intake.journal.models import Submission

    for fault in faults:
        click.echo(fault)
    outcome = f"有 {len(faults)} 处不符。" if faults else "收文日志完好。"
    click.echo(f"{outcome}共核对 {Submission.objects.count()} 份收文。")
    return int(bool(faults))


def _expect_an_empty_database() -> None:
    """Before any file is restored: raises :class:`click.ClickException`."""
    start()
    from intake.keeping.database import NotCopied, expect_empty

    try:
        with reached():
            expect_empty()
    except NotCopied as error:
        raise click.ClickException(str(error)) from error


@click.command(cls=Command, name="export", options_metavar="[选项]", short_help="写出全部收文，供归档")
@options.root
@click.option(
    "--out", required=True, metavar="文件夹|文件.zip", type=click.Path(path_type=Path),
    help="空文件夹，或以 .zip 结尾的文件。",
)  # fmt: skip
def export_command(root: Path, out: Path) -> int:
    """写出全部收文，供归档：各单位每份材料的每个版本、附件、回执、台账，办理记录和操作记录，附目录和核对方法。

    不用本程序也能核对。内含全部不公开的内容，请按档案管理。同样的数据两次写出，内容完全一样。
    退出状态：0 正常，1 已写出但有内容缺失，2 没有写出。
    """
    if not out.absolute().parent.is_dir():
        raise click.UsageError(f"“{out.parent}”文件夹不存在，请先建立")
    here = set_up_there(root, campaign=False)
    if (faults := _faults_of_the_campaign()) and (here.tree / "data" / "campaign.yml").is_file():
        from django.conf import settings

        # The worker follows the office's folder only as long as it can be read: its copy is the last one that could.
        settings.PLACE = replace(here, root=here.tree)
        _warn(faults, "已按后台程序最近一次读到的写出")
    from intake.keeping.export import NoExport, export

    try:
        lacking = export(out)
    except NoExport as error:
        raise click.ClickException(str(error)) from error
    for sentence in lacking:
        click.echo(sentence, err=True)
    click.echo(f"已写出：{out}")
    return int(bool(lacking))


@click.command(
    cls=Command, name="tidy", options_metavar="[选项]", short_help="清理过期的登录、没有传完和不再用到的文件"
)
@options.root
def tidy_command(root: Path) -> None:
    """清理过期的登录、两天前没有传完的文件、断电留下的残余，以及草稿和收到的材料都不再用到的上传文件（满 7 天后）。

    草稿和收到的材料从不清理。

    后台程序每小时自动运行一次，一般不用手动运行。
    """
    set_up_there(root)
    from intake.health.tidying import tidy

    click.echo(f"清理了 {tidy()} 项。")
