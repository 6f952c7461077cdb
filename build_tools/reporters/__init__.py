"""Findings for people at a terminal and for programs."""

from build_tools.reporters.json import as_json
from build_tools.reporters.public import field_names, public_places
from build_tools.reporters.text import TextReporter

__all__ = ["TextReporter", "as_json", "field_names", "public_places"]
