"""The worker's heartbeat: a small file that says when it was last at work, and with what success.

By the machine's own clock and not the campaign's: a demo's clock may stand still.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass

from intake.place import place

SEEN_LATELY = 120.0
"""Seconds after which a worker that was not seen is missing: its longest round is shorter."""

_EVERY = 3.0


@dataclass(frozen=True)
class Beat:
    """``at`` in seconds since 1970; ``failures``: rounds in a row that failed; ``builds`` and ``failed_builds`` since the
    worker's start."""

    at: float
    pid: int
    failures: int = 0
    builds: int = 0
    failed_builds: int = 0

    @property
    def age(self) -> float:
        """Seconds since; none for a clock that was set back."""
        return max(0.0, time.time() - self.at)


class Heart:
    """Writes the file, every few seconds at most."""

    def __init__(self) -> None:
        self._next = 0.0
        self._failures = 0

    def beat(self, *, failed: bool, builds: int = 0, failed_builds: int = 0) -> None:
        """A round has ended. A disk that is full must not stop the worker, and is seen by what does not come."""
        first = failed and not self._failures
        self._failures = self._failures + 1 if failed else 0
        if time.monotonic() < self._next and not first:
            return
        self._next = time.monotonic() + _EVERY
        told = Beat(time.time(), os.getpid(), self._failures, builds, failed_builds)
        passing = place().var / ".worker.json"
        with suppress(OSError):
            passing.write_text(json.dumps(asdict(told)) + "\n", encoding="ascii")
            passing.replace(place().var / "worker.json")


def last_beat() -> Beat | None:
    """What the worker wrote last; ``None`` when there is nothing to be read."""
    with suppress(OSError, ValueError, TypeError):
        return Beat(**json.loads((place().var / "worker.json").read_text(encoding="ascii")))
    return None
