"""The campaign as it lies on the disk: the ledgers, and how every unit stands.

Ledgers are kept by their file's name, size and time; the examination of the whole campaign (0.2 s for 22 units) by
those of every file below ``data``, and for a minute at most, because deadlines pass.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from build_tools.campaign import BrokenCampaign
from build_tools.checks import Examination, examine
from build_tools.ledger import Ledger
from build_tools.progress import CampaignProgress, assess
from build_tools.submissions import LEDGER, read_ledger
from build_tools.tree import Entry, WorkTree
from intake.answers import Refused
from intake.current import campaign, now
from intake.place import place

_FRESH = timedelta(minutes=1)
_BROKEN = "活动的数据有误，进度算不出来。收件不受影响，请维护人员运行 shenbao check 查看。"


def tree() -> WorkTree:
    """The folder the sites are built from, or before there is one the campaign's own."""
    built = place().tree
    return WorkTree(built if (built / "data").is_dir() else place().root)


def ledger_of(unit: str) -> Ledger:
    """The unit's ledger as known now; one without events where there is none or it cannot be read."""
    root = tree().root
    try:
        status = (root / LEDGER / f"{unit}.yml").stat()
    except OSError:
        return Ledger(unit)
    return _ledger(root, unit, status.st_mtime_ns, status.st_size).at(now())


@lru_cache(maxsize=8192)
def _ledger(root: Path, unit: str, _time: int, size: int) -> Ledger:
    path = f"{LEDGER}/{unit}.yml"
    read, _ = read_ledger(WorkTree(root), campaign(), Entry(path, "100644", size))
    return read or Ledger(unit)


@dataclass(frozen=True)
class State:
    """The campaign as examined at ``at``."""

    examination: Examination
    progress: CampaignProgress
    at: datetime


_lock = threading.Lock()
_held: dict[Path, tuple[int, State]] = {}


def state() -> State:
    """How every unit stands now; raises :class:`Refused` when the campaign cannot be read."""
    found = tree()
    with _lock:
        # The clock is read after the files: what they hold was written before, and is not taken for the future.
        mark, when = _fingerprint(found.root), now()
        known = _held.get(found.root)
        if known and known[0] == mark and timedelta() <= when - known[1].at < _FRESH:
            return known[1]
        try:
            examination = examine(found, when, campaign=campaign())
        except BrokenCampaign as broken:
            raise Refused(503, _BROKEN) from broken
        made = State(examination, assess(examination), when)
        _held.clear()
        _held[found.root] = mark, made
        return made


def _fingerprint(root: Path) -> int:
    """Of the names, sizes and times of every file below ``data``."""
    found = []
    waiting = [str(root / "data")]
    while waiting:
        with os.scandir(waiting.pop()) as scan:
            for child in scan:
                if child.is_dir(follow_symlinks=False):
                    waiting.append(child.path)
                else:
                    status = child.stat(follow_symlinks=False)
                    found.append((child.path, status.st_mtime_ns, status.st_size))
    return hash(tuple(sorted(found)))
