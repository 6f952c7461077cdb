"""One document at one moment: its file, its findings and its place in the ledger put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from build_tools.campaign import Campaign, Item, Unit
from build_tools.findings import Finding, Severity
from build_tools.progress.model import DocumentProgress
from build_tools.progress.states import State
from build_tools.standing import Stage, Standing, Timing, deadline, standing
from build_tools.submissions import CITIES, LEDGER, Document, UnitFolder


@dataclass
class Tally:
    """Findings at one file, counted."""

    errors: int = 0
    warnings: int = 0
    answered: int = 0

    def add(self, finding: Finding) -> None:
        """Count ``finding``; an answered warning counts as warning and as answered."""
        if finding.severity is Severity.ERROR:
            self.errors += 1
        else:
            self.warnings += 1
            self.answered += finding.answered


_NONE = Tally()


@dataclass
class UnitRecord:
    """Everything known of one unit, with its findings counted by file.

    ``places`` remembers, for all units, what :meth:`Campaign.locate` said: units name their documents alike.
    """

    campaign: Campaign
    unit: Unit
    folder: UnitFolder
    now: datetime
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, tuple[Item, int] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tallies: dict[str, Tally] = defaultdict(Tally)
        for finding in self.findings:
            self.tallies[finding.place.path].add(finding)

    @property
    def closed(self) -> bool:
        """Whether the campaign is over."""
        return self.campaign.closes is not None and self.now > self.campaign.closes

    def standing(self, item: Item, name: str) -> Standing:
        """Where the document called ``name`` stands by the ledger."""
        return standing(self.campaign, self.folder.ledger, item, name)

    def deadline(self, item: Item) -> tuple[datetime, bool]:
        """The last second in time for ``item``, and whether an extension for it, or for all, moved it."""
        return deadline(self.campaign, self.folder.ledger, item, item.id)

    def recorded(self) -> dict[str, dict[str, int]]:
        """For each nomination item, the documents the ledger knows: name to order of recommendation."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for name in self.folder.ledger.named:
            if name not in self.places:
                self.places[name] = self.campaign.locate(name)
            place = self.places[name]
            if place and place[0].is_nomination:
                found[place[0].id][name] = place[1]
        return found


def by_unit(campaign: Campaign, findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings by the unit whose folder or ledger they stand in; others are left out."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        path = finding.place.path
        if path.startswith(CITIES + "/"):
            found[path[len(CITIES) + 1 :].partition("/")[0]].append(finding)
        elif path.startswith(LEDGER + "/"):
            found[path[len(LEDGER) + 1 :].removesuffix(".yml")].append(finding)
    return found


def single(record: UnitRecord, item: Item, document: Document | None, *, owed: bool) -> DocumentProgress:
    """The one document of an item that is sent once, there or not."""
    name = document.name if document else item.document()
    return _progress(record, item, document, name=name, number=0, owed=owed)


def nominations(
    record: UnitRecord, item: Item, documents: list[Document], recorded: dict[str, int]
) -> tuple[DocumentProgress, ...]:
    """The nominations there are, and those only the ledger still knows, in order of recommendation."""
    found = [_progress(record, item, d, name=d.name, number=d.number, owed=True) for d in documents]
    there = {document.name for document in documents}
    for name, number in recorded.items():
        if name not in there:
            found.append(_progress(record, item, None, name=name, number=number, owed=True))
    return tuple(sorted(found, key=lambda progress: (progress.number, progress.name)))


def _progress(
    record: UnitRecord,
    item: Item,
    document: Document | None,
    *,
    name: str,
    number: int,
    owed: bool,
) -> DocumentProgress:
    path = document.path if document else f"{record.unit.folder}/{item.path(number)}"
    stand = record.standing(item, name)
    tally = record.tallies.get(path, _NONE)
    changed = document is not None and _changed(stand, document)
    state = _state(stand, present=document is not None, errors=tally.errors, changed=changed)
    counts = document is not None and stand.counts
    paper = item.paper if counts else None
    seals = paper.seals if paper else ()
    return DocumentProgress(
        name=name,
        title=_title(item, number),
        item=item,
        number=number,
        path=path,
        present=document is not None,
        counts=counts,
        state=state,
        timing=_timing(record, item, stand, state, owed=owed),
        standing=stand,
        errors=tally.errors,
        warnings=tally.warnings,
        answered=tally.answered,
        changed=changed,
        blanks=_blanks(item, document),
        copies_owed=paper.copies if paper else 0,
        copies_received=stand.copies,
        seals_owed=seals,
        seals_received=tuple(seal for seal in seals if seal in stand.seals),
    )


def _changed(stand: Standing, document: Document) -> bool:
    """Whether the ledger knows an earlier version and has not seen this one, not even to set it aside."""
    return stand.digest is not None and not stand.knows(document.digest)


def _title(item: Item, number: int) -> str:
    return f"{item.title}（第 {number} 名）" if number else item.title


def _state(stand: Standing, *, present: bool, errors: int, changed: bool) -> State:
    if stand.stage is Stage.WITHDRAWN:
        return State.WITHDRAWN
    if not present:
        return State.ABSENT
    if stand.stage is Stage.RETURNED:
        return State.RETURNED
    if errors:
        return State.INVALID
    return State.ACCEPTED if stand.stage is Stage.ACCEPTED and not changed else State.RECEIVED


def _timing(record: UnitRecord, item: Item, stand: Standing, state: State, *, owed: bool) -> Timing | None:
    present = state not in (State.ABSENT, State.WITHDRAWN)
    if not present and (not owed or item.is_nomination) and stand.timing is None:
        return None
    return stand.timing_at(record.now, present=present)


def _blanks(item: Item, document: Document | None) -> int:
    if document is None or not item.counters or not isinstance(document.value, dict):
        return 0
    return sum(document.value.get(key) is None for key in item.counter_keys)
