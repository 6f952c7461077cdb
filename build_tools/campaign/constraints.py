"""``schemas/rules.yml`` as constraints, each name in it held against the campaign's items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from build_tools.campaign.model import Constraint, Item, Term
from build_tools.campaign.reading import Reader
from build_tools.findings import Pointer
from build_tools.source import Source

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def read_constraints(file: Source) -> tuple[Constraint, ...]:
    """The constraints of a rules file that is valid against ``rules.schema.json``."""
    return tuple(_constraint(raw) for raw in file.value["rules"])


def _path(text: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdigit() else part for part in text.split("/"))


def _term(raw: dict[str, Any]) -> Term:
    if "years" in raw:
        return Term(constant=raw["years"] * 12)
    return Term(
        item=raw.get("item", ""),
        field=_path(raw["field"]) if "field" in raw else (),
        constant=raw.get("constant"),
        count=raw.get("count", ""),
        materials=raw.get("materials", ""),
    )


def _constraint(raw: dict[str, Any]) -> Constraint:
    left = tuple(_term(term) for term in raw["left"])
    right = tuple(_term(term) for term in raw["right"])
    first = next((term.field for term in left + right if term.field and term.item in ("", raw["item"])), ())
    return Constraint(
        code=raw["code"],
        item=raw["item"],
        title=raw["title"],
        severity=raw["severity"],
        clause=raw["clause"],
        left=left,
        operator=raw["operator"],
        right=right,
        missing=raw["missing"],
        at=_path(raw["at"]) if raw.get("at") else first,
        message=raw["message"],
        hint=raw["hint"],
        passes=raw["passes"],
        fails=raw["fails"],
    )


def check_constraints(
    reader: Reader, file: Source, constraints: tuple[Constraint, ...], items: tuple[Item, ...]
) -> None:
    """Note every name in the rules that the campaign does not know."""
    names = _Names({item.id: item for item in items})
    for index, constraint in enumerate(constraints):
        for pointer, unknown in names.unknown_in(constraint):
            reader.unknown(file, ("rules", index, *pointer), unknown.kind, unknown.name, unknown.mend)


class _Unknown(NamedTuple):
    kind: str
    name: str
    mend: str


_Unknowns = Iterator[tuple[Pointer, _Unknown]]


class _Names:
    """What a rule may name: items, their fields, kinds of materials."""

    def __init__(self, items: dict[str, Item]) -> None:
        self._items = items
        self._kinds = {kind.id for item in items.values() for kind in item.kinds}

    def unknown_in(self, constraint: Constraint) -> _Unknowns:
        """(where in the rule, what) of every name that nobody knows."""
        item = self._items.get(constraint.item)
        if item is None:
            yield ("item",), _item(constraint.item)
            return
        own = {term.field for term in constraint.left + constraint.right}
        if constraint.at and constraint.at not in own and not item.schema.at(constraint.at):
            yield ("at",), _field("/".join(map(str, constraint.at)))
        for side, terms in (("left", constraint.left), ("right", constraint.right)):
            for place, term in enumerate(terms):
                yield from (((side, place), unknown) for unknown in self._in_term(term, constraint))
        for name in ("message", "hint"):
            for word in _PLACEHOLDER.findall(getattr(constraint, name)):
                if word not in ("left", "right"):
                    yield (name,), _Unknown("占位", f"{{{word}}}", "只能写 {left} 和 {right}。")
        for name in ("passes", "fails"):
            for pointer, unknown in self._in_example(getattr(constraint, name), constraint):
                yield (name, *pointer), unknown

    def _in_term(self, term: Term, constraint: Constraint) -> Iterator[_Unknown]:
        item = self._items.get(term.item or constraint.item)
        if item is None or (term.count and term.count not in self._items):
            yield _item(term.item or term.count)
        elif term.field and not item.schema.at(term.field):
            yield _field("/".join(map(str, term.field)))
        elif term.materials and term.materials not in self._kinds:
            yield _kind(term.materials)

    def _in_example(self, example: dict[str, Any], constraint: Constraint) -> _Unknowns:
        if not constraint.crosses_items:
            yield from self._in_document(example, self._items[constraint.item])
            return
        for key, part in example.items():
            names = list(part) if isinstance(part, dict) else []
            if key == "count":
                yield from (((key, name), _item(name)) for name in names if name not in self._items)
            elif key == "materials":
                yield from (((key, name), _kind(name)) for name in names if name not in self._kinds)
            elif key in self._items:
                inside = self._in_document(names, self._items[key])
                yield from (((key, *pointer), unknown) for pointer, unknown in inside)
            else:
                yield (key,), _item(key)

    @staticmethod
    def _in_document(fields: Iterable[str], item: Item) -> _Unknowns:
        known = item.schema.root.get("properties", {})
        yield from (((name,), _field(name)) for name in fields if name not in known)


def _item(name: str) -> _Unknown:
    return _Unknown("报送项", name, "与 data/campaign.yml 的报送项一致。")


def _field(name: str) -> _Unknown:
    return _Unknown("栏目", name, "与该报送项的 schema 一致。")


def _kind(name: str) -> _Unknown:
    return _Unknown("材料类别", name, "与 data/campaign.yml 的 kinds 一致。")
