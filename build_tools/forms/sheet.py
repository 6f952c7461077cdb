"""A sheet: one form with everything that stands on it, worked out once and drawn by every face.

What a value looks like on paper, which size makes it fit its cell, what an empty cell shows: all of that is
decided here and in ``fill``. A face (HTML, PDF, DOCX) only draws. Lengths are millimetres, sizes points.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from build_tools.forms.definition import CellKind

WIDTH, HEIGHT = 156.0, 225.0
"""The type area of an official document (版心, GB/T 9704-2012, 5.2.1)."""

TOP, RIGHT, BOTTOM, LEFT = 37, 26, 35, 28
"""The margins around it: 天头 and 订口 by the standard, the others follow from A4."""

PADDING = 1.2, 1.0
"""Between a cell's lines and its text, across and down."""

LINE = 1.3
"""A line of a cell in times of its size."""

SIZES = 12.0, 10.5, 9.0
"""小四, 五号, 小五: a short cell takes the first in which its text fits."""

PHOTO = 35.0, 49.0
"""小二寸, the box a photo is fitted into."""

SEAL, DATE = "（盖章）", "年　　月　　日"
NOTHING = "无"


@dataclass(frozen=True)
class Picture:
    """A photo as it was sent. Faces draw :func:`~build_tools.forms.pictures.fitted` of it, never this."""

    data: bytes = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Cell:
    """One cell of a table. ``column`` counts from 0; ``lines`` are its paragraphs, none where it is blank.

    ``keys`` are the fields it shows. ``long``: it starts at the top left and may run on over pages;
    ``indent``: its paragraphs are running text and begin two characters in.
    """

    kind: CellKind
    column: int
    lines: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    span: int = 1
    rowspan: int = 1
    long: bool = False
    indent: bool = False
    size: float = SIZES[0]
    picture: Picture | None = None


@dataclass(frozen=True)
class Row:
    """A row of a table; ``height`` is its least height, 0 where it has none."""

    height: float
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A form drawn cell by cell; ``columns`` are widths that add up to the type area."""

    columns: tuple[float, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Answer:
    """A blank in a sentence with what was filled in; ``title`` says what belongs there."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class Sentence:
    """A paragraph of an annex: its number as the notice prints it, then words and blanks."""

    no: str
    parts: tuple[str | Answer, ...]


@dataclass(frozen=True)
class Statement:
    """Sentences with blanks."""

    sentences: tuple[Sentence, ...]


class Part(StrEnum):
    """What a paragraph of a letter is (GB/T 9704-2012, 7.3)."""

    ADDRESSEE = "addressee"
    SECTION = "section"
    SUBSECTION = "subsection"
    TEXT = "text"
    ATTACHMENT = "attachment"
    SIGNATURE = "signature"
    DATE = "date"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a letter. The first attachment carries ``附件：`` in ``text``, like the others its number."""

    part: Part
    text: str


@dataclass(frozen=True)
class Letter:
    """A text that follows GB/T 9704: a notice, a report. Its title is the sheet's."""

    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Heading:
    """A column of a register."""

    label: str
    width: float


@dataclass(frozen=True)
class Register:
    """A table with one row an entry. The first column numbers them; an empty register has blank rows."""

    columns: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]


Body = Table | Statement | Letter | Register


@dataclass(frozen=True)
class Sheet:
    """``name`` is its file's (``individual-01``, or the item's id where it is blank).

    ``title`` stands at its head, a line break where the office breaks it; ``caption`` is what lists and bookmarks
    call it; ``annex`` is empty where the notice prints no such form. ``remark`` stands at the foot of each page.
    """

    name: str
    caption: str
    annex: str
    title: str
    body: Body
    filled: bool
    remark: str = ""

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The photos on it."""
        if not isinstance(self.body, Table):
            return ()
        return tuple(cell.picture for row in self.body.rows for cell in row.cells if cell.picture)

    def texts(self) -> Iterator[str]:
        """Every text that is printed, in reading order."""
        yield from filter(None, (self.annex, *self.title.split("\n")))
        yield from filter(None, _texts(self.body))
        if self.remark:
            yield self.remark

    def as_data(self) -> dict[str, Any]:
        """Plain values that JSON can hold; a photo by its digest. Equal sheets give equal data."""
        return {
            "name": self.name,
            "caption": self.caption,
            "annex": self.annex,
            "title": self.title.split("\n"),
            "filled": self.filled,
            "remark": self.remark,
            "kind": type(self.body).__name__.lower(),
            "body": _data(self.body),
        }


def _texts(body: Body) -> Iterator[str]:
    if isinstance(body, Table):
        for row in body.rows:
            for cell in row.cells:
                yield from cell.lines
    elif isinstance(body, Statement):
        for sentence in body.sentences:
            yield sentence.no
            yield from (part if isinstance(part, str) else part.text for part in sentence.parts)
    elif isinstance(body, Letter):
        yield from (paragraph.text for paragraph in body.paragraphs)
    else:
        yield from (heading.label for heading in body.columns)
        for entries in body.rows:
            yield from entries


def _data(value: Any) -> Any:
    if isinstance(value, Picture):
        return value.digest
    if isinstance(value, tuple):
        return [_data(part) for part in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _data(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
