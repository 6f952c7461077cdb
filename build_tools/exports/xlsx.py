"""A workbook to print and file: each sheet of ``sheets`` on A4 across, numbers as numbers, text never a formula."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Any
from unicodedata import category

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from build_tools.campaign import Campaign
from build_tools.exports.csv import RUNS
from build_tools.exports.sheets import Sheet, sheet_names, sheets
from build_tools.exports.tables import Month, Ordinal, Value, Word, demo_notes
from build_tools.forms.measure import ems
from build_tools.progress import CampaignProgress
from build_tools.rollup import RollUp

SONG, HEI = "宋体", "黑体"
_A4, _GB = 9, 134
"""Numbers of the paper and of the fonts' character set in the format."""
_TITLE_ROW, _LINE_ROW, _HEADER_ROW = 0, 1, 2
_MOMENT = 'yyyy"年"m"月"d"日" hh:mm:ss'
_MONTH = 'yyyy"年"m"月"'
_GREY = "#595959"
_DIGITS = 15
"""A spreadsheet keeps so many digits of a number; longer ones are written as text, and so stay true."""

Style = dict[str, Any]


def as_workbook(progress: CampaignProgress, rollup: RollUp, *, office: bool) -> bytes:
    """The sheets of this audience as XLSX."""
    return workbook(progress.campaign, progress.now, sheets(progress, rollup, office=office))


def workbook(campaign: Campaign, now: datetime, made: Sequence[Sheet]) -> bytes:
    """``made`` as XLSX. The same input gives the same bytes; nobody is named as its author."""
    file = io.BytesIO()
    book = Workbook(
        file,
        {
            "in_memory": True,  # without temporary files, and with the same date in each member of the zip
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": SONG, "font_charset": _GB, "font_size": 11},
            "default_column_width": 72,  # pixels that this font gives a column
        },
    )
    created = now.astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": clean(campaign.title), "created": created})
    styles = _Styles(book)
    for name, sheet in zip(sheet_names(sheet.name for sheet in made), made, strict=True):
        _Writer(sheet, book.add_worksheet(name), styles).write(campaign, now)
    book.close()
    return file.getvalue()


_LONGEST = 32_766
"""UTF-16 units that a cell may hold, and one kept free for :func:`clean`."""
_CUT = "……（内容过长，以下从略）"


def clean(text: str) -> str:
    """``text`` as a cell can hold it: no control characters but line breaks, and what is too long visibly cut."""
    if not text.isprintable():
        text = "".join(filter(_allowed, text.replace("\r\n", "\n").replace("\t", " ")))
    if len(text) * 2 > _LONGEST:
        units = text.encode("utf-16-le")
        if len(units) > 2 * _LONGEST:
            kept = units[: 2 * (_LONGEST - len(_CUT))]
            text = kept.decode("utf-16-le", "ignore") + _CUT
    # XlsxWriter takes a text between these marks for markup of its own, and writes it as it stands.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def _allowed(character: str) -> bool:
    return character == "\n" or (category(character) not in ("Cc", "Cs") and character not in "\ufffe\uffff")


@dataclass
class _Styles:
    """The formats of a workbook, each made once."""

    book: Workbook
    _made: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)

    def of(self, style: Style) -> Format:
        key = tuple(sorted(style.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format(style)
        return self._made[key]


_PLAIN: Style = {"font_name": SONG, "font_charset": _GB, "font_size": 10, "valign": "vcenter"}
_BODY: Style = {**_PLAIN, "border": 1, "text_wrap": True}
_HEAD: Style = {**_BODY, "font_name": HEI, "align": "center", "bg_color": "#F2F2F2"}
_SUM: Style = {**_BODY, "font_name": HEI}
_TITLE: Style = {**_PLAIN, "font_name": HEI, "font_size": 16, "align": "center", "text_wrap": True}
_LINE: Style = {**_PLAIN, "align": "right", "text_wrap": True}
_NOTE: Style = {**_PLAIN, "font_size": 9, "text_wrap": True}


def shown(value: Value) -> str:
    """A cell as its number format shows it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.year}年{value.month}月{value.day}日 {value:%H:%M:%S}"
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return str(value) if isinstance(value, Month) else clean(value)


_PIXELS = 7
"""Of half a character at ten points; a column has as much again and a half on either side."""
_PAGE = 1020
"""Pixels between the margins of A4 across, printed at full size."""
_NARROW = 700
"""A table narrower than this is spread out, or its title would not fit over it."""
_LAYOUTS = ((100, 1), (80, 1), (60, 1), (48, 2), (40, 2), (34, 2), (28, 3), (24, 4), (24, 8))
"""Half characters that a column of texts may be wide, and lines that a heading may take: the first that keeps the
table on the page at full size, else the last; narrower ones make rows so tall that smaller print is the lesser evil."""
_WORD = 6
_SHORT = 14
"""Texts no wider than this stand in the middle of their column."""


@lru_cache(maxsize=4096)
def text_width(text: str) -> int:
    """The width of the widest line in half characters."""
    return math.ceil(max(2 * ems(line) for line in text.split("\n")))


def line_count(text: str, room: int) -> int:
    """How many lines it takes in a width of so many half characters."""
    room = max(2, room - room % 2)
    return sum(max(1, math.ceil(text_width(line) / room)) for line in text.split("\n"))


@dataclass(frozen=True)
class Column:
    """What a column needs, in half characters: for its ``heading``, for the longest of its ``text``, and at ``least``."""

    heading: int
    text: int
    least: int

    @classmethod
    def of(cls, heading: str, cells: Sequence[Value]) -> Column:
        """Numbers and dates may not break, or they are shown as ####; headings, words and long texts may."""
        wanted = text_width(heading)
        least, text = min(wanted, _WORD), 0
        for cell in cells:
            if isinstance(cell, Word):
                least = max(least, min(text_width(cell), _WORD))
            elif isinstance(cell, str):
                text = max(text, text_width(shown(cell)))
            elif cell is not None:
                least = max(least, text_width(shown(cell)))
        return cls(wanted, text, least)

    def pixels(self, widest: int, heading_lines: int) -> int:
        """Its width in one of the :data:`_LAYOUTS`."""
        heading = math.ceil(self.heading / heading_lines)
        return _PIXELS * (max(self.least, heading, min(self.text, widest)) + 2)


def column_pixels(columns: Sequence[Column]) -> list[int]:
    """The widths of all columns of a sheet."""
    widths: list[int] = []
    for widest, heading_lines in _LAYOUTS:
        widths = [column.pixels(widest, heading_lines) for column in columns]
        if sum(widths) <= _PAGE:
            break
    spread = max(1, _NARROW / sum(widths))
    return [math.ceil(width * spread) for width in widths]


_UNIT = re.compile(r"(?<=.)(（[^（）]{1,6}）)\Z")
"""What is counted, at the end of a heading: on a line of its own, or the brackets come apart."""


class _Writer:
    """Writes one sheet: title, line, heading, rows, totals, notes."""

    def __init__(self, sheet: Sheet, page: Worksheet, styles: _Styles) -> None:
        self.sheet, self.page, self.styles = sheet, page, styles
        self.headings = [_UNIT.sub(r"\n\1", heading) for heading in sheet.columns]
        self.columns = [
            Column.of(heading, [row[index] for row in chain(sheet.rows, sheet.totals)])
            for index, heading in enumerate(self.headings)
        ]
        self.widths = column_pixels(self.columns)

    def write(self, campaign: Campaign, now: datetime) -> None:
        """Everything on the sheet, and how it prints."""
        sheet, page = self.sheet, self.page
        for index, width in enumerate(self.widths):
            page.set_column_pixels(index, index, width)
        self._across(_TITLE_ROW, sheet.title, _TITLE)
        line = f"制表单位：{campaign.receiver}　　制表时间：{shown(now)}"
        self._across(_LINE_ROW, line, _LINE)
        for index, heading in enumerate(self.headings):
            page.write_string(_HEADER_ROW, index, clean(heading), self.styles.of(_HEAD))
        page.set_row(_HEADER_ROW, self._height(self.headings))
        row = self._rows(_HEADER_ROW + 1, sheet.rows, _BODY)
        if not sheet.rows and sheet.empty:
            self._across(row, sheet.empty, {**_BODY, "align": "center", "font_color": _GREY})
            row += 1
        if sheet.rows and sheet.filtered:
            page.autofilter(_HEADER_ROW, 0, row - 1, len(sheet.columns) - 1)
        row = self._rows(row, sheet.totals, _SUM)
        for note in sheet.notes:
            self._across(row, note, _NOTE)
            row += 1
        self._set_up(campaign)
        page.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(len(self.widths) - 1)}{row}"})

    def _rows(self, start: int, rows: Sequence[Sequence[Value]], style: Style) -> int:
        for at, row in enumerate(rows, start=start):
            for index, value in enumerate(row):
                self._cell(at, index, value, style)
            self.page.set_row(at, self._height(row))
        return start + len(rows)

    def _height(self, row: Sequence[Value]) -> float:
        """In points, with every line of its texts in sight: not every program finds the height by itself."""
        lines = 1
        for value, width in zip(row, self.widths, strict=True):
            if isinstance(value, str):
                lines = max(lines, line_count(clean(value), width // _PIXELS - 1))
        return min(_TALLEST, lines * _LINE_HEIGHT + 5)

    def _cell(self, row: int, column: int, value: Value, style: Style) -> None:
        page, of = self.page, self.styles.of
        if value is None or value == "":
            page.write_blank(row, column, None, of(style))
        elif isinstance(value, Word):
            page.write_string(
                row, column, clean(value), of({**style, "align": "center", "font_color": _GREY})
            )
        elif isinstance(value, datetime):
            style = {**style, "align": self._align(column), "num_format": _MOMENT}
            page.write_datetime(row, column, value.replace(tzinfo=None), of(style))
        elif isinstance(value, Month) and value.year >= _FIRST_YEAR:
            style = {**style, "align": "center", "num_format": _MONTH}
            page.write_datetime(row, column, date(value.year, value.month, 1), of(style))
        elif isinstance(value, Ordinal):
            page.write_number(row, column, value, of({**style, "align": "center", "num_format": "0"}))
        elif isinstance(value, int | Decimal) and _fits(value):
            style = {**style, "align": self._align(column, "right"), "num_format": _number_format(value)}
            page.write_number(row, column, value, of(style))
        else:
            text = clean(value) if isinstance(value, str) else shown(value)
            style = {**style, "align": self._align(column)}
            # A text behind a quotation mark stays one when somebody edits its cell, too.
            if text.startswith(RUNS) or _LIKE_NUMBER.match(text):
                style["quote_prefix"] = True
            page.write_string(row, column, text, of(style))

    def _align(self, column: int, otherwise: str = "center") -> str:
        return "left" if self.columns[column].text > _SHORT else otherwise

    def _across(self, row: int, text: str, style: Style) -> None:
        """``text`` over the width of the table; merged cells do not find their height by themselves."""
        text, made = clean(text), self.styles.of(style)
        if len(self.widths) > 1:
            self.page.merge_range(row, 0, row, len(self.widths) - 1, "", made)
        self.page.write_string(row, 0, text, made)
        size = style["font_size"] / _PLAIN["font_size"]
        lines = line_count(text, math.floor((sum(self.widths) // _PIXELS - 1) / size))
        self.page.set_row(row, min(_TALLEST, (lines * _LINE_HEIGHT + 5) * size))

    def _set_up(self, campaign: Campaign) -> None:
        page = self.page
        page.set_landscape()
        page.set_paper(_A4)
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.8)
        page.center_horizontally()
        page.fit_to_pages(1, 0)
        page.repeat_rows(_HEADER_ROW)
        page.set_footer(footer(demo_notes(campaign)), {"scale_with_doc": False})
        page.freeze_panes(_HEADER_ROW + 1, self.sheet.fixed)


_FIRST_YEAR = 1900
"""Before it a spreadsheet knows no dates."""
_TALLEST, _LINE_HEIGHT = 409, 13.5
"""Points: the tallest row a spreadsheet has, and a line of ten points."""
_LIKE_NUMBER = re.compile(r"[\d.][ -~]*\Z")
"""A code, a telephone number, a day: what a spreadsheet reads anew when somebody edits its cell."""
_FOOTER_LONGEST = 255


def _fits(value: int | Decimal) -> bool:
    return len(Decimal(value).as_tuple().digits) <= _DIGITS


def _number_format(value: int | Decimal) -> str:
    exponent = Decimal(value).as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    return "#,##0" + (f".{'0' * places}" if places > 0 else "")


def footer(notes: Sequence[str]) -> str:
    """第 x 页　共 y 页, and below it ``notes``, as far as a footer has room."""
    pages = f'&C&"{SONG},常规"&9第 &P 页　共 &N 页'
    for note in notes:
        room = _FOOTER_LONGEST - len(pages.encode("utf-16-le")) // 2 - 1
        line = clean(note).replace("\n", " ").replace("&", "&&")
        cut = line.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore")
        # Half of a doubled mark would begin a code.
        pages += "\n" + (cut if cut.count("&") % 2 == 0 else cut[: cut.rindex("&")])
    return pages
