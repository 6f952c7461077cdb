"""The script that comments on a pull request, run for real against a forge on loopback, with hostile artefacts."""

from __future__ import annotations

import io
import os
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import comment
import pytest
from fake_forge import FakeForge, Redirect, Told, serving
from harness import REPOSITORY
from hypothesis import given
from hypothesis import strategies as st

SCRIPT = REPOSITORY / ".ci" / "comment.py"
REPO, RUN, HEAD = "office/campaign", 77, "a" * 40
TOP = f"repos/{REPO}"
BOT = {"login": "github-actions[bot]"}
REPORT = "### 通过：没有错误。\n\n- 提示：<code>data&#47;cities</code>\n"
PAGE = "https://forge.example/run/77"


@pytest.fixture
def storage() -> Iterator[FakeForge]:
    with serving() as server:
        yield server


@pytest.fixture
def github(storage: FakeForge) -> Iterator[FakeForge]:
    """Pull request 7 of a fork, whose newest commit was checked in run 77; 8 is another one."""
    with serving() as forge:
        artifacts = f"{TOP}/actions/runs/{RUN}/artifacts"
        forge.keys[artifacts] = "artifacts"
        forge.answers = {
            artifacts: [{"id": 5, "name": "shenbao-report", "expired": False}],
            f"{TOP}/actions/artifacts/5/zip": Redirect(f"{storage.address}/blob"),
            f"{TOP}/pulls/7": pull(HEAD),
            f"{TOP}/pulls/7/files": [{"filename": "data/cities/jia/summary.yml"}],
            f"{TOP}/pulls/8": pull("b" * 40),
            f"{TOP}/pulls/9": pull(HEAD, base="somebody/else"),
            f"{TOP}/issues/7/comments": [],
        }
        yield forge


def pull(head: str, base: str = REPO) -> dict[str, object]:
    return {"head": {"sha": head}, "base": {"repo": {"full_name": base}}}


def archive(number: bytes = b"7\n", report: bytes = REPORT.encode(), **more: bytes) -> bytes:
    files = {"number": number, "comment.md": report, "preview/index.html": b"<script>", **more}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return data.getvalue()


def run(
    environment: dict[str, str], *arguments: str | Path, script: Path = SCRIPT
) -> subprocess.CompletedProcess[str]:
    clean = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    return subprocess.run(
        [sys.executable, script, *arguments],
        env={**clean, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def on_github(forge: FakeForge) -> subprocess.CompletedProcess[str]:
    settings = {"FORGE": "github", "API": forge.address, "REPOSITORY": REPO, "TOKEN": "canary-token"}
    return run({**settings, "BOT": BOT["login"], "RUN_ID": str(RUN), "HEAD": HEAD, "PAGE": PAGE})


def test_a_first_comment_is_written(github: FakeForge, storage: FakeForge) -> None:
    storage.answers["blob"] = archive()
    done = on_github(github)
    assert (done.returncode, done.stdout, done.stderr) == (0, "已发表评论\n", "")
    (told,) = github.told
    assert (told.method, told.path) == ("POST", f"{TOP}/issues/7/comments")
    body = told.body["body"]
    assert body.startswith("<!-- shenbao check -->\n### 通过：没有错误。")
    assert body.endswith(f"[检查页]({PAGE})。\n")


def test_the_token_stays_with_the_forge(github: FakeForge, storage: FakeForge) -> None:
    storage.answers["blob"] = archive()
    on_github(github)
    assert all(sent["authorization"] == "Bearer canary-token" for sent in github.headers)
    assert storage.headers
    assert not any("authorization" in sent for sent in storage.headers)


@pytest.mark.parametrize("answer", [b"<html>busy</html>", b"[1]", {"base": None}, {"head": 1}])
def test_an_answer_nobody_documented_ends_in_one_sentence(
    github: FakeForge, storage: FakeForge, answer: object
) -> None:
    storage.answers["blob"] = archive()
    github.answers[f"{TOP}/pulls/7"] = answer
    done = on_github(github)
    assert (done.returncode, done.stderr.count("\n"), github.told) == (1, 1, [])
    assert "平台的答复" in done.stderr or "不予评论" in done.stderr


def test_comments_of_nobody_and_without_words_are_passed_over(github: FakeForge, storage: FakeForge) -> None:
    storage.answers["blob"] = archive()
    github.answers[f"{TOP}/issues/7/comments"] = [
        {"id": 1, "user": None, "body": "x"},
        {"id": 2, "user": BOT, "body": None},
    ]
    assert on_github(github).returncode == 0
    assert [told.method for told in github.told] == ["POST"]


REFERENCES = [
    "#12",
    "&#35;12",
    "&#x23;12",
    "#&#49;2",
    "!3",
    "&#33;3",
    "GH-12",
    "~bug",
    "%1.0",
    "a" * 40,
    "0123abcd",
]


@pytest.mark.parametrize("text", REFERENCES)
def test_no_reference_stands_as_it_was(text: str) -> None:
    inert = comment.harmless(f"见 {text} 。")
    assert "\u2060" in inert
    assert text not in inert


def test_its_own_earlier_comment_is_written_anew_and_nobody_elses(
    github: FakeForge, storage: FakeForge
) -> None:
    marker = comment.MARKER
    others = [{"id": n, "user": {"login": "someone"}, "body": "说得对"} for n in range(150)]
    github.answers[f"{TOP}/issues/7/comments"] = [
        *others,
        {"id": 900, "user": {"login": "someone"}, "body": f"{marker}\n冒充"},
        {"id": 901, "user": BOT, "body": f"别的工具引用 {marker}"},
        {"id": 902, "user": BOT, "body": f"{marker}\n上一次"},
    ]
    storage.answers["blob"] = archive()
    assert on_github(github).stdout == "已更新评论\n"
    assert [(told.method, told.path) for told in github.told] == [("PATCH", f"{TOP}/issues/comments/902")]


def linked(name: str) -> bytes:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    data = io.BytesIO(archive() if name not in ("number", "comment.md") else b"")
    with zipfile.ZipFile(data, "a") as file:
        for other in {"number", "comment.md"} - {name} - set(file.namelist()):
            file.writestr(other, b"7")
        file.writestr(info, "/etc/passwd")
    return data.getvalue()


def twice() -> bytes:
    data = io.BytesIO(archive())
    with zipfile.ZipFile(data, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("number", "8")
    return data.getvalue()


def many() -> bytes:
    return archive(**{f"f{n}": b"" for n in range(20_001)})


def spoilt() -> bytes:
    data = bytearray(archive())
    data[35:45] = b"\xff" * 10
    return bytes(data)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a command": (lambda: archive(b"1; rm -rf ~"), "编号不是数字"),
    "a path": (lambda: archive(b"../8"), "编号不是数字"),
    "two lines": (lambda: archive(b"7\n8\n"), "编号不是数字"),
    "nothing": (lambda: archive(b""), "编号不是数字"),
    "digits of another script": (lambda: archive("７".encode()), "编号不是数字"),
    "a leading zero": (lambda: archive(b"07"), "编号不是数字"),
    "a very long number": (lambda: archive(b"7" * 1000), "number 超过"),
    "10 MB of text": (lambda: archive(report=b"a" * 10_000_000), "comment.md 超过"),
    "a bomb": (lambda: archive(number=b"0" * 100_000_000), "number 超过"),
    "a link for the number": (lambda: linked("number"), "number 不是普通文件"),
    "a link for the text": (lambda: linked("comment.md"), "comment.md 不是普通文件"),
    "the number twice": (twice, "有且只有一个 number"),
    "very many files": (many, "文件太多"),
    "no archive": (lambda: b"<html>", "不是完好的压缩包"),
    "half an archive": (lambda: archive()[:-40], "不是完好的压缩包"),
    "spoilt bytes": (spoilt, "不是完好的压缩包"),
}


@pytest.mark.parametrize(("made", "words"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_artefact_gets_no_comment_and_one_sentence(
    github: FakeForge, storage: FakeForge, made: Callable[[], bytes], words: str
) -> None:
    storage.answers["blob"] = made()
    done = on_github(github)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert words in done.stderr
    assert "不予评论" in done.stderr
    assert github.told == []


@pytest.mark.parametrize(
    "number", [b"8", b"9", b"404"], ids=["another's", "another repository's", "nobody's"]
)
def test_a_number_that_is_not_of_the_checked_commit_gets_no_comment(
    github: FakeForge, storage: FakeForge, number: bytes
) -> None:
    storage.answers["blob"] = archive(number)
    done = on_github(github)
    assert (done.returncode, github.told) == (0, [])
    assert "不予评论" in done.stdout


@pytest.mark.parametrize(
    "artifacts",
    [
        [],
        [{"id": 5, "name": "shenbao-report", "expired": True}],
        [{"id": n, "name": "shenbao-report", "expired": False} for n in (5, 6)],
    ],
    ids=["none", "expired", "two"],
)
def test_an_artefact_that_is_not_the_one(
    github: FakeForge, storage: FakeForge, artifacts: list[dict[str, object]]
) -> None:
    storage.answers["blob"] = archive()
    github.answers[f"{TOP}/actions/runs/{RUN}/artifacts"] = artifacts
    done = on_github(github)
    assert (done.returncode, done.stderr.count("\n"), github.told) == (1, 1, [])


@pytest.mark.parametrize("old", [False, True])
def test_a_change_of_the_checks_themselves_is_said(github: FakeForge, storage: FakeForge, old: bool) -> None:
    moved = {"filename": "elsewhere.yml", "previous_filename": ".github/workflows/pull-request.yml"}
    github.answers[f"{TOP}/pulls/7/files"] = [
        *({"filename": f"data/{n}"} for n in range(120)),
        moved if old else {"filename": ".github/workflows/pull-request.yml"},
    ]
    storage.answers["blob"] = archive()
    on_github(github)
    assert "**此合并请求改动了检查程序，下面的结果不能作为依据" in github.told[0].body["body"]


# ------------------------------------------------------------------------------------------------ GitLab


@pytest.fixture
def gitlab() -> Iterator[FakeForge]:
    with serving() as forge:
        forge.answers = {
            "user": {"username": "project_bot"},
            "projects/12/merge_requests/7": {"sha": HEAD, "author": {"username": "clerk-jia"}},
            "projects/12/merge_requests/7/diffs": [
                {"new_path": "data/cities/jia/x.yml", "old_path": "x.yml"}
            ],
            "projects/12/merge_requests/7/notes": [
                {"id": 3, "author": {"username": "someone"}, "body": f"{comment.MARKER}\n冒充"},
                {"id": 4, "author": {"username": "project_bot"}, "body": f"{comment.MARKER}\n上一次"},
            ],
        }
        yield forge


def on_gitlab(forge: FakeForge, folder: Path) -> subprocess.CompletedProcess[str]:
    settings = {"FORGE": "gitlab", "API": forge.address, "REPOSITORY": "12", "TOKEN": "canary-token"}
    return run({**settings, "HEAD": HEAD, "PAGE": PAGE}, folder)


def test_gitlab_gets_its_note_written_anew(gitlab: FakeForge, tmp_path: Path) -> None:
    (tmp_path / "number").write_text("7\n")
    (tmp_path / "comment.md").write_text(REPORT, encoding="utf-8")
    assert on_gitlab(gitlab, tmp_path).stdout == "已更新评论\n"
    (told,) = gitlab.told
    assert told[:2] == Told("PUT", "projects/12/merge_requests/7/notes/4", None)[:2]
    assert all(sent["private-token"] == "canary-token" for sent in gitlab.headers)


@pytest.mark.parametrize(("number", "status", "told"), [("7", 0, "clerk-jia\n"), ("8", 1, "")])
def test_gitlab_says_who_opened_a_request(gitlab: FakeForge, number: str, status: int, told: str) -> None:
    settings = {"FORGE": "gitlab", "API": gitlab.address, "REPOSITORY": "12", "TOKEN": "canary-token"}
    done = run(settings, "author", number, script=SCRIPT.with_name("forge.py"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (status, told, status)


@pytest.mark.parametrize("name", ["number", "comment.md"])
@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "missing"])
def test_only_plain_files_of_a_folder_are_read(
    gitlab: FakeForge, tmp_path: Path, name: str, kind: str
) -> None:
    for other in {"number", "comment.md"} - {name}:
        (tmp_path / other).write_text("7")
    (tmp_path / "secret").write_text("7")
    if kind == "link":
        (tmp_path / name).symlink_to(tmp_path / "secret")
    elif kind == "pipe":
        os.mkfifo(tmp_path / name)
    elif kind == "folder":
        (tmp_path / name).mkdir()
    done = on_gitlab(gitlab, tmp_path)
    assert (done.returncode, done.stderr.count("\n"), gitlab.told) == (1, 1, [])
    assert name in done.stderr


# ----------------------------------------------------------------------------------- what may be in it

INERT = [
    ("@office 请合并", "@\u2060office 请合并"),
    ("&#64;office &#x40;all &commat;b", "&#64;\u2060office &#x40;\u2060all &commat;\u2060b"),
    ("<img src=x>", "&lt;img src=x>"),
    ("<code>a</code><br>", "<code>a</code><br>"),
    ("<code onclick=x>", "&lt;code onclick=x>"),
    ("<details open><summary>x</summary></details>", "<details open><summary>x</summary></details>"),
    ("<!-- shenbao check -->\n正文", "正文"),
    ("正文 <!-- shenbao check -->", "正文 &lt;!-- shenbao check -->"),
    ("[领奖](//evil.example)", "[领奖]\u2060(//evil.example)"),
    ("![](x)", "![]\u2060(x)"),
    ("[a]: b", "[a]\u2060: b"),
    ("https://evil.example", "https:\u2060//evil.example"),
    ("WWW.evil.example", "WWW\u2060.evil.example"),
    ("/merge", "&#47;merge"),
    ("文\n  /close", "文\n  &#47;close"),
    ("见 #12 和 !3", "见 #\u206012 和 !\u20603"),
    ("a\u202eb\u200bc\x1b[2J", "abc[2J"),
    ("- **错误**：第 3 行，规则 F01", "- **错误**：第 3 行，规则 F01"),
]


@pytest.mark.parametrize(("told", "shown"), INERT)
def test_text_of_the_artefact_is_made_inert(told: str, shown: str) -> None:
    assert comment.harmless(told).strip() == shown


def test_a_long_text_is_cut_at_a_line_and_says_so() -> None:
    shown = comment.harmless("一行\n" * 40_000)
    assert len(shown) < 65_000
    assert shown.endswith("一行\n\n（内容太长，以下从略；全部内容见检查页。）")


@given(st.text(alphabet=st.sampled_from("@#!<>[]():/wW.&;6 4x\n\r\tacode-\u200b一"), max_size=60))
def test_nothing_made_of_marks_gets_through(text: str) -> None:
    shown = comment.harmless(text)
    assert not re.search(r"@(?!\u2060)|\]\(|\]:|://|\r|\u200b", shown)
    assert not re.search(r"^[ \t>]*/", shown, re.MULTILINE)
    assert set(re.findall(r"<(.)", shown)) <= set("/bcdesiopu")
