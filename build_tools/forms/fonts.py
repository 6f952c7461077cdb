"""Which fonts print a form, and which characters they can draw.

A chain a typeface, the first family that is there wins: fonts dropped into ``fonts/`` and the system's own
公文 typefaces before Noto CJK. Typst draws a character that no family of the chain has as nothing at all and
says nothing, so coverage is asked here, of the fonts' own tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from unicodedata import category

FOLDER = "fonts"
"""Beside ``data/``: where an office puts the fonts it may use and we may not hand out."""

_LAST = ("Noto Serif CJK SC", "Noto Sans CJK SC")
CHAINS = {
    "fangsong": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "FZFangSong-Z02", "FZFangSong-Z02S"),
    "hei": ("SimHei", "黑体", "STHeiti", "FZHei-B01", "FZHei-B01S", "Noto Sans CJK SC"),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "FZKai-Z03", "FZKai-Z03S"),
    "biaosong": ("FZXiaoBiaoSong-B05S", "FZXBSJW--GB1-0", "方正小标宋简体", "FZXiaoBiaoSong-B05", "方正小标宋_GBK"),
    "song": ("SimSun", "宋体", "NSimSun", "STSong", "FZShuSong-Z01", "FZShuSong-Z01S"),
}  # fmt: skip
"""The typefaces of GB/T 9704 by role, each by the names its fonts go by on Windows, WPS and macOS."""


class NoFonts(Exception):
    """No font of the chain is there; the text is a Chinese sentence."""


@dataclass(frozen=True)
class FontBook:
    """The fonts of this machine and of one campaign.

    ``chains`` are families by role, only such as are there; ``files`` are the font files behind them as (path,
    number in the file); ``engine`` is what Typst loads fonts from.
    """

    chains: dict[str, tuple[str, ...]]
    files: tuple[tuple[str, int], ...]
    engine: Any = field(repr=False, compare=False)
    _drawable: set[str] = field(default_factory=set, repr=False, compare=False)

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever another font would be used."""
        seen = [(path, Path(path).stat().st_size, Path(path).stat().st_mtime_ns) for path, _ in self.files]
        return hashlib.sha256(repr((sorted(self.chains.items()), seen)).encode()).hexdigest()

    def missing(self, text: str) -> list[str]:
        """The characters of ``text`` that no font of the chain can draw, each once, in order."""
        return [c for c in dict.fromkeys(text) if c not in self._drawable and not self._draws(c)]

    def _draws(self, character: str) -> bool:
        known = ord(character) <= _LATIN or _is_invisible(character)
        if known or any(ord(character) in _covered(*file) for file in self.files):
            self._drawable.add(character)
            return True
        return False


_LATIN = 0x7E


def load_fonts(root: Path, families: Iterable[str] | None = None) -> FontBook:
    """The fonts for the campaign at ``root``; raises :class:`NoFonts`.

    ``families`` stands for what the machine has, so that a test can take some away.
    """
    from typst import Fonts

    own = root / FOLDER
    paths = [str(own)] if own.is_dir() else []
    engine = Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=paths)
    found: dict[str, list[tuple[str, int]]] = {}
    dropped: list[str] = []
    allowed = None if families is None else frozenset(families)
    for font in engine.fonts():
        if font.path and (allowed is None or font.family in allowed):
            found.setdefault(font.family, []).append((font.path, font.index))
            if paths and Path(font.path).is_relative_to(own):
                dropped.append(font.family)
    last = [*dict.fromkeys(dropped), *_LAST]
    chains = {
        role: tuple(dict.fromkeys(family for family in (*names, *last) if family in found))
        for role, names in CHAINS.items()
    }
    if not all(chains.values()):
        raise NoFonts(
            "这台机器没有可以打印中文的字体。请安装 fonts-noto-cjk，或把仿宋、黑体、楷体、小标宋、宋体的字体文件"
            f"放进活动文件夹下的 {FOLDER} 文件夹。"
        )
    used = dict.fromkeys(family for chain in chains.values() for family in chain)
    return FontBook(chains, tuple(found[family][0] for family in used), engine)


@cache
def _covered(path: str, number: int) -> frozenset[int]:
    """The code points that the font has a glyph for; none of a file that is no sound font."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(path, fontNumber=number, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError, KeyError, AssertionError):
        return frozenset()


def _is_invisible(character: str) -> bool:
    """Whether it is drawn as nothing on purpose: a space, a joiner, a selector of variants."""
    point = ord(character)
    return (
        category(character) in ("Cf", "Zs", "Zl", "Zp", "Cc")
        or 0xFE00 <= point <= 0xFE0F
        or 0xE0100 <= point <= 0xE01EF
    )
