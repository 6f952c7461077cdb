"""The office's log of what was received when (收文台账), append-only and hash-chained per unit.

The chain: each event carries a random nonce and the hash of the event before it; its own hash is the
SHA-256 of the canonical JSON (sorted keys, no blanks, UTF-8) of everything else in it. A changed,
dropped or re-ordered event breaks the chain at a place that can be named.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from build_tools.source import OFFICE_MAX_BYTES, Source, parse

EVERY_ITEM = "*"
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


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


class Event(NamedTuple):
    """One line of the ledger. ``at`` is the time a server or the office stamped, never an author's."""

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


def digest(data: bytes) -> str:
    """``sha256:`` and 64 hex digits of the exact bytes of a file."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def event_hash(event: dict[str, Any]) -> str:
    """The hash of an event as stored (a mapping); its own ``hash`` key is left out."""
    body = {key: value for key, value in event.items() if key != "hash"}
    return digest(_CANONICAL.encode(body).encode())


def append(
    events: list[dict[str, Any]], event: dict[str, Any], *, nonce: str | None = None
) -> list[dict[str, Any]]:
    """``events`` with ``event`` linked behind them.

    ``event`` holds what happened (``at``, ``kind``, ``document``, ``by`` and so on) as it is stored;
    ``seq``, ``nonce``, ``previous`` and ``hash`` are made here. A fixed ``nonce`` (32 hex digits) is
    for reproducible rehearsals.
    """
    linked = {
        "seq": len(events) + 1,
        **event,
        "nonce": nonce or secrets.token_hex(16),
        "previous": events[-1]["hash"] if events else None,
    }
    return [*events, {**linked, "hash": event_hash(linked)}]


def first_broken(events: list[dict[str, Any]]) -> int | None:
    """The index of the first event whose link does not hold; ``None`` for a sound chain."""
    previous: str | None = None
    for index, event in enumerate(events):
        sound = event.get("previous") == previous and event.get("seq") == index + 1
        if not sound or event.get("hash") != event_hash(event):
            return index
        previous = event["hash"]
    return None


def build(source: Source, data: bytes) -> Ledger:
    """A ledger from a file (``data``) already found valid against ``ledger.schema.json``, its times too."""
    return Ledger(
        unit=source.value["unit"],
        written=tuple(_event(raw) for raw in source.value["events"]),
        path=source.path,
        broken=first_broken(source.value["events"]),
        data=data,
    )


def _event(raw: dict[str, Any]) -> Event:
    until = raw.get("until")
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
    )
