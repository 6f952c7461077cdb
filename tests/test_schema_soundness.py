"""A schema file that cannot be used is named with its place, and never crashes, loops or fetches."""

from __future__ import annotations

import json
import socket

import pytest

from build_tools.schema import Schema, SchemaBroken, types_of
from build_tools.schema.text import place

DEEP = 100_000


def broken(text: str) -> str:
    with pytest.raises(SchemaBroken) as caught:
        Schema(text).check()
    return f"{caught.value.line}:{caught.value.column} {caught.value.reason}"


def field(words: str) -> str:
    """A schema whose only field says ``words``, on a line of its own."""
    return f'{{"title": "示例表",\n "properties": {{"name":\n  {{{words}}} }} }}'


NOT_JSON = [
    ('"maximum": NaN', "3:15 中有不能使用的数"),
    ('"maximum": -Infinity', "3:15 中有不能使用的数"),
    ('"title": "NaN 1e999", "maximum": 1e999', "3:37 中有不能使用的数"),
    (f'"maximum": {"9" * 5000}', "3:15 中有不能使用的数"),
    (f'"examples": {"[" * DEEP}{"]" * DEEP}', "1:1 嵌套过深"),
    ('"title": "示例" "type": "string"', "3:18 不是合格的 JSON"),
]
UNUSABLE = [
    ('"$ref": "#/properties/name"', "3:4 中的引用绕回了自身（properties/name/$ref）"),
    ('"$ref": "#"', "3:4 中的引用绕回了自身（properties/name/$ref）"),
    ('"type": "array", "items": {"allOf": [{"$ref": "#/properties/name"}]}', "3:42 中的引用绕回了自身"),
    ('"$ref": "#/$defs/none"', "3:4 引用了本文件中没有的内容"),
    ('"$ref": "#/title"', "3:4 引用了本文件中没有的内容"),
    ('"$ref": "#name"', "3:4 引用了本文件中没有的内容"),
    ('"$ref": 7', "3:4 引用了别的文件"),
    ('"$ref": "other.schema.json"', "3:4 引用了别的文件"),
    ('"$dynamicRef": "#nope"', "3:4 使用了 $dynamicRef，请改用 $ref"),
    ('"$id": "name.json"', "3:4 只能在顶层写 $id"),
    ('"pattern": "(?P<n>不)(?P=n)?适用"', "3:4 不符合 JSON Schema 2020-12（properties/name/pattern）"),
    ('"pattern": "(?<n>不)"', "3:4 中的正则表达式不能使用"),
    ('"patternProperties": {"(": {}}', "3:26 中的正则表达式不能使用"),
    ('"additionalProperties": false, "required": ["a"]', "3:48 必填的栏目不在所列的栏目之中"),
    ('"minLength": 1, "maxLength": "9"', "3:20 不符合 JSON Schema 2020-12（properties/name/maxLength）"),
    ('"type": ["string", "objekt"]', "3:4 不符合 JSON Schema 2020-12（properties/name/type）"),
    (f'"examples": {"[" * 60}{"]" * 60}', "3:4 嵌套超过 32 层"),
    ('"not": {' * 60 + "}" * 60, "嵌套超过 32 层"),
    ('"x-max-words": "2500"', "3:4 的 x-max-words 应写大于 0 的整数（properties/name/x-max-words）"),
    ('"x-max-words": null', "3:4 的 x-max-words 应写大于 0 的整数"),
    ('"x-max-words": true', "3:4 的 x-max-words 应写大于 0 的整数"),
    ('"x-topics": 7', "3:4 的 x-topics 应写一组文字"),
    ('"x-topics": [true]', "3:4 的 x-topics 应写一组文字"),
    ('"x-public": "yes"', "3:4 的 x-public 应写 true 或 false"),
    ('"title": "\\ud800"', "3:13 中有不能使用的字符"),
    ('"x-unit": 7', "3:4 的 x-unit 应写文字"),
]


@pytest.mark.parametrize(("words", "told"), NOT_JSON + UNUSABLE, ids=lambda value: value[:40])
def test_what_cannot_be_used_is_named_with_its_place(words: str, told: str) -> None:
    assert told in broken(field(words))


def test_two_definitions_that_point_at_each_other() -> None:
    text = '{"$defs": {"a": {"$ref": "#/$defs/b"},\n "b": {"$ref": "#/$defs/a"}}}'
    assert broken(text) == "2:8 中的引用绕回了自身（$defs/b/$ref）"


def test_definitions_that_double_are_not_written_out() -> None:
    doubled = {
        f"d{n}": {"properties": {name: {"$ref": f"#/$defs/d{n + 1}"} for name in "xy"}} for n in range(25)
    }
    text = json.dumps({"$defs": {**doubled, "d25": {"type": "string"}}})
    assert "过" in broken(text)


@pytest.mark.parametrize("word", ["$id", "$schema"])
def test_a_bad_name_of_its_own(word: str) -> None:
    assert broken(f'{{\n "{word}": "http://[bad"}}').startswith("2:2 ")


@pytest.mark.parametrize("word", ["$ref", "$schema", "$dynamicRef"])
def test_nothing_is_fetched(word: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.json"
        broken(json.dumps({"type": "object", word: address}))
        with pytest.raises(BlockingIOError):
            server.accept()


def test_sound_references_are_followed() -> None:
    text = json.dumps(
        {"properties": {"a/b": {"$ref": "#/$defs/x~1y"}}, "$defs": {"x/y": {"title": "甲", "type": "string"}}}
    )
    schema = Schema(text)
    schema.check()
    assert schema.title_at(("a/b",)) == "甲"


def test_places_in_json() -> None:
    text = '{ "a" : [1, {"b\\"c": "}"},\n  {"d": [ ]} ],\n"e":{}}'
    assert place(text, ()) == (1, 1)
    assert place(text, ("a",)) == (1, 3)
    assert place(text, ("a", 1)) == (1, 13)
    assert place(text, ("a", 1, 'b"c')) == (1, 14)
    assert place(text, ("a", 2, "d")) == (2, 4)
    assert place(text, ("a", 2, "d", 0)) == (2, 4)
    assert place(text, ("e", "none")) == (3, 1)


@pytest.mark.parametrize(
    ("schema", "types"),
    [
        ({"type": "string"}, {"string"}),
        ({"type": ["integer", "null"]}, {"integer", "null"}),
        ({"const": "无"}, {"string"}),
        ({"enum": [1, 1.5, None, True, [], {}]}, {"integer", "number", "null", "boolean", "array", "object"}),
        ({"anyOf": [{"type": "integer"}, {"const": "不适用"}]}, {"integer", "string"}),
        ({"title": "什么都行"}, {"any"}),
    ],
    ids=["one", "several", "const", "enum", "any-of", "none"],
)
def test_types(schema: dict[str, object], types: set[str]) -> None:
    assert types_of(schema) == types
