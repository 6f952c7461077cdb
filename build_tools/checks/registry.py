"""Every rule there is, by scope. A rule that is not listed here does not exist."""

from __future__ import annotations

from build_tools.campaign import CAMPAIGN_RULES, Campaign
from build_tools.checks.arithmetic import ACROSS_ITEMS, ARITHMETIC
from build_tools.checks.attachments import ATTACHMENTS
from build_tools.checks.career import Career
from build_tools.checks.constraint import ConstraintRule
from build_tools.checks.counters import COUNTER_RULES
from build_tools.checks.duplicates import DUPLICATES
from build_tools.checks.fields import FIELD_RULES
from build_tools.checks.glyphs import NO_GLYPH
from build_tools.checks.layout import LAYOUT_RULES, UNKNOWN_UNIT
from build_tools.checks.ledger_rules import LEDGER_RULES, REWRITTEN
from build_tools.checks.materials import MATERIAL_RULES, PATH_OUTSIDE
from build_tools.checks.proposals import PROPOSAL_RULES
from build_tools.checks.quota import QUOTA_RULES
from build_tools.checks.rule import (
    CampaignFamily,
    CampaignRule,
    DocumentFamily,
    DocumentRule,
    UnitFamily,
    UnitRule,
)
from build_tools.checks.texts import TEXT_RULES
from build_tools.checks.timeliness import TIME_RULES
from build_tools.findings import Rule
from build_tools.schema import SCHEMA_RULES
from build_tools.source import YAML_RULES
from build_tools.submissions import UNREADABLE

DOCUMENT_RULES: tuple[DocumentRule, ...] = (
    *FIELD_RULES,
    *COUNTER_RULES,
    Career(),
    *TEXT_RULES,
    PATH_OUTSIDE,
    ARITHMETIC,
)

UNIT_RULES: tuple[UnitRule, ...] = (
    ACROSS_ITEMS,
    *QUOTA_RULES,
    *MATERIAL_RULES,
    ATTACHMENTS,
    *LAYOUT_RULES,
    *TIME_RULES,
    *LEDGER_RULES,
)

CAMPAIGN_WIDE_RULES: tuple[CampaignRule, ...] = (DUPLICATES, UNKNOWN_UNIT)


def all_rules(campaign: Campaign | None = None) -> tuple[Rule, ...]:
    """Every rule in the order of its code; with ``campaign`` also the constraints of its rules.yml."""
    rules: list[Rule] = [
        *YAML_RULES,
        *SCHEMA_RULES,
        *(listed for rule in DOCUMENT_RULES for listed in _listed(rule)),
        *(listed for rule in UNIT_RULES for listed in _listed(rule)),
        *(listed for rule in CAMPAIGN_WIDE_RULES for listed in _listed(rule)),
        UNREADABLE,
        NO_GLYPH,
        *PROPOSAL_RULES,
        REWRITTEN,
        *CAMPAIGN_RULES,
    ]
    if campaign is not None:
        rules += [ConstraintRule(constraint, campaign) for constraint in campaign.constraints]
    # One without a code only carries out rules that are listed on their own.
    return tuple(sorted((rule for rule in rules if rule.code), key=lambda rule: rule.code))


def _listed(rule: Rule) -> tuple[Rule, ...]:
    families = DocumentFamily | UnitFamily | CampaignFamily
    return rule.rules if isinstance(rule, families) else (rule,)
