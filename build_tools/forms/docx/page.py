"""The page a sheet stands on: A4, margins, the grid of characters, what is at the head and foot of each page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.package import Package

from build_tools.forms.docx.markup import TWIPS, Element, field, paragraph, reference, run, twips, w
from build_tools.forms.docx.styles import LINE_PITCH, NUMBER_SIZE, SIZE, SMALL_SIZE, serialized
from build_tools.forms.measure import POINTS, line_count
from build_tools.forms.sheet import BOTTOM, LEFT, RIGHT, TOP, WIDTH, Letter, Sheet, Statement, Table

_PAPER = 210.0, 297.0
_NUMBER_BELOW = 7.0
"""From the type area down to the dashes beside a page's number (GB/T 9704-2012, 7.5)."""

_TITLE_LINE = 25 * TWIPS
_SMALL_LINE = 12.0
_CHARACTER_SPACE = -849
"""What the grid of 28 characters lacks to the size of 16 points, in 4096ths of a point: page set-up shows 28 by 22."""
_LEAST = 8.0
"""Nothing is nearer to the paper's edge: printers leave it white."""


@dataclass(frozen=True)
class Margin:
    """What is printed in the margin: at the ``header`` or ``footer`` of the pages ``of`` (default, even, first)."""

    place: str
    of: str
    content: tuple[Element, ...]


def margins(sheet: Sheet) -> Iterator[Margin]:
    """Heads and feet of ``sheet``.

    A letter numbers its pages as the standard has it. A form begins with a clean page; further pages repeat its
    title and say which page they are.
    """
    if isinstance(sheet.body, Letter):
        for of, style in (("default", "OddPageNumber"), ("even", "EvenPageNumber")):
            number = paragraph(style, run("— "), field("PAGE"), run(" —"))
            yield Margin("footer", of, (number, *_remark(sheet)))
        return
    yield Margin("header", "default", (paragraph("Header", run(_continued(sheet))),))
    number = paragraph("Footer", run("第 "), field("PAGE"), run(" 页"))
    yield Margin("footer", "default", (number, *_remark(sheet)))
    if sheet.remark:
        yield Margin("footer", "first", tuple(_remark(sheet)))


class Page:
    """The page of one sheet in one document: the parts with its heads and feet, and what refers to them."""

    def __init__(self, sheet: Sheet, document: Part, package: Package) -> None:
        self._sheet = sheet
        self._references = []
        for number, margin in enumerate(margins(sheet), start=1):
            root = w("hdr" if margin.place == "header" else "ftr", *margin.content)
            name = PackURI(f"/word/{margin.place}{number}.xml")
            kind = CONTENT_TYPE.WML_HEADER if margin.place == "header" else CONTENT_TYPE.WML_FOOTER
            relation = RELATIONSHIP_TYPE.HEADER if margin.place == "header" else RELATIONSHIP_TYPE.FOOTER
            part = Part(name, kind, serialized(root), package)
            self._references.append((margin, document.relate_to(part, relation)))

    def section(self) -> Element:
        """``w:sectPr``: a copy of the sheet begins on a page of its own with the number 1."""
        letter = isinstance(self._sheet.body, Letter)
        return w(
            "sectPr",
            *(reference(f"{margin.place}Reference", margin.of, part) for margin, part in self._references),
            w("type", val="nextPage"),
            w("pgSz", w=twips(_PAPER[0]), h=twips(_PAPER[1])),
            w(
                "pgMar",
                top=twips(TOP),
                right=twips(RIGHT),
                bottom=twips(BOTTOM),
                left=twips(LEFT),
                header=twips(_head(self._sheet)),
                footer=twips(_foot(self._sheet)),
                gutter=0,
            ),
            w("pgNumType", start=1),
            w("cols", space=425),
            None if letter else w("titlePg"),
            w("docGrid", type="linesAndChars", linePitch=LINE_PITCH, charSpace=_CHARACTER_SPACE)
            if letter
            else w("docGrid", linePitch=LINE_PITCH),
        )


def head(sheet: Sheet) -> Iterator[Element]:
    """The annex's number on line 1 and the title on line 3 (7.3.7); without a number the title is line 1."""
    if sheet.annex:
        yield paragraph("AnnexNumber", run(sheet.annex))
    # Between a title and its table there is no line to spare: the room below the letters is their line's.
    close = isinstance(sheet.body, Table | Statement)
    line = _TITLE_LINE if close else LINE_PITCH
    yield paragraph("Heading1", run(sheet.title), line=line, after=LINE_PITCH - line if close else LINE_PITCH)


def _continued(sheet: Sheet) -> str:
    return sheet.title.replace("\n", "") + "（续）"


def _remark(sheet: Sheet) -> Iterator[Element]:
    if sheet.remark:
        yield paragraph("Remark", run(sheet.remark))


def _head(sheet: Sheet) -> float:
    """From the paper's upper edge to the repeated title, which ends 2 mm above the type area."""
    lines = line_count([_continued(sheet)], WIDTH, SIZE)
    return max(_LEAST, TOP - 2 - lines * LINE_PITCH / TWIPS / POINTS)


def _foot(sheet: Sheet) -> float:
    """From the paper's lower edge to the end of the foot: the number's dashes, in the middle of its line, are
    where they belong, a remark is below.
    """
    remark = line_count([sheet.remark], WIDTH, SMALL_SIZE) * _SMALL_LINE / POINTS if sheet.remark else 0
    return max(_LEAST, BOTTOM - _NUMBER_BELOW - NUMBER_SIZE / 2 / POINTS - remark)
