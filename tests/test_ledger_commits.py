"""``shenbao ledger record received --base --head``: what CI records of a push, by the bytes in two real commits."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from campaigns import event, judged, lay
from command_line import Ran, Run
from repositories import git_in, new_repository

from build_tools.ledger import digest
from build_tools.source import OFFICE_MAX_BYTES, parse
from build_tools.standing import Stage, Timing

NOW = "2012-08-23T10:00:00+08:00"
PUSHED = "2012-08-22T23:59:59+08:00"
UNIT = "data/cities/jia"
PHOTO, STUDY = f"{UNIT}/materials/individual-01.jpg", f"{UNIT}/materials/study.pdf"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = lay(new_repository(tmp_path / "repository"))
    save(folder, "base")
    return folder


def save(root: Path, branch: str, day: int = 1) -> None:
    """Commit everything that lies there, and call it ``branch``."""
    git = git_in(root)
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", branch, day=day)
    git("branch", "-f", branch)


def add(root: Path, path: str, text: str = "# x\n") -> None:
    with (root / path).open("a", encoding="utf-8") as file:
        file.write(text)


def record(run: Run, root: Path, *args: str, at: str = PUSHED, head: str = "head") -> Ran:
    return run(
        "ledger", "record", "received", "--base", "base", "--head", head, "--at", at,
        "--source", "forge", "--by", "自动登记", "--root", root, *args,
    )  # fmt: skip


def events(root: Path, slug: str = "jia") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parse(
        "ledger", (root / f"data/ledger/{slug}.yml").read_bytes(), OFFICE_MAX_BYTES
    ).value["events"]
    return found


def told(root: Path, slug: str = "jia") -> Iterator[tuple[str, str]]:
    """Kind and document of what was written behind the events of the base."""
    known = {"jia": 8, "yi": 2}.get(slug, 0)
    return ((event["kind"], event["document"]) for event in events(root, slug)[known:])


def test_what_changed_is_received_and_what_is_gone_withdrawn(run: Run, root: Path) -> None:
    add(root, f"{UNIT}/summary.yml")
    (root / UNIT / "statistics.yml").unlink()
    shutil.copy(root / UNIT / "nominations/individual-02.yml", root / UNIT / "nominations/individual-03.yml")
    add(root, "data/cities/yi/statistics.yml")
    (root / "data/cities/bing").mkdir()
    shutil.copy(root / UNIT / "summary.yml", root / "data/cities/bing/summary.yml")
    save(root, "head")
    ran = record(run, root)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "已登记：甲市 总结 收到，8月22日 23:59:59（第 9 项）",
        "已登记：甲市 先进个人推荐表（第 3 名） 收到，8月22日 23:59:59（第 10 项）",
        "已登记：甲市 统计资料 撤回，8月22日 23:59:59（第 11 项）",
        "已登记：乙市 统计资料 收到，8月22日 23:59:59（第 3 项）",
        "已登记：丙市 总结 收到，8月22日 23:59:59（第 1 项）",
    ]
    received, withdrawn = events(root)[8], events(root)[10]
    assert {key: received[key] for key in ("at", "recorded", "digest", "source", "by")} == {
        "at": PUSHED,
        "recorded": NOW,
        "digest": digest((root / UNIT / "summary.yml").read_bytes()),
        "source": "forge",
        "by": ["自动登记"],
    }
    assert (withdrawn["reason"], "digest" in withdrawn, "source" in withdrawn) == (
        "单位删去文件",
        False,
        False,
    )
    assert not [f for f in judged(root, NOW).findings if f.code in ("T03", "T04", "T11", "T13", "T14")]


@pytest.mark.parametrize("day", [1, 21, 31])
def test_the_dates_of_a_commit_change_nothing(run: Run, root: Path, day: int) -> None:
    add(root, f"{UNIT}/nominations/individual-01.yml")
    save(root, "head", day=day)
    assert git_in(root)("log", "-1", "--format=%aI %cI") == " ".join(
        [f"2012-08-{day:02d}T09:00:00+08:00"] * 2
    )
    assert record(run, root, at="2012-08-23T00:00:00+08:00").status == 0
    last = events(root)[-1]
    assert (last["at"], last["recorded"]) == ("2012-08-23T00:00:00+08:00", NOW)
    # the version in time stands, whatever day the late one claims
    seen = judged(root, NOW)
    item = seen.campaign.item_by_id["individual"]
    stand = seen.submissions.folders["jia"].standing(seen.campaign, item, "individual-01")
    assert (len(stand.set_aside), stand.timing) == (1, Timing.ON_TIME)


@pytest.mark.parametrize("day", [1, 31])
@pytest.mark.parametrize(
    ("at", "nomination", "report"),
    [
        (PUSHED, Timing.ON_TIME, Timing.ON_TIME),
        ("2012-08-22T15:59:59Z", Timing.ON_TIME, Timing.ON_TIME),
        ("2012-08-22T15:59:59.999Z", Timing.ON_TIME, Timing.ON_TIME),
        ("2012-08-23T00:00:00+08:00", Timing.FORFEITED, Timing.LATE),
        ("2012-08-22T16:00:00Z", Timing.FORFEITED, Timing.LATE),
    ],
)
def test_the_second_of_the_push_decides(
    run: Run, root: Path, *, day: int, at: str, nomination: Timing, report: Timing
) -> None:
    bing = root / "data/cities/bing/nominations"
    bing.mkdir(parents=True)
    shutil.copy(root / UNIT / "nominations/individual-02.yml", bing / "individual-01.yml")
    shutil.copy(root / UNIT / "summary.yml", bing.parent)
    save(root, "head", day=day)
    assert record(run, root, at=at).status == 0
    seen = judged(root, NOW)
    for name, timing in (("individual-01", nomination), ("summary", report)):
        located = seen.campaign.locate(name)
        assert located is not None
        stand = seen.submissions.folders["bing"].standing(seen.campaign, located[0], name)
        assert (stand.timing, stand.deadline) == (timing, seen.campaign.deadline)


@pytest.mark.parametrize("at", [PUSHED, "2012-08-22T09:00:00+08:00", "2012-08-23T09:00:00+08:00"])
def test_the_same_push_is_recorded_once(run: Run, root: Path, at: str) -> None:
    add(root, f"{UNIT}/summary.yml")
    (root / UNIT / "statistics.yml").unlink()
    save(root, "head")
    record(run, root)
    before = (root / "data/ledger/jia.yml").read_bytes()
    ran = record(run, root, at=at)
    assert ran == (0, "没有要登记的：两个版本之间的文件都没有变动，或者台账已有记录。\n", "")
    assert (root / "data/ledger/jia.yml").read_bytes() == before


def test_a_first_version_sent_again_is_recorded_again(run: Run, root: Path) -> None:
    file = root / UNIT / "summary.yml"
    first = file.read_bytes()
    add(root, f"{UNIT}/summary.yml")
    save(root, "head")
    record(run, root, at="2012-08-22T10:00:00+08:00")
    git_in(root)("branch", "-f", "base", "head")
    file.write_bytes(first)
    save(root, "again")
    assert record(run, root, at="2012-08-22T11:00:00+08:00", head="again").status == 0
    assert [event["digest"] for event in events(root)[8:]] == [digest(first + b"# x\n"), digest(first)]


def test_a_withdrawn_document_that_comes_back_is_received_again(run: Run, root: Path) -> None:
    (root / UNIT / "summary.yml").rename(root / "kept")
    save(root, "head")
    record(run, root, at="2012-08-22T10:00:00+08:00")
    git_in(root)("branch", "-f", "base", "head")
    (root / "kept").rename(root / UNIT / "summary.yml")
    save(root, "again")
    record(run, root, at="2012-08-22T11:00:00+08:00", head="again")
    assert list(told(root)) == [("withdrawn", "summary"), ("received", "summary")]


@pytest.mark.parametrize(
    ("path", "documents"),
    [
        (PHOTO, ["individual-01"]),
        (STUDY, ["materials"]),
        (f"{UNIT}/materials/unlisted.pdf", []),
        (f"{UNIT}/notes.txt", []),
        ("data/cities/elsewhere/summary.yml", []),
        ("data/campaign.yml", []),
    ],
)
def test_a_changed_attachment_is_a_receipt_of_what_names_it(
    run: Run, root: Path, path: str, documents: list[str]
) -> None:
    (root / path).parent.mkdir(exist_ok=True)
    add(root, path)
    save(root, "head")
    for _ in range(2):
        assert record(run, root).status == 0
    assert list(told(root)) == [("received", document) for document in documents]


def test_each_document_came_when_the_last_of_it_came(run: Run, root: Path, tmp_path: Path) -> None:
    add(root, f"{UNIT}/summary.yml")
    add(root, f"{UNIT}/nominations/individual-01.yml")
    add(root, PHOTO, "\n")
    (root / UNIT / "statistics.yml").unlink()
    save(root, "head")
    late = "2012-08-23T08:00:00+08:00"
    times = {
        f"{UNIT}/summary.yml": "2012-08-21T10:00:00+08:00",
        f"{UNIT}/nominations/individual-01.yml": PUSHED,
        PHOTO: late,
        f"{UNIT}/statistics.yml": "2012-08-22T11:00:00+08:00",
    }
    file = tmp_path / "times.json"
    batch = ("--source", "forge", "--by", "自动登记", "--times", file, "--root", root)

    def recorded() -> Ran:
        return run("ledger", "record", "received", "--base", "base", "--head", "head", *batch)

    file.write_text(json.dumps({k: v for k, v in times.items() if k != PHOTO}), encoding="utf-8")
    ran = recorded()
    assert (ran.status, len(events(root))) == (2, 8)
    assert f"--times 里没有“{PHOTO}”的时间" in ran.err
    file.write_text(json.dumps(times), encoding="utf-8")
    assert recorded().status == 0
    came = {event["document"]: event["at"] for event in events(root)[8:]}
    assert came == {
        "summary": "2012-08-21T10:00:00+08:00",
        "individual-01": late,
        "statistics": "2012-08-22T11:00:00+08:00",
    }
    assert not [f for f in judged(root, NOW).findings if f.code in ("T13", "T14")]
    assert "没有要登记的" in recorded().out


def test_a_photo_mended_after_a_return_ends_the_return(run: Run, tmp_path: Path) -> None:
    received = event("2012-08-20T09:00:00+08:00", "received", "individual-01")
    returned = event("2012-08-21T09:00:00+08:00", "returned", "individual-01", reason="照片不清", until=NOW)
    root = lay(new_repository(tmp_path / "repository"), ledger={"jia": [received, returned]})
    save(root, "base")
    add(root, PHOTO)
    save(root, "head")
    assert record(run, root, at="2012-08-23T09:00:00+08:00").status == 0
    seen = judged(root, NOW)
    item = seen.campaign.item_by_id["individual"]
    stand = seen.submissions.folders["jia"].standing(seen.campaign, item, "individual-01")
    assert (stand.stage, stand.timing) == (Stage.RECEIVED, Timing.ON_TIME)


def test_the_version_that_was_returned_counts_when_it_is_sent_again(run: Run, tmp_path: Path) -> None:
    story = [
        event("2012-08-20T09:00:00+08:00", "received", "summary"),
        event("2012-08-21T09:00:00+08:00", "returned", "summary", digest="auto", reason="请补正", until=NOW),
    ]
    root = lay(new_repository(tmp_path / "repository"), ledger={"jia": story})
    save(root, "head")
    add(root, f"{UNIT}/summary.yml")
    save(root, "base")
    assert record(run, root, at="2012-08-23T09:00:00+08:00").status == 0
    assert events(root)[-1]["kind"] == "received"


def test_a_city_is_recorded_alone(run: Run, root: Path) -> None:
    for slug in ("jia", "yi"):
        add(root, f"data/cities/{slug}/summary.yml")
    save(root, "head")
    assert record(run, root, "--city", "乙市").status == 0
    assert (list(told(root)), list(told(root, "yi"))) == ([], [("received", "summary")])


def test_what_takes_another_place_is_withdrawn_and_received(run: Run, root: Path) -> None:
    folder = root / UNIT / "nominations"
    (folder / "individual-02.yml").rename(folder / "individual-03.yml")
    save(root, "head")
    record(run, root)
    assert list(told(root)) == [("received", "individual-03"), ("withdrawn", "individual-02")]


def test_what_was_never_received_is_not_withdrawn(run: Run, root: Path) -> None:
    file = root / UNIT / "nominations/individual-03.yml"
    file.write_bytes(b"x: 1\n")
    save(root, "base")
    file.unlink()
    save(root, "head")
    assert record(run, root).out.startswith("没有要登记的")


def test_a_link_is_no_document(run: Run, root: Path) -> None:
    (root / UNIT / "summary.yml").unlink()
    (root / UNIT / "summary.yml").symlink_to("statistics.yml")
    save(root, "head")
    record(run, root)
    assert list(told(root)) == [("withdrawn", "summary")]


def test_the_head_is_never_checked_out(run: Run, root: Path) -> None:
    git = git_in(root)
    git("switch", "-q", "-c", "sent")
    add(root, f"{UNIT}/summary.yml")
    add(root, "data/campaign.yml", "broken: [\n")
    save(root, "head")
    git("switch", "-q", "main")
    assert record(run, root, head="sent").status == 0
    assert list(told(root)) == [("received", "summary")]
    assert not (root / UNIT / "summary.yml").read_bytes().endswith(b"# x\n")


def test_a_campaign_below_the_top_of_a_repository(run: Run, tmp_path: Path) -> None:
    root = lay(new_repository(tmp_path / "repository") / "some/campaign")
    save(root, "base")
    add(root, f"{UNIT}/summary.yml")
    save(root, "head")
    assert record(run, root).status == 0
    assert list(told(root)) == [("received", "summary")]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["received", "--base", "base", "--at", PUSHED, "--source", "forge"], "--base 和 --head 要一起写"),
        (["received", "--base", "base", "--head", "head", "--source", "forge"], "要用 --at（或者 --times）和 --source 写明时间"),
        (["received", "--base", "base", "--head", "head", "--at", PUSHED], "要用 --at（或者 --times）和 --source 写明时间"),
        (["accepted", "--base", "base", "--head", "head"], "只用来登记收到"),
        (["received", "jia/summary", "--base", "base", "--head", "head", "--at", PUSHED, "--source", "forge"],
         "后面不写单位和文件"),
        (["received", "--base", "base", "--head", "nowhere", "--at", PUSHED, "--source", "forge"], "所指的版本"),
        (["received", "--base", "--all", "--head", "head", "--at", PUSHED, "--source", "forge"], "所指的版本"),
        (["received", "--base", "base", "--head", "head", "--at", PUSHED, "--source", "forge", "--city", "丁市"],
         "没有“丁市”这个单位"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_sentence(run: Run, root: Path, args: list[str], words: str) -> None:
    add(root, f"{UNIT}/summary.yml")
    save(root, "head")
    ran = run("ledger", "record", *args, "--by", "自动登记", "--root", root)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert words in ran.err
    assert not list(told(root))


def test_a_push_that_is_still_to_come_is_refused(run: Run, root: Path) -> None:
    add(root, f"{UNIT}/summary.yml")
    save(root, "head")
    ran = record(run, root, at="2012-08-23T10:00:01+08:00")
    assert (ran.status, "晚于现在" in ran.err) == (1, True)
    assert not list(told(root))


def test_outside_git_there_is_nothing_to_compare(run: Run, tmp_path: Path) -> None:
    ran = record(run, lay(tmp_path / "campaign"))
    assert (ran.status, "不在 git 仓库中" in ran.err) == (2, True)
