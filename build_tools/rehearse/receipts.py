"""The ledger of an invented unit: everything received in time, and then what the office did with it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from build_tools import ledger

_ZONE = timezone(timedelta(hours=8))
OPENED = datetime(2012, 8, 17, 9, 0, tzinfo=_ZONE)
CLERK = "示例收文员"
"""Who writes an invented ledger."""
WINDOW = "收文窗口"
"""Who stamps the time of receipt."""


class Sent(NamedTuple):
    """A document as the office received it; ``seal`` only where paper is owed."""

    document: str
    data: bytes
    seal: str = ""


def events(slug: str, seed: int, sent: Sequence[Sent], state: int) -> list[dict[str, Any]]:
    """The chained events of one unit.

    ``state`` chooses its story: 0 accepted with its paper, 1 received and waiting, 2 received with a
    part of its paper, 3 returned and corrected, 4 received within an extension.
    """
    at = OPENED + timedelta(minutes=int(hashlib.sha256(slug.encode()).hexdigest(), 16) % 6000)
    if state == 4:
        at = datetime(2012, 8, 23, 8, 30, tzinfo=_ZONE)
    written: list[dict[str, Any]] = []

    def add(kind: str, document: str, **rest: Any) -> None:
        nonlocal at, written
        at += timedelta(seconds=7)
        event = {"at": at.isoformat(), "kind": kind, "document": document, "by": [CLERK], **rest}
        written = ledger.append(written, event, nonce=nonce(seed, slug, len(written)))

    if state == 4:
        at = datetime(2012, 8, 22, 16, 0, tzinfo=_ZONE)
        until = "2012-08-24T18:00:00+08:00"
        names = ["示例批准人甲", "示例批准人乙"]
        add("extended", "*", by=names, reason="示例原因：演练中的台风停工", until=until)
        at = datetime(2012, 8, 23, 8, 30, tzinfo=_ZONE)
    for number, (document, data, seal) in enumerate(sent):
        digest = ledger.digest(data)
        if state == 3 and number == 0:
            add("received", document, digest=ledger.digest(data + b"\n"), source=WINDOW)
            add("returned", document, reason="示例原因：请补正标题", until="2012-08-25T18:00:00+08:00")
        add("received", document, digest=digest, source=WINDOW)
        if state in (0, 3):
            add("accepted", document, digest=digest)
        if seal and state in (0, 2, 3):
            add("paper", document, copies=1 if state == 2 else 3, seals=[] if state == 2 else [seal])
    return written


def nonce(seed: int, slug: str, index: int) -> str:
    """The fixed nonce of one event."""
    return hashlib.sha256(f"{seed}/{slug}/{index}".encode()).hexdigest()[:32]
