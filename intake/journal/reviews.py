"""What the journal and the ledger together say of each document: how it stands, and what waits for a person.

Reading only. The ledger is the truth; an action of the office stands beside it until the worker has written it there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import F, Max, Window
from django.db.models.functions import RowNumber

from build_tools.campaign import Campaign
from build_tools.ledger import INTAKE, Event, Kind, Ledger
from build_tools.standing import Stage, Standing, Timing, standing, why_of, word_of
from intake.journal.models import Action, Submission

_LAST = 1_000_000
"""The number of an event that the ledger does not hold yet: behind every other of the same second."""
_STAGES = (Kind.RETURNED, Kind.ACCEPTED, Kind.WITHDRAWN)
_DEFERRED = ("attempt", "spool", "body_digest", "nonce", "previous", "hash")


class State(StrEnum):
    """Where the newest version of a document is on its way through the office."""

    JUDGING = "judging"
    WAITING = "waiting"
    FAULTY = "faulty"
    RETURNED = "returned"
    PENDING = "pending"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The word shown to people."""
        return _LABELS[self]


_LABELS = {
    State.JUDGING: "校验中",
    State.WAITING: "待审",
    State.FAULTY: "有错误",
    State.RETURNED: "退回未改",
    State.PENDING: "办理中",
    State.ACCEPTED: "已受理",
    State.WITHDRAWN: "已撤回",
}
_OF_STAGE = {
    Stage.RETURNED: State.RETURNED,
    Stage.ACCEPTED: State.ACCEPTED,
    Stage.WITHDRAWN: State.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Review:
    """The newest version of one document, the ``version``-th, at one moment.

    ``action`` is what the office last did with this very version, ``None`` for nothing; ``standing`` what the ledger
    says, this version included, ``None`` for an item that the campaign no longer has. ``aside``: it came after the
    deadline, and one that was in time stands. ``until`` is by when a returned one is due.
    """

    submission: Submission
    version: int
    state: State
    action: Action | None
    standing: Standing | None
    timing: Timing | None
    aside: bool
    errors: int
    warnings: int
    until: datetime | None
    corrected: bool = False

    @property
    def troubled(self) -> bool:
        """Whether something has to be looked at by a person before anything else, and nobody has decided yet."""
        decided = self.state in (State.ACCEPTED, State.WITHDRAWN, State.PENDING)
        return not decided and bool(self.submission.trouble or self.submission.flags or self.refused)

    @property
    def refused(self) -> str:
        """Why the office's last action on this version was not done; empty when it was."""
        action = self.action
        return action.message or "原因不明" if action and action.state == Action.State.REFUSED else ""

    @property
    def forfeited(self) -> bool:
        """Whether it came too late to count at all."""
        return self.timing is Timing.FORFEITED

    @property
    def late(self) -> bool:
        """Whether it came after its deadline."""
        return self.aside or self.timing in (Timing.LATE, Timing.FORFEITED)

    @property
    def word(self) -> str:
        """The state as people call it."""
        return word_of(self.state.label, self.reason)

    @property
    def reason(self) -> str:
        """Why it was taken out; empty where it was not."""
        if self.state is not State.WITHDRAWN:
            return ""
        told = self.action if self.action and self.action.kind == Action.Kind.WITHDRAWN else self.standing
        return told.reason if told else ""

    @property
    def why(self) -> str:
        """The reason as it is read beside the word."""
        return why_of(self.reason)

    def overdue(self, now: datetime) -> bool:
        """Whether it was returned and the time to correct it has passed."""
        return self.state is State.RETURNED and self.until is not None and now > self.until

    @property
    def obstacle(self) -> str:
        """Why it cannot be accepted whatever the office thinks of it; empty when it can."""
        if self.state is State.PENDING:
            return "正在办理，请稍候。"
        if self.state is State.ACCEPTED:
            return "这一版已经受理。"
        if self.state is State.RETURNED:
            return "已经退回修改，等单位重新提交后再受理。"
        if self.state is State.WITHDRAWN:
            return f"{self.word}，已经办结。"
        if self.state is State.JUDGING:
            return "还在校验，校验完再受理。"
        if self.forfeited:
            return "逾期提交，按通知视为放弃，不能受理。确有理由的，先办延期。"
        if self.aside:
            return (
                "截止以后另交的一版，不采用；按时收到的那一版仍然有效。要采用这一版的，先办延期或者退回修改。"
            )
        return ""

    @property
    def stays(self) -> str:
        """Why it cannot be taken out by the office; empty when it can."""
        told = {
            State.PENDING: "正在办理，请稍候。",
            State.JUDGING: "刚收到，还在登记，请过一会儿再办。",
            State.WITHDRAWN: f"{self.word}，不用再办。",
        }
        return told.get(self.state, "")

    @property
    def unreturnable(self) -> str:
        """Why it cannot be returned; empty when it can. What came too late stays too late, however it is corrected."""
        told = {
            State.PENDING: "正在办理，请稍候。",
            State.RETURNED: "已经退回修改，等单位重新提交。",
            State.WITHDRAWN: f"{self.word}，不用再办。",
        }
        if self.forfeited:
            told.setdefault(
                self.state, "逾期提交，视为放弃，改了再报仍是逾期，不能退回修改。要收的先办延期。"
            )
        return told.get(self.state, "")


def newest(campaign: Campaign, ledger_of: Callable[[str], Ledger], unit: str = "") -> list[Review]:
    """The newest version of every document, of one ``unit`` or of all, in the order received. Two queries."""
    lines = (
        Submission.objects.annotate(
            version=Window(RowNumber(), partition_by=[F("unit"), F("document")], order_by=F("id").asc()),
            newest=Window(Max("id"), partition_by=[F("unit"), F("document")]),
        )
        .filter(newest=F("id"))
        .defer(*_DEFERRED)
        .order_by("id")
    )
    acted = Action.objects.filter(kind__in=_STAGES).order_by("id")
    if unit:
        lines, acted = lines.filter(unit=unit), acted.filter(unit=unit)
    last: dict[int | None, Action] = {}
    returned: set[tuple[str, str]] = set()
    for action in acted:
        last[action.submission_id] = action
        if action.kind == Action.Kind.RETURNED and action.state != Action.State.REFUSED:
            returned.add((action.unit, action.document))
    ledgers: dict[str, Ledger] = {}
    found = []
    for line in lines:
        if line.unit not in ledgers:
            ledgers[line.unit] = ledger_of(line.unit)
        made = review(
            campaign, ledgers[line.unit], line, vars(line)["version"], last.get(line.pk),
            returned=(line.unit, line.document) in returned,
        )  # fmt: skip
        found.append(made)
    return found


def review(
    campaign: Campaign,
    ledger: Ledger,
    line: Submission,
    version: int,
    action: Action | None,
    *,
    returned: bool = False,
) -> Review:
    """How ``line`` stands; ``action`` is the last one on it, ``returned`` whether the document was ever returned."""
    item = campaign.item_by_id.get(line.item)
    stand = _stood(campaign, ledger, line) if item else None
    mine = stand is not None and stand.digest == line.digest
    state = _state(line, action, stand, ledger, mine=mine)
    until: datetime | None = None
    if state is State.RETURNED:
        told = action if action and action.kind == Action.Kind.RETURNED else stand
        until = told.until if told else None
    errors, warnings = counted(line)
    return Review(
        submission=line,
        version=version,
        state=state,
        action=action,
        standing=stand,
        timing=stand.timing if stand and mine else None,
        aside=stand is not None and not mine and any(e.digest == line.digest for e in stand.set_aside),
        errors=errors,
        warnings=warnings,
        until=until,
        corrected=returned and version > 1 and state is not State.RETURNED,
    )


def counted(line: Submission) -> tuple[int, int]:
    """How many of its findings are errors, and how many are not; none while it is being judged."""
    findings = line.findings or ()
    errors = sum(finding.get("severity") == "error" for finding in findings)
    return errors, len(findings) - errors


def _stood(campaign: Campaign, ledger: Ledger, line: Submission) -> Standing:
    """Where the document stands once the ledger holds this version."""
    at = line.received_at.astimezone(campaign.timezone).replace(microsecond=0)
    known = any(
        event.kind is Kind.RECEIVED and event.digest == line.digest and event.at >= at
        for event in ledger.of(line.document)
    )
    if not known:
        coming = Event(_LAST, at, Kind.RECEIVED, line.document, (line.by,), line.digest, INTAKE)
        ledger = ledger.expecting((*ledger.expected, coming))
    return standing(campaign, ledger, campaign.item_by_id[line.item], line.document)


def _state(
    line: Submission, action: Action | None, stand: Standing | None, ledger: Ledger, *, mine: bool
) -> State:
    if action and action.state == Action.State.PENDING:
        return State.PENDING
    if action and action.state == Action.State.DONE:
        later = any(e.kind in _STAGES and e.at > action.at for e in ledger.of(line.document))
        if not later:
            return State(action.kind)
    if stand and mine and stand.stage in _OF_STAGE:
        return _OF_STAGE[stand.stage]
    if line.findings is None:
        return State.JUDGING
    return State.FAULTY if line.errors else State.WAITING


def versions(unit: str, document: str) -> list[Submission]:
    """Every version of a document, the oldest first."""
    return list(Submission.objects.filter(unit=unit, document=document).order_by("id"))


def stage_actions(unit: str, document: str) -> list[Action]:
    """What the office did with a document as a whole, the first first."""
    asked = Action.objects.filter(unit=unit, document=document, kind__in=_STAGES)
    return list(asked.select_related("account").order_by("id"))


def to_compare_with(
    line: Submission, every: Iterable[Submission], acted: Iterable[Action]
) -> Submission | None:
    """The version that ``line`` is held against: the last one accepted before it, else the one before it."""
    before = [other for other in every if other.pk < line.pk]
    accepted = {
        action.submission_id
        for action in acted
        if action.kind == Action.Kind.ACCEPTED and action.state == Action.State.DONE
    }
    standing_ones = [other for other in before if other.pk in accepted]
    return next(reversed(standing_ones or before), None)
