"""A field as the entry templates draw it: worked out once from the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from build_tools.campaign import Campaign, Item
from build_tools.campaign.forms import NOT_ON_PAPER
from build_tools.checks.ethnicities import ETHNICITIES
from build_tools.forms.web.kinds import Kind, choices_of, is_nullable, kind_of, row_of, written
from build_tools.schema import EACH, Schema
from build_tools.schema.schema import Pattern

NUMBER = "{i}"
"""Stands in names and ids of a row's fields for the row's number, counted from 0."""

SUGGESTIONS = 3
"""As many examples are a list to choose from; fewer show how it is written."""

_PHOTO_TYPES = "image/jpeg,image/png"
_KEYBOARDS = {
    Kind.INTEGER: "numeric",
    Kind.DECIMAL: "decimal",
    Kind.MONTH: "numeric",
    Kind.PRESENT: "numeric",
}
_TRUTH = {True: "是", False: "否"}
_UNFIT = re.compile(r"[^A-Za-z0-9_]")


@dataclass(frozen=True)
class Choice:
    """A value that may be chosen, as the control holds it, and the word for it."""

    value: str
    label: str


@dataclass(frozen=True)
class Input:
    """One field of the form, or of a row.

    ``key`` is its name in the mapping around it (empty for an entry that is a single value), ``name`` its JSON pointer
    without the first slash, ``id`` the end of its ids (``f-``, ``h-``, ``e-`` and others stand before it).
    ``duty`` is 必填 or what an empty field means; ``unit_printed``: the words behind it begin with its unit.
    ``columns`` are the fields of a row.
    """

    kind: Kind
    key: str
    name: str
    id: str
    label: str
    required: bool
    duty: str
    help: tuple[str, ...] = ()
    unit: str = ""
    unit_printed: bool = False
    choices: tuple[Choice, ...] = ()
    list_id: str = ""
    suggestions: tuple[str, ...] = ()
    keyboard: str = ""
    accept: str = ""
    not_applicable: bool = False
    max_words: int = 0
    least: int = 0
    most: int = 0
    columns: tuple[Input, ...] = ()
    topics: tuple[str, ...] = ()


class Fields:
    """Makes the inputs of one item's schema."""

    def __init__(self, campaign: Campaign, item: Item) -> None:
        self._campaign = campaign
        self._item = item
        self._schema: Schema = item.schema

    def top(self) -> tuple[str, ...]:
        """The fields of the document that are filled in, in the schema's order."""
        return tuple(key for key in self._schema.root.get("properties", {}) if key not in NOT_ON_PAPER)

    def field(self, key: str) -> Input:
        """The field of the document called ``key``."""
        return self._input((), key)

    def _input(self, around: Pattern, key: str) -> Input:
        path = (*around, key)
        part = self._schema.at(path)
        required = key in self._schema.at(around).get("required", ()) or key == EACH
        return self._made(path, part, required=required)

    def _made(self, path: Pattern, part: dict[str, Any], *, required: bool) -> Input:
        kind = kind_of(self._schema, part)
        if kind is Kind.PHOTO and path != (self._item.photo,):
            kind = Kind.ATTACHMENT
        if kind is Kind.ROWS and EACH in path:
            kind = Kind.KEPT  # rows stand in no row
        nullable = is_nullable(part)
        suggestions = tuple(_suggestions(kind, part))
        return Input(
            kind=kind,
            key="" if path[-1] == EACH else path[-1],
            name="/".join(NUMBER if step == EACH else _escaped(step) for step in path),
            id="-".join(NUMBER if step == EACH else _fit(step) for step in path),
            label=self._schema.title_at(path),
            required=required and not nullable,
            duty="必填" if required and not nullable else "可留空" if required else "可不填",
            help=tuple(_help(self._schema, kind, part)),
            unit=str(part.get("x-unit", "")),
            choices=tuple(self._choices(path, kind, part)),
            list_id="-".join(_fit(step) for step in path if step != EACH) if suggestions else "",
            suggestions=suggestions,
            keyboard="tel" if part.get("format") == "phone" else _KEYBOARDS.get(kind, ""),
            accept=self._accept(kind),
            not_applicable=bool(part.get("x-not-applicable")),
            max_words=part.get("x-max-words", 0),
            least=max(int(part.get("minItems", 0)), int(required)) if kind is Kind.ROWS else 0,
            most=int(part.get("maxItems", 0)) if kind is Kind.ROWS else 0,
            columns=tuple(self._columns(path, part)) if kind is Kind.ROWS else (),
            topics=tuple(part.get("x-topics", ())) if kind is Kind.ROWS else (),
        )

    def _columns(self, path: Pattern, part: dict[str, Any]) -> Iterator[Input]:
        entry = row_of(self._schema, part) or {}
        if isinstance(entry.get("properties"), dict):
            for key in entry["properties"]:
                yield self._input((*path, EACH), key)
        else:
            yield self._input(path, EACH)

    def _choices(self, path: Pattern, kind: Kind, part: dict[str, Any]) -> Iterator[Choice]:
        if kind is Kind.BOOLEAN:
            values: tuple[Any, ...] = choices_of(part) or (True, False)
            yield from (Choice(written(value), _TRUTH[value]) for value in values)
        elif kind in (Kind.CHOICE, Kind.SELECT):
            words = self._kinds() if path == (self._item.manifest, EACH, "kind") else {}
            for value in choices_of(part):
                label = _TRUTH[value] if isinstance(value, bool) else str(value)
                yield Choice(written(value), words.get(label, label))

    def _kinds(self) -> dict[str, str]:
        """The kinds of supporting material that the notice names, in words."""
        return {kind.id: kind.title for kind in self._item.kinds}

    def _accept(self, kind: Kind) -> str:
        if kind is Kind.PHOTO:
            return _PHOTO_TYPES
        return (
            ",".join(f".{end}" for end in self._campaign.attachment_types) if kind is Kind.ATTACHMENT else ""
        )


_CHOSEN = (Kind.CHOICE, Kind.SELECT, Kind.BOOLEAN, Kind.DOCUMENT, Kind.PHOTO, Kind.ATTACHMENT)


def _help(schema: Schema, kind: Kind, part: dict[str, Any]) -> Iterator[str]:
    """What to fill in, line by line: the schema's description, the limit, an example, the clause that asks for it."""
    told = [line.strip() for line in str(part.get("description", "")).splitlines() if line.strip()]
    yield from told
    if part.get("x-max-words") and str(part["x-max-words"]) not in "".join(told):
        yield f"不超过 {part['x-max-words']} 字。"
    examples = part.get("examples")
    example = examples[0] if isinstance(examples, list) and examples else None
    if isinstance(example, str | int) and kind not in _CHOSEN and str(example) not in "".join(told):
        yield f"例如：{str(example).removeprefix('示例：')}"
    clause = part.get("x-clause")
    if clause and clause != schema.root.get("x-clause"):
        yield f"依据：{clause}"


def _suggestions(kind: Kind, part: dict[str, Any]) -> Iterator[str]:
    if kind is not Kind.TEXT:
        return
    if part.get("format") == "ethnicity":
        yield from ETHNICITIES
        return
    examples = part.get("examples")
    texts = (
        [text for text in examples if isinstance(text, str) and text] if isinstance(examples, list) else []
    )
    if len(texts) >= SUGGESTIONS:
        yield from dict.fromkeys(texts)


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _fit(step: str) -> str:
    """``step`` inside an id, where blanks would part it and dashes part the steps; different steps stay different."""
    return _UNFIT.sub(lambda found: f".{ord(found[0]):x}.", step)
