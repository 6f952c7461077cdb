"""The rehearsal: reproducible, of any size, free of findings, and plainly invented."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from build_tools.checks import Examination, all_rules, examine
from build_tools.cli import main
from build_tools.ledger import first_broken
from build_tools.rehearse import rehearse
from build_tools.rehearse.faults import EXCLUDED
from build_tools.source import parse
from build_tools.standing import Stage, Timing, standing
from build_tools.tree import WorkTree
from build_tools.wordcount import count

ROOT = Path(__file__).parents[1]


def digest(root: Path) -> str:
    whole = hashlib.sha256()
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        whole.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return whole.hexdigest()


def make(root: Path, units: int, nominations: int, seed: int = 1) -> Path:
    rehearse(root, units=units, nominations=nominations, seed=seed, faults=False)
    return root


def look(root: Path) -> Examination:
    return examine(WorkTree(root))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("small"), units=25, nominations=4)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path, small: Path) -> None:
    assert digest(make(tmp_path / "again", 25, 4)) == digest(small)
    assert digest(make(tmp_path / "other", 25, 4, seed=2)) != digest(small)


@pytest.mark.parametrize(("units", "nominations"), [(1, 0), (1, 1), (25, 4), (3, 198)])
def test_a_rehearsal_of_any_size_has_no_findings(tmp_path: Path, units: int, nominations: int) -> None:
    seen = look(make(tmp_path / "root", units, nominations))
    assert [f.as_dict() for f in seen.findings] == []
    assert len(seen.submissions.folders) == units
    for folder in seen.submissions.folders.values():
        assert sum(len(folder.of(item)) for item in seen.campaign.nominations) == nominations


def test_every_unit_is_an_invented_one(small: Path) -> None:
    campaign = look(small).campaign
    assert campaign.is_demo
    assert "演练" in campaign.title
    assert [unit.name for unit in campaign.units[:2]] == ["示例市0001", "示例市0002"]
    real = {unit.name for unit in examine(WorkTree(ROOT)).campaign.units}
    text = "\n".join(file.read_text("utf-8") for file in (small / "data").rglob("*.yml"))
    assert not {name for name in real if name in text}


def test_individual_files_weigh_about_8_kb_and_differ(small: Path) -> None:
    files = sorted((small / "data" / "cities").glob("*/nominations/individual-*.yml"))
    assert 7_000 < sum(file.stat().st_size for file in files) / len(files) < 9_000
    documents = [parse(file.name, file.read_bytes()).value for file in files]
    assert len({(d["name"], d["birth"]) for d in documents}) == len(documents)
    assert all(1_500 < count(d["deeds"]).words < 3_000 for d in documents)


def test_ledgers_hold_a_sound_chain_and_tell_different_stories(small: Path) -> None:
    seen = look(small)
    stages, timings = set(), set()
    for folder in seen.submissions.folders.values():
        assert folder.ledger.source is not None
        assert first_broken(folder.ledger.source.value["events"]) is None
        for document in folder.documents:
            item = seen.campaign.item_by_id[document.item]
            place = standing(seen.campaign, folder.ledger, item, document.name)
            assert place.digest == document.digest
            stages.add(place.stage)
            timings.add(place.timing)
    assert stages == {Stage.RECEIVED, Stage.ACCEPTED}
    assert timings == {Timing.ON_TIME, Timing.EXTENDED}


def test_progress_is_told_by_unit(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def listen(done: int, total: int) -> None:
        told.append((done, total))

    rehearse(tmp_path, units=3, nominations=1, seed=1, faults=False, progress=listen)
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("faulty")
    rehearse(root, units=3, nominations=3, seed=1, faults=True)
    return root


def planted(root: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = parse("faults.yml", (root / "faults.yml").read_bytes()).value["faults"]
    return listed


def test_checks_find_every_planted_defect_and_nothing_else(faulty: Path) -> None:
    wanted = {(fault["code"], fault["path"], fault["pointer"]) for fault in planted(faulty)}
    found = {(f.code, f.place.path, f.pointer) for f in look(faulty).findings}
    assert found - wanted == set(), "found, but not planted"
    assert wanted - found == set(), "planted, but not found"
    assert len(found) == len(look(faulty).findings) == len(planted(faulty)), "each is found once"


def test_defects_without_a_field_are_found_on_their_line(faulty: Path) -> None:
    lines = {(f.code, f.place.path): f.place.line for f in look(faulty).findings}
    named = [fault for fault in planted(faulty) if fault["line"]]
    assert len(named) > 10
    assert {fault["code"]: lines[fault["code"], fault["path"]] for fault in named} == {
        fault["code"]: fault["line"] for fault in named
    }


def test_every_rule_is_planted_or_excluded_for_a_reason(faulty: Path) -> None:
    rules = {rule.code for rule in all_rules(look(faulty).campaign)}
    excluded = {code for code in rules if code in EXCLUDED or code[0] in EXCLUDED}
    assert {code for code in excluded if code[0] not in "CG"} == {"L08", "P01", "S09", "T08", "T19"}
    assert {fault["code"] for fault in planted(faulty)} == rules - excluded


def test_each_defect_has_units_of_its_own(faulty: Path) -> None:
    first = {}
    for fault in planted(faulty):
        assert first.setdefault(fault["unit"], fault["note"]) == fault["note"]
    assert set(first).isdisjoint({"shili-0001", "shili-0002", "shili-0003"})


@pytest.mark.parametrize(("folder", "status"), [("small", 0), ("faulty", 1)])
def test_the_command_line_tells_them_apart(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], folder: str, status: int
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["check", "--root", str(request.getfixturevalue(folder))])
    assert stop.value.code == status
    assert "检查" in capsys.readouterr().out


def test_defects_are_reproducible_too(tmp_path: Path, faulty: Path) -> None:
    rehearse(tmp_path, units=3, nominations=3, seed=1, faults=True)
    assert digest(tmp_path) == digest(faulty)
