"""The notice's arithmetic: constraints of ``schemas/rules.yml`` held against documents.

A constraint compares two sums. A term may be missing (blank, 不适用, not sent, not a number); what
then happens is the constraint's own strategy. People see each constraint as a rule of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
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

_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")

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
    return Decimal(value) if _DECIMAL.fullmatch(value) else None


def total(numbers: Sequence[Number | None], fixed: int, missing: str) -> Number | None:
    """The sum of ``numbers`` and the constant ``fixed``; ``None`` when the side cannot be judged.

    ``missing`` is the strategy. ``skip_if_all`` is decided over both sides by :func:`holds`; here,
    as with ``never_skip``, a missing number counts as 0.
    """
    present = [value for value in numbers if value is not None]
    if missing == "skip_if_any" and len(present) < len(numbers):
        return None
    return sum(present, start=fixed)


class Sides(NamedTuple):
    """Both sums of a constraint that was broken."""

    left: Number
    right: Number


Read = Callable[[Term], Number | None]


def broken(constraint: Constraint, read: Read) -> Sides | None:
    """The two sums when ``constraint`` does not hold; ``None`` when it holds or cannot be judged."""
    left, left_fixed = _numbers(constraint.left, read)
    right, right_fixed = _numbers(constraint.right, read)
    variable = [*left, *right]
    if constraint.missing == "skip_if_all" and variable and all(value is None for value in variable):
        return None
    left_sum = total(left, left_fixed, constraint.missing)
    right_sum = total(right, right_fixed, constraint.missing)
    if left_sum is None or right_sum is None or OPERATORS[constraint.operator](left_sum, right_sum):
        return None
    return Sides(left_sum, right_sum)


def _numbers(terms: tuple[Term, ...], read: Read) -> tuple[list[Number | None], int]:
    fixed = sum(term.constant for term in terms if term.constant is not None)
    return [read(term) for term in terms if term.constant is None], fixed


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


class _Held(NamedTuple):
    """A constraint as a rule, with what its fields are: fixed for a campaign, so worked out once."""

    constraint: Constraint
    rule: ConstraintRule
    months: frozenset[tuple[str, Pointer]]


class _Constraints:
    """The constraints of the campaign asked about last, by item."""

    def __init__(self, *, crossing: bool) -> None:
        self._crossing = crossing
        self._last: tuple[Campaign, dict[str, list[_Held]]] | None = None

    def of(self, campaign: Campaign) -> dict[str, list[_Held]]:
        """By the item whose documents carry the findings."""
        last = self._last
        if last is None or last[0] is not campaign:
            by_item: dict[str, list[_Held]] = {}
            for constraint in campaign.constraints:
                if constraint.crosses_items is self._crossing:
                    by_item.setdefault(constraint.item, []).append(_hold(constraint, campaign))
            self._last = last = (campaign, by_item)
        return last[1]


def _hold(constraint: Constraint, campaign: Campaign) -> _Held:
    months = set()
    for term in constraint.left + constraint.right:
        item = term.item or constraint.item
        if term.field and campaign.item_by_id[item].schema.at(term.field).get("format") == "month":
            months.add((item, term.field))
    return _Held(constraint, ConstraintRule(constraint, campaign), frozenset(months))


def _finding(held: _Held, sides: Sides, document: Document, place: Callable[[Pointer], Place]) -> Finding:
    at, months = held.constraint.at, held.rule.compares_months
    others = [
        Related(place(term.field), f"“{title}”在这里")
        for term, title in held.rule.fields_elsewhere()
        if value_at(document.value, term.field) is not None
    ]
    return held.rule.finding(
        place(at),
        at,
        related=tuple(others),
        left=number_shown(sides.left, months=months),
        right=number_shown(sides.right, months=months),
    )


class Arithmetic(DocumentFamily):
    """Evaluates every constraint that stays within one document; people see the constraints."""

    def __init__(self) -> None:
        self._constraints = _Constraints(crossing=False)

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """See :class:`DocumentRule`."""
        source = document.source
        if source is None:
            raise AssertionError("document rules run while the source is at hand")
        for held in self._constraints.of(campaign).get(item.id, ()):

            def read(term: Term, months: frozenset[tuple[str, Pointer]] = held.months) -> Number | None:
                value = value_at(document.value, term.field)
                return number(value, month=(item.id, term.field) in months)

            sides = broken(held.constraint, read)
            if sides is not None:
                yield _finding(held, sides, document, source.place)


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
                    sides = broken(held.constraint, _reader(held, document, folder, campaign))
                    if sides is not None:
                        yield _finding(held, sides, document, partial(document.place, tree))


def _reader(held: _Held, document: Document, folder: UnitFolder, campaign: Campaign) -> Read:
    def read(term: Term) -> Number | None:
        if term.count:
            return len(folder.of(campaign.item_by_id[term.count]))
        if term.materials:
            return _materials(folder, campaign, term.materials)
        item = term.item or held.constraint.item
        read_from = document if item == document.item else folder.one(campaign.item_by_id[item])
        value = value_at(read_from.value, term.field) if read_from else None
        return number(value, month=(item, term.field) in held.months)

    return read


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
