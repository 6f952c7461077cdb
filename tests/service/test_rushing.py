"""While many submit, their receipts come first; git follows, and not only when the rush is over."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count, islice

import pytest
from service.journalled import sample, submit

from intake.projection import rushing
from intake.projection.rushing import Rush

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1000.0]
    monkeypatch.setattr(rushing, "monotonic", lambda: at[0])
    return at


@pytest.fixture
def come(account, service) -> Callable[[int], None]:
    """So many lines come; one lies there already."""
    text, marks, who = sample("heyuan", "summary"), count(), account("heyuan-1")

    def lines(many: int) -> None:
        for mark in islice(marks, many):
            submit(who, "summary", f"{text}# {mark}\n")

    lines(1)
    return lines


def test_what_lay_there_before_is_no_rush(come):
    come(12)
    assert not Rush().comes_first()


def test_git_waits_while_many_come_and_goes_on_when_they_do_not(come, clock):
    rush = Rush()
    assert not rush.comes_first()
    come(9)
    clock[0] += 0.5
    assert not rush.comes_first()
    come(1)
    clock[0] += 0.2
    assert rush.comes_first()
    clock[0] += 1.2
    assert not rush.comes_first()


def test_a_rush_without_end_stops_git_for_half_a_minute_only(come, clock, monkeypatch):
    monkeypatch.setattr(rushing, "_MANY", 1)
    rush, waited = Rush(), []
    rush.comes_first()
    for _ in range(33):
        come(1)
        clock[0] += 1.0
        waited.append(rush.comes_first())
    assert waited == [True] * 30 + [False] * 3
    clock[0] += 5.0
    assert not rush.comes_first()
    come(1)
    clock[0] += 0.5
    assert rush.comes_first(), "the next rush is another"
