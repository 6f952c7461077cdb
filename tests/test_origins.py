"""Two changes that are well alone and clash once both are merged: the check on main names the commits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Run
from harness import NOW, lay_out
from repositories import git_in, write

from build_tools.tree import WorkTree

JIA, YI = "data/cities/jia/nominations/", "data/cities/yi/nominations/"
FIRST, THIRD, ODD, ELSEWHERE = (
    f"{JIA}individual-01.yml",
    f"{JIA}individual-03.yml",
    f"{JIA}individual-003.yml",
    f"{YI}individual-01.yml",
)
TABLE = "data/quotas.yml"
CHECK = ("check", "--now", NOW, "--format", "json", "--root")

Change = Callable[[Path], None]


def nominate(path: str, name: str = "示例新人", deeds: str = "乡村法律服务。") -> Change:
    """A change that nominates a person of this name at ``path``, who does not stand twice by text alone."""

    def change(root: Path) -> None:
        text = WorkTree(root).read(FIRST).decode()
        kept = text[: text.index("awards:")].replace("示例乙", name)
        write(root, path, f"{kept}awards: 无\ndeeds: {deeds}\n")

    return change


def lower_the_quota(root: Path) -> None:
    text = (root / TABLE).read_text(encoding="utf-8")
    (root / TABLE).write_text(text.replace("individual: 3", "individual: 2"), encoding="utf-8")


CLASHES = [
    pytest.param(nominate(THIRD), nominate(ELSEWHERE), "D02", THIRD, ELSEWHERE, id="one person by two units"),
    pytest.param(nominate(THIRD), lower_the_quota, "Q01", THIRD, TABLE, id="a place that was taken away"),
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    folder.mkdir()
    lay_out(folder)
    git = git_in(folder)
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "base", day=1)
    return folder


def merged(root: Path, name: str, change: Change, day: int) -> str:
    """The merge commit that brings ``change`` to main, from a branch that started at the base."""
    git = git_in(root)
    git("switch", "-q", "-c", name, ":/^base")
    change(root)
    git("add", "-A")
    git("commit", "-q", "-m", name, day=31)  # whatever an author says
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "--no-edit", name, day=day)
    return git("rev-parse", "HEAD")


def related(out: str, code: str) -> list[list[dict[str, object]]]:
    return [f["related"] for f in json.loads(out)["findings"] if f["code"] == code]


@pytest.mark.parametrize(("one", "two", "code", "path_one", "path_two"), CLASHES)
def test_a_clash_on_main_names_both_commits(
    *, run: Run, root: Path, one: Change, two: Change, code: str, path_one: str, path_two: str
) -> None:
    git = git_in(root)
    first = merged(root, "one", one, 20)
    second = merged(root, "two", two, 21)
    for branch in ("one", "two"):
        git("switch", "-q", branch)
        assert run(*CHECK, root).status == 0, f"{branch} is well by itself"
    git("switch", "-q", "main")
    ran = run(*CHECK, root)
    assert ran.status == 1
    told = {(r["path"], r["message"]) for place in related(ran.out, code) for r in place}
    assert (path_one, f"现在的内容来自提交 {first[:12]}") in told
    assert (path_two, f"现在的内容来自提交 {second[:12]}") in told


def test_a_commit_is_told_with_its_own_past(run: Run, root: Path) -> None:
    first = merged(root, "one", nominate(THIRD), 20)
    second = merged(root, "two", nominate(ELSEWHERE), 21)
    git_in(root)("rm", "-q", ELSEWHERE)
    git_in(root)("commit", "-q", "-m", "settled", day=22)
    assert run(*CHECK, root, "--commit", "main").status == 0
    told = [
        str(r["message"])
        for place in related(run(*CHECK, root, "--commit", second).out, "D02")
        for r in place
    ]
    assert {message[10:22] for message in told if "提交" in message} == {first[:12], second[:12]}


def test_a_number_written_twice_names_both_commits(run: Run, root: Path) -> None:
    first = merged(root, "one", nominate(THIRD), 20)
    second = merged(root, "two", nominate(ODD, "示例旁人", "调解。"), 21)
    (places,) = related(run(*CHECK, root).out, "Q04")
    assert [str(place["message"])[10:22] for place in places[1:]] == [second[:12], first[:12]]


def test_what_is_not_committed_has_no_commit(run: Run, root: Path) -> None:
    first = merged(root, "one", nominate(THIRD), 20)
    nominate(ELSEWHERE)(root)
    told = [r["message"] for place in related(run(*CHECK, root).out, "D02") for r in place]
    assert [message for message in told if "提交" in str(message)] == [f"现在的内容来自提交 {first[:12]}"] * 2


@pytest.mark.parametrize("kind", ["no repository", "shallow"])
def test_where_git_cannot_tell_nothing_is_added(run: Run, root: Path, tmp_path: Path, kind: str) -> None:
    merged(root, "one", nominate(THIRD), 20)
    merged(root, "two", nominate(ELSEWHERE), 21)
    copy = tmp_path / "copy"
    if kind == "shallow":
        git_in(tmp_path)("clone", "-q", "--depth", "1", root.as_uri(), copy)
    else:
        git_in(root)("checkout-index", "-a", f"--prefix={copy}/")
    ran = run(*CHECK, copy)
    assert ran.status == 1
    told = [str(r["message"]) for place in related(ran.out, "D02") for r in place]
    assert told == ["另一份在这里"] * 2


def test_git_is_asked_only_when_something_clashes(root: Path) -> None:
    script = (
        "import sys\nfrom build_tools.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "sys.exit('git' in sys.modules)"
    )
    done = [
        subprocess.run([sys.executable, "-c", script, *CHECK, str(root)], check=False, capture_output=True)
        for change in (nominate(THIRD), nominate(ELSEWHERE))
        if change(root) is None
    ]
    assert [run.returncode for run in done] == [0, 1]
