"""The office's log of what was received when (收文台账), append-only and hash-chained per unit."""

from build_tools.ledger.chain import (
    Rewrite,
    append,
    digest,
    event_hash,
    first_broken,
    first_change,
    rewritten,
)
from build_tools.ledger.model import EVERY_ITEM, INTAKE, Event, Kind, Ledger, build, event_of, extends, people
from build_tools.ledger.text import extended_text, ledger_text

__all__ = [
    "EVERY_ITEM",
    "INTAKE",
    "Event",
    "Kind",
    "Ledger",
    "Rewrite",
    "append",
    "build",
    "digest",
    "event_hash",
    "event_of",
    "extended_text",
    "extends",
    "first_broken",
    "first_change",
    "ledger_text",
    "people",
    "rewritten",
]
