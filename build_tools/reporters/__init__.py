"""Findings for people at a terminal, for the clerk who opened a pull request, and for programs."""

from build_tools.reporters.formats import FORMATS, write
from build_tools.reporters.markdown import MARKER, as_step_summary
from build_tools.reporters.report import Report

__all__ = ["FORMATS", "MARKER", "Report", "as_step_summary", "write"]
