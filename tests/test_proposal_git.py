"""What git can hold and a pull request can be made of: odd commits, odd trees, large ones, and a forge over HTTP."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from proposals import Change, Hub, start, told
from remotes import bare, served
from repositories import CLEAN, git_in

from build_tools.history import MOST_CHANGES, BadRevision, GitTrouble, ShallowClone

JIA, YI = "data/cities/jia", "data/cities/yi"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """One repository for every attempt that moves no branch."""
    return start(tmp_path_factory.mktemp("hub") / "repository")


@pytest.fixture
def moving(tmp_path: Path) -> Hub:
    """A repository whose ``main`` moves on."""
    return start(tmp_path / "repository")


def statistics(hub: Hub, remark: str = "更正", unit: str = JIA) -> dict[str, Change]:
    path = f"{unit}/statistics.yml"
    return {path: hub.read(path) + f"# {remark}\n"}


def test_the_base_moved_on_elsewhere(moving: Hub) -> None:
    head = moving.commit(statistics(moving))
    moving.advance(statistics(moving, unit=YI))
    assert told(moving.judge(head)) == []


def test_the_base_moved_on_in_the_same_file(moving: Hub) -> None:
    head = moving.commit(statistics(moving))
    moving.advance(statistics(moving, "别的更正"))
    assert told(moving.judge(head)) == [f"G07 {JIA}/statistics.yml"]
    both = moving.commit(statistics(moving, "合并以后"), head, "main", tree_of="main")
    assert told(moving.judge(both)) == [], "merged and settled"


def test_the_same_change_came_another_way(moving: Hub) -> None:
    head = moving.commit(statistics(moving))
    moving.advance(statistics(moving))
    assert told(moving.judge(head)) == ["G11 data/cities"]


def test_merging_the_base_into_the_branch_brings_nobody_elses_changes(moving: Hub) -> None:
    first = moving.commit(statistics(moving))
    moving.advance(statistics(moving, unit=YI))
    merge = moving.commit(statistics(moving), first, "main", tree_of="main")
    assert told(moving.judge(merge)) == []


def test_a_merge_that_undoes_what_another_unit_sent_is_seen(moving: Hub) -> None:
    """The branch holds the base's newest commit, and the file as it was before."""
    first = moving.commit(statistics(moving))
    before = moving.read(f"{YI}/statistics.yml")
    moving.advance(statistics(moving, unit=YI))
    undone = {**statistics(moving), f"{YI}/statistics.yml": before}
    merge = moving.commit(undone, first, "main", tree_of="main")
    assert told(moving.judge(merge)) == [f"G01 {YI}/statistics.yml"]


def test_a_branch_that_goes_on_after_its_first_part_was_merged(moving: Hub) -> None:
    """Both have parted twice: what the other unit sent meanwhile is not this branch's doing."""
    first = moving.commit(statistics(moving))
    start_of_both = moving.git("rev-parse", "main")
    moving.advance(statistics(moving, unit=YI))
    moving.advance(statistics(moving), "main", first)
    more = moving.commit(statistics(moving, "再更正"), first, start_of_both)
    assert told(moving.judge(more)) == []


def test_where_both_parted_twice_neither_hides_what_is_undone(moving: Hub) -> None:
    """Seen from the one commit at which they parted the other unit's file is as it was, from the other it is not."""
    before = moving.read(f"{YI}/statistics.yml")
    first = moving.commit(statistics(moving))
    sent = moving.advance(statistics(moving, unit=YI))
    moving.advance(statistics(moving), "main", first)
    undone = moving.commit({f"{YI}/statistics.yml": before}, first, sent)
    assert len(moving.git("merge-base", "--all", "main", undone).split()) == 2
    assert told(moving.judge(undone)) == [f"G01 {YI}/statistics.yml"]
    also = moving.commit({f"{YI}/statistics.yml": before}, sent, first)
    assert told(moving.judge(also)) == [f"G01 {YI}/statistics.yml"]


def test_where_both_parted_twice_nobody_is_blamed_for_what_others_did_since(moving: Hub) -> None:
    """A branch that goes on after its first part was merged, and was brought up to date meanwhile."""
    first = moving.commit(statistics(moving))
    sent = moving.advance(statistics(moving, unit=YI))
    moving.advance(statistics(moving), "main", first)
    up_to_date = moving.commit(statistics(moving), first, sent, tree_of=sent)
    more = moving.commit({f"{JIA}/materials/x.pdf": b"%PDF"}, up_to_date)
    moving.advance(statistics(moving, "又更正", unit=YI))
    assert len(moving.git("merge-base", "--all", "main", more).split()) == 2
    assert not [line for line in told(moving.judge(more)) if line.startswith("G")]


@pytest.mark.parametrize("order", [1, -1], ids=["before", "behind"])
@pytest.mark.parametrize("whose", ["own", "another unit's"])
def test_a_name_that_stands_twice_in_a_folder(hub: Hub, order: int, whose: str) -> None:
    """What is compared, what is read and what a merge takes are not the same file then."""
    git = git_in(hub.root)
    unit = JIA if whose == "own" else YI
    evil = git("hash-object", "-w", "--stdin", data=b"title: evil\n")
    lines = git("ls-tree", f"main:{unit}").splitlines()
    place = next(n for n, line in enumerate(lines) if line.endswith("\tstatistics.yml"))
    twice = [lines[place], f"100644 blob {evil}\tstatistics.yml"][::order]
    entries = [line.split(maxsplit=3) for line in [*lines[:place], *twice, *lines[place + 1 :]]]
    raw = b"".join(
        f"{mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(object_) for mode, _, object_, name in entries
    )
    tree = git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", data=raw)
    for part in reversed(unit.split("/")):
        above = unit[: unit.index(part)].rstrip("/")
        known = git("ls-tree", f"main:{above}" if above else "main").splitlines()
        new = [f"040000 tree {tree}\t{part}" if line.endswith(f"\t{part}") else line for line in known]
        tree = git("mktree", data="\n".join(new).encode() + b"\n")
    head = git("commit-tree", tree, "-p", "main", "-m", "x")
    assert told(hub.judge(head)) == [f"G04 {unit}/statistics.yml"]


def test_grafts_have_no_say(moving: Hub) -> None:
    evil = moving.commit({f"{YI}/statistics.yml": "x: 1\n"})
    orphan = moving.git("commit-tree", f"{evil}^{{tree}}", "-m", "x")
    grafts = moving.root / ".git" / "info" / "grafts"
    grafts.write_text(f"{evil} {orphan}\n{moving.git('rev-parse', 'main')} {orphan}\n", encoding="utf-8")
    assert told(moving.judge(evil)) == [f"G01 {YI}/statistics.yml"]


def test_several_commits_count_by_their_sum(hub: Hub) -> None:
    wrong = hub.commit({f"{YI}/statistics.yml": None, **statistics(hub)})
    mended = hub.commit({f"{YI}/statistics.yml": hub.read(f"{YI}/statistics.yml")}, wrong)
    assert told(hub.judge(wrong)) == [f"G01 {YI}/statistics.yml"]
    assert told(hub.judge(mended)) == []


def test_ten_thousand_changed_files(hub: Hub) -> None:
    many: dict[str, Change] = {f"{JIA}/materials/{number}.pdf": b"%PDF" for number in range(10_000)}
    verdict = hub.judge(many)
    assert told(verdict) == ["G05 data/cities"]
    assert str(MOST_CHANGES) in verdict.own[0].message


def test_as_many_as_may_be(hub: Hub) -> None:
    many: dict[str, Change] = {f"{YI}/materials/{n}.pdf": b"%PDF" for n in range(MOST_CHANGES)}
    assert len([line for line in told(hub.judge(many)) if line.startswith("G01")]) == MOST_CHANGES
    assert told(hub.judge({**many, f"{YI}/x": "x"})) == ["G05 data/cities"]


LARGE = """
import resource
import sys
from datetime import datetime
from pathlib import Path
from build_tools.proposal import judge_proposal, open_proposal, sender
with open_proposal(Path(sys.argv[1]), "main", sys.argv[2], lambda c: sender(c, city="jia")) as proposal:
    verdict = judge_proposal(proposal, datetime.fromisoformat("2012-08-22T10:00:00+08:00"))
print(*(finding.code for finding in verdict.own))
own = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(max(int(own.split()[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024, file=sys.stderr)
"""
MEMORY = 600 * 1024 * 1024
"""Bytes the judge may use; a few times what it does use."""


def judged_apart(hub: Hub, head: str) -> list[str]:
    """The codes found by a judge in a process of its own; neither it nor git may use more than :data:`MEMORY`."""
    done = subprocess.run(
        [sys.executable, "-c", LARGE, hub.root, head],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (4 * MEMORY, 4 * MEMORY)),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stderr) < MEMORY
    return done.stdout.split()


def test_a_blob_of_a_hundred_megabytes(hub: Hub) -> None:
    large = b"%PDF-1.4\n" + bytes(100 * 1024 * 1024)
    attachment = hub.commit({f"{JIA}/materials/x.pdf": large})
    document = hub.commit({f"{JIA}/statistics.yml": large})
    assert "M12" in judged_apart(hub, attachment)
    assert judged_apart(hub, document) == ["Y03"]


def test_too_much_together(hub: Hub) -> None:
    large = b"%PDF-1.4\n" + bytes(9 * 1024 * 1024)
    many: dict[str, Change] = {f"{JIA}/materials/{n}.pdf": large + b"%d" % n for n in range(24)}
    assert told(hub.judge(many)) == ["G06 data/cities"]


def test_what_was_added_and_removed_again_weighs_too(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    heavy = hub.commit({f"{JIA}/materials/x.pdf": os.urandom(3 * 1024 * 1024)})
    light = hub.commit(statistics(hub), heavy, tree_of="main")
    assert told(hub.judge(light)) == []
    monkeypatch.setattr("build_tools.proposal.fence.MOST_MIB", 2)
    assert told(hub.judge(light)) == ["G06 data/cities"]


def test_folders_nested_into_a_bomb(hub: Hub) -> None:
    """Ten levels of ten times the same folder are ten thousand million files."""
    git = git_in(hub.root)
    blob = git("hash-object", "-w", "--stdin", data=b"x")
    tree = git("mktree", data=b"".join(b"100644 blob %s\t%d\n" % (blob.encode(), n) for n in range(10)))
    for _ in range(10):
        tree = git("mktree", data=b"".join(b"040000 tree %s\t%d\n" % (tree.encode(), n) for n in range(10)))
    top = git("mktree", data=f"040000 tree {tree}\tdata\n".encode())
    head = git("commit-tree", top, "-p", "main", "-m", "x")
    assert judged_apart(hub, head) == ["G05"]


def test_a_name_of_a_megabyte(hub: Hub) -> None:
    verdict = hub.judge({f"{YI}/{'x' * 1_000_000}": "x", **statistics(hub)})
    assert [finding.code for finding in verdict.own] == ["G01"]


NOT_COMMITS = {
    "nothing": "0" * 40,
    "a tree": "main^{tree}",
    "a blob": f"main:{JIA}/summary.yml",
    "an option": "--all",
    "no name": "",
    "a range": "main..main",
    "two lines": "main\nmain",
    "a name nobody gave": "refs/heads/none",
}


@pytest.mark.parametrize("head", NOT_COMMITS.values(), ids=NOT_COMMITS)
def test_a_head_that_is_not_a_commit(hub: Hub, head: str) -> None:
    with pytest.raises(BadRevision, match="--head"):
        hub.judge(head)
    with pytest.raises(BadRevision, match="--base"):
        hub.judge("main", base=head)


def test_histories_that_never_met(hub: Hub) -> None:
    tree = hub.git("rev-parse", "main^{tree}")
    alone = hub.git("commit-tree", tree, "-m", "x")
    with pytest.raises(GitTrouble, match="没有共同的历史"):
        hub.judge(alone)


def test_objects_that_are_missing(hub: Hub) -> None:
    """As after a fetch that broke off."""
    git = git_in(hub.root)
    head = hub.commit({f"{JIA}/statistics.yml": "gone: 1\n"})
    blob = git("rev-parse", f"{head}:{JIA}/statistics.yml")
    (hub.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(GitTrouble):
        hub.judge(head)


def test_over_http_the_head_is_fetched_as_objects_and_never_checked_out(moving: Hub, tmp_path: Path) -> None:
    """What CI does: clone the base, fetch the head's commit, judge; then the same branch, pushed again by force."""
    forge = bare(moving.root, tmp_path / "forge" / "campaign.git")
    with served(forge.parent) as address:
        url = f"{address}/campaign.git"

        def clone(name: str, *options: str) -> Hub:
            subprocess.run(["git", "clone", "-q", *options, url, tmp_path / name], env=CLEAN, check=True)
            return Hub(tmp_path / name)

        city, ci = clone("city"), clone("ci")
        bad = city.commit({f"{YI}/statistics.yml": None, f"{JIA}/.gitattributes": "* filter=x\n"})
        city.git("push", "-q", "origin", f"{bad}:refs/heads/jia")
        ci.git("-c", "fetch.fsckObjects=true", "fetch", "-q", "--no-tags", "origin", "refs/heads/jia")
        assert told(ci.judge("FETCH_HEAD")) == [
            f"G04 {JIA}/.gitattributes",
            f"G01 {YI}/statistics.yml",
        ]
        assert ci.git("status", "--porcelain") == ""
        good = city.commit(statistics(city))
        city.git("push", "-q", "--force", "origin", f"{good}:refs/heads/jia")
        ci.git("fetch", "-q", "--no-tags", "origin", "refs/heads/jia")
        assert ci.git("rev-parse", "FETCH_HEAD") == good
        assert told(ci.judge("FETCH_HEAD")) == []

        shallow = clone("shallow", "--depth=1", "--no-single-branch")
        with pytest.raises(ShallowClone):
            shallow.judge(good)
