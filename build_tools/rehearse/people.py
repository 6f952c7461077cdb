"""Invented persons, firms and careers. Every name begins with 示例, so that nobody takes one for real."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from build_tools.rehearse.texts import numeral

_SYLLABLES = (
    "安柏辰川丹恩帆冠海和鸿焕嘉建江杰景静俊凯可兰乐立林路茂明铭楠宁鹏平齐清庆泉仁榕锐山尚"
    "诗书松涛天庭万维文曦贤晓欣修雅岩阳毅英永雨远云泽哲振正知志竹卓子"
)
"""Characters for given names and firms' names."""

_ETHNICITIES = ("汉族",) * 17 + ("壮族", "瑶族", "畲族")
_EDUCATIONS = ("大学本科",) * 6 + ("硕士研究生",) * 3 + ("大学专科", "博士研究生")
_POSTS = (
    "合伙人、党支部书记",
    "合伙人、党支部委员",
    "主任、党支部书记",
    "专职律师、党小组组长",
    "专职律师",
    "合伙人",
    "副主任、党支部副书记",
)
_EARLIER = ("办事员", "法务专员", "教师", "助理", "书记员", "科员", "会计", "实习律师")
_LATER = ("专职律师", "专职律师、部门主任", "合伙人", "合伙人、管理委员会委员", "专职律师、党小组组长")

_SHORTEST = 6
"""Months of the shortest job."""

LAST_MONTH = 2012 * 12 + 5
"""No career event is later than June 2012 (months count from year 0, January is 0)."""


class Person(NamedTuple):
    """A nominee as the form asks for him; months are ``YYYY-MM``."""

    name: str
    gender: str
    ethnicity: str
    birth: str
    work_start: str
    party_joined: str
    education: str
    firm: str
    post: str
    resume: tuple[tuple[str, str, str], ...]


def coined(index: int, total: int) -> str:
    """The ``index``-th of ``total`` different names of two or three characters, in a scattered order."""
    base = len(_SYLLABLES)
    width = 2 if total <= base**2 else 3
    scattered = index * 7919 % base**width  # 7919 is prime, so that no two indexes meet
    name = ""
    for _ in range(width):
        scattered, digit = divmod(scattered, base)
        name += _SYLLABLES[digit]
    return name


def month(number: int) -> str:
    """``YYYY-MM`` for a count of months since year 0."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def person(random: Random, name: str, firm: str) -> Person:
    """A career without gaps that agrees with every date on the form."""
    birth = 1950 * 12 + int(random.random() * 30 * 12)
    work = birth + (19 + int(random.random() * 6)) * 12 + int(random.random() * 12)
    joined = birth + 18 * 12 + int(random.random() * (LAST_MONTH - birth - 18 * 12))
    return Person(
        name=name,
        gender=random.choice("男女"),
        ethnicity=random.choice(_ETHNICITIES),
        birth=month(birth),
        work_start=month(work),
        party_joined=month(joined),
        education=random.choice(_EDUCATIONS),
        firm=firm,
        post=random.choice(_POSTS),
        resume=tuple(_career(random, work, firm)),
    )


def _career(random: Random, start: int, firm: str) -> list[tuple[str, str, str]]:
    inner = range(start + _SHORTEST, LAST_MONTH - _SHORTEST, _SHORTEST)
    starts = [start, *sorted(random.sample(inner, min(7, len(inner) // 2)))]
    entries = []
    for index, begin in enumerate(starts):
        last = index == len(starts) - 1
        end = "至今" if last else month(starts[index + 1] - 1)
        if last or index * 2 >= len(starts):
            text = f"{firm}{random.choice(_LATER)}"
        else:
            text = f"示例市第{numeral(1 + int(random.random() * 400))}单位{random.choice(_EARLIER)}"
        entries.append((month(begin), end, text))
    return entries
