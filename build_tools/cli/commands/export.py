"""``shenbao export``."""

from __future__ import annotations

from pathlib import Path

import click

from build_tools.campaign import load_campaign
from build_tools.cli import options
from build_tools.cli.chinese import Command
from build_tools.cli.main import FOUND_ERRORS, OK
from build_tools.tree import WorkTree

_CODEOWNERS = "codeowners"


@click.command(
    cls=Command,
    options_metavar="--format csv|json|xlsx|codeowners --out 位置 [选项]",
    short_help="导出汇总数据",
)
@options.root
@options.audience
@click.option(
    "--format", "form", type=click.Choice(["csv", "json", "xlsx", _CODEOWNERS]), required=True,
    metavar="csv|json|xlsx|codeowners",
    help="csv 写成一个文件夹，Excel 和 WPS 可以直接打开；json 写成一个文件；xlsx 写成一个工作簿，可以直接打印；"
    "codeowners 是代码托管平台的审阅人文件。",
)  # fmt: skip
@click.option("--out", required=True, metavar="位置", type=click.Path(path_type=Path), help="写到哪里。")
@click.option(
    "--verify", is_flag=True, help="不写文件，只核对审阅人文件是否与账号表一致（只用于 codeowners）。"
)
@options.now
def command(*, root: Path, audience: str, form: str, out: Path, verify: bool, now: str | None) -> int:
    """导出统计汇总、报送进度和推荐汇总表，或者代码托管平台的审阅人文件。

    \b
    例：
      shenbao export --format xlsx --out var/汇总表.xlsx
      shenbao export --format csv --out var/汇总
      shenbao export --format json --audience public --out var/public.json
      shenbao export --format codeowners --out CODEOWNERS            按账号表写出
      shenbao export --format codeowners --out CODEOWNERS --verify   核对，不一致时退出状态为 1
    """
    if form == _CODEOWNERS:
        return _codeowners(root, out, verify=verify)
    if verify:
        raise click.UsageError("--verify 只用于 --format codeowners")
    from build_tools.exports import BadPlace, check_place, export
    from build_tools.progress import assess
    from build_tools.rollup import roll_up

    try:
        check_place(root, form, out)
    except BadPlace as error:
        raise click.UsageError(str(error)) from error
    examination = options.examined(root, now)
    written = export(assess(examination), roll_up(examination), audience, form, out)
    for path in written:
        click.echo(f"已写出 {path}")
    return OK


def _codeowners(root: Path, out: Path, *, verify: bool) -> int:
    from build_tools.exports.codeowners import NotAbove, as_codeowners, folder_of

    try:
        folder = folder_of(root, out)
    except NotAbove as error:
        raise click.UsageError(str(error)) from error
    data = as_codeowners(load_campaign(WorkTree(root)), folder)
    if not verify:
        out.write_bytes(data)
        click.echo(f"已写出 {out}")
    elif not out.is_file() or out.read_bytes() != data:
        click.echo(
            f"审阅人文件“{out}”与 data/units.yml、data/owners.yml 不一致；请运行 "
            f"shenbao export --format codeowners --out {out} 重新生成后提交。",
            err=True,
        )
        return FOUND_ERRORS
    else:
        click.echo(f"审阅人文件“{out}”与账号表一致。")
    return OK
