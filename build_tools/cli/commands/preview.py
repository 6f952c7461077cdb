"""``shenbao preview``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from build_tools.cli import options
from build_tools.cli.chinese import Command
from build_tools.reporters.foreign import printable

if TYPE_CHECKING:
    from build_tools.tree import Tree


@click.command(cls=Command, options_metavar="--out 文件夹 [选项]", short_help="预览一个单位的页面和表格")
@options.root
@click.argument("unit", metavar="[单位]", required=False)
@click.option("--base", metavar="版本", help="合并到哪个版本，例如 origin/main；规则、表样和账号都以它为准。")
@click.option("--head", metavar="版本", help="合并请求的版本；只取本单位的文件夹，不检出。")
@click.option("--city", metavar="单位", help="哪个单位，与写在命令后面相同。")
@click.option("--actor", metavar="账号", help="按主分支的账号表找出单位；与 --base 同用。")
@click.option(
    "--out", required=True, metavar="文件夹", type=click.Path(path_type=Path), help="预览写到哪里。"
)
@options.now
def command(
    *,
    root: Path,
    unit: str | None,
    base: str | None,
    head: str | None,
    city: str | None,
    actor: str | None,
    out: Path,
    now: str | None,
) -> int:
    """写出一个单位的页面和填好的表格，与合并以后网站内部版上的相同；不必开网站，双击 index.html 就能看。

    \b
    例：
      shenbao preview guangzhou --out var/preview
      shenbao preview --base origin/main --head HEAD --city guangzhou --out var/preview
      shenbao preview --base origin/main --head HEAD --actor demo-guangzhou --out var/preview

    不写 --base 时预览当前文件夹里的内容。预览含个人信息，只能放在本单位和办公室看得到的地方。
    """
    from build_tools.site.folder import BadFolder
    from build_tools.site.preview import NoSuchUnit, preview

    _check_usage(unit or city, base, head, actor, twice=bool(unit and city))
    slug = unit or city or _unit_of(root, str(base), str(actor))
    if not slug:
        click.echo(
            f"账号“{printable(str(actor))}”属于办公室，不对应一个单位，没有生成预览；需要的请用 --city 写明单位。"
        )
        return 0
    try:
        with options.steps("检查") as advance:
            report = preview(_tree(root, base, head, slug), root, slug, out, now, advance=advance)
    except NoSuchUnit as error:
        raise click.UsageError(str(error)) from error
    except BadFolder as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(2) from error
    click.echo(report)
    return 0


def _check_usage(
    unit: str | None, base: str | None, head: str | None, actor: str | None, *, twice: bool
) -> None:
    if twice or (unit and actor):
        raise click.UsageError("单位写了两次，单位、--city 和 --actor 只写一个")
    if not unit and not actor:
        raise click.UsageError("没有写预览哪个单位，例如 shenbao preview guangzhou --out var/preview")
    if bool(base) != bool(head):
        raise click.UsageError("--base 和 --head 要一起写")
    if actor and not base:
        raise click.UsageError("--actor 要与 --base、--head 同用；预览当前文件夹时请直接写单位")


def _unit_of(root: Path, base: str, actor: str) -> str:
    """The unit that ``actor`` speaks for by the owners of ``base``; nothing for an account of the office."""
    from build_tools.campaign import load_campaign
    from build_tools.history import GitTree

    campaign = load_campaign(GitTree(root, base))
    login = actor.casefold()  # forges take a name in capitals for the same
    own = [slug for slug, logins in campaign.owners.items() if login in map(str.casefold, logins)]
    if len(own) == 1:
        return own[0]
    if login in map(str.casefold, campaign.offices):
        return ""
    actor = printable(actor)
    if own:
        raise click.UsageError(
            f"账号“{actor}”管着 {len(own)} 个单位，请用 --city 写明是哪一个：{'、'.join(own)}"
        )
    raise click.UsageError(f"主分支的账号表里没有“{actor}”，请核对账号，或用 --city 写明单位")


def _tree(root: Path, base: str | None, head: str | None, slug: str) -> Tree:
    """The campaign as it lies in the folder, or as it would be after the merge."""
    from build_tools.tree import WorkTree

    if base is None or head is None:
        return WorkTree(root)
    from build_tools.proposal import merged  # type: ignore[import-not-found]

    found: Tree = merged(root, base, head, slug)
    return found
