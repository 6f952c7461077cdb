"""A stored value as the paper shows it: ``1970-05`` as ``1970.05``, a career as lines, nothing as nothing."""

from __future__ import annotations

import re
from typing import Any

from build_tools.schema import EACH, Schema

_MONTHS = frozenset({"month", "month-or-present"})
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufeff]")
"""What no paper holds and neither XML, PDF nor a font knows what to do with: control characters and the mark of a
byte order. A tab is a space."""

_TRUTH = {True: "是", False: "否"}


def on_paper(schema: Schema, pointer: tuple[str, ...], value: Any) -> str:
    """``value`` of the field at ``pointer`` as text; several lines are parted by line breaks."""
    if value is None:
        return ""
    if isinstance(value, list):
        entries = (_entry(schema, (*pointer, EACH), entry) for entry in value)
        return "\n".join(entry for entry in entries if entry)
    if isinstance(value, dict):
        return _entry(schema, pointer, value)
    if isinstance(value, bool):
        return _TRUTH[value]
    text = _CONTROL.sub(lambda found: " " if found[0] == "\t" else "", str(value))
    if schema.at(pointer).get("format") in _MONTHS:
        return text.replace("-", ".")
    return text.strip("\n")


def _entry(schema: Schema, pointer: tuple[str, ...], value: Any) -> str:
    """An entry of a list on one line, in the schema's order; two neighbouring months are joined by a dash: ``1992.07—至今``."""
    if not isinstance(value, dict):
        return on_paper(schema, pointer, value)
    line, before = "", False
    for key in dict.fromkeys((*schema.at(pointer).get("properties", ()), *value)):
        shown = on_paper(schema, (*pointer, key), value.get(key))
        if not shown:
            continue
        month = schema.at((*pointer, key)).get("format") in _MONTHS
        mark = "" if not line else "—" if before and month else " "
        line, before = line + mark + shown, month
    return line
