"""``shenbao rehearse``."""

from __future__ import annotations

from pathlib import Path

import click

from build_tools.cli import options
from build_tools.cli.chinese import Command


@click.command(cls=Command, options_metavar="[选项]", short_help="生成演练活动")
@click.argument("folder", metavar="文件夹", type=click.Path(path_type=Path))
@click.option(
    "--units",
    default=22,
    show_default=True,
    metavar="个数",
    type=click.IntRange(1, 9999),
    help="报送单位的个数。",
)
@click.option(
    "--nominations",
    default=4,
    show_default=True,
    metavar="份数",
    type=click.IntRange(0, 198),
    help="每个单位推荐几份。",
)
@click.option("--seed", default=1, metavar="数字", type=int, help="同一数字生成完全相同的内容。")
@click.option("--faults", is_flag=True, help="每条规则各埋一处错误，清单写入 faults.yml。")
def command(folder: Path, units: int, nominations: int, seed: int, faults: bool) -> None:
    """生成一个任意规模的演练活动，内容纯属虚构，供演示、测试和测速使用。

    \b
    例：
      shenbao rehearse var/演练 --units 22 --nominations 4
      shenbao rehearse var/埋错 --faults && shenbao check --root var/埋错
    """
    from build_tools.rehearse import rehearse

    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        raise click.UsageError(f"“{folder}”已有内容，请换一个空文件夹")
    with options.steps("生成") as advance:
        written = rehearse(
            folder, units=units, nominations=nominations, seed=seed, faults=faults, progress=advance
        )
    click.echo(f"已在 {folder} 生成演练活动：{units} 个单位，每单位 {nominations} 份推荐。")
    if faults:
        click.echo(f"另有 {written - units} 个单位各埋一处错误，清单见 {folder / 'faults.yml'}。")
