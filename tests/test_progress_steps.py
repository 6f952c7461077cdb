"""What is to be done next and by whom, whom to call, and how the campaign stands as a whole."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from campaigns import AFTER, DEADLINE, LEDGER, edit, event, judged, lay, standing_at

from build_tools.checks import Examination
from build_tools.progress import Urgency, assess

YI = "data/cities/yi"
JIA = "data/cities/jia"


SENT, BACK = "2012-08-20T09:00:00+08:00", "2012-08-21T09:00:00+08:00"


def test_paper_is_not_chased_before_an_extended_deadline(tmp_path: Path) -> None:
    extended = event(BACK, "extended", "*", reason="道路中断", until="2012-08-25T18:00:00+08:00")
    lay(tmp_path, ledger={**LEDGER, "jia": [*LEDGER["jia"], extended]})
    jia = standing_at(tmp_path, AFTER).by_slug["jia"]
    assert jia.next_step.startswith("请于8月25日18时前补齐先进个人推荐表纸质材料 6 份")
    assert (jia.call, "催" in jia.next_office_step) == (None, False)


WRONG = [edit(f"{YI}/statistics.yml", "pledge_orgs: 12", "pledge_orgs: -1")]
NEXT: list[tuple[str, str, str, dict[str, Any], str, str]] = [
    (
        "before the notice opened",
        "bing",
        "2012-08-15T10:00:00+08:00",
        {},
        "自8月16日起报送；请准备总结、统计资料，于8月22日24时前报送。",
        "",
    ),
    (
        "nothing sent yet",
        "bing",
        "2012-08-20T10:00:00+08:00",
        {},
        "请于8月22日24时前报送总结、统计资料。",
        "",
    ),
    (
        "late data still counts",
        "bing",
        AFTER,
        {},
        "总结、统计资料已逾期，请尽快补报。",
        "催报：总结、统计资料。",
    ),
    (
        "after the campaign",
        "bing",
        "2012-10-01T10:00:00+08:00",
        {},
        "活动已于9月30日24时结束，未报送：总结、统计资料。",
        "",
    ),
    (
        "the next year",
        "yi",
        "2013-01-01T10:00:00+08:00",
        {},
        "活动已于2012年9月30日24时结束，无需再报。",
        "审核：总结、统计资料。",
    ),
    (
        "places left",
        "yi",
        "2012-08-20T10:00:00+08:00",
        {},
        "如推荐先进集体（名额 1 名），请于8月22日24时前报送；如推荐先进个人（名额 2 名），请于8月22日24时前报送。",
        "审核：总结、统计资料。",
    ),
    (
        "not in the ledger",
        "yi",
        AFTER,
        {"ledger": {}},
        "请等待办公室审核。",
        "登记收文：总结、统计资料。",
    ),
    (
        "no places of one kind",
        "yi",
        "2012-08-20T10:00:00+08:00",
        {
            "edits": [
                edit(
                    "data/quotas.yml",
                    "yi: {collective: 1, individual: 2}",
                    "yi: {collective: 0, individual: 2}",
                )
            ]
        },
        "如推荐先进个人（名额 2 名），请于8月22日24时前报送。",
        "审核：总结、统计资料。",
    ),
    ("places lapsed", "yi", AFTER, {}, "请等待办公室审核。", "审核：总结、统计资料。"),
    (
        "an error",
        "yi",
        DEADLINE,
        {"edits": WRONG},
        "请按校验意见改正统计资料中的 1 处错误，于8月22日24时前重新报送。",
        "审核：总结；退回修改：统计资料。",
    ),
    (
        "errors in files that are no documents",
        "yi",
        AFTER,
        {"write": {f"{YI}/a.txt": "示例", f"{YI}/b.txt": "示例"}},
        "请按校验意见改正材料等文件中的 2 处错误。",
        "审核：总结、统计资料。",
    ),
    (
        "everything accepted",
        "yi",
        AFTER,
        {
            "ledger": {
                "yi": [
                    event(SENT, kind, name)
                    for name in ("summary", "statistics")
                    for kind in ("received", "accepted")
                ]
            }
        },
        "已全部受理，无需再报。",
        "",
    ),
    (
        "paper owed",
        "jia",
        DEADLINE,
        {},
        "请于8月22日24时前补齐先进个人推荐表纸质材料 6 份、先进个人推荐表的盖章（所在单位党组织）。",
        "审核：统计资料、先进集体推荐表（第 1 名）、先进个人推荐表（第 1、2 名）、佐证材料。",
    ),
]


@pytest.mark.parametrize(
    ("slug", "now", "changes", "texts"),
    [(slug, now, changes, (unit, office)) for _, slug, now, changes, unit, office in NEXT],
    ids=[row[0] for row in NEXT],
)
def test_next_step(
    tmp_path: Path, slug: str, now: str, changes: dict[str, Any], texts: tuple[str, str]
) -> None:
    found = standing_at(lay(tmp_path, **changes), now).by_slug[slug]
    assert (found.next_step, found.next_office_step) == texts


def test_nobody_is_called_before_the_opening_or_after_the_end(tmp_path: Path) -> None:
    lay(tmp_path)
    for now in ("2012-08-15T10:00:00+08:00", "2012-10-01T00:00:00+08:00"):
        assert standing_at(tmp_path, now).call_list == ()


CALLS = [
    ("2012-08-19T23:59:59+08:00", []),
    ("2012-08-20T00:00:00+08:00", [("bing", Urgency.SOON)]),
    ("2012-08-21T23:59:59+08:00", [("bing", Urgency.SOON)]),
    ("2012-08-22T00:00:00+08:00", [("bing", Urgency.LAST_DAY)]),
    ("2012-08-22T23:59:59+08:00", [("bing", Urgency.LAST_DAY)]),
    ("2012-08-23T00:00:00+08:00", [("bing", Urgency.OVERDUE), ("jia", Urgency.PAPER)]),
]


@pytest.mark.parametrize(("now", "called"), CALLS)
def test_the_call_list_is_sorted_by_urgency(
    tmp_path: Path, now: str, called: list[tuple[str, Urgency]]
) -> None:
    progress = standing_at(lay(tmp_path), now)
    assert [(unit.unit.slug, unit.call and unit.call.urgency) for unit in progress.call_list] == called


def test_a_unit_that_sent_a_part_is_left_alone_until_the_last_day(tmp_path: Path) -> None:
    lay(tmp_path, remove=[f"{YI}/summary.yml"])
    for now, called in (("2012-08-20T10:00:00+08:00", False), ("2012-08-22T10:00:00+08:00", True)):
        assert (standing_at(tmp_path, now).by_slug["yi"].call is not None) is called


def test_among_equals_the_one_that_lacks_more_is_called_first(tmp_path: Path) -> None:
    progress = standing_at(lay(tmp_path, remove=[f"{YI}/summary.yml"]), AFTER)
    assert [unit.unit.slug for unit in progress.call_list] == ["bing", "yi", "jia"]


def test_rates_and_counts_of_the_campaign(tmp_path: Path) -> None:
    late = [event(SENT, "received", "summary"), event(AFTER, "received", "statistics")]
    root = lay(tmp_path / "late", ledger={"yi": late, "jia": [event(SENT, "received", "summary")]})
    progress = standing_at(root, "2012-08-24T10:00:00+08:00")
    assert progress.reporting_rate == Fraction(2, 3)
    assert progress.on_time_rate == 0
    assert standing_at(lay(tmp_path / "early"), AFTER).on_time_rate == Fraction(2, 3)
    statistics = progress.items[1]
    assert (statistics.expected, statistics.reported, statistics.in_time) == (3, 2, 0)
    assert [unit.slug for unit in statistics.missing] == ["bing"]
    assert {state.label: many for state, many in progress.counts.items() if many} == {
        "逾期": 1,
        "部分报送": 1,
        "待审核": 1,
    }
    assert sum(progress.document_counts.values()) == 6 + 2 + 2


def test_latest_events_are_newest_first_with_unit_and_title(tmp_path: Path) -> None:
    happenings = standing_at(lay(tmp_path), AFTER).latest
    assert [(h.unit.slug, h.event.kind.label, h.title) for h in happenings[:3]] == [
        ("jia", "受理", "总结"),
        ("jia", "收到纸质材料", "先进集体推荐表（第 1 名）"),
        ("jia", "收到", "佐证材料"),
    ]


def many(root: Path, units: int) -> Examination:
    """The base's first unit, ``units`` times."""
    examination = judged(root, AFTER)
    one = examination.submissions.folders["jia"]
    every = tuple(replace(examination.campaign.units[0], slug=f"u{number}") for number in range(units))
    folders = {unit.slug: replace(one, slug=unit.slug) for unit in every}
    return replace(
        examination,
        campaign=replace(examination.campaign, units=every, quotas=None),
        submissions=replace(examination.submissions, folders=folders),
    )


def test_a_stray_file_is_a_reason_to_call(tmp_path: Path) -> None:
    lay(tmp_path, write={f"{YI}/a.txt": "示例"})
    yi = standing_at(tmp_path, AFTER).by_slug["yi"]
    assert (yi.state.label, yi.call and yi.call.reason) == ("校验未通过", "材料等文件有 1 处错误。")


def test_a_call_tells_every_reason_the_most_urgent_first(tmp_path: Path) -> None:
    back = event(BACK, "returned", "individual-01", reason="请补正", until="2012-08-22T18:00:00+08:00")
    lay(tmp_path, remove=[f"{JIA}/statistics.yml"], ledger={**LEDGER, "jia": [*LEDGER["jia"], back]})
    call = standing_at(tmp_path, AFTER).by_slug["jia"].call
    assert call is not None
    assert call.urgency is Urgency.OVERDUE
    assert call.reason.startswith("统计资料逾期未报；先进个人推荐表（第 1 名）退回修改，期限已过；")
    assert "纸质材料未齐" in call.reason
    assert call.reason.count("。") == 1


def test_what_was_withdrawn_is_called_for_with_all_that_is_not_due_yet(tmp_path: Path) -> None:
    wrong = edit(f"{JIA}/summary.yml", "title: ", "titel: ")
    back = event("2012-08-18T10:00:00+08:00", "withdrawn", "statistics", reason="数字有误")
    lay(tmp_path, edits=[wrong], ledger={"jia": [*LEDGER["jia"], back]}, remove=[f"{JIA}/statistics.yml"])
    jia = standing_at(tmp_path, "2012-08-19T10:00:00+08:00").by_slug["jia"]
    assert jia.call is not None
    assert jia.call.reason.startswith("总结有 2 处错误；统计资料已撤回，尚未重报；")
    assert jia.call.reason.endswith("的纸质材料未齐。")
    assert "催报：统计资料" in jia.next_office_step


def calls(work: Callable[[], object]) -> int:
    """How many Python functions ``work`` calls: what it costs, on any machine and however busy."""
    number = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal number
        number += event == "call"

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return number


def test_many_units_cost_as_much_each_as_few(tmp_path: Path) -> None:
    lay(tmp_path)
    cost = {units: calls(partial(assess, many(tmp_path, units))) / units for units in (30, 300)}
    assert cost[300] <= cost[30]
