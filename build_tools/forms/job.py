"""A file to be made, and everything that decides its bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from build_tools.campaign import Campaign
from build_tools.forms.choose import Choice, Chosen, by_unit
from build_tools.forms.definition import read_forms
from build_tools.forms.fill import blank_sheet
from build_tools.forms.notice import notice_sheet
from build_tools.forms.press import Cover, Press, Printed, texts_of
from build_tools.tree import Tree

FORMATS = ("pdf", "docx", "html")
_ENGINES = {"pdf": "typst", "docx": "python-docx", "html": "jinja2"}
_PACKAGE = Path(__file__).parent


class OnePart(ValueError):
    """Only PDF holds several documents in one file."""


@dataclass(frozen=True)
class Job:
    """The file ``path`` (``guangzhou/individual-01.pdf``) with its parts one after another."""

    path: str
    parts: tuple[Printed, ...] = field(repr=False)
    cover: Cover | None = None
    duplex: bool = False

    @property
    def format(self) -> str:
        """One of :data:`FORMATS`."""
        return PurePosixPath(self.path).suffix[1:]

    def texts(self) -> Iterator[str]:
        """Everything that is printed in the file."""
        return texts_of(self.parts, self.cover)

    def key(self, fonts: str) -> str:
        """The hash of everything its bytes follow from; ``fonts`` is the fonts' fingerprint."""
        parts = [
            (
                part.sheet.as_data(),
                [picture.digest for picture in part.sheet.pictures],
                part.copies,
                part.who,
                part.seals,
            )
            for part in self.parts
        ]
        cover = (self.cover.title, self.cover.lines, self.cover.who) if self.cover else None
        fonts = fonts if self.format == "pdf" else ""
        said = json.dumps(
            [self.format, _made_by(self.format), fonts, parts, cover, self.duplex], ensure_ascii=False
        )
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()

    def make(self, press: Press | None) -> bytes:
        """The file's bytes; ``press`` is needed for PDF."""
        if self.format == "pdf":
            if press is None:
                raise TypeError("a PDF needs a press")
            return press.pdf(self.parts, cover=self.cover, duplex=self.duplex)
        if len(self.parts) != 1 or self.cover:
            raise OnePart(self.path)
        (part,) = self.parts
        if self.format == "docx":
            from build_tools.forms.docx import docx_document

            return docx_document(part.sheet, part.copies)
        from build_tools.forms.printable import html_document

        return html_document(part.sheet, part.copies).encode()


@cache
def _made_by(form: str) -> str:
    """Changes whenever this room or the library behind a format changes."""
    files = sorted(path for path in _PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    seen = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    return f"{seen} {version(_ENGINES[form])} {version('pillow')}"


def document_jobs(
    documents: Iterable[Chosen], *forms: str, copies: int = 1, duplex: bool = False
) -> Iterator[Job]:
    """A file for each document and format, with so many copies in it."""
    for document in documents:
        part = Printed(document.sheet(), copies)
        for form in forms:
            yield Job(f"{document.unit.slug}/{document.name}.{form}", (part,), duplex=duplex)


def packet_jobs(
    campaign: Campaign, choice: Choice, *, copies: int | None = None, duplex: bool = False
) -> Iterator[Job]:
    """A PDF for each unit: the list of what lies in it and what does not, then each document as often as the notice
    wants it.

    ``copies`` stands for every document's own number.
    """
    for unit, own in by_unit(choice.documents):
        parts = tuple(
            Printed(document.sheet(), copies or document.copies_owed, document.caption, document.seals)
            for document in own
        )
        lines = [f"活动：{campaign.title}", f"报送单位：{unit.bureau}", f"报送时限：{campaign.deadline_text}"]
        lacking = (left for left in (*choice.left_out, *choice.absent) if left.unit is unit)
        missing = "；".join(f"{left.title}（{left.why}）" for left in lacking)
        if missing:
            lines.append(f"未列入：{missing}")
        if campaign.is_demo and campaign.demo_note:
            lines.append(campaign.demo_note)
        cover = Cover(f"{unit.bureau}报送材料清单", tuple(lines), "推荐对象")
        yield Job(f"{unit.slug}/packet.pdf", parts, cover, duplex)


def notice_job(
    campaign: Campaign, tree: Tree, form: str, *, copies: int = 1, duplex: bool = False
) -> Job | None:
    """The notice itself; ``None`` where the campaign has no readable page of it."""
    sheet = notice_sheet(campaign, tree)
    return Job(f"{sheet.name}.{form}", (Printed(sheet, copies),), duplex=duplex) if sheet else None


def blank_jobs(
    campaign: Campaign, form: str, *, copies: int = 1, items: Iterable[str] = (), duplex: bool = False
) -> Iterator[Job]:
    """An empty form for each item that has one, or for ``items`` only."""
    chosen = frozenset(items)
    for definition in read_forms(campaign):
        if not chosen or definition.item.id in chosen:
            part = Printed(blank_sheet(definition), copies)
            yield Job(f"blank/{definition.item.id}.{form}", (part,), duplex=duplex)
