"""The clock is an argument: given, from ``SHENBAO_NOW``, fixed by a demo campaign, or the machine's."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from build_tools.campaign import Campaign
from build_tools.times import YEARS

VARIABLE = "SHENBAO_NOW"


class BadClock(ValueError):
    """A moment that cannot be read; the text is a Chinese sentence that names where it was ``given``."""

    def __init__(self, given: str) -> None:
        example = "2012-08-23T10:00:00+08:00"
        years = f"{YEARS[0]} 至 {YEARS[-1]}"
        super().__init__(f"{given} 有误：时间应写成 {example} 的样子，年份在 {years} 之间。")


def moment(campaign: Campaign, given: str | None = None) -> datetime:
    """The moment everything is judged at, in the campaign's time zone, whole seconds.

    ``given`` is ISO 8601; without an offset it is in the campaign's zone. Raises :class:`BadClock`.
    """
    text = given or os.environ.get(VARIABLE)
    if text:
        now = read_moment(text, "--now" if given else f"环境变量 {VARIABLE}")
        if now.tzinfo is None:
            now = now.replace(tzinfo=campaign.timezone)
    else:
        now = campaign.demo_now or datetime.now(UTC)
    return now.astimezone(campaign.timezone).replace(microsecond=0)


def read_moment(text: str, source: str) -> datetime:
    """The moment that ``text`` writes in ISO 8601, with or without an offset; raises :class:`BadClock`, naming ``source``."""
    try:
        written = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadClock(source) from error
    if written.year not in YEARS:
        raise BadClock(source)
    return written
