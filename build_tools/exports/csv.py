"""CSV as Excel and WPS open it: UTF-8 with a byte order mark, CRLF, and no cell that runs as a formula."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from build_tools.exports.tables import Table, Value

RUNS = tuple("=+-@\t\r\n＝＋－＠")
"""A text that begins with one of these is a formula to some spreadsheet (OWASP, CSV injection)."""


def as_csv(table: Table) -> bytes:
    """The table with its headings; its notes follow in the first column after an empty line."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(heading) for heading in table.columns])
    writer.writerows([cell(value) for value in row] for row in table.rows)
    if table.notes:
        writer.writerow([])
        writer.writerows([cell(note)] for note in table.notes)
    return text.getvalue().encode("utf-8-sig")


def cell(value: Value) -> str:
    """One cell: numbers as numbers, text that would run as a formula behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(RUNS) else value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value)
