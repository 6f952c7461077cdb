"""The form definition (``schemas/<item>.form.yml``) as frozen objects that every face draws from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from build_tools.campaign import Campaign, Item
from build_tools.campaign.forms import BLANK
from build_tools.campaign.grids import Extent, laid


class CellKind(StrEnum):
    """What a cell of a grid is for."""

    LABEL = "label"
    FIELD = "field"
    PHOTO = "photo"
    SEAL = "seal"


@dataclass(frozen=True)
class Cell:
    """One cell: a printed label, one or more fields, the photo, or a seal that always prints blank."""

    kind: CellKind
    text: str = ""
    fields: tuple[str, ...] = ()
    span: int = 1
    rowspan: int = 1
    long: bool = False


@dataclass(frozen=True)
class Row:
    """A row of a grid; ``height`` is its least height in millimetres."""

    cells: tuple[Cell, ...]
    height: int | None = None


@dataclass(frozen=True)
class Grid:
    """A table drawn cell by cell; ``columns`` are relative widths."""

    columns: tuple[int, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Blank:
    """A blank inside a sentence."""

    field: str


@dataclass(frozen=True)
class Sentence:
    """A sentence of an annex; ``no`` is its number as the notice prints it (``1.``), empty where a paragraph
    goes on under the number before it.
    """

    no: str
    parts: tuple[str | Blank, ...]


@dataclass(frozen=True)
class Prose:
    """Sentences with blanks."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Paper:
    """A text of its own: the field of the heading and the field of the sections."""

    heading: str
    sections: str


@dataclass(frozen=True)
class Column:
    """A column of a list."""

    field: str
    label: str
    width: int = 1


@dataclass(frozen=True)
class Listing:
    """A table with one row for each entry of the field ``rows_from``."""

    rows_from: str
    columns: tuple[Column, ...]


Layout = Grid | Prose | Paper | Listing


@dataclass(frozen=True)
class Form:
    """How an item looks on paper. ``annex`` is empty when the notice prints no such form."""

    item: Item
    title: str
    annex: str
    layout: Layout

    @property
    def sealed(self) -> bool:
        """Whether a cell waits for somebody's opinion, seal and date."""
        rows = self.layout.rows if isinstance(self.layout, Grid) else ()
        return any(cell.kind is CellKind.SEAL for row in rows for cell in row.cells)


def places(grid: Grid) -> tuple[tuple[int, ...], ...]:
    """The column each cell begins in, row by row; columns that a cell above still covers are passed over."""
    extents = [[Extent(cell.span, cell.rowspan) for cell in row.cells] for row in grid.rows]
    return tuple(row.starts for row in laid(len(grid.columns), extents))


def read_form(campaign: Campaign, item: Item) -> Form | None:
    """The form of ``item``; ``None`` when the campaign defines none."""
    raw = campaign.forms.get(item.id)
    if raw is None:
        return None
    return Form(item, raw["title"], raw.get("annex", ""), read_layout(raw))


def read_forms(campaign: Campaign) -> tuple[Form, ...]:
    """Every form of the campaign, in the order of its items."""
    forms = (read_form(campaign, item) for item in campaign.items)
    return tuple(form for form in forms if form is not None)


def read_layout(raw: dict[str, Any]) -> Layout:
    """The layout of a form definition that was read and found sound."""
    if raw["layout"] == "grid":
        return Grid(tuple(raw["columns"]), tuple(_row(row) for row in raw["rows"]))
    if raw["layout"] == "prose":
        return Prose(tuple(Sentence(s.get("no", ""), tuple(_parts(s["text"]))) for s in raw["sentences"]))
    if raw["layout"] == "document":
        return Paper(raw["heading"], raw["sections"])
    columns = (Column(c["field"], c["label"], c.get("width", 1)) for c in raw["columns"])
    return Listing(raw["rows_from"], tuple(columns))


def _row(raw: dict[str, Any]) -> Row:
    return Row(tuple(_cell(cell) for cell in raw["cells"]), raw.get("height"))


def _cell(raw: dict[str, Any]) -> Cell:
    span, rowspan = raw.get("span", 1), raw.get("rowspan", 1)
    if "label" in raw:
        return Cell(CellKind.LABEL, text=raw["label"], span=span, rowspan=rowspan)
    if "seal" in raw:
        return Cell(CellKind.SEAL, text=raw["seal"], span=span, rowspan=rowspan)
    if "photo" in raw:
        return Cell(CellKind.PHOTO, fields=(raw["photo"],), span=span, rowspan=rowspan)
    fields = tuple(raw["fields"]) if "fields" in raw else (raw["field"],)
    return Cell(CellKind.FIELD, fields=fields, span=span, rowspan=rowspan, long=bool(raw.get("long")))


def _parts(text: str) -> Iterator[str | Blank]:
    end = 0
    for match in BLANK.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        yield Blank(match[1])
        end = match.end()
    if end < len(text):
        yield text[end:]
