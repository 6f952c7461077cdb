"""The ledger as text: a whole file, or events added behind the ones that are there, which stay byte for byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from build_tools.source import OFFICE_MAX_BYTES, parse

_PLAIN = re.compile(
    r"[A-Za-z0-9\u3400-\u9fff](?:[A-Za-z0-9\u3400-\u9fff_.+（），、。：；“”《》-]|:(?=[^\s,\]]))*"
)
_TYPED = re.compile(r"true|false|null|0|[1-9][0-9]*")
_HEAD = "# 由程序写入，不手工编辑\n"
_ENTRY = re.compile(r"^( *)- ", re.MULTILINE)


def ledger_text(unit: str, events: Sequence[dict[str, Any]], head: str = "") -> str:
    """A ledger file that holds ``events`` as they are stored; ``head`` are lines of remarks above it."""
    empty = "" if events else " []"
    return f"{head}unit: {unit}\nevents:{empty}\n{_entries(events, '  ')}"


def extended_text(
    unit: str, data: bytes, before: Sequence[dict[str, Any]], added: Sequence[dict[str, Any]]
) -> bytes:
    """The file ``data``, which holds the events ``before``, with ``added`` behind them.

    What is there stays byte for byte where the events stand in blocks at the end of it. Where they do not (flow
    style, an empty list, no file yet) the file is written anew, with the remarks at its top.
    """
    text = data.decode("utf-8-sig")
    ending = "\r\n" if "\r\n" in text else "\n"
    entry = _ENTRY.search(text)
    if before and entry:
        start = data if text.endswith("\n") else data + ending.encode()
        grown = start + _entries(added, entry[1]).replace("\n", ending).encode()
        if parse("", grown, OFFICE_MAX_BYTES).value == {"unit": unit, "events": [*before, *added]}:
            return grown
    remarks = re.match(r"(?:#[^\n]*\n)*", text.replace("\r\n", "\n"))
    head = remarks[0] if remarks and text else _HEAD
    return ledger_text(unit, [*before, *added], head).encode()


def _entries(events: Sequence[dict[str, Any]], indent: str) -> str:
    lines = []
    for event in events:
        mark = f"{indent}- "
        for key, value in event.items():
            lines.append(f"{mark}{key}: {_value(value)}\n")
            mark = f"{indent}  "
    return "".join(lines)


def _value(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"[{', '.join(_value(entry) for entry in value)}]"
    return str(value) if isinstance(value, int) else _word(value)


def _word(text: str) -> str:
    if _PLAIN.fullmatch(text) and not _TYPED.fullmatch(text):
        return text
    return "'" + text.replace("'", "''") + "'"
