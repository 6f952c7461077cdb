"""Findings: a module per family, a class per rule, one explicit registry."""

from build_tools.checks.registry import all_rules
from build_tools.checks.run import Examination, Judgement, examine, judge, without_collector

__all__ = ["Examination", "Judgement", "all_rules", "examine", "judge", "without_collector"]
