"""Moments as the office's files write them: RFC 3339 with an offset, in years that people live in."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar

_When = TypeVar("_When", bound=date)

YEARS = range(1971, 2106)
"""Nothing a campaign plans lies outside; what does could not be moved by a time zone or by days of grace, nor
date a file."""


class NoSuchTime(ValueError):
    """A text that names no moment we can reckon with; ``reason`` is a Chinese half-sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def stamp(text: str) -> datetime:
    """The moment in ``2012-08-22T23:59:59+08:00``; raises :class:`NoSuchTime`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NoSuchTime("不存在") from error
    if moment.tzinfo is None:
        raise NoSuchTime("没有写时差")
    return _sensible(moment)


def day(text: str) -> date:
    """The day in ``2012-08-16``; raises :class:`NoSuchTime`."""
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise NoSuchTime("不存在") from error
    return _sensible(found)


def _sensible(moment: _When) -> _When:
    if moment.year not in YEARS:
        raise NoSuchTime(f"不在 {YEARS[0]} 年至 {YEARS[-1]} 年之间")
    return moment
