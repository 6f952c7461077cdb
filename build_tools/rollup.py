"""Sums over units: the counters of the statistics with their coverage, and the list of nominees.

Blank is not zero: a total says how many units gave a number, how many left it blank, how many it does not
apply to, and which sent nothing that counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from build_tools.campaign import Campaign, Item, Unit
from build_tools.checks import Examination
from build_tools.progress import CampaignProgress, DocumentProgress, ItemProgress, State, assess
from build_tools.standing import NOT_TAKEN, Timing
from build_tools.submissions import Document

Number = int | Decimal


class Answer(StrEnum):
    """What a unit said to one counter."""

    NUMBER = "number"
    BLANK = "blank"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"

    @property
    def label(self) -> str:
        """The word shown where there is no number."""
        return _ANSWERS[self]


_ANSWERS = {
    Answer.NUMBER: "",
    Answer.BLANK: "未填报",
    Answer.NOT_APPLICABLE: "不适用",
    Answer.MISSING: "未报送",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One unit's answer to one counter; ``number`` is set only for :attr:`Answer.NUMBER`."""

    answer: Answer
    number: Number | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter over all units. ``unit_word`` is what is counted (个, 人次); ``public``: marked ``x-public``;
    ``decimals``: how many the schema admits, 0 for whole numbers.

    ``reported + blank + not_applicable + len(missing)`` is the number of units. ``total`` is 0 when nobody
    reported, so show it only beside ``reported``.
    """

    key: str
    title: str
    unit_word: str
    clause: str
    public: bool
    total: Number
    reported: int
    blank: int
    not_applicable: int
    missing: tuple[Unit, ...]
    decimals: int = 0

    @property
    def heading(self) -> str:
        """The title with its unit: 参与信访案件（个）."""
        return f"{self.title}（{self.unit_word}）" if self.unit_word else self.title


@dataclass(frozen=True, slots=True)
class Row:
    """One unit's counters, by key. ``counted``: its form is in the totals; else ``why_not`` says in a word why.

    ``late``: it came after the deadline but counts as data. ``state`` is the form's own.
    """

    unit: Unit
    counted: bool
    late: bool
    state: State
    cells: dict[str, Cell]
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Nominee:
    """One nominee that counts: ``rank`` is the unit's order of recommendation, ``values`` by the item's ``list``.

    ``caption`` and ``values`` hold private fields: for the office only.
    """

    unit: Unit
    item: Item
    document: str
    rank: int
    state: State
    timing: Timing | None
    caption: str
    values: dict[str, Any]


class LeftOut(StrEnum):
    """Why a nomination is not in the list; the first that applies, from the top."""

    WITHDRAWN = "withdrawn"
    NOT_TAKEN = "not_taken"
    FORFEITED = "forfeited"
    BEYOND_QUOTA = "beyond_quota"
    ERRORS = "errors"

    @property
    def label(self) -> str:
        """The word shown to people."""
        return _LEFT_OUT[self]


_LEFT_OUT = {
    LeftOut.WITHDRAWN: "已撤回",
    LeftOut.NOT_TAKEN: NOT_TAKEN,
    LeftOut.FORFEITED: "逾期，视为放弃",
    LeftOut.BEYOND_QUOTA: "超出名额",
    LeftOut.ERRORS: "校验未通过",
}


@dataclass(frozen=True, slots=True)
class NotListed:
    """A nomination that was sent and is not in the list, and why. ``caption`` is private, may be empty."""

    unit: Unit
    item: Item
    document: str
    rank: int
    why: LeftOut
    caption: str


@dataclass(frozen=True, slots=True)
class NomineeList:
    """The nominees of one nomination item: official unit order, then order of recommendation (推荐汇总表).

    ``columns`` are (field, title) pairs of the item's ``list``.
    """

    item: Item
    columns: tuple[tuple[str, str], ...]
    nominees: tuple[Nominee, ...]
    left_out: tuple[NotListed, ...]


@dataclass(frozen=True)
class RollUp:
    """The sums of one campaign at the moment ``now``.

    ``item`` is the item with the counters, ``None`` when the notice asks for no numbers. ``notes`` are Chinese
    sentences that belong under every total (which unit excludes which).
    """

    campaign: Campaign
    now: datetime
    item: Item | None
    counters: tuple[Counter, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    nominees: tuple[NomineeList, ...]

    @cached_property
    def by_key(self) -> dict[str, Counter]:
        """Counters by key."""
        return {counter.key: counter for counter in self.counters}

    @property
    def counted(self) -> int:
        """How many units' forms are in the totals."""
        return sum(row.counted for row in self.rows)

    def public(self) -> RollUp:
        """What everybody may see: counters marked ``x-public``, and no nominees."""
        counters = tuple(counter for counter in self.counters if counter.public)
        keys = {counter.key for counter in counters}
        rows = tuple(
            replace(row, cells={key: cell for key, cell in row.cells.items() if key in keys})
            for row in self.rows
        )
        return replace(self, counters=counters, rows=rows, nominees=())


def roll_up(examination: Examination, progress: CampaignProgress | None = None) -> RollUp:
    """Sums and nominees at the examination's moment; ``progress`` saves assessing the units once more.

    A form is in the totals when it is there, has no error and is neither withdrawn nor forfeited; a late one
    of an item whose lateness ``counts`` is in, and marked.
    """
    progress = progress or assess(examination)
    campaign = examination.campaign
    item = campaign.counters
    rows = tuple(_rows(examination, progress, item)) if item else ()
    return RollUp(
        campaign=campaign,
        now=examination.now,
        item=item,
        counters=tuple(_counter(item, key, rows) for key in item.counter_keys) if item else (),
        rows=rows,
        notes=tuple(
            f"{unit.name}的数字不含{unit.excludes}，合计按各单位报送的数字相加，不作扣减。"
            for unit in campaign.units
            if unit.excludes
        ),
        nominees=nominees(examination, progress),
    )


def _rows(examination: Examination, progress: CampaignProgress, item: Item) -> Iterator[Row]:
    for unit in progress.units:
        (document,) = unit.item(item.id).documents
        read = examination.submissions.folders[unit.unit.slug].one(item)
        counted = document.usable and read is not None and isinstance(read.value, dict)
        yield Row(
            unit=unit.unit,
            counted=counted,
            late=counted and document.timing is Timing.LATE,
            state=document.state,
            cells={key: _cell(item, key, read if counted else None) for key in item.counter_keys},
            why_not="" if counted else _why_not(document),
        )


def _why_not(document: DocumentProgress) -> str:
    if document.standing.forfeited:
        return Timing.FORFEITED.label
    if document.state in (State.ABSENT, State.WITHDRAWN):
        return document.label
    return State.INVALID.label


_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")


def _cell(item: Item, key: str, document: Document | None) -> Cell:
    if document is None:
        return _MISSING
    value = document.field(key)
    if isinstance(value, int):
        return Cell(Answer.NUMBER, value)
    if isinstance(value, str) and _NUMBER.match(value):
        return Cell(Answer.NUMBER, Decimal(value))
    if isinstance(value, str) and "x-not-applicable" in item.schema.at((key,)):
        return _NOT_APPLICABLE
    return _BLANK


_MISSING, _BLANK, _NOT_APPLICABLE = Cell(Answer.MISSING), Cell(Answer.BLANK), Cell(Answer.NOT_APPLICABLE)


def _counter(item: Item, key: str, rows: tuple[Row, ...]) -> Counter:
    schema = item.schema.at((key,))
    cells = [row.cells[key] for row in rows]
    answers = [cell.answer for cell in cells]
    return Counter(
        key=key,
        title=str(schema.get("title", key)),
        unit_word=str(schema.get("x-unit", "")),
        clause=str(schema.get("x-clause", item.clause)),
        public=schema.get("x-public") is True,
        total=sum((cell.number for cell in cells if cell.number is not None), start=0),
        reported=answers.count(Answer.NUMBER),
        blank=answers.count(Answer.BLANK),
        not_applicable=answers.count(Answer.NOT_APPLICABLE),
        missing=tuple(row.unit for row in rows if row.cells[key].answer is Answer.MISSING),
        decimals=_decimals(schema),
    )


_MOST_DECIMALS = 6


def _decimals(schema: dict[str, Any]) -> int:
    """A number with decimals is a text of a certain pattern, so the pattern is asked how many it lets through."""
    pattern = schema.get("pattern")
    if not isinstance(pattern, str):
        return 0
    admitted = [n for n in range(1, _MOST_DECIMALS + 1) if re.search(pattern, "1." + "1" * n)]
    return max(admitted, default=0)


def nominees(examination: Examination, progress: CampaignProgress | None = None) -> tuple[NomineeList, ...]:
    """The list of nominees for each nomination item (推荐汇总表). For the office: it holds private fields.

    Of the nominations that count, the first ones by order of recommendation take the unit's places; one with
    errors takes its place too, because it may be mended, but is not listed.
    """
    progress = progress or assess(examination)
    return tuple(_nominee_list(examination, progress, item) for item in examination.campaign.nominations)


def _nominee_list(examination: Examination, progress: CampaignProgress, item: Item) -> NomineeList:
    listed: list[Nominee] = []
    left_out: list[NotListed] = []
    for unit in progress.units:
        read = {d.name: d for d in examination.submissions.folders[unit.unit.slug].of(item)}
        mine = unit.item(item.id)
        within = {document.name for document in mine.counting[: mine.quota]}
        for document in mine.documents:
            known = read.get(document.name)
            why = _left_out(document, mine, within)
            if why is None and known is not None:
                listed.append(_nominee(unit.unit, document, known))
            elif why is not None:
                caption = _caption(item, known)
                left_out.append(NotListed(unit.unit, item, document.name, document.number, why, caption))
    columns = tuple((key, item.schema.title_at((key,))) for key in item.list)
    return NomineeList(item, columns, tuple(listed), tuple(left_out))


def _left_out(document: DocumentProgress, mine: ItemProgress, within: set[str]) -> LeftOut | None:
    if document.state is State.WITHDRAWN:
        taken_back = document.label == State.WITHDRAWN.label
        return LeftOut.WITHDRAWN if taken_back else LeftOut.NOT_TAKEN
    if document.standing.forfeited:
        return LeftOut.FORFEITED
    if document.counts and mine.quota is not None and document.name not in within:
        return LeftOut.BEYOND_QUOTA
    return LeftOut.ERRORS if document.counts and not document.usable else None


def _nominee(unit: Unit, document: DocumentProgress, read: Document) -> Nominee:
    item = document.item
    return Nominee(
        unit=unit,
        item=item,
        document=document.name,
        rank=document.number,
        state=document.state,
        timing=document.timing,
        caption=_caption(item, read),
        values={key: read.field(key) for key in item.list},
    )


def _caption(item: Item, document: Document | None) -> str:
    value = document.field(item.caption) if document and item.caption else None
    return value if isinstance(value, str) else ""
