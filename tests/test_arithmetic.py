"""Constraints as data: sums, operators, what is missing, and values nobody expected."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness import BASE, NOW, base_campaign
from hypothesis import given, settings
from hypothesis import strategies as st

from build_tools.campaign import Constraint, Term
from build_tools.checks.arithmetic import ACROSS_ITEMS, ARITHMETIC, Side, broken, number
from build_tools.checks.constraint import ConstraintRule
from build_tools.checks.explain import explanation
from build_tools.checks.rule import Context
from build_tools.findings import Finding
from build_tools.ledger import Ledger
from build_tools.source import parse
from build_tools.submissions import Document, Submissions, UnitFolder
from build_tools.tree import WorkTree

CAMPAIGN = base_campaign()

NUMBERS = [
    (5, 5), (0, 0), (-3, -3), (10**30, 10**30), ("120000.50", Decimal("120000.50")), ("0.5", Decimal("0.5")),
    (None, None), ("不适用", None), ("", None), ("1e9", None), ("NaN", None), ("inf", None), ("１２", None),
    (True, None), (False, None), ([1], None), ({"a": 1}, None), ("9" * 400, None), ("1970-05", None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), NUMBERS, ids=[repr(row[0])[:20] for row in NUMBERS])
def test_what_counts_as_a_number(value: Any, expected: Any) -> None:
    assert number(value) == expected
    assert type(number(value)) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-05", 12 * 1970 + 5),
        ("1970-12", 12 * 1970 + 12),
        ("1970-13", None),
        ("至今", None),
        (None, None),
    ],
)
def test_months_are_numbers(text: Any, expected: int | None) -> None:
    assert number(text, month=True) == expected


OPERATORS = [
    ("==", (3, 3), (3, 4)),
    ("!=", (3, 4), (3, 3)),
    ("<", (3, 4), (3, 3)),
    ("<=", (3, 3), (4, 3)),
    (">", (4, 3), (3, 3)),
    (">=", (3, 3), (3, 4)),
    ("both_or_neither", (3, 9), (3, 0)),
    ("both_or_neither", (0, 0), (0, 1)),
    ("implies", (1, 1), (1, 0)),
    ("implies", (0, 5), (5, 0)),
]


@pytest.mark.parametrize(("operator", "holds", "fails"), OPERATORS)
def test_operators(operator: str, holds: tuple[int, int], fails: tuple[int, int]) -> None:
    assert broken(operator, "skip_if_any", Side([holds[0]]), Side([holds[1]])) is None
    assert broken(operator, "skip_if_any", Side([fails[0]]), Side([fails[1]])) == fails


# Judged with <=, so that 3 against 0 is broken.
MISSING = [
    ([3], [None], {"never_skip", "skip_if_all"}),
    ([None], [None], set()),
    ([3, None], [1], {"never_skip", "skip_if_all"}),
    ([3, 1], [1, 1], {"never_skip", "skip_if_all", "skip_if_any"}),
]


@pytest.mark.parametrize(("left", "right", "judged_by"), MISSING)
@pytest.mark.parametrize("strategy", ["skip_if_any", "skip_if_all", "never_skip"])
def test_missing_values(left: list[Any], right: list[Any], judged_by: set[str], strategy: str) -> None:
    found = broken("<=", strategy, Side(left), Side(right))
    assert (found is not None) == (strategy in judged_by)


def test_constants_are_never_missing_and_never_enough() -> None:
    assert broken("<=", "skip_if_all", Side([None]), Side([], -1)) is None
    assert broken("<=", "never_skip", Side([None]), Side([], -1)) == (0, -1)
    assert broken("<=", "skip_if_any", Side([3], 2), Side([], 4)) == (5, 4)


def test_decimals_are_exact() -> None:
    tenths = [number("0.1"), number("0.2")]
    assert broken("==", "skip_if_any", Side(tenths), Side([number("0.30")])) is None


def constraint(**changes: Any) -> Constraint:
    made = Constraint(
        code="A99",
        item="statistics",
        title="示例",
        severity="warning",
        clause="附件2",
        left=(Term(field=("good_deeds",)),),
        operator="<=",
        right=(Term(field=("disputes_resolved",)),),
        missing="skip_if_any",
        at=("good_deeds",),
        message="左 {left}，右 {right}，{其他}。",
        hint="请核对 {left}。",
        passes={"good_deeds": 1},
        fails={"good_deeds": 2},
    )
    return replace(made, **changes)


def judged(rule: Constraint, value: Any) -> list[Finding]:
    campaign = replace(CAMPAIGN, constraints=(rule,))
    source = parse("x.yml", json.dumps(value).encode())
    document = Document("jia", rule.item, "sample", 0, "x.yml", "", source.value, source)
    return list(ARITHMETIC.check(document, campaign.item_by_id[rule.item], campaign))


def test_numbers_are_shown_where_every_field_is_public() -> None:
    found = judged(constraint(), {"good_deeds": 3, "disputes_resolved": 2})
    assert [f.message for f in found] == ["左 3，右 2，{其他}。"]
    assert found[0].hint == "请核对 3。"


def test_numbers_stay_hidden_where_one_field_is_private() -> None:
    rule = constraint(
        item="collective", left=(Term(field=("members",)),), right=(Term(field=("staff",)),), at=("members",)
    )
    found = judged(rule, {"members": 77, "staff": 55})
    assert len(found) == 1
    assert "77" not in str(found[0].as_dict())
    assert "55" not in str(found[0].as_dict())


def test_a_decimal_is_shown_as_it_was_written() -> None:
    rule = constraint(left=(Term(field=("oneplusone_funds",)),), at=("oneplusone_funds",))
    assert "左 0.50，" in judged(rule, {"oneplusone_funds": "0.50", "disputes_resolved": 0})[0].message


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "“为群众办实事好事”不应大于“化解矛盾纠纷”。"),
        ({"operator": "both_or_neither"}, "“为群众办实事好事”与“化解矛盾纠纷”应同时为 0，或同时不为 0。"),
        ({"right": (Term(constant=3),)}, "“为群众办实事好事”不应大于 3。"),
        ({"right": (Term(count="individual"),)}, "“为群众办实事好事”不应大于先进个人推荐表的份数。"),
        ({"right": (Term(materials="other"),)}, "“为群众办实事好事”不应大于佐证材料“其他佐证材料”的份数。"),
        (
            {"right": (Term(item="collective", field=("members",)), Term(constant=1))},
            "“为群众办实事好事”不应大于先进集体推荐表的“党员数”加 1。",
        ),
        (
            {
                "item": "individual",
                "left": (Term(field=("resume", 0, "from")),),
                "operator": ">=",
                "right": (Term(field=("birth",)), Term(constant=192)),
            },
            "“个人简历”第 1 条的“起始年月”不应早于“出生年月”加 16 年。",
        ),
    ],
)
def test_a_constraint_explains_itself(changes: dict[str, Any], sentence: str) -> None:
    text = explanation(ConstraintRule(constraint(**changes), CAMPAIGN))
    assert text.summary == "示例。"
    assert sentence in text.prose
    assert text.right
    assert text.wrong


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["1970-05", "3.5"]),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3), part, max_size=3),
    max_leaves=5,
)  # fmt: skip
KEYS = sorted({key for item in CAMPAIGN.items for key in item.schema.root["properties"]})


@settings(max_examples=300, deadline=None)
@given(ODD | st.dictionaries(st.sampled_from(KEYS), ODD, max_size=8))
def test_odd_documents_never_raise(value: Any) -> None:
    """The rules across items also see documents that their schemas refused."""
    source = parse("x.yml", b"a: 1\n")
    documents = [
        Document("jia", item.id, item.document(1), 1, "x.yml", "", value, source) for item in CAMPAIGN.items
    ]
    for document, item in zip(documents, CAMPAIGN.items, strict=True):
        list(ARITHMETIC.check(document, item, CAMPAIGN))
    folder = UnitFolder("jia", {}, (), Ledger("jia"), documents)
    submissions = Submissions(WorkTree(Path(BASE)), {"jia": folder}, ())
    list(ACROSS_ITEMS.check(folder, Context(CAMPAIGN, submissions, datetime.fromisoformat(NOW))))
