"""Where a document stands by the ledger alone: which receipt counts, and whether it was in time.

The rules (notice: 未按时上交……视为放弃推荐资格; design, decision 7):

* the deadline is inclusive to the second; grace and extensions move it, per item or for one document;
  an extension without the names and the reason the campaign asks for moves nothing;
* of several versions the last one received in time stands; a later one counts only after a return,
  and is set aside otherwise (unless it is byte for byte the version that stands);
* a correction the office asked for keeps the time of the version it corrects, if it comes by the date
  the return names; otherwise its own time of receipt counts. Until that date, or until the office
  accepts, the unit may correct the correction;
* copies of paper add up, until an entry that gives a reason corrects them: it tells what there is in all;
* lateness either still counts as data or forfeits, as the campaign says for the item.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from build_tools.campaign import Campaign, Item, Late
from build_tools.ledger import EVERY_ITEM, Event, Kind, Ledger, people


class Stage(StrEnum):
    """What the office last did with a document."""

    NONE = "none"
    RECEIVED = "received"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class Timing(StrEnum):
    """Whether it came in time. ``LATE`` still counts, ``FORFEITED`` does not."""

    NOT_DUE = "not_due"
    OVERDUE = "overdue"
    UNRECORDED = "unrecorded"
    ON_TIME = "on_time"
    EXTENDED = "extended"
    LATE = "late"
    FORFEITED = "forfeited"

    @property
    def label(self) -> str:
        """The word shown to people."""
        return _TIMING_LABELS[self]


_TIMING_LABELS = {
    Timing.NOT_DUE: "未到期",
    Timing.OVERDUE: "逾期未报",
    Timing.UNRECORDED: "未登记",
    Timing.ON_TIME: "按时",
    Timing.EXTENDED: "延期内按时",
    Timing.LATE: "逾期",
    Timing.FORFEITED: "视为放弃",
}


NOT_TAKEN = "不予受理"
"""How the reason of a withdrawal begins that the unit did not ask for."""

BY_UNIT = "单位自行撤回"
"""How it begins where the unit did it itself."""


def word_of(word: str, reason: str) -> str:
    """``word`` (撤回, 已撤回), or 不予受理 where the ``reason`` says that the office did not take it."""
    return NOT_TAKEN if reason.startswith(NOT_TAKEN) else word


def why_of(reason: str) -> str:
    """A ``reason`` as it is read beside that word, which it does not say again."""
    if reason.startswith(f"{BY_UNIT}："):
        return reason.removeprefix(f"{BY_UNIT}：")
    ground, stop, rest = reason.removeprefix(f"{NOT_TAKEN}（").partition("）")
    return f"{ground}{rest}" if stop and reason.startswith(f"{NOT_TAKEN}（") else reason


@dataclass(frozen=True)
class Standing:
    """One document's place in the ledger. ``deadline`` is the last second that is in time."""

    document: str
    deadline: datetime
    extended: bool = False
    stage: Stage = Stage.NONE
    timing: Timing | None = None
    first_received: datetime | None = None
    received: datetime | None = None
    digest: str | None = None
    reason: str = ""
    until: datetime | None = None
    set_aside: tuple[Event, ...] = ()
    copies: int = 0
    seals: frozenset[str] = field(default_factory=frozenset)

    def timing_at(self, now: datetime, *, present: bool) -> Timing:
        """The timing shown at ``now``; ``present``: whether the file itself is there."""
        if self.timing is not None:
            return self.timing
        if present:
            return Timing.UNRECORDED
        return Timing.NOT_DUE if now <= self.deadline else Timing.OVERDUE

    @property
    def why(self) -> str:
        """The reason as it is read beside the word for the stage."""
        return why_of(self.reason)

    def knows(self, digest: str) -> bool:
        """Whether this version was received: the one that stands, or one set aside; not asked of an unread one."""
        return not digest or digest == self.digest or any(event.digest == digest for event in self.set_aside)

    @property
    def forfeited(self) -> bool:
        """Whether it is kept on record but no longer counts."""
        return self.timing is Timing.FORFEITED

    @property
    def counts(self) -> bool:
        """Whether the ledger leaves it valid: neither withdrawn nor forfeited."""
        return self.stage is not Stage.WITHDRAWN and not self.forfeited


def deadline(campaign: Campaign, ledger: Ledger, item: Item, document: str) -> tuple[datetime, bool]:
    """The last second in time for ``document`` of this unit, and whether an extension moved it."""
    base = campaign.deadline + campaign.grace
    latest = latest_deadline(campaign, ledger, (EVERY_ITEM, item.id, document))
    return latest, latest > base


def latest_deadline(campaign: Campaign, ledger: Ledger, names: Collection[str]) -> datetime:
    """The last second in time after every extension granted for one of ``names``: a document, an item or ``*``."""
    base = campaign.deadline + campaign.grace
    moved = [
        event.until
        for event in ledger.extensions
        if event.until and event.document in names and is_granted(campaign, event)
    ]
    return max([base, *moved])


def is_granted(campaign: Campaign, event: Event) -> bool:
    """Whether an extension carries the different names and the reason it needs to take effect."""
    return len(people(event.by)) >= campaign.extension_people and bool(event.reason.strip())


def standing(campaign: Campaign, ledger: Ledger, item: Item, document: str) -> Standing:
    """Walk the ledger's events of ``document`` in time order."""
    until, extended = deadline(campaign, ledger, item, document)
    stage, timing = Stage.NONE, None
    first = received = correct_by = None
    correcting = False
    digest: str | None = None
    reason, copies = "", 0
    seals: set[str] = set()
    aside: list[Event] = []
    for event in sorted(ledger.of(document), key=lambda e: (e.at, e.seq)):
        if event.kind is Kind.RECEIVED:
            own = _timing(campaign, item, event.at, until)
            in_time = timing in _IN_TIME
            if in_time and correcting and (correct_by is None or event.at <= correct_by):
                own = timing or own
            elif in_time and stage is not Stage.RETURNED and event.at > until:
                if event.digest != digest:
                    aside.append(event)
                continue
            stage, timing, received, digest = Stage.RECEIVED, own, event.at, event.digest
            first = first or event.at
            reason = ""
        elif event.kind is Kind.RETURNED:
            stage, reason, correct_by, correcting = Stage.RETURNED, event.reason, event.until, True
        elif event.kind is Kind.ACCEPTED:
            stage, reason, correcting = Stage.ACCEPTED, "", False
            digest = digest or event.digest
        elif event.kind is Kind.WITHDRAWN:
            stage, timing, reason, correcting = Stage.WITHDRAWN, None, event.reason, False
        elif event.kind is Kind.PAPER:
            if (
                event.reason
            ):  # a correction: it says what there is in all, and what was written before no longer counts
                copies, seals = 0, set()
            copies += event.copies
            seals.update(event.seals)
    return Standing(
        document=document,
        deadline=until,
        extended=extended,
        stage=stage,
        timing=timing,
        first_received=first,
        received=received,
        digest=digest,
        reason=reason,
        until=correct_by if stage is Stage.RETURNED else None,
        set_aside=tuple(aside),
        copies=copies,
        seals=frozenset(seals),
    )


_IN_TIME = (Timing.ON_TIME, Timing.EXTENDED)


def _timing(campaign: Campaign, item: Item, received: datetime, until: datetime) -> Timing:
    if received <= campaign.deadline + campaign.grace:
        return Timing.ON_TIME
    if received <= until:
        return Timing.EXTENDED
    return Timing.FORFEITED if item.late is Late.FORFEITS else Timing.LATE
