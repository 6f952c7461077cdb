"""Findings: a module per family, a class per rule, one explicit registry."""

from build_tools.checks.memory import Memory
from build_tools.checks.registry import all_rules
from build_tools.checks.run import Examination, Judgement, Progress, examine, judge, without_collector

__all__ = [
    "Examination",
    "Judgement",
    "Memory",
    "Progress",
    "all_rules",
    "examine",
    "judge",
    "without_collector",
]
