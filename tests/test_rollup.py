"""Totals say what they cover, and the list of nominees says who is not in it and why."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from campaigns import AFTER, LEDGER, RECEIVED, campaign_edit, edit, event, judged, lay

from build_tools.progress import State
from build_tools.rollup import Answer, LeftOut, RollUp, roll_up
from build_tools.standing import Timing

YI, JIA = "data/cities/yi/statistics.yml", "data/cities/jia/statistics.yml"
NOMINATIONS = "data/cities/jia/nominations"


def rolled(root: Path, now: str = AFTER) -> RollUp:
    return roll_up(judged(root, now))


def value(root: Path, key: str) -> int:
    line = next(
        line for line in (root / JIA).read_text(encoding="utf-8").splitlines() if line.startswith(f"{key}:")
    )
    return int(line.partition(":")[2])


def test_totals_add_up_and_say_what_they_cover(tmp_path: Path) -> None:
    found = rolled(lay(tmp_path))
    counter = found.by_key["petition_cases"]
    assert counter.total == value(tmp_path, "petition_cases") + 31
    assert (counter.reported, counter.blank, counter.not_applicable) == (2, 0, 0)
    assert [unit.slug for unit in counter.missing] == ["bing"]
    assert (counter.heading, counter.clause, counter.public) == ("参与信访案件（个）", "附件2第2项", True)
    assert len(found.counters) == 21
    assert [(row.unit.slug, row.counted, row.why_not) for row in found.rows] == [
        ("jia", True, ""),
        ("yi", True, ""),
        ("bing", False, "未报送"),
    ]


def test_every_unit_gave_exactly_one_answer_to_each_counter(tmp_path: Path) -> None:
    for counter in rolled(lay(tmp_path)).counters:
        assert counter.reported + counter.blank + counter.not_applicable + len(counter.missing) == 3


ANSWERS: list[tuple[str, str, str, Answer, Any]] = [
    ("zero is a number", "media_individuals", "0", Answer.NUMBER, 0),
    ("blank is not zero", "media_individuals", "", Answer.BLANK, None),
    ("null is blank", "media_individuals", "null", Answer.BLANK, None),
    ("decimals stay exact", "oneplusone_funds", "0.10", Answer.NUMBER, Decimal("0.10")),
    ("a third state", "games_volunteer_members", "不适用", Answer.NOT_APPLICABLE, None),
]


@pytest.mark.parametrize(
    ("key", "text", "answer", "number"), [row[1:] for row in ANSWERS], ids=[r[0] for r in ANSWERS]
)
def test_answers_of_one_unit(tmp_path: Path, key: str, text: str, answer: Answer, number: Any) -> None:
    lay(tmp_path)
    lines = (tmp_path / YI).read_text(encoding="utf-8").splitlines()
    changed = [f"{key}: {text}".rstrip() if line.startswith(f"{key}:") else line for line in lines]
    (tmp_path / YI).write_text("\n".join(changed) + "\n", encoding="utf-8")
    cell = rolled(tmp_path).rows[1].cells[key]
    assert (cell.answer, cell.number) == (answer, number)


def test_decimals_are_summed_exactly(tmp_path: Path) -> None:
    lay(tmp_path)
    for path, text in ((JIA, "0.10"), (YI, "0.20")):
        lines = (tmp_path / path).read_text(encoding="utf-8").splitlines()
        lines = [
            f"oneplusone_funds: {text}" if line.startswith("oneplusone_funds:") else line for line in lines
        ]
        (tmp_path / path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert rolled(tmp_path).by_key["oneplusone_funds"].total == Decimal("0.30")


LATE = event(AFTER, "received", "statistics")
GOT = event(RECEIVED, "received", "statistics")
GONE = event(RECEIVED, "withdrawn", "statistics", reason="数字有误")
BACK = event(RECEIVED, "returned", "statistics", reason="请核对", until=AFTER)
COUNTED: list[tuple[str, dict[str, Any], bool, bool, str]] = [
    ("not in the ledger", {"ledger": {}}, True, False, ""),
    ("late, and lateness counts", {"ledger": {"yi": [LATE]}}, True, True, ""),
    (
        "late, and lateness forfeits",
        {
            "ledger": {"yi": [LATE]},
            "edits": [
                campaign_edit("statistics.yml\n    late: counts", "statistics.yml\n    late: forfeits")
            ],
        },
        False,
        False,
        "视为放弃",
    ),
    (
        "with an error",
        {"edits": [edit(YI, "pledge_orgs: 12", "pledge_orgs: -12")]},
        False,
        False,
        "校验未通过",
    ),
    ("not readable", {"edits": [edit(YI, "pledge_orgs: 12", "pledge_orgs: *x")]}, False, False, "校验未通过"),
    (
        "withdrawn",
        {"ledger": {"yi": [GOT, GONE]}},
        False,
        False,
        "已撤回",
    ),
    ("returned and waiting", {"ledger": {"yi": [GOT, BACK]}}, True, False, ""),
]


@pytest.mark.parametrize(
    ("changes", "outcome"), [(r[1], r[2:]) for r in COUNTED], ids=[r[0] for r in COUNTED]
)
def test_which_forms_are_in_the_totals(
    tmp_path: Path, changes: dict[str, Any], outcome: tuple[bool, bool, str]
) -> None:
    found = rolled(lay(tmp_path, **changes))
    row = found.rows[1]
    assert (row.counted, row.late, row.why_not) == outcome
    total = value(tmp_path, "petition_cases") + (31 if outcome[0] else 0)
    assert found.by_key["petition_cases"].total == total


def test_a_unit_inside_another_is_noted_and_not_subtracted(tmp_path: Path) -> None:
    lay(tmp_path, edits=[edit("data/units.yml", "name: 甲市\n", "name: 甲市\n    excludes: 乙区\n")])
    found = rolled(tmp_path)
    assert found.notes == ("甲市的数字不含乙区，合计按各单位报送的数字相加，不作扣减。",)
    assert found.by_key["petition_cases"].total == value(tmp_path, "petition_cases") + 31


def test_nominees_are_listed_by_unit_and_order_of_recommendation(tmp_path: Path) -> None:
    collective, individual = rolled(lay(tmp_path)).nominees
    assert [(n.unit.slug, n.rank, n.document) for n in individual.nominees] == [
        ("jia", 1, "individual-01"),
        ("jia", 2, "individual-02"),
    ]
    assert individual.left_out == collective.left_out == ()
    assert individual.columns[0] == ("name", "姓名")
    first = individual.nominees[0]
    assert first.caption == first.values["name"] != ""
    assert (first.state, first.timing) == (State.RECEIVED, Timing.ON_TIME)


def received_late(*documents: str) -> dict[str, Any]:
    jia = [e for e in LEDGER["jia"] if e["document"] not in documents]
    return {"ledger": {**LEDGER, "jia": [*jia, *(event(AFTER, "received", name) for name in documents)]}}


WITHDRAWN = event(AFTER, "withdrawn", "individual-01", reason="本人放弃")
LEFT_OUT: list[tuple[str, dict[str, Any], list[tuple[str, LeftOut]]]] = [
    ("late", received_late("individual-01"), [("individual-01", LeftOut.FORFEITED)]),
    (
        "withdrawn, and its file gone",
        {"ledger": {"jia": [*LEDGER["jia"], WITHDRAWN]}, "remove": [f"{NOMINATIONS}/individual-01.yml"]},
        [("individual-01", LeftOut.WITHDRAWN)],
    ),
    ("withdrawn, file kept", {"ledger": {"jia": [*LEDGER["jia"], WITHDRAWN]}}, [("individual-01", LeftOut.WITHDRAWN)]),
    (
        "with an error",
        {"edits": [edit(f"{NOMINATIONS}/individual-01.yml", "name: ", "nom: ")]},
        [("individual-01", LeftOut.ERRORS)],
    ),
    (
        "more than places",
        {"edits": [edit("data/quotas.yml", "jia: {collective: 2, individual: 3}", "jia: {collective: 0, individual: 1}")]},
        [("collective-01", LeftOut.BEYOND_QUOTA), ("individual-02", LeftOut.BEYOND_QUOTA)],
    ),
    (
        "a forfeited one takes no place",
        {
            **received_late("individual-01"),
            "edits": [edit("data/quotas.yml", "jia: {collective: 2, individual: 3}", "jia: {collective: 2, individual: 1}")],
        },
        [("individual-01", LeftOut.FORFEITED)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"), [row[1:] for row in LEFT_OUT], ids=[row[0] for row in LEFT_OUT]
)
def test_who_is_left_out_and_why(
    tmp_path: Path, changes: dict[str, Any], expected: list[tuple[str, LeftOut]]
) -> None:
    lists = rolled(lay(tmp_path, **changes)).nominees
    assert [(left.document, left.why) for each in lists for left in each.left_out] == expected
    listed = {nominee.document for each in lists for nominee in each.nominees}
    every = {"collective-01", "individual-01", "individual-02"}
    assert listed == every - {document for document, _ in expected}


def test_a_nomination_whose_file_is_gone_is_neither_listed_nor_left_out(tmp_path: Path) -> None:
    lay(tmp_path, remove=[f"{NOMINATIONS}/individual-02.yml"])
    _, individual = rolled(tmp_path).nominees
    assert ([n.document for n in individual.nominees], individual.left_out) == (["individual-01"], ())


def test_without_a_quota_table_nobody_is_too_many(tmp_path: Path) -> None:
    lay(
        tmp_path,
        write={"data/quotas.yml": "source: 附件1\nofficial: false\nnote: 名额表未提供\nquotas: null\n"},
    )
    assert [len(each.nominees) for each in rolled(tmp_path).nominees] == [1, 2]


def test_the_public_sees_marked_counters_and_no_nominees(tmp_path: Path) -> None:
    lay(tmp_path)
    schema = tmp_path / "schemas" / "statistics.schema.json"
    text = schema.read_text(encoding="utf-8")
    start = text.index('"petition_cases": {')
    schema.write_text(
        text[:start] + text[start:].replace('"x-public": true', '"x-public": false', 1), encoding="utf-8"
    )
    public = rolled(tmp_path).public()
    assert "petition_cases" not in public.by_key
    assert all("petition_cases" not in row.cells for row in public.rows)
    assert len(public.counters) == 20
    assert public.nominees == ()
