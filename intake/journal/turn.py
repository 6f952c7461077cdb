"""One writer after another. SQLite lets those who wait look again every now and then; the kernel wakes the next at once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from intake.place import place


@contextmanager
def turn() -> Iterator[None]:
    """Wait for this process's turn to write into the embedded database; other databases order their writers themselves."""
    if connection.vendor != "sqlite":
        yield
        return
    handle = os.open(place().var / "journal.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
