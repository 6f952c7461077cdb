"""What stands on each sheet of the workbook, in the order in which the office prints and files them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from unicodedata import category, normalize

from build_tools.campaign import Unit
from build_tools.exports.tables import (
    NOT_ZERO,
    OFFICE_COLUMNS,
    Ordinal,
    Value,
    Word,
    counted_word,
    demo_notes,
    field_value,
    for_office,
    quota_note,
    reporting,
    total_of,
)
from build_tools.progress import CampaignProgress
from build_tools.rollup import Answer, Cell, Counter, NomineeList, Number, RollUp, Row


@dataclass(frozen=True)
class Sheet:
    """One sheet: ``title`` above the table, ``totals`` set apart below its rows, ``notes`` below all.

    ``name`` is the wish for the sheet's own name (see :func:`sheet_names`). ``fixed`` columns stay in sight when
    the others are moved; ``filtered``: the rows may be sorted and chosen; ``empty`` is said where there are no rows.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    totals: tuple[tuple[Value, ...], ...] = ()
    notes: tuple[str, ...] = ()
    fixed: int = 1
    filtered: bool = True
    empty: str = ""


def sheets(progress: CampaignProgress, rollup: RollUp, *, office: bool) -> tuple[Sheet, ...]:
    """The sheets this audience may have; the nominees and whom to call are the office's."""
    rollup = rollup if office else rollup.public()
    found = [_statistics(rollup)] if rollup.item else []
    found.extend(_nominees(listing, rollup) for listing in rollup.nominees)
    if rollup.nominees:
        found.append(_left_out(rollup))
    found.append(_progress(progress))
    if office:
        found.append(_calls(progress))
    found.append(_remarks(rollup, office=office))
    return tuple(found)


def _summary_title(form: str) -> str:
    """What an official calls the table that sums up a form: 先进个人推荐表, 先进个人推荐汇总表."""
    return f"{form.removesuffix('表')}汇总表"


def _statistics(rollup: RollUp) -> Sheet:
    counters = rollup.counters
    totals: list[tuple[Value, ...]] = []
    if rollup.rows:
        totals = [
            ("合计", f"{rollup.counted} 个单位", *(exact(total_of(c), c.decimals) for c in counters)),
            ("填报单位数", None, *(c.reported for c in counters)),
            ("未填报单位数", None, *(c.blank for c in counters)),
            ("不适用单位数", None, *(c.not_applicable for c in counters)),
            ("未计入单位数", None, *(len(c.missing) for c in counters)),
        ]
    return Sheet(
        name="统计汇总",
        title=_summary_title(rollup.item.form if rollup.item else ""),
        columns=("单位", "报送情况", *(counter.heading for counter in counters)),
        rows=tuple(
            (row.unit.name, counted_word(row), *(_answer(row, row.cells[c.key], c) for c in counters))
            for row in rollup.rows
        ),
        totals=tuple(totals),
        notes=(NOT_ZERO, *rollup.notes, *demo_notes(rollup.campaign)),
    )


def _answer(row: Row, cell: Cell, counter: Counter) -> Value:
    if cell.answer is Answer.NUMBER:
        return exact(cell.number, counter.decimals)
    return Word(row.why_not or cell.answer.label)


def exact(number: Number | None, decimals: int) -> Number | None:
    """``number`` with at least so many ``decimals``, which a workbook then shows: ``50000`` as ``50000.00``."""
    if number is None or not decimals:
        return number
    whole, _, places = f"{Decimal(number):f}".partition(".")
    return Decimal(f"{whole}.{places.ljust(decimals, '0')}")


def _nominees(listing: NomineeList, rollup: RollUp) -> Sheet:
    item = listing.item
    return Sheet(
        name=f"{item.nominee}推荐汇总表",
        title=_summary_title(item.form),
        columns=("序号", "单位", "推荐顺序", *(title for _, title in listing.columns), "状态", "时限"),
        rows=tuple(
            (
                Ordinal(number),
                nominee.unit.name,
                Ordinal(nominee.rank),
                *(field_value(item, key, nominee.values[key]) for key, _ in listing.columns),
                nominee.state.label,
                nominee.timing.label if nominee.timing else None,
            )
            for number, nominee in enumerate(listing.nominees, start=1)
        ),
        notes=_list_notes(rollup),
        fixed=2,
        empty="没有列入的推荐对象。",
    )


def _left_out(rollup: RollUp) -> Sheet:
    left_out = [left for listing in rollup.nominees for left in listing.left_out]
    return Sheet(
        name="未列入",
        title="未列入推荐汇总表的推荐和原因",
        columns=("序号", "推荐类别", "单位", "推荐顺序", "推荐对象", "未列入原因"),
        rows=tuple(
            (
                Ordinal(number),
                left.item.nominee,
                left.unit.name,
                Ordinal(left.rank),
                left.caption or None,
                left.why.label,
            )
            for number, left in enumerate(left_out, start=1)
        ),
        notes=_list_notes(rollup),
        fixed=3,
        empty="没有未列入的推荐。",
    )


def _list_notes(rollup: RollUp) -> tuple[str, ...]:
    return (*filter(None, [quota_note(rollup.campaign)]), *demo_notes(rollup.campaign))


def _progress(progress: CampaignProgress) -> Sheet:
    table = reporting(progress, office=False)
    return Sheet(
        name=table.title,
        title=f"{progress.campaign.short_title}{table.title}表",
        columns=table.columns,
        rows=table.rows,
        notes=table.notes,
    )


def _calls(progress: CampaignProgress) -> Sheet:
    """Sentences of their own beside the states would make a table that no A4 page holds."""
    rows: list[tuple[Value, ...]] = []
    for unit in progress.units:
        last = unit.last_event
        told = (
            (
                last.at.astimezone(progress.now.tzinfo),
                f"{last.kind.label}：{_document(progress, last.document)}",
            )
            if last
            else (None, None)
        )
        rows.append((unit.unit.name, *for_office(unit), *told))
    return Sheet(
        name="催报待办",
        title=f"{progress.campaign.short_title}催报待办表",
        columns=("单位", *OFFICE_COLUMNS, "最近登记时间", "最近登记事项"),
        rows=tuple(rows),
        notes=("本表含联系人信息，仅供办公室内部使用。", *demo_notes(progress.campaign)),
    )


def _document(progress: CampaignProgress, name: str) -> str:
    return progress.campaign.document_title(name)


def _remarks(rollup: RollUp, *, office: bool) -> Sheet:
    return Sheet(
        name="说明",
        title=f"{rollup.campaign.short_title}汇总说明",
        columns=("事项", "内容"),
        rows=tuple(_about(rollup, office=office)),
        filtered=False,
    )


def _about(rollup: RollUp, *, office: bool) -> Iterator[tuple[Value, ...]]:
    """What a reader of the totals has to know: of when they are, who is in them and who is not."""
    campaign, now = rollup.campaign, rollup.now
    yield "活动", campaign.title
    yield "使用范围", "含个人信息，仅供办公室内部使用，不得公开。" if office else "公开版，只含可公开的内容。"
    yield "制表时间", now
    yield "截止时间", campaign.deadline.astimezone(now.tzinfo)
    yield "逾期处理", campaign.effect_text or None
    yield "报送单位数", len(campaign.units)
    if rollup.item:
        yield "已计入单位", _units(row.unit for row in rollup.rows if row.counted)
        yield "已计入，属逾期报送", _units(row.unit for row in rollup.rows if row.late)
        for why in dict.fromkeys(row.why_not for row in rollup.rows if not row.counted):
            yield f"未计入：{why}", _units(row.unit for row in rollup.rows if row.why_not == why)
        yield "统计口径", NOT_ZERO
        for note in rollup.notes:
            yield "统计口径", note
    if rollup.nominees:
        yield "名额", quota_note(campaign) or None
    for note in demo_notes(campaign):
        yield "示例数据", note
    for counter in rollup.counters:
        yield counter.heading, _coverage(rollup, counter)


_NAMED = 30


def _units(units: Iterable[Unit]) -> str:
    """So many units, by name: 2 个：甲市、乙市。 Of very many the first; the sheets before name them all."""
    names = [unit.name for unit in units]
    if not names:
        return "无"
    more = "等（其余见统计汇总）" if len(names) > _NAMED else ""
    return f"{len(names)} 个：{'、'.join(names[:_NAMED])}{more}。"


def _coverage(rollup: RollUp, counter: Counter) -> str:
    parts = [f"填报 {counter.reported} 个单位。"]
    for answer in (Answer.BLANK, Answer.NOT_APPLICABLE):
        units = [row.unit for row in rollup.rows if row.cells[counter.key].answer is answer]
        parts.extend([f"{answer.label} {_units(units)}"] if units else [])
    parts.extend([f"未计入 {_units(counter.missing)}"] if counter.missing else [])
    return "".join(parts)


_LONGEST = 31
_FORBIDDEN = str.maketrans("[]:*?/\\", "［］：＊？／＼")
_RESERVED = "history"


def sheet_names(wishes: Iterable[str]) -> list[str]:
    """Names that Excel takes, one for each wish: at most 31 UTF-16 units, none of ``[]:*?/\\``, no apostrophe at
    an end, not its own word *History*, and no two that differ only by case or width."""
    found: list[str] = []
    taken: set[str] = {_RESERVED}
    for wish in wishes:
        kept = (c for c in wish.translate(_FORBIDDEN) if category(c) not in ("Cc", "Cs", "Cn"))
        bare = _cut("".join(kept).strip("' "), _LONGEST) or "表"
        name, number = bare, 1
        while _compared(name) in taken:
            number += 1
            mark = f"（{number}）"
            name = _cut(bare, _LONGEST - len(mark)) + mark
        taken.add(_compared(name))
        found.append(name)
    return found


def _cut(name: str, longest: int) -> str:
    """The beginning of ``name`` that takes at most so many UTF-16 units, without half a character."""
    return name.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore").rstrip("' ")


def _compared(name: str) -> str:
    return normalize("NFKC", name).casefold()
