"""Reading a form to fill in: its controls, labels, ids, and the fields they belong to."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from build_tools.campaign import Campaign, Item, load_campaign
from build_tools.forms.definition import Form as Definition
from build_tools.forms.web import entry_html
from build_tools.forms.web.kinds import row_of
from build_tools.schema import types_of
from build_tools.site.markup import one_block
from build_tools.tree import WorkTree

TESTS = Path(__file__).parent

VOID = {"input", "br", "col", "link", "meta", "img", "hr", "wbr"}
CONTROLS = ("input", "select", "textarea")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parents: tuple[Element, ...] = ()
    text: str = ""

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    def inside(self, tag: str, name: str = "") -> Element | None:
        """The nearest element of this kind around it, with the attribute ``name`` where that is given."""
        return next((p for p in reversed(self.parents) if p.tag == tag and (not name or name in p)), None)

    @property
    def owner(self) -> Element | None:
        """The field it belongs to."""
        return next((p for p in reversed(self.parents) if "data-field" in p), None)


@dataclass
class Form(HTMLParser):
    """The elements of a piece of HTML, which has to be well-formed."""

    source: str
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []
        self.feed(self.source)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = Counter(name for name, _ in attrs)
        assert max(names.values(), default=1) == 1, f"an attribute of {tag} stands twice"
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, "elements are nested"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    def having(self, name: str, value: str | None = None) -> list[Element]:
        return [e for e in self.elements if name in e and (value is None or e[name] == value)]

    @property
    def controls(self) -> list[Element]:
        return [element for element in self.all(*CONTROLS) if "name" in element]

    def label_of(self, control: Element) -> str:
        """What a screen reader calls it."""
        around = control.inside("label")
        if around:
            return around.text
        if control["aria-label"]:
            return control["aria-label"]
        return "".join(label.text for label in self.all("label") if label["for"] == control["id"])


def assert_sound(form: Form) -> None:
    """Every id once, every reference answered, every control called something."""
    ids = Counter(element["id"] for element in form.having("id"))
    assert [name for name, times in ids.items() if times > 1] == []
    for name in ("aria-describedby", "for", "list"):
        for element in form.having(name):
            for target in element[name].split():
                assert target in ids, (name, target)
    for control in form.all(*CONTROLS):
        assert form.label_of(control).strip(), control.attributes
    for group in form.all("fieldset"):
        legends = [e for e in form.all("legend") if e.parents[-1] is group]
        assert len(legends) == 1, group.attributes
        assert legends[0].text.strip()


def expected_names(item: Item) -> dict[str, str]:
    """Every field that can be filled in, as the name of its control, and its title; worked out from the raw schema."""
    found: dict[str, str] = {}
    schema = item.schema
    for key, raw in schema.root["properties"].items():
        part: dict[str, Any] = schema.resolve(raw)
        if key == "notes":
            continue
        if types_of(part) - {"null"} == {"array"}:
            entry = row_of(schema, part)
            for column, inner in (entry or {}).get("properties", {}).items():
                found[f"{key}/{{i}}/{column}"] = schema.resolve(inner)["title"]
        else:
            found[key] = part["title"]
    return found


def campaigns(tmp: Path) -> Iterator[tuple[str, Campaign]]:
    yield "shipped", load_campaign(WorkTree(TESTS.parent))
    shutil.copytree(TESTS / "second", tmp / "second")
    for folder in ("data", "schemas"):
        shutil.copytree(TESTS / "new_forms" / folder, tmp / "second" / folder, dirs_exist_ok=True)
    file = tmp / "second/data/campaign.yml"
    more = (TESTS / "new_forms/items.yml").read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace("\nlimits:\n", f"\n{more}limits:\n"), "utf-8")
    yield "second", load_campaign(WorkTree(tmp / "second"))


def drawn(campaign: Campaign, item: Item, definition: Definition | None) -> Form:
    return Form(one_block(str(entry_html(campaign, item, definition))))
