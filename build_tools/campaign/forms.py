"""Holding a form definition against its item's schema: no unknown field, none forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from build_tools.campaign import rules
from build_tools.campaign.model import Item
from build_tools.campaign.uses import LIST, PHOTO, TEXT
from build_tools.findings import Finding, Pointer
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
        used.add(form["rows_from"])
        found += _unfit(source, item, ("rows_from",), form["rows_from"])
    for pointer, key in form_fields(form):
        found += _unfit(source, item, pointer, key)
        used.add(key)
        if not schema.at((*prefix, key)):
            found.append(
                rules.UNKNOWN_NAME.finding(
                    source.place(pointer), pointer, kind="栏目", name=key, mend="与该报送项的 schema 一致。"
                )
            )
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


_USES = {"photo": PHOTO, "heading": TEXT, "sections": LIST, "rows_from": LIST}


def _unfit(source: Source, item: Item, pointer: Pointer, key: str) -> list[Finding]:
    """The finding of a field that cannot serve where the form names it."""
    word, schema = str(pointer[-1]), item.schema.at((key,))
    use = _USES.get(word)
    if use is None or not schema or use.fits(schema):
        return []
    return [rules.UNFIT_FIELD.finding(source.place(pointer), pointer, key=word, name=key, wanted=use.wanted)]


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
