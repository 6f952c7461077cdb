"""Canonical YAML: it reads back as the same value, and the browser writes the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema
from in_node import Node

from build_tools.campaign import Item, load_campaign
from build_tools.forms.written import written
from build_tools.schema import Schema
from build_tools.source import parse
from build_tools.source.rules import FORBIDDEN
from build_tools.tree import WorkTree

ROOT = Path(__file__).parents[1]
CAMPAIGN = load_campaign(WorkTree(ROOT))
SCHEMA = {
    "properties": {
        "name": {"title": "姓名"},
        "notes": {"title": "情况说明", "additionalProperties": {"$ref": "#/$defs/text"}},
        "members": {"title": "党员数", "x-unit": "名"},
        "deeds": {"$ref": "#/$defs/text", "title": "事迹"},
        "resume": {
            "title": "简历",
            "items": {"properties": {"from": {}, "to": {}, "text": {"x-long": True}}},
        },
        "untitled": {"items": {"$ref": "#/$defs/text"}},
    },
    "$defs": {"text": {"title": "文字", "x-long": True}},
}


def item_of(schema: dict[str, Any]) -> Item:
    item = CAMPAIGN.item_by_id["individual"]
    return replace(item, schema=Schema(json.dumps(schema)), form="推荐表", clause="附件4")


SMALL = item_of(SCHEMA)


def again(text: str) -> Any:
    """What ``text`` says, which must say something, and mean the same to libyaml as to the fast reader."""
    source = parse("x.yml", text.encode())
    assert source.findings == (), (source.findings, text)
    return source.value


def test_a_whole_document() -> None:
    value = {
        "new_key": ["一", {"b": 1}],
        "resume": [{"text": "甲\n乙", "to": "至今", "more": None, "from": "1992-07"}, {"from": "2003-04"}],
        "notes": {"name": "同名。\n", "另": "x: y"},
        "deeds": "第一段。\n\n第二段。\n",
        "members": 12,
        "name": "示例 # 甲",
        "untitled": ["一", None, [], [1, [True]], {}],
    }
    assert written(SMALL, value) == (
        "# 推荐表（附件4）\n"
        "# 姓名\n"
        'name: "示例 # 甲"\n'
        "# 党员数（名）\n"
        "members: 12\n"
        "# 事迹\n"
        "deeds: |\n"
        "  第一段。\n"
        "\n"
        "  第二段。\n"
        "# 简历\n"
        "resume:\n"
        "  - from: 1992-07\n"
        "    to: 至今\n"
        "    text: |-\n"
        "      甲\n"
        "      乙\n"
        "    more:\n"
        "  - from: 2003-04\n"
        "# untitled\n"
        "untitled:\n"
        "  - |-\n"
        "    一\n"
        "  -\n"
        "  - []\n"
        "  - - 1\n"
        "    - - true\n"
        "  - {}\n"
        "# 表中没有的栏目\n"
        "new_key:\n"
        "  - 一\n"
        "  - b: 1\n"
        "# 情况说明\n"
        "notes:\n"
        "  name: |\n"
        "    同名。\n"
        "  另: |-\n"
        "    x: y\n"
    )


TEXTS = [
    ("甲", "甲"),
    ("1968-03", "1968-03"),
    ("1.50", "1.50"),
    ("010", "010"),
    ("no", "no"),
    ("100%", "100%"),
    ("a:b", "a:b"),
    ("见http://x", "见http://x"),
    ("甲，乙 [丙] {丁}", "甲，乙 [丙] {丁}"),
    ("C:\\x", "C:\\x"),
    ("", '""'),
    (" ", '" "'),
    (" 甲", '" 甲"'),
    ("甲 ", '"甲 "'),
    ("　甲", '"　甲"'),
    ("甲　", '"甲　"'),
    ("甲\t乙", '"甲\\t乙"'),
    ("甲\r乙", '"甲\\r乙"'),
    ("true", '"true"'),
    ("null", '"null"'),
    ("12", '"12"'),
    ("-12", '"-12"'),
    ("12345678901234567890", '"12345678901234567890"'),
    ("-1.5", '"-1.5"'),
    ("~", '"~"'),
    ("a: b", '"a: b"'),
    ("a:", '"a:"'),
    ("#1", '"#1"'),
    ("甲#乙", '"甲#乙"'),
    ("- 甲", '"- 甲"'),
    ("&甲", '"&甲"'),
    ("*甲", '"*甲"'),
    ("!甲", '"!甲"'),
    ("%甲", '"%甲"'),
    ("@甲", '"@甲"'),
    ("'甲'", "\"'甲'\""),
    ('"甲"\\', '"\\"甲\\"\\\\"'),
    ("---", '"---"'),
    ("...", '"..."'),
    ("<<", '"<<"'),
    ("𠮷😀", "𠮷😀"),
]


@pytest.mark.parametrize(("text", "shown"), TEXTS, ids=[repr(text) for text, _ in TEXTS])
def test_text_is_plain_where_it_can_be_nothing_else(text: str, shown: str) -> None:
    whole = written(SMALL, {"name": text})
    assert whole == f"# 推荐表（附件4）\n# 姓名\nname: {shown}\n"
    assert again(whole) == {"name": text}


LONG = [
    ("甲", "|-\n  甲\n"),
    ("甲\n", "|\n  甲\n"),
    ("甲\n\n", "|+\n  甲\n\n"),
    ("甲\n\n\n", "|+\n  甲\n\n\n"),
    ("\n\n甲\n", "|\n\n\n  甲\n"),
    ("甲\n\n乙\n", "|\n  甲\n\n  乙\n"),
    ("甲\n   \n乙", "|-\n  甲\n     \n  乙\n"),
    ("甲\n  乙 # 丙\n---\n", "|\n  甲\n    乙 # 丙\n  ---\n"),
    ("　　甲\n", "|\n  　　甲\n"),
    ("  甲\n乙\n", "|2\n    甲\n  乙\n"),
    ("\n  \n甲\n", "|2\n\n    \n  甲\n"),
    ("\t甲\n", "|2\n  \t甲\n"),
    ("甲\n\t乙\n", "|\n  甲\n  \t乙\n"),
    ("甲 \n", "|\n  甲 \n"),
    ("", '""\n'),
    ("\n", '"\\n"\n'),
    (" \n", '" \\n"\n'),
    ("甲\n  ", '"甲\\n  "\n'),
    ("甲\n \n", '"甲\\n \\n"\n'),
    ("甲\r\n乙", '"甲\\r\\n乙"\n'),
]


@pytest.mark.parametrize(("text", "shown"), LONG, ids=[repr(text) for text, _ in LONG])
@pytest.mark.parametrize("below", [{}, {"resume": [{"from": "2001-01"}]}, {"notes": {"name": "x"}}])
def test_long_text_is_a_block_where_a_block_holds_it(text: str, shown: str, below: dict[str, Any]) -> None:
    value = {"deeds": text, **below}
    whole = written(SMALL, value)
    assert whole.startswith(f"# 推荐表（附件4）\n# 事迹\ndeeds: {shown}")
    assert again(whole) == value
    nested = {"resume": [{"text": text}], "untitled": [text, "x"], "notes": {"name": text}}
    assert again(written(SMALL, nested)) == nested


def test_an_empty_document_and_its_notes_alone() -> None:
    assert written(SMALL, {}) == "# 推荐表（附件4）\n{}\n"
    assert again(written(SMALL, {})) == {}
    assert written(SMALL, {"notes": None}) == "# 推荐表（附件4）\n# 情况说明\nnotes:\n"
    assert written(SMALL, {"x": 0}) == "# 推荐表（附件4）\n# 表中没有的栏目\nx: 0\n"


def test_forbidden_characters_are_written_by_their_numbers_and_come_back() -> None:
    for text in ("甲\u202e乙", "甲\u0085", "甲\x00", "甲\u2028乙\n", "\ufeff甲"):
        body = written(SMALL, {"deeds": text, "name": text})
        assert again(body) == {"name": text, "deeds": text}
        assert not FORBIDDEN.search(body)
    assert '"甲\\u202e乙"' in written(SMALL, {"name": "甲\u202e乙"})


def test_titles_never_leave_their_line() -> None:
    odd = item_of({"properties": {"a": {"title": "甲\nb: 1", "x-unit": "\t名\r"}}})
    assert written(odd, {"a": 1}) == "# 推荐表（附件4）\n# 甲 b: 1（ 名 ）\na: 1\n"


ODD = st.sampled_from(
    ["\n", "\n\n", " ", "  ", "\t", "\r", ":", ": ", "#", " #", "-", "- ", "|", '"', "'", "\\", "[", "}", ",", "&", "*",
     "!", "%", "@", "`", "?", "~", "<<", "=", "0", "12", "true", "null", "---", "...", "甲", "乙。", "　", "\u00a0",
     "𠮷", "😀", "a", "Z"]
)  # fmt: skip
WILD = st.lists(ODD, max_size=8).map("".join) | st.text(max_size=20) | st.text("甲 \n:#\t", max_size=300)
KEYS = (st.sampled_from(["name", "from", "to", "text", "notes", "deeds"]) | WILD).filter(
    lambda text: re.match(r"[^\s\[\]{},#&*!|>'\"%@`][^\r\n]{0,99}\Z", text)
)
LEAVES = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | WILD
VALUES = st.recursive(
    LEAVES, lambda part: st.lists(part, max_size=3) | st.dictionaries(KEYS, part, max_size=3), max_leaves=8
)
DOCUMENTS = st.dictionaries(st.sampled_from(sorted(SCHEMA["properties"])) | KEYS, VALUES, max_size=4)


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with Node("write") as node:
        yield node


def test_half_a_pair_is_replaced_alike(node: Node) -> None:
    for value in ({"name": "甲\ud800乙"}, {"deeds": "\udfff\n"}, {"\ud83d": "😀\ude00"}):
        question = {"value": value, "root": SMALL.schema.root, "head": "推荐表（附件4）"}
        assert node.ask(question) == written(SMALL, value)
        assert "\ufffd" in written(SMALL, value)


def check(node: Node, item: Item, value: dict[str, Any]) -> None:
    text = written(item, value)
    assert again(text) == value
    assert json.dumps(again(text)) == json.dumps(again(written(item, again(text))))
    assert (
        node.ask({"value": value, "root": item.schema.root, "head": f"{item.form}（{item.clause}）"}) == text
    )
    assert text.endswith("\n")
    assert not text.endswith("\n\n") or re.search(r" \|2?\+\n", text)


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=DOCUMENTS)
@example(value={"b": 1, "10": 2, "__proto__": 3, "constructor": 4, "9": 5, "4294967295": 6, "01": 7})
@example(value={"... 0": None, "--- 1": 2})
@example(value={"name": "甲\u2028乙\u2029丙"})
@example(value={"notes": {"__proto__": "甲", "constructor": "乙"}})
@example(value={"notes": {"b": 1, "2": 2, "1": 3}, "name": 2**53, "members": -(10**18)})
def test_wild_values_come_back_and_node_writes_the_same_bytes(node: Node, value: dict[str, Any]) -> None:
    check(node, SMALL, value)


@pytest.mark.parametrize("item", CAMPAIGN.items, ids=lambda item: item.id)
def test_documents_come_back_and_node_writes_the_same_bytes(node: Node, item: Item) -> None:
    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(from_schema(plain(item.schema.root)))
    def holds(value: Any) -> None:
        value = json.loads(json.dumps(value), parse_float=lambda digits: int(float(digits)))
        if not any(FORBIDDEN.search(text) for text in texts(value)) and isinstance(value, dict):
            check(node, item, value)

    holds()


def plain(schema: Any) -> Any:
    """``schema`` without our own formats, which the generator does not know."""
    if isinstance(schema, dict):
        return {key: plain(value) for key, value in schema.items() if key not in ("format", "$id", "$schema")}
    return [plain(value) for value in schema] if isinstance(schema, list) else schema


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(part)
            yield str(key)


def test_the_repository_s_own_documents_come_back(node: Node) -> None:
    files = [*ROOT.glob("data/cities/**/*.yml"), *ROOT.glob("tests/base/data/cities/**/*.yml")]
    assert len(files) > 20
    for file in files:
        located = CAMPAIGN.item_of(file.as_posix().partition("/cities/")[2].partition("/")[2])
        assert located, file
        check(node, located[0], parse("x.yml", file.read_bytes()).value)
