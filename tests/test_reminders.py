"""Who is reminded of what, on which day, and what counts as told already."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from campaigns import AFTER, LEDGER, campaign_edit, edit, event, lay, standing_at
from reminded import (
    BACK,
    BING_EXTENDED,
    COMPLETE,
    DEADLINE_LINE,
    EXTENDED,
    MATERIALS_LOST,
    PAPER,
    RETURNED,
    SENT,
    YI,
    days,
    reminded,
    with_ledger,
)

from build_tools.campaign import BrokenCampaign, load_campaign
from build_tools.reminders import plan
from build_tools.reminders.call_list import render
from build_tools.tree import WorkTree

BING = ("总结", "统计资料")
STATES: dict[str, tuple[str, dict[str, Any], dict[str, tuple[str, ...]]]] = {
    "nobody owes anything": (AFTER, COMPLETE, {}),
    "one has sent nothing": (
        AFTER,
        {"ledger": {"jia": [*LEDGER["jia"], *PAPER], "yi": LEDGER["yi"]}},
        {"bing": BING},
    ),
    "nobody has sent anything": (
        AFTER,
        {"remove": ["data/cities/jia", "data/cities/yi"], "ledger": {}},
        {"jia": BING, "yi": BING, "bing": BING},
    ),
    "only paper is owed": (
        AFTER,
        {**COMPLETE, "ledger": {**COMPLETE["ledger"], "jia": LEDGER["jia"]}},
        {"jia": ("先进个人推荐表",)},
    ),
    "returned": (AFTER, with_ledger("yi", RETURNED), {"yi": ("总结",)}),
    "returned and corrected: the office has to record it": (
        AFTER,
        {
            **COMPLETE,
            "edits": [edit(f"{YI}/summary.yml", "title: ", "title: 修改后的")],
            "ledger": {
                **COMPLETE["ledger"],
                "yi": [event(SENT, "received", "summary", digest="base"), LEDGER["yi"][1], RETURNED],
            },
        },
        {},
    ),
    "with an error": (
        AFTER,
        {**COMPLETE, "edits": [edit(f"{YI}/statistics.yml", "pledge_orgs: 12", "pledge_orgs: -1")]},
        {"yi": ("统计资料",)},
    ),
    "with an error in a file that is no document": (
        AFTER,
        {**COMPLETE, "write": {f"{YI}/notes.txt": "示例\n"}},
        {"yi": ("材料等文件",)},
    ),
    "late nominations are forfeited, and paper for them is owed no more": (
        AFTER,
        {
            **COMPLETE,
            "ledger": {
                **COMPLETE["ledger"],
                "jia": [event(AFTER, "received", name) for name in (
                    "summary", "statistics", "collective-01", "individual-01", "individual-02", "materials",
                )],
            },
        },
        {},
    ),
    "before the campaign opens": ("2012-08-15T23:59:59+08:00", {}, {}),
    "after the campaign is closed": ("2012-10-01T00:00:00+08:00", {}, {}),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_who_is_reminded_of_what(state: str, tmp_path: Path) -> None:
    now, changes, owed = STATES[state]
    found = reminded(tmp_path, now, **changes)
    assert {slug: tuple(d.title for d in told.duties) for slug, told in found.items()} == owed


def test_what_is_given_up_is_a_matter_for_a_call_and_not_for_a_letter(tmp_path: Path) -> None:
    found = reminded(tmp_path, AFTER, **MATERIALS_LOST)
    assert list(found) == ["jia"]
    assert (found["jia"].duties, found["jia"].lapsed) == ((), ("佐证材料",))
    assert (found["jia"].day, found["jia"].due) == (None, False)
    text = render(standing_at(tmp_path, AFTER), [found["jia"]], "text").decode()
    assert text.endswith("  佐证材料：逾期未报，视为放弃。\n  催报函：不再发。\n")


LATE_IN_ALL = [edit("data/campaign.yml", DEADLINE_LINE, "deadline: 2012-08-23T00:00:00+08:00")]


DAYS: list[tuple[str, str, dict[str, Any], str, bool]] = [
    ("early", "2012-08-17T10:00:00+08:00", {}, "2012-08-20", False),
    ("the last second before the first day", "2012-08-19T23:59:59+08:00", {}, "2012-08-20", False),
    ("the first second of the first day", "2012-08-20T00:00:00+08:00", {}, "2012-08-20", True),
    ("that second told in another zone", "2012-08-19T16:00:00+00:00", {}, "2012-08-20", True),
    ("the second before it in another zone", "2012-08-20T00:59:59+09:00", {}, "2012-08-20", False),
    ("the day before", "2012-08-21T10:00:00+08:00", {}, "2012-08-21", True),
    ("the last second in time", "2012-08-22T23:59:59+08:00", {}, "2012-08-22", True),
    ("the first second that is late", "2012-08-23T00:00:00+08:00", {}, "2012-08-23", True),
    ("weeks later", "2012-09-20T10:00:00+08:00", {}, "2012-09-20", True),
    ("extended, the old last day", "2012-08-22T10:00:00+08:00", BING_EXTENDED, "2012-08-23", False),
    ("extended, its own last days", "2012-08-23T00:00:00+08:00", BING_EXTENDED, "2012-08-23", True),
    ("extended, its own last second", "2012-08-25T18:00:00+08:00", BING_EXTENDED, "2012-08-25", True),
    ("midnight ends the day before", "2012-08-19T23:59:59+08:00", {"edits": LATE_IN_ALL}, "2012-08-20", False),
    ("a week before, as the campaign wants it", "2012-08-16T10:00:00+08:00", days("[6]"), "2012-08-16", True),
    ("and then not until it is late", "2012-08-17T10:00:00+08:00", days("[6]"), "2012-08-23", False),
    ("in any order", "2012-08-18T10:00:00+08:00", days("[0, 3]"), "2012-08-19", False),
    ("no day at all", "2012-08-22T10:00:00+08:00", days("[]"), "2012-08-23", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("now", "changes", "day", "due"), [row[1:] for row in DAYS], ids=[r[0] for r in DAYS]
)
def test_the_day_of_a_reminder(
    tmp_path: Path, now: str, changes: dict[str, Any], day: str, due: bool
) -> None:
    bing = reminded(tmp_path, now, **changes)["bing"]
    assert (bing.day, bing.due) == (date.fromisoformat(day), due)


def test_an_extension_of_one_document_is_said(tmp_path: Path) -> None:
    extended = {**EXTENDED, "document": "individual-01"}
    changes = {**COMPLETE, "ledger": {**COMPLETE["ledger"], "jia": [*LEDGER["jia"], PAPER[1], extended]}}
    (duty,) = reminded(tmp_path, AFTER, **changes)["jia"].duties
    assert (duty.deadline.isoformat(), duty.extended) == ("2012-08-25T18:00:00+08:00", True)


def test_a_return_has_days_of_its_own(tmp_path: Path) -> None:
    seen = {}
    for day in (21, 22, 23, 24, 25):
        yi = reminded(tmp_path / str(day), f"2012-08-{day}T13:00:00+08:00", **with_ledger("yi", RETURNED))[
            "yi"
        ]
        seen[day] = (yi.due, yi.duties[0].needed.partition("8月")[0])
    assert seen == {
        21: (False, "按退回意见修改，"),
        22: (True, "按退回意见修改，"),
        23: (True, "按退回意见修改，"),
        24: (True, "修改期限（"),  # it was due at noon
        25: (True, "修改期限（"),
    }


FORFEITED_LATER = {
    **COMPLETE,
    "edits": [campaign_edit("late: forfeits\n    nominee: 先进集体\n    quota: collective\n    minimum: 0",
                            "late: forfeits\n    nominee: 先进集体\n    quota: collective\n    minimum: 1")],
}  # fmt: skip


def test_what_will_be_given_up_has_no_day_after_its_deadline(tmp_path: Path) -> None:
    changes = {**FORFEITED_LATER, "edits": [*FORFEITED_LATER["edits"], *days("[2]")["edits"]]}
    bing = reminded(tmp_path, "2012-08-21T10:00:00+08:00", **changes)["bing"]
    assert [(duty.title, duty.day) for duty in bing.duties] == [("先进集体推荐表", None)]
    assert bing.day is None


SAME: list[tuple[str, str, dict[str, Any], bool]] = [
    ("an hour later", "2012-08-21T11:00:00+08:00", {}, True),
    ("the next day of reminding", "2012-08-22T10:00:00+08:00", {}, False),
    ("when it is late", "2012-08-23T10:00:00+08:00", {}, False),
    ("when one of the two has come", "2012-08-21T10:00:00+08:00", {
        "copy": {"data/cities/bing/summary.yml": f"{YI}/summary.yml"}}, False),
    ("when the deadline has moved", "2012-08-21T10:00:00+08:00", BING_EXTENDED, False),
    ("when another unit has sent something", "2012-08-21T10:00:00+08:00", {
        "ledger": {**LEDGER, "yi": [*LEDGER["yi"], event(BACK, "accepted", "summary")]}}, True),
    ("when there is another address", "2012-08-21T10:00:00+08:00", {"edits": [edit(
        "data/units.yml", "contact: null", "contact: {name: 示例, phone: 020-1, email: b@example.invalid}")]},
        False),
]  # fmt: skip


@pytest.mark.parametrize(("now", "changes", "same"), [row[1:] for row in SAME], ids=[r[0] for r in SAME])
def test_what_counts_as_the_same_state(tmp_path: Path, now: str, changes: dict[str, Any], same: bool) -> None:
    before = reminded(tmp_path / "before", "2012-08-21T10:00:00+08:00")["bing"]
    after = reminded(tmp_path / "after", now, **changes)["bing"]
    assert (before.fingerprint == after.fingerprint) is same


def test_what_is_only_late_is_the_same_every_day(tmp_path: Path) -> None:
    first, later = (
        reminded(tmp_path / day, f"2012-{day}T10:00:00+08:00")["bing"] for day in ("08-23", "09-20")
    )
    assert first.fingerprint == later.fingerprint


def test_the_most_urgent_come_first_and_then_the_nearest_deadline(tmp_path: Path) -> None:
    changes = {"ledger": {**LEDGER, "bing": [EXTENDED]}}
    lay(tmp_path, **changes)
    for now, order in (("2012-08-17T10:00:00+08:00", ["jia", "bing"]), (AFTER, ["jia", "bing"])):
        assert [r.unit.slug for r in plan(standing_at(tmp_path, now))] == order
    lay(tmp_path / "late")
    assert [r.unit.slug for r in plan(standing_at(tmp_path / "late", AFTER))] == ["bing", "jia"]


@pytest.mark.parametrize("given", ["[-1]", "[61]", "[1, 1]", "[一]", "2", "null"])
def test_days_of_reminding_are_checked(tmp_path: Path, given: str) -> None:
    root = lay(tmp_path, **days(given))
    with pytest.raises(BrokenCampaign):
        load_campaign(WorkTree(root))
