"""``shenbao render``."""

from __future__ import annotations

from pathlib import Path

import click

from build_tools.cli import options
from build_tools.cli.chinese import Command


@click.command(
    cls=Command, options_metavar="--audience office|public --out 文件夹 [选项]", short_help="把各页写成文件"
)
@options.root
@options.required_audience
@click.option(
    "--out", required=True, metavar="文件夹", type=click.Path(path_type=Path), help="页面写到哪里。"
)
@options.no_papers
@options.now
def command(*, root: Path, audience: str, out: Path, no_papers: bool, now: str | None) -> None:
    """把网站各页写成 Markdown 文件（内容与 build 相同），供 MkDocs 以外的工具生成网站。

    \b
    例：
      shenbao render --audience public --out var/pages
    """
    from build_tools.site.failure import BuildFailed
    from build_tools.site.folder import BadFolder
    from build_tools.site.gate import LeakFound
    from build_tools.site.render import render

    try:
        with options.steps("检查") as advance:
            report = render(root, audience, out, now, advance, papers=not no_papers)
    except (BadFolder, BuildFailed, LeakFound) as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(2) from error
    click.echo(report)
