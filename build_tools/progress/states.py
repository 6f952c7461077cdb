"""The words progress is told in: states of documents and units, phases of the campaign, urgencies of a call."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class State(StrEnum):
    """Where a document or an item is on its way, by the file, its findings and the ledger together.

    ``INVALID`` is a file with errors; a file that is there without a line in the ledger is ``RECEIVED`` with
    the timing ``UNRECORDED``.
    """

    ABSENT = "absent"
    INVALID = "invalid"
    RECEIVED = "received"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The word shown to people."""
        return _STATES[self]


_STATES = {
    State.ABSENT: "未报送",
    State.INVALID: "校验未通过",
    State.RECEIVED: "已收到",
    State.RETURNED: "退回修改",
    State.ACCEPTED: "已受理",
    State.WITHDRAWN: "已撤回",
}


class UnitState(StrEnum):
    """One word for a whole unit, for its tile; the first that applies, from the top."""

    OVERDUE = "overdue"
    FAULTY = "faulty"
    RETURNED = "returned"
    NOTHING = "nothing"
    PARTLY = "partly"
    WAITING = "waiting"
    DONE = "done"

    @property
    def label(self) -> str:
        """The word shown to people."""
        return _UNIT_STATES[self]


_UNIT_STATES = {
    UnitState.OVERDUE: "逾期",
    UnitState.FAULTY: "校验未通过",
    UnitState.RETURNED: "退回修改",
    UnitState.NOTHING: "未报送",
    UnitState.PARTLY: "部分报送",
    UnitState.WAITING: "待审核",
    UnitState.DONE: "已办结",
}


class Phase(StrEnum):
    """Where the clock stands between the notice and the end of the campaign.

    ``LAST_DAY``: less than 24 hours to the deadline (grace included), the deadline's own second included.
    """

    BEFORE = "before"
    OPEN = "open"
    LAST_DAY = "last_day"
    PAST = "past"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The word shown to people."""
        return _PHASES[self]


_PHASES = {
    Phase.BEFORE: "尚未开始",
    Phase.OPEN: "报送中",
    Phase.LAST_DAY: "最后一天",
    Phase.PAST: "已截止",
    Phase.CLOSED: "已结束",
}


class Urgency(IntEnum):
    """Why the office should telephone, most urgent first."""

    OVERDUE = 1
    RETURN_EXPIRED = 2
    LAST_DAY = 3
    RETURN_EXPIRING = 4
    FAULTY = 5
    RETURNED = 6
    PAPER = 7
    SOON = 8

    @property
    def label(self) -> str:
        """The word shown to people."""
        return _URGENCIES[self]


_URGENCIES = {
    Urgency.OVERDUE: "逾期未报",
    Urgency.RETURN_EXPIRED: "退回修改已过期限",
    Urgency.LAST_DAY: "今日截止",
    Urgency.RETURN_EXPIRING: "退回修改即将到期",
    Urgency.FAULTY: "校验未通过",
    Urgency.RETURNED: "退回修改",
    Urgency.PAPER: "纸质材料未齐",
    Urgency.SOON: "即将截止",
}
