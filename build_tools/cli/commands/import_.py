"""``shenbao import``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from build_tools.campaign import NoSuchName, load_campaign, unit_called
from build_tools.cli import options
from build_tools.cli.chinese import Command
from build_tools.cli.main import FOUND_ERRORS, OK
from build_tools.tree import WorkTree


@click.command(cls=Command, options_metavar="[选项]", short_help="把邮件、U 盘送来的报送文件放进仓库")
@options.root
@click.argument("files", metavar="文件…", nargs=-1, required=True)
@click.option(
    "--unit", default=None, metavar="单位", help="文件名没有写明单位的，是哪个单位的（名称、代码或标识）。"
)
@click.option("--replace", is_flag=True, help="已有的与送来的不同，也用送来的替换。")
@click.option("--even-with-errors", is_flag=True, help="报送文件有错误，也照样放入。")
def command(
    root: Path, files: tuple[str, ...], unit: str | None, replace: bool, even_with_errors: bool
) -> int:
    """把各单位用邮件、U 盘送来的文件放进 data/cities：按名字认出是哪个单位的哪份文件，检查，再放入。

    \b
    例：
      shenbao import 下载/guangzhou-individual-01.yml
      shenbao import 下载/guangzhou-*                    照片、材料一并放入
      shenbao import 下载/guangzhou.zip                  “下载本单位全部文件”得到的压缩包
      shenbao import /media/u/guangzhou                  位置与仓库中一样的一个文件夹
      shenbao import --unit 广州 总结/summary.yml
      shenbao import --replace guangzhou-statistics.yml  送来了新的一份

    \b
    - 名字后面带“ (1)”的是浏览器另存的，照样认得。
    - 报送文件写成统一的格式：栏目按表的顺序，文件中的说明文字不保留。
    - 已有的一份与送来的内容相同，不改动；不同的，加 --replace 才替换。
      被替换的一份如果还没有提交到 git，先存到 var/replaced。
    - 有错误的不放入，确要照放的加 --even-with-errors；读不出来的、照片和材料不合规定的，一律不放入。
    - 一份放不进去，不影响其他各份。放好以后请运行 shenbao check，再用 shenbao ledger record 登记收到。

    退出状态：0 全部放好；1 有没有放入的；2 活动文件有错，或用法不对。
    """
    from build_tools.handed_in import State, Wish, take_in
    from build_tools.reporters.foreign import printable
    from build_tools.reporters.text import in_brief

    campaign = load_campaign(WorkTree(root))
    try:
        owner = unit_called(campaign, unit) if unit else None
    except NoSuchName as error:
        raise click.UsageError(str(error)) from error
    wish = Wish(replace=replace, even_with_errors=even_with_errors)
    counted: Counter[State] = Counter()
    for outcome in take_in(root, campaign, map(Path, files), wish, owner):
        counted[outcome.state] += 1
        place = f" → {printable(outcome.place)}" if outcome.place else ""
        remark = f"：{printable(outcome.remark)}" if outcome.remark else ""
        click.echo(f"{outcome.state}  {printable(outcome.shown)}{place}{remark}")
        for finding in outcome.findings:
            if not finding.answered:
                click.echo(in_brief(finding))
    click.echo("，".join(f"{state} {counted[state]} 份" for state in State if counted[state]) + "。")
    if counted[State.NEW] or counted[State.REPLACED]:
        click.echo("接着运行 shenbao check 看全局，再用 shenbao ledger record 登记收到。")
    return FOUND_ERRORS if counted[State.REFUSED] else OK
