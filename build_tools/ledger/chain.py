"""The chain that makes a change to the ledger visible.

Each event carries a random nonce and the hash of the event before it; its own hash is the SHA-256 of the
canonical JSON (sorted keys, no blanks, UTF-8) of everything else in it. A changed, dropped or re-ordered event
breaks the chain at a place that can be named. Whoever computes every hash anew leaves no trace in the file
itself: that is seen against an older version of it only (:func:`first_change`, :func:`rewritten`).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from build_tools.source import OFFICE_MAX_BYTES, parse

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


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


def first_change(older: Sequence[Any], newer: Sequence[Any]) -> int | None:
    """The index of the first event of ``older`` that ``newer`` holds otherwise or not at all; ``None``: all stand."""
    for index, event in enumerate(older):
        if index >= len(newer) or newer[index] != event:
            return index
    return None


class Rewrite(NamedTuple):
    """Where a version of a ledger stopped being the beginning of what came after: the commit, and the index of the
    first event that is not as it was."""

    commit: str
    event: int


def rewritten(versions: Iterable[tuple[str, bytes]]) -> Rewrite | None:
    """The rewrite that the last of ``versions`` still stands on; ``None`` when nothing that was written is lost.

    ``versions`` are ``(commit, bytes of the file)``, oldest first, the present one, whose chain is sound, last;
    no bytes stand for a file that is not there. What later versions put right by restoring every event is
    forgiven: that is how a rewrite is mended.
    """
    written, lengths = b"", [0]
    rewrite: Rewrite | None = None
    for commit, data in versions:
        # A sound file that begins with the bytes of a sound one begins with its events: nothing can be put
        # behind a hash that leaves it as it was. So only what was not merely added to has to be read.
        if data.startswith(written):
            written, rewrite = data, None
            lengths.append(len(data))
            continue
        before, length = _last_sound(written, lengths)
        events = _events(data)
        change = 0 if events is None else first_change(before, events)
        if events is not None and change is None and first_broken(events) is None:
            written, lengths, rewrite = data, [len(data)], None
        else:
            written, lengths = written[:length], [length]
            rewrite = rewrite or Rewrite(commit, len(before) if change is None else change)
    return rewrite


def _last_sound(data: bytes, lengths: Sequence[int]) -> tuple[list[Any], int]:
    """The events of the longest beginning of ``data``, among ``lengths``, whose chain holds, and that length."""
    for length in reversed(lengths):
        events = _events(data[:length])
        if events is not None and first_broken(events) is None:
            return events, length
    return [], 0


def _events(data: bytes) -> list[dict[str, Any]] | None:
    """The events in the bytes of a ledger, none in no bytes; ``None`` when it cannot be read."""
    if not data:
        return []
    value = parse("", data, OFFICE_MAX_BYTES).value
    events = value.get("events") if isinstance(value, dict) else None
    sound = isinstance(events, list) and all(isinstance(event, dict) for event in events)
    return events if sound else None
