"""The fast reader of plain files: whatever it accepts, libyaml reads the same."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build_tools.rehearse import rehearse
from build_tools.source import document, parse, rules
from build_tools.source.plain import plain_value

ROOT = Path(__file__).parents[1]


def by_libyaml(text: str) -> Any:
    """What libyaml makes of ``text``: its value, or the codes of its findings."""
    with patch.object(document, "plain_value", lambda _text: None):
        source = parse("x.yml", text.encode())
    return [finding.code for finding in source.findings] or source.value


def agrees(text: str) -> bool:
    """Whether the fast reader gives up or gives what libyaml gives; texts with control characters never
    reach it."""
    if rules.FORBIDDEN.search(text):
        return True
    value = plain_value(text)
    return value is None or value == by_libyaml(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: b\n", {"a": "b"}),
        ("a: 12\nc: 010\nd: 1.10\ne: true\nf: null\ng:\nh: no\n",
         {"a": 12, "c": "010", "d": "1.10", "e": True, "f": None, "g": None, "h": "no"}),
        ("# 说明\n\na: 甲乙\n\n# 完\n", {"a": "甲乙"}),
        ("a: 2012-08-20T09:12:33+08:00\nb: sha256:0a\n", {"a": "2012-08-20T09:12:33+08:00", "b": "sha256:0a"}),
        ("a: \"x: # y\"\nb: '*'\nc: ''\n", {"a": "x: # y", "b": "*", "c": ""}),
        ("a: |\n  一\n\n    二 # 三\n\n# 完\nb: c\n", {"a": "一\n\n  二 # 三\n", "b": "c"}),
        ("a: [甲, 2, true]\nb: []\n", {"a": ["甲", 2, True], "b": []}),
        ("a:\n  - b: 1\n    c: |\n      x\n  - b: 2\nd: e\n", {"a": [{"b": 1, "c": "x\n"}, {"b": 2}], "d": "e"}),
        ("a:\n  - x\n  - 12\n", {"a": ["x", 12]}),
        ("a:\n  - b:\n    c: [x]\n", {"a": [{"b": None, "c": ["x"]}]}),
    ],
)  # fmt: skip
def test_plain_texts_are_read(text: str, value: dict[str, Any]) -> None:
    assert plain_value(text) == value == by_libyaml(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# 只有说明\n",
        "a: b",
        "a: b\na: c\n",
        "a: b\n  c\n",
        "a: b\n c: d\n",
        "a: b # c\n",
        "a: b: c\n",
        "a: -3\n",
        "a: b:\n",
        "a:b\n",
        "a： b\n",
        "a: &x b\n",
        "a: *x\n",
        "a: !x b\n",
        "a: >\n  b\n",
        "a: |-\n  b\n",
        "a: |\nb: c\n",
        "a: |\n\n  b\n",
        "a: |\n  b\n   \n  c\n",
        "a: |\n  b\n c: d\n",
        "a: b \n",
        "a:\tb\n",
        "a: b\r\n",
        "a: [b, [c]]\n",
        "a: [b,c]\n",
        "a: {b: c}\n",
        'a: "b\\n"\n',
        "a: 'b''c'\n",
        "a:\n  - b \n",
        "a:\n- b\n",
        "a:\n   - b\n",
        "a:\n  - b\n    c\n",
        "a:\n  - b: 1\n     c: 2\n",
        "a:\n  - b: 1\n    b: 2\n",
        "a:\n  b: c\n",
        "- a\n",
        "--- \na: b\n",
        "a: b\n---\nc: d\n",
        "a: b\n...\n",
        "<<: b\n",
        "? a\n",
        "中: b\n",
    ],
)
def test_anything_else_is_left_to_libyaml(text: str) -> None:
    assert plain_value(text) is None


def test_the_repository_s_own_files_are_read_alike() -> None:
    files = [*ROOT.glob("data/**/*.yml"), *ROOT.glob("tests/cases/**/*.yml"), *ROOT.glob("schemas/*.yml")]
    assert len(files) > 30
    for file in files:
        text = file.read_text("utf-8", errors="replace")
        assert agrees(text), file


def test_what_the_rehearsal_writes_is_plain(tmp_path: Path) -> None:
    rehearse(tmp_path, units=3, nominations=3, seed=1, faults=False)
    for file in [*tmp_path.glob("data/cities/**/*.yml"), *tmp_path.glob("data/ledger/*.yml")]:
        value = plain_value(file.read_text("utf-8"))
        if "/ledger/" not in file.as_posix():
            assert value is not None, file
        assert value is None or value == by_libyaml(file.read_text("utf-8"))


SEEDS = (
    '# 说明\nname: 示例甲\nmembers: 12\nphone: "020-0000"\nnone:\n',
    "files:\n  - kind: study\n    title: 学习：材料\n    for: 'individual-01'\n  - kind: other\n    by: [甲, 乙 丙]\nnotes: x\n",
    "deeds: |\n  第一段。\n\n    缩进。\n  # 不是说明\n\n# 说明\nlast: 1992-07\n",
    "a:\n  - text: |\n      一\n\n      二\n    to: 至今\n  - text: 三\n",
    "list:\n  - 甲\n  - 乙: 丙\n  - 3\n",
)  # fmt: skip
PIECES = (
    "\n", "\n\n", " ", "  ", "    ", ":", ": ", "-", "- ", "#", " #", "|", "|\n", "'", '"', "[", "]", "{", "}", ",", ", ",
    "&", "*", "!", "%", "@", "`", "?", "? ", "\\", "~", "null", "true", "0", "a", "a: ", "甲", "\u3000", "\u00a0", "𠮷",
    "---\n", "...\n", "<<", "=", ">", "\t", "\r\n",
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 6), st.sampled_from(("", *PIECES))), max_size=4),
)
def test_small_changes_to_plain_files_never_part_the_two(
    seed: str, changes: list[tuple[int, int, str]]
) -> None:
    text = seed
    for place, drop, piece in changes:
        at = place % (len(text) + 1)
        text = text[:at] + piece + text[at + drop :]
    assert agrees(text), repr(text)


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from((*PIECES, "b", "key: ", "\n  - ", "\n    ", "\n  ")), max_size=14))
def test_heaps_of_yaml_s_marks_never_part_the_two(pieces: list[str]) -> None:
    text = "".join(pieces) + "\n"
    assert agrees(text), repr(text)


def test_positions_are_found_when_they_are_asked_for() -> None:
    source = parse("x.yml", "# 说明\na: b\nlist:\n  - c: d\n".encode())
    assert source._root is None
    place = source.place(("list", 0, "c"))
    assert (place.line, place.column) == (4, 8)
    assert source.place(("list",), key=True).line == 3


def test_long_random_changes_to_a_real_file(tmp_path: Path) -> None:
    rehearse(tmp_path, units=1, nominations=1, seed=3, faults=False)
    whole = next(tmp_path.glob("data/cities/*/nominations/*.yml")).read_text("utf-8")
    whole = re.sub(r"(?m)^(  .{30}).*", r"\1", whole)  # shorter lines: changes meet more structure
    random = Random(5)  # noqa: S311 - chosen changes, not a secret
    for _ in range(800):
        text = whole
        for _ in range(random.randint(1, 4)):
            at = random.randrange(len(text))
            text = text[:at] + random.choice(PIECES) + text[at + random.randrange(5) :]
        assert agrees(text), repr(text)
