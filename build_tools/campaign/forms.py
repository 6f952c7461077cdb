"""Holding a form definition against its item's schema: no unknown field, none forgotten, none twice, all of use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from build_tools.campaign import rules
from build_tools.campaign.grids import check_grid
from build_tools.campaign.model import Item
from build_tools.campaign.uses import LIST, LONG, PHOTO, SCALAR, SHORT, TEXT, Use
from build_tools.findings import Finding, Pointer
from build_tools.schema import EACH
from build_tools.source import Source

BLANK = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""A blank in an annex's sentence: ``{pledge_orgs}``."""

NOT_ON_PAPER = frozenset({"notes"})
"""Fields that answer a warning and never appear on the official form."""


def check_form(source: Source, item: Item) -> list[Finding]:
    """Findings for the form definition in ``source`` (already valid against ``form.schema.json``)."""
    found: list[Finding] = []
    schema, form = item.schema, source.value
    used: set[str] = set()
    prefix: tuple[str, ...] = ()
    if form["layout"] == "list":
        prefix = (form["rows_from"], "*")
        found += _unfit(source, item, ("rows_from",), (form["rows_from"],))
    if form["layout"] == "grid":
        found += check_grid(source)
    if form["layout"] == "document":
        found += _without_text(source, item)
    for pointer, key in form_fields(form):
        path = (*prefix, key)
        if not schema.at(path):
            found.append(
                rules.UNKNOWN_NAME.finding(
                    source.place(pointer), pointer, kind="栏目", name=key, mend="与该报送项的 schema 一致。"
                )
            )
        elif key in used:
            title = schema.title_at(path)
            found.append(rules.FIELD_TWICE.finding(source.place(pointer), pointer, name=key, title=title))
        else:
            found += _unfit(source, item, pointer, path)
        used.add(key)
    wanted = set(schema.at(prefix).get("properties", {})) - NOT_ON_PAPER
    for key in sorted(wanted - used):
        title = schema.title_at((*prefix, key))
        found.append(rules.FIELD_FORGOTTEN.finding(source.place(), name=key, title=title))
    if form["item"] != item.id:
        pointer = ("item",)
        found.append(
            rules.UNKNOWN_NAME.finding(
                source.place(pointer), pointer, kind="报送项", name=form["item"], mend=f"应为 {item.id}。"
            )
        )
    return found


_USES = {
    "photo": PHOTO,
    "heading": TEXT,
    "sections": LIST,
    "rows_from": LIST,
    "text": SCALAR,
    "fields": SCALAR,
}


def _use(form: dict[str, Any], pointer: Pointer) -> tuple[str, Use]:
    """The word under which the form names a field, and what it needs the field for."""
    word = next(str(part) for part in reversed(pointer) if isinstance(part, str))
    if word != "field":
        return word, _USES[word]
    if form["layout"] == "list":
        return word, SCALAR
    cell = form["rows"][pointer[1]]["cells"][pointer[3]]
    return word, LONG if cell.get("long") else SHORT


def _without_text(source: Source, item: Item) -> Iterator[Finding]:
    """The finding of a document whose sections have no field for running text: every field would print as a heading."""
    key = source.value["sections"]
    parts = item.schema.at((key, EACH)).get("properties", {})
    if parts and not any(item.schema.at((key, EACH, part)).get("x-long") for part in parts):
        pointer: Pointer = ("sections",)
        yield rules.UNFIT_FIELD.finding(
            source.place(pointer),
            pointer,
            key="sections",
            name=key,
            wanted="每段至少有一栏正文（x-long 为 true）的栏目",
        )


def _unfit(source: Source, item: Item, pointer: Pointer, path: tuple[str, ...]) -> Iterator[Finding]:
    """The finding of a field that cannot serve where the form names it."""
    word, use = _use(source.value, pointer)
    schema, wanted = item.schema.at(path), ""
    if schema and not use.fits(schema):
        wanted = use.wanted
    elif word == "photo" and path[-1] != item.photo:
        wanted = "data/campaign.yml 中该报送项的 photo 所指的栏目"
    if wanted:
        yield rules.UNFIT_FIELD.finding(
            source.place(pointer), pointer, key=word, name=path[-1], wanted=wanted
        )


def form_fields(form: dict[str, Any]) -> Iterator[tuple[Pointer, str]]:
    """Every (place in the definition, field key) of a form, in reading order."""
    layout = form["layout"]
    if layout == "grid":
        for row_index, row in enumerate(form["rows"]):
            for cell_index, cell in enumerate(row["cells"]):
                start: Pointer = ("rows", row_index, "cells", cell_index)
                for name in ("field", "photo"):
                    if name in cell:
                        yield (*start, name), cell[name]
                for index, key in enumerate(cell.get("fields", ())):
                    yield (*start, "fields", index), key
    elif layout == "prose":
        for index, sentence in enumerate(form["sentences"]):
            for key in BLANK.findall(sentence["text"]):
                yield ("sentences", index, "text"), key
    elif layout == "document":
        yield ("heading",), form["heading"]
        yield ("sections",), form["sections"]
    else:
        for index, column in enumerate(form["columns"]):
            yield ("columns", index, "field"), column["field"]
