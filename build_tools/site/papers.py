"""The printed faces a site offers: for the office every document, for everybody the blank forms and the notice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from build_tools.checks import Examination
from build_tools.forms.choose import Choice, choose
from build_tools.forms.definition import read_forms
from build_tools.forms.fonts import FontBook, NoFonts, load_fonts
from build_tools.forms.job import Job, blank_jobs, document_jobs, notice_job, packet_jobs
from build_tools.forms.press import CannotDraw
from build_tools.forms.produce import Producer, write
from build_tools.progress import CampaignProgress
from build_tools.site.entry_view import Link
from build_tools.site.view import Audience

FOLDER = "papers"
FORMATS = {"pdf": "PDF", "docx": "Word", "html": "网页打印"}

Links = tuple[Link, ...]


@dataclass(frozen=True)
class Papers:
    """The files to be made beside the pages, and the links to them; nothing at all where none are wanted.

    ``documents`` and ``unprinted`` (why one has no file) are by unit and document, ``packets`` by unit,
    ``blanks`` by item. ``notes`` say what of the office's own is not printed, and why.
    """

    jobs: tuple[Job, ...] = field(default=(), repr=False)
    fonts: FontBook | None = None
    documents: dict[tuple[str, str], Links] = field(default_factory=dict)
    unprinted: dict[tuple[str, str], str] = field(default_factory=dict)
    packets: dict[str, Link] = field(default_factory=dict)
    blanks: dict[str, Links] = field(default_factory=dict)
    notice: Links = ()
    notes: tuple[str, ...] = ()


def plan(root: Path, examination: Examination, progress: CampaignProgress, audience: Audience) -> Papers:
    """What ``audience`` can print. Without fonts there is no PDF, and no packet."""
    fonts, notes = _fonts(root)
    formats = [form for form in FORMATS if form != "pdf" or fonts]
    return _Planner(examination, progress, fonts, notes, formats).plan(audience)


def plan_preview(root: Path, examination: Examination, progress: CampaignProgress, slug: str) -> Papers:
    """The unit's filled forms to look at: PDF, or HTML where ``root`` has no fonts."""
    fonts, notes = _fonts(root)
    return _Planner(examination, progress, fonts, notes, ["pdf" if fonts else "html"]).preview(slug)


def _fonts(root: Path) -> tuple[FontBook | None, list[str]]:
    """The fonts that print, or why there are none."""
    try:
        return load_fonts(root), []
    except NoFonts as error:
        return None, [str(error)]


class _Planner:
    """Puts together the jobs that can be done, and the links to what will come of them."""

    def __init__(
        self,
        examination: Examination,
        progress: CampaignProgress,
        fonts: FontBook | None,
        notes: list[str],
        formats: Sequence[str],
    ) -> None:
        self._examination = examination
        self._progress = progress
        self._fonts = fonts
        self._formats = formats
        self._jobs: list[Job] = []
        self._notes = notes

    def plan(self, audience: Audience) -> Papers:
        campaign, tree = self._examination.campaign, self._examination.submissions.tree
        notices = (notice_job(campaign, tree, form) for form in self._formats)
        papers = Papers(
            fonts=self._fonts,
            notice=self._take(job for job in notices if job),
            blanks={
                form.item.id: self._take(
                    job for kind in self._formats for job in blank_jobs(campaign, kind, items=(form.item.id,))
                )
                for form in read_forms(campaign)
            },
        )
        if audience is Audience.OFFICE:
            self._packets(papers, self._filled(papers))
        return self._planned(papers)

    def preview(self, slug: str) -> Papers:
        papers = Papers(fonts=self._fonts)
        self._filled(papers, slug)
        return self._planned(papers)

    def _planned(self, papers: Papers) -> Papers:
        return replace(papers, jobs=tuple(self._jobs), notes=tuple(self._notes))

    def _filled(self, papers: Papers, *units: str) -> Choice:
        choice = choose(self._examination, self._progress, units, self._fonts)
        for document in choice.documents:
            links = self._take(document_jobs([document], *self._formats))
            papers.documents[document.unit.slug, document.name] = links
        for left in choice.left_out:
            if not left.expected:
                papers.unprinted[left.unit.slug, left.name] = left.why
        return choice

    def _packets(self, papers: Papers, choice: Choice) -> None:
        for job in packet_jobs(self._examination.campaign, choice) if self._fonts else ():
            for link in self._take([job]):
                title = "合订打印（附清单，份数按通知）"
                papers.packets[job.path.partition("/")[0]] = replace(link, title=title)

    def _take(self, jobs: Iterable[Job]) -> Links:
        """Links to those of ``jobs`` that can be done: a character of the office's own may lack a glyph, too."""
        links = []
        for job in jobs:
            lacking = self._fonts.missing("".join(job.texts())) if self._fonts and job.format == "pdf" else []
            if lacking:
                self._notes.append(f"没有打印件 {FOLDER}/{job.path}：{CannotDraw(lacking)}。")
            else:
                self._jobs.append(job)
                links.append(Link(FORMATS[job.format], f"{FOLDER}/{job.path}"))
        return tuple(links)


def write_papers(
    producer: Producer, site: Path, advance: Callable[[int, int], None] | None = None
) -> tuple[int, list[str]]:
    """Wait for the files that ``producer`` began and put them into ``site``.

    Returns how many there are, and a sentence for each that could not be made.
    """
    count, failed = 0, []
    for made in producer.made(advance):
        if made.why:
            failed.append(f"没有打印件 {FOLDER}/{made.path}：{made.why}。")
        else:
            write(made, site / FOLDER)
            count += 1
    return count, failed
