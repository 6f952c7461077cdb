"""Commits by plumbing: what is in them, and that a branch moves only from where it was expected."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from build_tools.history import GitTree, GitTrouble, Move, Moved, Person, Repository, Writer, create
from build_tools.history.packing import Packing

WHO = Person("示例", "someone@units.invalid", datetime.fromisoformat("2012-08-21T10:00:00+08:00"))


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    create(tmp_path / "a.git")
    return tmp_path / "a.git"


@pytest.fixture
def writer(bare: Path) -> Writer:
    return Writer(Repository.around(bare))


def committed(writer: Writer, base: str, files: dict[str, str | None], message: str = "示例") -> str:
    blobs = {path: None if text is None else writer.blob(text.encode()) for path, text in files.items()}
    return writer.commit(writer.tree(base, blobs), [base] if base else [], message, author=WHO, committer=WHO)


def read(bare: Path, commit: str) -> dict[str, str]:
    tree = GitTree(bare, commit)
    listed = git(bare, "ls-tree", "-r", "-z", "--name-only", commit).split("\0")
    return {path: tree.read(path).decode() for path in listed if path}


def test_a_repository_is_created_once(bare: Path):
    (bare / "description").write_text("kept")
    create(bare)
    assert (bare / "description").read_text() == "kept"
    assert git(bare, "rev-parse", "--is-bare-repository") == "true"
    assert git(bare, "symbolic-ref", "HEAD") == "refs/heads/main"


def test_files_are_added_replaced_and_removed_in_folders(bare: Path, writer: Writer):
    first = committed(writer, "", {"a/b/c.yml": "1", "a/d.yml": "2", "e": "3", "a-b": "4", "名": "5"})
    assert read(bare, first) == {"a/b/c.yml": "1", "a/d.yml": "2", "e": "3", "a-b": "4", "名": "5"}
    second = committed(writer, first, {"a/b/c.yml": None, "a/d.yml": "new", "f/g/h": "6"})
    assert read(bare, second) == {"a/d.yml": "new", "e": "3", "a-b": "4", "名": "5", "f/g/h": "6"}
    assert "a/b" not in git(bare, "ls-tree", "-r", "-t", "--name-only", second).split("\n")
    assert git(bare, "fsck", "--strict", second) == ""


def test_an_executable_file_and_a_link_beside_it_stay_as_they_are(bare: Path, writer: Writer):
    blob = writer.blob(b"x")
    tree = subprocess.run(
        ["git", "-C", str(bare), "mktree"],
        input=f"100755 blob {blob}\trun\n120000 blob {blob}\tlink\n".encode(),
        capture_output=True,
        check=True,
    ).stdout.decode()
    base = writer.commit(tree.strip(), [], "x", author=WHO, committer=WHO)
    after = committed(writer, base, {"new": "y"})
    assert [line.split()[0] for line in git(bare, "ls-tree", after).split("\n")] == [
        "120000",
        "100644",
        "100755",
    ]


def test_many_files_of_the_disk_are_stored_at_once(writer: Writer, tmp_path: Path):
    files = [tmp_path / name for name in ("a", "名", "with\nbreak")]
    for file in files:
        file.write_bytes(file.name.encode() + b"\r\n")
    assert writer.blobs(files) == [writer.blob(file.read_bytes()) for file in files]
    assert writer.blobs(files[:2]) == [writer.blob(file.read_bytes()) for file in files[:2]]
    assert writer.blobs([]) == []


def test_everything_removed_leaves_an_empty_commit(bare: Path, writer: Writer):
    first = committed(writer, "", {"a/b": "1"})
    assert read(bare, committed(writer, first, {"a/b": None})) == {}


def test_author_committer_and_time_are_as_told(bare: Path, writer: Writer):
    office = Person("办公室", "office@intake.invalid", datetime.fromisoformat("2012-08-21T11:00:00+08:00"))
    commit = writer.commit(writer.tree("", {}), [], "题目\n\n正文", author=WHO, committer=office)
    told = git(bare, "show", "-s", "--format=%an|%ae|%aI|%cn|%ce|%cI|%B", commit)
    assert told == (
        "示例|someone@units.invalid|2012-08-21T10:00:00+08:00|办公室|office@intake.invalid"
        "|2012-08-21T11:00:00+08:00|题目\n\n正文"
    )


def test_the_same_commit_twice_is_one_object(writer: Writer):
    assert committed(writer, "", {"a": "1"}) == committed(writer, "", {"a": "1"})


def test_branches_move_together_or_not_at_all(bare: Path, writer: Writer):
    one, two = committed(writer, "", {"a": "1"}), committed(writer, "", {"a": "2"})
    writer.move([Move("refs/heads/main", one), Move("refs/heads/submissions/x/y", two)])
    assert writer.tip("refs/heads/main") == one
    with pytest.raises(Moved):
        writer.move([Move("refs/heads/submissions/x/y", one, two), Move("refs/heads/other", one, two)])
    assert (writer.tip("refs/heads/submissions/x/y"), writer.tip("refs/heads/other")) == (two, "")


def test_the_tips_of_the_branches_that_there_are(bare: Path, writer: Writer):
    first, second = committed(writer, "", {"a": "1"}), committed(writer, "", {"a": "2"})
    writer.move([Move("refs/heads/units/a", first), Move("refs/heads/units/b/c", second)])
    asked = ["refs/heads/units/a", "refs/heads/units/b", "refs/heads/none"]
    assert writer.tips(asked) == {"refs/heads/units/a": first}


def test_a_folder_that_becomes_a_file_stands_where_git_wants_it(bare: Path, writer: Writer):
    base = committed(writer, "", {"x/a": "1", "x.y": "2"})
    turned = committed(writer, base, {"x": "3"})
    again = committed(writer, turned, {"x/b": "4"})
    assert (read(bare, turned), read(bare, again)) == ({"x": "3", "x.y": "2"}, {"x/b": "4", "x.y": "2"})
    assert git(bare, "fsck", "--strict", "--no-dangling", turned, again) == ""


def test_a_folder_of_thousands_is_read_once(bare: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch):
    base = committed(writer, "", {f"all/{n:04}/a": "1" for n in range(200)})
    read: list[str] = []
    data = writer.repository.data
    monkeypatch.setattr(writer.repository, "data", lambda name: (read.append(name), data(name))[1])
    tops = [writer.tree(base, {f"all/{n:04}/b": writer.blob(b"2")}) for n in range(5)]
    folder = git(bare, "rev-parse", f"{base}:all")
    assert (len(set(tops)), read.count(folder)) == (5, 1)
    assert git(bare, "diff", "--name-status", f"{base}^{{tree}}", tops[4]) == "A\tall/0004/b"


def test_a_branch_that_is_there_is_not_made_again(writer: Writer):
    one, two = committed(writer, "", {"a": "1"}), committed(writer, "", {"a": "2"})
    writer.move([Move("refs/heads/main", one)])
    with pytest.raises(Moved):
        writer.move([Move("refs/heads/main", two)])
    assert writer.tip("refs/heads/main") == one


def test_a_stale_lock_stops_a_move_until_it_is_cleared(bare: Path, writer: Writer):
    one = committed(writer, "", {"a": "1"})
    writer.move([Move("refs/heads/main", one)])
    two = committed(writer, one, {"a": "2"})
    (bare / "refs/heads/main.lock").write_text("")
    with pytest.raises(Exception, match="git update-ref"):
        writer.move([Move("refs/heads/main", two, one)])
    assert writer.clear_locks() == 1
    writer.move([Move("refs/heads/main", two, one)])
    assert writer.tip("refs/heads/main") == two


@pytest.fixture
def packing(writer: Writer) -> Iterator[Packing]:
    packing = Packing(writer.repository)
    yield packing
    packing.close()


def packed(packing: Packing) -> None:
    packing.begin()
    while packing.at_work:
        time.sleep(0.01)


def test_what_is_packed_is_read_and_written_on(bare: Path, writer: Writer, packing: Packing):
    main, held = "refs/heads/main", GitTree(bare, committed(writer, "", {"early": "1"}))
    tip = ""
    for number in range(6):
        moved = committed(writer, tip, {f"folder/{number}": str(number)}, f"{number}")
        writer.move([Move(main, moved, tip)])
        tip = moved
        if number % 2:
            packed(packing)
    assert not list((bare / "objects").glob("??/*"))
    assert len(list((bare / "objects/pack").glob("*.pack"))) < 3
    after = committed(writer, tip, {"folder/0": None, "late": "7"})
    assert read(bare, after) == {f"folder/{number}": str(number) for number in range(1, 6)} | {"late": "7"}
    assert held.read("early") == b"1"
    assert "error" not in git(bare, "fsck", "--strict", after)


def test_packing_that_fails_is_told_at_the_next_time_and_tried_again(
    bare: Path, writer: Writer, packing: Packing
):
    writer.move([Move("refs/heads/main", committed(writer, "", {"a": "1"}))])
    (bare / "objects/pack").rmdir()
    (bare / "objects/pack").write_text("in the way")
    packed(packing)
    with pytest.raises(GitTrouble, match="repack 没有成功"):
        packing.begin()
    (bare / "objects/pack").unlink()
    packed(packing)
    packed(packing)
    assert len(list((bare / "objects/pack").glob("*.pack"))) == 1


def test_what_a_packing_left_that_was_cut_off_is_cleared(bare: Path, writer: Writer):
    for name in (".tmp-1-pack-2.pack", "tmp_pack_3"):
        (bare / "objects/pack" / name).write_text("half")
    writer.clear_locks()
    assert not list((bare / "objects/pack").iterdir())
