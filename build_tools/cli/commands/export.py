"""``shenbao export``."""

from __future__ import annotations

from pathlib import Path

import click

from build_tools.cli import options
from build_tools.cli.chinese import Command


@click.command(
    cls=Command, options_metavar="--format csv|json|xlsx --out 位置 [选项]", short_help="导出汇总数据"
)
@options.root
@options.audience
@click.option(
    "--format", "form", type=click.Choice(["csv", "json", "xlsx"]), required=True, metavar="csv|json|xlsx",
    help="csv 写成一个文件夹，Excel 和 WPS 可以直接打开；json 写成一个文件；xlsx 写成一个工作簿，可以直接打印。",
)  # fmt: skip
@click.option("--out", required=True, metavar="位置", type=click.Path(path_type=Path), help="写到哪里。")
@options.now
def command(root: Path, audience: str, form: str, out: Path, now: str | None) -> None:
    """导出统计汇总、报送进度和推荐汇总表。

    \b
    例：
      shenbao export --format xlsx --out var/汇总表.xlsx
      shenbao export --format csv --out var/汇总
      shenbao export --format json --audience public --out var/public.json
    """
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
