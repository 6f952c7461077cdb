"""Every rule as its docstring explains it, by family. The same for both audiences."""

from __future__ import annotations

from itertools import groupby

from build_tools.campaign import Campaign
from build_tools.checks import all_rules
from build_tools.checks.explain import explanation
from build_tools.findings import Rule, Severity
from build_tools.site.view import Mark, RuleFamily, RuleView

_FAMILIES = {
    "A": "数字关系",
    "C": "活动设置",
    "D": "重复报送",
    "F": "栏目内容",
    "G": "合并请求",
    "L": "文件位置和名称",
    "M": "佐证材料",
    "P": "打印",
    "Q": "名额和推荐顺序",
    "S": "栏目是否合规",
    "T": "报送时间",
    "X": "报送项之间",
    "Y": "文件书写",
}


def rules(campaign: Campaign) -> tuple[RuleFamily, ...]:
    """The families in the order of their letters, each with its rules in the order of their codes."""
    families = groupby(all_rules(campaign), key=lambda rule: rule.code[0])
    return tuple(
        RuleFamily(letter, _FAMILIES.get(letter, "其他规则"), tuple(_rule(rule) for rule in members))
        for letter, members in families
    )


def _rule(rule: Rule) -> RuleView:
    text = explanation(rule)
    shape = "invalid" if rule.severity is Severity.ERROR else "warning"
    return RuleView(
        code=rule.code,
        title=rule.title,
        mark=Mark(rule.severity.label, shape),
        clause=rule.clause,
        paragraphs=tuple(part for part in text.prose.split("\n\n") if part.rstrip("。") != rule.title),
        right=text.right,
        wrong=text.wrong,
        hint=text.mend,
    )
