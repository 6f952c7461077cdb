"""Ledgers written down in a line or two, and where a document stands by them.

The deadline is 2012-08-22T23:59:59+08:00, inclusive to the second. Times are written ``22 23:59:59``
(August 2012, +08:00) or in full.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from build_tools import ledger
from build_tools.campaign import Campaign, Item, load_campaign
from build_tools.ledger import Event, Kind, Ledger
from build_tools.standing import Standing, standing
from build_tools.tree import WorkTree

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = ("示例甲", "示例乙")


@cache
def campaign() -> Campaign:
    return load_campaign(WorkTree(ROOT))


def item(name: str) -> Item:
    found = campaign().locate(name)
    assert found, name
    return found[0]


def moment(text: str) -> datetime:
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(text if "T" in text else f"2012-08-{day}T{clock}+08:00")


def event(seq: int, kind: str, at: str, **rest: Any) -> Event:
    """An event of ``individual-01`` unless said otherwise; ``until`` as text, ``version`` names a digest."""
    until = rest.pop("until", None)
    version = rest.pop("version", None)
    return Event(
        **{
            "seq": seq,
            "at": moment(at),
            "kind": Kind(kind),
            "document": "individual-01",
            "by": PEOPLE if kind == "extended" else PEOPLE[:1],
            "digest": ledger.digest(version.encode()) if version else None,
            "until": moment(until) if until else None,
            **rest,
        }
    )


def log(*events: tuple[Any, ...]) -> Ledger:
    """A ledger of ``(kind, at)`` or ``(kind, at, {more})`` in the order given."""
    written = []
    for index, (kind, at, *more) in enumerate(events):
        rest = dict(more[0]) if more else {}
        written.append(event(index + 1, kind, at, **rest))
    return Ledger("jia", tuple(written))


def stands(book: Ledger, document: str = "individual-01", within: Campaign | None = None) -> Standing:
    return standing(within or campaign(), book, item(document), document)


def received(at: str, version: str = "一", **rest: Any) -> tuple[Any, ...]:
    return ("received", at, {"version": version, **rest})


def returned(at: str, until: str | None, **rest: Any) -> tuple[Any, ...]:
    return ("returned", at, {"until": until, "reason": "请补正", **rest})


def extended(until: str, document: str = "*", at: str = "22 09:00:00", **rest: Any) -> tuple[Any, ...]:
    return ("extended", at, {"until": until, "document": document, "reason": "台风", **rest})
