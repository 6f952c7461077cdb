"""What a field is named for, and whether it can serve: as a caption, a photo, a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from build_tools.schema import types_of


class Use(NamedTuple):
    """``fits`` a field's sub-schema or not; ``wanted`` says in words which fields do."""

    fits: Callable[[dict[str, Any]], bool]
    wanted: str


TEXT = Use(lambda schema: types_of(schema) <= {"string", "null"}, "文字栏目")
SCALAR = Use(lambda schema: not types_of(schema) & {"array", "object"}, "只填一项内容的栏目")
LIST = Use(lambda schema: types_of(schema) <= {"array", "null"}, "逐条列出的栏目")
PHOTO = Use(lambda schema: schema.get("format") == "photo", "照片栏目（format 为 photo）")
SHORT = Use(
    lambda schema: SCALAR.fits(schema) and schema.get("format") != "photo" and not schema.get("x-long"),
    "只填一项内容的栏目；长文字和逐条列出的写 long: true，照片用 photo",
)
"""What a cell can show that may not run on over pages."""

LONG = Use(
    lambda schema: "object" not in types_of(schema) and schema.get("format") != "photo",
    "文字栏目或逐条列出的栏目；照片用 photo",
)
