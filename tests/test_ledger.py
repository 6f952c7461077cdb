"""The ledger itself: text that only grows, a chain that shows a change, and versions that show a rewrite."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from build_tools.checks.ledger_rules import REWRITTEN
from build_tools.ledger import (
    Ledger,
    append,
    build,
    event_hash,
    extended_text,
    extends,
    first_broken,
    first_change,
    ledger_text,
    rewritten,
)
from build_tools.source import OFFICE_MAX_BYTES, parse

Events = list[dict[str, Any]]
PATH = "data/ledger/jia.yml"


def chain(*documents: str, salt: str = "") -> Events:
    """A sound chain of receipts; ``salt`` gives other nonces, and so other hashes."""
    events: Events = []
    for number, document in enumerate(documents, 1):
        told = {
            "at": f"2012-08-20T09:00:{number:02d}+08:00",
            "kind": "received",
            "document": document,
            "digest": f"sha256:{number:064x}",
            "source": "收文窗口",
            "by": ["示例收文员"],
        }
        events = append(events, told, nonce=f"{salt}{number}".rjust(32, "a"))
    return events


def forged(events: Events, index: int, **changes: Any) -> Events:
    """The events with one of them changed and every hash computed anew: sound, and not what was written."""
    found: Events = []
    for place, event in enumerate(events):
        told = {key: value for key, value in event.items() if key not in ("seq", "nonce", "previous", "hash")}
        found = append(found, {**told, **(changes if place == index else {})}, nonce=event["nonce"])
    return found


def read(data: bytes | str) -> Any:
    source = parse(PATH, data.encode() if isinstance(data, str) else data, OFFICE_MAX_BYTES)
    assert source.findings == ()
    return source.value


ABC = chain("a", "b", "c")
TEXT = ledger_text("jia", ABC[:2])
FLOW = '{"unit": "jia", "events": []}\n'

GROWN = {
    "as this program writes it": TEXT,
    "remarks between the events": TEXT.replace("  - seq: 2", "# 说明\n  - seq: 2"),
    "not indented": TEXT.replace("\n  - ", "\n- ").replace("\n    ", "\n  "),
    "indented further": TEXT.replace("\n  - ", "\n    - ").replace("\n    ", "\n      ").replace("      - ", "    - "),
    "without a line break at the end": TEXT.rstrip("\n"),
    "line breaks of Windows": TEXT.replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + TEXT,
    "remarks at the end": TEXT + "# 完\n",
}  # fmt: skip


@pytest.mark.parametrize("shape", GROWN)
def test_what_is_there_stays_byte_for_byte(shape: str) -> None:
    data = GROWN[shape].encode()
    grown = extended_text("jia", data, ABC[:2], ABC[2:])
    assert grown.startswith(data)
    assert read(grown) == {"unit": "jia", "events": ABC}
    assert b"\r\n" not in grown or grown.count(b"\r\n") == grown.count(b"\n")


WRITTEN_ANEW = {
    "no file yet": ("", "# 由程序写入，不手工编辑\n"),
    "no events": ("# 示例数据\nunit: jia\nevents: []\n", "# 示例数据\n"),
    "flow style": (FLOW, ""),
    "the unit stands last": (TEXT.replace("unit: jia\n", "") + "unit: jia\n", ""),
}


@pytest.mark.parametrize("shape", WRITTEN_ANEW)
def test_where_nothing_can_be_put_behind_the_file_is_written_anew(shape: str) -> None:
    text, head = WRITTEN_ANEW[shape]
    before = read(text)["events"] if text else []
    grown = extended_text("jia", text.encode(), before, ABC[len(before) :])
    assert grown.decode() == head + ledger_text("jia", ABC)


@given(st.lists(st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), min_size=1), max_size=3))
@example(
    ["true", "null", "0", "007", "12345678901234567890123456789012", "1e3", "~", "-", "- a", "a: b", "a #b"]
)
@example(
    [
        "it's",
        "''",
        "[a, b]",
        "{a",
        "*",
        "&a",
        "!t",
        "|",
        ">",
        "%",
        "@",
        "`",
        "，",
        "2012-08-22",
        "a,b",
        "a:,b",
    ]
)
@example(["示例：甲", "“甲”", "𠮷", " 甲", "甲 ", "\u3000甲"])
def test_any_word_is_read_back_as_it_was_written(words: list[str]) -> None:
    events = append([], {"by": words, "reason": words[0] if words else "无"}, nonce="0" * 32)
    source = parse("", ledger_text("jia", events).encode(), OFFICE_MAX_BYTES)
    assert (source.findings, source.value) == ((), {"unit": "jia", "events": events})


@pytest.mark.parametrize(
    ("older", "newer", "change"),
    [
        ([], [], None),
        ([], ABC, None),
        (ABC[:2], ABC, None),
        (ABC, ABC, None),
        (ABC, ABC[:2], 2),
        (ABC, [], 0),
        (ABC, [ABC[0], ABC[2], ABC[1]], 1),
        (ABC, forged(ABC, 0, source="改动"), 0),
        (ABC, forged(ABC, 2, source="改动"), 2),
        (ABC[:2], forged(ABC, 2, source="改动"), None),
    ],
)
def test_a_ledger_extends_an_older_one_whose_events_all_stand(
    older: Events, newer: Events, change: int | None
) -> None:
    assert first_change(older, newer) == change
    assert extends(older, newer) is (change is None)
    assert extends(ledger(older), ledger(newer)) is (change is None)


def ledger(events: Events) -> Ledger:
    data = ledger_text("jia", events).encode()
    return build(parse(PATH, data, OFFICE_MAX_BYTES), data)


A, AB, ABc = ABC[:1], ABC[:2], ABC
FORGED = forged(AB, 0, at="2012-08-19T09:00:01+08:00")
CUT = ledger_text("jia", AB).encode()[:-30]

HISTORIES: list[tuple[str, list[bytes | Events], tuple[str, int] | None]] = [
    ("nothing", [[]], None),
    ("it only grew", [A, AB, ABc], None),
    ("it did not change", [AB, AB], None),
    ("it was not there at first", [b"", A], None),
    ("written anew with the same events", [A, b"# x\n" + ledger_text("jia", AB).encode(), ABc], None),
    ("changed in place, every hash anew", [A, AB, FORGED], ("2", 0)),
    ("changed, and then added to", [AB, FORGED, forged(ABc, 0, at="2012-08-19T09:00:01+08:00")], ("1", 0)),
    ("the last one dropped", [AB, A], ("1", 1)),
    ("dropped, and another put in its place", [AB, A, chain("a", "b", salt="b")[:1] + A], ("1", 1)),
    ("swapped", [ABc, [ABc[0], ABc[2], ABc[1]]], ("1", 1)),
    ("deleted", [AB, b""], ("1", 0)),
    ("deleted and begun anew", [AB, b"", chain("a", salt="b")], ("1", 0)),
    ("deleted and restored", [AB, b"", AB, ABc], None),
    ("changed and restored", [AB, FORGED, AB], None),
    ("changed, restored, changed again", [AB, FORGED, AB, FORGED], ("3", 0)),
    ("cut off and restored", [AB, CUT, ABc], None),
    ("cut off, restored with a change", [AB, CUT, FORGED], ("1", 1)),
    ("spoilt by what was put behind it, and restored", [AB, ledger_text("jia", AB).encode() + b"<<<<\n", ABc], None),
    ("spoilt by what was put behind it, restored with a change",
     [AB, ledger_text("jia", AB).encode() + b"<<<<\n", FORGED], ("2", 0)),
    ("the last hash went on, and the change hid behind it",
     [AB, ledger_text("jia", AB).encode() + b"      x\n", FORGED], ("2", 0)),
    ("written anew with an event that breaks the chain, and then a change",
     [A, b"# x\n" + ledger_text("jia", [*A, {**ABc[1], "seq": 9}]).encode(), FORGED], ("1", 1)),
    ("an event that breaks the chain, taken out again", [A, [*A, {**ABc[1], "seq": 9}], AB], None),
]  # fmt: skip


@pytest.mark.parametrize(("story", "versions", "expected"), HISTORIES, ids=[story[0] for story in HISTORIES])
def test_the_version_that_rewrote_is_named_until_it_is_put_right(
    story: str, versions: list[bytes | Events], expected: tuple[str, int] | None
) -> None:
    written = [v if isinstance(v, bytes) else ledger_text("jia", v).encode() for v in versions]
    assert rewritten((str(place), data) for place, data in enumerate(written)) == expected, story


def test_a_forged_chain_is_sound_so_that_only_an_older_version_gives_it_away() -> None:
    assert first_broken(FORGED) is None
    assert FORGED[0]["hash"] == event_hash(FORGED[0]) != AB[0]["hash"]


@pytest.mark.parametrize(
    ("newer", "line", "message"),
    [
        (FORGED, 3, "先前登记的第 1 项（收到）被改动、删除或调换，台账只能追加，不能改写。"),
        ([ABC[0], *chain("a", "x")[1:]], 13, "先前登记的第 2 项（收到）被改动、删除或调换，台账只能追加，不能改写。"),
        (A, 3, "先前登记的第 2 项（收到）不见了，台账只能追加，不能改写。"),
        (None, 1, "先前登记的第 1 项（收到）不见了，台账只能追加，不能改写。"),
    ],
)  # fmt: skip
def test_a_rewrite_is_shown_at_the_first_event_that_differs(
    newer: Events | None, line: int, message: str
) -> None:
    there = Ledger("jia") if newer is None else ledger(newer)
    (finding,) = REWRITTEN.compare(ledger(AB), there)
    assert (finding.code, finding.place.path, finding.place.line) == ("T19", PATH, line)
    assert finding.message == message
    assert "恢复" in finding.hint


def test_a_ledger_that_was_added_to_is_no_rewrite() -> None:
    assert not list(REWRITTEN.compare(ledger(AB), ledger(ABC)))
    assert not list(REWRITTEN.compare(Ledger("jia"), ledger(ABC)))
