"""Sheets to draw: every form of the shipped campaign, blank or filled, and a letter with every part."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

from build_tools.campaign import Campaign, load_campaign
from build_tools.forms.definition import Form, read_form
from build_tools.forms.fill import blank_sheet, filled_sheet
from build_tools.forms.sheet import Letter, Paragraph, Part, Picture, Sheet
from build_tools.source import parse
from build_tools.tree import WorkTree

ROOT = Path(__file__).resolve().parents[1]
ITEMS = ("summary", "statistics", "collective", "individual", "materials")
UNIT = ROOT / "data/cities/guangzhou"
PHOTO = UNIT / "materials/individual-01.jpg"

DEEDS = {
    "collective": "该支部坚持每周到结对村居值班，两年来解答群众咨询三千余人次。\n\n调解纠纷二百一十二件。",
    "individual": "该同志坚持每周到结对村居值班，两年来解答咨询三百余人次。",
}
"""Deeds short enough for the space the form gives them."""


@cache
def campaign() -> Campaign:
    return load_campaign(WorkTree(ROOT))


def form(item: str) -> Form:
    found = read_form(campaign(), campaign().item_by_id[item])
    assert found is not None
    return found


def blank(item: str) -> Sheet:
    return blank_sheet(form(item))


def sent(item: str) -> dict[str, Any]:
    """What the first unit sent; deeds are cut to what fits on one page."""
    path = UNIT / campaign().item_by_id[item].path(1)
    value: dict[str, Any] = dict(parse(path.name, path.read_bytes()).value)
    return {**value, "deeds": DEEDS[item]} if item in DEEDS else value


def filled(item: str, *, photo: bytes | None = None, **changes: Any) -> Sheet:
    """The form of ``item`` with what the first unit sent, and ``changes``."""
    name = campaign().item_by_id[item].document(1)
    data = PHOTO.read_bytes() if photo is None else photo
    return filled_sheet(
        campaign(), form(item), name, {**sent(item), **changes}, lambda _: Picture(data) if data else None
    )


def letter(*paragraphs: Paragraph, title: str = "关于做好示例工作\n的通知") -> Sheet:
    return Sheet("notice", "通知", "", title, Letter(paragraphs), filled=True)


WHOLE_LETTER = (
    Paragraph(Part.ADDRESSEE, "各地级以上市司法局，顺德区司法局："),
    Paragraph(Part.TEXT, "现就示例工作通知如下："),
    Paragraph(Part.SECTION, "一、认真做好总结工作"),
    Paragraph(Part.SUBSECTION, "（一）总结的内容"),
    Paragraph(Part.TEXT, "各市要对照公开承诺、领导点评和群众评议等，全面总结两年来的经验和做法。"),
    Paragraph(
        Part.ATTACHMENT, "附件：1.全省律师行业创先争优先进集体先进个人推荐名额分配表（含各市和顺德区）"
    ),
    Paragraph(Part.ATTACHMENT, "2.律师行业党组织创先争优活动统计资料"),
    Paragraph(Part.SIGNATURE, "省律师行业创先争优活动指导小组（厅代章）"),
    Paragraph(Part.DATE, "2012年8月16日"),
)


_SHARED = str.maketrans(
    "―⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳",
    "—母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
)
"""A dash and radicals that NFKC leaves alone, and the characters whose glyphs they share in Noto CJK."""


def squeezed(text: str) -> str:
    """``text`` without white space, in the form that tells no two codes of one character apart.

    A PDF says which glyphs it shows; where two characters share one (人 and the radical ⼈), the way back may
    end at the other.
    """
    return "".join(normalize("NFKC", text).translate(_SHARED).split())
