"""``shenbao build``."""

from __future__ import annotations

from pathlib import Path

import click

from build_tools.cli import options
from build_tools.cli.chinese import Command


@click.command(
    cls=Command, options_metavar="--audience office|public --out 文件夹 [选项]", short_help="生成网站"
)
@options.root
@options.required_audience
@click.option(
    "--out", required=True, metavar="文件夹", type=click.Path(path_type=Path), help="网站写到哪里。"
)
@options.no_papers
@options.now
def command(*, root: Path, audience: str, out: Path, no_papers: bool, now: str | None) -> None:
    """生成网站。报送材料有错不影响生成，网站会列出错误；活动文件本身有错才停止。

    \b
    例：
      shenbao build --audience office --out var/site/office
      shenbao build --audience public --out var/site/public

    公开版只含标明可公开的栏目，生成后逐个文件检查，发现个人信息即停止。
    """
    from build_tools.site.build import BadFolder, BuildFailed, build
    from build_tools.site.gate import LeakFound

    try:
        with options.steps("检查") as advance:
            report = build(root, audience, out, now, advance, papers=not no_papers)
    except (BadFolder, BuildFailed, LeakFound) as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(2) from error
    click.echo(report)
