"""The fast way to read a plainly written file: no parser, a few line patterns.

Nearly every file is written as the templates show it: ``name: text``, ``name: |`` with an indented text
below, a list of such pairs, nothing clever. :func:`plain_value` reads exactly that in a fifth of libyaml's
time and gives up (``None``) at the first line it does not know, so that libyaml stays the only judge of
everything else. What it accepts, libyaml reads the same; ``tests/test_plain.py`` holds the two together.
"""

from __future__ import annotations

import re
from typing import Any

_CONSTANTS = {"true": True, "false": False, "null": None, "": None}
# What plain (not quoted) text is more than text.
_TYPED = re.compile(r"(?:true|false|null|0|-?[1-9][0-9]{0,18})?\Z")

_NAME = r"([A-Za-z_][A-Za-z0-9_-]{0,60}):"
# Text that cannot be anything but text: no indicator in front, no `: ` and no `#` inside, no blank at the end.
_SAFE = r"[^\s\-?:,\[\]{}#&*!|>'\"%@`][^:#]*(?::(?=[^ ])[^:#]*)*(?<! )"
_TEXT = re.compile(rf"{_SAFE}\Z")
_SIMPLE_PAIR = re.compile(rf"{_NAME} ({_SAFE})\Z")
# `name:` and, after blanks, what stands behind it up to the last visible character.
_PAIR = re.compile(rf"{_NAME}(?: +(\S|\S.*\S))?\Z")
_QUOTED = re.compile(r"\"([^\"\\]*)\"\Z|'([^']*)'\Z")
# `[one, two]`, each a word without any mark of YAML's.
_WORD = r"[^\s\-?:,\[\]{}#&*!|>'\"%@`][^:,\[\]{}#&*!|>'\"%@`]*"
_WORDS = re.compile(rf"\[(?:{_WORD}(?:, {_WORD})*)?\]\Z")
# How a plain word begins that may not be text.
_MAYBE_TYPED = frozenset("-0123456789" + "".join(word[:1] for word in _CONSTANTS))


class _Unknown(Exception):
    """A line that is not plain."""


def plain_value(text: str) -> dict[str, Any] | None:
    """The value of ``text`` (without control characters), or ``None`` when it is not plainly written."""
    if "\t" in text or "\r" in text or not text.endswith("\n"):
        return None
    lines = text.split("\n")
    lines[-1] = "!"  # ends every loop: no pattern knows it
    value: dict[str, Any] = {}
    try:
        if _pairs(lines, 0, "", value) != len(lines) - 1:
            return None
    except _Unknown:
        return None
    return value or None


def scalar(text: str) -> Any:
    """What plain (not quoted) ``text`` means."""
    if not _TYPED.match(text):
        return text
    return _CONSTANTS[text] if text in _CONSTANTS else int(text)


def _pairs(lines: list[str], at: int, margin: str, into: dict[str, Any]) -> int:
    """Read pairs that begin after ``margin``, from line ``at``; returns the first line behind them."""
    width = len(margin)
    while True:
        line = lines[at]
        if not line or line[0] == "#":
            at += 1
            continue
        if not line.startswith(margin):
            return at
        simple = _SIMPLE_PAIR.match(line, width)
        match = simple or _PAIR.match(line, width)
        if match is None:
            return at
        name, rest = match.groups()
        if name in into:
            raise _Unknown
        at += 1
        if simple:
            into[name] = scalar(rest) if rest[0] in _MAYBE_TYPED else rest
        elif rest is None:
            into[name], at = _below(lines, at) if not width else (None, at)
        elif rest == "|":
            into[name], at = _block(lines, at, width)
        else:
            into[name] = _inline(rest)


def _below(lines: list[str], at: int) -> tuple[Any, int]:
    """What stands below a name with nothing behind it: a list, or nothing."""
    start = at
    while not lines[at] or lines[at][0] == "#":
        at += 1
    if not lines[at].startswith("  - "):
        return None, start
    entries: list[Any] = []
    while True:
        line = lines[at]
        if not line or line[0] == "#":
            at += 1
        elif not line.startswith("  - "):
            return entries, at
        elif _PAIR.match(line, 4):
            entry: dict[str, Any] = {}
            lines[at] = "    " + line[4:]
            at = _pairs(lines, at, "    ", entry)
            entries.append(entry)
        else:
            entries.append(_inline(line[4:]))
            at += 1


def _block(lines: list[str], at: int, width: int) -> tuple[str, int]:
    """The text below ``name: |``, where the name stands ``width`` columns in."""
    first = lines[at]
    indent = len(first) - len(first.lstrip(" "))
    if indent <= width:
        raise _Unknown
    margin = first[:indent]
    taken: list[str] = []
    while True:
        line = lines[at]
        if line.startswith(margin):
            content = line[indent:]
            if not content.strip(" "):
                raise _Unknown
            taken.append(content)
        elif not line:
            taken.append("")
        else:
            break
        at += 1
    while not taken[-1]:
        taken.pop()
    return "\n".join(taken) + "\n", at


def _inline(rest: str) -> Any:
    """The value of what stands behind a name on its own line."""
    if _TEXT.match(rest):
        return scalar(rest)
    if quoted := _QUOTED.match(rest):
        return quoted[1] if quoted[1] is not None else quoted[2]
    if _WORDS.match(rest):
        return [scalar(word.strip(" ")) for word in rest[1:-1].split(",")] if len(rest) > 2 else []
    raise _Unknown
