"""What counts as an answer: a text that must not be empty needs a word, not only blanks and marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from build_tools.campaign import Item
from build_tools.checks.rule import breach
from build_tools.findings import Finding, Pointer
from build_tools.schema import Schema
from build_tools.schema.rules import MISSING
from build_tools.submissions import Document
from build_tools.wordcount import HAN

# A letter or digit of any script; characters of private use.
WORD = re.compile(rf"[^\W_]|[{HAN}\ue000-\uf8ff\U000f0000-\U0010ffff]")


def leaves(value: Any, pointer: Pointer = ()) -> Iterator[tuple[Pointer, str]]:
    """Every text in ``value`` with its place."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, (*pointer, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from leaves(part, (*pointer, index))


def unanswered(document: Document, item: Item) -> Iterator[Finding]:
    """A finding for each text that must not be empty and holds no word."""
    if all(map(WORD.search, document.texts())):
        return
    for pointer, text in leaves(document.value):
        if not WORD.search(text) and _must_be_answered(item.schema, pointer):
            key = pointer[-1] if pointer else ""
            how = MISSING.phrase("no_word")
            yield breach(MISSING, document, item, pointer, key=True, how=how, field=key)


def answered(document: Document) -> frozenset[str]:
    """The fields whose warnings the unit explained in words."""
    notes = document.notes.items()
    return frozenset(field for field, note in notes if isinstance(note, str) and WORD.search(note))


def _must_be_answered(schema: Schema, pointer: Pointer) -> bool:
    wanted = schema.at(pointer)
    if "enum" in wanted or "const" in wanted:
        return False
    required = schema.at(pointer[:-1]).get("required", ())
    return wanted.get("minLength", 0) > 0 or pointer[-1:] in [(name,) for name in required]
