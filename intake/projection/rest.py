"""The moment between two rounds of the worker, when git holds exactly what the journal says it holds."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from intake.place import place


@contextmanager
def at_rest() -> Iterator[None]:
    """Let no round of the worker run meanwhile, and wait for one that runs. Whoever submits does not wait.

    There are two locks because the kernel's is not fair: who waits holds the first, so that a busy worker cannot
    take the second again and again.
    """
    queue, turn = (_open(name) for name in ("rest.queue", "rest.lock"))
    try:
        fcntl.flock(queue, fcntl.LOCK_EX)
        fcntl.flock(turn, fcntl.LOCK_EX)
        fcntl.flock(queue, fcntl.LOCK_UN)
        yield
    finally:
        os.close(turn)
        os.close(queue)


def _open(name: str) -> int:
    return os.open(place().var / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
