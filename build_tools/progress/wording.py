"""Moments, lists and counts as a Chinese civil servant writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from build_tools.progress.model import DocumentProgress

_LISTED = 4
_NUMBERED = 6


def moment_text(moment: datetime, now: datetime) -> str:
    """``moment`` in the zone of ``now``: 8月22日24时; the year only where it is not this one.

    The last second of a day is written as hour 24 of that day, because a deadline is inclusive.
    """
    local = moment.astimezone(now.tzinfo)
    year = f"{local.year}年" if local.year != now.year else ""
    return f"{year}{local.month}月{local.day}日{_clock(local)}"


def start_text(moment: datetime, now: datetime) -> str:
    """The same for a beginning: at midnight the day is enough."""
    text = moment_text(moment, now)
    return text.removesuffix("0时") if text.endswith("日0时") else text


def _clock(local: datetime) -> str:
    if (local.hour, local.minute, local.second) == (23, 59, 59):
        return "24时"
    if local.second:
        return f"{local.hour}时{local.minute:02d}分{local.second:02d}秒"
    return f"{local.hour}时{local.minute:02d}分" if local.minute else f"{local.hour}时"


def span(length: timedelta) -> str:
    """A length of time to the minute: ``2 天 13 小时 5 分``; leading parts that are nothing are left out."""
    minutes = int(length.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} 天 {hours} 小时 {rest} 分"
    return f"{hours} 小时 {rest} 分" if hours else f"{rest} 分" if rest else "不足 1 分"


def date_text(text: str) -> str:
    """``2012-08-16`` as ``2012年8月16日``."""
    year, month, date = text.split("-")
    return f"{year}年{int(month)}月{int(date)}日"


def names(words: Iterable[str]) -> str:
    """Words joined by 、, the first four and their number when there are more."""
    every = list(dict.fromkeys(words))
    if len(every) <= _LISTED:
        return "、".join(every)
    return f"{'、'.join(every[:_LISTED])}等 {len(every)} 项"


def titles(documents: Iterable[DocumentProgress]) -> str:
    """The documents by name, nominations of one item together: 总结、先进个人推荐表（第 1、2 名）."""
    numbers: dict[str, list[int]] = {}
    for document in documents:
        numbers.setdefault(document.item.title, []).append(document.number)
    return names(title + _ranks(sorted(of)) for title, of in numbers.items())


def _ranks(numbers: Sequence[int]) -> str:
    if not any(numbers):
        return ""
    first, last = numbers[0], numbers[-1]
    if len(numbers) > 2 and last - first == len(numbers) - 1:
        return f"（第 {first} 至 {last} 名）"
    if len(numbers) > _NUMBERED:
        return f"（共 {len(numbers)} 份）"
    return f"（第 {'、'.join(map(str, numbers))} 名）"
