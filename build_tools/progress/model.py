"""What progress is made of: documents, items, units, the campaign. Plain values, nothing computed from files.

No text here quotes a field of a submission or the reason of a return, so that every text may be shown to
both audiences; reasons stay in :class:`~build_tools.standing.Standing` and findings in ``findings``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property

from build_tools.campaign import Campaign, Item, Late, Unit
from build_tools.findings import Finding
from build_tools.ledger import Event
from build_tools.progress.states import Phase, State, UnitState, Urgency
from build_tools.standing import Standing, Timing, word_of

LOOSE = "材料等文件"
"""What files are called that a unit sent and that are none of its documents: materials, strays."""


@dataclass(frozen=True, slots=True)
class DocumentProgress:
    """One document a unit sent, or owes.

    ``name`` is the ledger's name (``individual-01``), ``path`` the file below the root, ``present`` whether the
    file is there, ``counts`` whether it is there and neither forfeited nor withdrawn. ``timing`` is ``None``
    where there is nothing to be in time for (a withdrawn nomination).
    ``errors`` and ``warnings`` count findings at the file; ``answered`` the warnings explained in a note.
    ``changed``: the file differs from the version the ledger last recorded. ``blanks``: counters left empty.
    Paper is owed only while the document counts; ``copies_received`` may exceed ``copies_owed``.
    """

    name: str
    title: str
    item: Item
    number: int
    path: str
    present: bool
    counts: bool
    state: State
    timing: Timing | None
    standing: Standing
    errors: int = 0
    warnings: int = 0
    answered: int = 0
    changed: bool = False
    blanks: int = 0
    copies_owed: int = 0
    copies_received: int = 0
    seals_owed: tuple[str, ...] = ()
    seals_received: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The state in words; what the office did not take is not called 已撤回, as if the unit had asked for it."""
        return word_of(self.state.label, self.standing.reason if self.state is State.WITHDRAWN else "")

    @property
    def usable(self) -> bool:
        """Whether it counts and has no error, so that its content can be used."""
        return self.counts and not self.errors

    @property
    def paper_complete(self) -> bool:
        """Whether nothing on paper is owed any more."""
        return self.copies_received >= self.copies_owed and not self.seals_missing

    @property
    def waits_for_unit(self) -> bool:
        """Whether the unit, and not the office, has to do something: send it, mend it, bring its paper."""
        sent = self.state in (State.RECEIVED, State.ACCEPTED) or (
            self.state is State.RETURNED and self.changed
        )
        return not (sent and self.paper_complete)

    @property
    def due(self) -> datetime:
        """The last second for what the unit has to do: that of the return, where there is one, else the deadline."""
        returned = self.standing.until if self.state is State.RETURNED and not self.changed else None
        return returned or self.standing.deadline

    @property
    def seals_missing(self) -> tuple[str, ...]:
        """The seals still owed, in the form's order."""
        return tuple(seal for seal in self.seals_owed if seal not in self.seals_received)

    @property
    def timing_label(self) -> str:
        """The timing in words, empty where there is none."""
        return self.timing.label if self.timing else ""


@dataclass(frozen=True, slots=True)
class ItemProgress:
    """One item of the notice for one unit.

    ``owed``: the unit has to send it (an empty nomination is an offer, not a duty, unless the notice sets a
    minimum; materials are owed once there is a nominee). ``parts_done`` of ``parts_owed`` are what
    :attr:`UnitProgress.share` adds up: a document, the paper of a nomination, a kind of material for a nominee.
    ``quota`` is ``None`` when the table was not supplied; ``quota_left`` falls below zero when there are too many.
    ``needed`` says what the unit still has to bring, empty when complete; ``remark`` what is good to know.
    """

    item: Item
    state: State
    timing: Timing | None
    documents: tuple[DocumentProgress, ...]
    owed: bool
    complete: bool
    deadline: datetime
    extended: bool
    quota: int | None = None
    quota_left: int | None = None
    parts_owed: int = 0
    parts_done: int = 0
    needed: str = ""
    remark: str = ""

    @property
    def label(self) -> str:
        """The state in words; nothing sent where nothing is owed is 未推荐 or 无需报送, what is forfeited says so."""
        if self.timing is Timing.FORFEITED:
            return Timing.FORFEITED.label
        if self.state is State.ABSENT and not self.owed:
            return "未推荐" if self.item.is_nomination else "无需报送"
        if self.state is State.WITHDRAWN:
            words = {document.label for document in self.documents if document.state is State.WITHDRAWN}
            return words.pop() if len(words) == 1 else self.state.label
        return self.state.label

    @property
    def counting(self) -> tuple[DocumentProgress, ...]:
        """The documents that count, in order of recommendation."""
        return tuple(document for document in self.documents if document.counts)

    @property
    def reported(self) -> bool:
        """Whether it was sent: there, without errors, not withdrawn (a returned one was sent).

        For a nomination item: as many as the notice's minimum, and at least one.
        """
        return self._enough(self.documents)

    @property
    def in_time(self) -> bool:
        """Whether it was sent and the ledger shows it in time."""
        return self._enough(self.counting) and self.timing in (Timing.ON_TIME, Timing.EXTENDED)

    def _enough(self, documents: tuple[DocumentProgress, ...]) -> bool:
        sent = sum(d.state in (State.RECEIVED, State.RETURNED, State.ACCEPTED) for d in documents)
        return sent >= max(1, self.item.minimum)

    @property
    def forfeited(self) -> tuple[DocumentProgress, ...]:
        """The documents that came too late to count, in order of recommendation."""
        return tuple(d for d in self.documents if d.present and d.timing is Timing.FORFEITED)

    @property
    def unsent(self) -> bool:
        """Whether it is owed and has not come at all, or too few of it; a file with errors has come."""
        there = sum(d.present and d.state is not State.WITHDRAWN for d in self.documents)
        return self.owed and there < max(1, self.item.minimum)

    def lapsed(self, now: datetime) -> bool:
        """Whether it did not come in time and can no longer be sent: the notice takes it for given up."""
        return self.unsent and now > self.deadline and self.item.late is Late.FORFEITS

    @property
    def waits_for_unit(self) -> bool:
        """Whether something is needed that the unit has to bring; a correction not yet recorded is the office's."""
        corrected = sum(d.state is State.RETURNED and d.changed for d in self.counting)
        return self.parts_owed - self.parts_done > corrected

    def due(self, now: datetime) -> datetime:
        """The last second for what the unit still has to bring: the next one open, else the last one missed."""
        dates = [document.due for document in self.counting if document.waits_for_unit]
        if self.unsent or not dates:
            dates.append(self.deadline)
        return min((date for date in dates if now <= date), default=max(dates))

    @property
    def missing(self) -> bool:
        """Whether it is owed and has not been sent."""
        return self.owed and not self.reported

    @property
    def blanks(self) -> int:
        """Counters left empty. Blank is not zero, and does not make the item incomplete."""
        return sum(document.blanks for document in self.documents)

    @property
    def timing_label(self) -> str:
        """The timing in words, empty where there is none."""
        return self.timing.label if self.timing else ""


@dataclass(frozen=True, slots=True)
class Call:
    """A reason to telephone a unit, as one Chinese sentence."""

    urgency: Urgency
    reason: str


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """One unit at one moment.

    ``deadline`` is the next one that matters: the nearest still open of what is missing, else the last one
    missed, else the deadline of the whole unit; ``extended`` whether an extension moved it. ``findings`` are those
    of the unit's folder and ledger; ``loose_errors`` counts the errors in files that are none of its documents
    (:data:`LOOSE`). ``next_step`` tells the unit, ``next_office_step`` the office, what to do next;
    either is empty when there is nothing to do.
    """

    unit: Unit
    items: tuple[ItemProgress, ...]
    state: UnitState
    deadline: datetime
    extended: bool
    findings: tuple[Finding, ...] = ()
    loose_errors: int = 0
    last_event: Event | None = None
    next_step: str = ""
    next_office_step: str = ""
    call: Call | None = None

    @property
    def parts_owed(self) -> int:
        """How many parts the unit owes."""
        return sum(item.parts_owed for item in self.items)

    @property
    def parts_done(self) -> int:
        """How many of them are done."""
        return sum(item.parts_done for item in self.items)

    @property
    def share(self) -> Fraction:
        """The share of owed parts that is done, from 0 to 1; 1 when nothing is owed."""
        owed = self.parts_owed
        return Fraction(self.parts_done, owed) if owed else Fraction(1)

    @property
    def reported(self) -> bool:
        """Whether every item owed was sent."""
        return not any(item.missing for item in self.items)

    @property
    def in_time(self) -> bool:
        """Whether every item owed was sent and the ledger shows it in time."""
        return all(item.in_time for item in self.items if item.owed)

    @property
    def missing(self) -> tuple[Item, ...]:
        """The items owed and not sent."""
        return tuple(item.item for item in self.items if item.missing)

    def item(self, name: str) -> ItemProgress:
        """The progress of the item with this id; raises :class:`KeyError`."""
        for item in self.items:
            if item.item.id == name:
                return item
        raise KeyError(name)

    def document(self, name: str) -> DocumentProgress | None:
        """The progress of the document with this name."""
        return next((d for item in self.items for d in item.documents if d.name == name), None)


@dataclass(frozen=True, slots=True)
class ItemRate:
    """How one item stands across units: ``expected`` units owe it, ``reported`` sent it, ``in_time`` in time."""

    item: Item
    expected: int
    reported: int
    in_time: int
    missing: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a unit's ledger, with its unit and the document's title."""

    unit: Unit
    event: Event
    title: str


@dataclass(frozen=True)
class CampaignProgress:
    """All units at the moment ``now``, in official order.

    ``call_list`` is sorted by urgency, ``latest`` holds the newest events across units, newest first.
    ``time_left`` to the deadline (grace included) is never negative.
    """

    campaign: Campaign
    now: datetime
    units: tuple[UnitProgress, ...]
    items: tuple[ItemRate, ...]
    phase: Phase
    time_left: timedelta
    call_list: tuple[UnitProgress, ...]
    latest: tuple[Happening, ...]

    @cached_property
    def by_slug(self) -> dict[str, UnitProgress]:
        """Units by slug."""
        return {unit.unit.slug: unit for unit in self.units}

    @cached_property
    def counts(self) -> dict[UnitState, int]:
        """How many units are in each state, every state named."""
        found = dict.fromkeys(UnitState, 0)
        for unit in self.units:
            found[unit.state] += 1
        return found

    @cached_property
    def document_counts(self) -> dict[State, int]:
        """How many documents are in each state, every state named; a document owed and not sent is ``ABSENT``."""
        found = dict.fromkeys(State, 0)
        for unit in self.units:
            for item in unit.items:
                for document in item.documents:
                    if document.present or item.owed or document.state is State.WITHDRAWN:
                        found[document.state] += 1
        return found

    @cached_property
    def reporting_rate(self) -> Fraction:
        """Units that sent every item owed, of all units (报送率)."""
        return self._share(sum(unit.reported for unit in self.units))

    @cached_property
    def on_time_rate(self) -> Fraction:
        """Units that sent every item owed in time by the ledger, of all units (按时率)."""
        return self._share(sum(unit.in_time for unit in self.units))

    @property
    def missing(self) -> dict[str, tuple[Unit, ...]]:
        """For each item id, the units that owe it and have not sent it."""
        return {rate.item.id: rate.missing for rate in self.items}

    def _share(self, units: int) -> Fraction:
        return Fraction(units, len(self.units)) if self.units else Fraction(0)
