"""A JSON Schema as a frozen object that answers the questions the other rooms ask."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from build_tools.findings import Pointer

EACH = "*"
"""In a path pattern: every entry of a list."""

Pattern = tuple[str, ...]


class SchemaBroken(Exception):
    """A schema file that is not JSON, or not a JSON Schema; ``reason`` is a Chinese half-sentence."""

    def __init__(self, reason: str, line: int = 1, column: int = 1) -> None:
        super().__init__(reason)
        self.reason, self.line, self.column = reason, line, column


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
        """Parse and check ``text``; raises :class:`SchemaBroken`."""
        try:
            root = json.loads(text)
        except json.JSONDecodeError as error:
            raise SchemaBroken("不是合格的 JSON", error.lineno, error.colno) from error
        if not isinstance(root, dict):
            raise SchemaBroken("应是一个 JSON 对象")
        self.root: dict[str, Any] = root

    def check(self) -> None:
        """Check the schema against the 2020-12 metaschema; raises :class:`SchemaBroken`.

        A schema that ``jsonschema-rs`` compiles is sound; the others are given to ``jsonschema``, which can
        say what is wrong.
        """
        try:
            _ = self.accepts
        except ValueError:
            self._check_thoroughly()

    def _check_thoroughly(self) -> None:
        from jsonschema import Draft202012Validator, SchemaError

        try:
            Draft202012Validator.check_schema(self.root)
        except SchemaError as error:
            where = "/".join(map(str, error.absolute_path)) or "顶层"
            raise SchemaBroken(f"不符合 JSON Schema 2020-12（{where}）") from error

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
        """A fast first opinion: true only for a valid value (see ``validate``)."""
        import jsonschema_rs

        return jsonschema_rs.Draft202012Validator(self.root).is_valid

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
        target: Any = self.root
        for part in reference.removeprefix("#").strip("/").split("/"):
            target = target.get(part, {}) if isinstance(target, dict) and part else target
        merged = {**self.resolve(target), **schema}
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
        return self.title or "本文件"

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
