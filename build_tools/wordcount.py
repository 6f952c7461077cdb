"""Text length as Word's 字数 counts it, with the two other counts people compare it with."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_UNIT = re.compile(r"[\x00-\xff]+|[^\x00-\xff]")
HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters within a class of a pattern; those to come as well, which a program's own tables may not know."""

_HAN = re.compile(f"[{HAN}]")


SAID = "{words} 字（不计空格的字符 {characters}，其中汉字 {han}）"


class Count(NamedTuple):
    """``words``: Word's 字数. ``characters``: without white space. ``han``: Chinese characters only."""

    words: int
    characters: int
    han: int

    def __str__(self) -> str:
        return SAID.format(**self._asdict())


def count(text: str) -> Count:
    """Count ``text`` in code points.

    Word's rule: white space separates; each run of U+0000-00FF (Latin letters, digits, half-width
    marks) counts one, every other character (Han, full-width punctuation) counts one.
    """
    parts = text.split()
    return Count(
        words=sum(len(_UNIT.findall(part)) for part in parts),
        characters=sum(map(len, parts)),
        han=len(_HAN.findall(text)),
    )


def texts(value: Any) -> list[str]:
    """Every text inside ``value`` (a tree of mappings and lists), in order."""
    found: list[str] = []
    _gather(value, found)
    return found


def _gather(value: Any, found: list[str]) -> None:
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            if isinstance(part, str):
                found.append(part)
            else:
                _gather(part, found)
