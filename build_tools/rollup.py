"""Sums over units: the counters of the statistics with their coverage, and the list of nominees.

Blank is not zero: a total says how many units gave a number, how many left it blank, how many it does not
apply to, and which sent nothing that counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from build_tools.campaign import Campaign, Item, Unit
from build_tools.progress import State
from build_tools.standing import Timing

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
    """One counter over all units. ``unit_word`` is what is counted (个, 人次); ``public``: marked ``x-public``.

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
    FORFEITED = "forfeited"
    ERRORS = "errors"
    BEYOND_QUOTA = "beyond_quota"

    @property
    def label(self) -> str:
        """The word shown to people."""
        return _LEFT_OUT[self]


_LEFT_OUT = {
    LeftOut.WITHDRAWN: "已撤回",
    LeftOut.FORFEITED: "逾期，视为放弃",
    LeftOut.ERRORS: "校验未通过",
    LeftOut.BEYOND_QUOTA: "超出名额",
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
