"""What a unit owes, has and has to do next, at every edge of the clock."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from campaigns import AFTER, DEADLINE, LEDGER, campaign_edit, edit, event, judged, lay

from build_tools.checks import Examination
from build_tools.findings import Finding, Place, Severity
from build_tools.progress import CampaignProgress, Phase, State, UnitState, Urgency, assess
from build_tools.standing import Timing

YI = "data/cities/yi"
JIA = "data/cities/jia"


def standing_at(root: Path, now: str) -> CampaignProgress:
    return assess(judged(root, now))


PHASES = [
    ("2012-08-15T23:59:59+08:00", Phase.BEFORE),
    ("2012-08-16T00:00:00+08:00", Phase.OPEN),
    ("2012-08-21T23:59:59+08:00", Phase.OPEN),
    ("2012-08-22T00:00:00+08:00", Phase.LAST_DAY),
    ("2012-08-22T23:59:58+08:00", Phase.LAST_DAY),
    ("2012-08-22T23:59:59+08:00", Phase.LAST_DAY),
    ("2012-08-22T15:59:59+00:00", Phase.LAST_DAY),
    ("2012-08-22T16:00:00+00:00", Phase.PAST),
    ("2012-08-23T00:00:00+08:00", Phase.PAST),
    ("2012-09-30T23:59:59+08:00", Phase.PAST),
    ("2012-10-01T00:00:00+08:00", Phase.CLOSED),
]


@pytest.mark.parametrize(("now", "phase"), PHASES)
def test_phase_by_the_clock(tmp_path: Path, now: str, phase: Phase) -> None:
    assert standing_at(lay(tmp_path), now).phase is phase


def test_grace_moves_the_last_day_and_the_time_left(tmp_path: Path) -> None:
    lay(tmp_path, edits=[campaign_edit("grace_minutes: 0", "grace_minutes: 10")])
    inside, outside = (standing_at(tmp_path, f"2012-08-23T00:{time}+08:00") for time in ("09:59", "10:00"))
    assert (inside.phase, inside.time_left.total_seconds()) == (Phase.LAST_DAY, 0)
    assert (outside.phase, outside.time_left.total_seconds()) == (Phase.PAST, 0)
    assert standing_at(tmp_path, DEADLINE).time_left.total_seconds() == 600


RECEIPTS = [
    ("statistics", "2012-08-22T23:59:58+08:00", None, Timing.ON_TIME),
    ("statistics", "2012-08-22T23:59:59+08:00", None, Timing.ON_TIME),
    ("statistics", "2012-08-22T15:59:59+00:00", None, Timing.ON_TIME),
    ("statistics", "2012-08-23T00:00:00+08:00", None, Timing.LATE),
    ("individual-01", "2012-08-22T23:59:59+08:00", None, Timing.ON_TIME),
    ("individual-01", "2012-08-23T00:00:00+08:00", None, Timing.FORFEITED),
    ("statistics", "2012-08-23T00:00:00+08:00", "*", Timing.EXTENDED),
    ("statistics", "2012-08-24T18:00:00+08:00", "*", Timing.EXTENDED),
    ("statistics", "2012-08-24T18:00:01+08:00", "*", Timing.LATE),
    ("statistics", "2012-08-24T18:00:00+08:00", "statistics", Timing.EXTENDED),
    ("statistics", "2012-08-24T18:00:00+08:00", "individual", Timing.LATE),
    ("individual-01", "2012-08-24T18:00:00+08:00", "individual", Timing.EXTENDED),
    ("individual-01", "2012-08-24T18:00:01+08:00", "individual", Timing.FORFEITED),
    ("individual-01", "2012-08-24T18:00:00+08:00", "individual-01", Timing.EXTENDED),
    ("individual-02", "2012-08-24T18:00:00+08:00", "individual-01", Timing.FORFEITED),
]


@pytest.mark.parametrize(("document", "received", "extension", "timing"), RECEIPTS)
def test_timing_of_a_receipt(
    tmp_path: Path, document: str, received: str, extension: str | None, timing: Timing
) -> None:
    events = [event(received, "received", document)]
    if extension:
        extended = event("2012-08-21T09:00:00+08:00", "extended", extension)
        events.insert(0, {**extended, "reason": "道路中断", "until": "2012-08-24T18:00:00+08:00"})
    lay(tmp_path, ledger={"jia": events})
    found = standing_at(tmp_path, "2012-08-25T10:00:00+08:00").by_slug["jia"].document(document)
    assert found is not None
    assert found.timing is timing
    assert found.counts is (timing is not Timing.FORFEITED)


def test_an_extension_is_for_one_unit_only(tmp_path: Path) -> None:
    extended = event(
        "2012-08-21T09:00:00+08:00", "extended", "*", reason="道路中断", until="2012-08-24T18:00:00+08:00"
    )
    lay(tmp_path, ledger={"bing": [extended]}, remove=[f"{YI}/summary.yml"])
    progress = standing_at(tmp_path, AFTER)
    bing, yi = progress.by_slug["bing"], progress.by_slug["yi"]
    assert (bing.state, bing.extended, bing.deadline.isoformat()) == (
        UnitState.NOTHING,
        True,
        "2012-08-24T18:00:00+08:00",
    )
    assert bing.next_step == "请于8月24日18时前报送总结、统计资料。"
    assert (yi.state, yi.extended, yi.deadline.isoformat()) == (UnitState.OVERDUE, False, DEADLINE)


ABSENT = [
    ("2012-08-15T23:59:59+08:00", Timing.NOT_DUE, UnitState.NOTHING),
    ("2012-08-22T23:59:59+08:00", Timing.NOT_DUE, UnitState.NOTHING),
    ("2012-08-23T00:00:00+08:00", Timing.OVERDUE, UnitState.OVERDUE),
    ("2012-10-01T00:00:00+08:00", Timing.OVERDUE, UnitState.OVERDUE),
]


@pytest.mark.parametrize(("now", "timing", "state"), ABSENT)
def test_a_unit_that_sent_nothing(tmp_path: Path, now: str, timing: Timing, state: UnitState) -> None:
    bing = standing_at(lay(tmp_path), now).by_slug["bing"]
    assert bing.state is state
    assert [item.timing for item in bing.items] == [timing, timing, None, None, None]
    assert bing.items[0].needed == {
        "2012-08-23T00:00:00+08:00": "逾期未报，仍应补报",
        "2012-10-01T00:00:00+08:00": "未报送",
    }.get(now, "尚未报送")
    assert [item.label for item in bing.items] == ["未报送", "未报送", "未推荐", "未推荐", "无需报送"]
    assert bing.share == 0


OLD = "sha256:" + "0" * 64
SENT, BACK = "2012-08-20T09:00:00+08:00", "2012-08-21T09:00:00+08:00"
RETURNED = event(BACK, "returned", "individual-01", reason="机密理由", until="2012-08-24T12:00:00+08:00")
CORRECTIONS = [
    (None, State.RETURNED, Timing.ON_TIME),
    ("2012-08-24T12:00:00+08:00", State.RECEIVED, Timing.ON_TIME),
    ("2012-08-24T12:00:01+08:00", State.RECEIVED, Timing.FORFEITED),
]


@pytest.mark.parametrize(("corrected", "state", "timing"), CORRECTIONS)
def test_a_correction_the_office_asked_for_does_not_make_late(
    tmp_path: Path, corrected: str | None, state: State, timing: Timing
) -> None:
    events = [event(SENT, "received", "individual-01"), RETURNED]
    if corrected:
        events.append(event(corrected, "received", "individual-01"))
    lay(tmp_path, ledger={"jia": events})
    found = standing_at(tmp_path, "2012-08-25T10:00:00+08:00").by_slug["jia"].document("individual-01")
    assert found is not None
    assert (found.state, found.timing) == (state, timing)


WINDOW = [
    ("2012-08-22T10:00:00+08:00", Urgency.RETURNED, "于8月24日12时前重新报送"),
    ("2012-08-24T12:00:00+08:00", Urgency.RETURN_EXPIRING, "于8月24日12时前重新报送"),
    ("2012-08-24T12:00:01+08:00", Urgency.RETURN_EXPIRED, "更正期限（8月24日12时）已过"),
]


@pytest.mark.parametrize(("now", "urgency", "words"), WINDOW)
def test_a_return_is_urged_by_its_window(tmp_path: Path, now: str, urgency: Urgency, words: str) -> None:
    received = [
        event(SENT, "received", name) for name in ("summary", "statistics", "collective-01", "materials")
    ]
    both = [event(SENT, "received", f"individual-0{number}") for number in (1, 2)]
    lay(tmp_path, ledger={"jia": [*received, *both, RETURNED]})
    jia = standing_at(tmp_path, now).by_slug["jia"]
    assert jia.state is UnitState.RETURNED
    assert words in jia.next_step
    assert jia.call is not None
    assert jia.call.urgency is urgency
    assert "机密理由" not in jia.next_step + jia.next_office_step + jia.call.reason


def test_a_version_sent_after_the_deadline_is_set_aside_and_said(tmp_path: Path) -> None:
    events = [event(SENT, "received", "statistics", digest=OLD), event(AFTER, "received", "statistics")]
    yi = standing_at(
        lay(tmp_path, ledger={"yi": [*events, event(SENT, "received", "summary")]}), AFTER
    ).by_slug["yi"]
    item = yi.item("statistics")
    assert (item.timing, item.remark, item.documents[0].changed) == (
        Timing.ON_TIME,
        "截止后另交 1 版，未采用",
        False,
    )


def test_a_corrected_file_waits_for_the_office_to_record_it(tmp_path: Path) -> None:
    received = event(SENT, "received", "statistics", digest=OLD)
    returned = event(BACK, "returned", "statistics", reason="请核对", until=AFTER)
    events = [event(SENT, "received", "summary"), received, returned]
    yi = standing_at(lay(tmp_path, ledger={"yi": events}), "2012-08-24T10:00:00+08:00").by_slug["yi"]
    assert (yi.next_step, yi.next_office_step) == ("请等待办公室审核。", "登记收文：统计资料；审核：总结。")
    assert yi.item("statistics").needed == "已更正，待登记"
    assert yi.call is None


def test_what_was_all_too_late_is_overdue_and_nothing_more_is_asked(tmp_path: Path) -> None:
    forfeits = [
        campaign_edit(f"{name}.yml\n    late: counts", f"{name}.yml\n    late: forfeits")
        for name in ("summary", "statistics")
    ]
    late = [event(AFTER, "received", name) for name in ("summary", "statistics")]
    yi = standing_at(lay(tmp_path, edits=forfeits, ledger={"yi": late}), AFTER).by_slug["yi"]
    assert (yi.state, yi.share) == (UnitState.OVERDUE, 1)
    assert yi.next_step == "已逾期，视为放弃，无需再报。"
    assert yi.item("statistics").remark == "逾期报送，视为放弃"


PLACES = [
    ("jia: {collective: 2, individual: 3}", {}, "名额 3 名，已推荐 2 名"),
    ("jia: {collective: 2, individual: 1}", {}, "名额 1 名，已推荐 2 名，超出 1 名"),
    ("jia: {collective: 2, individual: 0}", {}, "无名额，已推荐 2 名，超出 2 名"),
    (
        "jia: {collective: 2, individual: 3}",
        {"jia": [event(AFTER, "received", f"individual-0{number}") for number in (1, 2)]},
        "名额 3 名，有效推荐 0 名；2 份逾期报送，视为放弃",
    ),
]


@pytest.mark.parametrize(("quota", "ledger", "remark"), PLACES)
def test_places_taken_and_left(tmp_path: Path, quota: str, ledger: dict[str, Any], remark: str) -> None:
    lay(
        tmp_path,
        edits=[edit("data/quotas.yml", "jia: {collective: 2, individual: 3}", quota)],
        **({"ledger": ledger} if ledger else {}),
    )
    assert standing_at(tmp_path, AFTER).by_slug["jia"].item("individual").remark == remark


def test_paper_is_not_chased_before_an_extended_deadline(tmp_path: Path) -> None:
    extended = event(BACK, "extended", "*", reason="道路中断", until="2012-08-25T18:00:00+08:00")
    lay(tmp_path, ledger={**LEDGER, "jia": [*LEDGER["jia"], extended]})
    jia = standing_at(tmp_path, AFTER).by_slug["jia"]
    assert jia.next_step.startswith("请于8月25日18时前补齐先进个人推荐表纸质材料 6 份")
    assert (jia.call, "催" in jia.next_office_step) == (None, False)


def test_a_withdrawn_nomination_is_no_longer_owed_and_frees_its_place(tmp_path: Path) -> None:
    withdrawn = event(BACK, "withdrawn", "individual-02", reason="本人放弃")
    receipts = [event(SENT, "received", f"individual-0{number}") for number in (1, 2)]
    lay(tmp_path, ledger={"jia": [*receipts, withdrawn]}, remove=[f"{JIA}/nominations/individual-02.yml"])
    item = standing_at(tmp_path, AFTER).by_slug["jia"].item("individual")
    assert [(d.name, d.state, d.timing, d.counts) for d in item.documents] == [
        ("individual-01", State.RECEIVED, Timing.ON_TIME, True),
        ("individual-02", State.WITHDRAWN, None, False),
    ]
    assert (item.state, item.quota, item.quota_left, item.parts_owed) == (State.RECEIVED, 3, 2, 2)
    assert item.remark == "名额 3 名，已推荐 1 名；1 份已撤回"


def test_a_withdrawn_report_is_owed_again(tmp_path: Path) -> None:
    events = [
        event(SENT, "received", "statistics"),
        event(BACK, "withdrawn", "statistics", reason="数字有误"),
    ]
    lay(tmp_path, ledger={"yi": events})
    early, late = (standing_at(tmp_path, now).by_slug["yi"] for now in (DEADLINE, AFTER))
    assert early.item("statistics").state is State.WITHDRAWN
    assert (early.state, late.state) == (UnitState.PARTLY, UnitState.OVERDUE)
    assert early.next_step == "请于8月22日24时前报送统计资料。"
    assert not early.reported


BLANK = [edit(f"{YI}/statistics.yml", "pledge_orgs: 12", "pledge_orgs:")]
WRONG = [edit(f"{YI}/statistics.yml", "pledge_orgs: 12", "pledge_orgs: -1")]
OTHER = [edit(f"{YI}/statistics.yml", "pledge_orgs: 12", "pledge_orgs: 13")]
GOT = event(SENT, "received", "statistics")
STATES: list[tuple[str, dict[str, Any], State, UnitState]] = [
    ("in the ledger", {"ledger": {"yi": [GOT]}}, State.RECEIVED, UnitState.WAITING),
    ("not in the ledger", {"ledger": {}}, State.RECEIVED, UnitState.WAITING),
    (
        "accepted",
        {"ledger": {"yi": [GOT, event(BACK, "accepted", "statistics")]}},
        State.ACCEPTED,
        UnitState.WAITING,
    ),
    (
        "changed after acceptance",
        {
            "ledger": {
                "yi": [event(SENT, kind, "statistics", digest=OLD) for kind in ("received", "accepted")]
            }
        },
        State.RECEIVED,
        UnitState.WAITING,
    ),
    ("with an error", {"ledger": {"yi": [GOT]}, "edits": WRONG}, State.INVALID, UnitState.FAULTY),
    (
        "returned, with an error",
        {
            "ledger": {"yi": [GOT, event(BACK, "returned", "statistics", reason="请核对", until=AFTER)]},
            "edits": WRONG,
        },
        State.RETURNED,
        UnitState.FAULTY,
    ),
    (
        "gone, though received",
        {"ledger": {"yi": [GOT]}, "remove": [f"{YI}/statistics.yml"]},
        State.ABSENT,
        UnitState.PARTLY,
    ),
]


@pytest.mark.parametrize(
    ("changes", "state", "unit_state"), [row[1:] for row in STATES], ids=[row[0] for row in STATES]
)
def test_state_of_a_document(
    tmp_path: Path, changes: dict[str, Any], state: State, unit_state: UnitState
) -> None:
    yi = standing_at(lay(tmp_path, **changes), DEADLINE).by_slug["yi"]
    assert yi.item("statistics").state is state
    assert yi.state is unit_state


def test_blanks_are_counted_and_do_not_make_a_form_incomplete(tmp_path: Path) -> None:
    item = standing_at(lay(tmp_path, edits=BLANK), AFTER).by_slug["yi"].item("statistics")
    assert (item.complete, item.blanks, item.needed) == (True, 1, "")
    assert item.remark == "1 栏未填报"


def test_share_counts_documents_paper_and_materials(tmp_path: Path) -> None:
    """Base: 2 reports, 1 collective with paper, 2 individuals without, 1 list of 3 kinds for 3 nominees."""
    jia = standing_at(lay(tmp_path), AFTER).by_slug["jia"]
    assert [(item.parts_done, item.parts_owed) for item in jia.items] == [
        (1, 1),
        (1, 1),
        (2, 2),
        (2, 4),
        (10, 10),
    ]
    assert jia.share == Fraction(16, 18)
    assert jia.item("individual").needed == (
        "第 1 名纸质材料还差 3 份；第 1 名尚缺盖章：所在单位党组织；"
        "第 2 名纸质材料还差 3 份；第 2 名尚缺盖章：所在单位党组织"
    )


def test_materials_are_owed_for_each_nominee_that_counts(tmp_path: Path) -> None:
    lay(
        tmp_path,
        edits=[
            edit(
                f"{JIA}/materials.yml",
                "for: individual-02\n  - kind: other",
                "for: individual-01\n  - kind: other",
            )
        ],
    )
    item = (
        standing_at(lay(tmp_path / "2", remove=[f"{JIA}/materials.yml"]), DEADLINE)
        .by_slug["jia"]
        .item("materials")
    )
    assert (item.owed, item.complete, item.parts_done, item.parts_owed) == (True, False, 0, 10)
    item = standing_at(tmp_path, DEADLINE).by_slug["jia"].item("materials")
    assert (item.parts_done, item.parts_owed) == (9, 10)
    assert item.needed == "缺先进个人第 2 名的法律援助“1+1”活动情况"
    forfeited = [event(AFTER, "received", f"individual-0{number}") for number in (1, 2)]
    item = standing_at(lay(tmp_path / "3", ledger={"jia": forfeited}), AFTER).by_slug["jia"].item("materials")
    assert item.parts_owed == 4


def test_without_a_quota_table_nothing_is_owed_and_nothing_is_too_many(tmp_path: Path) -> None:
    lay(
        tmp_path,
        write={"data/quotas.yml": "source: 附件1\nofficial: false\nnote: 名额表未提供\nquotas: null\n"},
    )
    progress = standing_at(tmp_path, AFTER)
    item = progress.by_slug["yi"].item("individual")
    assert (item.owed, item.complete, item.quota, item.quota_left) == (False, True, None, None)
    assert (item.label, item.remark) == ("未推荐", "名额表未提供，未推荐")
    assert progress.by_slug["jia"].item("individual").remark == "名额表未提供，已推荐 2 名"


def test_below_the_minimum_is_owed(tmp_path: Path) -> None:
    collective, individual = "    quota: collective\n    minimum: ", "    quota: individual\n    minimum: "
    lay(
        tmp_path,
        edits=[
            campaign_edit(f"{collective}0", f"{collective}1"),
            campaign_edit(f"{individual}0", f"{individual}3"),
        ],
    )
    progress = standing_at(tmp_path, AFTER)
    jia, yi = progress.by_slug["jia"], progress.by_slug["yi"]
    assert (jia.item("collective").missing, jia.item("individual").missing) == (False, True)
    assert jia.item("individual").needed.startswith("至少推荐 3 名，还差 1 名")
    assert (yi.item("collective").timing, yi.item("collective").label) == (Timing.OVERDUE, "未报送")
    assert yi.next_step == "先进集体推荐表、先进个人推荐表逾期未报，视为放弃，如有特殊情况请与办公室联系。"
    assert [unit.slug for unit in progress.missing["individual"]] == ["jia", "yi", "bing"]


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
        "2012-08-17T10:00:00+08:00",
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
        "2012-08-17T10:00:00+08:00",
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
        "2012-08-17T10:00:00+08:00",
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
        "请按校验意见更正统计资料中的 1 处错误，于8月22日24时前重新报送。",
        "审核：总结；退回更正：统计资料。",
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


def test_three_thousand_units_cost_as_much_each_as_three_hundred(tmp_path: Path) -> None:
    lay(tmp_path)
    cost = {}
    for units in (300, 3000):
        examination = many(tmp_path, units)
        start = time.process_time()
        assert len(assess(examination).units) == units
        cost[units] = (time.process_time() - start) / units
    assert cost[3000] < 2 * cost[300]
    assert cost[3000] * 3000 < 2.5


def test_an_error_in_the_offices_ledger_is_not_the_units_fault(tmp_path: Path) -> None:
    fault = Finding("T00", Severity.ERROR, Place("data/ledger/jia.yml"), "", "台账有误。", "请核对。", "")
    examination = judged(lay(tmp_path), DEADLINE)
    jia = assess(replace(examination, findings=(*examination.findings, fault))).by_slug["jia"]
    assert fault in jia.findings
    assert jia.state is UnitState.PARTLY


def test_an_error_in_what_no_longer_counts_need_not_be_mended(tmp_path: Path) -> None:
    wrong = edit(f"{JIA}/nominations/individual-02.yml", "name: ", "nom: ")
    withdrawn = event(BACK, "withdrawn", "individual-02", reason="本人放弃")
    lay(tmp_path, edits=[wrong], ledger={**LEDGER, "jia": [*LEDGER["jia"], withdrawn]})
    jia = standing_at(tmp_path, DEADLINE).by_slug["jia"]
    document = jia.document("individual-02")
    assert document is not None
    assert (document.errors > 0, document.copies_owed, document.seals_owed) == (True, 0, ())
    assert jia.state is UnitState.PARTLY


def test_the_next_deadline_that_matters_is_the_nearest_still_open(tmp_path: Path) -> None:
    extended = event(BACK, "extended", "summary", reason="道路中断", until="2012-08-25T18:00:00+08:00")
    lay(tmp_path, ledger={"bing": [extended]})
    for now, until in (
        (DEADLINE, DEADLINE),
        ("2012-08-23T00:00:00+08:00", "2012-08-25T18:00:00+08:00"),
        ("2012-08-26T00:00:00+08:00", "2012-08-25T18:00:00+08:00"),
    ):
        assert standing_at(tmp_path, now).by_slug["bing"].deadline.isoformat() == until


PAPER = [
    ([(2, [])], "第 1 名纸质材料还差 1 份；第 1 名尚缺盖章：上级党组织"),
    ([(2, []), (1, ["上级党组织"])], ""),
    ([(3, ["司法厅党委"])], "第 1 名尚缺盖章：上级党组织"),
    ([(4, ["上级党组织"])], ""),
]


@pytest.mark.parametrize(("received", "needed"), PAPER)
def test_paper_and_seals_add_up(tmp_path: Path, received: list[tuple[int, list[str]]], needed: str) -> None:
    papers = [event(BACK, "paper", "collective-01", copies=copies, seals=seals) for copies, seals in received]
    lay(tmp_path, ledger={"jia": [event(SENT, "received", "collective-01"), *papers]})
    item = standing_at(tmp_path, AFTER).by_slug["jia"].item("collective")
    assert (item.needed, item.complete) == (needed, not needed)
