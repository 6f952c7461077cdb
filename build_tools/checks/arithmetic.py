"""The notice's arithmetic: constraints of ``schemas/rules.yml`` held against documents.

A constraint compares two sums. A term may be missing (blank, 不适用, not sent, not a number); what
then happens is the constraint's own strategy. People see each constraint as a rule of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple

from build_tools.campaign import Campaign, Constraint, Item, Term
from build_tools.checks.constraint import ConstraintRule, number_shown
from build_tools.checks.fields import month_number
from build_tools.checks.rule import Context, DocumentFamily, UnitRule
from build_tools.findings import Finding, Place, Pointer, Related
from build_tools.submissions import Document, UnitFolder

Number = int | Decimal

DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")

OPERATORS: dict[str, Callable[[Number, Number], bool]] = {
    "==": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
    "both_or_neither": lambda left, right: (left == 0) == (right == 0),
    "implies": lambda left, right: left <= 0 or right > 0,
}


def number(value: Any, *, month: bool = False) -> Number | None:
    """``value`` as a number: integers, decimals in text, months when ``month``; else ``None``."""
    if isinstance(value, int):
        return None if isinstance(value, bool) else value
    if not isinstance(value, str):
        return None
    if month:
        return month_number(value)
    return Decimal(value) if DECIMAL.fullmatch(value) else None


class Side(NamedTuple):
    """One side of a constraint: what varies, each ``None`` where it is missing, and its constants' sum."""

    varying: list[Number | None]
    fixed: int = 0

    def total(self) -> Number:
        """The sum; what is missing counts as 0."""
        return sum((value for value in self.varying if value is not None), start=self.fixed)


class Totals(NamedTuple):
    """Both sums of a constraint that was broken."""

    left: Number
    right: Number


def broken(operator: str, missing: str, left: Side, right: Side) -> Totals | None:
    """The two sums when they do not agree; ``None`` when they do or cannot be judged.

    ``missing`` is the strategy: ``skip_if_any``, ``skip_if_all`` or ``never_skip``.
    """
    if missing == "skip_if_any":
        if None in left.varying or None in right.varying:
            return None
    elif missing == "skip_if_all":
        varying = left.varying + right.varying
        if varying and all(value is None for value in varying):
            return None
    totals = Totals(left.total(), right.total())
    return None if OPERATORS[operator](*totals) else totals


def value_at(document: Any, path: Pointer) -> Any:
    """The value at ``path``; ``None`` when there is nothing, whatever stands on the way."""
    for part in path:
        if isinstance(document, dict):
            document = document.get(part)
        elif isinstance(document, list) and isinstance(part, int) and part < len(document):
            document = document[part]
        else:
            return None
    return document


class Terms(NamedTuple):
    """One side as it is read: the terms that vary, each with whether it is a month; the constants' sum."""

    varying: tuple[tuple[Term, bool], ...]
    fixed: int


class Held(NamedTuple):
    """A constraint, the rule that people see, and its sides."""

    constraint: Constraint
    rule: ConstraintRule
    left: Terms
    right: Terms


class _Constraints:
    """The constraints of the campaign asked about last, by item."""

    def __init__(self, *, crossing: bool) -> None:
        self._crossing = crossing
        self._last: tuple[Campaign, dict[str, list[Held]]] | None = None

    def of(self, campaign: Campaign) -> dict[str, list[Held]]:
        """By the item whose documents carry the findings."""
        last = self._last
        if last is None or last[0] is not campaign:
            by_item: dict[str, list[Held]] = {}
            for constraint in campaign.constraints:
                if constraint.crosses_items is self._crossing:
                    by_item.setdefault(constraint.item, []).append(_hold(constraint, campaign))
            self._last = last = (campaign, by_item)
        return last[1]


def _hold(constraint: Constraint, campaign: Campaign) -> Held:
    def is_month(term: Term) -> bool:
        schema = campaign.item_by_id[term.item or constraint.item].schema
        return bool(term.field) and schema.at(term.field).get("format") in ("month", "month-or-present")

    def side(terms: tuple[Term, ...]) -> Terms:
        varying = tuple((term, is_month(term)) for term in terms if term.constant is None)
        return Terms(varying, sum(term.constant for term in terms if term.constant is not None))

    rule = ConstraintRule(constraint, campaign)
    return Held(constraint, rule, side(constraint.left), side(constraint.right))


def _finding(held: Held, totals: Totals, document: Document, place: Callable[[Pointer], Place]) -> Finding:
    at, months = held.constraint.at, held.rule.compares_months
    others = [
        Related(place(term.field), f"{named}在这里")
        for term, named in held.rule.fields_elsewhere()
        if value_at(document.value, term.field) is not None
    ]
    return held.rule.finding(
        place(at),
        at,
        related=tuple(others),
        left=number_shown(totals.left, months=months),
        right=number_shown(totals.right, months=months),
    )


class Arithmetic(DocumentFamily):
    """Evaluates every constraint that stays within one document; people see the constraints."""

    def __init__(self) -> None:
        self._constraints = _Constraints(crossing=False)

    def held(self, item: Item, campaign: Campaign) -> list[Held]:
        """The constraints that stay within a document of ``item``."""
        return self._constraints.of(campaign).get(item.id, [])

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """See :class:`DocumentRule`."""
        source = document.source
        if source is None:
            raise AssertionError("document rules run while the source is at hand")
        for held in self.held(item, campaign):
            constraint = held.constraint
            left, right = _read(document, held.left), _read(document, held.right)
            totals = broken(constraint.operator, constraint.missing, left, right)
            if totals is not None:
                yield _finding(held, totals, document, source.place)


def _read(document: Document, terms: Terms) -> Side:
    varying = [number(value_at(document.value, term.field), month=month) for term, month in terms.varying]
    return Side(varying, terms.fixed)


class AcrossItems(UnitRule):
    """Evaluates every constraint that needs several documents of a unit; people see the constraints."""

    code = title = message = hint = ""

    def __init__(self) -> None:
        self._constraints = _Constraints(crossing=True)

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        campaign, tree = context.campaign, context.submissions.tree
        for item_id, constraints in self._constraints.of(campaign).items():
            for document in folder.of(campaign.item_by_id[item_id]):
                for held in constraints:
                    constraint = held.constraint
                    left, right = (
                        _read_across(document, folder, campaign, side) for side in (held.left, held.right)
                    )
                    totals = broken(constraint.operator, constraint.missing, left, right)
                    if totals is not None:
                        yield _finding(held, totals, document, partial(document.place, tree))


def _read_across(document: Document, folder: UnitFolder, campaign: Campaign, terms: Terms) -> Side:
    varying: list[Number | None] = []
    for term, month in terms.varying:
        if term.count:
            varying.append(len(folder.of(campaign.item_by_id[term.count])))
        elif term.materials:
            varying.append(_materials(folder, campaign, term.materials))
        else:
            own = term.item in ("", document.item)
            other = document if own else folder.one(campaign.item_by_id[term.item])
            value = value_at(other.value, term.field) if other else None
            varying.append(number(value, month=month))
    return Side(varying, terms.fixed)


def _materials(folder: UnitFolder, campaign: Campaign, kind: str) -> int | None:
    """How many files of ``kind`` the manifest lists; ``None`` without a readable manifest."""
    item = campaign.materials
    manifest = folder.one(item)
    files = manifest.field(item.manifest) if item and manifest else None
    if not isinstance(files, list):
        return None
    return sum(1 for file in files if isinstance(file, dict) and file.get("kind") == kind)


ARITHMETIC = Arithmetic()
ACROSS_ITEMS = AcrossItems()
