"""File names: which are known, what was probably meant, and what makes a name unusable."""

from __future__ import annotations

import re
import unicodedata

from build_tools.campaign import Campaign
from build_tools.leftovers import is_marker

MOST_BYTES = 80
_ODD = re.compile(r"[^\w.\-（）《》、—·]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?\Z")
_YAML = re.compile(r"(?:\.(?:ya?ml|txt))+\Z")


def is_known(path: str, campaign: Campaign) -> bool:
    """Whether ``path`` (relative to the unit's folder) is a document or lies in the materials folder."""
    materials = campaign.materials
    inside = materials is not None and materials.attachments and path.startswith(materials.attachments + "/")
    return bool(inside) or is_marker(path) or campaign.item_of(path) is not None


def mended(path: str, campaign: Campaign) -> str:
    """The path that was probably meant, or an empty text."""
    name = unicodedata.normalize("NFKC", path.rsplit("/", 1)[-1]).casefold()
    stem = re.sub(r"[_\s—–－]+", "-", _YAML.sub("", name))
    stem = re.sub(r"(?<=[a-z])(?=[0-9])", "-", stem)
    stem = re.sub(r"-([0-9])\Z", r"-0\1", stem)
    located = campaign.locate(stem)
    if located is not None:
        return located[0].path(located[1])
    return _near(stem, campaign)


def _near(stem: str, campaign: Campaign) -> str:
    from rapidfuzz.process import extractOne

    word, dash, digits = stem.rpartition("-")
    number = int(digits) if dash and digits.isdecimal() and len(digits) <= 4 else 0
    names = {item.document(number): item.path(number) for item in campaign.items}
    if not number:
        names = {item.document(): item.path() for item in campaign.items if not item.is_nomination}
    best = extractOne(stem, list(names), score_cutoff=78)
    return names[best[0]] if best and (word or not dash) else ""


def name_fault(path: str) -> str:
    """What is wrong with the names in ``path``, in words; empty when nothing is."""
    for name in path.split("/"):
        if len(name.encode("utf-8", errors="surrogateescape")) > MOST_BYTES:
            return f"超过 {MOST_BYTES} 个字节（约 {MOST_BYTES // 3} 个汉字）"
        if any(character.isspace() for character in name):
            return "含有空格"
        if unicodedata.normalize("NFC", name) != name:
            return "用了分解写法的字符（多见于苹果电脑）"
        if _ODD.search(name) or name.startswith("-") or (name.endswith(".") and name.strip(".")):
            return "含有不宜用在文件名里的符号"
        if _RESERVED.match(name.casefold()):
            return "是 Windows 保留的设备名"
    return ""
