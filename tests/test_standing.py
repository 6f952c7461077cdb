"""Deadline edges as a table: what was written into the ledger, and where the document stands by it.

The deadline is 2012-08-22T23:59:59+08:00, inclusive to the second. Times are written ``22 23:59:59``
(August 2012, +08:00) or in full.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from build_tools import ledger
from build_tools.campaign import Campaign, Item, load_campaign
from build_tools.ledger import Event, Kind, Ledger
from build_tools.standing import Stage, Standing, Timing, deadline, standing
from build_tools.tree import WorkTree

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = ("示例甲", "示例乙")


@cache
def campaign() -> Campaign:
    return load_campaign(WorkTree(ROOT))


def item(name: str) -> Item:
    found = campaign().locate(name)
    assert found, name
    return found[0]


def moment(text: str) -> datetime:
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(text if "T" in text else f"2012-08-{day}T{clock}+08:00")


def event(seq: int, kind: str, at: str, **rest: Any) -> Event:
    """An event of ``individual-01`` unless said otherwise; ``until`` as text, ``version`` names a digest."""
    until = rest.pop("until", None)
    version = rest.pop("version", None)
    return Event(
        **{
            "seq": seq,
            "at": moment(at),
            "kind": Kind(kind),
            "document": "individual-01",
            "by": PEOPLE if kind == "extended" else PEOPLE[:1],
            "digest": ledger.digest(version.encode()) if version else None,
            "until": moment(until) if until else None,
            **rest,
        }
    )


def log(*events: tuple[Any, ...]) -> Ledger:
    """A ledger of ``(kind, at)`` or ``(kind, at, {more})`` in the order given."""
    written = []
    for index, (kind, at, *more) in enumerate(events):
        rest = dict(more[0]) if more else {}
        written.append(event(index + 1, kind, at, **rest))
    return Ledger("jia", tuple(written))


def stands(book: Ledger, document: str = "individual-01", within: Campaign | None = None) -> Standing:
    return standing(within or campaign(), book, item(document), document)


def received(at: str, version: str = "一", **rest: Any) -> tuple[Any, ...]:
    return ("received", at, {"version": version, **rest})


def returned(at: str, until: str | None, **rest: Any) -> tuple[Any, ...]:
    return ("returned", at, {"until": until, "reason": "请补正", **rest})


def extended(until: str, document: str = "*", at: str = "22 09:00:00", **rest: Any) -> tuple[Any, ...]:
    return ("extended", at, {"until": until, "document": document, "reason": "台风", **rest})


@pytest.mark.parametrize(
    ("at", "nomination", "report"),
    [
        ("16 00:00:00", Timing.ON_TIME, Timing.ON_TIME),
        ("22 23:59:58", Timing.ON_TIME, Timing.ON_TIME),
        ("22 23:59:59", Timing.ON_TIME, Timing.ON_TIME),
        ("23 00:00:00", Timing.FORFEITED, Timing.LATE),
        # the same seconds on other clocks
        ("2012-08-22T15:59:59+00:00", Timing.ON_TIME, Timing.ON_TIME),
        ("2012-08-22T16:00:00+00:00", Timing.FORFEITED, Timing.LATE),
        ("2012-08-22T11:59:59-04:00", Timing.ON_TIME, Timing.ON_TIME),
        ("2012-08-22T12:00:00-04:00", Timing.FORFEITED, Timing.LATE),
        ("2012-08-23T00:59:59+09:00", Timing.ON_TIME, Timing.ON_TIME),
        ("2012-08-22T23:59:59+07:30", Timing.FORFEITED, Timing.LATE),
    ],
)
def test_the_deadline_is_inclusive_to_the_second_on_any_clock(
    at: str, nomination: Timing, report: Timing
) -> None:
    assert stands(log(received(at))).timing is nomination
    book = log(received(at, document="statistics"))
    assert stands(book, "statistics").timing is report


@pytest.mark.parametrize(
    ("minutes", "at", "timing"),
    [
        (0, "23 00:00:00", Timing.FORFEITED),
        (30, "23 00:29:59", Timing.ON_TIME),
        (30, "23 00:30:00", Timing.FORFEITED),
    ],
)
def test_grace_moves_the_deadline_for_everyone(minutes: int, at: str, timing: Timing) -> None:
    lenient = replace(campaign(), grace=timedelta(minutes=minutes))
    assert stands(log(received(at)), within=lenient).timing is timing


@pytest.mark.parametrize(
    ("document", "reached"),
    [
        ("*", {"statistics", "individual-01", "individual-02"}),
        ("individual", {"individual-01", "individual-02"}),
        ("individual-01", {"individual-01"}),
        ("statistics", {"statistics"}),
        ("collective", set()),
    ],
)
def test_an_extension_reaches_the_unit_an_item_or_one_document(document: str, reached: set[str]) -> None:
    names = ("statistics", "individual-01", "individual-02")
    late = [received("24 18:00:00", document=name) for name in names]
    book = log(extended("24 18:00:00", document), *late)
    assert {name for name in names if stands(book, name).timing is Timing.EXTENDED} == reached


@pytest.mark.parametrize(
    ("extensions", "at", "timing", "last_second"),
    [
        ([extended("24 18:00:00")], "22 23:59:59", Timing.ON_TIME, "24 18:00:00"),
        ([extended("24 18:00:00")], "23 00:00:00", Timing.EXTENDED, "24 18:00:00"),
        ([extended("24 18:00:00")], "24 18:00:00", Timing.EXTENDED, "24 18:00:00"),
        ([extended("24 18:00:00")], "24 18:00:01", Timing.FORFEITED, "24 18:00:00"),
        ([extended("2012-08-24T10:00:00+00:00")], "24 18:00:00", Timing.EXTENDED, "24 18:00:00"),
        # shorter than the deadline: takes nothing away
        ([extended("20 12:00:00")], "22 23:59:59", Timing.ON_TIME, "22 23:59:59"),
        ([extended("20 12:00:00")], "23 00:00:00", Timing.FORFEITED, "22 23:59:59"),
        # the longest of several counts, whatever their order
        ([extended("25 12:00:00"), extended("24 12:00:00")], "25 11:00:00", Timing.EXTENDED, "25 12:00:00"),
        # granted afterwards
        ([extended("24 12:00:00", at="24 15:00:00")], "24 11:00:00", Timing.EXTENDED, "24 12:00:00"),
        # not granted: one name, the same name twice, no reason
        ([extended("24 12:00:00", by=("示例甲",))], "23 09:00:00", Timing.FORFEITED, "22 23:59:59"),
        ([extended("24 12:00:00", by=("示例甲", "示例甲"))], "23 09:00:00", Timing.FORFEITED, "22 23:59:59"),
        ([extended("24 12:00:00", reason=" ")], "23 09:00:00", Timing.FORFEITED, "22 23:59:59"),
    ],
)
def test_extensions(extensions: list[tuple[Any, ...]], at: str, timing: Timing, last_second: str) -> None:
    book = log(*extensions, received(at))
    assert stands(book).timing is timing
    moved = moment(last_second) > campaign().deadline
    assert deadline(campaign(), book, item("individual-01"), "individual-01") == (moment(last_second), moved)
    assert stands(book).extended is moved


Expected = dict[str, Any]

STORIES: list[tuple[str, list[tuple[Any, ...]], Expected]] = [
    ("nothing happened", [], {"stage": Stage.NONE, "timing": None, "version": None}),
    (
        "two receipts in time: the last one stands",
        [received("20 09:00:00", "一"), received("21 09:00:00", "二")],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二", "received": "21 09:00:00"},
    ),
    (
        "written in the wrong order: time decides",
        [received("21 09:00:00", "二"), received("20 09:00:00", "一")],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二", "received": "21 09:00:00"},
    ),
    (
        "sent again after the deadline without a return: set aside",
        [received("20 09:00:00", "一"), received("23 09:00:00", "二")],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "一", "aside": 1},
    ),
    (
        "the same bytes again after the deadline: nothing to set aside",
        [received("20 09:00:00", "一"), received("23 09:00:00", "一")],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "一", "received": "20 09:00:00"},
    ),
    (
        "sent again after it was accepted: set aside",
        [
            received("20 09:00:00", "一"),
            ("accepted", "21 09:00:00", {"version": "一"}),
            received("23 09:00:00", "二"),
        ],
        {"stage": Stage.ACCEPTED, "timing": Timing.ON_TIME, "version": "一", "aside": 1},
    ),
    (
        "late twice: the later one stands, still late",
        [received("23 09:00:00", "一"), received("24 09:00:00", "二")],
        {"stage": Stage.RECEIVED, "timing": Timing.FORFEITED, "version": "二"},
    ),
    (
        "returned and waiting",
        [received("20 09:00:00"), returned("22 09:00:00", "25 18:00:00")],
        {"stage": Stage.RETURNED, "timing": Timing.ON_TIME, "until": "25 18:00:00", "reason": "请补正"},
    ),
    (
        "corrected to the last second of the window, after the deadline: in time",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            received("25 18:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二", "until": None, "reason": ""},
    ),
    (
        "corrected one second after the window: its own time counts",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            received("25 18:00:01", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.FORFEITED, "version": "二"},
    ),
    (
        "corrected after the window but before the deadline: in time",
        [
            received("17 09:00:00", "一"),
            returned("18 09:00:00", "19 18:00:00"),
            received("22 09:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二"},
    ),
    (
        "the correction corrected within the window",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            received("24 09:00:00", "二"),
            received("25 17:00:00", "三"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "三"},
    ),
    (
        "the correction corrected after the window: set aside",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            received("24 09:00:00", "二"),
            received("26 09:00:00", "三"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二", "aside": 1},
    ),
    (
        "accepted closes the window",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            received("24 09:00:00", "二"),
            ("accepted", "24 10:00:00", {"version": "二"}),
            received("25 09:00:00", "三"),
        ],
        {"stage": Stage.ACCEPTED, "timing": Timing.ON_TIME, "version": "二", "aside": 1},
    ),
    (
        "returned twice, each corrected in its window",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "24 18:00:00"),
            received("24 09:00:00", "二"),
            returned("24 12:00:00", "27 18:00:00"),
            received("27 09:00:00", "三"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "三"},
    ),
    (
        "returned without a date: any correction keeps the time",
        [received("20 09:00:00", "一"), returned("22 09:00:00", None), received("29 09:00:00", "二")],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二"},
    ),
    (
        "late, then returned: a correction does not make it timely",
        [
            received("23 09:00:00", "一"),
            returned("23 12:00:00", "25 18:00:00"),
            received("24 09:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.FORFEITED, "version": "二"},
    ),
    (
        "a correction within an extension keeps the time of what it corrects",
        [
            extended("26 18:00:00"),
            received("22 09:00:00", "一"),
            returned("23 09:00:00", "25 18:00:00"),
            received("25 09:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二"},
    ),
    (
        "withdrawn",
        [received("20 09:00:00"), ("withdrawn", "21 09:00:00", {"reason": "本人申请"})],
        {"stage": Stage.WITHDRAWN, "timing": None, "reason": "本人申请"},
    ),
    (
        "withdrawn, then sent again in time",
        [
            received("20 09:00:00", "一"),
            ("withdrawn", "21 09:00:00", {"reason": "本人申请"}),
            received("22 09:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二"},
    ),
    (
        "withdrawn, then sent again after the deadline: a new nomination, too late",
        [
            received("20 09:00:00", "一"),
            ("withdrawn", "21 09:00:00", {"reason": "本人申请"}),
            received("23 09:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.FORFEITED, "version": "二"},
    ),
    (
        "withdrawn while returned: the window is gone",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            ("withdrawn", "22 10:00:00", {"reason": "本人申请"}),
            received("24 09:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.FORFEITED, "version": "二", "until": None},
    ),
    (
        "withdrawn while returned and sent again: the old window does not come back",
        [
            received("19 09:00:00", "一"),
            returned("20 09:00:00", "25 18:00:00"),
            ("withdrawn", "20 10:00:00", {"reason": "本人申请"}),
            received("21 09:00:00", "二"),
            received("24 09:00:00", "三"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二", "aside": 1},
    ),
    (
        "paper adds up and moves nothing else",
        [
            received("20 09:00:00"),
            ("paper", "21 09:00:00", {"copies": 1, "seals": ("上级党组织",)}),
            ("paper", "29 09:00:00", {"copies": 2, "seals": ("上级党组织", "所在单位党组织")}),
        ],
        {
            "stage": Stage.RECEIVED,
            "timing": Timing.ON_TIME,
            "copies": 3,
            "seals": frozenset(("上级党组织", "所在单位党组织")),
        },
    ),
    (
        "paper before anything else",
        [("paper", "20 09:00:00", {"copies": 3})],
        {"stage": Stage.NONE, "timing": None, "copies": 3},
    ),
    (
        "accepted without a receipt: the accepted version is known, its time is not",
        [("accepted", "21 09:00:00", {"version": "一"})],
        {"stage": Stage.ACCEPTED, "timing": None, "version": "一"},
    ),
    (
        "accepting another version does not change which one stands",
        [received("20 09:00:00", "一"), ("accepted", "21 09:00:00", {"version": "二"})],
        {"stage": Stage.ACCEPTED, "timing": Timing.ON_TIME, "version": "一"},
    ),
]


@pytest.mark.parametrize(("story", "events", "expected"), STORIES, ids=[story[0] for story in STORIES])
def test_story(story: str, events: list[tuple[Any, ...]], expected: Expected) -> None:
    found = stands(log(*events))
    wanted = {"aside": 0, "copies": 0, **expected}
    if "version" in wanted:
        version = wanted.pop("version")
        wanted["digest"] = ledger.digest(version.encode()) if version else None
    for key in ("received", "until"):
        if wanted.get(key):
            wanted[key] = moment(wanted[key])
    seen = {key: len(found.set_aside) if key == "aside" else getattr(found, key) for key in wanted}
    assert seen == wanted, story


def test_another_document_is_not_touched() -> None:
    book = log(received("20 09:00:00"), returned("21 09:00:00", "25 09:00:00"))
    assert stands(book, "individual-02").stage is Stage.NONE


@pytest.mark.parametrize(
    ("now", "present", "timing"),
    [
        ("22 23:59:59", False, Timing.NOT_DUE),
        ("23 00:00:00", False, Timing.OVERDUE),
        ("22 23:59:59", True, Timing.UNRECORDED),
        ("23 00:00:00", True, Timing.UNRECORDED),
    ],
)
def test_without_a_receipt_the_clock_decides(now: str, present: bool, timing: Timing) -> None:
    assert stands(log()).timing_at(moment(now), present=present) is timing


def test_first_receipt_is_kept_through_corrections() -> None:
    book = log(received("20 09:00:00", "一"), returned("21 09:00:00", None), received("24 09:00:00", "二"))
    found = stands(book)
    assert (found.first_received, found.received) == (moment("20 09:00:00"), moment("24 09:00:00"))
    assert not found.forfeited
