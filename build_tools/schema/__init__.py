"""JSON Schema 2020-12 with our own words: validation, titles and the ``x-`` annotations."""

from build_tools.schema.rules import SCHEMA_RULES
from build_tools.schema.schema import EACH, Schema, types_of, written_types
from build_tools.schema.text import SchemaBroken
from build_tools.schema.validate import validate

__all__ = ["EACH", "SCHEMA_RULES", "Schema", "SchemaBroken", "types_of", "validate", "written_types"]
