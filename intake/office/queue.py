"""收件: every document that came through the intake, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from intake.current import campaign, now
from intake.journal.reviews import Review, State, newest
from intake.office import wording
from intake.office.campaign_tree import ledger_of
from intake.office.desk import leaf, show
from intake.people.access import Door, door


class Show(StrEnum):
    """What the officer wants to see; the first is what a desk opens with."""

    OPEN = "open"
    WAITING = "waiting"
    FAULTY = "faulty"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    LATE = "late"
    ALL = "all"

    @property
    def label(self) -> str:
        """The word on the button."""
        return _SHOWN[self]

    def holds(self, review: Review) -> bool:
        """Whether ``review`` belongs here."""
        state = review.state
        if self is Show.ALL:
            return True
        if self is Show.LATE:
            return review.late
        if lapsed(review):
            return False
        if self is Show.OPEN:
            return state not in (State.ACCEPTED, State.WITHDRAWN)
        if self is Show.WAITING:
            return state in (State.WAITING, State.JUDGING, State.PENDING)
        return state == self.value


_SHOWN = {
    Show.OPEN: "未办结",
    Show.WAITING: "待审",
    Show.FAULTY: "有错误",
    Show.RETURNED: "退回未改",
    Show.ACCEPTED: "已受理",
    Show.LATE: "逾期",
    Show.ALL: "全部",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the queue, in words."""

    review: Review
    received: str
    timing: str
    flags: list[str]
    next_step: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """A filter by state, and how many lines it has among those of the unit and the item chosen."""

    value: str
    label: str
    count: int
    chosen: bool


def lapsed(review: Review) -> bool:
    """Whether the deadline has decided already: it came too late to count, and nothing else is the matter."""
    undecided = review.state in (State.WAITING, State.FAULTY)
    return undecided and (review.forfeited or review.aside) and not review.troubled


def urgency(review: Review, moment: datetime) -> tuple[int, float, int]:
    """The smaller, the sooner: trouble; a correction overdue; what waits, longest first; errors; the rest."""
    line = review.submission
    since = line.received_at.timestamp()
    if review.troubled:
        rank = 0
    elif review.overdue(moment):
        rank, since = 1, review.until.timestamp() if review.until else since
    elif review.state is State.WAITING:
        rank = 6 if review.forfeited or review.aside else 2
    elif review.state is State.FAULTY:
        rank = 6 if review.forfeited or review.aside else 3
    elif review.state in (State.JUDGING, State.PENDING):
        rank = 4
    elif review.state is State.RETURNED:
        rank, since = 5, review.until.timestamp() if review.until else since
    else:
        rank, since = 7, -since
    return rank, since, line.pk


def line_of(review: Review, moment: datetime) -> Line:
    """The line of ``review``."""
    return Line(
        review=review,
        received=wording.clock(review.submission.received_at),
        timing=wording.timing(review),
        flags=wording.flags(review),
        next_step=wording.next_step(review, moment),
        overdue=review.overdue(moment),
    )


def next_to_do(reviews: Sequence[Review], moment: datetime, after: Review | None = None) -> Review | None:
    """The most urgent document that the office itself can do something with, other than ``after``."""
    mine = [
        review
        for review in reviews
        if review.state in (State.WAITING, State.FAULTY) and not (review.forfeited or review.aside)
        if after is None or review.submission.pk != after.submission.pk
    ]
    return min(mine, key=lambda review: urgency(review, moment), default=None)


@door(Door.OFFICE)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The queue, by unit, item and state."""
    held, moment = campaign(), now()
    unit, item = request.GET.get("unit", ""), request.GET.get("item", "")
    chosen = Show(request.GET["state"]) if request.GET.get("state") in set(Show) else Show.OPEN
    every = newest(held, ledger_of)
    every.sort(key=lambda review: urgency(review, moment))
    mine = [
        review
        for review in every
        if unit in ("", review.submission.unit) and item in ("", review.submission.item)
    ]
    page = leaf(request, [review for review in mine if chosen.holds(review)])
    context = {
        "page": page,
        "lines": [line_of(review, moment) for review in page.rows],
        "tabs": [Tab(one.value, one.label, sum(map(one.holds, mine)), one is chosen) for one in Show],
        "units": held.units,
        "items": held.items,
        "unit_chosen": unit,
        "item_chosen": item,
        "chosen": chosen,
        "total": len(every),
        "senders": len({review.submission.unit for review in every}),
        "lapsed": sum(map(lapsed, mine)) if chosen is Show.OPEN else 0,
        "troubled": sum(review.troubled for review in mine),
        "overdue": sum(review.overdue(moment) for review in mine),
    }
    return show(request, "queue", context, "queue")
