"""The bodies of submissions on the disk, exactly as they came: the first thing that is safe, and never removed once
there is a line of the journal that names it."""

from __future__ import annotations

import json
import os
import secrets
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from intake.place import place

_HOUR = 3600.0


def put(body: bytes, received: datetime) -> str:
    """Store ``body``; gives its name. On return it survives a power cut. Raises :class:`OSError`."""
    day = place().spool / f"{received:%Y%m%d}"
    if not day.is_dir():
        day.mkdir(exist_ok=True, mode=0o700)
        _settle(day.parent)
    name = f"{received:%H%M%S}-{secrets.token_hex(12)}.json"
    passing = day / f".{name}.tmp"
    try:
        with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        passing.rename(day / name)
    except OSError:
        passing.unlink(missing_ok=True)
        raise
    _settle(day)
    return f"{day.name}/{name}"


def drop(name: str) -> None:
    """Remove a body that certainly no line names: the same one is kept under another name."""
    with suppress(OSError):
        (place().spool / name).unlink()


def clear_unfinished() -> None:
    """Remove what a process that was killed while it wrote left behind, an hour later."""
    limit = time.time() - _HOUR
    for passing in place().spool.glob("*/.*.tmp"):
        with suppress(OSError):
            if passing.stat().st_mtime < limit:
                passing.unlink()


def body(name: str) -> bytes:
    """What was stored under ``name``; raises :class:`OSError`."""
    return (place().spool / name).read_bytes()


def document(name: str) -> bytes:
    """The document in the body called ``name``: the bytes of its YAML file."""
    told: dict[str, Any] = json.loads(body(name))
    return str(told["yaml"]).encode()


def _settle(folder: Path) -> None:
    """Make sure that what was put into ``folder`` is still there after a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
