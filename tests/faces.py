"""What a form must show, worked out from its raw definition and a document: not through ``sheet`` and ``fill``.

Every face is held to the same list, so a field that is added to a definition cannot be forgotten in one of them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pdfplumber

from build_tools.campaign import Campaign, Item
from build_tools.campaign.forms import BLANK, NOT_ON_PAPER
from build_tools.forms.measure import POINTS
from build_tools.forms.sheet import BOTTOM, TOP

SEAL = "（盖章）年月日"
NOTHING = "无"


def squeezed(text: str) -> str:
    """Without white space and joiners: faces break and space lines as they like."""
    return re.sub(r"[\s\u200b\u00a0]+", "", text)


def expected(campaign: Campaign, item: Item, value: dict[str, Any] | None) -> Iterator[str]:
    """Every label and every value that stands on the item's form, in reading order, squeezed; ``None``: blank."""
    form = campaign.forms[item.id]
    layout = form["layout"]
    if layout != "document":
        yield from filter(None, [form.get("annex", ""), squeezed(form["title"])])
    if layout == "grid":
        for row in form["rows"]:
            for cell in row["cells"]:
                yield from _cell(item, cell, value)
    elif layout == "prose":
        for sentence in form["sentences"]:
            yield from _sentence(item, sentence, value)
    elif layout == "list":
        yield from _list(campaign, item, form, value or {})
    else:
        yield squeezed((value or {}).get(form["heading"]) or form["title"])
        for entry in (value or {}).get(form["sections"]) or ():
            for key, part in entry.items():
                yield from _lines(part, item, (form["sections"], "*", key))


def _sentence(item: Item, sentence: dict[str, Any], value: dict[str, Any] | None) -> Iterator[str]:
    pieces = BLANK.split(sentence["text"])
    yield sentence.get("no", "") + squeezed(pieces[0])
    for words, key in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        yield squeezed(words)
        if value is not None and key:
            yield from _lines(value.get(key), item, (key,))


def _list(campaign: Campaign, item: Item, form: dict[str, Any], value: dict[str, Any]) -> Iterator[str]:
    yield "序号"
    yield from (squeezed(column["label"]) for column in form["columns"])
    for number, entry in enumerate(value.get(form["rows_from"]) or (), start=1):
        yield str(number)
        for column in form["columns"]:
            yield from _entry(campaign, item, column["field"], entry.get(column["field"]))


def _cell(item: Item, cell: dict[str, Any], value: dict[str, Any] | None) -> Iterator[str]:
    if "label" in cell:
        yield squeezed(cell["label"])
    elif "seal" in cell:
        yield "（盖章）"
        yield "年月日"
    elif "photo" in cell:
        if not (value or {}).get(cell["photo"]):
            yield item.schema.title_at((cell["photo"],))
    elif value is not None:
        keys = cell.get("fields") or [cell["field"]]
        shown = [line for key in keys for line in _lines(value.get(key), item, (key,))]
        yield from shown or [NOTHING]


def _lines(value: Any, item: Item, pointer: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, list):
        for entry in value:
            months = [month.replace("-", ".") for month in (entry["from"], entry["to"])]
            yield squeezed(f"{months[0]}—{months[1]}{entry['text']}")
    elif value is not None and str(value).strip():
        text = str(value)
        if item.schema.at(pointer).get("format") == "month":
            text = text.replace("-", ".")
        yield from (squeezed(line) for line in text.split("\n") if line.strip())


def _entry(campaign: Campaign, item: Item, key: str, value: Any) -> Iterator[str]:
    if value is None or value == "":
        return
    if key == "kind":
        value = {kind.id: kind.title for kind in item.kinds}.get(value, value)
    elif item.schema.at((*_rows(campaign, item), key)).get("format") == "document":
        value = campaign.document_title(value)
    yield squeezed(str(value))


def _rows(campaign: Campaign, item: Item) -> tuple[str, ...]:
    return (campaign.forms[item.id]["rows_from"], "*")


def fields_on_paper(item: Item) -> set[str]:
    """Every field of the item's schema that its form must show."""
    return set(item.schema.root["properties"]) - NOT_ON_PAPER


def pdf_text(data: bytes) -> list[str]:
    """The text of each page, squeezed."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return [squeezed(page.extract_text() or "") for page in pdf.pages]


def running_text(data: bytes) -> str:
    """The text of all pages between heads and feet, squeezed: a paragraph goes on where a page ends."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        areas = [
            page.crop((0, TOP * POINTS - 1, page.width, page.height - BOTTOM * POINTS)) for page in pdf.pages
        ]
        return squeezed("".join(area.extract_text() or "" for area in areas))


def cells_of_pdf(data: bytes) -> list[list[str]]:
    """The cells of each page's tables, squeezed: text that a page's reading order would break apart."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return [
            [squeezed(cell or "") for table in page.extract_tables() for row in table for cell in row]
            for page in pdf.pages
        ]
