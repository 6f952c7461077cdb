"""YAML text to value **with positions**: the safe subset of the design's third decision."""

from build_tools.source.document import Source, parse
from build_tools.source.rules import OFFICE_MAX_BYTES, YAML_RULES

__all__ = ["OFFICE_MAX_BYTES", "YAML_RULES", "Source", "parse"]
