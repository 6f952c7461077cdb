"""What a ledger consists of: events in the order they were written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from build_tools.ledger.chain import first_broken, first_change
from build_tools.source import OFFICE_MAX_BYTES, Source, parse

EVERY_ITEM = "*"
INTAKE = "申报台"
"""The source of a receipt that the intake gave: until it is accepted, that version lies with the intake."""


class Kind(StrEnum):
    """What happened to a document."""

    RECEIVED = "received"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXTENDED = "extended"
    PAPER = "paper"

    @property
    def label(self) -> str:
        """The word shown to people."""
        return _LABELS[self]


_LABELS = {
    Kind.RECEIVED: "收到",
    Kind.RETURNED: "退回修改",
    Kind.ACCEPTED: "受理",
    Kind.WITHDRAWN: "撤回",
    Kind.EXTENDED: "延期",
    Kind.PAPER: "收到纸质材料",
}


def people(names: Iterable[str]) -> set[str]:
    """The different people behind ``names``: blanks, letters' case and width make nobody another person."""
    plain = ("".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in names)
    return set(filter(None, plain))


class Event(NamedTuple):
    """One line of the ledger.

    ``at`` is when it happened, by a server or the office, never by an author; ``recorded`` when it was written
    down, where that was later.
    """

    seq: int
    at: datetime
    kind: Kind
    document: str
    by: tuple[str, ...]
    digest: str | None = None
    source: str = ""
    reason: str = ""
    until: datetime | None = None
    copies: int = 0
    seals: tuple[str, ...] = ()
    nonce: str = ""
    previous: str | None = None
    hash: str = ""
    recorded: datetime | None = None

    @property
    def written_at(self) -> datetime:
        """When it was written into the ledger."""
        return self.recorded or self.at


@dataclass(frozen=True)
class Ledger:
    """A unit's events in the order they were ``written``, as known at the moment ``now`` (none: all of them).

    ``broken`` is the index of the first event whose link to the one before does not hold; ``data`` are
    the file's bytes.
    """

    unit: str
    written: tuple[Event, ...] = ()
    path: str = ""
    broken: int | None = None
    data: bytes = field(default=b"", compare=False, repr=False)
    now: datetime | None = None
    expected: tuple[Event, ...] = ()

    def at(self, now: datetime) -> Ledger:
        """The same ledger as known at ``now``."""
        return replace(self, now=now)

    def expecting(self, events: Iterable[Event]) -> Ledger:
        """The same ledger as if ``events`` had happened, too: what a pull request will lead to when it is merged."""
        return replace(self, expected=tuple(events))

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """What had happened by ``now``, and what is expected: everything derived looks at these only."""
        now = self.now
        past = self.written if now is None else (event for event in self.written if event.at <= now)
        return (*past, *self.expected)

    @cached_property
    def source(self) -> Source | None:
        """The file with its positions. Parsed on demand: few ledgers need it, and nodes cross no process."""
        return parse(self.path, self.data, OFFICE_MAX_BYTES) if self.data else None

    def of(self, document: str) -> tuple[Event, ...]:
        """The events of one document, as they were written."""
        return self._by_document.get(document, ())

    @cached_property
    def extensions(self) -> tuple[Event, ...]:
        """The events that move a deadline, as they were written."""
        return tuple(event for event in self.events if event.kind is Kind.EXTENDED)

    @property
    def named(self) -> tuple[str, ...]:
        """Every name the events tell something of, in the order of the first; an extension tells nothing."""
        return tuple(dict.fromkeys(e.document for e in self.events if e.kind is not Kind.EXTENDED))

    @cached_property
    def _by_document(self) -> dict[str, tuple[Event, ...]]:
        found: dict[str, list[Event]] = {}
        for event in self.events:
            found.setdefault(event.document, []).append(event)
        return {document: tuple(events) for document, events in found.items()}


def extends(older: Ledger | Sequence[Any], newer: Ledger | Sequence[Any]) -> bool:
    """Whether ``newer`` only adds to ``older``: every event stands where it stood, as it was."""
    return first_change(_written(older), _written(newer)) is None


def _written(ledger: Ledger | Sequence[Any]) -> Sequence[Any]:
    return ledger.written if isinstance(ledger, Ledger) else ledger


def build(source: Source, data: bytes) -> Ledger:
    """A ledger from a file (``data``) already found valid against ``ledger.schema.json``, its times too."""
    return Ledger(
        unit=source.value["unit"],
        written=tuple(event_of(raw) for raw in source.value["events"]),
        path=source.path,
        broken=first_broken(source.value["events"]),
        data=data,
    )


def event_of(raw: dict[str, Any]) -> Event:
    """The event that is stored as ``raw``, which has to be valid."""
    until, recorded = raw.get("until"), raw.get("recorded")
    return Event(
        seq=raw["seq"],
        at=datetime.fromisoformat(raw["at"]),
        kind=Kind(raw["kind"]),
        document=raw["document"],
        by=tuple(raw["by"]),
        digest=raw.get("digest"),
        source=raw.get("source", ""),
        reason=raw.get("reason", ""),
        until=datetime.fromisoformat(until) if until else None,
        copies=raw.get("copies", 0),
        seals=tuple(raw.get("seals", ())),
        nonce=raw["nonce"],
        previous=raw["previous"],
        hash=raw["hash"],
        recorded=datetime.fromisoformat(recorded) if recorded else None,
    )
