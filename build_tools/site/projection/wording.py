"""Times, numbers and states in the words and shapes the pages use."""

from __future__ import annotations

from datetime import datetime, tzinfo
from decimal import Decimal

from build_tools.findings import Finding, Severity
from build_tools.ledger import Event, Kind
from build_tools.progress import DocumentProgress, ItemProgress, State, UnitState, Urgency
from build_tools.site.view import Mark
from build_tools.standing import Timing

_UNIT_SHAPES = {
    UnitState.OVERDUE: "late",
    UnitState.FAULTY: "invalid",
    UnitState.RETURNED: "returned",
    UnitState.NOTHING: "absent",
    UnitState.PARTLY: "partial",
    UnitState.WAITING: "received",
    UnitState.DONE: "accepted",
}
_EVENT_SHAPES = {
    Kind.RECEIVED: "received",
    Kind.RETURNED: "returned",
    Kind.ACCEPTED: "accepted",
    Kind.WITHDRAWN: "withdrawn",
    Kind.EXTENDED: "extended",
    Kind.PAPER: "paper",
}
_URGENT_SHAPES = {
    Urgency.OVERDUE: "late",
    Urgency.LAST_DAY: "late",
    Urgency.SOON: "late",
    Urgency.RETURN_EXPIRED: "returned",
    Urgency.RETURN_EXPIRING: "returned",
    Urgency.RETURNED: "returned",
    Urgency.FAULTY: "invalid",
    Urgency.PAPER: "paper",
}
_NOTABLE = frozenset({Timing.LATE, Timing.OVERDUE, Timing.EXTENDED, Timing.UNRECORDED})
_SOURCES = {"forge": "代码托管平台", "intake": "网上填报"}


def unit_mark(state: UnitState) -> Mark:
    """The state of a whole unit."""
    return Mark(state.label, _UNIT_SHAPES[state])


def item_mark(item: ItemProgress) -> Mark:
    """The state of an item; one that nobody has to send and nobody sent is not a gap."""
    if item.state is State.ABSENT and not item.owed:
        return Mark("未推荐" if item.item.is_nomination else "无需报送", "none")
    if item.timing is Timing.FORFEITED:
        return Mark(Timing.FORFEITED.label, "forfeited")
    return Mark(item.label, item.state.value)


def document_mark(document: DocumentProgress) -> Mark:
    """The state of one document."""
    if document.standing.forfeited and document.state is not State.WITHDRAWN:
        return Mark(Timing.FORFEITED.label, "forfeited")
    return Mark(document.label, document.state.value)


def event_shape(kind: Kind) -> str:
    """The shape of a ledger's line."""
    return _EVENT_SHAPES[kind]


def urgency_mark(urgency: Urgency) -> Mark:
    """Why to call, as a mark."""
    return Mark(urgency.label, _URGENT_SHAPES[urgency])


def finding_mark(finding: Finding) -> Mark:
    """Error, warning, or a warning the unit explained."""
    if finding.severity is Severity.ERROR:
        return Mark(finding.severity.label, "invalid")
    return Mark("已说明", "answered") if finding.answered else Mark(finding.severity.label, "warning")


def notable_timing(timing: Timing | None) -> str:
    """The timing of an item where it is worth a reader's eye; in time is not."""
    return timing.label if timing in _NOTABLE else ""


def who(event: Event) -> str:
    """Who stamped and who decided, each once: ``收文窗口、示例收文员``."""
    return "、".join(dict.fromkeys(_SOURCES.get(part, part) for part in (event.source, *event.by) if part))


def full_time(moment: datetime, zone: tzinfo) -> str:
    """``2012年8月22日 23:59:59``; seconds only where there are any."""
    local = moment.astimezone(zone)
    return f"{local.year}年{local.month}月{local.day}日 {_clock(local, seconds=bool(local.second))}"


def exact_time(moment: datetime, now: datetime) -> str:
    """``8月22日 23:59:59``: a receipt is told to the second; the year only where it is not this one."""
    local = moment.astimezone(now.tzinfo)
    return _day(local, now) + _clock(local, seconds=True)


def short_time(moment: datetime, now: datetime) -> str:
    """``8月22日 23:59``, for lists."""
    local = moment.astimezone(now.tzinfo)
    return _day(local, now) + _clock(local, seconds=False)


def _day(local: datetime, now: datetime) -> str:
    year = f"{local.year}年" if local.year != now.year else ""
    return f"{year}{local.month}月{local.day}日 "


def _clock(local: datetime, *, seconds: bool) -> str:
    return f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"


def number(value: int | Decimal) -> str:
    """``1,234`` or ``1,234.50``."""
    if isinstance(value, int) or value == value.to_integral_value():
        return f"{int(value):,}"
    return f"{value:,.2f}"
