"""What a unit owes in parts: documents, paper, materials, places."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from campaigns import AFTER, DEADLINE, campaign_edit, edit, event, lay, standing_at

from build_tools.progress import span
from build_tools.standing import Timing

YI = "data/cities/yi"
JIA = "data/cities/jia"


SENT, BACK = "2012-08-20T09:00:00+08:00", "2012-08-21T09:00:00+08:00"
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


BLANK = [edit(f"{YI}/statistics.yml", "pledge_orgs: 12", "pledge_orgs:")]


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


def test_no_paper_and_no_materials_are_asked_for_one_beyond_the_places(tmp_path: Path) -> None:
    edits = [
        edit("data/quotas.yml", "jia: {collective: 2, individual: 3}", "jia: {collective: 2, individual: 1}"),
        edit(
            f"{JIA}/materials.yml",
            "for: individual-02\n  - kind: other",
            "for: individual-01\n  - kind: other",
        ),
    ]
    jia = standing_at(lay(tmp_path / "1", edits=edits), AFTER).by_slug["jia"]
    assert jia.item("materials").complete
    assert jia.item("individual").needed == (
        "第 1 名纸质材料还差 3 份；第 1 名尚缺盖章：所在单位党组织；第 2 名有 1 处错误待改正"
    )
    taken = [event(SENT, "received", "individual-02"), event(BACK, "accepted", "individual-02")]
    lay(tmp_path / "2", edits=edits, ledger={"jia": taken})
    jia = standing_at(tmp_path / "2", AFTER).by_slug["jia"]
    assert "第 2 名纸质材料还差 3 份" in jia.item("individual").needed, "the office took it all the same"
    assert jia.item("materials").needed.startswith("缺先进个人第 2 名的")


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


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "不足 1 分"),
        (59, "不足 1 分"),
        (60, "1 分"),
        (3599, "59 分"),
        (3600, "1 小时 0 分"),
        (90061, "1 天 1 小时 1 分"),
    ],
)
def test_a_length_of_time_in_words(seconds: int, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words
