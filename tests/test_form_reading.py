"""The browser reads YAML as the repository does: the same values, the same refusals, the same sentences."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_node import Node
from test_plain import PIECES, SEEDS
from test_source import HOSTILE, MISPRINTS, TRAPS, VALUES
from test_written import DOCUMENTS, SMALL

from build_tools.campaign import load_campaign
from build_tools.forms.written import written
from build_tools.source import parse, reading
from build_tools.tree import WorkTree

ROOT = Path(__file__).parents[1]
READING = reading()

STRICTER = {
    "a text in quotation marks that goes on in a line without indent": r"""["'][^"'\n]*\n""",
    "brackets that go on in a line without indent": r"[\[{][^\]}\n]*\n",
    "| or a bracket on a line of its own, as far left as its name": r"\n\s*[|>\[{]",
    "a remark right behind a closing mark": r"""["'\]}|>+-]#""",
    "a name behind ?": r"(?m)^ *(?:- *)*\?\s|[\[{,]\s*\?",
    "a lone dash in brackets": r"[\[{,]\s*-[\s,\]}]",
    "a tab in the middle of a text over several lines": r"\t",
}
LOOSER = {
    "a text in brackets that begins or ends with a colon": r"[\[{,]\s*:\S|\S:[\]},]",
}
"""What the two see differently, by what must stand in the text for it; nothing of this stands in a real file."""


class Seen(NamedTuple):
    """What a text or some bytes are for one of the two: ``value``, or ``faults`` as (code, line, message, hint)."""

    value: Any
    faults: list[tuple[str, int, str, str]]
    remarks: bool = False

    @property
    def document(self) -> Any:
        """The value where it may be a document's; a mere text is none."""
        return self.value if isinstance(self.value, dict | list) else None


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with Node("read") as node:
        yield node


def in_browser(node: Node, data: bytes, **more: Any) -> Seen:
    said = node.ask({"base64": b64encode(data).decode(), "reading": READING, **more})
    faults = [(f["code"], f["line"], f["message"], f["hint"]) for f in said["faults"]]
    return Seen(said["value"], faults, said["remarks"])


def in_repository(data: bytes) -> Seen:
    source = parse("x.yml", data)
    return Seen(source.value, [(f.code, f.place.line, f.message, f.hint) for f in source.findings])


def same(one: Any, other: Any) -> bool:
    """Equal, and 1 neither true nor "1"; the order of names says nothing."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def real_files() -> list[Path]:
    patterns = ("tests/**/*.yml", "data/**/*.yml", "schemas/*.yml")
    return [file for pattern in patterns for file in sorted(ROOT.glob(pattern))]


def test_every_file_of_the_repository_is_read_alike(node: Node) -> None:
    files = real_files()
    assert len(files) > 300
    for file in files:
        data = file.read_bytes()
        here, there = in_repository(data), in_browser(node, data)
        assert same(here.value, there.value), file
        assert [fault[:1] for fault in here.faults] == [fault[:1] for fault in there.faults], file


@pytest.mark.parametrize(("text", "value"), VALUES, ids=[repr(text) for text, _ in VALUES])
def test_a_scalar_means_the_same(node: Node, text: str, value: Any) -> None:
    seen = in_browser(node, text.encode())
    assert seen.faults == []
    assert same(seen.value, value)


@pytest.mark.parametrize(("text", "code", "line", "column"), TRAPS, ids=[repr(trap[0]) for trap in TRAPS])
def test_a_trap_is_named_alike(node: Node, text: str, code: str | None, line: int, column: int) -> None:
    here, there = in_repository(text.encode()), in_browser(node, text.encode())
    assert there.value is None
    if code and code != "Y05":
        assert [(fault[0], fault[2], fault[3]) for fault in here.faults] == [
            (fault[0], fault[2], fault[3]) for fault in there.faults
        ]
    else:
        assert [fault[0] for fault in there.faults] == ([code] if code else [])


@pytest.mark.parametrize("what", MISPRINTS)
def test_a_misprint_is_refused_near_where_it_was_made(node: Node, what: str) -> None:
    text, line, _, _ = MISPRINTS[what]
    ((code, found, message, hint),) = in_browser(node, text.encode()).faults
    assert code == "Y05"
    assert line - 1 <= found <= text.count("\n") + 1
    assert message.startswith("格式有误：")
    assert hint


def test_a_file_of_sentences_with_wide_colons_is_told_so(node: Node) -> None:
    for text in ("a：1\nb：2\n", "cases:412\n"):
        assert in_browser(node, text.encode()).faults == in_repository(text.encode()).faults


REFUSED = (
    "a: 1\nlas\n  : 1992-07\n",
    "a: 1\n\t\n",
    "a:\n  - \t甲\n",
    "a: |\n  \t甲\n",
    'a: "\\ud800"\n',
    "a: [:甲]\n",
)


@pytest.mark.parametrize("text", REFUSED)
def test_what_only_the_library_would_let_pass_is_refused(node: Node, text: str) -> None:
    assert in_repository(text.encode()).value is None
    assert in_browser(node, text.encode()).value is None


def variants() -> Iterator[str]:
    """Small changes to plain files, and heaps of YAML's marks; always the same ones."""
    random = Random(7)  # noqa: S311 - chosen changes, not a secret
    heap = (*PIECES, "b", "key: ", "\n  - ", "\n    ", "\n  ")
    for _ in range(6000):
        text = random.choice(SEEDS)
        for _ in range(random.randint(0, 4)):
            at = random.randrange(len(text) + 1)
            text = text[:at] + random.choice(("", *PIECES)) + text[at + random.randrange(7) :]
        yield text
        yield "".join(random.choice(heap) for _ in range(random.randint(0, 14))) + "\n"


def test_changed_files_get_the_same_verdict_but_for_what_is_listed(node: Node) -> None:
    read = 0
    for text in variants():
        here, there = in_repository(text.encode()).document, in_browser(node, text.encode()).document
        if same(here, there):
            read += here is not None
            continue
        assert here is None or there is None, text
        listed = STRICTER if there is None else LOOSER
        assert any(re.search(pattern, text) for pattern in listed.values()), text
    assert read > 1000


@settings(max_examples=600, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 6), st.sampled_from(("", *PIECES))), max_size=4),
)
def test_what_both_read_is_the_same(node: Node, seed: str, changes: list[tuple[int, int, str]]) -> None:
    text = seed
    for place, drop, piece in changes:
        at = place % (len(text) + 1)
        text = text[:at] + piece + text[at + drop :]
    here, there = in_repository(text.encode()).document, in_browser(node, text.encode()).document
    assert same(here, there) or here is None or there is None


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=DOCUMENTS)
def test_what_is_written_is_read_back(node: Node, value: dict[str, Any]) -> None:
    form = {"root": SMALL.schema.root, "head": f"{SMALL.form}（{SMALL.clause}）"}
    assert in_browser(node, written(SMALL, value).encode(), **form) == Seen(value, [], remarks=False)


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_get_the_same_verdict(node: Node, what: str) -> None:
    data = HOSTILE[what].encode()
    assert same(in_repository(data).value, in_browser(node, data).value)


BYTES = {
    "a mark in front": b"\xef\xbb\xbfa: 1\n",
    "two marks in front": b"\xef\xbb\xbf\xef\xbb\xbfa: 1\n",
    "GBK": "a: 1\nname: 示例党支部\n".encode("gb18030"),
    "UTF-16": "a: 示例\n".encode("utf-16"),
    "UTF-16 without a mark": ("name: 示例" * 9).encode("utf-16-le"),
    "UTF-16 of ASCII only": b"a\0:\0 \0" * 9,
    "cut in a character": "a: 1\n\nb: 示例".encode()[:-1],
    "a Word document": b"PK\x03\x04\x14\0\x06\0\x08\0\xff\xfe",
    "an archive in UTF-8": b"PK\x03\x04abc",
    "nothing that is known": b"a: \xff\xff\xff\n",
    "zeros": b"a: 1\n\0",
    "too large": b"a: 1\n#" + b" " * 256 * 1024,
    "just not too large": b"#" * (256 * 1024 - 6) + b"\na: 1\n",
}


@pytest.mark.parametrize("what", BYTES)
def test_bytes_are_named_alike(node: Node, what: str) -> None:
    here, there = in_repository(BYTES[what]), in_browser(node, BYTES[what])
    assert (here.value, here.faults) == (there.value, there.faults)


@pytest.mark.parametrize(
    "digits", ["9007199254740991", "9007199254740993", "-1234567890123456789", "9999999999999999999"]
)
def test_numbers_of_any_size_survive(node: Node, digits: str) -> None:
    assert in_browser(node, f"a: {digits}\n".encode()).value == {"a": int(digits)}


def test_hostile_names_are_names(node: Node) -> None:
    text = '__proto__: 1\nconstructor: 2\n"10": 3\nhasOwnProperty: 4\n__proto__: 5\n'
    assert [fault[0] for fault in in_browser(node, text.encode()).faults] == ["Y10"]
    value = in_browser(node, text.rpartition("__proto__")[0].encode()).value
    assert value == {"__proto__": 1, "constructor": 2, "10": 3, "hasOwnProperty": 4}


def test_remarks_are_told_where_they_would_not_be_written_again(node: Node) -> None:
    item = load_campaign(WorkTree(ROOT)).item_by_id["statistics"]
    form = {"root": item.schema.root, "head": f"{item.form}（{item.clause}）"}
    own = f"# {form['head']}\n# 作出公开承诺的基层党组织（个）\npledge_orgs: 1\n# 表中没有的栏目\nx: |\n  # 不是说明\n"
    assert in_browser(node, own.encode(), **form).remarks is False
    assert in_browser(node, own.encode()).remarks is True
    assert in_browser(node, f"{own}# 示例数据\n".encode(), **form).remarks is True
    assert in_browser(node, b"a: 1 # x\n", **form).remarks is True


def test_every_rule_of_reading_has_its_sentences() -> None:
    assert set(READING) >= {f"Y{number:02d}" for number in range(1, 15)}
    assert json.loads(json.dumps(READING, ensure_ascii=False)) == READING
    assert "{" not in READING["Y01 gbk"]["message"] + READING["Y05"]["message"] + READING["Y05"]["hint"]
