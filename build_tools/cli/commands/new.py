"""``shenbao new``."""

from __future__ import annotations

from pathlib import Path

import click

from build_tools.campaign import NoSuchName, load_campaign, unit_called
from build_tools.cli import options
from build_tools.cli.chinese import Command
from build_tools.forms.template import template
from build_tools.tree import WorkTree


@click.command(cls=Command, options_metavar="[选项]", short_help="生成空白填报文件")
@options.root
@click.argument("slug", metavar="单位")
@click.argument("item", metavar="报送项")
def command(root: Path, slug: str, item: str) -> None:
    """在标准输出写出一份带填写说明的空白 YAML 文件。

    \b
    例：
      shenbao new guangzhou statistics > data/cities/guangzhou/statistics.yml
      shenbao new guangzhou individual > data/cities/guangzhou/nominations/individual-01.yml
    """
    campaign = load_campaign(WorkTree(root))
    try:
        unit = unit_called(campaign, slug)
    except NoSuchName as error:
        raise click.UsageError(str(error)) from error
    if item not in campaign.item_by_id:
        raise click.UsageError(f"没有“{item}”这个报送项，可用的有：{'、'.join(campaign.item_by_id)}")
    click.echo(template(campaign, unit, campaign.item_by_id[item]), nl=False)
