"""YAML text to value **with positions**: the safe subset of the design's third decision."""

from build_tools.source.document import Source, parse
from build_tools.source.rules import YAML_RULES

__all__ = ["YAML_RULES", "Source", "parse"]
