"""What state a unit and its documents are in, at every edge of the clock."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from campaigns import AFTER, DEADLINE, LEDGER, campaign_edit, edit, event, judged, lay, standing_at

from build_tools.findings import Finding, Place, Severity
from build_tools.progress import Phase, State, UnitState, Urgency, assess
from build_tools.site.projection.wording import document_mark, item_mark
from build_tools.standing import Timing

YI = "data/cities/yi"
JIA = "data/cities/jia"


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
    ("2012-08-24T12:00:01+08:00", Urgency.RETURN_EXPIRED, "修改期限（8月24日12时）已过"),
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
    expired = urgency is Urgency.RETURN_EXPIRED
    assert ("修改期限（8月24日12时）已过" in jia.item("individual").needed) is expired
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
    assert yi.item("statistics").needed == "已修改，待登记"
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


LATE_ONE = event(AFTER, "received", "individual-02")


@pytest.mark.parametrize(
    ("stage", "next_step"),
    [
        ("accepted", "先进个人推荐表（第 2 名）逾期，视为放弃；其余已全部受理，无需再报。"),
        ("received", "先进个人推荐表（第 2 名）逾期，视为放弃；其余请等待办公室审核。"),
    ],
)
def test_one_that_came_too_late_does_not_forfeit_those_in_time(
    tmp_path: Path, stage: str, next_step: str
) -> None:
    names = ["summary", "statistics", "collective-01", "individual-01", "materials"]
    events = [event(SENT, "received", name) for name in names]
    seals = ["上级党组织", "所在单位党组织"]
    events += [event(SENT, "paper", name, copies=3, seals=seals) for name in names if name[-1] == "1"]
    events += [event(BACK, stage, name) for name in names] if stage == "accepted" else []
    jia = standing_at(lay(tmp_path, ledger={"jia": [*events, LATE_ONE]}), AFTER).by_slug["jia"]
    item = jia.item("individual")
    assert (item.timing, item_mark(item).shape, item.label) == (Timing.ON_TIME, stage, State(stage).label)
    assert (item.in_time, [document.name for document in item.forfeited]) == (True, ["individual-02"])
    assert item.remark == "名额 3 名，已推荐 1 名；另 1 份逾期报送，视为放弃"
    assert jia.next_step == next_step


def test_those_too_late_do_not_make_up_the_number_in_time(tmp_path: Path) -> None:
    two = [campaign_edit("quota: individual\n    minimum: 0", "quota: individual\n    minimum: 2")]
    events = [event(SENT, "received", "individual-01"), LATE_ONE]
    item = (
        standing_at(lay(tmp_path, edits=two, ledger={"jia": events}), AFTER).by_slug["jia"].item("individual")
    )
    assert (item.reported, item.in_time, item.complete) == (True, False, False)


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


def test_what_the_office_did_not_take_is_called_so_everywhere(tmp_path: Path) -> None:
    out = event(BACK, "withdrawn", "individual-01", reason="不予受理（超出名额）：名额 1 名")
    gone = [f"{JIA}/nominations/individual-0{number}.yml" for number in (1, 2)]
    lay(tmp_path, ledger={"jia": [event(SENT, "received", "individual-01"), out]}, remove=gone)
    item = standing_at(tmp_path, AFTER).by_slug["jia"].item("individual")
    [document] = item.documents
    assert (document.label, item.label, item.remark.rpartition("；")[2]) == (
        "不予受理",
        "不予受理",
        "1 份不予受理",
    )
    assert document.standing.why == "超出名额：名额 1 名"
    assert (item_mark(item).word, document_mark(document).word) == ("不予受理", "不予受理")


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


WRONG = [edit(f"{YI}/statistics.yml", "pledge_orgs: 12", "pledge_orgs: -1")]
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
