"""Which control a field gets: told by its types and annotations, never by its name."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

from build_tools.schema import Schema, types_of, written_types

RADIOS = 4
"""As many choices stand side by side; more go into a list that unfolds."""

_FRACTION = ("1.5", "1.50", "0.5", "0.50")


class Kind(StrEnum):
    """What a field's ``data-kind`` says to the script."""

    TEXT = "text"
    LONG = "long"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONTH = "month"
    PRESENT = "present"
    CHOICE = "choice"
    SELECT = "select"
    BOOLEAN = "boolean"
    PHOTO = "photo"
    ATTACHMENT = "attachment"
    DOCUMENT = "document"
    ROWS = "rows"
    KEPT = "kept"

    @property
    def is_group(self) -> bool:
        """Whether it has several controls, which a fieldset holds together."""
        return self in (Kind.CHOICE, Kind.BOOLEAN, Kind.ROWS)


_FORMATS = {
    "month": Kind.MONTH,
    "month-or-present": Kind.PRESENT,
    "photo": Kind.PHOTO,
    "attachment": Kind.ATTACHMENT,
    "document": Kind.DOCUMENT,
}


def kind_of(schema: Schema, part: dict[str, Any]) -> Kind:
    """The kind of the field that the resolved sub-schema ``part`` governs."""
    types = types_of(part) - {"null"}
    if "enum" in part or "const" in part:
        return _listed(part)
    if types == {"string"}:
        kind = _FORMATS.get(str(part.get("format")))
        return kind or (Kind.LONG if part.get("x-long") else Kind.TEXT)
    if types and types <= {"integer", "number", "string"}:
        return _number(part, types)
    if types == {"boolean"}:
        return Kind.BOOLEAN
    if types == {"array"} and row_of(schema, part) is not None:
        return Kind.ROWS
    return Kind.KEPT


def choices_of(part: dict[str, Any]) -> tuple[Any, ...]:
    """The values that ``enum`` or ``const`` lists, null left out: an empty field stands for it."""
    listed = (
        part["enum"] if isinstance(part.get("enum"), list) else [part["const"]] if "const" in part else []
    )
    return tuple(value for value in listed if value is not None)


def row_of(schema: Schema, part: dict[str, Any]) -> dict[str, Any] | None:
    """The resolved sub-schema of a list's entries; ``None`` where they cannot be filled in row by row.

    An entry is a mapping with named fields, or a single value; no list or mapping stands in a row.
    """
    items = part.get("items")
    if not isinstance(items, dict) or "prefixItems" in part:
        return None
    entry = schema.resolve(items)
    if types_of(entry) - {"null"} == {"object"}:
        named = entry.get("properties")
        # {i} stands for a row's number in the template of a row.
        return entry if isinstance(named, dict) and named and not any("{" in name for name in named) else None
    return None if kind_of(schema, entry) in (Kind.ROWS, Kind.KEPT) else entry


def written(value: Any) -> str:
    """A listed value as the control's ``value`` has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(part: dict[str, Any]) -> Kind:
    values = choices_of(part)
    texts = {written(value) for value in values}
    simple = all(isinstance(value, str | bool | int) and value != "" for value in values)
    if not values or not simple or len(texts) < len(values):
        return Kind.KEPT
    if all(isinstance(value, bool) for value in values):
        return Kind.BOOLEAN
    if "enum" not in part and not isinstance(part["const"], str):
        return Kind.INTEGER
    return Kind.CHOICE if len(values) <= RADIOS else Kind.SELECT


def _number(part: dict[str, Any], types: frozenset[str]) -> Kind:
    """Whole numbers, unless there may be text beside them that is more than a single word for 'not applicable'."""
    if "string" not in types:
        return Kind.INTEGER
    pattern = part.get("pattern")
    fraction = isinstance(pattern, str) and any(re.search(pattern, text) for text in _FRACTION)
    return Kind.INTEGER if part.get("x-not-applicable") and not fraction else Kind.DECIMAL


def is_nullable(part: dict[str, Any]) -> bool:
    """Whether the field may be left empty although its name has to be there."""
    listed = part.get("enum")
    if isinstance(listed, list):
        return None in listed and "null" in (written_types(part) or {"null"})
    return "null" in types_of(part)
