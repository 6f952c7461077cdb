"""What units and campaigns may write, in cells, titles, footers and names of sheets: only ever text."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import Cell
from workbooks import HEADER, opened, rows_of

from build_tools.checks import Examination
from build_tools.exports import render
from build_tools.exports.sheets import Sheet, sheet_names
from build_tools.exports.tables import Month, Value, Word
from build_tools.exports.xlsx import clean, footer, workbook
from build_tools.progress import assess
from build_tools.rollup import roll_up

HOSTILE = [
    "=1+1", "@SUM(A1:A9)", "+1", "-1", "cmd|' /C calc'!A0", "=cmd|' /C calc'!A0", "http://example.com/", "{=1}",
    "mailto:a@b", "internal:Sheet1!A1", "<r><t>甲</t></r>", "<r>&甲</r>", "</t></si>", "_x0041_", "'甲", "甲\n乙",
    "𠮷䶮", "440100", "1.10", "1e5", "TRUE", "2012-08-22", "＝1", " 甲 ", "&P&N", '"甲"',
]  # fmt: skip


def test_hostile_text_is_only_text(base: Examination) -> None:
    rollup = roll_up(base)
    (listing,) = [listing for listing in rollup.nominees if listing.item.id == "individual"]
    one = listing.nominees[0]
    many = tuple(replace(one, values={**one.values, "name": text, "post": text}) for text in HOSTILE)
    hostile = replace(rollup, nominees=(replace(listing, nominees=many),))
    data = render(assess(base), hostile, "office", "xlsx").popitem()[1]
    page = opened(data)["先进个人推荐汇总表"]
    for text, (cells, _) in zip(HOSTILE, rows_of(page), strict=False):
        for heading in ("姓名", "职务"):
            assert cells[heading].data_type == "s"
            assert cells[heading].value.removesuffix(" ") == text.removesuffix(" ")
            assert cells[heading].hyperlink is None
            if text[0] in "=+-@＝" or text[0].isdigit():
                assert cells[heading].quotePrefix
    with zipfile.ZipFile(io.BytesIO(data)) as members:
        parts = {name: members.read(name).decode() for name in members.namelist()}
    assert not [name for name, text in parts.items() if "<f>" in text or "<hyperlink" in text]
    assert "<si><r>" not in parts["xl/sharedStrings.xml"]


CLEANED = [
    ("甲\x00\x01\x1b乙\x7f", "甲乙"),
    ("甲\t乙", "甲 乙"),
    ("甲\r\n乙\r丙", "甲\n乙丙"),
    ("甲\ud842乙\ufffe\uffff", "甲乙"),
    ("𠮷䶮", "𠮷䶮"),
    ("长" * 32_766, "长" * 32_766),
]


@pytest.mark.parametrize(("text", "kept"), CLEANED)
def test_what_no_cell_can_hold_is_left_out(text: str, kept: str) -> None:
    assert clean(text) == kept


@pytest.mark.parametrize("text", ["长" * 40_000, "𠮷" * 20_000, "a" + "𠮷" * 20_000])
def test_a_text_too_long_for_a_cell_is_cut_where_one_sees_it(text: str, base: Examination) -> None:
    cell = only_cell(base, text)
    assert cell.value.endswith("……（内容过长，以下从略）")
    assert 32_700 < len(cell.value.encode("utf-16-le")) // 2 <= 32_767
    assert text.startswith(cell.value.removesuffix("……（内容过长，以下从略）"))


def only_cell(examination: Examination, value: Value) -> Cell:
    sheet = Sheet(name="甲", title="甲", columns=("甲", "乙"), rows=((value, None),))
    return opened(workbook(examination.campaign, examination.now, [sheet]))["甲"].cell(HEADER + 1, 1)


NUMBERS: list[tuple[Value, Any, str]] = [
    (0, 0, "#,##0"),
    (-5, -5, "#,##0"),
    (Decimal("0.10"), 0.1, "#,##0.00"),
    (Decimal("999999999999.99"), 999999999999.99, "#,##0.00"),
    (10**15 - 1, 10**15 - 1, "#,##0"),
    (10**15, "1,000,000,000,000,000", "General"),
    (-(10**400), f"{-(10**400):,}", "General"),
    (Decimal("1234567890123456.5"), "1,234,567,890,123,456.5", "General"),
    (Month(1899, 12), "1899年12月", "General"),
    (Month(1900, 1), datetime(1900, 1, 1), 'yyyy"年"m"月"'),  # noqa: DTZ001 - a cell has no zone
    (Word("未填报"), "未填报", "General"),
    ("", None, "General"),
    (None, None, "General"),
]


@pytest.mark.parametrize(("value", "read", "shape"), NUMBERS)
def test_a_number_stays_true_or_becomes_text(value: Value, read: Any, shape: str, base: Examination) -> None:
    cell = only_cell(base, value)
    assert (cell.value, cell.number_format) == (read, shape)


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.text(max_size=60), min_size=1, max_size=20))
def test_any_text_comes_back_as_it_was_cleaned(base: Examination, texts: list[str]) -> None:
    sheet = Sheet(name="甲", title="甲", columns=("甲", "乙"), rows=tuple((text, "末") for text in texts))
    page = opened(workbook(base.campaign, base.now, [sheet]))["甲"]
    read = [page.cell(HEADER + 1 + row, 1) for row in range(len(texts))]
    assert [cell.value or "" for cell in read] == [clean(text) for text in texts]
    assert all(cell.data_type in ("s", "n") for cell in read)


def test_names_and_titles_of_a_campaign_are_no_codes_either(base: Examination) -> None:
    """What XlsxWriter or a spreadsheet would read in a title, a footer or a sheet's name."""
    item = replace(base.campaign.item_by_id["collective"], nominee="'A/B:[C]*?\\'" * 4, form="=1+1")
    campaign = replace(base.campaign, title="<r>甲</r>", receiver="=2", demo_note="&P甲&" * 100)
    rollup = roll_up(base)
    listings = tuple(replace(listing, item=item) for listing in rollup.nominees)
    progress = replace(assess(base), campaign=campaign)
    hostile = replace(rollup, campaign=campaign, nominees=listings)
    book = opened(render(progress, hostile, "office", "xlsx").popitem()[1])
    assert book.properties.title == "<r>甲</r> "
    first, again = book.sheetnames[1:3]
    assert first == "A／B：［C］＊？＼''A／B：［C］＊？＼''A／B：［C］"
    assert again.endswith("（2）")
    assert book[first]["A1"].value == "=1+1汇总表"
    assert book[first].oddFooter.center.text.count("&P") == 1 + book[first].oddFooter.center.text.count("&&P")


@pytest.mark.parametrize("length", range(200, 260))
def test_a_footer_is_never_longer_than_a_spreadsheet_allows(length: int) -> None:
    for note in ("示" * length, "&" * length, "𠮷" * length, "a&" * length):
        text = footer([note])
        assert len(text.encode("utf-16-le")) // 2 <= 255
        assert text.partition("\n")[2].count("&") % 2 == 0
    assert footer(["a" * 250, "b"]).count("\n") <= 2


NAMES = [
    (["甲"], ["甲"]),
    (["甲", "甲", "甲"], ["甲", "甲（2）", "甲（3）"]),
    (["abc", "ABC", "ａｂｃ"], ["abc", "ABC（2）", "ａｂｃ（3）"]),
    (["[a]:*?/\\"], ["［a］：＊？／＼"]),
    (["'a'", "''", "", "\x00"], ["a", "表", "表（2）", "表（3）"]),
    (["长" * 40, "长" * 41], ["长" * 31, "长" * 28 + "（2）"]),
    (["𠮷" * 16], ["𠮷" * 15]),
    (["a" * 30 + "'b"], ["a" * 30]),
    (["History"], ["History（2）"]),
]


@pytest.mark.parametrize(("wishes", "names"), NAMES)
def test_sheets_have_names_that_excel_takes(wishes: list[str], names: list[str]) -> None:
    assert sheet_names(wishes) == names


PIECES = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("[]:*?/\\'Aaａ𠮷ßΣς")), max_size=50)


@given(wishes=st.lists(PIECES, max_size=12))
def test_any_wishes_become_names_that_excel_takes(wishes: list[str]) -> None:
    names = sheet_names(wishes)
    assert len(names) == len(wishes)
    for name in names:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.strip("'") == name
        assert name.lower() != "history"
    assert len({name.lower() for name in names}) == len(names)
    assert len({normalize("NFKC", name).casefold() for name in names}) == len(names)
