"""``shenbao ledger verify``: the chain in the file, and in git every version of it on this branch."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from campaigns import lay
from command_line import Run
from repositories import git_in, new_repository
from test_ledger import forged

from build_tools.ledger import ledger_text
from build_tools.source import OFFICE_MAX_BYTES, parse

LEDGER = "data/ledger/jia.yml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = lay(new_repository(tmp_path / "repository"))
    save(root)
    return root


def save(root: Path) -> str:
    git = git_in(root)
    git("add", "-A")
    git("commit", "-q", "-m", "x")
    return git("rev-parse", "HEAD")[:12]


def record(run: Run, root: Path, document: str = "summary") -> None:
    args = ("paper", f"jia/{document}", "--copies", "1", "--by", "示例收文员")
    assert run("ledger", "record", *args, "--root", root).status == 0


def forge(root: Path) -> None:
    """Move the first time of receipt and compute every hash anew: sound, so that no check of the file sees it."""
    events = parse("", (root / LEDGER).read_bytes(), OFFICE_MAX_BYTES).value["events"]
    text = ledger_text("jia", forged(events, 0, at="2012-08-19T09:00:00+08:00"))
    (root / LEDGER).write_text(text, encoding="utf-8")


def test_a_sound_ledger_is_one_line(run: Run, root: Path) -> None:
    record(run, root)
    save(root)
    record(run, root, "statistics")
    ran = run("ledger", "verify", "--root", root)
    assert ran == (0, "台账完好：2 个单位，共 12 项；与历次 3 个版本比较，没有改写。\n", "")


def test_the_heads_can_be_noted_down_elsewhere(run: Run, root: Path) -> None:
    lines = run("ledger", "verify", "--heads", "乙市", "--root", root).out.splitlines()
    last = parse("", (root / "data/ledger/yi.yml").read_bytes(), OFFICE_MAX_BYTES).value["events"][-1]["hash"]
    assert lines == [f"yi  2 项  {last}", "台账完好：1 个单位，共 2 项；与历次 1 个版本比较，没有改写。"]


def test_outside_git_the_chain_alone_is_tried(run: Run, tmp_path: Path) -> None:
    ran = run("ledger", "verify", "--root", lay(tmp_path / "campaign"))
    assert ran == (
        0,
        "台账完好：2 个单位，共 10 项；不在 git 仓库中，或者没有提交过，没有与历次版本比较。\n",
        "",
    )


def test_the_first_broken_link_is_named_with_its_line(run: Run, root: Path) -> None:
    text = (root / LEDGER).read_text("utf-8").replace("10:30:00", "10:29:00")
    (root / LEDGER).write_text(text, encoding="utf-8")
    line = text[: text.index("seq: 7")].count("\n") + 1
    ran = run("ledger", "verify", "--root", root)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == (
        f"甲市：data/ledger/jia.yml 第 {line} 行，台账从第 7 项起与摘要对不上，"
        "该项或其前一项被改动、删除或调换；请从版本记录中恢复台账。\n"
    )
    assert run("ledger", "verify", "yi", "--root", root).status == 0


def cut(root: Path) -> None:
    text = (root / LEDGER).read_text("utf-8")
    (root / LEDGER).write_text(text[: text.index("- seq: 8")], encoding="utf-8")


REWRITES: dict[str, tuple[Callable[[Path], object], str]] = {
    "changed, every hash anew": (forge, "甲市：data/ledger/jia.yml 第 3 行，先前登记的第 1 项"),
    "the last event dropped": (cut, "甲市：data/ledger/jia.yml（只有 7 项），先前登记的第 8 项"),
    "deleted": (lambda root: (root / LEDGER).unlink(), "甲市：data/ledger/jia.yml（文件不在了），先前登记的第 1 项"),
}  # fmt: skip


@pytest.mark.parametrize("rewrite", REWRITES)
def test_a_rewrite_names_the_commit(run: Run, root: Path, rewrite: str) -> None:
    make, words = REWRITES[rewrite]
    make(root)
    ran = run("ledger", "verify", "--root", root)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == f"{words}被还没有提交的改动改写或删去；请恢复那以前的台账，需要更正的在后面追加一项。\n"
    commit = save(root)
    (root / "data/ledger/yi.yml").touch()
    git_in(root)("commit", "-q", "--allow-empty", "-m", "later")
    ran = run("ledger", "verify", "--root", root)
    assert (ran.status, f"{words}被提交 {commit} 改写或删去" in ran.err, ran.err.count("\n")) == (1, True, 1)


def test_a_forged_ledger_passes_a_check_and_not_this_one(run: Run, root: Path) -> None:
    forge(root)
    save(root)
    assert "T13" not in run("check", "--root", root).out
    assert run("ledger", "verify", "--root", root).status == 1


def test_a_restored_ledger_is_in_order_again(run: Run, root: Path) -> None:
    before = (root / LEDGER).read_bytes()
    forge(root)
    save(root)
    (root / LEDGER).write_bytes(before)
    save(root)
    assert run("ledger", "verify", "--root", root).status == 0
    record(run, root)
    assert run("ledger", "verify", "--root", root).status == 0


def test_the_ledger_of_a_unit_that_was_struck_off_is_missed(run: Run, root: Path) -> None:
    (root / "data/ledger/yi.yml").unlink()
    units = root / "data/units.yml"
    text = units.read_text("utf-8")
    start, end = text.index("  - slug: yi"), text.index("  - slug: bing")
    units.write_text(text[:start] + text[end:], encoding="utf-8")
    for name in ("quotas", "owners"):
        file = root / f"data/{name}.yml"
        kept = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("  yi:")]
        file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    commit = save(root)
    ran = run("ledger", "verify", "--root", root)
    assert (
        ran.status,
        f"yi：data/ledger/yi.yml（文件不在了），先前登记的第 1 项被提交 {commit}" in ran.err,
    ) == (1, True)


def test_only_what_came_to_this_branch_counts(run: Run, root: Path) -> None:
    git = git_in(root)
    git("switch", "-q", "-c", "side")
    before = (root / LEDGER).read_bytes()
    forge(root)
    save(root)
    (root / LEDGER).write_bytes(before)
    record(run, root)
    save(root)
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "-m", "merge", "side")
    ran = run("ledger", "verify", "--root", root)
    assert (ran.status, "与历次 3 个版本比较" in ran.out) == (0, True)


def test_a_merge_that_rewrites_is_named(run: Run, root: Path) -> None:
    git = git_in(root)
    git("switch", "-q", "-c", "side")
    forge(root)
    save(root)
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "-m", "merge", "side")
    merge = git("rev-parse", "HEAD")[:12]
    assert f"被提交 {merge} 改写或删去" in run("ledger", "verify", "--root", root).err


@pytest.mark.parametrize("instead", [False, True], ids=["dropped", "another in its place"])
def test_a_merge_with_its_parents_swapped_hides_nothing(run: Run, root: Path, *, instead: bool) -> None:
    """An ordinary push, a fast-forward: what main held is behind the second parent then."""
    git = git_in(root)
    git("switch", "-q", "-c", "side")
    if instead:
        record(run, root, "statistics")
    git("commit", "-q", "-a", "--allow-empty", "-m", "side")
    git("switch", "-q", "main")
    record(run, root)
    save(root)
    git("switch", "-q", "side")
    git("merge", "-q", "-s", "ours", "-m", "merge", "main")
    git("branch", "-f", "main")
    git("switch", "-q", "main")
    ran = run("ledger", "verify", "--root", root)
    assert ran.status == 1
    assert f"被提交 {git('rev-parse', 'main')[:12]} 改写或删去" in ran.err


def test_a_branch_that_was_behind_lost_nothing(run: Run, root: Path) -> None:
    git = git_in(root)
    git("switch", "-q", "-c", "side")
    git("commit", "-q", "--allow-empty", "-m", "side")
    git("switch", "-q", "main")
    record(run, root)
    save(root)
    git("merge", "-q", "--no-ff", "-m", "merge", "side")
    assert run("ledger", "verify", "--root", root).status == 0


def test_what_was_never_committed_is_not_said_to_be_compared(run: Run, root: Path) -> None:
    """A campaign in a folder that git does not look at."""
    git = git_in(root)
    (root / ".gitignore").write_text("/data/\n", encoding="utf-8")
    git("rm", "-r", "-q", "--cached", "data")
    git("commit", "-q", "-m", "ignored")
    copy = root / "var" / "copy"
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".git", "var"))
    (root / ".gitignore").write_text("/var/\n", encoding="utf-8")
    ran = run("ledger", "verify", "--root", copy)
    assert (ran.status, "没有与历次版本比较" in ran.out) == (0, True)


def test_a_shallow_clone_cannot_vouch_for_anything(run: Run, root: Path, tmp_path: Path) -> None:
    record(run, root)
    save(root)
    git_in(tmp_path)("clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    ran = run("ledger", "verify", "--root", tmp_path / "shallow")
    assert (ran.status, "这是浅克隆" in ran.err) == (2, True)


def test_a_ledger_that_cannot_be_read_is_a_broken_campaign(run: Run, root: Path) -> None:
    (root / LEDGER).write_text("unit: jia\n", encoding="utf-8")
    ran = run("ledger", "verify", "--root", root)
    assert (ran.status, "data/ledger/jia.yml:1:1" in ran.err) == (2, True)


def test_an_unknown_unit_is_wrong_usage(run: Run, root: Path) -> None:
    ran = run("ledger", "verify", "丁市", "--root", root)
    assert (ran.status, "没有“丁市”这个单位" in ran.err) == (2, True)


@pytest.mark.parametrize("part", ["record", "verify"])
def test_help_teaches_in_chinese(run: Run, part: str) -> None:
    ran = run("ledger", part, "--help")
    assert ran.status == 0
    assert ran.out.startswith(f"用法：shenbao ledger {part}")
    assert "例：" in ran.out


def test_there_is_no_way_to_rewrite(run: Run) -> None:
    assert run("ledger", "--help").out.split("命令:")[1].split() == [
        "record", "登记一件或几件事", "verify", "核对台账有没有被改动",
    ]  # fmt: skip
    ran = run("ledger", "rewrite")
    assert (ran.status, "没有“rewrite”这个命令，可用的有：record、verify" in ran.err) == (2, True)
