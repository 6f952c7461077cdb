"""How one private value may be written in a published file, and how texts are made comparable.

Both sides of the search, needles and published text, go through :func:`fold` first, so full-width digits,
upper case and invisible characters (the search index puts a zero-width space between Chinese words) make
no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

SHORTEST_CLAUSE = 8
"""A piece of a long text shorter than this is as likely to stand in somebody else's sentence."""

_WHOLE = 40
_WINDOW = 12
_DIGITS_WORTH_HIDING = 6
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]+"
)
_BREAKS = re.compile(
    r"[\s,.;:!?()\[\]{}<>|/\\\"'`~*_#=&%+。、，；：！？（）《》〈〉“”‘’【】〔〕「」『』—·…-]+"
)
_MONTH = re.compile(r"([12][0-9]{3})[-./年]([01]?[0-9])(?:[-./月]([0-3]?[0-9]))?[月日]?\Z")
_NUMBER = re.compile(r"\+?[0-9][0-9 ().-]{4,}[0-9]")
_DATE_LIKE = re.compile(r"(?:19|20)[0-9]{2}[ .-]")
_MOBILE = re.compile(r"1[0-9]{10}\Z")


def fold(text: str) -> str:
    """``text`` as it is compared: NFKC, case folded, without invisible characters."""
    if text.isascii():
        return text.lower()
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold())


def spellings(text: str, first_public_month: str) -> Iterator[str]:
    """The folded needles of one value, the whole value first; nothing for a value not worth a needle.

    ``first_public_month`` (``2012-08``): a month from then on is not searched, because the pages
    themselves are full of the campaign's own dates.
    """
    value = fold(text).strip()
    if len(value) < 2:
        return
    month = _MONTH.match(value)
    if month:
        yield from _dates(month, first_public_month)
    elif not value.strip("0123456789 ().,+-"):
        yield from _numbers(value)
    else:
        if len(value) <= _WHOLE and "\n" not in value:
            yield value
            if " " in value:
                yield value.replace(" ", "")
        if len(value) > SHORTEST_CLAUSE:
            yield from clauses(value)
        for number in _NUMBER.findall(value):
            if not _DATE_LIKE.match(number):
                yield from _numbers(number)


def clauses(folded: str) -> Iterator[str]:
    """The pieces of a long text between punctuation, the first one first.

    A Latin word of eight letters is no clause: the unit's own name in letters would be one.
    A clause over two windows long is cut into windows of 12 characters, so that a snippet cut off
    after some tens of characters still holds at least one needle whole.
    """
    for clause in _BREAKS.split(folded):
        if len(clause) <= 2 * _WINDOW:
            if len(clause) >= (_WINDOW if clause.isascii() else SHORTEST_CLAUSE):
                yield clause
            continue
        starts = range(0, len(clause) - _WINDOW + 1, _WINDOW)
        yield from (clause[start : start + _WINDOW] for start in starts)
        yield clause[-_WINDOW:]


def _dates(match: re.Match[str], first_public_month: str) -> Iterator[str]:
    year, month, day = match[1], match[2].zfill(2), match[3]
    if f"{year}-{month}" >= first_public_month:
        return
    if day is None:
        parts: tuple[tuple[str, ...], ...] = ((year, month),)
        tails = ((f"{year}年{int(month)}月"), (f"{year}年{month}月"))
    else:
        parts = ((year, month, day.zfill(2)),)
        tails = ((f"{year}年{int(month)}月{int(day)}日"), (f"{year}年{month}月{day.zfill(2)}日"))
    for part in parts:
        yield from (sign.join(part) for sign in "-./")
    yield from dict.fromkeys(tails)


def _numbers(value: str) -> Iterator[str]:
    digits = re.sub(r"[^0-9]", "", value)
    if len(digits) < _DIGITS_WORTH_HIDING:
        return
    yield value
    yield digits
    if value == digits and not digits.startswith("0"):
        yield f"{int(digits):,}"
    if _MOBILE.match(digits):
        yield from (sign.join((digits[:3], digits[3:7], digits[7:])) for sign in " -")
    if digits.startswith("0"):
        yield digits[1:]
    groups = re.findall(r"[0-9]+", value)
    if len(groups) > 1:
        yield from (sign.join(groups) for sign in " -")
        if len(groups[-1]) >= 7:
            yield groups[-1]
