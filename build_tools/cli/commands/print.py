"""``shenbao print``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from build_tools.cli import options
from build_tools.cli.chinese import Command

if TYPE_CHECKING:
    from build_tools.campaign import Campaign
    from build_tools.forms.choose import Choice
    from build_tools.forms.fonts import FontBook
    from build_tools.forms.job import Job

_LISTED = 20


@click.command(
    cls=Command,
    options_metavar="--format pdf|docx|html --out 文件夹 [选项]",
    short_help="打印表格和文稿",
)
@options.root
@click.argument("names", metavar="[单位 | 单位/文件]…", nargs=-1)
@click.option(
    "--format", "form", type=click.Choice(["pdf", "docx", "html"]), default="pdf", metavar="pdf|docx|html",
    help="pdf 供打印；docx 用 Word 或 WPS 打开；html 用浏览器打开。默认为 pdf。",
)  # fmt: skip
@click.option("--out", required=True, metavar="文件夹", type=click.Path(path_type=Path), help="写到哪里。")
@click.option(
    "--copies", type=click.IntRange(1, 99), default=None, metavar="份数",
    help="每份文件连印几份，逐份排列；默认一份，合订时默认按通知要求的份数。",
)  # fmt: skip
@click.option("--blank", is_flag=True, help="打印空白表样；后面可以写报送项，例如 individual。")
@click.option("--notice", is_flag=True, help="打印通知正文。")
@click.option("--packet", is_flag=True, help="每个单位合订成一个 packet.pdf，首页为清单。")
@click.option("--duplex", is_flag=True, help="双面打印用：每份从纸的正面开始，必要时补一页空白（仅 pdf）。")
@options.now
def command(
    *,
    root: Path,
    names: tuple[str, ...],
    form: str,
    out: Path,
    copies: int | None,
    blank: bool,
    notice: bool,
    packet: bool,
    duplex: bool,
    now: str | None,
) -> int:
    """把表格和文稿排成可以直接打印的文件。不写单位时，打印全部单位。

    \b
    例：
      shenbao print --out var/print                              全部单位，每份文件一个 PDF
      shenbao print guangzhou --packet --out var/print           一个单位合订，附清单，份数按通知
      shenbao print guangzhou/individual-01 --copies 3 --out var/print
      shenbao print --blank --format docx --out var/print        空白表样
      shenbao print --notice --out var/print                     通知正文

    已撤回和逾期视为放弃的文件不打印，除非写出它的名称。意见栏、印章和日期永远留空。
    """
    if (packet or duplex) and form != "pdf":
        raise click.UsageError("--packet 和 --duplex 只能与 --format pdf 同用")
    if sum((blank, notice, packet)) > 1:
        raise click.UsageError("--blank、--notice、--packet 一次只能用一个")
    if packet and any("/" in name.strip("/") for name in names):
        raise click.UsageError("--packet 合订整个单位，后面只写单位，不写单个文件")
    if notice and names:
        raise click.UsageError("--notice 后面不写单位")
    _check_place(root, out)
    if blank or notice:
        return _office_papers(root, names, form, out, copies=copies or 1, notice=notice, duplex=duplex)
    return _documents(root, names, form, out, copies=copies, now=now, packet=packet, duplex=duplex)


def _check_place(root: Path, out: Path) -> None:
    from build_tools.tree import is_own

    if is_own(root, out):
        raise click.UsageError(f"“{out}”是活动自己的文件夹，请另选一个位置，例如 var/print")
    if out.exists() and not out.is_dir():
        raise click.UsageError(f"“{out}”是文件，请另选一个文件夹")


def _fonts(root: Path, form: str) -> FontBook | None:
    """The fonts, without which only a PDF cannot be made."""
    from build_tools.forms.fonts import NoFonts, load_fonts

    try:
        return load_fonts(root)
    except NoFonts as error:
        if form == "pdf":
            click.echo(str(error), err=True)
            raise click.exceptions.Exit(2) from error
        return None


def _office_papers(
    root: Path, items: tuple[str, ...], form: str, out: Path, *, copies: int, notice: bool, duplex: bool
) -> int:
    from build_tools.campaign import load_campaign
    from build_tools.forms.job import blank_jobs, notice_job
    from build_tools.tree import WorkTree

    tree = WorkTree(root)
    campaign = load_campaign(tree)
    if notice:
        job = notice_job(campaign, tree, form, copies=copies, duplex=duplex)
        if job is None:
            click.echo(f"没有通知正文：{campaign.notice or '活动没有指明通知页'}。", err=True)
            return 1
        return _produce(root, _fonts(root, form), [job], out)
    _check_items(campaign, items)
    jobs = list(blank_jobs(campaign, form, copies=copies, items=items, duplex=duplex))
    return _produce(root, _fonts(root, form), jobs, out)


def _check_items(campaign: Campaign, items: tuple[str, ...]) -> None:
    for item in items:
        if item not in campaign.forms:
            there = "、".join(campaign.forms)
            raise click.UsageError(f"没有“{item}”这个报送项的表样，可用的有：{there}")


def _documents(
    root: Path,
    names: tuple[str, ...],
    form: str,
    out: Path,
    *,
    copies: int | None,
    now: str | None,
    packet: bool,
    duplex: bool,
) -> int:
    from build_tools.campaign import NoSuchName
    from build_tools.forms.choose import choose
    from build_tools.forms.job import document_jobs, packet_jobs
    from build_tools.progress import assess

    examination = options.examined(root, now)
    fonts = _fonts(root, form)
    try:
        choice = choose(examination, assess(examination), names, fonts)
    except NoSuchName as error:
        raise click.UsageError(str(error)) from error
    if packet:
        jobs = packet_jobs(examination.campaign, choice, copies=copies, duplex=duplex)
    else:
        jobs = document_jobs(choice.documents, form, copies=copies or 1, duplex=duplex)
    status = _produce(root, fonts, jobs, out)
    _say(choice)
    unexpected = choice.findings or any(not left.expected for left in choice.left_out)
    return 1 if unexpected or not choice.documents else status


def _produce(root: Path, fonts: FontBook | None, jobs: Iterable[Job], out: Path) -> int:
    from build_tools.forms.produce import Producer, write

    written: list[Path] = []
    failed: list[str] = []
    fresh: set[Path] = set()
    with Producer(root, fonts) as producer, options.steps("排版") as advance:
        for made in producer.stream(jobs, advance):
            if made.why:
                failed.append(f"没有打印：{made.path}（{made.why}）")
                continue
            written.append(write(made, out))
            if made.fresh:
                fresh.add(made.file)
    for path in written if len(written) <= _LISTED else ():
        click.echo(f"已写出 {path}")
    if len(written) > _LISTED:
        click.echo(f"已写出 {len(written)} 个文件，在 {out}（新排 {len(fresh)} 个，其余沿用上次的）。")
    for line in failed:
        click.echo(line, err=True)
    return 1 if failed else 0


def _say(choice: Choice) -> None:
    """What was not printed and what should be looked at, without a private value but the one a rule names."""
    from build_tools.reporters.text import in_brief

    for finding in choice.findings:
        click.echo(in_brief(finding), err=True)
    for left in choice.left_out:
        click.echo(f"没有打印：{left.unit.name} {left.title}（{left.why}）", err=True)
    for document in choice.documents:
        if document.photo:
            click.echo(f"请核对照片：{document.unit.slug}/{document.name}（{document.photo}）", err=True)
    faulty = [document for document in choice.documents if document.errors]
    if faulty:
        shown = "、".join(f"{document.unit.slug}/{document.name}" for document in faulty[:_LISTED])
        more = f" 等 {len(faulty)} 份" if len(faulty) > _LISTED else ""
        click.echo(f"已照原样打印，但校验还有错误，请先核对：{shown}{more}。", err=True)
    if not choice.documents:
        click.echo("没有可以打印的文件。", err=True)
