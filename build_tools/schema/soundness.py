"""What a schema must be beyond JSON Schema: self-contained, finite, and with annotations we can use.

JSON Schema allows references to other files and to themselves. Ours stay within the file, so that nothing
is ever fetched, and end somewhere, so that every field of a form can be listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from build_tools.findings import Pointer

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_DEPTH, MAX_SIZE = 32, 20_000
"""Levels, and places, of a schema with its references written out."""

_ONE = frozenset({
    "items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else",
    "unevaluatedItems", "unevaluatedProperties", "contentSchema",
})  # fmt: skip
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_OTHER_REFERENCES = ("$dynamicRef", "$recursiveRef")


class Unsound(Exception):
    """``reason`` is a Chinese half-sentence about what stands at ``pointer`` of the schema."""

    def __init__(self, pointer: Pointer, reason: str) -> None:
        super().__init__(reason)
        self.pointer, self.reason = pointer, reason


def check_sound(root: dict[str, Any]) -> None:
    """Raise :class:`Unsound` for the first thing that cannot be used. The metaschema is not asked."""
    if root.get("$schema", DIALECT) != DIALECT:
        raise Unsound(("$schema",), f"的 $schema 应为 {DIALECT}")
    _Walk(root).measure(root, (), ())


def target_of(root: dict[str, Any], reference: str) -> tuple[Pointer, Any] | None:
    """What a reference within the file (``#/$defs/id``) points to, and where; ``None`` for nothing."""
    pointer: list[str | int] = []
    target: Any = root
    head, *parts = reference.split("/")
    if head != "#":
        return None
    for part in parts:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(target, dict) and name in target:
            pointer.append(name)
            target = target[name]
        elif isinstance(target, list) and name.isdecimal() and int(name) < len(target):
            pointer.append(int(name))
            target = target[int(name)]
        else:
            return None
    return tuple(pointer), target


class _Extent(NamedTuple):
    depth: int
    size: int


class _Walk:
    """Visits every sub-schema once, references followed."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root
        self._known: dict[int, _Extent] = {}
        self._open: set[int] = set()

    def measure(self, schema: dict[str, Any], pointer: Pointer, via: Pointer) -> _Extent:
        """The extent of ``schema`` at ``pointer``, to which the word at ``via`` led."""
        mark = id(schema)
        if mark in self._open:
            raise Unsound(via, "中的引用绕回了自身")
        extent = self._known.get(mark)
        if extent is None:
            if len(self._open) >= MAX_DEPTH:
                raise Unsound(pointer, f"嵌套超过 {MAX_DEPTH} 层")
            self._open.add(mark)
            _check_words(schema, pointer)
            parts = [
                self.measure(part, (*pointer, *step), (*pointer, *step)) for step, part in _parts(schema)
            ]
            parts += self._referred(schema, pointer)
            extent = _Extent(
                1 + max((part.depth for part in parts), default=0), 1 + sum(part.size for part in parts)
            )
            self._open.remove(mark)
            self._known[mark] = extent
        if len(self._open) + extent.depth > MAX_DEPTH:
            raise Unsound(via, f"嵌套超过 {MAX_DEPTH} 层")
        if extent.size > MAX_SIZE:
            raise Unsound(via, "把引用逐一展开后过大")
        return extent

    def _referred(self, schema: dict[str, Any], pointer: Pointer) -> Iterator[_Extent]:
        reference, via = schema.get("$ref"), (*pointer, "$ref")
        if reference is None:
            return
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise Unsound(via, "引用了别的文件，只能引用本文件中的内容（以“#”开头）")
        found = target_of(self._root, reference)
        if found is None or not isinstance(found[1], dict | bool):
            raise Unsound(via, "引用了本文件中没有的内容")
        if isinstance(found[1], dict):
            yield self.measure(found[1], found[0], via)


def _parts(schema: dict[str, Any]) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """The sub-schemas written directly in ``schema``, each with the steps that lead to it."""
    for word, value in schema.items():
        if word in _ONE and isinstance(value, dict):
            yield (word,), value
        elif word in _SEVERAL and isinstance(value, list):
            yield from (((word, index), part) for index, part in enumerate(value) if isinstance(part, dict))
        elif word in _NAMED and isinstance(value, dict):
            yield from (((word, name), part) for name, part in value.items() if isinstance(part, dict))


def _check_words(schema: dict[str, Any], pointer: Pointer) -> None:
    if pointer and "$id" in schema:
        raise Unsound((*pointer, "$id"), "只能在顶层写 $id")
    for word in _OTHER_REFERENCES:
        if word in schema:
            raise Unsound((*pointer, word), f"使用了 {word}，请改用 $ref")
    for word, value in schema.items():
        known = _ANNOTATIONS.get(word)
        if known and not known.holds(value):
            raise Unsound((*pointer, word), f"的 {word} 应写{known.words}")
        if isinstance(value, dict | list) and word not in _NAMED and _is_deep(value, MAX_DEPTH):
            raise Unsound((*pointer, word), f"嵌套超过 {MAX_DEPTH} 层")
    _check_required(schema, pointer)
    if isinstance(schema.get("pattern"), str):
        _check_pattern(schema["pattern"], (*pointer, "pattern"))
    named = schema.get("patternProperties")
    for pattern in named if isinstance(named, dict) else ():
        _check_pattern(pattern, (*pointer, "patternProperties", pattern))


def _check_required(schema: dict[str, Any], pointer: Pointer) -> None:
    """What must be there must be allowed there, or nothing anybody sends can be right."""
    known, wanted = schema.get("properties", {}), schema.get("required", [])
    closed = schema.get("additionalProperties") is False and "patternProperties" not in schema
    if closed and isinstance(known, dict) and isinstance(wanted, list):
        for index, name in enumerate(wanted):
            if name not in known:
                raise Unsound((*pointer, "required", index), "必填的栏目不在所列的栏目之中")


def _check_pattern(pattern: str, pointer: Pointer) -> None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise Unsound(pointer, "中的正则表达式不能使用") from error


def _is_deep(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return not levels or any(_is_deep(part, levels - 1) for part in inner)


class _Annotation(NamedTuple):
    holds: Callable[[Any], bool]
    words: str


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


_FLAG = _Annotation(lambda value: isinstance(value, bool), " true 或 false")
_TEXT = _Annotation(_is_text, "文字")
_ANNOTATIONS: dict[str, _Annotation] = {
    "x-career": _FLAG,
    "x-clause": _TEXT,
    "x-long": _FLAG,
    "x-max-words": _Annotation(lambda value: type(value) is int and value > 0, "大于 0 的整数"),
    "x-not-applicable": _TEXT,
    "x-public": _FLAG,
    "x-topics": _Annotation(
        lambda value: isinstance(value, list) and bool(value) and all(map(_is_text, value)), "一组文字"
    ),
    "x-unit": _TEXT,
}
"""Our own words in a schema, and what each may hold."""
