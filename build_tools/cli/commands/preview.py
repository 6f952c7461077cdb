"""``shenbao preview``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click

from build_tools.campaign import NoSuchName, unit_called
from build_tools.checks import Examination
from build_tools.cli import options, proposed
from build_tools.cli.chinese import Command
from build_tools.clock import moment


@click.command(cls=Command, options_metavar="--out 文件夹 [选项]", short_help="预览一个单位的页面和表格")
@options.root
@click.argument("unit", metavar="[单位]", default="")
@proposed.base
@proposed.head
@proposed.city
@proposed.actor
@proposed.times
@click.option(
    "--out", required=True, metavar="文件夹", type=click.Path(path_type=Path), help="预览写到哪里。"
)
@options.now
def command(
    *,
    root: Path,
    unit: str,
    base: str,
    head: str,
    city: str,
    actor: str,
    times: Path | None,
    out: Path,
    now: str | None,
) -> int:
    """写出一个单位的页面和填好的表格，与合并以后网站内部版上的相同；不必开网站，双击 index.html 就能看。

    \b
    例：
      shenbao preview guangzhou --out var/preview
      shenbao preview --base origin/main --head FETCH_HEAD --city 广州 --out var/preview
      shenbao preview --base origin/main --head FETCH_HEAD --actor demo-guangzhou --out var/preview

    不写 --base 时预览当前文件夹里的内容。预览含个人信息，只能放在本单位和办公室看得到的地方。
    """
    from build_tools.site.folder import BadFolder
    from build_tools.site.preview import preview, remove

    if unit and city:
        raise click.UsageError("单位写了两次，写在命令后面，或者写在 --city 后面，只写一处")
    named = proposed.Named(base, head, city or unit, actor) if base or head or actor else None
    try:
        with (
            _proposed(root, named, now, times)
            if named
            else nullcontext(options.examined(root, now)) as examination
        ):
            slug = _unit(examination, city or unit, named=bool(named))
            if examination is None or not slug:
                remove(root, out)
                click.echo(f"没有预览：{_why_not(examination)}。")
                return 0
            click.echo(preview(examination, root, slug, out))
    except NoSuchName as error:
        raise click.UsageError(str(error)) from error
    except BadFolder as error:
        click.echo(str(error), err=True)
        return 2
    return 0


@contextmanager
def _proposed(
    root: Path, named: proposed.Named, now: str | None, times: Path | None
) -> Iterator[Examination | None]:
    """The units that the pull request changes, as they would be after the merge."""
    from build_tools.proposal import judge_proposal

    with named.open(root) as proposal:
        clock, came = moment(proposal.campaign, now), proposed.came(times)
        with options.steps("审查") as advance:
            memory = proposed.memory(root)
            verdict = judge_proposal(proposal, clock, times=came, memory=memory, progress=advance)
        yield verdict.examination


def _why_not(examination: Examination | None) -> str:
    units = len(examination.campaign.units) if examination else 0
    if units > 1:
        return f"改动涉及 {units} 个单位，请用 --city 写明预览哪一个"
    return "没有改动单位的文件，或者改动都不能并入，原因见检查结果"


def _unit(examination: Examination | None, name: str, *, named: bool) -> str:
    """The slug of the unit to show; empty where it cannot be told."""
    if examination is None:
        return ""
    if named:
        slugs = list(examination.campaign.unit_by_slug)
        return slugs[0] if len(slugs) == 1 else ""
    if not name:
        raise click.UsageError("没有写预览哪个单位，例如 shenbao preview guangzhou --out var/preview")
    return unit_called(examination.campaign, name).slug
