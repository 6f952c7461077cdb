"""Reading the YAML subset: what is typed, what is a trap, where it stands; and nothing ever raises."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from build_tools.findings import Place
from build_tools.source import Source, parse


def read(text: str) -> Source:
    return parse("x.yml", text.encode("utf-8"))


VALUES: list[tuple[str, Any]] = [
    ("a: 1", {"a": 1}),
    ("a: -12", {"a": -12}),
    ("a: 0", {"a": 0}),
    ("a: -0", {"a": "-0"}),
    ("a: 010", {"a": "010"}),
    ("a: +1", {"a": "+1"}),
    ("a: 0x1F", {"a": "0x1F"}),
    ("a: 1_000", {"a": "1_000"}),
    ("a: 1.10", {"a": "1.10"}),
    ("a: 1e3", {"a": "1e3"}),
    ("a: .inf", {"a": ".inf"}),
    ("a: 12:30", {"a": "12:30"}),
    ("a: 2012-08-22", {"a": "2012-08-22"}),
    ("a: 2012-08", {"a": "2012-08"}),
    ("a: 12345678901234567890", {"a": "12345678901234567890"}),
    ("a: no", {"a": "no"}),
    ("a: Yes", {"a": "Yes"}),
    ("a: on", {"a": "on"}),
    ("a: True", {"a": "True"}),
    ("a: true", {"a": True}),
    ("a: false", {"a": False}),
    ("a: null", {"a": None}),
    ("a: ~", {"a": "~"}),
    ("a:", {"a": None}),
    ("a: ''", {"a": ""}),
    ("a: 'true'", {"a": "true"}),
    ('a: "1"', {"a": "1"}),
    ("a: １２", {"a": "１２"}),
    ("a: |\n  一\n  二\n", {"a": "一\n二\n"}),
    ("a: |-\n  1\n", {"a": "1"}),
    ("a: >\n  一\n  二\n", {"a": "一 二\n"}),
    ("a: [1, '1', 一]", {"a": [1, "1", "一"]}),
    ("- a\n- 1\n", ["a", 1]),
    ("1: a\n", {"1": "a"}),
    ("true: a\n", {"true": "a"}),
    ('"<<": a\n', {"<<": "a"}),
    ("---\na: 1\n", {"a": 1}),
    ("a: 1\n...\n", {"a": 1}),
    ("\ufeffa: 1\n", {"a": 1}),
    ("a: 1\r\nb: |\r\n  一\r\n  二\r\n", {"a": 1, "b": "一\n二\n"}),
    ("a: 一#二\n", {"a": "一#二"}),
    (
        "a: '一' # 注\nb: 12 # 注\nc: 1.50 # 注\nd: [1, 2] # 注\ne: | # 注\n  一 # 二\n# 注\n",
        {"a": "一", "b": 12, "c": "1.50", "d": [1, 2], "e": "一 # 二\n"},
    ),
    ("a: # 注\n  b: 1\nc: # 注\n  - 1\n", {"a": {"b": 1}, "c": [1]}),
    ("a: 见http://x\n", {"a": "见http://x"}),
    ("a: 100%\n", {"a": "100%"}),
    ("a: 甲 & 乙 * 丙!\n", {"a": "甲 & 乙 * 丙!"}),
    ("a: |\n  &甲\n  *乙\n  --- \n  !丙 %丁\n", {"a": "&甲\n*乙\n--- \n!丙 %丁\n"}),
    ("a: |\n  甲\n  \t乙\n", {"a": "甲\n\t乙\n"}),
    ("[]", []),
    ("一段文字", "一段文字"),
]


@pytest.mark.parametrize(("text", "value"), VALUES, ids=[repr(text) for text, _ in VALUES])
def test_a_scalar_means_what_it_looks_like(text: str, value: Any) -> None:
    source = read(text)
    assert source.findings == ()
    assert source.value == value
    assert repr(source.value) == repr(value)  # 1 is not True and not "1"


TRAPS = [
    ("a: 甲 #1 乙\n", "Y14", 1, 6),
    ("a: 甲\t# 乙\n", "Y14", 1, 6),
    ("a: #1 甲\n", "Y14", 1, 4),
    ("- 甲\n-  # 乙\n", "Y14", 2, 4),
    ("a: 甲\r\nb: [1, 𠮷 # 乙\r\n ]\r\n", "Y14", 2, 10),
    ("a: 甲 #1\n  乙\nb: 1\n", "Y05", 1, 6),
    ('a: 1\nb: "甲"、乙\nc: 1\n', "Y05", 2, 7),
    ("a:\n  - b: '甲'乙\n    c: 1\n", "Y05", 2, 11),
    ("a: 1\n...\nb: 1\n", "Y06", 3, 1),
    ("a: 1\n---\nb: 1\n", "Y06", 2, 1),
    ("a: 1\n--- # x\nb: 1\n", "Y06", 2, 1),
    ("a: &x 1\n", "Y07", 1, 4),
    ("&x a: 1\n", "Y07", 1, 1),
    ("a: *x\n", "Y07", 1, 4),
    ("a: !x 1\n", "Y08", 1, 4),
    ("a: ! 1\n", "Y08", 1, 4),
    ("!!map {a: 1}\n", "Y08", 1, 1),
    ("%TAG ! x\n---\na: 1\n", "Y08", 1, 1),
    ("a: {<<: {b: 1}}\n", "Y09", 1, 5),
    ("a: 1\n'a': 2\n", "Y10", 2, 1),
    ("a: 1\n\tb: 1\n", "Y11", 2, 1),
    ("a:\n\t- 1\n", "Y11", 2, 1),
    ("a: 甲\n \t乙\n", "Y11", 2, 1),
    ("", "Y12", 1, 1),
    ("---\n", None, 1, 1),
    ("? {a: 1}\n: 1\n", "Y13", 1, 3),
    ("? |\n  a\n  b\n: 1\n", "Y13", 1, 3),
    ("a: 𠮷😀\u202e\n", "Y02", 1, 6),
    ("a: 甲\n甲: 乙\u0085\n", "Y02", 2, 5),
    ("a: 甲\u2028b: 1\n", "Y02", 1, 5),
    ("a: 甲\ufeff\n", "Y02", 1, 5),
    ("a: 甲\x7f\n", "Y02", 1, 5),
    ("𠮷😀: [甲, 𠮷, &乙]\n", "Y07", 1, 13),
    ("甲: {𠮷: 1, 𠮷: 2}\n", "Y10", 1, 11),
    ("a: 1\r\n'a': 2\r\n", "Y10", 2, 1),
    ("\ufeffa: 1\na: 2\n", "Y10", 2, 1),
    ("a: 1\r\n---\r\nb: 1\r\n", "Y06", 2, 1),
    ("a: 1\r---\rb: 1\r", "Y06", 2, 1),
]


@pytest.mark.parametrize(("text", "code", "line", "column"), TRAPS, ids=[repr(trap[0]) for trap in TRAPS])
def test_a_trap_is_named_where_it_stands(text: str, code: str | None, line: int, column: int) -> None:
    source = read(text)
    found = [(finding.code, finding.place.line, finding.place.column) for finding in source.findings]
    assert found == ([(code, line, column)] if code else [])
    assert source.value is None


PLACES = [
    (("a",), False, (1, 4)),
    (("a",), True, (1, 1)),
    (("𠮷",), False, (2, 4)),
    (("list", 1), False, (5, 5)),
    (("list", 1, "b"), True, (5, 5)),
    (("list", 1, "b"), False, (5, 8)),
    (("list", 7), False, (4, 3)),
    (("long",), False, (6, 7)),
    (("none", "deeper"), False, (1, 1)),
    ((), False, (1, 1)),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(("pointer", "key", "place"), PLACES)
def test_places_count_characters(
    end: str, mark: str, pointer: tuple[str | int, ...], key: bool, place: tuple[int, int]
) -> None:
    text = "a: 😀\n𠮷: 乙\nlist:\n  - b: 1\n  - b: 2\nlong: |\n  甲\n"
    source = read(mark + text.replace("\n", end))
    assert source.findings == ()
    assert source.place(pointer, key=key) == Place("x.yml", *place)


DEEP, WIDE = 1, 10
"""How many times an honest file of the largest size may cost: what nests is refused early, what is merely
long is read to its end."""

HOSTILE = {
    "brackets": "[" * 100_000,
    "braces": "{" * 100_000,
    "nested keys": "{a: " * 60_000,
    "closed brackets": "[" * 100_000 + "]" * 100_000,
    "dashes": "- " * 100_000 + "a\n",
    "questions": "? " * 100_000 + "a\n",
    "deep indent": "".join(" " * depth + "a:\n" for depth in range(700)),
    "laughs": "a: &a [x,x]\n"
    + "".join(f"{b}: &{b} [*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    "one line": "a: " + "甲" * 80_000 + "\n",
    "quotes": "a: " + "'" * 200_001 + "\n",
    "colons": ":" * 200_000,
    "many keys": "".join(f"k{number}: 1\n" for number in range(20_000)),
    "same key": "a: 1\n" * 40_000,
    "tabs": "a:\n" + "\t\n" * 80_000,
    "tabbed lines": "a: [\n" + "\t1,\n" * 50_000 + "]\n",
    "percent": "%a\n" * 60_000,
    "tabs in texts": "".join(f"a{number}: |\n  x\n  \ty\n" for number in range(13_000)),
    "one text with tabs": "a: |\n" + "  \ty\n" * 50_000,
    "remarks": "".join(f"a{number}: x # y\n" for number in range(16_000)),
    "one remark after another": "a: x" + " #" * 130_000 + "\n",
    "colons without a blank": "a:1\n" * 65_000 + "b: 1\n",
    "unclosed below a block": "a: |\n" + "  x\n" * 60_000 + "b\nc: 1\n",
    "wide blanks": "\u3000a: 1\n" * 30_000,
    "bars": "a: |\n" + " \n" * 100_000,
}


NESTED = {
    "brackets",
    "braces",
    "nested keys",
    "closed brackets",
    "dashes",
    "questions",
    "deep indent",
    "laughs",
}


MISPRINTS = {
    "a text below | that is not indented": ("a: 1\ndeeds: |\n甲\n  乙\nb: 1\n", 3, 1, "没有缩进"),
    "a paragraph that is not indented": ("deeds: |\n  甲\n\n乙\nb: 1\n", 4, 1, "没有缩进"),
    "the last paragraph": ("deeds: |\n  甲\n乙\n", 3, 1, "没有缩进"),
    "a line that is nothing": ("a: 1\n乙\nb: 1\n", 2, 1, "缺少冒号"),
    "a quotation mark never closed": ('a: 1\nname: "甲\nb: 1\n', 2, 7, "引号没有成对"),
    "no blank after a colon": ("a: 1\ncases:412\nb: 1\n", 2, 6, "冒号后缺空格"),
    "no blank after the first colon": ("cases:412\nb: 1\n", 1, 6, "冒号后缺空格"),
    "no blank after the first two": ("a:1\ncases:412\nb: 1\n", 1, 2, "冒号后缺空格"),
    "no blank after the last colon": ("a: 1\ncases:412", 2, 6, "冒号后缺空格"),
    "no blank after any colon": ("# 注\na:1\nb:2\n", 2, 2, "冒号后缺空格"),
    "a full-width colon": ("a: 1\nb：2\nc: 3\n", 2, 2, "全角“：”"),
    "all colons full-width": ("a：1\nb：2\n", 1, 2, "全角“：”"),
    "a wide blank as indent of a key": ("a:\n　b: 1\n", 2, 1, "行首用了全角空格"),
    "a wide blank behind others": ("a:\n  - b: 1\n  　c: 1\n", 3, 3, "行首用了全角空格"),
    "a wide blank too deep": ("a:\n  - b: 1\n      　c: 1\n", 3, 7, "行首用了全角空格"),
    "no-break spaces as indent": (
        "a:\n  - b: 1\n\u00a0\u00a0\u00a0 c: 2\n    d: 3\n",
        3,
        1,
        "行首用了不间断空格",
    ),
    "a wide blank before a list": ("a:\n  - b: 1\n　 - b: 2\n    c: 3\n", 3, 1, "行首用了全角空格"),
    "paragraphs indented by wide blanks": ("a: |\n　　甲\n　　乙\nb: 1\n", 2, 1, "行首用了全角空格"),
    "a wide blank after a colon": ("a: 1\nb:　甲\nc: 1\n", 2, 3, "冒号后面是全角空格"),
    "a no-break space after a colon": ("a: 1\nb:\u00a0甲\nc: 1\n", 2, 3, "冒号后面是不间断空格"),
}


@pytest.mark.parametrize("what", MISPRINTS)
def test_a_misprint_is_named_where_it_was_made(what: str) -> None:
    text, line, column, reason = MISPRINTS[what]
    first = read(text).findings[0]
    assert (first.code, first.place.line, first.place.column) == ("Y05", line, column)
    assert reason in first.message


def test_wide_blanks_within_a_text_are_its_own() -> None:
    assert read("a: |\n  　　甲\n\n  　　乙: 丙\nb: 1\n").value == {"a": "　　甲\n\n　　乙: 丙\n", "b": 1}


def timed(data: bytes) -> tuple[Source, float]:
    """A file as read, and the fewest seconds of CPU that reading took in three tries."""
    spent = []
    for _ in range(3):
        start = time.process_time()
        source = parse("x.yml", data)
        spent.append(time.process_time() - start)
    return source, min(spent)


@cache
def honest() -> float:
    """What an honest file costs that is as large as a file may be."""
    source, spent = timed(b"resume:\n" + b"  - {from: 1990-01, to: 1991-02, text: 'abc'}\n" * 5500)
    assert not source.findings
    return spent


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_read_in_no_time(name: str) -> None:
    data = HOSTILE[name].encode()
    assert len(data) <= 256 * 1024
    source, spent = timed(data)
    assert spent < honest() * (DEEP if name in NESTED else WIDE)
    assert len(source.findings) <= 100, "a report that can be read"


BYTES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.text(max_size=100).map(lambda text: text.encode("gb18030", "replace")),
    st.text(max_size=100).map(lambda text: text.encode("utf-16", "surrogatepass")),
)
PIECES = [
    *"ab01-?:,[]{}#&*!|>'\"%@`~<=.\\ \t\n\r甲𠮷😀：",
    "a: ", "b: 1\n", "- ", "\n  ", "\n    ", "---\n", "...\n", "<<: ", "? ", "|\n  ", ">-\n  ", "\r\n", "\u0085",
    "\u2028", "\u3000", "\ufeff", "true", "null", "!!str ", "&a ", "*a", "%YAML 1.1\n", " #", "''", '""',
]  # fmt: skip
YAMLISH = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@settings(max_examples=300, deadline=None)
@given(BYTES)
@example(b"\xff\xfe\x00")
@example(b"a: \xed\xa0\x80\n")
def test_no_bytes_make_it_raise(data: bytes) -> None:
    source = parse("x.yml", data)
    assert source.value is None or not source.findings
    assert all(finding.code.startswith("Y") for finding in source.findings)
    source.place(("a", 0))


@settings(max_examples=1500, deadline=None)
@given(YAMLISH)
@example("a: 1\n...\nb: 1")
@example("\ra: 1")
@example("- ? a")
@example("a:\n\t")
@example("'a\n...\nb'")
@example("'null'")
@example("- -0")
def test_what_is_read_is_what_yaml_says(text: str) -> None:
    """Against PyYAML's own scanner, which is another implementation than libyaml's."""
    source = read(text)
    if source.findings or any(mark in text for mark in "\r\u0085\u2028\ufeff\t"):
        return  # the two differ on line breaks, marks and tabs; those have examples above
    try:
        theirs = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - builds texts, lists and mappings only
    except yaml.YAMLError:
        return  # libyaml is the more lenient one, for example inside flow collections
    assert without_null(as_texts(source.value)) == without_null(theirs)


def as_texts(value: Any) -> Any:
    """Our value in the terms of a loader that types nothing."""
    if isinstance(value, dict):
        return {key: as_texts(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_texts(part) for part in value]
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def without_null(value: Any) -> Any:
    """A value of that loader with the word null, which it does not know, left blank."""
    if isinstance(value, dict):
        return {key: without_null(part) for key, part in value.items()}
    if isinstance(value, list):
        return [without_null(part) for part in value]
    return "" if value in ("null", None) else value
