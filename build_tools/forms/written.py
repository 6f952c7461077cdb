"""A document as canonical YAML: what the form pages download and ``shenbao import`` stores.

The same value gives the same bytes, here and in ``web/src/yaml/write.ts``; a test holds the two together. What is
written reads back (``source.parse``) as the same value, as long as its texts hold none of the characters that no
file may hold: those are written as they are, so that the reader names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from build_tools.campaign import Item
from build_tools.schema import Schema
from build_tools.source.rules import FORBIDDEN

NOTES = "notes"
STRAY = "表中没有的栏目"

_BLANK = "\t \u00a0\u1680\u2000-\u200b\u202f\u205f\u3000"
# Text that nobody takes for anything but text: no indicator in front, no `: ` and no `#` inside, no blank at an end.
_PLAIN = re.compile(
    rf"(?!\.\.\.|[{_BLANK}\-?,\[\]{{}}&*!|>'\"%@`~<=])[^:#\x00-\x1f]+(?::(?! )[^:#\x00-\x1f]+)*(?<![{_BLANK}])\Z"
)
_TYPED = re.compile(r"(?:true|false|null|0|-?[1-9][0-9]*)\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
# How JavaScript takes a name for a number: such names come first in its objects, in their order.
_INDEX = re.compile(r"(?:0|[1-9][0-9]{0,9})\Z")
_NO_INDEX = 2**32 - 1
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def written(item: Item, value: dict[str, Any]) -> str:
    """The file of a document of ``item`` that says ``value``: plain values as :func:`build_tools.source.parse` gives
    them. Its fields stand in the form's order below their titles, and ``notes`` last."""
    lines = _lines(f"{item.form}（{item.clause}）", item.schema, value)
    return _SURROGATE.sub("\ufffd", "\n".join(lines) + "\n")


def _lines(head: str, schema: Schema, value: dict[str, Any]) -> Iterator[str]:
    yield _remark(head)
    known = schema.root.get("properties", {})
    for key in sorted(known, key=lambda key: key == NOTES):
        if key not in value:
            continue
        if key == NOTES:
            yield from _stray(schema, value)
        field = schema.resolve(known[key])
        unit = f"（{field['x-unit']}）" if field.get("x-unit") else ""
        yield _remark(f"{field.get('title') or key}{unit}")
        yield from _pair(schema, field, key, value[key], "")
    if NOTES not in known or NOTES not in value:
        yield from _stray(schema, value)
    if not value:
        yield "{}"


def _remark(text: str) -> str:
    return "# " + _CONTROL.sub(" ", text)


def _stray(schema: Schema, value: dict[str, Any]) -> Iterator[str]:
    """The fields that the schema does not know, in their own order."""
    stray = _unknown(schema.root, value)
    if stray:
        yield _remark(STRAY)
    for key in stray:
        yield from _pair(schema, {}, key, value[key], "")


def _unknown(field: dict[str, Any], value: dict[str, Any]) -> list[str]:
    return sorted((key for key in value if key not in field.get("properties", {})), key=_place)


def _place(key: str) -> int:
    """Where JavaScript puts a name that it takes for a number; behind all of them for any other name."""
    return min(int(key), _NO_INDEX) if _INDEX.match(key) else _NO_INDEX


def _pair(schema: Schema, field: dict[str, Any], key: str, value: Any, margin: str) -> Iterator[str]:
    """The lines of ``key`` and its ``value``, which ``field`` describes, behind ``margin``."""
    yield from _behind(schema, field, f"{margin}{_text(key)}:", value, margin + "  ")


def _behind(schema: Schema, field: dict[str, Any], start: str, value: Any, margin: str) -> Iterator[str]:
    """``value`` behind ``start`` on its line, and what does not fit there on lines behind ``margin``."""
    if isinstance(value, dict | list):
        if not value:
            yield f"{start} {{}}" if isinstance(value, dict) else f"{start} []"
            return
        yield start
        yield from _below(schema, field, value, margin)
    elif isinstance(value, str) and ("\n" in value or field.get("x-long") is True) and _fits_block(value):
        first = next(line for line in value.split("\n") if line)
        indent = "2" if first[0] in " \t" else ""
        body = value.rstrip("\n")
        end = {0: "-", 1: ""}.get(len(value) - len(body), "+")
        yield f"{start} |{indent}{end}"
        yield from (margin + line if line else "" for line in body.split("\n"))
        yield from [""] * (len(value) - len(body) - 1)
    else:
        said = _scalar(value)
        yield f"{start} {said}" if said else start


def _below(schema: Schema, field: dict[str, Any], value: Any, margin: str) -> Iterator[str]:
    """The entries of a list or a mapping that is not empty."""
    if isinstance(value, dict):
        known = field.get("properties", {})
        for key in [*(key for key in known if key in value), *_unknown(field, value)]:
            more = known.get(key, field.get("additionalProperties"))
            yield from _pair(schema, schema.resolve(more), key, value[key], margin)
        return
    items = schema.resolve(field.get("items"))
    for entry in value:
        if isinstance(entry, dict | list) and entry:
            below = _below(schema, items, entry, margin + "  ")
            yield f"{margin}- {next(below)[len(margin) + 2 :]}"
            yield from below
        else:
            yield from _behind(schema, items, f"{margin}-", entry, margin + "  ")


def _scalar(value: Any) -> str:
    """A value on one line; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else str(value)


def _text(text: str) -> str:
    """Text on one line, in quotation marks where it could be taken for something else."""
    if _PLAIN.match(text) and not _TYPED.match(text) and not FORBIDDEN.search(text):
        return text
    return f'"{FORBIDDEN.sub(_escaped, text.translate(_ESCAPES))}"'


def _escaped(found: re.Match[str]) -> str:
    """A character that may not stand in a file, so that the file can be read and the checks can name it."""
    return f"\\u{ord(found[0]):04x}"


def _fits_block(text: str) -> bool:
    """Whether ``|`` can hold ``text`` exactly."""
    lines = text.rstrip("\n").split("\n")
    return "\r" not in text and not FORBIDDEN.search(text) and lines[-1].strip(" \t") != ""
