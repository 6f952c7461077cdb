"""Real repositories: what each file's first and last commit is, whoever configured what."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from campaigns import at
from repositories import commit, git_in, new_repository, write

from build_tools.history import (
    GitTree,
    GitTrouble,
    History,
    NoRepository,
    Repository,
    ShallowClone,
    read_history,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return new_repository(tmp_path / "repository")


def dates(history: History, path: str) -> tuple[int, int]:
    """The days of August of a file's first and last commit."""
    found = history.of(path)
    assert found is not None
    assert found.first.authored is not None
    assert found.last.authored is not None
    return found.first.authored.day, found.last.authored.day


def test_first_appearance_and_last_change(root: Path) -> None:
    one = commit(root, 1, a="1", b="1")
    two = commit(root, 2, a="2")
    commit(root, 3, c="1")
    history = read_history(root)
    found = history.of("data/a.yml")
    assert found is not None
    assert (found.first.commit, found.last.commit) == (one, two)
    assert found.last.authored == at("2012-08-02T09:00:00+08:00")
    assert dates(history, "data/b.yml") == (1, 1)
    assert sorted(history.files) == ["data/a.yml", "data/b.yml", "data/c.yml"]
    assert history.of("data/d.yml") is None


def test_a_file_outside_the_prefix_is_not_looked_at(root: Path) -> None:
    write(root, "database/x.yml")
    write(root, "other.yml")
    commit(root, 1, cities__a="1", ledger__a="1")
    assert list(read_history(root, "data/cities").files) == ["data/cities/a.yml"]
    assert list(read_history(root, "data").files) == ["data/cities/a.yml", "data/ledger/a.yml"]


def test_a_deleted_file_is_marked_and_one_that_came_back_is_not(root: Path) -> None:
    commit(root, 1, a="1", b="1")
    commit(root, 2, a=None, b=None)
    commit(root, 3, b="2")
    history = read_history(root)
    gone, back = history.of("data/a.yml"), history.of("data/b.yml")
    assert gone is not None
    assert back is not None
    assert (gone.deleted, dates(history, "data/a.yml")) == (True, (1, 2))
    assert (back.deleted, dates(history, "data/b.yml")) == (False, (1, 3))


def test_a_rename_is_an_end_and_a_beginning(root: Path) -> None:
    commit(root, 1, a="the same long text\n" * 20)
    git_in(root)("mv", "data/a.yml", "data/b.yml")
    commit(root, 2)
    history = read_history(root)
    assert dates(history, "data/b.yml") == (2, 2)
    gone = history.of("data/a.yml")
    assert gone is not None
    assert gone.deleted


ODD = [
    "甲 乙.yml",
    'a"b.yml',
    "tab\there.yml",
    "new\nline.yml",
    "*.yml",
    "[a].yml",
    "-n.yml",
    "A",
    "𠮷.yml",
    os.fsdecode(b"gbk\xd6.yml"),
]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_come_through_whole(root: Path, name: str) -> None:
    path = f"data/{name}"
    (root / "data").mkdir()
    (root / path).write_bytes(b"1")
    commit(root, 1)
    assert list(read_history(root).files) == [path]
    with GitTree(root, "HEAD") as tree:
        assert [entry.path for entry in tree.files("data")] == [path]
        assert tree.read(path) == b"1"


def test_a_merge_shows_when_a_change_came_to_this_branch(root: Path) -> None:
    git = git_in(root)
    commit(root, 1, a="1", b="1")
    git("checkout", "-q", "-b", "city")
    commit(root, 2, a="2")
    git("checkout", "-q", "main")
    commit(root, 3, b="2")
    git("merge", "-q", "--no-ff", "-m", "merge", "city", day=4)
    history = read_history(root)
    assert dates(history, "data/a.yml") == (1, 4)
    assert dates(history, "data/b.yml") == (1, 3)


def test_a_change_made_in_the_merge_itself_is_seen(root: Path) -> None:
    git = git_in(root)
    commit(root, 1, a="1", b="1")
    git("checkout", "-q", "-b", "city")
    commit(root, 2, a="2")
    git("checkout", "-q", "main")
    commit(root, 3, b="2")
    git("merge", "-q", "--no-ff", "--no-commit", "city", day=4)
    commit(root, 4, b="smuggled", c="smuggled")
    history = read_history(root)
    assert dates(history, "data/b.yml") == (1, 4)
    assert dates(history, "data/c.yml") == (4, 4)


def test_a_campaign_in_a_folder_of_the_repository(root: Path) -> None:
    write(root, "notices/二零一二/data/a.yml")
    write(root, "data/not-ours.yml")
    commit(root, 1)
    campaign = root / "notices" / "二零一二"
    assert list(read_history(campaign).files) == ["data/a.yml"]
    with GitTree(campaign, "HEAD") as tree:
        assert [entry.path for entry in tree.files("data")] == ["data/a.yml"]
        assert tree.read("data/a.yml") == "示例\n".encode()


def test_a_folder_name_is_never_a_pattern(root: Path) -> None:
    for folder in ("no[t]ices", "notices"):
        write(root, f"{folder}/data/{folder}.yml")
    commit(root, 1)
    assert list(read_history(root / "no[t]ices").files) == ["data/no[t]ices.yml"]


def test_outside_git_the_history_is_empty(tmp_path: Path) -> None:
    write(tmp_path, "data/a.yml")
    assert read_history(tmp_path).files == {}
    with pytest.raises(NoRepository, match="不在 git 仓库中"):
        GitTree(tmp_path, "HEAD")


def test_before_the_first_commit_and_in_an_ignored_folder_it_is_empty(root: Path) -> None:
    assert read_history(root).files == {}
    write(root, ".gitignore", "var/\n")
    commit(root, 1, a="1")
    write(root, "var/campaign/data/a.yml")
    assert read_history(root / "var" / "campaign").files == {}


def test_the_git_folder_itself_and_a_broken_link_to_one_are_no_work_tree(root: Path) -> None:
    commit(root, 1, a="1")
    assert read_history(root / ".git" / "refs").files == {}
    write(root, "inner/.git", "gitdir: /nowhere\n")
    assert read_history(root / "inner").files == {}


def test_a_shallow_clone_is_refused_with_the_way_out(root: Path, tmp_path: Path) -> None:
    commit(root, 1, a="1")
    commit(root, 2, a="2")
    git_in(tmp_path)("clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    with pytest.raises(ShallowClone, match="git fetch --unshallow"):
        read_history(tmp_path / "shallow")


def test_a_linked_work_tree_has_its_own_branch(root: Path, tmp_path: Path) -> None:
    commit(root, 1, a="1")
    git_in(root)("worktree", "add", "-q", "-b", "other", tmp_path / "linked")
    commit(tmp_path / "linked", 2, a="2")
    assert dates(read_history(tmp_path / "linked"), "data/a.yml") == (1, 2)
    assert dates(read_history(root), "data/a.yml") == (1, 1)


def test_an_author_may_write_any_date_and_break_nothing(root: Path) -> None:
    commit(root, 1, a="1")
    tree = git_in(root)("rev-parse", "HEAD^{tree}")
    raw = f"tree {tree}\nauthor a <a> 99999999999999 +0800\ncommitter a <a> 1 +0000\n\nx\n"
    odd = git_in(root)("hash-object", "-t", "commit", "-w", "--literally", "--stdin", data=raw.encode())
    git_in(root)("reset", "-q", "--hard", odd)
    found = read_history(root).of("data/a.yml")
    assert found is not None
    assert found.last.commit == odd


def hostile(root: Path, witness: Path) -> None:
    """Configure the repository so that any program git would start leaves a witness."""
    program = root.parent / "program"
    program.write_text(f"#!/bin/sh\ntouch '{witness}'\ncat\n", encoding="utf-8")
    program.chmod(0o755)
    git = git_in(root)
    for key in (
        "core.pager",
        "pager.log",
        "gpg.program",
        "core.fsmonitor",
        "diff.external",
        "diff.x.textconv",
    ):
        git("config", key, str(program))
    for key, value in HOSTILE.items():
        git("config", key, value)
    write(root, ".git/info/attributes", "* diff=x\n")


HOSTILE = {
    "log.showSignature": "true",
    "log.showRoot": "false",
    "log.follow": "true",
    "diff.renames": "copies",
    "diff.relative": "true",
    "diff.orderFile": "no-such-file",
    "format.pretty": "full",
    "core.quotePath": "true",
    "color.ui": "always",
}


def sign(root: Path) -> None:
    """Put a signature on the newest commit, so that whoever shows signatures starts the signing program."""
    raw = git_in(root)("cat-file", "commit", "HEAD")
    head, blank, message = raw.partition("\n\n")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    signed = f"{head}\n{signature}{blank}{message}\n"
    git_in(root)(
        "reset", "-q", git_in(root)("hash-object", "-t", "commit", "-w", "--stdin", data=signed.encode())
    )


def test_configuration_has_no_say(root: Path, tmp_path: Path) -> None:
    commit(root, 1, a="the same long text\n" * 20)
    git_in(root)("mv", "data/a.yml", "data/乙.yml")
    commit(root, 2)
    sign(root)
    witness = tmp_path / "witness"
    before, expected = read_history(root), b"the same long text\n" * 20
    hostile(root, witness)
    assert read_history(root) == before
    assert dates(before, "data/a.yml") == (1, 2)
    with GitTree(root, "HEAD") as tree:
        assert tree.read("data/乙.yml") == expected
    assert not witness.exists()


def test_the_environment_has_no_say(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(root, 1, a="1")
    other = tmp_path / "other"
    other.mkdir()
    git_in(other)("init", "-q", "-b", "main")
    commit(other, 2, b="2")
    expected = read_history(root)
    for name, value in {
        "GIT_DIR": f"{other}/.git",
        "GIT_WORK_TREE": str(other),
        "GIT_COMMON_DIR": f"{other}/.git",
        "GIT_OBJECT_DIRECTORY": f"{other}/.git/objects",
        "GIT_INDEX_FILE": f"{other}/.git/index",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "log.showRoot",
        "GIT_CONFIG_VALUE_0": "false",
        "GIT_CONFIG_PARAMETERS": "'log.showroot=false'",
        "GIT_GLOB_PATHSPECS": "1",
        "GIT_ICASE_PATHSPECS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    assert read_history(root) == expected
    with GitTree(root, "HEAD") as tree:
        assert tree.read("data/a.yml") == b"1"


def test_a_replaced_commit_is_not_believed(root: Path) -> None:
    one = commit(root, 1, a="1")
    two = commit(root, 2, a="2")
    git_in(root)("replace", two, one)
    with GitTree(root, two) as tree:
        assert tree.read("data/a.yml") == b"2"


def test_five_thousand_commits_take_one_pass(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = []
    for number in range(5000):
        parent = f"from :{number}\n" if number else ""
        stream.append(
            f"commit refs/heads/main\nmark :{number + 1}\nauthor a <a@b> {1344988800 + number} +0800\n"
            f"committer a <a@b> {1344988800 + number} +0800\ndata 1\nx\n{parent}"
            f"M 100644 inline data/cities/u{number % 300}/statistics.yml\ndata {len(str(number))}\n{number}\n"
        )
    git_in(root)("fast-import", "--quiet", data="".join(stream).encode())
    asked: list[str] = []
    run = Repository.run
    monkeypatch.setattr(
        Repository, "run", lambda self, command, *rest: asked.append(command) or run(self, command, *rest)
    )
    history = read_history(root)
    assert asked == ["rev_parse", "log"]
    assert len(history.files) == 300
    first, last = (git_in(root)("rev-parse", f"main~{back}") for back in (4999, 199))
    found = history.of("data/cities/u0/statistics.yml")
    assert found is not None
    assert (found.first.commit, found.last.commit) == (first, last)


def test_a_damaged_repository_ends_in_one_sentence(root: Path) -> None:
    commit(root, 1, a="1")
    tree = git_in(root)("rev-parse", "HEAD:data")
    (root / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(GitTrouble, match="git fsck"):
        read_history(root)
