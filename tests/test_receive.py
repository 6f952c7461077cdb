"""The script that records receipts after a merge, run for real: real repositories, a forge on loopback.

What it must call is ``shenbao ledger record received``; a small recorder stands in front of it, so that each test
reads which commits it was given and which minute. The last test runs the command itself.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_forge import serving
from harness import NOW
from merges import JIA, REPO, SCRIPT, TOP, YI, World
from repositories import CLEAN, git_in, write


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serving() as forge:
        yield World(tmp_path, forge)


def span(base: str, head: str, at: str, number: int) -> str:
    return f"{base[:8]}..{head[:8]} {at} #{number}"


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_the_forges_minute_counts_however_it_was_merged(world: World, how: str) -> None:
    world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
    head = world.change(f"{JIA}/statistics.yml", "good_deeds: 1\n")
    landed = world.merge("b", how)
    number = world.pull("b", landed, (head, "2012-08-22T15:59:59Z"))
    if how == "rebase":
        world.brought_by(number, world.git("rev-parse", "main^"))
    after = world.push()
    done = world.receive(world.base, after)
    assert (done.returncode, done.stderr) == (0, "")
    base = world.git("rev-parse", "main~2") if how == "rebase" else world.base
    assert world.recorded() == [span(base, landed, "2012-08-22T15:59:59+00:00", number)]
    assert world.done() == after
    kept = git_in(world.origin)("diff", "--name-only", after, "main")
    assert kept == "data/ledger/recorded", "the job commits ledgers and nothing else"


def test_several_in_one_push_are_told_apart(world: World) -> None:
    """As a merge queue pushes them; two rebased ones stand side by side. They are recorded as time went."""
    expected, base = [], world.base
    for day, (name, how) in enumerate(zip("dcba", ("merge", "squash", "rebase", "rebase"), strict=True)):
        seen = f"2012-08-2{9 - day}T01:00:00"
        head = world.change(f"{JIA}/{name}.yml", "x: 1\n", branch=name)
        landed = world.merge(name, how)
        number = world.pull(name, landed, (head, f"{seen}Z"))
        start = world.git("rev-parse", "main^") if how == "rebase" else base
        expected.insert(0, span(start, landed, f"{seen}+00:00", number))
        base = landed
    assert world.receive(world.base, world.push()).returncode == 0
    assert world.recorded() == expected


def test_a_commit_that_several_requests_hold_belongs_to_the_one_it_came_with(world: World) -> None:
    """A second branch was brought up to date after the first was merged; others took the commit elsewhere."""
    one = world.change(f"{JIA}/one.yml", "x: 1\n", branch="one")
    two = world.change(f"{JIA}/two.yml", "x: 1\n", branch="two")
    landed = [world.merge("one", "merge"), world.merge("two", "merge")]
    numbers = [
        world.pull("one", landed[0], (one, "2012-08-20T01:00:00Z")),
        world.pull("two", landed[1], (two, "2012-08-20T02:00:00Z")),
    ]
    answers = [world.forge.answers[f"{TOP}/commits/{commit}/pulls"] for commit in landed]
    (first,), (second,) = answers
    elsewhere = {"ref": "main", "repo": {"full_name": "jia/campaign"}}
    answers[1].insert(0, first)
    answers[0][:0] = [
        second,
        {**first, "number": 90, "merged_at": None},
        {**first, "number": 91, "base": {**first["base"], "ref": "other"}},
        {**first, "number": 92, "base": elsewhere},
    ]
    assert world.receive(world.base, world.push()).returncode == 0
    assert [line.split()[-1] for line in world.recorded()] == [f"#{number}" for number in numbers]


def test_dates_that_an_author_wrote_change_nothing(world: World) -> None:
    world.git("switch", "-q", "-c", "b", "main")
    write(world.desk, f"{JIA}/summary.yml", "title: 新\n")
    head = world.commit("written in time, says its author", day=2)
    landed = world.merge("b", "merge")
    world.pull("b", landed, (head, "2012-08-23T00:00:00Z"))
    world.receive(world.base, world.push())
    assert " 2012-08-23T00:00:00+00:00 " in world.recorded()[0]


def test_the_first_of_many_runs_counts(world: World) -> None:
    head = world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
    world.pull("b", world.merge("b", "merge"), (head, "2012-08-20T01:00:00Z"))
    for minute in range(250):
        world.ran(head, f"2012-08-24T{minute // 60:02d}:{minute % 60:02d}:00Z")
    world.receive(world.base, world.push())
    assert " 2012-08-20T01:00:00+00:00 " in world.recorded()[0]


class TestABranchThatMovedOn:
    """What was sent is received when its content came, not when the branch was tidied."""

    FIRST, LATER = "2012-08-22T10:00:00Z", "2012-08-25T10:00:00Z"

    def received(self, world: World, first: str, how: str = "merge", **fork: str) -> str:
        head = world.git("rev-parse", "b")
        landed = world.merge("b", how)
        world.pull("b", landed, (head, self.LATER))
        world.ran(first, self.FIRST, **fork)
        world.receive(world.base, world.push())
        return world.recorded()[0].split()[1].replace("+00:00", "Z")

    def moved_main(self, world: World) -> None:
        world.git("switch", "-q", "main")
        world.change(f"{YI}/summary.yml", "title: 乙\n")

    @pytest.mark.parametrize("how", ["merge", "squash"])
    def test_brought_up_to_date(self, world: World, how: str) -> None:
        first = world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
        self.moved_main(world)
        world.git("switch", "-q", "b")
        world.git("merge", "-q", "--no-edit", "main")
        assert self.received(world, first, how) == self.FIRST

    def test_rebased_by_force(self, world: World) -> None:
        first = world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
        world.git("push", "-q", "origin", "b:refs/keep/old")  # the forge keeps what was pushed away
        self.moved_main(world)
        world.git("switch", "-q", "b")
        world.git("rebase", "-q", "main")
        assert self.received(world, first) == self.FIRST

    def test_changed_afterwards(self, world: World) -> None:
        first = world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
        world.change(f"{JIA}/summary.yml", "title: 更新\n")
        assert self.received(world, first) == self.LATER

    def test_each_file_has_its_own_minute(self, world: World) -> None:
        """One document is mended after the deadline: the others of the request came when they came."""
        first = world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
        world.change(f"{JIA}/statistics.yml", "good_deeds: 1\n")
        assert self.received(world, first) == f"{self.FIRST},{self.LATER}"

    def test_a_state_that_is_gone_proves_nothing(self, world: World) -> None:
        world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
        assert self.received(world, "c" * 40) == self.LATER

    def test_a_branch_of_the_same_name_in_another_fork(self, world: World) -> None:
        first = world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
        world.git("commit", "-q", "--allow-empty", "-m", "tidy")
        assert self.received(world, first, fork="yi/campaign") == self.LATER

    def test_a_run_from_before_the_pull_request(self, world: World) -> None:
        first = world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
        world.git("commit", "-q", "--allow-empty", "-m", "tidy")
        world.ran(first, "2012-08-09T00:00:00Z")
        assert self.received(world, first) in {self.FIRST, self.LATER}
        assert world.recorded()[0].split()[1] != "2012-08-09T00:00:00+00:00"


class TestAskingBeforeTheMerge:
    """``seen.py``: the same minutes for a request that still waits, so that judging it again makes nothing late."""

    def seen(self, world: World, number: int, head: str, **more: str) -> tuple[dict[str, str], str]:
        job = world.folder / "asking"
        git_in(world.folder)("clone", "-q", world.origin, job)
        git_in(job)("fetch", "-q", "origin", f"refs/pull/{number}/head")
        settings = {"FORGE": "github", "API": world.forge.address, "SERVER": "https://forge.example"}
        settings |= {"REPOSITORY": REPO, "LOGIN": "x", "TOKEN": "canary-token", "CHECKS": "pull-request.yml"}
        settings |= {"NUMBER": str(number), "HEAD": head, "PYTHONIOENCODING": "utf-8", **more}
        done = subprocess.run(
            [sys.executable, SCRIPT.with_name("seen.py"), "times.json"],
            cwd=job, env={**CLEAN, **settings}, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads((job / "times.json").read_text(encoding="utf-8")), done.stdout

    def waiting(self, world: World) -> tuple[int, str]:
        """A request whose summary came in time and whose statistics were mended late."""
        first = world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
        head = world.change(f"{JIA}/statistics.yml", "good_deeds: 1\n")
        number = world.pull("b", head, (first, "2012-08-22T10:00:00Z"), (head, "2012-08-25T10:00:00.7Z"))
        world.forge.answers[f"{TOP}/pulls/{number}"] = world.forge.answers[f"{TOP}/commits/{head}/pulls"][0]
        return number, head

    def test_each_file_has_its_own_minute(self, world: World) -> None:
        times, said = self.seen(world, *self.waiting(world))
        assert said == ""
        assert times == {
            f"{JIA}/statistics.yml": "2012-08-25T10:00:00+00:00",
            f"{JIA}/summary.yml": "2012-08-22T10:00:00+00:00",
        }

    @pytest.mark.parametrize("trouble", ["no forge", "no request", "another commit", "no number"])
    def test_without_an_answer_nothing_is_dated(self, world: World, trouble: str) -> None:
        number, head = self.waiting(world)
        more: dict[str, str] = {}
        if trouble == "no forge":
            more["API"] = "http://127.0.0.1:9"
        elif trouble == "no request":
            del world.forge.answers[f"{TOP}/pulls/{number}"]
        elif trouble == "no number":
            more["NUMBER"] = "x"
        else:
            head = world.git("rev-parse", "b^")
        assert self.seen(world, number, head, **more)[0] == {}


class TestAPushByTheOffice:
    def test_is_not_dated_by_a_guess(self, world: World) -> None:
        world.git("switch", "-q", "main")
        world.change(f"{JIA}/summary.yml", "title: 代录\n")
        world.change("docs/x.md", "说明\n")
        done = world.receive(world.base, world.push())
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert f"“{JIA}/summary.yml”是直接推送的，没有收文记录" in done.stderr
        assert world.recorded() == []

    def test_no_name_commands_the_log(self, world: World) -> None:
        world.change(f"{JIA}/x\n::add-mask::y.yml", "x: 1\n")
        done = world.receive(world.base, world.push())
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert not done.stderr.startswith("::")

    def test_is_well_when_the_office_recorded_it(self, world: World) -> None:
        text = "title: 代录\n"
        world.change(f"{JIA}/summary.yml", text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        world.change("data/ledger/jia.yml", f"unit: jia\nevents: [{{digest: 'sha256:{digest}'}}]\n")
        done = world.receive(world.base, world.push())
        assert (done.returncode, done.stderr, world.recorded()) == (0, "", [])

    def test_beside_a_pull_request(self, world: World) -> None:
        head = world.change(f"{JIA}/statistics.yml", "good_deeds: 1\n", branch="b")
        number = world.pull("b", landed := world.merge("b", "merge"), (head, "2012-08-20T01:00:00Z"))
        world.change(f"{YI}/summary.yml", "title: 代录\n")
        done = world.receive(world.base, world.push())
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert world.recorded() == [span(world.base, landed, "2012-08-20T01:00:00+00:00", number)]


def test_what_the_forge_does_not_remember_is_for_the_office(world: World) -> None:
    known = world.change(f"{JIA}/summary.yml", "title: 新\n", branch="one")
    first = world.pull("one", world.merge("one", "merge"), (known, "2012-08-20T01:00:00Z"))
    world.change(f"{YI}/summary.yml", "title: 新\n", branch="two")
    second = world.pull("two", world.merge("two", "merge"))
    after = world.push()
    done = world.receive(world.base, after)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"没有合并请求 #{second} 的时间记录" in done.stderr
    assert [line.split()[-1] for line in world.recorded()] == [f"#{first}"]
    assert world.done() == after, "the next push does not ask again"


def test_a_run_that_never_was_is_made_up_for(world: World) -> None:
    """Of the runs that wait, GitHub keeps the newest."""
    numbers, pushes = [], [world.base]
    for name in ("one", "two", "three"):
        head = world.change(f"{JIA}/{name}.yml", "x: 1\n", branch=name)
        numbers.append(world.pull(name, world.merge(name, "merge"), (head, "2012-08-20T01:00:00Z")))
        pushes.append(world.push())
        if name == "one":
            assert world.receive(pushes[0], pushes[1]).returncode == 0
            world.git("pull", "-q", "--rebase", "origin", "main")
            pushes[-1] = world.push()
    assert world.receive(pushes[2], pushes[3]).returncode == 0  # and none for the second push
    assert [line.split()[-1] for line in world.recorded()] == [f"#{number}" for number in numbers]
    late = world.receive(pushes[1], pushes[2])  # an old run that is repeated
    assert (late.returncode, world.done()) == (0, pushes[3])
    assert len(world.recorded()) == 3


def test_main_moves_on_while_it_records(world: World) -> None:
    head = world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
    world.pull("b", world.merge("b", "merge"), (head, "2012-08-20T01:00:00Z"))
    after = world.push()
    other = world.folder / "other"
    git_in(world.folder)("clone", "-q", world.origin, other)
    write(other, "docs/x.md")
    git_in(other)("add", "-A")
    git_in(other)("commit", "-q", "-m", "meanwhile")
    shenbao = world.recorder(f"test -e {other}/pushed || {{ touch {other}/pushed; git -C {other} push -q; }}")
    assert world.receive(world.base, after, shenbao).returncode == 0
    assert len(world.recorded()) == 1
    assert "docs/x.md" in git_in(world.origin)("ls-tree", "-r", "--name-only", "main")


def test_nothing_is_kept_of_what_was_not_done(world: World) -> None:
    head = world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
    world.pull("b", world.merge("b", "merge"), (head, "2012-08-20T01:00:00Z"))
    after = world.push()
    done = world.receive(world.base, after, world.recorder("exit 1"))
    assert done.returncode == 1
    assert "没有登记成功" in done.stderr
    assert (world.recorded(), world.done()) == ([], "")
    assert world.receive(world.base, after).returncode == 0
    assert len(world.recorded()) == 1


def test_a_main_that_was_rewritten_is_refused(world: World) -> None:
    head = world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
    world.pull("b", world.merge("b", "merge"), (head, "2012-08-20T01:00:00Z"))
    world.receive(world.base, world.push())
    world.git("checkout", "-q", "--orphan", "rewritten")
    world.commit("all anew")
    world.git("branch", "-f", "main", "HEAD")
    world.git("push", "-q", "-f", "origin", "main")
    done = world.receive(world.base, world.git("rev-parse", "main"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "主分支被改写过" in done.stderr


def test_the_past_of_a_new_branch_is_not_received(world: World) -> None:
    done = world.receive("0" * 40, world.base)
    assert (done.returncode, done.stderr, world.recorded(), world.done()) == (0, "", [], world.base)


def test_a_forge_that_does_not_answer(world: World) -> None:
    world.change(f"{JIA}/summary.yml", "title: 新\n")
    after = world.push()
    done = world.receive(world.base, after, API="http://127.0.0.1:9")
    assert (done.returncode, done.stderr.count("\n"), world.done()) == (1, 1, "")
    assert "连不上平台" in done.stderr
    assert "canary-token" not in done.stdout + done.stderr


class TestGitLab:
    """Its own versions of a merge request carry the time."""

    @pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
    def test_the_versions_minute_counts(self, world: World, how: str) -> None:
        head = world.change(f"{JIA}/summary.yml", "title: 新\n", branch="b")
        landed = world.merge("b", how)
        after = world.push()
        key = {"merge": "merge_commit_sha", "squash": "squash_commit_sha", "rebase": "sha"}[how]
        raw = {"iid": 7, "state": "merged", "target_branch": "main", "sha": head, key: landed}
        newest = landed if how == "rebase" else head
        versions = [(newest, "2012-08-22T23:59:59.999+08:00"), ("c" * 40, "2012-08-20T00:00:00+08:00")]
        top = "projects/12"
        for commit in world.git("rev-list", f"{world.base}..main", "--first-parent").split():
            world.forge.answers[f"{top}/repository/commits/{commit}/merge_requests"] = []
        world.forge.answers[f"{top}/repository/commits/{landed}/merge_requests"] = [
            {**raw, "iid": 8, "state": "closed"},
            {**raw, "iid": 9, "target_branch": "other"},
            raw,
        ]
        world.forge.answers[f"{top}/merge_requests/7/versions"] = [
            {"head_commit_sha": commit, "created_at": seen} for commit, seen in versions
        ]
        done = world.receive(world.base, after, FORGE="gitlab", REPOSITORY="12")
        assert (done.returncode, done.stderr) == (0, "")
        assert [line.split(" ", 1)[1] for line in world.recorded()] == ["2012-08-22T15:59:59+00:00 #7"]


def test_with_the_command_itself(tmp_path: Path) -> None:
    with serving() as forge:
        world = World(tmp_path, forge, campaign=True)
        text = (world.desk / JIA / "summary.yml").read_text(encoding="utf-8")
        head = world.change(f"{JIA}/summary.yml", f"{text}# 更新\n", branch="b")
        world.pull("b", world.merge("b", "merge"), (head, "2012-08-22T15:59:59Z"))
        after = world.push()
        shenbao = Path(sys.executable).parent / "shenbao"
        for _ in range(2):
            done = world.receive(world.base, after, shenbao, SHENBAO_NOW=NOW)
            assert done.returncode == 0, done.stderr
    ledger = git_in(world.origin)("show", "main:data/ledger/jia.yml")
    digest = hashlib.sha256(f"{text}# 更新\n".encode()).hexdigest()
    assert ledger.count(digest) == 1
    assert "合并请求 #1" in ledger
