"""YAML text to value **with positions**: the safe subset of the design's third decision."""

from build_tools.source.document import Source, parse, too_large
from build_tools.source.rules import MAX_BYTES, OFFICE_MAX_BYTES, YAML_RULES
from build_tools.source.sentences import reading

__all__ = ["MAX_BYTES", "OFFICE_MAX_BYTES", "YAML_RULES", "Source", "parse", "reading", "too_large"]
