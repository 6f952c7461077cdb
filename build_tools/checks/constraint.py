"""A constraint of ``schemas/rules.yml`` as a rule that people can read, like any other."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from build_tools.campaign import Campaign, Constraint, Term
from build_tools.findings import Rule, Severity, inner_quotes

_SENTENCES = {
    "==": "{left}应等于{right}。",
    "!=": "{left}不应等于{right}。",
    "<": "{left}应小于{right}。",
    "<=": "{left}不应大于{right}。",
    ">": "{left}应大于{right}。",
    ">=": "{left}不应小于{right}。",
    "both_or_neither": "{left}与{right}应同时为 0，或同时不为 0。",
    "implies": "{left}大于 0 时，{right}也应大于 0。",
}
_OF_MONTHS = {
    **_SENTENCES,
    "==": "{left}应与{right}相同。",
    "<": "{left}应早于{right}。",
    "<=": "{left}不应晚于{right}。",
    ">": "{left}应晚于{right}。",
    ">=": "{left}不应早于{right}。",
}
_MISSING = {
    "skip_if_any": "任何一栏留空、填“不适用”或没有报送的，不作判断。",
    "skip_if_all": "各栏全部留空的，不作判断；部分留空的，留空处按 0 计。",
    "never_skip": "留空的按 0 计。",
}
_HIDDEN = "（不公开）"


class ConstraintRule(Rule):
    """A rule made from data; ``explanation`` stands where other rules have a docstring."""

    def __init__(self, constraint: Constraint, campaign: Campaign) -> None:
        self.constraint = constraint
        self.campaign = campaign
        self.code = constraint.code
        self.title = constraint.title
        self.severity = Severity(constraint.severity)
        self.clause = constraint.clause
        self.message = _template(constraint.message, public=self._is_public())
        self.hint = _template(constraint.hint, public=self._is_public())
        self.advice = _template(constraint.hint, public=True).format(left="左边的数", right="右边的数")

    def _is_public(self) -> bool:
        terms = self.constraint.left + self.constraint.right
        return all(self._schema_of(term).is_public(term.field) for term in terms if term.field)

    def _schema_of(self, term: Term) -> Any:
        return self.campaign.item_by_id[term.item or self.constraint.item].schema

    def fields_elsewhere(self) -> list[tuple[Term, str]]:
        """The fields of the finding's own document that it does not point at, each with its name in words."""
        found = []
        for term in self.constraint.left + self.constraint.right:
            own = term.field and term.item in ("", self.constraint.item)
            if own and term.field != self.constraint.at:
                found.append((term, self._field_named(term)))
        return found

    @property
    def explanation(self) -> str:
        """What is compared, what a blank means, and the two examples of the rules file."""
        constraint = self.constraint
        left, right = ("加".join(map(self._named, side)) for side in (constraint.left, constraint.right))
        sentences = _OF_MONTHS if self.compares_months else _SENTENCES
        compared = sentences[constraint.operator].format(left=left, right=right).replace(" 。", "。").strip()
        parts = [f"{constraint.title}。", f"{compared}{_MISSING[constraint.missing]}"]
        parts += [
            f"正确::\n\n{self._example(constraint.passes)}",
            f"错误::\n\n{self._example(constraint.fails)}",
        ]
        return "\n\n".join(parts)

    def _named(self, term: Term) -> str:
        items = self.campaign.item_by_id
        if term.constant is not None:
            return _constant(term.constant, months=self.compares_months)
        if term.count:
            return f"{items[term.count].title}的份数"
        if term.materials:
            return f"佐证材料{_quote(self._kind(term.materials))}的份数"
        other = f"{items[term.item].title}的" if term.item and term.item != self.constraint.item else ""
        return other + self._field_named(term)

    def _field_named(self, term: Term) -> str:
        """``resume/0/from`` as “个人简历”第 1 条的“起始年月”."""
        schema, words = self._schema_of(term), ""
        for length, part in enumerate(term.field, start=1):
            if isinstance(part, int):
                words += f"第 {part + 1} 条的"
            else:
                words += _quote(schema.title_at(term.field[:length]))
        return words

    @property
    def compares_months(self) -> bool:
        """Whether the numbers are months."""
        terms = self.constraint.left + self.constraint.right
        return any(t.field and self._schema_of(t).at(t.field).get("format") == "month" for t in terms)

    def _kind(self, name: str) -> str:
        item = self.campaign.materials
        return next((kind.title for kind in item.kinds if kind.id == name), name) if item else name

    def _example(self, example: dict[str, Any]) -> str:
        if not self.constraint.crosses_items:
            lines = [_yaml_line(key, value) for key, value in example.items()]
        else:
            lines = [line for key, part in example.items() for line in self._across(key, part)]
        return "\n".join(f"    {line}" for line in lines)

    def _across(self, key: str, part: Any) -> list[str]:
        items = self.campaign.item_by_id
        if not isinstance(part, dict):
            return [_yaml_line(key, part)]
        if key == "count":
            return [
                f"{items[item].title if item in items else item}：{copies} 份"
                for item, copies in part.items()
            ]
        if key == "materials":
            return [f"佐证材料{_quote(self._kind(kind))}：{copies} 份" for kind, copies in part.items()]
        return [_yaml_line(field, value) for field, value in part.items()]


def _quote(title: str) -> str:
    return f"“{inner_quotes(title)}”"


def _yaml_line(key: str, value: Any) -> str:
    """One field as a clerk writes it; lists and mappings in flow style."""
    return f"{key}: {_flow(value)}"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if value is None:
        return "null"
    return value if isinstance(value, str) and value.isalnum() else _quoted(value)


def _quoted(value: Any) -> str:
    text = str(value)
    plain = text and not set(text) & set(",:{}[]#&*!|>'\"%@` ")
    return text if plain else json.dumps(text, ensure_ascii=False)


def _template(text: str, *, public: bool) -> str:
    """``text`` ready for ``str.format``: only ``{left}`` and ``{right}`` are filled, and only if public."""
    text = text.replace("{", "{{").replace("}", "}}")
    for side in ("left", "right"):
        text = text.replace("{{" + side + "}}", "{" + side + "}" if public else _HIDDEN)
    return text


def number_shown(value: int | Decimal, *, months: bool) -> str:
    """A sum as people write it; a sum of months as ``YYYY-MM``."""
    if months:
        year, month = divmod(int(value) - 1, 12)
        return f"{year:04d}-{month + 1:02d}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _constant(value: int, *, months: bool) -> str:
    if not months:
        return f" {value} "
    if value >= 12 * 1000:
        return number_shown(value, months=True)
    return f" {value // 12} 年" if value % 12 == 0 else f"{value} 个月"
