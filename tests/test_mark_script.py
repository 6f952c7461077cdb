"""The status that a merge waits for, set by the default branch's script against a forge on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_forge import FakeForge
from test_comment_script import HEAD, REPO, RUN, TOP, archive, github, pull, run, storage

__all__ = ["github", "storage"]  # a pull request 7 that was checked in run 77

SCRIPT = Path(__file__).parents[1] / ".ci" / "mark.py"
MAIN = {"base": {"repo": {"full_name": REPO}, "ref": "main"}}


def marked(forge: FakeForge, event: str = "pull_request", conclusion: str = "success") -> tuple[str, str]:
    """The state that was set on the commit, and its words."""
    done = run(
        {
            "FORGE": "github",
            "API": forge.address,
            "REPOSITORY": REPO,
            "TOKEN": "canary-token",
            "BRANCH": "main",
            "RUN_ID": str(RUN),
            "HEAD": HEAD,
            "EVENT": event,
            "CONCLUSION": conclusion,
            "PAGE": "https://forge.example/run/77",
        },
        script=SCRIPT,
    )
    assert (done.returncode, done.stderr) == (0, "")
    (told,) = forge.told
    assert (told.method, told.path) == ("POST", f"{TOP}/statuses/{HEAD}")
    assert told.body["context"] == "申报台审查"
    assert done.stdout == f"{told.body['description']}\n"
    return told.body["state"], told.body["description"]


@pytest.fixture
def checked(github: FakeForge, storage: FakeForge) -> FakeForge:
    github.answers[f"{TOP}/pulls/7"] = {**pull(HEAD), **MAIN}
    storage.answers["blob"] = archive()
    return github


def test_what_passed_passes(checked: FakeForge) -> None:
    assert marked(checked) == ("success", "通过")


def test_what_failed_fails(checked: FakeForge) -> None:
    assert marked(checked, conclusion="failure") == ("failure", "未通过，见评论和检查页")


def test_a_queue_passes_as_its_checks_did(checked: FakeForge, storage: FakeForge) -> None:
    storage.answers["blob"] = b"nothing to be believed"
    assert marked(checked, event="merge_group")[0] == "success"
    checked.told.clear()
    assert marked(checked, event="merge_group", conclusion="failure")[0] == "failure"


@pytest.mark.parametrize("path", [".github/workflows/pull-request.yml", ".github/x", ".gitlab-ci.yml"])
@pytest.mark.parametrize("key", ["filename", "previous_filename"])
def test_a_green_run_of_a_changed_check_does_not_pass(checked: FakeForge, path: str, key: str) -> None:
    file = {"filename": "data/cities/jia/summary.yml", key: path}
    checked.answers[f"{TOP}/pulls/7/files"] = [{"filename": "data/cities/jia/statistics.yml"}, file]
    assert marked(checked) == ("failure", "改动了检查程序或者改动太多，须办公室人工审阅")


def test_more_files_than_the_forge_names_do_not_pass(checked: FakeForge) -> None:
    checked.answers[f"{TOP}/pulls/7/files"] = [{"filename": f"data/cities/jia/{n}"} for n in range(3000)]
    assert marked(checked)[0] == "failure"


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        (b"8\n", pull("b" * 40) | MAIN),  # another pull request's number
        (b"7\n", pull(HEAD) | {"base": {"repo": {"full_name": REPO}, "ref": "side"}}),  # into another branch
        (b"7\n", pull(HEAD) | {"base": {"repo": {"full_name": "some/fork"}, "ref": "main"}}),
    ],
    ids=["another number", "another branch", "another repository"],
)
def test_another_pull_requests_name_does_not_help(
    checked: FakeForge, storage: FakeForge, number: bytes, answer: dict[str, object]
) -> None:
    checked.answers[f"{TOP}/pulls/{number.decode().strip()}"] = answer
    storage.answers["blob"] = archive(number)
    assert marked(checked) == ("failure", "检查的不是并入主分支的这个合并请求")


@pytest.mark.parametrize("number", [b"7; rm -rf /", b"../7", b"", b"9" * 20])
def test_a_hostile_artefact_does_not_pass(checked: FakeForge, storage: FakeForge, number: bytes) -> None:
    storage.answers["blob"] = archive(number)
    assert marked(checked)[0] == "failure"


def test_a_forge_that_does_not_answer_sets_nothing(checked: FakeForge) -> None:
    done = run(
        {"FORGE": "github", "API": "http://127.0.0.1:9", "REPOSITORY": REPO, "TOKEN": "t", "BRANCH": "main"}
        | {"RUN_ID": "1", "HEAD": HEAD, "EVENT": "pull_request", "CONCLUSION": "success", "PAGE": "x"},
        script=SCRIPT,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert checked.told == []
