"""A unit's page and its filled forms as they would be after a merge: a small folder that opens from the disk.

It is the page of the office's edition, without the rest of the site. One file holds it, style sheet and all, and the
forms lie beside it; whatever would lead to another page is text.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from markupsafe import Markup

from build_tools.checks import Examination
from build_tools.findings import errors
from build_tools.forms.produce import Producer
from build_tools.history import History
from build_tools.progress import UnitProgress, assess
from build_tools.site.assets import FOLDER, joined
from build_tools.site.folder import check_folder
from build_tools.site.frame import BANNER, DISCLAIMER
from build_tools.site.markup import one_block, render
from build_tools.site.papers import Papers, plan_preview, write_papers
from build_tools.site.projection.campaign import NAME
from build_tools.site.projection.units import UnitProjection
from build_tools.site.projection.wording import full_time
from build_tools.site.view import Audience, UnitView

PAGE, _MARK = "index.html", ".shenbao-preview"
_OURS = (PAGE, _MARK)

_LINK = re.compile(r"<a\b(?P<attributes>[^>]*)>(?P<text>.*?)</a>", re.DOTALL)
_TARGET = re.compile(r'\bhref="(?P<target>[^"]*)"')
_CLASS = re.compile(r'\bclass="[^"]*"')


@dataclass(frozen=True)
class PreviewReport:
    """What was written; ``errors`` and ``warnings`` are the unit's. ``notes`` say what could not be printed."""

    unit: str
    out: Path
    papers: int
    errors: int
    warnings: int
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = f"预览已写出：{self.out / PAGE}\n{self.unit}，表格和文稿 {self.papers} 份；"
        told += f"校验意见：{self.errors} 处错误，{self.warnings} 处提示。"
        return "\n".join([told, *self.notes])


@dataclass(frozen=True)
class _Desk:
    """What the unit's template asks of a view: the office's edition, and no forge to edit on."""

    office: bool = True
    mends: bool = False


def preview(examination: Examination, root: Path, slug: str, out: Path) -> PreviewReport:
    """Write the page and the forms of the unit ``slug`` of what was examined into ``out``.

    ``root`` is the campaign's own folder: its fonts print, its store keeps what was printed. Raises ``BadFolder``.
    """
    check_folder(root, out, _OURS)
    # It is mended where it came from, not on the branch it is not on yet.
    examination = replace(examination, campaign=replace(examination.campaign, repo_url=""))
    progress = assess(examination)
    unit = progress.by_slug[slug]
    papers = plan_preview(root, examination, progress, slug)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as workshop:
        folder = Path(workshop) / "preview"
        folder.mkdir()
        (folder / _MARK).write_bytes(b"")
        with Producer(root, papers.fonts) as producer:
            producer.begin(papers.jobs)
            printed, failed = write_papers(producer, folder)
        page = _page(examination, unit, papers, folder)
        (folder / PAGE).write_text(page, encoding="utf-8", errors="backslashreplace")
        if out.exists():
            out.rename(Path(workshop) / "former")
        shutil.move(folder, out)
    wrong = errors(unit.findings)
    return PreviewReport(
        unit.unit.name, out, printed, wrong, len(unit.findings) - wrong, (*papers.notes, *failed)
    )


def remove(root: Path, out: Path) -> None:
    """Take away the preview that an earlier run left in ``out``, so that nobody takes it for this one's.

    Raises ``BadFolder`` for a folder that is no preview.
    """
    check_folder(root, out, _OURS)
    if (out / _MARK).is_file():
        shutil.rmtree(out)


def _page(examination: Examination, unit: UnitProgress, papers: Papers, folder: Path) -> str:
    campaign = examination.campaign
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    own = _unit_view(examination, unit, papers)
    page = render("unit.html", view=_Desk(), root="", unit=own)
    return (
        render(
            "preview.html",
            title=f"{unit.unit.name}报送情况",
            policy=Markup(policy),  # noqa: S704 - no text of a unit is in it
            style=Markup(style),  # noqa: S704 - the same
            page=Markup(_only_what_is_here(page, folder)),  # noqa: S704 - an autoescaped template's
            logo=_logo(),
            brand=NAME,
            campaign=campaign.short_title,
            demo=campaign.demo_note if campaign.is_demo else "",
            banner=BANNER,
            disclaimer=DISCLAIMER,
            clock=full_time(examination.now, campaign.timezone),
        )
        + "\n"
    )


def _unit_view(examination: Examination, unit: UnitProgress, papers: Papers) -> UnitView:
    """The unit as the office sees it; what was changed when is not known before the merge."""
    projection = UnitProjection(
        examination.campaign, Audience.OFFICE, examination.now, History(), {}, papers=papers
    )
    order = examination.campaign.units.index(unit.unit) + 1
    folder = examination.submissions.folders[unit.unit.slug]
    return projection.page(unit, projection.row(unit, order), folder)


def _only_what_is_here(page: str, folder: Path) -> str:
    """``page`` with every link that leads out of the preview made text."""

    def kept(link: re.Match[str]) -> str:
        target = _TARGET.search(link["attributes"])
        if target and (target["target"].startswith("#") or (folder / target["target"]).is_file()):
            return link[0]
        same = _CLASS.search(link["attributes"])
        return f"<span{' ' + same[0] if same else ''}>{link['text']}</span>"

    return _LINK.sub(kept, page)


@cache
def _style() -> str:
    """The site's own style sheet and what it else has from the theme, as it stands in the page."""
    theme = (FOLDER / "preview.css").read_text(encoding="utf-8")
    return one_block(f"{theme}\n{joined('css').content}")


@cache
def _logo() -> Markup:
    logo = FOLDER.parent / "theme" / "partials" / "logo.html"
    return Markup(logo.read_text(encoding="utf-8"))  # noqa: S704 - our own drawing
