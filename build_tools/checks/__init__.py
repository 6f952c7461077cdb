"""Findings: a module per family, a class per rule, one explicit registry."""

from build_tools.checks.registry import all_rules
from build_tools.checks.run import Examination, examine

__all__ = ["Examination", "all_rules", "examine"]
