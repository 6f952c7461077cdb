"""Every rule there is, by scope. A rule that is not listed here does not exist."""

from __future__ import annotations

from build_tools.campaign import CAMPAIGN_RULES, Campaign
from build_tools.checks.rule import CampaignRule, DocumentRule, UnitRule
from build_tools.findings import Rule
from build_tools.schema import SCHEMA_RULES
from build_tools.source import YAML_RULES

DOCUMENT_RULES: tuple[DocumentRule, ...] = ()

UNIT_RULES: tuple[UnitRule, ...] = ()

CAMPAIGN_WIDE_RULES: tuple[CampaignRule, ...] = ()


def all_rules(campaign: Campaign | None = None) -> tuple[Rule, ...]:
    """Every rule in the order of its code; with ``campaign`` also the constraints of its rules.yml."""
    rules: list[Rule] = [
        *YAML_RULES,
        *SCHEMA_RULES,
        *DOCUMENT_RULES,
        *UNIT_RULES,
        *CAMPAIGN_WIDE_RULES,
        *CAMPAIGN_RULES,
    ]
    return tuple(sorted(rules, key=lambda rule: rule.code))
