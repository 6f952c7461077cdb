"""``shenbao ledger record``: what is written for each kind of event, and what is refused with nothing written.

The campaign is that of ``campaigns.py``: jia (甲市) sent everything, yi (乙市) both reports, bing nothing; the clock
stands at 2012-08-23T10:00:00+08:00.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from campaigns import event, judged, lay
from command_line import Ran, Run

from build_tools.ledger import digest, first_broken
from build_tools.source import OFFICE_MAX_BYTES, parse
from build_tools.standing import Stage, Timing

NOW = "2012-08-23T10:00:00+08:00"
SUMMARY = "data/cities/jia/summary.yml"
INDIVIDUAL = "data/cities/jia/nominations/individual-01.yml"
CLERK = "示例收文员乙"
BY = ("--by", CLERK)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay(tmp_path / "campaign")


def events(root: Path, slug: str = "jia") -> list[dict[str, Any]]:
    source = parse("ledger", (root / f"data/ledger/{slug}.yml").read_bytes(), OFFICE_MAX_BYTES)
    assert source.findings == ()
    assert first_broken(source.value["events"]) is None
    found: list[dict[str, Any]] = source.value["events"]
    return found


def told(stored: dict[str, Any]) -> dict[str, Any]:
    """What an event tells beside its place in the chain."""
    return {key: value for key, value in stored.items() if key not in ("seq", "nonce", "previous", "hash")}


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def change(root: Path, path: str = SUMMARY) -> str:
    """Another version of a document; gives its digest."""
    file = root / path
    file.write_bytes(file.read_bytes() + b"# x\n")
    return digest(file.read_bytes())


def record(run: Run, root: Path, *args: str) -> Ran:
    return run("ledger", "record", "--root", root, *args)


UNTIL = "2012-08-25T18:00:00+08:00"
WRITTEN: list[tuple[str, list[str], dict[str, Any], str]] = [
    (
        "returned",
        ["returned", "jia/individual-01", "--reason", "请补正", "--until", UNTIL],
        {"at": NOW, "kind": "returned", "document": "individual-01", "by": [CLERK], "reason": "请补正", "until": UNTIL},
        "甲市 先进个人推荐表（第 1 名） 退回修改，8月23日 10:00:00，到 8月25日 18:00:00（第 9 项）",
    ),
    (
        "withdrawn",
        ["撤回", "jia/individual-01", "--reason", "本人申请"],
        {"at": NOW, "kind": "withdrawn", "document": "individual-01", "by": [CLERK], "reason": "本人申请"},
        "甲市 先进个人推荐表（第 1 名） 撤回，8月23日 10:00:00（第 9 项）",
    ),
    (
        "paper with seals",
        ["纸质", "jia/individual-01", "--copies", "3", "--seal", "所在单位党组织"],
        {"at": NOW, "kind": "paper", "document": "individual-01", "by": [CLERK], "copies": 3, "seals": ["所在单位党组织"]},
        "甲市 先进个人推荐表（第 1 名） 收到纸质材料，8月23日 10:00:00（第 9 项）",
    ),
    (
        "paper without seals",
        ["paper", "jia/summary", "--copies", "1"],
        {"at": NOW, "kind": "paper", "document": "summary", "by": [CLERK], "copies": 1, "seals": []},
        "甲市 总结 收到纸质材料，8月23日 10:00:00（第 9 项）",
    ),
    (
        "seals alone, seen later",
        ["paper", "jia/collective-01", "--copies", "0", "--seal", "上级党组织"],
        {"at": NOW, "kind": "paper", "document": "collective-01", "by": [CLERK], "copies": 0, "seals": ["上级党组织"]},
        "甲市 先进集体推荐表（第 1 名） 收到纸质材料，8月23日 10:00:00（第 9 项）",
    ),
    (
        "an extension of everything",
        ["延期", "jia/*", "--until", UNTIL, "--reason", "台风", "--by", "示例处长"],
        {"at": NOW, "kind": "extended", "document": "*", "by": ["示例处长", CLERK], "reason": "台风", "until": UNTIL},
        "甲市 全部报送项 延期，8月23日 10:00:00，到 8月25日 18:00:00（第 9 项）",
    ),
    (
        "an extension of an item, on another clock",
        ["extended", "jia/individual", "--until", "2012-08-25T10:00:00Z", "--reason", "台风", "--by", "示例处长"],
        {"at": NOW, "kind": "extended", "document": "individual", "by": ["示例处长", CLERK], "reason": "台风", "until": UNTIL},
        "甲市 先进个人推荐表 延期，8月23日 10:00:00，到 8月25日 18:00:00（第 9 项）",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", WRITTEN, ids=lambda case: case[0])
def test_what_is_written(run: Run, root: Path, case: tuple[str, list[str], dict[str, Any], str]) -> None:
    title, args, stored, line = case
    before = (root / "data/ledger/jia.yml").read_bytes()
    ran = record(run, root, *args, *BY)
    assert ran == (0, f"已登记：{line}\n", ""), title
    assert told(events(root)[-1]) == stored
    assert (root / "data/ledger/jia.yml").read_bytes().startswith(before)
    assert not any(
        finding.code in ("T12", "T13", "T14", "T16", "T18") for finding in judged(root, NOW).findings
    )


@pytest.mark.parametrize(
    ("at", "stamps"),
    [
        ([], {"at": NOW}),
        (["--at", NOW], {"at": NOW}),
        (["--at", "2012-08-22T23:59:59+08:00"], {"at": "2012-08-22T23:59:59+08:00", "recorded": NOW}),
        (["--at", "2012-08-22T15:59:59Z"], {"at": "2012-08-22T23:59:59+08:00", "recorded": NOW}),
        (["--at", "2012-08-22T11:59:59.999-04:00"], {"at": "2012-08-22T23:59:59+08:00", "recorded": NOW}),
    ],
)
def test_a_receipt_holds_the_exact_bytes_and_both_times(
    run: Run, root: Path, at: list[str], stamps: dict[str, str]
) -> None:
    version = change(root)
    assert record(run, root, "received", "jia/summary", *at, *BY).status == 0
    assert told(events(root)[-1]) == {
        **stamps,
        "kind": "received",
        "document": "summary",
        "digest": version,
        "source": "收文窗口",
        "by": [CLERK],
    }


@pytest.mark.parametrize("name", ["bing/summary", "990300/summary", "丙市/summary", "丙市司法局/summary.yml",
                                  "data/cities/bing/summary.yml"])  # fmt: skip
def test_a_unit_goes_by_any_of_its_names_and_gets_its_first_ledger(run: Run, root: Path, name: str) -> None:
    (root / "data/cities/bing").mkdir()
    (root / "data/cities/bing/summary.yml").write_bytes((root / SUMMARY).read_bytes())
    assert record(run, root, "收到", name, "--source", "intake", *BY).status == 0
    (only,) = events(root, "bing")
    assert (only["seq"], only["previous"], only["source"]) == (1, None, "intake")
    assert (
        (root / "data/ledger/bing.yml")
        .read_text("utf-8")
        .startswith("# 由程序写入，不手工编辑\nunit: bing\n")
    )


def test_what_was_received_returned_corrected_and_accepted_stands_so(run: Run, root: Path) -> None:
    version = change(root, INDIVIDUAL)
    steps = [
        [
            "退回",
            "甲市/individual-01",
            "--reason",
            "请补正",
            "--until",
            UNTIL,
            "--at",
            "2012-08-22T09:00:00+08:00",
        ],
        ["收到", "甲市/individual-01", "--at", "2012-08-23T09:00:00+08:00"],
        ["受理", "甲市/individual-01"],
    ]
    for step in steps:
        assert record(run, root, *step, *BY).status == 0, step
    seen = judged(root, NOW)
    item = seen.campaign.item_by_id["individual"]
    stand = seen.submissions.folders["jia"].standing(seen.campaign, item, "individual-01")
    assert (stand.stage, stand.timing, stand.digest) == (Stage.ACCEPTED, Timing.ON_TIME, version)
    assert events(root)[-1]["digest"] == version
    assert seen.errors == 0


def test_acceptance_is_of_the_version_that_stands_not_of_the_file(run: Run, root: Path) -> None:
    stands = events(root)[3]["digest"]
    change(root, INDIVIDUAL)
    assert record(run, root, "受理", "jia/individual-01", *BY).status == 0
    assert events(root)[-1]["digest"] == stands


def test_a_time_recorded_too_late_is_put_right_by_another_event(run: Run, root: Path) -> None:
    change(root, INDIVIDUAL)
    for at in ("2012-08-23T09:00:00+08:00", "2012-08-22T18:00:00+08:00"):
        assert record(run, root, "收到", "jia/individual-01", "--at", at, *BY).status == 0
    seen = judged(root, NOW)
    item = seen.campaign.item_by_id["individual"]
    assert (
        seen.submissions.folders["jia"].standing(seen.campaign, item, "individual-01").timing
        is Timing.ON_TIME
    )


SHA = "sha256:" + "0" * 64
LATE = event("2012-08-23T09:00:00+08:00", "received", "individual-02")
BOTH = ("--by", "示例处长")
REFUSED: list[tuple[str, list[str], int, str]] = [
    ("an unknown unit", ["收到", "丁市/summary"], 2, "没有“丁市”这个单位，可用的有：jia、yi、bing"),
    ("an unknown document", ["收到", "jia/overview"], 2, "没有“overview”这份文件，可用的有：summary"),
    ("an item where a document is meant", ["收到", "jia/individual"], 2, "没有“individual”这份文件"),
    ("every item where a document is meant", ["受理", "jia/*"], 2, "没有“*”这份文件"),
    ("a unit without a document", ["收到", "jia"], 2, "“jia”没有写哪份文件，应写成 jia/summary 的样子"),
    ("nothing", ["收到"], 2, "没有写登记哪份文件"),
    ("an unknown kind", ["盖章", "jia/summary"], 2, "没有“盖章”这种事项，可用的有：received（收到）"),
    ("a file that is not there", ["收到", "bing/summary"], 1, "没有 data/cities/bing/summary.yml 这个文件"),
    ("the same version again", ["收到", "jia/summary"], 1, "甲市的“总结”的这一版本已经登记收到"),
    ("a time without its zone", ["收到", "jia/summary", "--at", "2012-08-22T18:00:00"], 2, "--at 的时间没有写时差"),
    ("a day", ["收到", "jia/summary", "--at", "2012-08-22"], 2, "--at 的时间没有写时差"),
    ("no time", ["收到", "jia/summary", "--at", "昨天"], 2, "--at 的写法不对"),
    ("a time to come", ["收到", "jia/summary", "--at", "2012-08-23T10:00:01+08:00"], 1, "晚于现在"),
    ("accepted, never received", ["受理", "bing/summary"], 1, "丙市的“总结”那时还没有收到，请先登记收到"),
    ("accepted before it was received", ["受理", "jia/statistics", "--at", "2012-08-20T08:59:59+08:00"], 1, "那时还没有收到"),
    ("accepted, forfeited", ["受理", "yi/individual-02"], 1, "逾期收到，视为放弃，不能受理"),
    ("accepted twice", ["受理", "jia/summary"], 1, "的这一版本已经受理，不必再登记"),
    ("accepted again before the first time", ["受理", "jia/summary", "--at", "2012-08-21T12:00:00+08:00"], 1, "已经受理"),
    ("accepted while returned", ["受理", "yi/statistics"], 1, "已退回修改，还没有重报"),
    ("accepted, withdrawn", ["受理", "yi/summary"], 1, "已撤回"),
    ("accepted, another version", ["受理", "jia/statistics", "--digest", SHA], 1, "--digest 与它不同"),
    ("returned, never received", ["退回", "bing/summary", "--reason", "无", "--until", UNTIL], 1, "那时还没有收到，不能退回修改"),
    ("returned, withdrawn", ["退回", "yi/summary", "--reason", "无", "--until", UNTIL], 1, "已经撤回，不能再退回修改"),
    ("returned until yesterday", ["退回", "jia/summary", "--reason", "无", "--until", NOW], 1, "期限不晚于退回的时间"),
    ("returned without a reason", ["退回", "jia/summary", "--until", UNTIL], 2, "登记“退回修改”必须写 --reason"),
    ("returned without a date", ["退回", "jia/summary", "--reason", "无"], 2, "登记“退回修改”必须写 --until"),
    ("withdrawn, never received", ["撤回", "bing/summary", "--reason", "无"], 1, "不能撤回"),
    ("withdrawn twice", ["撤回", "yi/summary", "--reason", "无"], 1, "已经撤回，不能再撤回"),
    ("withdrawn without a reason", ["撤回", "jia/summary"], 2, "登记“撤回”必须写 --reason"),
    ("extended by one", ["延期", "jia/*", "--reason", "无", "--until", UNTIL], 1, "延期须由 2 人经办，现在写了 1 人"),
    ("extended by the same one twice", ["延期", "jia/*", "--reason", "无", "--until", UNTIL, *BY], 2, "--by 有重复的姓名"),
    ("extended by one with a blank", ["延期", "jia/*", "--reason", "无", "--until", UNTIL, "--by", f"{BY[1]} "], 2,
     "--by 有重复的姓名"),
    ("extended beyond the end", ["延期", "jia/*", "--reason", "无", "--until", "2099-08-20T00:00:00+08:00", *BOTH], 1,
     "期限晚于活动结束（2012-09-30T23:59:59+08:00）"),
    ("returned beyond the end", ["退回", "jia/statistics", "--reason", "无", "--until", "2032-08-25T18:00:00+08:00"], 1,
     "期限晚于活动结束"),
    ("before it opened", ["收到", "jia/summary", "--at", "1999-01-01T00:00:00+08:00"], 1,
     "时间早于活动开始（2012-08-16T00:00:00+08:00）"),
    ("extended without a reason", ["延期", "jia/*", "--until", UNTIL, *BOTH], 2, "登记“延期”必须写 --reason"),
    ("extended for a blank reason", ["延期", "jia/*", "--reason", " ", "--until", UNTIL, *BOTH], 2, "--reason 是空白"),
    ("extended to the deadline", ["延期", "jia/*", "--reason", "无", "--until", "2012-08-22T23:59:59+08:00", *BOTH], 1,
     "延期后的时间不晚于现在的截止时间 2012-08-22T23:59:59+08:00"),
    ("extended to less than before", ["延期", "yi/summary", "--reason", "无", "--until", "2012-08-24T18:00:00+08:00", *BOTH], 1,
     "不晚于现在的截止时间 2012-08-24T18:00:00+08:00"),
    ("paper without copies", ["纸质", "jia/summary"], 2, "登记“收到纸质材料”必须写 --copies"),
    ("no paper at all", ["纸质", "jia/summary", "--copies", "0"], 2, "没有可以登记的"),
    ("an unknown seal", ["纸质", "jia/individual-01", "--copies", "3", "--seal", "党委"], 1, "不要求“党委”的印章，应是：所在单位党组织"),
    ("a reason for a receipt", ["收到", "jia/summary", "--reason", "无"], 2, "登记“收到”时不写 --reason，请去掉"),
    ("copies for a return", ["退回", "jia/summary", "--copies", "3", "--reason", "无", "--until", UNTIL], 2, "不写 --copies"),
    ("a broken digest", ["收到", "jia/summary", "--digest", "sha256:0"], 2, "--digest 应写成"),
    ("one digest for two", ["收到", "jia/summary", "jia/statistics", "--digest", SHA], 1, "--digest 只能用于一份文件"),
    ("a reason of two lines", ["撤回", "jia/summary", "--reason", "甲\n乙"], 2, "--reason 中有换行"),
    ("a reason that turns the text round", ["撤回", "jia/summary", "--reason", "\u202e甲"], 2, "看不见的字符"),
    ("a reason without end", ["撤回", "jia/summary", "--reason", "长" * 501], 1, "写入后台账不合规定"),
    ("a good one and a bad one", ["撤回", "jia/summary", "bing/summary", "--reason", "无"], 1, "丙市的“总结”那时还没有收到"),
    ("the same one twice", ["撤回", "jia/summary", "甲市/summary", "--reason", "无"], 1, "已经撤回"),
    ("a city for a document", ["收到", "jia/summary", "--city", "jia"], 2, "--city 只与 --base、--head 同用"),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case[0])
def test_what_makes_no_sense_is_one_sentence_and_nothing_is_written(
    run: Run, tmp_path: Path, case: tuple[str, list[str], int, str]
) -> None:
    title, args, status, words = case
    root = lay(
        tmp_path / "campaign",
        copy={
            "data/cities/yi/nominations/individual-02.yml": "data/cities/jia/nominations/individual-02.yml"
        },
        ledger={
            "jia": [
                event("2012-08-20T09:00:00+08:00", "received", "summary"),
                event("2012-08-20T09:00:00+08:00", "received", "statistics"),
                event("2012-08-21T16:00:00+08:00", "accepted", "summary"),
            ],
            "yi": [
                event("2012-08-20T09:00:00+08:00", "received", "summary"),
                event("2012-08-20T09:00:00+08:00", "received", "statistics"),
                event("2012-08-21T09:00:00+08:00", "withdrawn", "summary", reason="示例"),
                event("2012-08-21T09:00:00+08:00", "returned", "statistics", reason="示例", until=UNTIL),
                event("2012-08-21T09:00:00+08:00", "extended", "summary", reason="示例", until="2012-08-24T18:00:00+08:00"),
                LATE,
            ],
        },
    )  # fmt: skip
    before = files(root)
    ran = record(run, root, *args, *BY)
    assert (ran.status, ran.out, ran.err.count("\n")) == (status, "", 1), title
    assert words in ran.err
    assert ran.err.startswith("没有登记：" if status == 1 else "用法有误：")
    assert CLERK not in ran.err
    assert files(root) == before


def test_who_recorded_it_must_be_said(run: Run, root: Path) -> None:
    assert "缺少 --by，请写明经办人" in record(run, root, "撤回", "jia/summary", "--reason", "无").err


def test_a_link_is_never_recorded_or_written_through(run: Run, root: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere.yml"
    other.write_bytes((root / "data/ledger/yi.yml").read_bytes())
    (root / "data/ledger/yi.yml").unlink()
    (root / "data/ledger/yi.yml").symlink_to(other)
    before = other.read_bytes()
    ran = record(run, root, "撤回", "yi/summary", "--reason", "无", *BY)
    assert (ran.status, "现在是链接" in ran.err, other.read_bytes()) == (2, True, before)
    (root / SUMMARY).unlink()
    (root / SUMMARY).symlink_to("statistics.yml")
    ran = record(run, root, "收到", "jia/summary", *BY)
    assert (ran.status, "是链接，不是文件本身" in ran.err) == (1, True)


def test_a_folder_of_ledgers_behind_a_link_is_refused(run: Run, root: Path, tmp_path: Path) -> None:
    (root / "data/ledger").rename(tmp_path / "elsewhere")
    (root / "data/ledger").symlink_to(tmp_path / "elsewhere")
    before = files(tmp_path / "elsewhere")
    ran = record(run, root, "撤回", "jia/summary", "--reason", "无", *BY)
    assert ran == (2, "", "“data/ledger”是链接，请换成文件本身。\n")
    assert files(tmp_path / "elsewhere") == before


def test_nothing_is_put_behind_a_broken_chain(run: Run, root: Path) -> None:
    file = root / "data/ledger/jia.yml"
    file.write_bytes(file.read_bytes().replace(b"10:30:00", b"10:29:00"))
    before = files(root)
    ran = record(run, root, "撤回", "jia/summary", "--reason", "无", *BY)
    assert (ran.status, ran.err) == (
        1,
        "没有登记：甲市的台账 data/ledger/jia.yml 从第 7 项起与摘要对不上，不能追加；请先从版本记录中恢复台账。\n",
    )
    assert files(root) == before


def test_a_clock_behind_the_ledger_is_refused(run: Run, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-21T15:59:59+08:00")
    ran = record(run, root, "撤回", "jia/summary", "--reason", "无", *BY)
    assert (ran.status, "请核对计算机的时钟或 --now" in ran.err) == (1, True)
    ran = record(
        run, root, "撤回", "jia/summary", "--reason", "无", *BY, "--now", "2012-08-21T16:00:00+08:00"
    )
    assert ran.status == 0
    assert events(root)[-1]["at"] == "2012-08-21T16:00:00+08:00"


def test_a_dry_run_says_the_same_and_writes_nothing(run: Run, root: Path) -> None:
    before = files(root)
    args = ("撤回", "jia/summary", "bing/summary", "--reason", "无", *BY)
    (root / "data/cities/bing").mkdir()
    assert record(run, root, *args, "--dry-run").status == 1
    dry = record(run, root, "撤回", "jia/summary", "--reason", "无", *BY, "--dry-run")
    assert dry == (0, "将登记：甲市 总结 撤回，8月23日 10:00:00（第 9 项）\n", "")
    assert files(root) == before
    done = record(run, root, "撤回", "jia/summary", "--reason", "无", *BY)
    assert done.out == dry.out.replace("将登记", "已登记")


@pytest.mark.parametrize("word", ["it's: [a] #b", "null", "'*'", "=cmd()", "<b>", "{{ x }}", "示例，“甲”"])
def test_hostile_words_are_kept_as_they_are(run: Run, root: Path, word: str) -> None:
    assert record(run, root, "撤回", "jia/summary", "--reason", word, "--by", word).status == 0
    assert (events(root)[-1]["reason"], events(root)[-1]["by"]) == (word, [word])
    assert judged(root, NOW)


def test_recorders_at_the_same_time_lose_nothing(root: Path) -> None:
    command = Path(sys.executable).with_name("shenbao")
    names = [f"示例收文员{number}" for number in range(8)]
    running = [
        subprocess.Popen(
            [command, "ledger", "record", "纸质", "jia/summary", "yi/summary", "--copies", "1", "--by", name,
             "--root", root],
            stdout=subprocess.DEVNULL,
        )
        for name in names
    ]  # fmt: skip
    assert [process.wait() for process in running] == [0] * 8
    for slug in ("jia", "yi"):
        assert sorted(e["by"][0] for e in events(root, slug) if e["kind"] == "paper")[-8:] == names
    assert not list((root / "data/ledger").glob(".*"))
