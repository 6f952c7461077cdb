"""Sheets to set as PDF, and the lines of what was set."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from build_tools.campaign import Campaign, load_campaign
from build_tools.forms.definition import read_form
from build_tools.forms.fill import blank_sheet, filled_sheet
from build_tools.forms.sheet import BOTTOM, TOP, Letter, Paragraph, Picture, Sheet
from build_tools.source import parse
from build_tools.tree import WorkTree

ROOT = Path(__file__).parents[1]
SECOND = ROOT / "tests" / "second"
CAMPAIGN = load_campaign(WorkTree(ROOT))
MILLIMETRE = 72 / 25.4


@cache
def document(path: str, root: Path = ROOT) -> dict[str, Any]:
    value: dict[str, Any] = parse(path, (root / "data/cities" / path).read_bytes()).value
    return value


def individual(**changes: Any) -> dict[str, Any]:
    return {**document("guangzhou/nominations/individual-01.yml"), "photo": None, **changes}


def sheet_of(
    item: str, value: dict[str, Any] | None, campaign: Campaign = CAMPAIGN, picture: Picture | None = None
) -> Sheet:
    form = read_form(campaign, campaign.item_by_id[item])
    assert form is not None
    if value is None:
        return blank_sheet(form)
    name = campaign.item_by_id[item].document(1)
    return filled_sheet(campaign, form, name, value, lambda _: picture)


SAMPLES = {
    "summary": "guangzhou/summary.yml",
    "statistics": "guangzhou/statistics.yml",
    "collective": "guangzhou/nominations/collective-01.yml",
    "individual": "guangzhou/nominations/individual-01.yml",
    "materials": "guangzhou/materials.yml",
}


def merged(places: list[float]) -> list[float]:
    """Places a line's width apart are one line."""
    found: list[float] = []
    for place in places:
        if not found or place - found[-1] > 2:
            found.append(place)
    return found


def photo(width: int, height: int) -> Picture:
    image = Image.new("RGB", (width, height), (200, 30, 30))
    exif = image.getexif()
    exif[0x010F], exif[0x8825] = "示例相机", {1: "N", 2: (23.0, 7.0, 0.0)}
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment="示例备注".encode())
    return Picture(out.getvalue())


def letter(*paragraphs: Paragraph, title: str = "示例总结") -> Sheet:
    return Sheet("summary", "总结", "", title, Letter(paragraphs), filled=True)


def lines_of(page: Any) -> list[list[dict[str, Any]]]:
    """The characters of the type area, line by line."""
    found: dict[int, list[dict[str, Any]]] = {}
    for character in page.chars:
        if (TOP - 1) * MILLIMETRE <= character["top"] <= (297 - BOTTOM) * MILLIMETRE and character[
            "text"
        ].strip():
            found.setdefault(round(character["bottom"] / 4), []).append(character)
    return [sorted(line, key=lambda c: c["x0"]) for _, line in sorted(found.items())]
