"""The fields of a form to fill in: each once and labelled, whatever the campaign; nothing anybody typed is HTML."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from entry_pages import Element, Form, assert_sound, expected_names
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from one_document import CAMPAIGN, form

from build_tools.campaign import Campaign, Item, load_campaign
from build_tools.forms.definition import Form as Definition
from build_tools.forms.definition import read_form, read_layout
from build_tools.forms.fill import blank_sheet
from build_tools.forms.html import html_form
from build_tools.forms.web import entry_html, preview_html
from build_tools.schema import Schema, SchemaBroken
from build_tools.site.markup import one_block
from build_tools.tree import WorkTree

TESTS = Path(__file__).parent
HOSTILE = "<script>alert(1)</script>{{7*7}}**x**&lt;\"'\n\n    =1+1\u202e\x00</textarea></template>"
SHOWN = HOSTILE.replace("\u202e", "[U+202E]").replace("\x00", "[U+0000]")


def campaigns(tmp: Path) -> Iterator[tuple[str, Campaign]]:
    yield "shipped", load_campaign(WorkTree(TESTS.parent))
    shutil.copytree(TESTS / "second", tmp / "second")
    for folder in ("data", "schemas"):
        shutil.copytree(TESTS / "new_forms" / folder, tmp / "second" / folder, dirs_exist_ok=True)
    file = tmp / "second/data/campaign.yml"
    more = (TESTS / "new_forms/items.yml").read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace("\nlimits:\n", f"\n{more}limits:\n"), "utf-8")
    yield "second", load_campaign(WorkTree(tmp / "second"))


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Campaign, Item]]:
    """Every item of the shipped campaign and of the second one with the new forms."""
    return {
        f"{name}/{item.id}": (campaign, item)
        for name, campaign in campaigns(tmp_path_factory.mktemp("campaigns"))
        for item in campaign.items
    }


ITEMS = ["shipped/summary", "shipped/statistics", "shipped/collective", "shipped/individual", "shipped/materials",
         "second/selfcheck", "second/report", "second/crew", "second/officer", "second/drills"]  # fmt: skip


def drawn(campaign: Campaign, item: Item, definition: Definition | None) -> Form:
    return Form(one_block(str(entry_html(campaign, item, definition))))


def plain(**properties: dict[str, Any]) -> Form:
    """Fields of a made-up item that has no form."""
    item = form(**properties)
    item.schema.check()
    return drawn(CAMPAIGN, item, None)


def test_the_list_of_items_is_whole(items: dict[str, tuple[Campaign, Item]]) -> None:
    assert set(items) == set(ITEMS)


@pytest.mark.parametrize("layout", ["own", "none"])
@pytest.mark.parametrize("name", ITEMS)
def test_every_field_stands_once_and_is_called_by_its_name(
    name: str, layout: str, items: dict[str, tuple[Campaign, Item]]
) -> None:
    campaign, item = items[name]
    page = drawn(campaign, item, read_form(campaign, item) if layout == "own" else None)
    assert_sound(page)
    expected = expected_names(item)
    names = Counter(control["name"] for control in page.controls if control["type"] != "radio")
    names.update({control["name"] for control in page.controls if control["type"] == "radio"})
    assert names == Counter(list(expected))
    for control in page.controls:
        owner = control.owner
        assert owner is not None
        assert owner["data-label"] == expected[control["name"]]
        assert owner["data-field"] == control["name"].rpartition("/")[2]
        assert owner["data-kind"]
    faults = {element["id"] for element in page.having("id") if element["id"].startswith("e-")}
    assert {f"e-{control['name'].replace('/', '-')}" for control in page.controls} <= faults
    assert not page.having("style")
    assert not [
        element for element in page.elements if any(key.startswith("on") for key in element.attributes)
    ]


@pytest.mark.parametrize("name", ITEMS)
def test_the_sheet_to_print_has_a_place_for_every_field(
    name: str, items: dict[str, tuple[Campaign, Item]]
) -> None:
    campaign, item = items[name]
    definition = read_form(campaign, item)
    assert definition is not None
    sheet = Form(one_block(str(preview_html(campaign, item, definition))))
    places = [element["data-field"] for element in sheet.having("data-field")]
    places += [key for element in sheet.having("data-fields") for key in element["data-fields"].split()]
    places += [element["data-rows"] for element in sheet.having("data-rows")]
    places += [element["data-section"] for element in sheet.having("data-section")]
    assert sorted(places) == sorted({key.partition("/")[0] for key in expected_names(item)})
    columns = [element["data-column"] for element in sheet.having("data-column")]
    if columns:
        assert sorted(columns) == sorted(key.rpartition("/")[2] for key in expected_names(item))
    assert "data-" not in str(html_form(blank_sheet(definition))), "a form that is only shown says no more"


def test_without_a_form_the_sheet_is_a_plain_table() -> None:
    sheet = Form(str(preview_html(CAMPAIGN, form(a={"title": "甲"}, b={"title": "乙"}), None)))
    assert [(cell["data-field"], cell.tag) for cell in sheet.having("data-field")] == [
        ("a", "td"),
        ("b", "td"),
    ]
    assert [head.text for head in sheet.all("th")] == ["甲", "乙"]


KINDS: list[tuple[str, dict[str, Any]]] = [
    ("text", {"type": "string"}),
    ("text", {"type": ["string", "null"], "maxLength": 5}),
    ("text", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
    ("long", {"type": "string", "x-long": True}),
    ("integer", {"type": "integer"}),
    ("integer", {"type": "number"}),
    ("integer", {"type": ["integer", "string", "null"], "pattern": "^不适用$", "x-not-applicable": "games"}),
    ("integer", {"const": 3}),
    ("decimal", {"type": ["integer", "string"], "pattern": "^[0-9]+\\.[0-9]{1,2}$"}),
    ("decimal", {"type": ["integer", "string"], "pattern": "^(不适用|[0-9]+\\.[0-9]{1,2})$", "x-not-applicable": "games"}),
    ("decimal", {"type": ["integer", "string"]}),
    ("month", {"type": "string", "format": "month"}),
    ("present", {"type": "string", "format": "month-or-present"}),
    ("choice", {"enum": ["甲", "乙"]}),
    ("choice", {"type": "string", "enum": ["甲", "乙", "丙", "丁"]}),
    ("choice", {"const": "甲"}),
    ("choice", {"enum": [1, 2, None]}),
    ("select", {"type": "string", "enum": ["甲", "乙", "丙", "丁", "戊"]}),
    ("boolean", {"type": "boolean"}),
    ("boolean", {"enum": [True, False, None]}),
    ("attachment", {"type": "string", "format": "attachment"}),
    ("attachment", {"type": "string", "format": "photo"}),  # the item names no photo
    ("document", {"type": "string", "format": "document"}),
    ("rows", {"type": "array", "items": {"type": "string"}}),
    ("rows", {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}}),
    ("rows", {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}}}),
    ("kept", {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}),
    ("kept", {"type": "array"}),
    ("kept", {"type": "array", "items": True}),
    ("kept", {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "string"}}),
    ("kept", {"type": "array", "items": {"type": "object"}}),
    ("kept", {"type": "array", "items": {"type": "object", "properties": {"{i}": {"type": "string"}}}}),
    ("kept", {"type": "object", "properties": {"a": {"type": "string"}}}),
    ("kept", {"type": ["string", "array"]}),
    ("kept", {"type": ["boolean", "string"]}),
    ("kept", {"enum": [1, "1"]}),
    ("kept", {"enum": ["甲", ["乙"]]}),
    ("kept", {"enum": []}),
    ("kept", {}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "part"), KINDS, ids=[f"{k} {json.dumps(p)[:60]}" for k, p in KINDS])
def test_a_fields_kind_is_told_by_its_types_and_annotations(kind: str, part: dict[str, Any]) -> None:
    page = plain(field={"title": "栏目", **part})
    assert_sound(page)
    shown = page.having("data-field", "field")
    assert [element["data-kind"] for element in shown] == [kind]
    if kind not in ("kept", "rows"):
        assert {control["name"] for control in page.controls} == {"field"}


def test_a_reference_is_followed() -> None:
    root = {
        "title": "表", "type": "object",
        "properties": {"day": {"$ref": "#/$defs/month", "title": "日子"}},
        "$defs": {"month": {"type": "string", "format": "month", "title": "年月", "description": "写到月。"}},
    }  # fmt: skip
    item = replace(form(), schema=Schema(json.dumps(root)))
    page = drawn(CAMPAIGN, item, None)
    assert [(e["data-kind"], e["data-label"]) for e in page.having("data-field")] == [("month", "日子")]
    assert [e.text for e in page.having("id", "h-day")] == ["写到月。"]


def test_what_a_control_may_hold_is_offered() -> None:
    page = plain(
        truth={"title": "是否", "type": "boolean"},
        size={"title": "大小", "enum": [1, 2, True]},
        post={"title": "职务", "type": "string", "examples": ["甲", "乙", "丙"]},
        few={"title": "其他", "type": "string", "examples": ["甲", "乙"]},
        folk={"title": "民族", "type": "string", "format": "ethnicity", "examples": ["汉族"]},
        rows={"title": "各条", "type": "array", "minItems": 2, "maxItems": 5, "x-topics": ["一", "二"], "x-max-words": 90,
              "items": {"type": "object", "properties": {"post": {"title": "职务", "type": "string", "examples": ["甲", "乙", "丙"]}}}},
    )  # fmt: skip
    values = {
        name: [c["value"] for c in page.controls if c["name"] == name and c["value"]]
        for name in ("truth", "size")
    }
    assert values == {"truth": ["true", "false"], "size": ["1", "2", "true"]}
    lists = {c["name"]: c["list"] for c in page.controls if "list" in c}
    assert lists == {"post": "l-post", "folk": "l-folk", "rows/{i}/post": "l-rows-post"}
    offered = {
        e["id"]: [o["value"] for o in page.all("option") if e in o.parents] for e in page.all("datalist")
    }
    assert offered["l-post"] == ["甲", "乙", "丙"]
    assert len(offered["l-folk"]) == 56
    assert offered["l-folk"][0] == "汉族"
    template = [e for e in page.all("template") if "data-row" in e]
    assert len(template) == 1
    assert not [e for e in page.all("datalist") if template[0] in e.parents], "one list serves every row"
    rows = page.having("data-field", "rows")[0]
    assert (rows["data-min"], rows["data-max"], rows["data-max-words"]) == ("2", "5", "90")
    assert [e["data-topic"] for e in page.having("data-topic")] == ["一", "二"]
    assert [e for e in page.having("data-count") if e.owner is rows]


@pytest.mark.parametrize(
    ("required", "types", "duty", "is_required"),
    [
        (True, "string", "必填", True),
        (True, ["string", "null"], "可留空", False),
        (False, "string", "可不填", False),
        (False, ["string", "null"], "可不填", False),
    ],
)
def test_a_field_says_whether_it_must_be_filled(
    required: bool, types: Any, duty: str, is_required: bool
) -> None:
    item = form(field={"title": "栏目", "type": types})
    root = {**item.schema.root, "required": ["field"] if required else []}
    page = drawn(CAMPAIGN, replace(item, schema=Schema(json.dumps(root))), None)
    label = page.label_of(page.controls[0])
    assert label.split() == ["栏目", duty]
    assert ("required" in page.controls[0]) is is_required


def test_names_are_pointers_and_ids_stay_apart() -> None:
    keys = ["a b", "a/b", "a~b", "a-b", "a", "a.20.b", '"><i>', "{i}", "ab", "甲"]
    page = plain(
        **{key: {"title": key, "type": "string"} for key in keys if key != "a"},
        a={"title": "a", "type": "array", "items": {"type": "object", "properties": {"b": {"title": "b", "type": "string"}}}},
    )  # fmt: skip
    assert_sound(page)
    names = {control["name"] for control in page.controls}
    assert names == {"a b", "a~1b", "a~0b", "a-b", "a/{i}/b", "a.20.b", '"><i>', "{i}", "ab", "甲"}
    for element in page.having("id"):
        assert element["id"].split() == [element["id"]]
    template = next(e for e in page.all("template"))
    for element in page.elements:
        if template not in element.parents:
            assert "{i}" not in element["id"], "only a row's fields wait for a number"


@pytest.mark.parametrize("layout", ["none", "grid", "prose", "list", "document"])
def test_hostile_words_of_a_schema_stay_words(layout: str) -> None:
    text = {"title": HOSTILE, "description": HOSTILE, "type": "string"}
    part = {"type": "array", "title": HOSTILE, "description": HOSTILE, "x-topics": [HOSTILE], "items": {
        "type": "object", "properties": {"a": text, "b": {**text, "x-long": True}, "c": {**text, "enum": [HOSTILE, "x"]}}}}  # fmt: skip
    item = form(
        one={**text, "examples": [HOSTILE, "b", "c"], "x-unit": HOSTILE}, rows=part,
        pick={**text, "enum": ["1", "2", "3", "4", "5", HOSTILE]}, pair={**text, "enum": [HOSTILE, "x"]},
    )  # fmt: skip
    item = replace(item, form=HOSTILE)
    raw: dict[str, Any] = {
        "grid": {"layout": "grid", "columns": [1, 1], "rows": [{"cells": [{"label": HOSTILE}, {"field": "one"}]},
                 {"cells": [{"seal": HOSTILE}, {"fields": ["pick", "pair"]}]}, {"cells": [{"field": "rows", "span": 2, "long": True}]}]},
        "prose": {"layout": "prose", "sentences": [{"no": HOSTILE, "text": f"{HOSTILE}{{one}}{HOSTILE}{{pair}}{{pick}}"}]},
        "list": {"layout": "list", "rows_from": "rows", "columns": [{"field": "a", "label": HOSTILE}]},
        "document": {"layout": "document", "heading": "one", "sections": "rows"},
    }.get(layout, {})  # fmt: skip
    definition = Definition(item, HOSTILE, HOSTILE, read_layout(raw)) if raw else None
    source = one_block(str(entry_html(CAMPAIGN, item, definition)))
    page = Form(source)
    assert_sound(page)
    assert "\n\n" not in source
    assert "script" not in {element.tag for element in page.elements}
    assert "\x00" not in source
    assert "\u202e" not in source
    assert {name.partition("/")[0] for name in (c["name"] for c in page.controls)} == {
        "one",
        "rows",
        "pick",
        "pair",
    }
    assert [e["data-label"] for e in page.having("data-field", "one")] == [SHOWN]
    assert [e["data-topic"] for e in page.having("data-topic")] == [SHOWN]
    assert SHOWN in [e["value"] for e in page.all("option")]
    assert SHOWN.split("\n")[0] in page.having("id", "h-one")[0].text


def test_the_table_is_the_official_one_with_places_to_write(items: dict[str, tuple[Campaign, Item]]) -> None:
    campaign, item = items["shipped/individual"]
    definition = read_form(campaign, item)
    page = drawn(campaign, item, definition)
    table = page.all("table")[0]
    assert table["role"] == "presentation"
    sheet = Form(str(html_form(blank_sheet(definition))))  # type: ignore[arg-type]
    cells = [c["colspan"] for c in page.all("td") if c.parents[-1]["class"] != "form__said"]
    assert cells == [c["colspan"] for c in sheet.all("th", "td")]
    assert [c["width"] for c in page.all("col")] == [c["width"] for c in sheet.all("col")]
    labels = {label["for"]: label.text for label in page.all("label") if label["for"]}
    assert labels["f-birth"] == "出生年月"
    assert labels["f-firm"].split()[0] == "执业机构"
    assert labels["f-post"].split()[0] == "职务"
    seals = [cell for cell in page.all("td") if cell["class"] == "form__seal"]
    assert len(seals) == 3
    for seal in seals:
        assert "（盖章）" in seal.text
        assert "此处不填" in seal.text
        assert not [control for control in page.controls if seal in control.parents]
    photo = next(
        c for c in page.all("input") if c["type"] == "file" and c.owner and c.owner["data-kind"] == "photo"
    )
    assert photo["accept"] == "image/jpeg,image/png"
    assert "name" not in photo


def squares(page: Form) -> list[list[Element]]:
    """The table square by square: the cell that covers each, as a browser lays them out."""
    columns = len(page.all("col"))
    laid: list[list[Element | None]] = []
    for index, row in enumerate(page.all("tr")):
        for cell in page.all("td"):
            if cell.parents[-1] is row:
                across, down = int(cell["colspan"] or 1), int(cell["rowspan"] or 1)
                while len(laid) < index + down:
                    laid.append([None] * columns)
                start = laid[index].index(None)
                for line in laid[index : index + down]:
                    assert line[start : start + across] == [None] * across, "no cell lies on another"
                    line[start : start + across] = [cell] * across
    whole = [[cell for cell in line if cell is not None] for line in laid]
    assert all(len(line) == columns for line in whole), "no square is left open"
    assert len(whole) == len(page.all("tr"))
    return whole


GRIDS = ["shipped/collective", "shipped/individual", "second/selfcheck", "second/officer"]


@pytest.mark.parametrize("name", GRIDS)
def test_what_is_wrong_with_a_narrow_cell_stands_below_it(
    name: str, items: dict[str, tuple[Campaign, Item]]
) -> None:
    campaign, item = items[name]
    page = drawn(campaign, item, read_form(campaign, item))
    lines = squares(page)
    row_of = {id(row): index for index, row in enumerate(page.all("tr"))}
    below = 0
    for faults in page.having("class", "field__faults"):
        key = faults["id"].removeprefix("e-")
        controls = [control for control in page.controls if control["name"] == key]
        if not controls or "{i}" in key:
            continue
        own, said = controls[0].inside("td"), faults.inside("td")
        assert own is not None
        assert said is not None
        if said is own:
            continue
        below += 1
        assert row_of[id(said.parents[-1])] == row_of[id(own.parents[-1])] + 1
        assert lines[row_of[id(said.parents[-1])]].count(said) >= lines[row_of[id(own.parents[-1])]].count(
            own
        )
    assert below >= 2


def test_cells_over_several_rows_keep_the_table_whole() -> None:
    """A grid with cells that run down on both sides and in the middle, past rows of narrow cells."""
    text = {"title": "栏", "type": "string"}
    item = form(**dict.fromkeys("abcdefg", text))
    layout = read_layout({"layout": "grid", "columns": [1, 1, 1, 1, 1, 1], "rows": [
        {"cells": [{"label": "左", "rowspan": 3}, {"field": "a"}, {"field": "b", "rowspan": 2}, {"label": "丙"},
                   {"field": "c"}, {"seal": "章", "rowspan": 4}]},
        {"cells": [{"field": "d"}, {"field": "e", "span": 2}]},
        {"cells": [{"label": "长", "span": 2}, {"field": "f", "span": 2}]},
        {"cells": [{"label": "末"}, {"field": "g", "span": 4}]},
    ]})  # fmt: skip
    page = drawn(CAMPAIGN, item, Definition(item, "表", "", layout))
    assert_sound(page)
    lines = squares(page)
    said = [row for row in page.all("tr") if row["class"] == "form__said"]
    assert len(said) == 3, "the last row's cell is wide enough"
    assert len(lines) == 7


def test_a_sentence_reads_as_the_notice_prints_it(items: dict[str, tuple[Campaign, Item]]) -> None:
    """A unit that the words repeat is not shown twice; one that they leave out is."""
    campaign, item = items["shipped/statistics"]
    page = drawn(campaign, item, read_form(campaign, item))
    units = {e.owner["data-field"]: "hidden" in e for e in page.having("class", "field__unit") if e.owner}
    assert units["pledge_orgs"] is True
    assert units["oneplusone_lawyers"] is False
    first = page.having("class", "sentence")[0]
    assert first.text.startswith("1.创先争优活动以来，本市律师行业共有 ")
    for element in page.elements:
        if any(parent["class"] == "sentence" for parent in element.parents):
            assert element.tag in ("span", "label", "input", "select", "option", "textarea", "b"), (
                "words stay in one line"
            )
    helps = page.having("id", "h-pledge_orgs")
    assert [e.tag for e in helps] == ["p"]
    assert helps[0].inside("details")


SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3)
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"])
WORDS: dict[str, st.SearchStrategy[Any]] = {
    "title": st.text(min_size=1, max_size=4),
    "description": st.text(max_size=9),
    "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
    "enum": st.lists(SCALARS, max_size=6, unique_by=repr),
    "const": SCALARS,
    "format": st.sampled_from(["month", "month-or-present", "photo", "attachment", "document", "phone", "ethnicity"]),
    "pattern": st.sampled_from(["^不适用$", "^[0-9]+\\.[0-9]{2}$", ""]),
    "examples": st.lists(SCALARS, max_size=4),
    "minItems": st.integers(0, 3),
    "maxItems": st.integers(3, 9),
    "x-long": st.booleans(),
    "x-unit": st.text(min_size=1, max_size=2),
    "x-max-words": st.integers(1, 99),
    "x-not-applicable": st.just("games"),
    "x-topics": st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=2),
}  # fmt: skip
PARTS = st.recursive(
    st.booleans() | st.fixed_dictionaries({}, optional=WORDS),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            **WORDS,
            "items": inner,
            "properties": st.dictionaries(st.text(min_size=1, max_size=3), inner, max_size=3),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
        },
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=3).filter(lambda key: key not in ("*", "notes")), PARTS, max_size=3
    )
)
def test_whatever_a_schema_may_say_its_fields_can_be_drawn(properties: dict[str, Any]) -> None:
    root = {"title": "表", "type": "object", "properties": properties}
    schema = Schema(json.dumps(root))
    try:
        schema.check()
    except SchemaBroken:
        assume(False)
    page = drawn(CAMPAIGN, replace(form(), schema=schema), None)
    ids = Counter(element["id"] for element in page.having("id"))
    assert not [name for name, times in ids.items() if times > 1]
    outer = [element for element in page.having("data-field") if element.owner is None]
    assert len(outer) == len(properties)
    for element in page.having("aria-describedby"):
        assert set(element["aria-describedby"].split()) <= set(ids)
