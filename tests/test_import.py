"""Taking in what came by mail or on a stick: whose it is, what becomes of it, and that nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from campaigns import AFTER, judged, lay
from command_line import Run
from handing_in import INDIVIDUAL, JIA, JPG, OTHER, PDF, STATISTICS, came, hand_in, listing, states
from repositories import git_in

from build_tools.campaign import Campaign, load_campaign, unit_called
from build_tools.forms.written import written
from build_tools.handed_in import Refused, State
from build_tools.handed_in.names import target_of
from build_tools.source import parse
from build_tools.tree import WorkTree

EMPTY = {"remove": ["data/cities/jia", "data/cities/yi"], "ledger": {}}
"""The base campaign to which nobody has sent anything."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay(tmp_path / "campaign", **EMPTY)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    return load_campaign(WorkTree(lay(tmp_path_factory.mktemp("names") / "campaign")))


NAMES = [
    ("jia-individual-01.yml", "", "jia/nominations/individual-01.yml"),
    ("desk/jia-summary.yml", "", "jia/summary.yml"),
    ("jia-summary (1).yml", "", "jia/summary.yml"),
    ("jia-summary(12).yml", "", "jia/summary.yml"),
    ("jia-study.pdf", "", "jia/materials/study.pdf"),
    ("jia-individual-01.jpg", "", "jia/materials/individual-01.jpg"),
    ("jia-学习资料.pdf", "", "jia/materials/学习资料.pdf"),
    ("media/u/jia/summary.yml", "", "jia/summary.yml"),
    ("jia/nominations/individual-02.yml", "", "jia/nominations/individual-02.yml"),
    ("jia/materials/a/b.pdf", "", "jia/materials/a/b.pdf"),
    ("yi/old/jia/summary.yml", "", "jia/summary.yml"),
    ("jia/jia-summary.yml", "", "jia/summary.yml"),
    ("summary.yml", "jia", "jia/summary.yml"),
    ("study.pdf", "乙市", "yi/materials/study.pdf"),
    ("jia-summary.yml", "jia", "jia/summary.yml"),
    ("jia/summary.yml", "jia", "jia/summary.yml"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "unit", "place"), NAMES)
def test_a_name_says_whose_it_is_and_what(campaign: Campaign, given: str, unit: str, place: str) -> None:
    owner = unit_called(campaign, unit) if unit else None
    target = target_of(campaign, tuple(given.split("/")), owner)
    assert target.place == f"data/cities/{place}"
    assert (target.item is None) == ("/materials/" in place)


UNKNOWN = [
    ("summary.yml", "", "jia-summary.yml"),
    ("jia-sumary.yml", "", "疑应为 jia-summary.yml"),
    ("jia-individual-1.yml", "", "疑应为 jia-individual-01.yml"),
    ("jia-individual-01.yaml", "", "疑应为 jia-individual-01.yml"),
    ("jia-individual-01.yml.txt", "", "疑应为 jia-individual-01.yml"),
    ("jia-other.yml", "", "可用的有：summary.yml、statistics.yml"),
    ("甲市-summary.yml", "", "疑应为 jia-summary.yml"),
    ("bingg-summary.yml", "", "疑应为 bing-summary.yml"),
    ("study.pdf", "", "用 --unit 写明单位"),
    ("jia-study", "", "认不出"),
    ("jia/study.pdf", "", "应在 jia/materials 文件夹里，或者叫 jia-study.pdf"),
    ("jia/secret.yml", "", "可用的有：summary.yml"),
    ("yi-summary.yml", "jia", "名字写的是乙市的，这里应是甲市的"),
    ("yi/summary.yml", "jia", "名字写的是乙市的"),
    ("jia-学习 资料.pdf", "", "含有空格"),
    ("jia-a&b.pdf", "", "符号"),
    ("jia-con.pdf", "", "设备名"),
]


@pytest.mark.parametrize(("given", "unit", "words"), UNKNOWN)
def test_an_unknown_name_is_refused_with_what_would_be_right(
    campaign: Campaign, given: str, unit: str, words: str
) -> None:
    owner = unit_called(campaign, unit) if unit else None
    with pytest.raises(Refused, match=words):
        target_of(campaign, tuple(given.split("/")), owner)


def test_everything_of_a_unit_is_placed_and_the_campaign_is_sound(root: Path, desk: Path) -> None:
    files = [
        came(desk, f"jia-{file.name}", file.read_bytes()) for file in sorted(JIA.rglob("*")) if file.is_file()
    ]
    outcomes = hand_in(root, *files)
    assert {state for _, state in states(outcomes)} == {"新增"}
    placed = listing(root / "data/cities/jia")
    assert set(placed) == set(listing(JIA))
    campaign = load_campaign(WorkTree(root))
    for path, data in listing(JIA).items():
        item = campaign.item_of(path)
        if item:
            value = parse(path, data).value
            assert placed[path].decode() == written(item[0], value)
            assert parse(path, placed[path]).value == value
        else:
            assert placed[path] == data
    found = judged(root, AFTER).findings
    assert {finding.code for finding in found} == {"T03"}  # nothing is received yet
    again = hand_in(root, *files)
    assert {state for _, state in states(again)} == {"相同，未改动"}
    assert listing(root / "data/cities/jia") == placed


def test_the_same_value_in_another_dress_changes_nothing(root: Path, desk: Path) -> None:
    hand_in(root, came(desk, "jia-statistics.yml", STATISTICS))
    there = root / "data/cities/jia/statistics.yml"
    there.write_bytes(STATISTICS + "# 办公室的备注\n".encode())
    before = there.read_bytes()
    lines = STATISTICS.decode().strip().split("\n")
    turned = "\r\n".join(["# 说明", *reversed(lines)]).encode()
    assert states(hand_in(root, came(desk, "jia-statistics.yml", turned), replace=True)) == [
        ("jia-statistics.yml", "相同，未改动")
    ]
    assert there.read_bytes() == before


def test_remarks_that_are_not_kept_are_told(root: Path, desk: Path) -> None:
    (outcome,) = hand_in(root, came(desk, "jia-statistics.yml", "# 张三填\n".encode() + STATISTICS))
    assert (outcome.state, outcome.remark) == ("新增", "文件中的说明文字不保留")
    canonical = (root / "data/cities/jia/statistics.yml").read_bytes()
    (outcome,) = hand_in(root, came(desk, "yi-statistics.yml", canonical))
    assert (outcome.state, outcome.remark) == ("新增", "")


def test_another_version_needs_to_be_asked_for(root: Path, desk: Path) -> None:
    assert OTHER != STATISTICS
    hand_in(root, came(desk, "jia-statistics.yml", STATISTICS))
    before = listing(root)
    (outcome,) = hand_in(root, came(desk, "jia-statistics.yml", OTHER))
    assert outcome.state == "未放入"
    assert outcome.remark == "与已有的不同（参与信访案件）；核对后确要替换的，加 --replace"
    assert listing(root) == before


def test_what_git_does_not_have_is_kept_before_it_is_replaced(root: Path, desk: Path) -> None:
    there = root / "data/cities/jia/statistics.yml"
    hand_in(root, came(desk, "jia-statistics.yml", STATISTICS))
    former = there.read_bytes()
    (outcome,) = hand_in(root, came(desk, "jia-statistics.yml", OTHER), replace=True)
    assert outcome.state == "已替换"
    (kept,) = [path for path in listing(root) if path.startswith("var/replaced/jia/")]
    assert outcome.remark.endswith(f"原来的一份没有提交过，存到 {kept}")
    assert (root / kept).read_bytes() == former
    assert (root / "var/replaced/.gitignore").read_text() == "*\n"
    assert b"petition_cases: 127" in there.read_bytes()


def test_what_git_has_is_not_kept_twice(root: Path, desk: Path) -> None:
    git = git_in(root)
    git("init", "-q", "-b", "main")
    hand_in(root, came(desk, "jia-statistics.yml", STATISTICS))
    git("add", "-A")
    git("commit", "-q", "-m", "received")
    (outcome,) = hand_in(root, came(desk, "jia-statistics.yml", OTHER), replace=True)
    assert (outcome.state, outcome.remark) == ("已替换", "")
    assert not (root / "var").exists()
    (outcome,) = hand_in(root, came(desk, "jia-statistics.yml", STATISTICS), replace=True)
    assert "没有提交过" in outcome.remark  # the second version never was


def test_errors_are_refused_unless_asked_for(root: Path, desk: Path) -> None:
    wrong = INDIVIDUAL.replace(b"birth: 1970-05", "birth: 示例月".encode())
    file = came(desk, "jia-individual-01.yml", wrong)
    (outcome,) = hand_in(root, file)
    assert outcome.state == "未放入"
    assert outcome.remark == "有 1 处错误，请改好再放；确要照放的，加 --even-with-errors"
    (finding,) = outcome.findings
    assert (finding.code, finding.place) == ("F01", (str(file), 4, 8))
    assert not (root / "data/cities/jia").exists()
    (outcome,) = hand_in(root, file, even_with_errors=True)
    assert (outcome.state, len(outcome.findings)) == ("新增", 1)


@pytest.mark.parametrize("data", [b"", b"a: [1\n", b"- 1\n", "姓名".encode("gbk"), b"a: 1\na: 2\n"])
def test_what_cannot_be_read_is_never_placed(root: Path, desk: Path, data: bytes) -> None:
    (outcome,) = hand_in(root, came(desk, "jia-summary.yml", data), even_with_errors=True, replace=True)
    assert (outcome.state, outcome.remark) == ("未放入", "读不出内容")
    assert outcome.findings
    assert not (root / "data/cities/jia").exists()


def test_a_warning_stops_nothing_and_an_answered_one_is_marked(root: Path, desk: Path) -> None:
    odd = STATISTICS.replace(b"petition_backlog_settled: 18", b"petition_backlog_settled: 180")
    assert odd != STATISTICS
    (outcome,) = hand_in(root, came(desk, "jia-statistics.yml", odd))
    assert outcome.state == "新增"
    assert [finding.answered for finding in outcome.findings] == [False]
    told = odd + "notes:\n  petition_backlog_settled: 往年受理的。\n".encode()
    (outcome,) = hand_in(root, came(desk, "yi-statistics.yml", told))
    assert [finding.answered for finding in outcome.findings if finding.code.startswith("A")] == [True]


KINDS = [
    ("jia-study.pdf", PDF, ("新增", "")),
    ("jia-individual-01.jpg", JPG, ("新增", "")),
    ("jia-study.pdf", b"MZ\x90\0" * 50, ("未放入", "M14")),
    ("jia-study.pdf", b"", ("未放入", "M13")),
    ("jia-study.pdf", PDF[:200], ("未放入", "M13")),
    ("jia-study.pdf", JPG, ("未放入", "M15")),
    ("jia-study.docx", PDF, ("未放入", "M15")),
    ("jia-page.html", b"<html></html>", ("未放入", "M14")),
    ("jia-notes.txt", "示例".encode(), ("未放入", "M14")),
    ("Thumbs.db", b"x", ("略过", "")),
    ("~$report.docx", b"x", ("略过", "")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "expected"), KINDS)
def test_supporting_files_are_what_they_hold(
    root: Path, desk: Path, name: str, data: bytes, expected: tuple[str, str]
) -> None:
    state, code = expected
    (outcome,) = hand_in(root, came(desk, name, data), even_with_errors=True)
    assert outcome.state == state
    assert [finding.code for finding in outcome.findings] == ([code] if code else [])
    assert (root / "data/cities/jia").exists() == (state == "新增")


def test_a_photo_may_be_a_picture_where_materials_may_not(tmp_path: Path, desk: Path) -> None:
    edits = [
        {
            "file": "data/campaign.yml",
            "find": "attachment_types: [pdf, jpg, png, docx]",
            "replace": "attachment_types: [pdf]",
        }
    ]
    root = lay(tmp_path / "campaign", edits=edits, **EMPTY)
    assert states(hand_in(root, came(desk, "jia-individual-01.jpg", JPG))) == [
        ("jia-individual-01.jpg", "新增")
    ]


def test_what_is_too_large_is_not_read(root: Path, desk: Path) -> None:
    big = came(desk, "jia-study.pdf", b"%PDF-")
    with big.open("r+b") as file:
        file.truncate(10240 * 1024 + 1)
    long = came(desk, "jia-summary.yml", b"#" * (256 * 1024 + 1))
    outcomes = hand_in(root, big, long)
    assert [outcome.remark for outcome in outcomes] == [
        "文件有 10241 KB，超过 10240 KB 的上限",
        "文件有 257 KB，超过 256 KB 的上限",
    ]


def test_one_file_that_is_refused_stops_no_other(root: Path, desk: Path) -> None:
    files = [
        came(desk, "jia-other.yml", b"a: 1\n"),
        came(desk, "jia-statistics.yml", STATISTICS),
        desk / "gone.yml",
        came(desk, "jia-study.pdf", PDF),
    ]
    outcomes = hand_in(root, *files)
    assert states(outcomes) == [
        ("gone.yml", "未放入"),
        ("jia-other.yml", "未放入"),
        ("jia-statistics.yml", "新增"),
        ("jia-study.pdf", "新增"),
    ]
    assert outcomes[0].remark == "不存在，请核对路径"


def test_two_versions_of_one_file_are_both_refused(root: Path, desk: Path) -> None:
    one = came(desk, "jia-statistics.yml", STATISTICS)
    other = came(desk, "jia-statistics (1).yml", OTHER)
    outcomes = hand_in(root, one, other, replace=True)
    assert {outcome.state for outcome in outcomes} == {"未放入"}
    assert str(other) in outcomes[0].remark
    assert not (root / "data/cities/jia").exists()
    other.write_bytes(STATISTICS)
    assert [state for _, state in states(hand_in(root, one, other))] == ["新增", "相同，未改动"]


def test_the_command_says_what_became_of_each_file(run: Run, root: Path, desk: Path) -> None:
    good = came(desk, "jia-statistics.yml", STATISTICS)
    ran = run("import", "--root", root, good)
    assert ran.status == 0
    assert ran.out.splitlines()[0] == f"新增  {good} → data/cities/jia/statistics.yml"
    assert "shenbao ledger record" in ran.out
    wrong = came(desk, "yi-individual-01.yml", INDIVIDUAL.replace(b"birth: 1970-05", b"birth: 19700512"))
    ran = run("import", "--root", root, good, wrong)
    assert ran.status == 1
    assert f"{wrong}:4:8  F01" in ran.out
    assert "相同，未改动 1 份，未放入 1 份。" in ran.out
    assert "19700512" not in ran.out + ran.err
    assert "示例乙" not in ran.out + ran.err
    assert run("import", "--root", root, "--unit", "乙市", came(desk, "summary.yml", b"x")).status == 1
    assert run("import", "--root", root).status == 2
    ran = run("import", "--root", root, "--unit", "丁市", good)
    assert (ran.status, "没有“丁市”这个单位" in ran.err) == (2, True)


def test_a_name_cannot_command_the_log(run: Run, root: Path, desk: Path) -> None:
    ran = run("import", "--root", root, came(desk, "jia-\n::error::x.pdf", PDF))
    assert ran.status == 1
    assert "\n::error" not in ran.out


def test_the_command_s_help_teaches(run: Run) -> None:
    ran = run("import", "--help")
    assert ran.status == 0
    for words in ("guangzhou-individual-01.yml", "guangzhou.zip", "--replace", "var/replaced", "退出状态"):
        assert words in ran.out
    assert "import" in run("--help").out


def test_that_a_replaced_document_was_accepted_is_told(tmp_path: Path, desk: Path) -> None:
    root = lay(tmp_path / "accepted")  # the summary is accepted, the statistics are only received
    summary = (JIA / "summary.yml").read_bytes().replace("示例".encode(), "示例新".encode(), 1)
    outcomes = hand_in(
        root, came(desk, "jia-summary.yml", summary), came(desk, "jia-statistics.yml", OTHER), replace=True
    )
    assert [outcome.state for outcome in outcomes] == [State.REPLACED] * 2
    told = ["台账上这份已受理" in outcome.remark for outcome in outcomes]
    assert told == [True, False]
