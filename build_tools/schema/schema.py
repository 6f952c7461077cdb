"""A JSON Schema as a frozen object that answers the questions the other rooms ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from build_tools.findings import Pointer, json_pointer
from build_tools.schema.soundness import Unsound, check_sound, target_of
from build_tools.schema.text import SchemaBroken, place, read

EACH = "*"
"""In a path pattern: every entry of a list."""

UNTITLED = "本文件"
"""How a document is called whose schema has no title."""

Pattern = tuple[str, ...]


class Field(NamedTuple):
    """A leaf or node of the schema: where it stands (``*`` for list entries) and what it says."""

    path: Pattern
    schema: dict[str, Any]

    @property
    def title(self) -> str:
        """The form's word for it."""
        return str(self.schema.get("title") or self.path[-1])


class Schema:
    """One schema file. Sub-schemas are found through ``properties``, ``items`` and local ``$ref``."""

    def __init__(self, text: str) -> None:
        """Parse ``text``; raises :class:`SchemaBroken`."""
        root = read(text)
        if not isinstance(root, dict):
            raise SchemaBroken("应是一个 JSON 对象")
        self.root: dict[str, Any] = root
        self._text = text

    def check(self) -> None:
        """Check that the schema can be used: sound by itself, and by the 2020-12 metaschema.

        Raises :class:`SchemaBroken` with the place of the word that is wrong.
        """
        try:
            check_sound(self.root)
            _ = self.accepts
        except Unsound as unsound:
            raise self._broken(unsound.reason, unsound.pointer) from unsound
        except ValueError as error:
            # References are sound by now: what is left without a place of its own is the schema's own name.
            pointer = tuple(getattr(error, "instance_path", ())) or ("$id",)
            raise self._broken("不符合 JSON Schema 2020-12", pointer) from error

    def _broken(self, reason: str, pointer: Pointer) -> SchemaBroken:
        where = "/".join(map(str, pointer)) if target_of(self.root, _reference(pointer)) else ""
        return SchemaBroken(f"{reason}（{where or '顶层'}）", *place(self._text, pointer))

    def __getstate__(self) -> dict[str, Any]:
        return {"root": self.root}

    @cached_property
    def validator(self) -> Any:
        """The compiled ``jsonschema`` validator."""
        from jsonschema import Draft202012Validator
        from jsonschema.validators import extend

        return extend(Draft202012Validator, {"pattern": _pattern})(self.root)  # type: ignore[no-untyped-call]

    @cached_property
    def accepts(self) -> Callable[[Any], bool]:
        """A fast first opinion: true only for a valid value (see ``validate``). Nothing is ever fetched."""
        import jsonschema_rs

        return jsonschema_rs.Draft202012Validator(self.root, offline=True).is_valid

    @property
    def title(self) -> str:
        """The title of the whole document."""
        return str(self.root.get("title", ""))

    def resolve(self, schema: Any) -> dict[str, Any]:
        """``schema`` with a local ``$ref`` followed; words beside the reference win. ``true`` says nothing."""
        if not isinstance(schema, dict):
            return {}
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#"):
            return schema
        found = target_of(self.root, reference)
        merged = {**self.resolve(found[1] if found else None), **schema}
        merged.pop("$ref")
        return merged

    def at(self, pointer: Pointer) -> dict[str, Any]:
        """The sub-schema that governs ``pointer``; ``{}`` where the schema says nothing."""
        schema = self.root
        for part in pointer:
            schema = self.resolve(schema)
            properties = schema.get("properties", {})
            if part in properties:
                schema = properties[part]
            elif isinstance(part, int) or part == EACH:
                schema = schema.get("items", {})
            else:
                more = schema.get("additionalProperties")
                schema = more if isinstance(more, dict) else {}
        return self.resolve(schema)

    def title_at(self, pointer: Pointer) -> str:
        """The form's word for ``pointer``: its own title, else the nearest one around it."""
        for length in range(len(pointer), 0, -1):
            title = self.at(pointer[:length]).get("title")
            if title:
                return str(title)
        return self.title or UNTITLED

    def clause_at(self, pointer: Pointer) -> str:
        """The clause of the notice that ``pointer`` answers: its own, else the nearest one around it."""
        for length in range(len(pointer), -1, -1):
            clause = self.at(pointer[:length]).get("x-clause")
            if clause:
                return str(clause)
        return ""

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every node below the root in the schema's order, lists as ``*``."""
        return tuple(self._fields((), self.root))

    def _fields(self, path: Pattern, schema: dict[str, Any]) -> Iterator[Field]:
        schema = self.resolve(schema)
        for key, reference in schema.get("properties", {}).items():
            child = self.resolve(reference)
            yield Field((*path, key), child)
            yield from self._fields((*path, key), child)
        items = schema.get("items")
        if isinstance(items, dict):
            items = self.resolve(items)
            yield Field((*path, EACH), items)
            yield from self._fields((*path, EACH), items)

    def marked(self, annotation: str, value: object = None) -> tuple[Field, ...]:
        """The fields that carry ``annotation`` (with ``value``, when given)."""
        return self._marked.get((annotation, value), ())

    @cached_property
    def _marked(self) -> dict[tuple[str, object], tuple[Field, ...]]:
        index: dict[tuple[str, object], tuple[Field, ...]] = {}
        for field in self.fields:
            for key, value in field.schema.items():
                if key == "format" or key.startswith("x-"):
                    keys = {(key, None), (key, value if isinstance(value, str) else None)}
                    for entry in keys:
                        index[entry] = (*index.get(entry, ()), field)
        return index

    def is_public(self, pointer: Pointer) -> bool:
        """Whether the value at ``pointer`` may be shown to the public."""
        return self.at(pointer).get("x-public") is True


def written_types(schema: dict[str, Any]) -> frozenset[str]:
    """The types that ``schema`` itself names; none when it names no type."""
    kinds = schema.get("type", ())
    return frozenset((kinds,) if isinstance(kinds, str) else kinds)


def types_of(schema: dict[str, Any]) -> frozenset[str]:
    """The types a value may have: those written, of the values listed, or of the alternatives; else ``any``."""
    found = written_types(schema)
    if not found and "const" in schema:
        found = frozenset({_type_of(schema["const"])})
    if not found and isinstance(schema.get("enum"), list):
        found = frozenset(map(_type_of, schema["enum"]))
    for word in ("anyOf", "oneOf"):
        if not found and isinstance(schema.get(word), list):
            found = frozenset().union(*(types_of(part) for part in schema[word] if isinstance(part, dict)))
    return found or frozenset({"any"})


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "boolean"), (str, "string"), (int, "integer"), (float, "number"), (list, "array"),
    )  # fmt: skip
    return next((word for kind, word in kinds if isinstance(value, kind)), "object")


def _reference(pointer: Pointer) -> str:
    return "#" + json_pointer(pointer)


def _pattern(validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    """``pattern`` as ECMA 262 has it: a final ``$`` is the end, not the place before a last line break."""
    from jsonschema import ValidationError

    strict = pattern[:-1] + r"\Z" if pattern.endswith("$") and not pattern.endswith(r"\$") else pattern
    if validator.is_type(instance, "string") and not re.search(strict, instance):
        yield ValidationError("pattern")


def values(document: Any, path: Pattern, start: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    """Every (pointer, value) of ``document`` that matches ``path``; missing parts match nothing."""
    found: list[tuple[Pointer, Any]] = [(start, document)]
    for part in path:
        if part == EACH:
            found = [
                ((*pointer, index), entry)
                for pointer, value in found
                if isinstance(value, list)
                for index, entry in enumerate(value)
            ]
        else:
            found = [
                ((*pointer, part), value[part])
                for pointer, value in found
                if isinstance(value, dict) and part in value
            ]
    return iter(found)
