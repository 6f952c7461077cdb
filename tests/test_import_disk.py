"""Taking files in on a real disk: links, folders, case, and a disk that refuses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from campaigns import lay
from handing_in import INDIVIDUAL, OTHER, PDF, STATISTICS, came, hand_in, listing, states

from build_tools.handed_in import State

EMPTY = {"remove": ["data/cities/jia", "data/cities/yi"], "ledger": {}}
"""The base campaign to which nobody has sent anything."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay(tmp_path / "campaign", **EMPTY)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


def test_names_that_differ_only_in_case_clash(root: Path, desk: Path) -> None:
    outcomes = hand_in(root, came(desk, "jia-study.pdf", PDF), came(desk, "jia-Study.pdf", PDF))
    assert {outcome.state for outcome in outcomes} == {"未放入"}
    assert states(hand_in(root, came(desk, "jia-study.pdf", PDF))) == [("jia-study.pdf", "新增")]
    (outcome,) = hand_in(root, came(desk, "jia-STUDY.pdf", PDF), replace=True)
    assert "只差大小写" in outcome.remark
    assert list(listing(root / "data/cities/jia")) == ["materials/study.pdf"]


@pytest.mark.parametrize("where", ["data/cities/jia", "data/cities/jia/materials"])
def test_a_link_in_the_way_is_never_followed(root: Path, desk: Path, where: str) -> None:
    outside = desk / "outside"
    outside.mkdir()
    link = root / where
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside)
    (outcome,) = hand_in(root, came(desk, "jia-study.pdf", PDF), replace=True)
    assert (outcome.state, "链接" in outcome.remark) == ("未放入", True)
    assert list(outside.iterdir()) == []


def test_a_link_in_the_place_of_the_file_is_not_written_through(root: Path, desk: Path) -> None:
    outside = came(desk, "outside.pdf", b"untouched")
    place = root / "data/cities/jia/materials/study.pdf"
    place.parent.mkdir(parents=True)
    place.symlink_to(outside)
    (outcome,) = hand_in(root, came(desk, "jia-study.pdf", PDF), replace=True)
    assert outcome.state == "未放入"
    assert outside.read_bytes() == b"untouched"
    assert place.is_symlink()


def test_a_file_where_a_folder_should_be_is_told(root: Path, desk: Path) -> None:
    came(root, "data/cities/jia/materials", b"x")
    (outcome,) = hand_in(root, came(desk, "jia-study.pdf", PDF))
    assert "不是文件夹" in outcome.remark


def test_only_plain_files_are_taken(root: Path, desk: Path) -> None:
    link, pipe = desk / "jia-study.pdf", desk / "jia-pipe.pdf"
    link.symlink_to(came(desk, "secret.pdf", PDF))
    os.mkfifo(pipe)
    folder = came(desk, "link", b"").parent / "folder"
    folder.symlink_to(desk)
    outcomes = hand_in(root, link, pipe, folder)
    assert [outcome.remark.partition("，")[0] for outcome in outcomes] == ["是链接", "不是普通文件", "是链接"]


def test_a_folder_stands_for_the_files_in_it(root: Path, desk: Path) -> None:
    stick = desk / "stick" / "jia"
    (stick / "nominations").mkdir(parents=True)
    (stick / "statistics.yml").write_bytes(STATISTICS)
    (stick / "nominations/individual-01.yml").write_bytes(INDIVIDUAL)
    (stick / ".Trashes").mkdir()
    (stick / ".Trashes/summary.yml").write_bytes(b"x")
    (stick / "readme.txt").write_bytes(b"x")
    (stick / "summary.yml").symlink_to("/etc/hostname")
    outcomes = {Path(outcome.shown).name: outcome for outcome in hand_in(root, desk / "stick")}
    assert sorted(outcomes) == ["individual-01.yml", "readme.txt", "statistics.yml", "summary.yml"]
    assert [outcomes[name].state for name in ("statistics.yml", "individual-01.yml")] == [
        State.NEW,
        State.NEW,
    ]
    assert outcomes["summary.yml"].remark.startswith("是链接")
    assert outcomes["readme.txt"].state is State.REFUSED


def test_a_disk_that_refuses_leaves_everything_as_it_was(
    root: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(root, came(desk, "jia-statistics.yml", STATISTICS))
    before = listing(root)

    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    came_files = [came(desk, "jia-statistics.yml", OTHER), came(desk, "yi-statistics.yml", OTHER)]
    outcomes = hand_in(root, *came_files, replace=True)
    assert [(outcome.state, outcome.remark) for outcome in outcomes] == [
        (State.REFUSED, "磁盘已满，请腾出空间后再放")
    ] * 2
    assert listing(root) == {**before, "var/replaced/.gitignore": b"*\n"}


def test_a_folder_that_cannot_be_looked_into_is_said(
    root: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    came(desk, "stick/jia/statistics.yml", STATISTICS)
    locked = came(desk, "stick/jia/nominations/individual-01.yml", INDIVIDUAL).parent
    looked = os.scandir

    def refused(path: str) -> object:
        if Path(path) == locked:
            raise PermissionError(13, "Permission denied", str(locked))
        return looked(path)

    monkeypatch.setattr(os, "scandir", refused)
    outcomes = {outcome.shown: outcome for outcome in hand_in(root, desk / "stick")}
    assert outcomes[str(locked)].remark == "文件夹打不开，请核对权限"
    assert outcomes[str(desk / "stick/jia/statistics.yml")].state is State.NEW
