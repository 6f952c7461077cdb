"""The workbook as it is printed: A4 across, one page wide, nothing hidden by a column or a row."""

from __future__ import annotations

import math
from datetime import datetime
from unicodedata import east_asian_width

import pytest
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import HEADER, clock, exported

from build_tools.checks import Examination


@pytest.mark.parametrize("audience", ["office", "public"])
def test_every_sheet_is_ready_to_print(examination: Examination, audience: str) -> None:
    campaign = examination.campaign
    for page in exported(examination, audience):
        set_up = page.page_setup
        assert (set_up.orientation, set_up.paperSize) == ("landscape", 9)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        # 1 page wide is what the format leaves out; as many pages tall as it takes.
        assert (set_up.fitToWidth or 1, set_up.fitToHeight) == (1, 0)
        assert page.print_title_rows == f"${HEADER}:${HEADER}"
        assert page.print_options.horizontalCentered
        margins = page.page_margins
        assert 0.3 < margins.left == margins.right < 0.8
        assert 0.5 < margins.top < margins.bottom < 1
        foot = page.oddFooter.center.text
        assert "第 &P 页　共 &N 页" in foot
        assert ("纯属虚构" in foot) == campaign.is_demo
        assert page.freeze_panes[1:] == str(HEADER + 1)
        assert page.freeze_panes[0] > "A"
        assert page["A2"].value.endswith(f"制表时间：{clock(examination.now)}")
        assert f"A1:{page.cell(1, page.max_column).coordinate}" in page.merged_cells
        fonts = {cell.font.name for row in page.iter_rows() for cell in row if cell.value is not None}
        assert fonts == {"宋体", "黑体"}


def test_only_rows_of_units_are_filtered_so_that_totals_stay_below(base: Examination) -> None:
    book = exported(base)
    assert book["统计汇总"].auto_filter.ref == f"A3:{book['统计汇总'].cell(6, 23).coordinate}"
    assert book["说明"].auto_filter.ref is None


def half_characters(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)


def text_shown(cell: Cell) -> str:
    value = cell.value
    if isinstance(value, datetime):
        return f"{value.year}年{value.month}月" if "d" not in cell.number_format else clock(value)
    if isinstance(value, int | float):
        places = len(cell.number_format.partition(".")[2])
        return f"{value:,.{places}f}"
    return str(value or "")


HALF = 10 / 2 * 96 / 72
"""Pixels of half a character at ten points."""


def room_of(page: Worksheet, cell: Cell) -> float:
    """Pixels that the column, or the merged columns, leave for text; the default font's digit takes 8."""
    letters = [cell.column_letter]
    for merged in page.merged_cells.ranges:
        if cell.coordinate in merged:
            letters = [get_column_letter(c) for c in range(merged.min_col, merged.max_col + 1)]
    dimensions = page.column_dimensions
    widths = {
        get_column_letter(index): dimension.width
        for dimension in dimensions.values()
        for index in range(dimension.min, dimension.max + 1)
    }
    return sum(widths[letter] * 8 for letter in letters) - 5


@pytest.mark.parametrize("audience", ["office", "public"])
def test_nothing_is_hidden_by_its_column_or_its_row(examination: Examination, audience: str) -> None:
    for page in exported(examination, audience):
        for row in page.iter_rows():
            for cell in [c for c in row if c.value is not None]:
                text, size = text_shown(cell), cell.font.sz / 10
                room = room_of(page, cell)
                if cell.data_type != "s":
                    assert half_characters(text) * HALF <= room, f"{page.title} {cell.coordinate}: ####"
                a_line = math.floor(room / (HALF * size)) // 2 * 2
                lines = sum(max(1, math.ceil(half_characters(line) / a_line)) for line in text.split("\n"))
                height = page.row_dimensions[cell.row].height
                assert min(409, lines * 12 * size) <= height, f"{page.title} {cell.coordinate}: {text}"


def test_a_small_table_prints_at_full_size_and_not_as_a_strip(second: Examination) -> None:
    for name in ("统计汇总", "示范班组推荐汇总表", "未列入"):
        page = exported(second)[name]
        columns = page.column_dimensions.values()
        width = sum(column.width * 8 * (column.max - column.min + 1) for column in columns)
        assert 690 <= width <= 1020
