"""One writer after another: into the embedded database as a whole, elsewhere into the chain of each unit."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Model

from intake.place import place

_AT_ONCE = 25


@contextmanager
def turn() -> Iterator[None]:
    """Wait for this process's turn to write into the embedded database; other databases order their writers themselves.

    SQLite lets those who wait look again every now and then; the kernel wakes the next at once.
    """
    if connection.vendor != "sqlite":
        yield
        return
    handle = os.open(place().var / "journal.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def alone(unit: str) -> None:
    """In a transaction: let no other one add to the chain of ``unit`` until this one ends, from whichever host.

    SQLite has one writer at a time anyway. PostgreSQL reads what was committed before each query, so whoever had to
    wait here sees what the one before wrote.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"chain of {unit}"])


def save_all(lines: Sequence[Model], *fields: str) -> None:
    """Save ``fields`` of ``lines``, a few in each transaction: whoever submits waits for no more than one of these.

    For what is found and done again when it was cut off in between.
    """
    for start in range(0, len(lines), _AT_ONCE):
        with turn(), transaction.atomic():
            for line in lines[start : start + _AT_ONCE]:
                line.save(update_fields=fields)
