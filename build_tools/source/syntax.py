"""libyaml's English complaints as one Chinese reason and one way to mend it."""

from __future__ import annotations

import re

import yaml

_FULL_WIDTH_COLON = re.compile(r"^\s*(?:- )?[A-Za-z_]+：")
_COLON = ("冒号用了全角“：”", "把冒号改成英文半角“:”，后面空一格。")

_REASONS: tuple[tuple[str, str, str], ...] = (
    ("could not find expected ':'", "这一行附近缺少冒号，或上一行没有写完", "每一项写成“项名: 内容”，冒号为英文半角，后面空一格。"),
    ("mapping values are not allowed", "一行里出现了两个“: ”，或缩进不对", "文字里本来有冒号的，用英文双引号把整段文字括起来。"),
    ("found unexpected end of stream", "引号没有成对", "补上缺少的引号。"),
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


def explain(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str, str]:
    """(line, column, reason, mend) for a libyaml error in ``text``; line and column count from 1.

    libyaml notices a full-width colon only on the line after it, so that line is looked for.
    """
    problem = f"{error.problem or ''} {error.context or ''}"
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    lines = text.split("\n")
    for number in range(min(line, len(lines) - 1), max(-1, line - 3), -1):
        if _FULL_WIDTH_COLON.match(lines[number]):
            return number + 1, lines[number].index("：") + 1, *_COLON
    for needle, reason, mend in _REASONS:
        if needle in problem:
            return line + 1, column + 1, reason, mend
    return (
        line + 1,
        column + 1,
        "此处不符合 YAML 的书写格式",
        "对照模板检查这一行和上一行的冒号、引号和缩进。",
    )
