"""Filling a form: definition and document to :class:`~build_tools.forms.sheet.Sheet`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from build_tools.campaign import Campaign
from build_tools.forms import definition
from build_tools.forms.definition import CellKind, Form, Grid, Listing, Paper, Prose
from build_tools.forms.measure import fitting, running
from build_tools.forms.sheet import (
    DATE,
    NOTHING,
    SEAL,
    SIZES,
    WIDTH,
    Answer,
    Body,
    Cell,
    Heading,
    Letter,
    Paragraph,
    Part,
    Picture,
    Register,
    Row,
    Sentence,
    Sheet,
    Statement,
    Table,
)
from build_tools.forms.values import on_paper
from build_tools.schema import EACH

Photos = Callable[[str], Picture | None]
"""From a photo field's value to the photo; ``None`` where there is none that could be drawn."""

_NUMBER_WIDTH = 12.0
_BLANK_ROWS = 8
_NUMBERED = re.compile(r"\s*[（(]?[一二三四五六七八九十百0-9]{1,3}[)）、．.]")
_SINGLE = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")


def blank_sheet(form: Form) -> Sheet:
    """``form`` as the notice hands it out."""
    return Sheet(form.item.id, form.item.title, form.annex, form.title, _Filler(form).body(), filled=False)


def filled_sheet(
    campaign: Campaign, form: Form, name: str, value: dict[str, Any], photos: Photos | None = None
) -> Sheet:
    """``form`` with a document's values; ``name`` is the document's (``individual-01``).

    In a table what is empty shows 无. A number that was not given stays a blank, because 无 would read as zero;
    an opinion is never filled in. ``value`` need not be valid.
    """
    filler = _Filler(form, value, photos, campaign.document_title)
    layout = form.layout
    title = filler.text(layout.heading) if isinstance(layout, Paper) else form.title
    return Sheet(
        name=name,
        caption=campaign.document_title(name),
        annex="" if isinstance(layout, Paper) else form.annex,
        title=title or form.title,
        body=filler.body(),
        filled=True,
        remark=campaign.demo_note if campaign.is_demo else "",
    )


class _Filler:
    """One form and what stands in it; ``value`` is ``None`` for a blank one."""

    def __init__(
        self,
        form: Form,
        value: dict[str, Any] | None = None,
        photos: Photos | None = None,
        document_title: Callable[[str], str] = str,
    ) -> None:
        self._form = form
        self._schema = form.item.schema
        self._filled = value is not None
        self._value = value or {}
        self._photos = photos
        self._document_title = document_title

    def text(self, key: str) -> str:
        """The field's value as one text."""
        return on_paper(self._schema, (key,), self._value.get(key))

    def body(self) -> Body:
        """What stands below the title."""
        layout = self._form.layout
        if isinstance(layout, Grid):
            return self._table(layout)
        if isinstance(layout, Prose):
            return Statement(tuple(map(self._sentence, layout.sentences)))
        if isinstance(layout, Paper):
            return Letter(tuple(self._letter(layout)))
        return self._register(layout)

    def _table(self, grid: Grid) -> Table:
        columns = _widths(grid.columns, WIDTH)
        heights = [float(row.height or 0) for row in grid.rows]
        rows = []
        for index, (row, places) in enumerate(zip(grid.rows, definition.places(grid), strict=True)):
            cells = []
            for cell, column in zip(row.cells, places, strict=True):
                width = sum(columns[column : column + cell.span])
                height = sum(heights[index : index + cell.rowspan])
                cells.append(self._cell(cell, column, width, height))
            rows.append(Row(heights[index], tuple(cells)))
        return Table(columns, tuple(rows))

    def _cell(self, cell: definition.Cell, column: int, width: float, height: float) -> Cell:
        lines, picture, size = self._lines(cell), None, SIZES[0]
        if cell.kind is CellKind.PHOTO and self._photos:
            name = self._value.get(cell.fields[0])
            picture = self._photos(name) if isinstance(name, str) else None
        if cell.kind is CellKind.LABEL or (cell.kind is CellKind.FIELD and not cell.long):
            size = fitting(lines, width, height, whole=cell.kind is CellKind.LABEL)
        elif cell.long:
            size = running(lines, width)
        return Cell(
            kind=cell.kind,
            column=column,
            lines=lines,
            keys=cell.fields,
            span=cell.span,
            rowspan=cell.rowspan,
            long=cell.long,
            indent=cell.long and lines != (NOTHING,) and not self._is_list(cell.fields[0]),
            size=size,
            picture=picture,
        )

    def _lines(self, cell: definition.Cell) -> tuple[str, ...]:
        if cell.kind is CellKind.LABEL:
            return tuple(cell.text.split("\n"))
        if cell.kind is CellKind.SEAL:
            return (SEAL, DATE)
        if cell.kind is CellKind.PHOTO:
            return (self._schema.title_at((cell.fields[0],)),)
        text = " ".join(filter(None, map(self.text, cell.fields)))
        lines = tuple(line.strip() for line in text.split("\n") if line.strip())
        return lines or ((NOTHING,) if self._filled else ())

    def _is_list(self, key: str) -> bool:
        return "items" in self._schema.at((key,))

    def _sentence(self, sentence: definition.Sentence) -> Sentence:
        parts = (
            part
            if isinstance(part, str)
            else Answer(part.field, self._title(part.field), self.text(part.field))
            for part in sentence.parts
        )
        return Sentence(sentence.no, tuple(parts))

    def _title(self, key: str) -> str:
        return self._schema.title_at((key,))

    def _letter(self, paper: Paper) -> Iterator[Paragraph]:
        entries = self._value.get(paper.sections)
        if not self._filled:
            topics = self._schema.at((paper.sections,)).get("x-topics", ())
            entries = [dict.fromkeys(self._section_keys(paper), topic) for topic in topics]
        for number, entry in enumerate(entries if isinstance(entries, list) else (), start=1):
            yield from self._section(paper, number, entry)

    def _section_keys(self, paper: Paper) -> tuple[str, ...]:
        return tuple(self._schema.at((paper.sections, EACH)).get("properties", ()))

    def _section(self, paper: Paper, number: int, entry: Any) -> Iterator[Paragraph]:
        """A heading, numbered unless its writer did, and its paragraphs; a blank form has a line to begin on."""
        if not isinstance(entry, dict):
            yield from _texts(on_paper(self._schema, (paper.sections, EACH), entry))
            return
        for key in self._section_keys(paper):
            text = on_paper(self._schema, (paper.sections, EACH, key), entry.get(key))
            if self._schema.at((paper.sections, EACH, key)).get("x-long"):
                yield from _texts(text) if self._filled else (Paragraph(Part.TEXT, ""),)
            elif text:
                mark = "" if _NUMBERED.match(text) else f"{chinese_number(number)}、"
                yield Paragraph(Part.SECTION, mark + " ".join(text.split()))

    def _register(self, listing: Listing) -> Register:
        widths = _widths(tuple(column.width for column in listing.columns), WIDTH - _NUMBER_WIDTH)
        headings = [Heading(c.label, width) for c, width in zip(listing.columns, widths, strict=True)]
        entries = self._value.get(listing.rows_from)
        rows = [
            (str(number), *(self._entry(listing, column.field, entry) for column in listing.columns))
            for number, entry in enumerate(entries if isinstance(entries, list) else (), start=1)
        ]
        if not self._filled:
            rows = [("",) * (len(headings) + 1)] * _BLANK_ROWS
        return Register((Heading("序号", _NUMBER_WIDTH), *headings), tuple(rows))

    def _entry(self, listing: Listing, key: str, entry: Any) -> str:
        value = entry.get(key) if isinstance(entry, dict) else None
        text = on_paper(self._schema, (listing.rows_from, EACH, key), value)
        if self._schema.at((listing.rows_from, EACH, key)).get("format") == "document":
            return self._document_title(text) if text else ""
        kinds = {kind.id: kind.title for kind in self._form.item.kinds} if key == "kind" else {}
        return kinds.get(text, text)


def _widths(parts: tuple[int, ...], whole: float) -> tuple[float, ...]:
    return tuple(round(whole * part / sum(parts), 2) for part in parts)


def _texts(text: str) -> Iterator[Paragraph]:
    for line in text.split("\n"):
        if line.strip():
            yield Paragraph(Part.TEXT, line.strip())


def chinese_number(number: int) -> str:
    """1 to 99 as headings number themselves: 一, 十, 十一, 二十."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else _SINGLE[tens] + "十")
    return head + _SINGLE[ones]
