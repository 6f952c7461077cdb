"""``shenbao explain``."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from build_tools.campaign import BrokenCampaign, Campaign, load_campaign
from build_tools.checks import all_rules
from build_tools.checks.explain import explanation
from build_tools.cli import options
from build_tools.cli.chinese import Command
from build_tools.tree import WorkTree


@click.command(cls=Command, options_metavar="[选项]", short_help="说明一条校验规则")
@options.root
@click.argument("code", metavar="[编号]", required=False)
def command(root: Path, code: str | None) -> None:
    """说明一条规则查什么、依据什么、怎么改；不写编号则列出全部规则。

    \b
    例：
      shenbao explain          列出全部规则
      shenbao explain Y10      说明“同一项写了两遍”
    """
    campaign: Campaign | None = None
    with suppress(BrokenCampaign):
        campaign = load_campaign(WorkTree(root))
    rules = all_rules(campaign)
    if code is None:
        for rule in rules:
            click.echo(f"{rule.code:<5}{rule.severity.label}  {rule.title}")
        return
    found = {rule.code: rule for rule in rules}
    if code.upper() not in found:
        raise click.UsageError(f"没有编号为“{code}”的规则，运行 shenbao explain 查看全部编号")
    rule = found[code.upper()]
    text = explanation(rule)
    click.echo(f"{rule.code} {rule.title}（{rule.severity.label}）")
    if rule.clause:
        click.echo(f"依据：{rule.clause}")
    click.echo(f"\n{text.prose}\n")
    for title, example in (("正确", text.right), ("错误", text.wrong)):
        click.echo(f"{title}：")
        for line in example.splitlines():
            click.echo(f"    {line}")
    click.echo(f"\n怎么改：{text.mend}")
