"""The comment under a pull request: what it tells a clerk, and that nobody else's text can do anything in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from campaigns import AFTER, at, edit, event, judged, lay
from forges import Comment, command_of, log_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from build_tools.findings import Finding, Place, Related, Severity
from build_tools.progress import assess
from build_tools.reporters.foreign import code, printable, prose, visible
from build_tools.reporters.formats import write
from build_tools.reporters.markdown import COMMENT, MARKER, STEP_SUMMARY, as_step_summary
from build_tools.reporters.report import Report
from build_tools.tree import WorkTree

BEFORE = "2012-08-20T10:00:00+08:00"
ELEMENTS = {"h3", "p", "strong", "ul", "li", "code", "br", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"}  # fmt: skip
NOWHERE = WorkTree(Path("no-such-folder"))

HOSTILE = [
    "::error::x",
    "::add-mask::a",
    "a\n::stop-commands::t",
    "\r::set-env name=PATH::x",
    "##[add-mask]a",
    "###[error]a",
    "##vso[task.setvariable variable=a]b",
    "](http://example.invalid)",
    "![a](http://example.invalid/a.png)",
    "[a]: http://example.invalid",
    "http://example.invalid/a",
    "www.example.invalid",
    "a@example.invalid",
    "@all",
    "@octo-org/team",
    "#1",
    "octo/repo#1",
    "!1",
    "GH-1",
    "$1 %1 ~1 ^1 &1",
    "deadbeefdeadbeef",
    "/merge",
    "\n/merge\n",
    "<img src=x onerror=alert(1)>",
    "<!--",
    "--><script>alert(1)</script>",
    "</code></summary></details>",
    "</code><b>",
    "&lt;b&gt;&#64;all",
    "`a`",
    "```\na",
    "~~a~~ **b** _c_ __d__",
    "$$a$$ $`a`$",
    ":tada:",
    "[[_TOC_]]",
    "{+ a +} [- b -]",
    "| a | b |\n|---|---|",
    "a\n\n# b",
    "\n---\n",
    "> [!WARNING]",
    "- [ ] a",
    "1. a",
    "a  \nb",
    "\\",
    "a\\",
    "\u202ea\u2066b\u200f",
    "a\u200bb\u2060c\ufeffd\u00ade",
    "\u3164\u2800\u115f",
    "e\u0301\ufe0f",
    "\x1b[2J\x07\x00",
    "\u2028::error::x\u2029",
    "\x85::error::x",
    "\udcff",
    "𠮷野家",
    "{{7*7}}{% raw %}${{ github.token }}",
    "名称 " * 400,
]


def finding(text: str = "", **more: Any) -> Finding:
    """A finding whose every part was chosen by a stranger, or a plain one."""
    made = Finding(
        code="Y10",
        severity=Severity.ERROR,
        place=Place(f"data/cities/jia/{text}" if text else "data/cities/jia/summary.yml", 3, 5),
        pointer=f"/{text}",
        message=f"“{text}”写了两遍。",
        hint=f"删去一处{text}。",
        clause=text or "通知第1项",
        related=(Related(Place(text or "data/cities/jia/summary.yml", 2, 1), f"{text}先写在这里"),),
    )
    return replace(made, **more)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Before the deadline: jia has sent everything, one place is left; a plain error in its summary."""
    examination = judged(lay(tmp_path_factory.mktemp("comment") / "campaign"), BEFORE)
    progress = assess(examination)
    return Report(
        (finding(),), files=9, units=(progress.by_slug["jia"],),
        campaign=examination.campaign, now=examination.now,
    )  # fmt: skip


def comment(report: Report) -> Comment:
    return Comment(write(report, "markdown", NOWHERE))


# ------------------------------------------------------------------------------------ nobody else's text


def assert_harmless(shown: Comment) -> None:
    assert shown.tags <= ELEMENTS
    assert all(not attributes for _, attributes in shown.elements)
    assert [f"<!--{told}-->" for told in shown.comments] == [MARKER]
    # Outside of code stands no mark by which a forge finds people, issues, commits, addresses or commands.
    marks = re.sub(r"(?<=[0-9]):(?=[0-9]{2})", "", shown.plain)
    assert not re.search(r"[!-/:-@\[-`{-~]", marks), marks
    assert not re.search(r"[0-9A-Za-z]{7,}", shown.plain)
    for character in shown.source.replace("\n", ""):
        assert unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}, repr(character)
    assert not set(shown.source) & set("\u034f\u115f\u2800\u3164\ufe0f\uffa0")  # print as nothing
    for line in log_lines(shown.source):
        assert not line.lstrip().startswith(("/", "::")), line
        assert command_of(line) is None
        assert "##vso[" not in line


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text)[:40] for text in HOSTILE])
def test_a_stranger_s_text_is_text(base: Report, text: str) -> None:
    told = replace(base, own=(finding(text),), rest=(finding(text, severity=Severity.WARNING),))
    shown = comment(told)
    assert_harmless(shown)
    assert re.sub(r"\s+", "", visible(text))[:150] in re.sub(r"\s+", "", shown.text)


def test_it_is_text_in_the_names_of_a_campaign_too(base: Report) -> None:
    """A rehearsal's or another office's campaign may hold anything in its titles."""
    (unit,) = base.units
    for text in HOSTILE:
        items = tuple(replace(item, item=replace(item.item, title=text), needed=text) for item in unit.items)
        odd = replace(unit, unit=replace(unit.unit, name=text), items=items, next_step=text)
        assert_harmless(comment(replace(base, units=(odd,))))


@settings(deadline=None)
@given(
    st.text(st.characters(codec=None), max_size=30),
    st.text(alphabet="@#/:[]()<>!`|*_~&;\\-. \n\ra1中", max_size=30),
)
def test_so_is_any_text(anything: str, marks: str) -> None:
    for text in (anything, marks):
        assert_harmless(comment(Report((finding(text),), rest=(finding(text),))))


@settings(deadline=None)
@given(st.text(st.characters(codec=None)))
def test_what_is_shown_can_be_read_back(text: str) -> None:
    for shown in (Comment(code(text, 10**6)), Comment(prose(text, 10**6))):
        assert shown.text.strip().split() == visible(text).split()


@settings(deadline=None)
@given(st.one_of(st.text(st.characters(codec=None)), st.text(":#[]\r\n a"), st.sampled_from(HOSTILE)))
def test_no_printed_text_is_a_command_wherever_it_stands_in_a_line(text: str) -> None:
    told = printable(text)
    assert log_lines(told) == [told]
    assert "::" not in told
    assert "##" not in told
    for before in ("", " ", "名", "3:5 "):
        assert command_of(before + told) is None


# ------------------------------------------------------------------------------------- what a clerk reads


def test_it_begins_with_the_marker_and_the_verdict(base: Report) -> None:
    lines = write(base, "markdown", NOWHERE).splitlines()
    assert lines[:2] == [MARKER, "### 未通过：错误 1 处，改正后才能受理。"]


VERDICTS = [
    ([], "通过：没有错误。"),
    (["warning"], "通过：没有错误；提示 1 处，请核对。"),
    (["answered"], "通过：没有错误。"),
    (["error", "error", "warning", "answered"], "未通过：错误 2 处，改正后才能受理；提示 1 处，请核对。"),
]


@pytest.mark.parametrize(("kinds", "verdict"), VERDICTS)
def test_the_verdict_is_one_sentence(base: Report, kinds: list[str], verdict: str) -> None:
    assert f"### {verdict}\n" in write(replace(base, own=tuple(map(of_kind, kinds))), "markdown", NOWHERE)


def of_kind(kind: str) -> Finding:
    severity = Severity.ERROR if kind == "error" else Severity.WARNING
    return finding(severity=severity, answered=kind == "answered")


def test_a_finding_says_what_where_and_how_to_mend(base: Report) -> None:
    shown = comment(base).text
    for words in (
        "总结 data/cities/jia/summary.yml",
        "错误：第 3 行，“”写了两遍。",
        "怎么改：删去一处。",
        "另见本文件第 2 行：先写在这里",
        "（规则 Y10，依据通知第1项）",
    ):
        assert words in shown


def test_files_with_errors_come_first_and_answered_warnings_last(base: Report) -> None:
    def at_file(name: str, kind: str) -> Finding:
        return replace(
            of_kind(kind), place=Place(f"data/cities/jia/{name}.yml", 1, 2), message=f"{name}{kind}"
        )

    own = (at_file("a", "answered"), at_file("b", "warning"), at_file("c", "warning"), at_file("c", "error"))
    text = comment(replace(base, own=own)).text
    places = [text.index(words) for words in ("cerror", "cwarning", "bwarning", "aanswered")]
    assert places == sorted(places)
    assert "提示（已说明）" in text


def test_it_says_what_the_unit_still_owes_and_what_is_left(base: Report) -> None:
    text = write(base, "markdown", NOWHERE)
    (unit,) = base.units
    assert f"### {unit.unit.name}：合并以后的情况" in text
    assert comment(base).text.count(unit.next_step) == 1
    assert "| 报送项 | 状态 | 还缺什么 | 名额 | 截止 |" in text
    rows = {
        line.split(" | ")[0].removeprefix("| "): line for line in text.splitlines() if line.startswith("| ")
    }
    for item in unit.items:
        assert item.label in rows[item.item.title]
        assert "8月22日24时" in rows[item.item.title]
    assert "2 名，还剩 1 名" in rows["先进集体推荐表"]
    assert "| — |" in rows["总结"]


PLACES = [
    (3, 2, "3 名，还剩 2 名"),
    (3, 0, "3 名，已用完"),
    (1, -2, "1 名，超出 2 名"),
    (0, 0, "0 名，已用完"),
    (None, None, "名额表未提供"),
]


@pytest.mark.parametrize(("quota", "left", "words"), PLACES)
def test_the_places_left(base: Report, quota: int | None, left: int | None, words: str) -> None:
    (unit,) = base.units
    items = tuple(replace(item, quota=quota, quota_left=left) for item in unit.items if item.item.quota)
    shown = write(replace(base, units=(replace(unit, items=items),)), "markdown", NOWHERE)
    assert shown.count(f"| {words} |") == len(items)
    assert ("名额为示例，不是正式数据。" in shown) == (quota is not None)


TIMES = [
    (BEFORE, False, "截止时间：8月22日24时，还有 2 天 13 小时 59 分。"),
    ("2012-08-22T23:59:59+08:00", False, "截止时间：8月22日24时，还有 不足 1 分。"),
    (AFTER, False, "截止时间：8月22日24时，已过 10 小时 0 分。"),
    (AFTER, True, "截止时间：8月25日12时（已延期），还有 2 天 2 小时 0 分。"),
]


@pytest.mark.parametrize(("now", "extended", "words"), TIMES)
def test_the_deadline_and_the_time_left(base: Report, now: str, extended: bool, words: str) -> None:
    (unit,) = base.units
    if extended:
        unit = replace(unit, deadline=at("2012-08-25T12:00:00+08:00"), extended=True)
    text = comment(replace(base, units=(unit,), now=at(now))).text
    assert words in text
    assert text.count("截止时间：") == 1
    if not extended:
        assert words in comment(replace(base, units=(), now=at(now))).text


def test_it_says_when_it_was_checked_and_that_a_push_checks_again(base: Report) -> None:
    assert "以上为8月20日10时检查的结果，再次推送后自动更新。" in comment(base).text
    assert "以上为8月20日10时检查的结果。" in comment(replace(base, units=())).text


CONTACTS = [
    ({"name": "示例科", "phone": "020-00000000", "email": "a@example.invalid"},
     "有不明白的，请找示例科，电话 020-00000000，电子邮箱 a@example.invalid。"),
    ({"name": "示例科"}, "有不明白的，请找示例科。"),
    ({"name": "示例科", "phone": "020-00000000", "historical": True}, "有不明白的，请与办公室联系。"),
    ({}, "有不明白的，请与办公室联系。"),
]  # fmt: skip


@pytest.mark.parametrize(("contact", "words"), CONTACTS)
def test_whom_to_ask(base: Report, contact: dict[str, Any], words: str) -> None:
    assert base.campaign is not None
    asked = replace(base, campaign=replace(base.campaign, contact=contact))
    assert words in comment(asked).text
    assert_harmless(comment(asked))


def test_what_was_on_the_main_branch_before_is_a_number_and_no_more(base: Report) -> None:
    """What other units have to mend is none of this one's business."""
    text = write(replace(base, own=(), rest=(finding(), finding())), "markdown", NOWHERE)
    assert "### 通过：没有错误。" in text
    assert "\n主分支上原有的意见 2 条，与这次改动无关，不影响这次能否受理。\n" in text
    assert "写了两遍" not in text


def test_a_finding_about_a_whole_file_names_no_line(base: Report) -> None:
    whole = finding(pointer="", place=Place("data/cities/jia/x.doc", 1, 1))
    assert "第 1 行" not in write(replace(base, own=(whole,)), "markdown", NOWHERE)


def test_a_broken_campaign_says_so_and_promises_nothing() -> None:
    text = comment(Report((finding(),), files=1)).text
    assert "未通过：活动文件本身有错，错误 1 处，各单位报送的内容未作检查。" in text
    assert "请通知维护人员改正活动文件。" in text


# ----------------------------------------------------------------------------------------------- its size


def many() -> Iterator[Finding]:
    for number in range(5000):
        kind = ("warning", "error", "answered")[number % 3]
        path = f"data/cities/jia/nominations/individual-{number // 10:03d}.yml"
        yield replace(of_kind(kind), place=Place(path, number % 10 + 1, 2), message=f"第 {number} 条{kind}。")


@pytest.mark.parametrize(("form", "most"), [("comment", COMMENT), ("summary", STEP_SUMMARY)])
def test_it_is_cut_to_what_fits_the_most_important_first_and_says_so(
    base: Report, form: str, most: int
) -> None:
    report = replace(base, own=tuple(many()), rest=tuple(many()))
    text = write(report, "markdown", NOWHERE) if form == "comment" else as_step_summary(report)
    size = len(text) if form == "comment" else len(text.encode())
    assert most * 0.9 < size <= most
    told = re.search(r"共 5000 条意见，这里列出最要紧的 ([0-9]+) 条", text)
    assert told
    assert text.count("<br>（规则") == int(told[1])
    kinds = re.findall(r"条(error|warning|answered)。", text)
    if form == "comment":
        assert set(kinds) == {"error"}
    else:
        assert kinds.count("error") == 1667  # every one, before any warning
        assert kinds.count("warning") < 1667
    assert "合并以后的情况" in text
    assert "有不明白的" in text
    assert "主分支上原有的意见 5000 条" in text or form == "comment"
    assert_harmless(Comment(text))


def test_an_office_s_pull_request_may_concern_every_unit(base: Report) -> None:
    text = write(replace(base, units=base.units * 3000), "markdown", NOWHERE)
    assert len(text) <= COMMENT
    assert text.count("合并以后的情况") == 10
    assert "涉及 3000 个单位，以上列出 10 个。" in text


def test_the_same_report_gives_the_same_bytes(base: Report) -> None:
    report = replace(base, own=tuple(many()))
    turned = replace(report, own=tuple(reversed(report.own)))
    for form in ("markdown", "github", "gitlab", "json"):
        assert write(report, form, NOWHERE) == write(turned, form, NOWHERE)


@pytest.mark.parametrize("form", ["github", "gitlab", "markdown", "json", "text"])
def test_no_private_value_is_told(tmp_path: Path, form: str) -> None:
    root = lay(
        tmp_path / "campaign",
        edits=[edit("data/cities/jia/nominations/individual-01.yml", "gender:", "phone: 13800138000\ngender:")],
        ledger={"jia": [event(BEFORE, "received", "individual-01")]},
    )  # fmt: skip
    examination = judged(root, AFTER)
    progress = assess(examination)
    report = Report(examination.findings, units=progress.units, campaign=examination.campaign, now=at(AFTER))
    told = write(report, form, WorkTree(root), everything=True)
    assert "individual-01" in told or "individual&#45;01" in told
    for folder in examination.submissions.folders.values():
        for document in folder.documents:
            if document.item in ("individual", "collective"):
                for key in ("phone", "birth", "leader", "deeds"):
                    value = document.field(key)
                    assert not isinstance(value, str) or value not in told
    assert "13800138000" not in told
