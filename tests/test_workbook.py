"""The workbook as a spreadsheet program reads it: every cell against the roll-up, every sheet as it prints."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width, normalize

import openpyxl
import pytest
from campaigns import AFTER, LEDGER, at, campaign_edit, edit, event, judged, lay
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from build_tools.checks import Examination, examine
from build_tools.exports import export, render
from build_tools.exports.sheets import Sheet, exact, sheet_names
from build_tools.exports.tables import Month, Value, Word
from build_tools.exports.xlsx import clean, footer, workbook
from build_tools.progress import assess
from build_tools.rollup import Answer, RollUp, roll_up
from build_tools.tree import WorkTree

TESTS = Path(__file__).parent
HEADER = 3
"""The row of the headings, as a spreadsheet counts."""
GREY = "FF595959"


def opened(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def exported(examination: Examination, audience: str = "office") -> Workbook:
    ((name, data),) = render(assess(examination), roll_up(examination), audience, "xlsx").items()
    assert name == f"{examination.campaign.id}.xlsx"
    return opened(data)


def in_words(value: Any) -> str:
    """A heading without the break before its unit."""
    return str(value).replace("\n", "")


def rows_of(page: Worksheet) -> Iterator[tuple[dict[str, Cell], tuple[Cell, ...]]]:
    """The rows below the headings, by heading and in order."""
    headings = [in_words(cell.value) for cell in page[HEADER]]
    for row in page.iter_rows(min_row=HEADER + 1):
        yield dict(zip(headings, row, strict=True)), row


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    """The base: two units, one nomination over its quota, one counter answered 不适用, one blank, one in cents."""
    root = tmp_path_factory.mktemp("workbook") / "campaign"
    edits = [
        edit("data/quotas.yml", "jia: {collective: 2, individual: 3}", "jia: {collective: 2, individual: 1}"),
        edit("data/units.yml", "name: 甲市\n", "name: 甲市\n    excludes: 乙区\n"),
    ]
    return judged(lay(root, edits=edits), AFTER)


@pytest.fixture(scope="module")
def second() -> Examination:
    return examine(WorkTree(TESTS / "second"), at("2024-11-18T09:00:00+08:00"))


@pytest.fixture(scope="module")
def shipped() -> Examination:
    return examine(WorkTree(TESTS.parent), at(AFTER))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    root = lay(tmp_path_factory.mktemp("workbook") / "empty", ledger={})
    for folder in (root / "data" / "cities").iterdir():
        for file in [path for path in folder.rglob("*") if path.is_file()]:
            file.unlink()
    return judged(root, AFTER)


CAMPAIGNS = ["base", "second", "shipped", "empty"]


@pytest.fixture(params=CAMPAIGNS)
def examination(request: pytest.FixtureRequest) -> Examination:
    found: Examination = request.getfixturevalue(request.param)
    return found


def test_the_sheets_stand_in_the_order_of_the_office_s_work(base: Examination) -> None:
    assert exported(base).sheetnames == [
        "统计汇总", "先进集体推荐汇总表", "先进个人推荐汇总表", "未列入", "报送进度", "催报待办", "说明",
    ]  # fmt: skip
    assert exported(base, "public").sheetnames == ["统计汇总", "报送进度", "说明"]
    assert exported(base, "anybody else").sheetnames == ["统计汇总", "报送进度", "说明"]


def test_another_campaign_s_sheets_carry_its_own_words(second: Examination) -> None:
    book = exported(second)
    assert book.sheetnames[:2] == ["统计汇总", "示范班组推荐汇总表"]
    assert [page["A1"].value for page in book][:2] == ["校园消防安全自查统计汇总表", "消防示范班组推荐汇总表"]
    assert book.properties.title == "关于开展校园消防安全自查和推荐消防示范班组的通知"


def is_number(cell: Cell, number: int | Decimal | None, decimals: int = 0) -> bool:
    """Whether the cell is this number, shown with its decimals."""
    wanted = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    return (cell.data_type, Decimal(str(cell.value)), cell.number_format) == ("n", number, wanted)


def test_every_counter_is_the_roll_up_s(examination: Examination) -> None:
    rollup: RollUp = roll_up(examination)
    page = exported(examination)["统计汇总"]
    rows = list(rows_of(page))
    assert [in_words(cell.value) for cell in page[HEADER]][2:] == [c.heading for c in rollup.counters]
    seen = set()
    for row, (cells, _) in zip(rollup.rows, rows, strict=False):
        assert cells["单位"].value == row.unit.name
        for counter in rollup.counters:
            cell, answer = cells[counter.heading], row.cells[counter.key]
            seen.add(answer.answer)
            if answer.answer is Answer.NUMBER:
                assert is_number(cell, answer.number, counter.decimals)
            else:
                assert (cell.data_type, cell.value) == ("s", row.why_not or answer.answer.label)
                assert cell.font.color.rgb == GREY
    totals = {cells["单位"].value: cells for cells, _ in rows[len(rollup.rows) :]}
    for counter in rollup.counters:
        total = totals["合计"][counter.heading]
        if counter.reported:
            assert is_number(total, counter.total, counter.decimals)
        else:
            assert total.value is None
        assert totals["填报单位数"][counter.heading].value == counter.reported
        assert totals["未填报单位数"][counter.heading].value == counter.blank
        assert totals["不适用单位数"][counter.heading].value == counter.not_applicable
        assert totals["未计入单位数"][counter.heading].value == len(counter.missing)
    assert Answer.MISSING in seen


def test_a_form_with_errors_was_sent_and_is_not_called_missing(tmp_path: Path) -> None:
    broken = edit("data/cities/yi/statistics.yml", "pledge_orgs: 12", "pledge_orgs: -12")
    page = exported(judged(lay(tmp_path / "c", edits=[broken]), AFTER))["统计汇总"]
    assert [cell.value for cell in page[HEADER + 2]] == ["乙市", *["校验未通过"] * 22]


def test_money_is_shown_with_the_decimals_of_its_schema(second: Examination) -> None:
    rows = {cells["单位"].value: cells for cells, _ in rows_of(exported(second)["统计汇总"])}
    spending = {
        name: cells["整改投入（万元）"] for name, cells in rows.items() if cells["整改投入（万元）"].value
    }
    assert spending["合计"].value == 17.55
    assert {spending[name].number_format for name in ("东片学区", "合计")} == {"#,##0.00"}
    assert rows["西片学区"]["整改投入（万元）"].value == 0
    assert rows["西片学区"]["整改投入（万元）"].number_format == "#,##0.00"


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (5, 0, "5"),
        (5, 2, "5.00"),
        (Decimal("5.5"), 2, "5.50"),
        (Decimal("5.125"), 2, "5.125"),
        (-3, 1, "-3.0"),
    ],
)
def test_a_number_takes_at_least_its_decimals(number: int | Decimal, decimals: int, text: str) -> None:
    assert str(exact(number, decimals)) == text


def months(examination: Examination, item: str) -> set[str]:
    schema = examination.campaign.item_by_id[item].schema
    return {field.path[0] for field in schema.marked("format", "month") if len(field.path) == 1}


def test_every_nominee_stands_where_the_roll_up_has_it(examination: Examination) -> None:
    book, rollup = exported(examination), roll_up(examination)
    for listing in rollup.nominees:
        page = book[f"{listing.item.nominee}推荐汇总表"]
        rows = list(rows_of(page))
        for number, (nominee, (cells, _)) in enumerate(zip(listing.nominees, rows, strict=False), start=1):
            assert [cells[title].value for title in ("序号", "单位", "推荐顺序")] == [
                number, nominee.unit.name, nominee.rank,
            ]  # fmt: skip
            assert cells["序号"].number_format == "0"
            for key, title in listing.columns:
                cell, value = cells[title], nominee.values[key]
                if key in months(examination, listing.item.id):
                    assert cell.is_date
                    assert cell.value.date() == date.fromisoformat(f"{value}-01")
                    assert cell.number_format == 'yyyy"年"m"月"'
                elif isinstance(value, int):
                    assert is_number(cell, value)
                else:
                    assert (cell.data_type, cell.value) == ("s", value)
            timing = nominee.timing.label if nominee.timing else None
            assert [cells["状态"].value, cells["时限"].value] == [nominee.state.label, timing]
        after = [cell.value for cell in page["A"][HEADER + len(listing.nominees) :]]
        assert (after[:1] == ["没有列入的推荐对象。"]) == (not listing.nominees)


def test_who_is_not_listed_stands_apart_with_the_reason(base: Examination, second: Examination) -> None:
    ((cells, _), *_) = rows_of(exported(base)["未列入"])
    assert {heading: cell.value for heading, cell in cells.items()} == {
        "序号": 1,
        "推荐类别": "先进个人",
        "单位": "甲市",
        "推荐顺序": 2,
        "推荐对象": roll_up(base).nominees[1].left_out[0].caption,
        "未列入原因": "超出名额",
    }
    assert exported(second)["未列入"]["A4"].value == "没有未列入的推荐。"


def test_moments_are_moments_and_codes_and_telephones_are_text(examination: Examination) -> None:
    book, progress = exported(examination), assess(examination)
    for unit, (cells, _) in zip(progress.units, rows_of(book["报送进度"]), strict=False):
        assert (cells["代码"].data_type, cells["代码"].value) == ("s", unit.unit.code)
        assert cells["完成百分比"].value == int(unit.share * 100)
        assert cells["截止时间"].is_date
        assert cells["截止时间"].value == unit.deadline.astimezone(progress.now.tzinfo).replace(tzinfo=None)
        assert cells["截止时间"].number_format == 'yyyy"年"m"月"d"日" hh:mm:ss'
        for item in unit.items:
            assert cells[item.item.title].value == (item.label or None)
            assert cells[f"{item.item.title}（时限）"].value == (item.timing_label or None)
    for unit, (cells, _) in zip(progress.units, rows_of(book["催报待办"]), strict=False):
        contact, last = unit.unit.contact, unit.last_event
        assert cells["联系电话"].value == (contact.phone if contact else None)
        assert cells["联系电话"].data_type == ("s" if contact else "n")
        assert cells["催报事由"].value == (unit.call.reason if unit.call else None)
        assert is_number(cells["错误数"], sum(d.errors for item in unit.items for d in item.documents))
        told = last.at.astimezone(progress.now.tzinfo).replace(tzinfo=None) if last else None
        assert cells["最近登记时间"].value == told


def test_a_deadline_written_in_another_zone_is_shown_in_the_campaign_s(tmp_path: Path) -> None:
    utc = campaign_edit("deadline: 2012-08-22T23:59:59+08:00", "deadline: 2012-08-22T15:59:59+00:00")
    page = exported(judged(lay(tmp_path / "c", edits=[utc]), AFTER))["报送进度"]
    assert {clock(cells["截止时间"].value) for cells, row in rows_of(page) if row[2].value} == {
        "2012年8月22日 23:59:59"
    }


def test_what_looks_like_a_number_or_a_formula_stays_text_when_somebody_edits_its_cell(
    base: Examination,
) -> None:
    (cells, _), *_ = rows_of(exported(base)["报送进度"])
    assert cells["代码"].quotePrefix
    assert not cells["单位"].quotePrefix


def test_the_remarks_say_who_is_in_the_totals_and_who_is_not(base: Examination) -> None:
    said: dict[str, list[Any]] = {}
    for _, (head, text) in rows_of(exported(base)["说明"]):
        said.setdefault(str(head.value), []).append(text.value)
    assert said["制表时间"] == [datetime(2012, 8, 23, 10)]  # noqa: DTZ001 - a cell has no zone
    assert said["截止时间"] == [datetime(2012, 8, 22, 23, 59, 59)]  # noqa: DTZ001
    assert said["报送单位数"] == [3]
    assert said["已计入单位"] == ["2 个：甲市、乙市。"]
    assert said["未计入：未报送"] == ["1 个：丙市。"]
    assert said["统计口径"] == [
        "未填报不等于零；合计只含已计入的单位。",
        "甲市的数字不含乙区，合计按各单位报送的数字相加，不作扣减。",
    ]
    assert said["名额"] == ["示例名额，非官方数据"]
    assert "纯属虚构" in said["示例数据"][0]
    assert said["参与信访案件（个）"] == ["填报 2 个单位。未计入 1 个：丙市。"]
    games = "亚运、大运期间参加志愿服务活动的党员（名）"
    assert said[games] == ["填报 1 个单位。不适用 1 个：乙市。未计入 1 个：丙市。"]


@pytest.mark.parametrize("audience", ["office", "public"])
def test_no_cell_is_a_formula(examination: Examination, audience: str) -> None:
    cells = [cell for page in exported(examination, audience) for row in page.iter_rows() for cell in row]
    assert len(cells) > 100
    assert {cell.data_type for cell in cells} <= {"n", "s", "d"}
    assert not [cell for cell in cells if cell.hyperlink]


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


def clock(now: datetime) -> str:
    return f"{now.year}年{now.month}月{now.day}日 {now:%H:%M:%S}"


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


def test_two_items_of_one_name_have_a_sheet_each(base: Examination) -> None:
    rollup = roll_up(base)
    twice = replace(rollup, nominees=(rollup.nominees[0], rollup.nominees[0]))
    names = opened(render(assess(base), twice, "office", "xlsx").popitem()[1]).sheetnames
    assert names[1:3] == ["先进集体推荐汇总表", "先进集体推荐汇总表（2）"]


def test_a_campaign_without_numbers_and_nominees_has_the_other_sheets(base: Examination) -> None:
    rollup = replace(roll_up(base), item=None, counters=(), rows=(), nominees=())
    book = opened(render(assess(base), rollup, "office", "xlsx").popitem()[1])
    assert book.sheetnames == ["报送进度", "催报待办", "说明"]


def test_the_file_names_nobody_and_carries_the_campaign_s_clock_only(base: Examination) -> None:
    data = render(assess(base), roll_up(base), "office", "xlsx").popitem()[1]
    properties = opened(data).properties
    assert properties.title == base.campaign.title
    assert (properties.creator or "", properties.lastModifiedBy or "") == ("", "")
    assert properties.created == properties.modified == datetime(2012, 8, 23, 2)  # noqa: DTZ001 - read as UTC
    with zipfile.ZipFile(io.BytesIO(data)) as members:
        assert {member.date_time for member in members.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [member for member in members.infolist() if member.comment or member.extra]


def test_the_same_campaign_gives_the_same_bytes(examination: Examination) -> None:
    one, other = (
        render(assess(examination), roll_up(examination), "office", "xlsx").popitem()[1] for _ in range(2)
    )
    assert one == other


def test_it_is_one_file_where_it_is_wanted(base: Examination, tmp_path: Path) -> None:
    out = tmp_path / "新" / "汇总表.xlsx"
    assert export(assess(base), roll_up(base), "public", "xlsx", out) == [out]
    assert opened(out.read_bytes()).sheetnames[0] == "统计汇总"


def test_of_very_many_units_the_remarks_name_the_first(base: Examination) -> None:
    rollup = roll_up(base)
    many = replace(rollup, rows=rollup.rows[:1] * 31)
    page = opened(render(assess(base), many, "office", "xlsx").popitem()[1])["说明"]
    said = {head.value: text.value for _, (head, text) in rows_of(page)}
    assert said["已计入单位"] == f"31 个：{'、'.join(['甲市'] * 30)}等（其余见统计汇总）。"


def test_a_receipt_is_told_with_its_document(tmp_path: Path) -> None:
    returned = event("2012-08-21T09:00:00+08:00", "returned", "individual-01", reason="甲", until=AFTER)
    examination = judged(lay(tmp_path / "c", ledger={**LEDGER, "jia": [*LEDGER["jia"], returned]}), AFTER)
    (cells, _), *_ = rows_of(exported(examination)["催报待办"])
    assert cells["最近登记事项"].value
    assert cells["最近登记事项"].value.partition("：")[0] in {"退回修改", "受理", "收到纸质材料"}
