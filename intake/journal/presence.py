"""Whether there is a journal at all: looked up without making one. Both raise Django's ``Error`` for a database that cannot be
asked."""

from __future__ import annotations

from django.db import connection

from intake.place import place


def is_there() -> bool:
    """Whether this place holds a service's data."""
    return "journal_submission" in _tables()


def is_complete() -> bool:
    """Whether ``migrate`` has made every table: it makes one after the other."""
    return _tables() >= set(connection.introspection.django_table_names())


def _tables() -> set[str]:
    """The tables of the database. SQLite makes the file that it is asked to open, so before that the disk is asked."""
    here = place()
    unmade = connection.vendor == "sqlite" and connection.connection is None and not here.database.is_file()
    return set() if unmade or not here.var.is_dir() else set(connection.introspection.table_names())
