"""Formats of a check: what each holds, what the machines that read them obey, and how they leave the command."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from campaigns import lay
from command_line import Run
from forges import command_of, log_lines

from build_tools.findings import Finding, Place, Related, Severity
from build_tools.reporters.formats import FORMATS, write
from build_tools.reporters.markdown import MARKER
from build_tools.reporters.report import Report
from build_tools.reporters.text import in_brief
from build_tools.tree import WorkTree

NOWHERE = WorkTree(Path("no-such-folder"))
OWN, REST = True, False


def finding(number: int = 1, severity: str = "error", **more: Any) -> Finding:
    place = Place(f"data/cities/jia/{number:03d}.yml", 3, 5)
    made = Finding("S01", Severity(severity), place, "/name", f"第 {number} 条。", "请补齐。", "附件4")
    return replace(made, **more)


def commands(report: Report) -> list[Any]:
    lines = write(report, "github", NOWHERE).splitlines()
    read = [command_of(line) for line in lines]
    assert all(read), "every line is a command, so that nothing else can become one"
    return read


# ------------------------------------------------------------------------------------------------ GitHub


def test_an_annotation_stands_at_its_line_and_says_how_to_mend() -> None:
    (command,) = commands(Report((finding(),)))
    assert command.name == "error"
    assert command.properties == {
        "file": "data/cities/jia/001.yml",
        "line": "3",
        "col": "5",
        "title": "错误 S01",
    }
    assert command.data == "第 1 条。\n怎么改：请补齐。"


TITLES = [
    (finding(), OWN, "错误 S01"),
    (finding(severity="warning"), OWN, "提示 S01"),
    (finding(severity="warning", answered=True), OWN, "提示 S01（已作说明）"),
    (finding(), REST, "错误 S01（主分支上原有）"),
]


@pytest.mark.parametrize(("told", "own", "title"), TITLES)
def test_its_title_says_what_it_is_and_whose(told: Finding, own: bool, title: str) -> None:
    (command,) = commands(Report((told,)) if own else Report((), (told,)))
    assert command.properties["title"] == title


def test_a_finding_about_a_whole_file_names_no_line() -> None:
    whole = finding(pointer="", place=Place("data/cities/jia/x.yml", 1, 1))
    (command,) = commands(Report((whole,)))
    assert set(command.properties) == {"file", "title"}


@pytest.mark.parametrize("name", ["a,b=c:d%0Ae", "a\r\nb", "::error::x", "##[error]x", "%", "%250A", "𠮷"])
def test_a_name_in_an_annotation_ends_neither_its_property_nor_its_line(name: str) -> None:
    path = f"data/cities/jia/{name}"
    (command,) = commands(Report((finding(place=Place(path, 3, 5), message=f"“{name}”。", hint=name),)))
    assert command.properties["file"] == path.replace("\r", "\\r").replace("\n", "\\n")
    assert set(command.properties) == {"file", "line", "col", "title"}
    assert len(log_lines(command.data)) == 2


def test_ten_errors_and_ten_warnings_the_most_important_first_and_then_how_many_more() -> None:
    own = [finding(n, "warning", answered=n % 2 == 0) for n in range(1, 21)]
    own += [finding(n) for n in range(50, 58)]
    rest = [finding(n) for n in range(1, 13)]
    read = commands(Report(tuple(own), tuple(rest)))
    shown = [(c.name, c.properties.get("title", ""), c.properties.get("file", "")[-7:-4]) for c in read]
    errors, warnings, notice = shown[:10], shown[10:20], read[20:]
    assert [file for _, _, file in errors] == [f"{n:03d}" for n in (*range(50, 58), 1, 2)]
    assert {title for _, title, _ in errors[:8]} == {"错误 S01"}
    assert [file for _, _, file in warnings] == [f"{n:03d}" for n in range(1, 20, 2)]
    assert [command.data for command in notice] == [
        "另有错误 10 条、提示 10 条没有标在这里，全部意见见本次运行的摘要页或合并请求的评论。"
    ]


def test_a_check_without_findings_says_nothing() -> None:
    assert commands(Report(())) == []


# ------------------------------------------------------------------------------------------------ GitLab


def entries(*found: Finding, rest: tuple[Finding, ...] = ()) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(write(Report(found, rest), "gitlab", NOWHERE))
    return read


def test_a_code_quality_entry_has_what_gitlab_asks_for() -> None:
    (entry,) = entries(finding())
    fingerprint = entry.pop("fingerprint")
    assert len(fingerprint) == 64
    assert entry == {
        "description": "第 1 条。怎么改：请补齐。",
        "check_name": "S01",
        "severity": "critical",
        "location": {"path": "data/cities/jia/001.yml", "lines": {"begin": 3}},
    }


def test_severities_as_gitlab_names_them() -> None:
    told = entries(finding(1), finding(2, "warning"), finding(3, "warning", answered=True))
    assert [entry["severity"] for entry in told] == ["critical", "minor", "info"]


def prints(*found: Finding) -> list[str]:
    return [entry["fingerprint"] for entry in entries(*found)]


def test_a_fingerprint_stays_when_lines_move_and_words_change() -> None:
    moved = finding(
        place=finding().place._replace(line=9, column=1), message="换了说法。", hint="另一种改法。"
    )
    assert prints(moved) == prints(finding())


@pytest.mark.parametrize(
    "other", [{"code": "S02"}, {"pointer": "/firm"}, {"place": Place("data/cities/yi/001.yml", 3, 5)}]
)
def test_a_fingerprint_tells_rule_file_and_field_apart(other: dict[str, Any]) -> None:
    assert prints(finding(**other)) != prints(finding())


def test_equal_findings_are_counted_so_that_no_fingerprint_comes_twice() -> None:
    twice = prints(finding(), finding(place=finding().place._replace(line=8)))
    assert len(set(twice)) == 2
    assert prints(finding())[0] == twice[0]


def test_what_was_on_the_main_branch_is_listed_too_for_gitlab_to_compare() -> None:
    assert len(entries(finding(1), rest=(finding(2),))) == 2


# -------------------------------------------------------------------------------------------------- JSON


def test_json_tells_own_findings_from_the_rest_and_counts_only_its_own() -> None:
    told = json.loads(
        write(Report((finding(2), finding(3, "warning")), (finding(1),), files=7), "json", NOWHERE)
    )
    assert [(f["path"][-7:-4], f["own"]) for f in told["findings"]] == [
        ("001", False),
        ("002", True),
        ("003", True),
    ]
    assert told["summary"] == {"errors": 1, "warnings": 1, "files": 7}


# -------------------------------------------------------------------------------------------------- text


def test_text_tells_the_rest_as_a_number_and_whole_when_asked() -> None:
    report = Report((finding(2),), (finding(1),), files=7)
    short = write(report, "text", NOWHERE)
    assert "第 1 条" not in short
    assert "另有 1 条意见是主分支上原有的，与这次改动无关。\n" in short
    assert short.endswith("检查 7 个文件：错误 1 条，提示 0 条。不能受理，请先改正错误。\n")
    assert "第 1 条" in write(report, "text", NOWHERE, everything=True)


# ------------------------------------------------------------------------------------------- the command

NAMES = [
    "::error::x", "a\n::add-mask::b", "\r::stop-commands::c", " ::notice::d", "##[add-mask]e", "###[error]f",
    "a,b:c%0A", "\u2028::error::g", "<img src=x>", "@all #1 ]( |", os.fsdecode(b"\xff::error::h"),
]  # fmt: skip


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """The base campaign with files, keys and comments that try to command whoever keeps the log."""
    root = lay(tmp_path / "campaign")
    folder = root / "data/cities/jia"
    for number, name in enumerate(NAMES):
        (folder / name).write_bytes(b"")
        text = json.dumps(name.encode("utf-8", "replace").decode(), ensure_ascii=False)
        (folder / f"nominations/individual-{number + 10}.yml").write_text(
            f"{text}: 1\n{text}: ##[error]2\n::error::x: 3\n##[add-mask]y: [\n", encoding="utf-8"
        )
    return root


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("reveal", [(), ("--reveal", "--all")])
def test_no_line_of_the_log_is_a_command_from_a_stranger(
    run: Run, hostile: Path, form: str, reveal: tuple[str, ...]
) -> None:
    ran = run("check", "--root", hostile, "--format", form, *reveal)
    assert ran.status == 1
    lines = log_lines(ran.out) + log_lines(ran.err)
    assert len(lines) > len(NAMES)
    found = [command for line in lines if (command := command_of(line))]
    if form != "github":
        assert found == []
    for command in found:
        assert command.name in ("error", "warning", "notice")
        assert set(command.properties) <= {"file", "line", "col", "title"}
        assert command.properties["title"].startswith(("错误 ", "提示 ", "意见较多"))


def test_every_format_is_written_by_one_run(run: Run, hostile: Path, tmp_path: Path) -> None:
    files = {form: tmp_path / "var" / f"report.{form}" for form in FORMATS}
    asked = [part for form, file in files.items() for part in ("--report", f"{form}={file}")]
    ran = run("check", "--root", hostile, *asked, "--format", "json")
    for form, file in files.items():
        alone = run("check", "--root", hostile, "--format", form)
        assert alone.status == ran.status == 1
        assert file.read_bytes().decode() == alone.out
    assert files["json"].read_bytes().decode() == ran.out


def test_github_s_step_summary_gets_the_whole(
    run: Run, hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "summary.md"
    page.write_text("# 上一步\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    run("check", "--root", hostile, "--format", "text")
    assert page.read_text(encoding="utf-8") == "# 上一步\n"
    run("check", "--root", hostile, "--format", "github")
    whole = json.loads(run("check", "--root", hostile, "--format", "json").out)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# 上一步\n{MARKER}\n")
    assert text.count("<br>（规则") == len(whole["findings"]) > 20


@pytest.mark.parametrize("form", FORMATS)
def test_a_broken_campaign_ends_with_status_2_in_every_format(run: Run, hostile: Path, form: str) -> None:
    (hostile / "data/units.yml").unlink()
    ran = run("check", "--root", hostile, "--format", form)
    assert (ran.status, ran.err) == (2, "活动文件本身有错，各单位报送的内容未作检查。\n")
    assert "C01" in ran.out


WRONG = [
    ("markdown", "应写成“格式=文件”"),
    ("xml=a.xml", "可用的格式有：text、json、github、gitlab、markdown"),
    ("json=", "应写成“格式=文件”"),
    ("json={root}/data/report.json", "是活动自己的文件夹"),
    ("json={root}/schemas/report.json", "是活动自己的文件夹"),
    ("json={root}/..", "是活动自己的文件夹"),
    ("json={tmp}", "是文件夹，应写到文件名"),
]


@pytest.mark.parametrize(("value", "words"), WRONG)
def test_a_report_that_cannot_be_written_is_one_sentence(
    run: Run, hostile: Path, tmp_path: Path, value: str, words: str
) -> None:
    (tmp_path / "other").mkdir()
    value = value.format(root=hostile, tmp=tmp_path / "other")
    ran = run("check", "--report", value, "--root", hostile)
    assert (ran.status, ran.err.count("\n"), ran.out) == (2, 1, "")
    assert ran.err.startswith("用法有误：--report ")
    assert words in ran.err


def test_two_formats_do_not_share_a_file(run: Run, hostile: Path, tmp_path: Path) -> None:
    file = tmp_path / "report"
    ran = run("check", "--report", f"json={file}", "--report", f"markdown={file}", "--root", hostile)
    assert (ran.status, file.exists()) == (2, False)
    assert "同一个文件" in ran.err


@pytest.mark.parametrize("form", FORMATS)
def test_nor_is_any_line_if_a_rule_should_quote_one(form: str) -> None:
    for text in (f"{name}::error::{name}" for name in ("\n", "\r", "##[error]")):
        related = (Related(Place(text, 1, 1), text),)
        told = finding(
            place=Place(text, 1, 1), pointer=text, message=text, hint=text, clause=text, related=related
        )
        lines = log_lines(write(Report((told,), (told,)), form, NOWHERE, everything=True))
        found = [command for line in lines if (command := command_of(line))]
        assert len(found) == (2 if form == "github" else 0)
        assert all(command.properties["title"].startswith("错误 S01") for command in found)


def test_a_finding_in_brief_is_two_lines_and_no_command() -> None:
    for text in (*NAMES, "a\n##[error]b"):
        lines = log_lines(in_brief(finding(place=Place(text, 1, 1), message=text, hint=text)))
        assert len(lines) == 2
        assert not any(map(command_of, lines))
