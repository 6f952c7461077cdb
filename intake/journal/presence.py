"""Whether there is a journal at all: looked up without making one."""

from __future__ import annotations

from django.db import connection

from intake.journal.models import Submission
from intake.place import place


def is_there() -> bool:
    """Whether this place holds a service's data; raises Django's ``Error`` for a database that cannot be asked.

    SQLite would make the file it is asked to open, so the disk is asked first.
    """
    here = place()
    if not here.var.is_dir() or (connection.vendor == "sqlite" and not here.database.is_file()):
        return False
    return Submission._meta.db_table in connection.introspection.table_names()
