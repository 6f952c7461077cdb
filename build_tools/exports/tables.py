"""What is exported, as plain tables, and the values they hold: CSV writes these, and a workbook's sheets share them.

Cells are text, numbers, months, moments or empty; nothing is escaped here, because each format has its own dangers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from build_tools.campaign import Campaign, Item
from build_tools.progress import CampaignProgress, UnitProgress, moment_text
from build_tools.rollup import Answer, Cell, Counter, Nominee, NomineeList, NotListed, Number, RollUp, Row


class Month(NamedTuple):
    """A month of a year. In words it is one to every reader; ``1970-05`` some spreadsheets take for a day."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year}年{self.month}月"


class Word(str):
    """A word where a number is not: 未填报, 不适用."""

    __slots__ = ()


class Ordinal(int):
    """A place in an order (序号, 推荐顺序), not an amount."""

    __slots__ = ()


Value = str | int | Decimal | Month | datetime | None
"""A cell. Moments are in the campaign's zone."""


@dataclass(frozen=True)
class Table:
    """A table by its file name and Chinese title: column headings, rows as wide, and sentences below them."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()


def tables(progress: CampaignProgress, rollup: RollUp, *, office: bool) -> tuple[Table, ...]:
    """The tables this audience may have: statistics and progress, and for the office the nominees."""
    if not office:
        return (statistics(rollup.public()), reporting(progress, office=False))
    return (statistics(rollup), reporting(progress, office=True), nominees(rollup))


NOT_ZERO = "未填报不等于零；合计只含已计入的单位。"


def statistics(rollup: RollUp) -> Table:
    """Units by counters, then the totals and what they cover."""
    counters = rollup.counters
    rows: list[tuple[Value, ...]] = [
        (row.unit.name, counted_word(row), *(_cell(row.cells[counter.key]) for counter in counters))
        for row in rollup.rows
    ]
    if rollup.rows:
        rows.append(("合计", f"{rollup.counted} 个单位", *(total_of(counter) for counter in counters)))
        rows.append(("填报单位数", "", *(counter.reported for counter in counters)))
        rows.append(("未填报单位数", "", *(counter.blank for counter in counters)))
        rows.append(("不适用单位数", "", *(counter.not_applicable for counter in counters)))
        rows.append(("未报送单位数", "", *(len(counter.missing) for counter in counters)))
    return Table(
        name="statistics",
        title="统计汇总",
        columns=("单位", "报送情况", *(counter.heading for counter in counters)),
        rows=tuple(rows),
        notes=(NOT_ZERO, *rollup.notes, *demo_notes(rollup.campaign)),
    )


def counted_word(row: Row) -> str:
    """Whether the unit's numbers are in the totals, and if not, why."""
    if not row.counted:
        return row.why_not
    return "已计入（逾期报送）" if row.late else "已计入"


def _cell(cell: Cell) -> Number | str | None:
    if cell.answer is Answer.NUMBER:
        return cell.number
    return None if cell.answer is Answer.MISSING else Word(cell.answer.label)


def total_of(counter: Counter) -> Number | None:
    """The total, and nothing where nobody reported."""
    return counter.total if counter.reported else None


OFFICE_COLUMNS = (
    "错误数", "提示数", "已说明提示数", "联系人", "联系电话", "催报事由", "单位下一步", "办公室下一步",
)  # fmt: skip
"""What the office alone may know of a unit; see :func:`for_office`."""


def reporting(progress: CampaignProgress, *, office: bool) -> Table:
    """One row a unit: its state, share and deadline, then each item's state and timing.

    For the office also findings, whom to call and why, and what is to be done.
    """
    items = progress.campaign.items
    columns = ["单位", "单位全称", "代码", "状态", "完成百分比", "截止时间", "延期"]
    for item in items:
        columns.extend((item.title, f"{item.title}（时限）"))
    rows: list[tuple[Value, ...]] = []
    for unit in progress.units:
        states = [text for item in unit.items for text in (item.label, item.timing_label)]
        rows.append(
            (*_unit(unit, progress.now), *states, *(_for_office(unit, progress.now) if office else ()))
        )
    return Table(
        name="progress",
        title="报送进度",
        columns=(*columns, *((*OFFICE_COLUMNS, "最近登记") if office else ())),
        rows=tuple(rows),
        notes=(f"截至{moment_text(progress.now, progress.now)}。", *demo_notes(progress.campaign)),
    )


def _unit(unit: UnitProgress, now: datetime) -> tuple[Value, ...]:
    about = unit.unit
    percent = int(unit.share * 100)
    until = unit.deadline.astimezone(now.tzinfo)
    return (
        about.name,
        about.bureau,
        about.code,
        unit.state.label,
        percent,
        until,
        "是" if unit.extended else "",
    )


def _for_office(unit: UnitProgress, now: datetime) -> Iterator[Value]:
    yield from for_office(unit)
    last = unit.last_event
    yield f"{moment_text(last.at, now)} {last.kind.label}" if last else None


def for_office(unit: UnitProgress) -> Iterator[Value]:
    """The cells of :data:`OFFICE_COLUMNS`: findings, whom to call and why, what is to be done."""
    documents = [document for item in unit.items for document in item.documents]
    contact = unit.unit.contact
    yield sum(document.errors for document in documents)
    yield sum(document.warnings for document in documents)
    yield sum(document.answered for document in documents)
    yield contact.name if contact else None
    yield contact.phone if contact else None
    yield unit.call.reason if unit.call else None
    yield unit.next_step
    yield unit.next_office_step


def nominees(rollup: RollUp) -> Table:
    """Every nomination of every item: those listed, in order, then those left out and why. For the office.

    The items' columns stand side by side; a column that an item does not have stays empty.
    """
    keys: dict[str, None] = {}
    for listing in rollup.nominees:
        keys.update(dict.fromkeys(title for key, title in listing.columns if key != listing.item.caption))
    rows: list[tuple[Value, ...]] = []
    for listing in rollup.nominees:
        for number, nominee in enumerate(listing.nominees, start=1):
            values = _values(listing, nominee)
            state = nominee.state.label, nominee.timing.label if nominee.timing else ""
            rows.append(
                (*_head(nominee, number), *(values.get(title) for title in keys), *state, "列入", None)
            )
        rows.extend(
            (*_head(left, None), *(None for _ in keys), None, None, "未列入", left.why.label)
            for left in listing.left_out
        )
    return Table(
        name="nominees",
        title="推荐汇总表",
        columns=(
            "类别",
            "序号",
            "单位",
            "推荐顺序",
            "推荐对象",
            *keys,
            "状态",
            "时限",
            "是否列入",
            "未列入原因",
        ),
        rows=tuple(rows),
        notes=(*filter(None, [quota_note(rollup.campaign)]), *demo_notes(rollup.campaign)),
    )


def _head(nominee: Nominee | NotListed, number: int | None) -> tuple[Value, ...]:
    return (nominee.item.nominee, number, nominee.unit.name, nominee.rank, nominee.caption)


def _values(listing: NomineeList, nominee: Nominee) -> dict[str, Value]:
    """By column title."""
    return {title: field_value(listing.item, key, nominee.values[key]) for key, title in listing.columns}


_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])\Z")


def field_value(item: Item, key: str, value: Any) -> Value:
    """The value of an item's field ``key`` as a cell: a month as one, text and whole numbers as they are."""
    if isinstance(value, str) and item.schema.at((key,)).get("format") == "month":
        found = _MONTH.match(value)
        return Month(int(found[1]), int(found[2])) if found else value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return json.dumps(value, ensure_ascii=False)


def quota_note(campaign: Campaign) -> str:
    """Where the places come from, or that nobody supplied them."""
    return campaign.quota_note if campaign.quotas is not None else "名额表未提供。"


def demo_notes(campaign: Campaign) -> tuple[str, ...]:
    """That a demo's data is invented; nothing for a real campaign."""
    return (campaign.demo_note,) if campaign.is_demo and campaign.demo_note else ()
