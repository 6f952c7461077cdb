"""Parity: for the same data every face carries the same labels and values, found by walking the definition.

A field that is added to a schema and its form is asked for here in each face without a line of this test changing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from faces import NOTHING, cells_of_pdf, expected, fields_on_paper, running_text, squeezed

from build_tools.campaign import Campaign, Item, load_campaign
from build_tools.campaign.forms import form_fields
from build_tools.checks import examine
from build_tools.forms.definition import read_form
from build_tools.forms.docx import docx_document
from build_tools.forms.fill import blank_sheet, filled_sheet
from build_tools.forms.fonts import load_fonts
from build_tools.forms.html import html_form
from build_tools.forms.press import Press, Printed
from build_tools.forms.printable import html_document
from build_tools.forms.sheet import Sheet
from build_tools.forms.template import template
from build_tools.source import parse
from build_tools.tree import WorkTree

ROOT = Path(__file__).parents[1]
ROOTS = {"first": ROOT, "second": ROOT / "tests" / "second"}


@cache
def campaign_at(name: str) -> Campaign:
    return load_campaign(WorkTree(ROOTS[name]))


@cache
def documents(name: str) -> dict[str, list[dict[str, Any]]]:
    """Every readable document of the campaign by item."""
    found: dict[str, list[dict[str, Any]]] = {}
    for document in examine(WorkTree(ROOTS[name])).submissions.documents():
        if isinstance(document.value, dict):
            found.setdefault(document.item, []).append(document.value)
    return found


TIP = re.compile('<header class="advice">(.*?)</header>')
"""What the printable page tells its reader on the screen only."""

ITEMS = [(name, item) for name in ROOTS for item in campaign_at(name).item_by_id]


class _Words(HTMLParser):
    """What a reader sees: scripts, styles and what is hidden from the screen apart."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self._hidden = "", 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script", "title")

    def handle_data(self, data: str) -> None:
        self.text += "" if self._hidden else data


def of_html(sheet: Sheet) -> str:
    return squeezed(_Words(html_document(sheet)).text)


def of_fragment(sheet: Sheet) -> str:
    return sheet.annex + squeezed(_Words(str(html_form(sheet))).text)


def of_docx(sheet: Sheet) -> str:
    body = docx.Document(io.BytesIO(docx_document(sheet))).element.body
    return squeezed("".join(text.text or "" for text in body.iter(qn("w:t"))))


@cache
def press() -> Press:
    return Press(load_fonts(ROOT))


def of_pdf(sheet: Sheet) -> str:
    data = press().pdf([Printed(sheet)])
    return running_text(data) + "".join(cell for page in cells_of_pdf(data) for cell in page)


FACES: dict[str, Callable[[Sheet], str]] = {
    "html": of_html,
    "fragment": of_fragment,
    "docx": of_docx,
    "pdf": of_pdf,
}


def without_photos(value: dict[str, Any], item: Item) -> dict[str, Any]:
    return {**value, item.photo: None} if item.photo else value


def sheets(name: str, item: Item) -> Iterator[tuple[dict[str, Any] | None, Sheet]]:
    campaign = campaign_at(name)
    form = read_form(campaign, item)
    assert form is not None
    yield None, blank_sheet(form)
    for value in documents(name)[item.id][:2]:
        plain = without_photos(value, item)
        yield plain, filled_sheet(campaign, form, item.document(1), plain)
    emptied = dict.fromkeys(item.schema.root["properties"])
    yield emptied, filled_sheet(campaign, form, item.document(1), emptied)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(("name", "item"), ITEMS)
def test_a_face_carries_every_label_and_value(face: str, name: str, item: str) -> None:
    campaign = campaign_at(name)
    for value, sheet in sheets(name, campaign.item_by_id[item]):
        wanted = list(expected(campaign, campaign.item_by_id[item], value))
        shown = FACES[face](sheet)
        assert wanted
        assert [words for words in wanted if words not in shown] == []


@pytest.mark.parametrize(("name", "item"), ITEMS)
def test_the_printable_faces_say_the_same_and_no_more(name: str, item: str) -> None:
    """The sheet's own texts, character by character; what a face adds on paper is known by name."""
    for _, sheet in sheets(name, campaign_at(name).item_by_id[item]):
        own = squeezed("".join(sheet.texts()))
        assert sorted(_less(of_docx(sheet), own)) == []
        tip = squeezed(TIP.search(html_document(sheet))[1])  # type: ignore[index] - it is there, or the test fails
        assert _less(_less(of_html(sheet), tip), own) == ""


def _less(shown: str, own: str) -> str:
    """The characters of ``shown`` beyond those of ``own``."""
    left = list(shown)
    for character in own:
        if character in left:
            left.remove(character)
    return "".join(left)


@pytest.mark.parametrize(("name", "item"), ITEMS)
def test_the_template_asks_for_what_the_form_shows(name: str, item: str) -> None:
    campaign = campaign_at(name)
    known = campaign.item_by_id[item]
    text = template(campaign, None, known)
    keys = {key for _, key in form_fields(campaign.forms[item])}
    if "rows_from" in campaign.forms[item]:
        keys.add(campaign.forms[item]["rows_from"])
    assert fields_on_paper(known) <= keys
    value = parse("template.yml", text.encode()).value
    assert fields_on_paper(known) == set(value)
    for key in fields_on_paper(known):
        assert f"# {known.schema.title_at((key,))}" in text


def test_an_empty_cell_says_so_in_every_face() -> None:
    campaign = campaign_at("first")
    form = read_form(campaign, campaign.item_by_id["collective"])
    assert form is not None
    sheet = filled_sheet(campaign, form, "collective-01", {})
    fields = 7
    for face, read in FACES.items():
        if face != "pdf":
            assert read(sheet).count(NOTHING) == fields, face
