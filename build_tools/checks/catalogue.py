"""What a browser must know to say of a document exactly what :func:`checks.unit.check_document` says.

Sentences, half-sentences, patterns and lists stand once, in Python, on the rules; ``web/src/check`` holds the steps
that lead to them, and ``tests/test_form_checks.py`` holds both together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from build_tools.campaign import Campaign, Item
from build_tools.checks import registry
from build_tools.checks.answers import WORD
from build_tools.checks.arithmetic import ARITHMETIC, DECIMAL, Held, Terms
from build_tools.checks.constraint import ConstraintRule
from build_tools.checks.ethnicities import ETHNICITIES, OUTSIDE, SUFFIX
from build_tools.checks.fields import EARLIEST_YEAR, KEYS, PRESENT, month_number
from build_tools.checks.materials import attachments_folder
from build_tools.checks.personal import CHECKS, DIGITS, WEIGHTS
from build_tools.checks.rule import DocumentFamily
from build_tools.checks.texts import ENOUGH
from build_tools.findings import Rule
from build_tools.schema import SCHEMA_RULES
from build_tools.schema.schema import UNTITLED
from build_tools.schema.validate import ALIKE, MOST_CHOICES
from build_tools.source.rules import FORBIDDEN_CHARACTER, MAX_FINDINGS

# What Python's classes hold, as ECMAScript writes it (``\w`` only within brackets). Of scripts other than Han that were
# added to Unicode lately, each side knows what its own tables know.
_CLASSES = (
    (r"[^\W_]", r"[\p{L}\p{N}]"),
    (r"\w", r"\p{L}\p{N}_"),
    (r"\d", r"\p{Nd}"),
    (r"\s", r"[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"),
)
_ASTRAL = re.compile(r"\\U000([0-9a-f]{5})|\\U00([0-9a-f]{6})")


def catalogue(campaign: Campaign, item: Item) -> dict[str, Any]:
    """All of that for documents of ``item``, as plain JSON; its shape is ``Checks`` in ``web/src/check/checks.ts``."""
    held = ARITHMETIC.held(item, campaign)
    rules = [*_rules(), *(each.rule for each in held)]
    return {
        "rules": {rule.code: _rule(rule) for rule in rules},
        "constraints": [_constraint(each) for each in held],
        "word": for_browser(WORD),
        "decimal": for_browser(DECIMAL),
        "untitled": UNTITLED,
        "present": PRESENT,
        "earliest": EARLIEST_YEAR,
        "deadline": campaign.deadline.year * 12 + campaign.deadline.month,
        "issued": month_number(campaign.issued[:7]),
        "counters": list(item.counter_keys),
        "attachments": attachments_folder(campaign),
        "traits": campaign.trait_titles,
        "ethnicities": {"names": list(ETHNICITIES), "outside": list(OUTSIDE), "suffix": SUFFIX},
        "keys": list(KEYS),
        "personal": {"digits": list(DIGITS), "weights": list(WEIGHTS), "checks": CHECKS},
        "limits": {"alike": ALIKE, "choices": MOST_CHOICES, "findings": MAX_FINDINGS, "topic": ENOUGH},
    }


def for_browser(pattern: re.Pattern[str]) -> str:
    """The source of ``pattern`` as ECMAScript reads it with the flag ``u``."""
    source = pattern.pattern
    for python, browser in _CLASSES:
        source = source.replace(python, browser)
    return _ASTRAL.sub(lambda found: f"\\u{{{found[1] or found[2]}}}", source)


def _rules() -> Iterator[Rule]:
    """Every rule that a document can break on its own; constraints come with the item."""
    yield FORBIDDEN_CHARACTER
    yield from SCHEMA_RULES
    for rule in registry.DOCUMENT_RULES:
        yield from rule.rules if isinstance(rule, DocumentFamily) else (rule,)


def _rule(rule: Rule) -> dict[str, Any]:
    said: dict[str, Any] = {"severity": str(rule.severity), "message": rule.message, "hint": rule.hint}
    if isinstance(rule, ConstraintRule):  # the others take the clause of their place in the form
        said["clause"] = rule.clause
    if rule.phrases:
        said["phrases"] = dict(rule.phrases)
    if rule.patterns:
        said["patterns"] = {name: for_browser(pattern) for name, pattern in rule.patterns.items()}
    return said


def _constraint(held: Held) -> dict[str, Any]:
    constraint = held.constraint
    return {
        "code": constraint.code,
        "at": list(constraint.at),
        "operator": constraint.operator,
        "missing": constraint.missing,
        "months": held.rule.compares_months,
        "left": _side(held.left),
        "right": _side(held.right),
    }


def _side(terms: Terms) -> dict[str, Any]:
    varying = [{"path": list(term.field), "month": month} for term, month in terms.varying]
    return {"varying": varying, "fixed": terms.fixed}
