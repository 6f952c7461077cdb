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
    ("a: 一#二 # 注\n", {"a": "一#二"}),
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
