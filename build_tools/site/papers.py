"""The printed faces a site offers: for the office every document, for everybody the blank forms and the notice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from build_tools.checks import Examination
from build_tools.forms.choose import choose
from build_tools.forms.definition import read_forms
from build_tools.forms.fonts import FontBook, NoFonts, load_fonts
from build_tools.forms.job import Job, blank_jobs, document_jobs, notice_job, packet_jobs
from build_tools.forms.press import CannotDraw
from build_tools.forms.produce import Producer, write
from build_tools.progress import CampaignProgress
from build_tools.site.failure import BuildFailed
from build_tools.site.view import Audience, Link

FOLDER = "papers"
FORMATS = {"pdf": "PDF", "docx": "Word", "html": "网页打印"}

Links = tuple[Link, ...]


@dataclass(frozen=True)
class Papers:
    """The files to be made beside the pages, and the links to them; nothing at all where none are wanted.

    ``documents`` and ``unprinted`` (why one has no file) are by unit and document, ``packets`` by unit,
    ``blanks`` by item.
    """

    jobs: tuple[Job, ...] = field(default=(), repr=False)
    fonts: FontBook | None = None
    documents: dict[tuple[str, str], Links] = field(default_factory=dict)
    unprinted: dict[tuple[str, str], str] = field(default_factory=dict)
    packets: dict[str, Link] = field(default_factory=dict)
    blanks: dict[str, Links] = field(default_factory=dict)
    notice: Links = ()


def plan(root: Path, examination: Examination, progress: CampaignProgress, audience: Audience) -> Papers:
    """What ``audience`` can print. Without fonts there is no PDF, and no packet."""
    try:
        fonts = load_fonts(root)
    except NoFonts:
        fonts = None
    formats = [form for form in FORMATS if form != "pdf" or fonts]
    campaign, tree = examination.campaign, examination.submissions.tree
    notices = [job for form in formats if (job := notice_job(campaign, tree, form))]
    blanks = {
        form.item.id: [job for kind in formats for job in blank_jobs(campaign, kind, items=(form.item.id,))]
        for form in read_forms(campaign)
    }
    jobs = [*notices, *(job for own in blanks.values() for job in own)]
    papers = Papers(
        fonts=fonts, notice=_links(notices), blanks={item: _links(own) for item, own in blanks.items()}
    )
    if audience is Audience.OFFICE:
        choice = choose(examination, progress, (), fonts)
        for document in choice.documents:
            own = list(document_jobs([document], *formats))
            papers.documents[document.unit.slug, document.name] = _links(own)
            jobs += own
        for job in packet_jobs(campaign, choice.documents) if fonts else ():
            slug = job.path.partition("/")[0]
            papers.packets[slug] = Link("合订打印（附清单，份数按通知）", f"{FOLDER}/{job.path}")
            jobs.append(job)
        for left in choice.left_out:
            if not left.expected:
                papers.unprinted[left.unit.slug, left.name] = left.why
    return Papers(
        tuple(jobs), fonts, papers.documents, papers.unprinted, papers.packets, papers.blanks, papers.notice
    )


def _links(jobs: Iterable[Job]) -> Links:
    return tuple(Link(FORMATS[job.format], f"{FOLDER}/{job.path}") for job in jobs)


def write_papers(producer: Producer, site: Path, advance: Callable[[int, int], None] | None = None) -> int:
    """Wait for the files that ``producer`` began and put them into ``site``; returns how many there are.

    Raises :class:`BuildFailed` when a text of the office itself cannot be drawn.
    """
    try:
        return len([write(made, site / FOLDER) for made in producer.made(advance)])
    except CannotDraw as error:
        raise BuildFailed(f"网站没有生成：{error}") from error
