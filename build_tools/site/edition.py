"""An edition: one campaign for one audience at one moment, ready to be published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from build_tools.campaign import load_campaign
from build_tools.checks import Examination, examine, without_collector
from build_tools.clock import moment
from build_tools.history import read_history
from build_tools.progress import CampaignProgress, assess
from build_tools.rollup import RollUp, roll_up
from build_tools.site.assets import Asset, assets, form_scripts
from build_tools.site.downloads import Download, downloads
from build_tools.site.frame import has_notice
from build_tools.site.originals import Original, originals
from build_tools.site.pages import Page, pages
from build_tools.site.papers import Papers, plan
from build_tools.site.projection import project
from build_tools.site.view import Audience, View
from build_tools.site.written import Written, written_pages
from build_tools.submissions import CITIES
from build_tools.tree import WorkTree


@dataclass(frozen=True)
class Edition:
    """What the adapters write. ``docs`` is the folder of hand-written pages, which may be missing."""

    root: Path
    docs: Path
    examination: Examination
    progress: CampaignProgress
    rollup: RollUp
    view: View
    pages: tuple[Page, ...]
    downloads: tuple[Download, ...]
    written: tuple[Written, ...]
    papers: Papers
    originals: tuple[Original, ...]

    @property
    def assets(self) -> tuple[Asset, ...]:
        """The files of ours that the pages load."""
        return (*assets(), *_scripts(self.view.entries.intake).values())

    @property
    def notes(self) -> tuple[str, ...]:
        """What the office should know of this edition: what is not printed, and what does not run."""
        return (*self.papers.notes, *(() if self.view.entries.script else (_NO_SCRIPT,)))


_NO_SCRIPT = "网上填报页没有脚本，只能看、不能填：请先运行 make setup，再生成网站。"


def _scripts(intake: str) -> dict[str, Asset]:
    return form_scripts(intake=True) if intake else form_scripts()


def make_edition(
    root: Path,
    audience: str,
    now: datetime | str | None = None,
    advance: Callable[[int, int], None] | None = None,
    meanwhile: Callable[[], None] | None = None,
    *,
    papers: bool = False,
    intake: str = "",
) -> Edition:
    """Examine the campaign at ``root`` and make its pages for ``audience`` (``office`` or ``public``).

    ``now`` is a moment, its ISO 8601 text, or nothing for the campaign's own clock. ``advance`` is called
    with documents checked and documents in all, ``meanwhile`` once while other processes check; with ``papers``
    the pages link to printed faces, which have to be made beside them, and to a workbook. ``intake`` is the address
    of the service that the form pages submit to, relative to the site's root (``intake/``); empty for none. Raises
    ``BrokenCampaign``, ``BadClock`` and ``GitTrouble``.
    """
    with without_collector():
        tree = WorkTree(root)
        campaign = load_campaign(tree)
        when = moment(campaign, now.isoformat() if isinstance(now, datetime) else now)
        examination = examine(tree, when, campaign=campaign, progress=advance, meanwhile=meanwhile)
        return _edition(root, examination, Audience(audience), papers=papers, intake=intake)


def _edition(
    root: Path, examination: Examination, audience: Audience, *, papers: bool, intake: str
) -> Edition:
    progress = assess(examination)
    printed = plan(root, examination, progress, audience) if papers else Papers()
    rollup = roll_up(examination, progress)
    docs = root / "docs"
    written = written_pages(docs)
    past = read_history(root, CITIES)
    view = project(examination, progress, rollup, audience, history=past, papers=printed, intake=intake)
    if not has_notice(view, written):
        view = replace(view, notice="")
    if scripts := _scripts(intake):
        running = replace(view.entries, script=scripts["item"].path, start=scripts["start"].path)
        if intake:
            running = replace(running, style=scripts["style"].path)
        view = replace(view, entries=running)
    offered = downloads(progress, rollup, view.audience, workbook=papers)
    return Edition(
        root=root,
        docs=docs,
        examination=examination,
        progress=progress,
        rollup=rollup,
        view=view,
        pages=tuple(pages(view, offered)),
        downloads=offered,
        written=written,
        papers=printed,
        originals=originals(examination, audience),
    )
