"""The database as one file: SQLite by its own online copy, PostgreSQL by ``pg_dump`` and ``pg_restore``."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from django.db import connection

from intake.journal.turn import turn
from intake.keeping.shape import DATABASES

_TOLD = {
    "dbname": "PGDATABASE",
    "host": "PGHOST",
    "password": "PGPASSWORD",
    "port": "PGPORT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "user": "PGUSER",
}


_PATIENCE = 60.0
"""Seconds in which somebody else may hold the database locked."""


class NotCopied(Exception):
    """The database could not be copied or filled; a Chinese sentence."""


def copy(folder: Path) -> Path:
    """Copy the database into ``folder`` as it is at one moment; raises :class:`NotCopied`."""
    out = folder / DATABASES[connection.vendor]
    os.close(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if connection.vendor == "postgresql":
        _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={out}")
        return out
    connection.ensure_connection()
    limit = time.monotonic() + _PATIENCE

    def still_waiting(_status: int, _remaining: int, _total: int) -> None:
        if time.monotonic() > limit:
            raise sqlite3.OperationalError("locked")

    try:
        with turn(), closing(sqlite3.connect(out)) as target:
            connection.connection.backup(target, progress=still_waiting)
    except sqlite3.Error as error:
        raise NotCopied("数据库读不出来，没有备份。请检查磁盘，再试一次。") from error
    return out


def expect_empty() -> None:
    """Raises :class:`NotCopied` for a database that holds something, and Django's ``Error`` for one that cannot be asked."""
    if connection.introspection.table_names():
        raise NotCopied("SHENBAO_DATABASE_URL 所指的数据库不是空的，没有恢复。请新建一个空的数据库。")


def fill(dump: Path) -> None:
    """Fill the PostgreSQL database from ``dump``; raises :class:`NotCopied` where that is not possible, or it is not empty."""
    expect_empty()
    connection.close()
    _run(
        "pg_restore",
        "--no-owner",
        "--no-acl",
        "--exit-on-error",
        "--single-transaction",
        "--dbname=",
        str(dump),
    )


def _run(command: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own commands; what it says may hold values, so only its name is told."""
    params = connection.get_connection_params()
    told = {name: str(params[key]) for key, name in _TOLD.items() if params.get(key)}
    arguments = tuple(f"--dbname={told['PGDATABASE']}" if word == "--dbname=" else word for word in arguments)
    try:
        done = subprocess.run(
            [command, *arguments], env={**os.environ, **told}, stdin=subprocess.DEVNULL, capture_output=True,
            check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise NotCopied(f"没有找到 {command}，请安装 postgresql-client。") from error
    if done.returncode:
        raise NotCopied(
            f"{command} 没有成功。请核对 SHENBAO_DATABASE_URL，{command} 的版本不能低于数据库的版本。"
        )
