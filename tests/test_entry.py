"""The fields of a form to fill in: each once and labelled, whatever the campaign; nothing anybody typed is HTML."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from entry_pages import Form, assert_sound, campaigns, drawn, expected_names
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from one_document import CAMPAIGN, form

from build_tools.campaign import Campaign, Item
from build_tools.forms.definition import Form as Definition
from build_tools.forms.definition import read_form, read_layout
from build_tools.forms.fill import blank_sheet
from build_tools.forms.html import html_form
from build_tools.forms.web import entry_html, preview_html
from build_tools.schema import Schema, SchemaBroken
from build_tools.site.markup import one_block

TESTS = Path(__file__).parent
HOSTILE = "<script>alert(1)</script>{{7*7}}**x**&lt;\"'\n\n    =1+1\u202e\x00</textarea></template>"
SHOWN = HOSTILE.replace("\u202e", "[U+202E]").replace("\x00", "[U+0000]")


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
