"""``shenbao check`` on a pull request, and on a commit: exit status, formats, words, and what it leaves on the disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from campaigns import AFTER
from command_line import Run
from proposals import OPEN, Change, Hub, start

JIA, YI = "data/cities/jia", "data/cities/yi"


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return start(tmp_path / "hub")


def statistics(hub: Hub, unit: str = JIA) -> dict[str, Change]:
    return {f"{unit}/statistics.yml": hub.read(f"{unit}/statistics.yml") + "# 更正\n"}


def judged(run: Run, hub: Hub, head: str, *more: str) -> tuple[int, str, str]:
    return run("check", "--root", hub.root, "--base", "main", "--head", head, "--now", OPEN, *more)


def test_in_order_is_0_wrong_is_1_and_no_commit_is_2(run: Run, hub: Hub) -> None:
    assert judged(run, hub, hub.commit(statistics(hub)), "--city", "jia")[0] == 0
    status, out, _ = judged(run, hub, hub.commit(statistics(hub, YI)), "--city", "甲市")
    assert status == 1
    assert "G01" in out
    assert "这个文件属于乙市，不能由甲市改动。" in out
    status, out, err = judged(run, hub, "no-such-commit", "--actor", "demo-jia")
    assert (status, out) == (2, "")
    assert err == "找不到 --head 所指的版本；请写本仓库中已有的提交、分支或标签。\n"


USAGES = {
    "no base": (["--head", "main", "--city", "jia"], "--base 和 --head 都要写"),
    "no head": (["--base", "main", "--city", "jia"], "--base 和 --head 都要写"),
    "nobody": (["--base", "main", "--head", "main"], "--city 或 --actor"),
    "a queue of somebody": (["--base", "main", "--head", "main", "--queue", "--city", "jia"], "--queue 不与"),
    "a unit nobody knows": (["--base", "main", "--head", "main", "--city", "nobody"], "没有“nobody”这个单位"),
    "two things": (
        ["--base", "main", "--head", "main", "--city", "jia", "--commit", "main"],
        "--commit 不与",
    ),
}


@pytest.mark.parametrize(("arguments", "words"), USAGES.values(), ids=USAGES)
def test_what_is_named_by_halves_is_2(run: Run, hub: Hub, arguments: list[str], words: str) -> None:
    ran = run("check", "--root", hub.root, *arguments)
    assert ran.status == 2
    assert words in ran.err
    assert ran.err.count("\n") == 1


def test_json_says_which_findings_are_its_own(run: Run, hub: Hub) -> None:
    hub.advance({f"{YI}/summary.yml": "titel: 示例\n"})
    head = hub.commit({f"{JIA}/statistics.yml": "x: 1\n"})
    status, out, _ = judged(run, hub, head, "--city", "jia", "--format", "json")
    told = json.loads(out)["findings"]
    assert status == 1
    assert {f["path"] for f in told if f["own"]} == {f"{JIA}/statistics.yml"}
    assert {f["path"] for f in told if not f["own"]} == {f"{YI}/summary.yml"}


def test_times_of_the_forge_are_read_from_a_file(run: Run, hub: Hub, tmp_path: Path) -> None:
    file, path = tmp_path / "times.json", f"{JIA}/statistics.yml"
    head = hub.commit(statistics(hub))
    late = ("check", "--root", hub.root, "--base", "main", "--head", head, "--city", "jia", "--now", AFTER)
    assert run(*late).status == 1
    file.write_text(json.dumps({path: "2012-08-22T15:59:59.9Z"}), encoding="utf-8")
    assert run(*late, "--times", file).status == 0
    for text, words in (
        ("[]", "应写成"),
        ("{", "不是 JSON 文件"),
        ('{"x": 1}', "应写成"),
        ('{"x": "2012-08-22"}', "末尾的时差不能省"),
    ):
        file.write_text(text, encoding="utf-8")
        ran = run(*late, "--times", file)
        assert (ran.status, ran.err.count("\n")) == (2, 1)
        assert words in ran.err
    assert run(*late, "--times", tmp_path / "none").status == 2
    assert run("check", "--root", hub.root, "--times", file).status == 2


def test_the_base_decides_even_when_the_work_tree_says_otherwise(run: Run, hub: Hub) -> None:
    """The work tree lies at the head: its schemas and accounts have no say."""
    head = hub.commit({**statistics(hub), "data/owners.yml": "offices: [demo-jia]\nowners: {}\n"})
    hub.git("checkout", "-q", head)
    status, out, _ = judged(run, hub, head, "--actor", "demo-jia", "--format", "json")
    assert status == 1
    assert [f["code"] for f in json.loads(out)["findings"]] == ["G02"]


def test_nothing_is_checked_out_and_nothing_but_the_memory_is_written(run: Run, hub: Hub) -> None:
    head = hub.commit({f"{JIA}/materials/new.pdf": b"%PDF"})
    before = hub.git("status", "--porcelain", "--ignored")
    judged(run, hub, head, "--city", "jia")
    assert hub.git("status", "--porcelain") == before
    assert not (hub.root / JIA / "materials" / "new.pdf").exists()
    assert sorted(p.name for p in (hub.root / "var" / "cache").iterdir()) == ["judge"]


def test_a_queue_judges_several_pull_requests_together(run: Run, hub: Hub) -> None:
    theirs = hub.read(f"{JIA}/nominations/collective-01.yml")
    head = hub.commit({**statistics(hub), f"{YI}/nominations/collective-01.yml": theirs})
    status, out, _ = judged(run, hub, head, "--queue", "--format", "json")
    assert status == 1
    assert {f["code"] for f in json.loads(out)["findings"] if f["severity"] == "error"} == {"D02"}
    assert judged(run, hub, hub.commit({**statistics(hub), **statistics(hub, YI)}), "--queue")[0] == 0


def test_a_commit_is_checked_without_its_work_tree(run: Run, hub: Hub) -> None:
    good = hub.git("rev-parse", "main")
    hub.advance({f"{JIA}/summary.yml": "titel: 示例\n"})
    (hub.root / f"{JIA}/summary.yml").write_text("broken: [", encoding="utf-8")
    assert run("check", "--root", hub.root, "--commit", good, "--now", OPEN).status == 0
    ran = run("check", "--root", hub.root, "--commit", "main", "--now", OPEN, "--format", "json")
    assert ran.status == 1
    assert "Y05" not in ran.out
    assert run("check", "--root", hub.root, "--commit", "none").status == 2


def test_a_broken_base_is_2(run: Run, hub: Hub) -> None:
    hub.advance({"data/units.yml": "units: []\n"})
    status, out, err = judged(run, hub, hub.commit(statistics(hub)), "--city", "jia")
    assert status == 2
    assert "data/units.yml" in out
    assert "活动文件本身有错" in err


def test_a_broken_campaign_is_shown_as_the_commit_has_it(run: Run, hub: Hub) -> None:
    text = hub.edited("data/campaign.yml", "deadline: 2012-08-22T23:59:59+08:00", "deadline: foo")
    head = hub.commit({"data/campaign.yml": text})
    status, out, _ = judged(run, hub, head, "--actor", "demo-office")
    assert status == 2
    assert "deadline: foo" in out


def test_a_campaign_in_a_folder_of_the_repository(run: Run, tmp_path: Path) -> None:
    hub = start(tmp_path / "hub")
    (hub.root / "campaign").mkdir()
    for name in ("data", "schemas", "docs"):
        hub.git("mv", name, f"campaign/{name}")
    hub.git("commit", "-q", "-m", "moved")
    path = f"campaign/{JIA}/statistics.yml"
    own = hub.commit({path: hub.read(path) + "# 更正\n"})
    out_of_it = hub.commit({path: hub.read(path) + "# 更正\n", "README.md": "x"})
    arguments = ("check", "--root", hub.root / "campaign", "--base", "main", "--city", "jia", "--now", OPEN)
    assert run(*arguments, "--head", own).status == 0
    ran = run(*arguments, "--head", out_of_it)
    assert ran.status == 1
    assert "../README.md" in ran.out
