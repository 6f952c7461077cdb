"""The shipped campaign: every state a unit can be in, and exactly the warnings documented beside the samples."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

from build_tools.checks import Examination, examine
from build_tools.findings import Severity
from build_tools.progress import CampaignProgress, State, UnitState, assess
from build_tools.standing import Timing
from build_tools.tree import WorkTree

ROOT = Path(__file__).parents[1]
CODE = re.compile(r"\b[A-Z][0-9]{2}\b")


@cache
def seen() -> Examination:
    return examine(WorkTree(ROOT))


@cache
def stands() -> CampaignProgress:
    return assess(seen())


def documented() -> dict[str, str]:
    """The warnings of each unit as ``data/README.md`` lists them; units that share a row have none."""
    rows = re.findall(
        r"^\| (\S+) \|.*\| ([^|]+) \|$", (ROOT / "data/README.md").read_text("utf-8"), re.MULTILINE
    )
    table = {name: said for names, said in rows for name in names.split("、")}
    names = {unit.name.removesuffix("市") for unit in seen().campaign.units}
    assert names <= set(table), names - set(table)
    return {name: table[name] for name in names}


def test_the_samples_have_no_error_and_exactly_the_documented_warnings() -> None:
    found: dict[str, list[str]] = {name: [] for name in documented()}
    names = {unit.slug: unit.name.removesuffix("市") for unit in seen().campaign.units}
    for finding in seen().findings:
        assert finding.severity is Severity.WARNING
        found[names[finding.place.path.split("/")[2]]].append(finding.code)
    assert {name: Counter(codes) for name, codes in found.items()} == {
        name: Counter(CODE.findall(said)) for name, said in documented().items()
    }
    for name, said in documented().items():
        if not found[name]:
            assert said == "无", name


def test_the_documentation_says_which_warnings_are_answered() -> None:
    names = {unit.slug: unit.name.removesuffix("市") for unit in seen().campaign.units}
    answered = {names[f.place.path.split("/")[2]] for f in seen().findings if f.answered}
    assert answered == {name for name, said in documented().items() if "**已说明**" in said}
    assert answered


def test_every_state_that_main_can_hold_is_shown() -> None:
    units = stands().units
    documents = [document for unit in units for item in unit.items for document in item.documents]
    faulty = {UnitState.FAULTY, UnitState.NOTHING}  # errors are not merged; silence is overdue by now
    assert {unit.state for unit in units} >= set(UnitState) - faulty
    assert {document.state for document in documents} >= set(State) - {State.INVALID}
    assert {document.timing for document in documents} >= {
        Timing.ON_TIME, Timing.EXTENDED, Timing.LATE, Timing.FORFEITED, Timing.OVERDUE,
    }  # fmt: skip
    assert any(document.copies_owed > document.copies_received > 0 for document in documents)
    assert any(document.seals_missing for document in documents)


def test_what_is_forfeited_says_so_wherever_a_state_is_told() -> None:
    shaoguan = stands().by_slug["shaoguan"]
    assert {item.item.id: item.label for item in shaoguan.items} == {
        "summary": "已收到",
        "statistics": "已收到",
        "collective": "视为放弃",
        "individual": "视为放弃",
        "materials": "视为放弃",
    }


def test_at_least_ten_units_have_sent_something_and_others_nothing() -> None:
    sent = {folder.slug for folder in seen().submissions.folders.values() if folder.documents}
    assert len(sent) >= 10
    assert len(seen().campaign.units) == 22
    assert len(sent) < 22
