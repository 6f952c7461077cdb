"""The workbook as a spreadsheet program reads it: every cell against the roll-up."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from campaigns import AFTER, LEDGER, campaign_edit, edit, event, judged, lay
from openpyxl.cell.cell import Cell
from workbooks import HEADER, clock, exported, in_words, opened, rows_of

from build_tools.checks import Examination
from build_tools.exports import export, render
from build_tools.exports.sheets import exact
from build_tools.progress import assess
from build_tools.rollup import Answer, RollUp, roll_up

GREY = "FF595959"


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
