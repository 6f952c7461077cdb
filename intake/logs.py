"""Structured logs: one JSON object a line, of known fields only, so that no private value can get in."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any

FIELDS = (
    "action",
    "unit",
    "document",
    "number",
    "status",
    "method",
    "path",
    "milliseconds",
    "count",
    "account",
    "seconds",
)
"""What a line may hold beside time, level and event: names of things, never what somebody wrote. ``account``: its number."""


_PLACES = re.compile(r"%(\(\w+\))?[a-z]|\{\w*\}")


def _event(record: logging.LogRecord) -> str:
    """A word of ours; of what Django logs, whose words hold addresses, only that it failed; of what others say the
    fixed words, without what they put into them."""
    if record.name.startswith("django"):
        return "request failed"
    return _PLACES.sub("…", record.msg) if isinstance(record.msg, str) else type(record.msg).__name__


class Line(logging.Formatter):
    """An event as JSON. The message is a fixed word of ours; of an error its type and its place in the program."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": _event(record),
        }
        told |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            frames = extract_tb(record.exc_info[2])
            where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[-3:]]
            told |= {"error": record.exc_info[0].__name__, "where": where}
        return json.dumps(told, ensure_ascii=False)
