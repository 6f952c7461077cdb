"""A form that uses every word of JSON Schema and every annotation that the checks know, and constraints of every kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness import TESTS, base_campaign

from build_tools.campaign import Campaign, Constraint, Item, Term
from build_tools.schema import Schema

SCHEMA = TESTS / "fixtures" / "every-word.schema.json"


def _constraint(code: str, left: Term, operator: str, right: Term, missing: str, **more: Any) -> Constraint:
    return Constraint(
        code=code,
        item="strange",
        title="示例规则",
        severity=more.get("severity", "warning"),
        clause=more.get("clause", "附件1"),
        left=(left, *more.get("plus", ())),
        operator=operator,
        right=(right,),
        missing=missing,
        at=more.get("at", left.field or right.field),
        message=more.get("message", "左边是 {left}，右边是 {right}。"),
        hint="核对 {left} 与 {right}，{} 不算。",
        passes={},
        fails={},
    )


def _field(*path: str | int) -> Term:
    return Term(field=path)


_FUNDS, _SPENT, _MEMBERS, _BIRTH = _field("funds"), _field("spent"), _field("members"), _field("birth")
CONSTRAINTS = (
    _constraint("A01", _FUNDS, "==", _SPENT, "skip_if_any", plus=(_MEMBERS,)),
    _constraint("A02", _FUNDS, "!=", _SPENT, "skip_if_all", severity="error", clause="", at=("name",)),
    _constraint("A03", _FUNDS, "<", _MEMBERS, "never_skip", at=("members",)),
    _constraint("A04", _SPENT, "<=", Term(constant=7), "skip_if_any"),
    _constraint("A05", Term(constant=3), ">", _MEMBERS, "skip_if_all"),
    _constraint("A06", _FUNDS, ">=", _MEMBERS, "skip_if_any", plus=(Term(constant=-2),)),
    _constraint("A07", _MEMBERS, "both_or_neither", _SPENT, "skip_if_any"),
    _constraint("A08", _MEMBERS, "implies", _SPENT, "skip_if_any"),
    _constraint("A09", _BIRTH, "<", _field("resume", 0, "from"), "skip_if_any", plus=(Term(constant=216),)),
    _constraint("A10", _BIRTH, "<=", _field("until"), "skip_if_any", at=("until",)),
)


def strange() -> tuple[Campaign, Item]:
    """The form, and the base's campaign with this form only."""
    campaign = base_campaign()
    schema = Schema(SCHEMA.read_text("utf-8"))
    schema.check()
    item = Item(
        "strange", "怪表", "怪表", "", "strange.yml", campaign.items[0].late, schema, counters=True
    )  # fmt: skip
    return replace(campaign, items=(item,), constraints=CONSTRAINTS), item
