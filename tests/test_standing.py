"""Deadline edges as a table: what was written into the ledger, and where the document stands by it (see ``standings.py``)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from standings import campaign, extended, item, log, moment, received, returned, stands

from build_tools.standing import Stage, Timing, deadline


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
    ("until", "at", "timing", "last_second"),
    [
        ("23 00:10:00", "23 00:29:59", Timing.ON_TIME, "23 00:29:59"),
        ("23 00:10:00", "23 00:30:00", Timing.FORFEITED, "23 00:29:59"),
        ("23 00:30:00", "23 00:30:00", Timing.EXTENDED, "23 00:30:00"),
        ("23 00:30:00", "23 00:30:01", Timing.FORFEITED, "23 00:30:00"),
    ],
)
def test_grace_and_an_extension_do_not_add_up(until: str, at: str, timing: Timing, last_second: str) -> None:
    lenient = replace(campaign(), grace=timedelta(minutes=30))
    found = stands(log(extended(until), received(at)), within=lenient)
    assert (found.timing, found.deadline) == (timing, moment(last_second))


@pytest.mark.parametrize(
    ("now", "timing"), [("24 08:59:59", Timing.FORFEITED), ("24 09:00:00", Timing.EXTENDED)]
)
def test_an_extension_counts_from_the_second_it_is_granted(now: str, timing: Timing) -> None:
    book = log(received("23 09:00:00"), extended("25 12:00:00", at="24 09:00:00"))
    assert stands(book.at(moment(now))).timing is timing


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
        # to the deadline's own second: moves nothing; one second more does
        ([extended("22 23:59:59")], "22 23:59:59", Timing.ON_TIME, "22 23:59:59"),
        ([extended("22 23:59:59")], "23 00:00:00", Timing.FORFEITED, "22 23:59:59"),
        ([extended("23 00:00:00")], "23 00:00:00", Timing.EXTENDED, "23 00:00:00"),
        ([extended("23 00:00:00")], "23 00:00:01", Timing.FORFEITED, "23 00:00:00"),
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
