"""libyaml's English complaints as one Chinese reason and one way to mend it."""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml


class Fault(NamedTuple):
    """Where a text breaks the format (line and column count from 1), why, and how to mend it."""

    line: int
    column: int
    reason: str
    mend: str


_ODD = "\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000"
"""Looks blank and is none for YAML."""

_ODD_INDENT = re.compile(f" *([{_ODD}])")
_KEY_LIKE = re.compile(rf"[\s{_ODD}]*(?:- *)*[A-Za-z_][A-Za-z0-9_]*\s*[:：]|[\s{_ODD}]*- ")
_COLON = re.compile(
    rf"[ {_ODD}]*(?:- +)*[A-Za-z_][A-Za-z0-9_]*(?:(?P<wide>：)|(?P<odd>:[{_ODD}])|(?P<tight>:)(?=[^\s/]))"
)
_BLOCK = re.compile(r" *(?:- +)*[^\s#][^#]*: *[|>][-+0-9]* *(?:#.*)?\r?\Z")
_BEHIND_QUOTES = re.compile(
    r""" *(?:- +)*(?:[A-Za-z_][A-Za-z0-9_]*: +)?(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*') *(?P<more>[^\s#:,\]}])"""
)
_REMARK = re.compile(r"[ \t]*[^ \t#][^#]*?[ \t]#")
_NAMES = {"\u3000": "全角空格", "\u00a0": "不间断空格"}
_SEARCHED = 1000
"""How many lines above a complaint are looked at."""

_REASONS: tuple[tuple[str, str, str], ...] = (
    ("could not find expected ':'", "这一行缺少冒号", "每一项写成“项名: 内容”，冒号为英文半角，后面空一格。"),
    ("mapping values are not allowed", "一行里出现了两个“: ”，或缩进不对", "文字里本来有冒号的，用英文双引号把整段文字括起来。"),
    ("found unexpected end of stream", "此处的引号没有成对", "在这段文字的末尾补上缺少的引号。"),
    ("did not find expected key", "缩进与上一行没有对齐", "同级的各项行首空格数要相同。"),
    ("did not find expected '-'", "缩进与上一行没有对齐", "同级的各项行首空格数要相同。"),
    ("block sequence entries are not allowed", "此处不能以“-”开头", "“- ”要另起一行，并与上下各条对齐。"),
    ("did not find expected ',' or", "括号没有成对，或缺少逗号", "补上括号或逗号；文字以括号开头的，用英文双引号括起来。"),
    ("cannot start any token", "文字不能以 @、`、% 等符号开头", "用英文双引号把这段文字括起来。"),
    ("found unknown escape character", "双引号内的反斜杠“\\”被当作转义", "改用单引号，或把“\\”写成“\\\\”。"),
    ("did not find expected hexdecimal number", "双引号内的反斜杠“\\”被当作转义", "改用单引号，或把“\\”写成“\\\\”。"),
    ("did not find expected node content", "此处缺少内容，或多了逗号、括号", "文字以逗号或括号开头的，用英文双引号把它括起来。"),
    ("did not find expected digit or", "此处的“|”或“>”后面有多余的字", "“|”后面直接换行，内容另起一行并缩进。"),
    ("did not find expected comment or line break", "此处的“|”或“>”后面有多余的字", "“|”后面直接换行，内容另起一行并缩进。"),
)  # fmt: skip
WIDE_COLON = ("冒号用了全角“：”", "把冒号改成英文半角“:”，后面空一格。")
TIGHT_COLON = ("冒号后缺空格", "在冒号后面加一个空格。")
ANY = ("此处不符合 YAML 的书写格式", "对照模板检查这一行和上一行的冒号、引号和缩进。")
_STARTS_EARLIER = ("while scanning a simple key", "while scanning a quoted scalar")
"""What libyaml notices only lines later; its context mark is where the fault stands."""


def explain(error: yaml.MarkedYAMLError, text: str) -> Fault:
    """What a libyaml error in ``text`` means."""
    mark = error.problem_mark or error.context_mark
    if error.context in _STARTS_EARLIER and error.context_mark is not None:
        mark = error.context_mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    lines = text.split("\n")
    problem = f"{error.problem or ''} {error.context or ''}"
    number = min(line, len(lines) - 1)
    found = misspelt(lines, number)
    if found is None and error.context == "while scanning a simple key" and _below_block(lines, number):
        found = Fault(
            line + 1, column + 1, "这一行没有缩进，不属于上面“|”之下的文字", "“|”之下的每一行，行首都空两格。"
        )
    if found is None and (behind := _BEHIND_QUOTES.match(lines[number])):
        found = Fault(
            number + 1, behind.start("more") + 1, "引号后面还有文字", "去掉引号，或者用引号把整段文字括起来。"
        )
    if found is None and "mapping values" in problem:
        found = _above(lines, number)
    if found is None and number and (remark := _REMARK.match(lines[number - 1])):
        found = Fault(
            number, remark.end(), "“#”及其后的文字会被当作说明，下一行接不上", "把整段文字写在“|”之下。"
        )
    if found is not None:
        return found
    reason, mend = next(((reason, mend) for needle, reason, mend in _REASONS if needle in problem), ANY)
    return Fault(line + 1, column + 1, reason, mend)


def misspelt(lines: list[str], number: int) -> Fault | None:
    """The wrong blank or colon at the start of a line (counted from 0), if there is one."""
    line = lines[number]
    if indent := _ODD_INDENT.match(line):
        return odd_blank(number + 1, indent.end(), indent[1])
    colon = _COLON.match(line)
    if colon is None:
        return None
    if colon["wide"]:
        return Fault(number + 1, colon.end(), *WIDE_COLON)
    if colon["odd"]:
        name = _blank_name(line[colon.end() - 1])
        return Fault(number + 1, colon.end(), f"冒号后面是{name}", "冒号后面改成一个英文半角的空格。")
    return Fault(number + 1, colon.end(), *TIGHT_COLON)


def odd_blank(line: int, column: int, blank: str) -> Fault:
    """What is said of a ``blank`` at the start of a line that YAML does not take as indent."""
    return Fault(
        line, column, f"行首用了{_blank_name(blank)}", "删去行首的空白，改用英文半角的空格，每级两个。"
    )


def all_misspelt(text: str) -> Fault | None:
    """The first wrong colon of a ``text`` in which no colon is right, so that it reads as one sentence."""
    lines = text.split("\n")
    return next((fault for number in range(len(lines)) if (fault := _wrong_colon(lines, number))), None)


def _wrong_colon(lines: list[str], number: int) -> Fault | None:
    return misspelt(lines, number) if _KEY_LIKE.match(lines[number]) else None


def _above(lines: list[str], number: int) -> Fault | None:
    """The first of the lines right above that are misspelt: they run on into the line complained of."""
    found = None
    for above in range(number - 1, max(-1, number - _SEARCHED), -1):
        fault = _wrong_colon(lines, above)
        if fault is None and (found is not None or above < number - 2):
            break
        found = fault or found
    return found


def _below_block(lines: list[str], number: int) -> bool:
    """Whether the line would belong to a text below ``|`` if it were indented."""
    for above in range(number - 1, max(-1, number - _SEARCHED), -1):
        if _BLOCK.match(lines[above]):
            return True
        if lines[above].strip() and not lines[above].startswith(" "):
            return False
    return False


def _blank_name(blank: str) -> str:
    return f"{_NAMES.get(blank, '特殊空格')}（U+{ord(blank):04X}）"
