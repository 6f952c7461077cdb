"""A commit read as a tree gives what its work tree gives, byte for byte."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from campaigns import AFTER, at, lay
from repositories import commit, git_in, new_repository, write

from build_tools.checks import examine
from build_tools.history import (
    BadRevision,
    GitTree,
    GitTrouble,
)
from build_tools.tree import EXECUTABLE, FOLDER_LINK, LINK, OTHER, PLAIN, Entry, WorkTree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return new_repository(tmp_path / "repository")


def test_a_commit_reads_like_its_work_tree(root: Path) -> None:
    for path in (
        "data/a.yml",
        "data/a/x.yml",
        "data/a-b/y.yml",
        "data/a.b",
        "data/甲/乙.yml",
        "data/甲.yml",
        "elsewhere",
    ):
        write(root, path, path)
    (root / "data/run.sh").write_text("x", encoding="utf-8")
    (root / "data/run.sh").chmod(0o755)
    (root / "data/link").symlink_to("a.yml")
    (root / "data/folder-link").symlink_to("甲")
    commit(root, 1)
    work = WorkTree(root)
    with GitTree(root, "main") as tree:
        for folder in ("data", "data/", "data/a", "data/none", "data/a.yml", "data/folder-link"):
            assert list(tree.files(folder)) == list(work.files(folder)), folder
        modes = {entry.mode for entry in tree.files("data")}
        assert modes == {PLAIN, EXECUTABLE, LINK}
        for entry in work.files("data"):
            if entry.mode != LINK:
                assert tree.read(entry.path) == work.read(entry.path)


def test_a_lost_object_ends_in_one_sentence(root: Path) -> None:
    commit(root, 1, a="1", b="2")
    blob = git_in(root)("rev-parse", "HEAD:data/a.yml")
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with GitTree(root, "main") as tree:
        with pytest.raises(GitTrouble, match="缺失"):
            tree.read("data/a.yml")
        assert tree.read("data/b.yml") == b"2"


@pytest.mark.parametrize(
    "path", ["data/link", "data/none", "data", "../data/a.yml", "/data/a.yml", "data/./a.yml"]
)
def test_what_the_work_tree_refuses_the_commit_refuses(root: Path, path: str) -> None:
    commit(root, 1, a="1")
    (root / "data/link").symlink_to("a.yml")
    commit(root, 2)
    with GitTree(root, "HEAD") as tree, pytest.raises(OSError, match="data"):
        tree.read(path)


def test_a_nested_repository_is_an_entry_that_cannot_be_read(root: Path) -> None:
    one = commit(root, 1, a="1")
    git_in(root)("update-index", "--add", "--cacheinfo", f"160000,{one},data/module")
    git_in(root)("commit", "-q", "-m", "module")
    with GitTree(root, "HEAD") as tree:
        assert ("data/module", FOLDER_LINK, 0) in list(tree.files("data"))
        with pytest.raises(FileNotFoundError):
            tree.read("data/module")


def test_an_older_commit_and_a_bare_repository_are_read_as_they_are(root: Path, tmp_path: Path) -> None:
    one = commit(root, 1, a="1")
    commit(root, 2, a="2", b="2")
    git_in(tmp_path)("clone", "-q", "--bare", root, "bare.git")
    for repository in (root, tmp_path / "bare.git"):
        with GitTree(repository, one) as tree:
            assert tree.commit == one
            assert [entry.path for entry in tree.files("data")] == ["data/a.yml"]
            assert tree.read("data/a.yml") == b"1"


@pytest.mark.parametrize(
    "revision", ["", "nowhere", "--all", "-h", "HEAD:data", "HEAD^{tree}", "HEAD\0", "HEAD..HEAD", "0" * 40]
)
def test_what_is_not_a_commit_is_refused(root: Path, revision: str) -> None:
    commit(root, 1, a="1")
    with pytest.raises(BadRevision, match="找不到这个版本"):
        GitTree(root, revision)


_tree: GitTree | None = None


def _read_all(paths: list[str]) -> list[bytes]:
    assert _tree is not None
    return [_tree.read(path) for path in paths]


def test_forked_readers_do_not_mix_their_answers(root: Path) -> None:
    global _tree  # noqa: PLW0603 - forked workers inherit it
    files = {f"f{number}": str(number) * (number * 50 + 1) for number in range(60)}
    commit(root, 1, **files)
    paths = [f"data/{name}.yml" for name in files]
    with GitTree(root, "HEAD") as tree:
        _tree = tree
        tree.read(paths[0])
        with ProcessPoolExecutor(4, mp_context=get_context("fork")) as pool:
            answers = list(pool.map(_read_all, [paths] * 8))
        assert tree.read(paths[1]) == b"1" * 51
    _tree = None
    expected = [text.encode() for text in files.values()]
    assert all(answer == expected for answer in answers)


def test_a_campaign_is_judged_the_same_from_git_and_from_disk(root: Path) -> None:
    lay(
        root / "campaign",
        edits=[
            {"file": "data/cities/yi/statistics.yml", "find": "pledge_orgs: 12", "replace": "pledge_orgs: -1"}
        ],
    )
    git_in(root)("add", "-A")
    git_in(root)("commit", "-q", "-m", "campaign")
    on_disk = examine(WorkTree(root / "campaign"), at(AFTER))
    with GitTree(root / "campaign", "HEAD") as tree:
        in_git = examine(tree, at(AFTER))
        assert in_git.findings == on_disk.findings
        assert in_git.submissions.documents() == on_disk.submissions.documents()
    assert in_git.errors == 1


def test_a_pipe_is_listed_and_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    os.mkfifo(tmp_path / "data/pipe.yml")
    tree = WorkTree(tmp_path)
    assert list(tree.files("data")) == [Entry("data/pipe.yml", OTHER, 0)]
    with pytest.raises(OSError, match="pipe"):
        tree.read("data/pipe.yml")


def test_folders_in_folders_without_end_are_walked(tmp_path: Path) -> None:
    deep = str(tmp_path) + "/a" * 1200
    subprocess.run(["mkdir", "-p", deep], check=True)
    Path(deep, "x.yml").write_bytes(b"")
    assert len(list(WorkTree(tmp_path).files("a"))) == 1
    subprocess.run(["rm", "-r", tmp_path / "a"], check=True)  # Python's own way of removing is recursive


def test_a_commit_without_end_is_not_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(root, 1, a="1", b="2")
    monkeypatch.setattr("build_tools.history.tree._MOST", 3)
    with GitTree(root, "main") as tree:
        assert len(list(tree.files("data"))) == 2
    commit(root, 2, c="3")
    with pytest.raises(GitTrouble, match="超过 3 个"):
        GitTree(root, "main")
