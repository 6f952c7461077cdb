"""What the forges run: valid, with the least of rights, and nothing of a stranger's change in reach of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema.cli import main as check_jsonschema
from click.testing import CliRunner
from command_line import Run
from harness import REPOSITORY

from build_tools.checks.memory import STORE
from build_tools.cli.main import COMMANDS

BIN = Path(sys.executable).parent
WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
SCRIPTS = sorted((REPOSITORY / ".ci").glob("*.sh"))
WITH_THE_CHANGE = {"ci.yml"}
"""Runs what a pull request brings, which is what tests are for."""


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - `on` stays text
    return found


def jobs(workflow: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from workflow["jobs"].items()


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for _, job in jobs(workflow):
        yield from job["steps"]


each = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


# ------------------------------------------------------------------------------------- judged by others


SCHEMAS = [
    *(pytest.param("github-workflows", path, id=path.name) for path in WORKFLOWS),
    pytest.param("dependabot", REPOSITORY / ".github" / "dependabot.yml", id="dependabot.yml"),
    pytest.param("gitlab-ci", REPOSITORY / ".gitlab-ci.yml", id=".gitlab-ci.yml"),
]


@pytest.mark.parametrize(("schema", "path"), SCHEMAS)
def test_the_forges_own_schemas_are_met(schema: str, path: Path) -> None:
    transform = ["--data-transform", "gitlab-ci"] if schema == "gitlab-ci" else []
    done = CliRunner().invoke(
        check_jsonschema, ["--builtin-schema", f"vendor.{schema}", *transform, str(path)]
    )
    assert done.exit_code == 0, done.output


def test_zizmor_finds_nothing() -> None:
    done = subprocess.run(
        [BIN / "zizmor", "--offline", "--no-progress", "--persona=auditor", "--format=json", "."],
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    found = [f"{f['ident']}: {f['desc']}" for f in json.loads(done.stdout or "[]")]
    assert (done.returncode, found) == (0, []), done.stderr


def test_shellcheck_finds_nothing() -> None:
    done = subprocess.run(
        [BIN / "shellcheck", "--external-sources", *SCRIPTS, REPOSITORY / ".ci" / "run"],
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


# ------------------------------------------------------------------------------------- judged by us


@each
def test_each_action_is_pinned_by_hash_and_says_its_version(path: Path) -> None:
    lines = [
        line.strip() for line in path.read_text(encoding="utf-8").splitlines() if re.search(r"\buses:", line)
    ]
    pinned = re.compile(r"(?:- )?uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [line for line in lines if not pinned.fullmatch(line)] == []


def test_one_version_of_each_action() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    used = set(re.findall(r"uses: (\S+@\S+ # \S+)", text))
    assert len({name.partition("@")[0] for name in used}) == len(used) == 6


@each
def test_rights_are_given_by_the_job_and_the_least(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {}
    for name, job in jobs(workflow):
        assert "permissions" in job, name
        assert int(job["timeout-minutes"]) <= 60
        assert job["runs-on"] == "ubuntu-24.04"


WRITES = {
    "comment.yml": {"mark": {"statuses"}, "comment": {"pull-requests"}},
    "reminders.yml": {"remind": {"contents"}},
    "publish.yml": {"receive": {"contents"}, "deploy": {"pages", "id-token"}},
}


@each
def test_only_these_jobs_may_write(path: Path) -> None:
    writes = {
        name: {right for right, level in job["permissions"].items() if level == "write"}
        for name, job in jobs(read(path))
    }
    assert {name: rights for name, rights in writes.items() if rights} == WRITES.get(path.name, {})


@each
def test_no_trigger_lends_rights_to_a_change(path: Path) -> None:
    assert "pull_request_target" not in read(path)["on"]
    assert "issue_comment" not in read(path)["on"]


@each
def test_no_expression_stands_inside_a_script(path: Path) -> None:
    """Not even a harmless one: the rule is easier to keep than to judge."""
    assert [step["run"] for step in steps(read(path)) if "${{" in step.get("run", "")] == []


@each
def test_no_job_with_a_checkout_keeps_the_token(path: Path) -> None:
    checkouts = [step for step in steps(read(path)) if "actions/checkout@" in step.get("uses", "")]
    assert [step for step in checkouts if step["with"].get("persist-credentials") != "false"] == []


@each
def test_the_change_is_never_checked_out(path: Path) -> None:
    workflow = read(path)
    if path.name in WITH_THE_CHANGE:
        assert "secrets." not in path.read_text(encoding="utf-8")
        assert all(job["permissions"] == {"contents": "read"} for _, job in jobs(workflow))
        return
    strangers = {"pull_request", "merge_group", "workflow_run"} & set(workflow["on"])
    for step in steps(workflow):
        if "actions/checkout@" in step.get("uses", ""):
            ref = step["with"].get("ref", "")
            assert "head" not in ref
            assert ref or not strangers, "without a ref, the change would be checked out"
        assert not re.search(r"\b(?:checkout|switch|merge|reset|pull|worktree|apply)\b", step.get("run", ""))


@each
def test_secrets_are_held_by_an_environment(path: Path) -> None:
    for name, job in jobs(read(path)):
        if "secrets." in json.dumps(job):
            assert job.get("environment"), name


@each
def test_a_fork_of_the_repository_publishes_nothing(path: Path) -> None:
    workflow = read(path)
    if {"push", "schedule"} & set(workflow["on"]) and path.name not in WITH_THE_CHANGE:
        for name, job in jobs(workflow):
            assert "github.event.repository.fork" in job["if"] or "needs.public" in job["if"], name


def test_the_comment_follows_the_check() -> None:
    check, comment = (
        read(REPOSITORY / ".github" / "workflows" / name) for name in ("pull-request.yml", "comment.yml")
    )
    assert comment["on"]["workflow_run"]["workflows"] == [check["name"]]
    upload = next(step for step in steps(check) if "upload-artifact@" in step.get("uses", ""))
    script = (REPOSITORY / ".ci" / "comment.py").read_text(encoding="utf-8")
    assert f'ARTEFACT = "{upload["with"]["name"]}"' in script


def test_only_main_writes_what_is_remembered() -> None:
    """Whoever fills the memory decides what a check finds: pull requests read what a push to main left."""
    saving = {path.name for path in WORKFLOWS if "cache/save@" in path.read_text(encoding="utf-8")}
    both = {path.name for path in WORKFLOWS if "uses: actions/cache@" in path.read_text(encoding="utf-8")}
    assert (saving, both) == ({"publish.yml"}, set())
    restored = [
        s["with"]["path"] for path in WORKFLOWS for s in steps(read(path)) if "cache/" in s.get("uses", "")
    ]
    assert set(restored) == {STORE}


def test_the_receipts_ask_for_the_runs_of_the_check() -> None:
    publish = read(REPOSITORY / ".github" / "workflows" / "publish.yml")
    (step,) = (step for step in steps(publish) if "receive.py" in step.get("run", ""))
    assert (REPOSITORY / ".github" / "workflows" / step["env"]["CHECKS"]).is_file()
    assert publish["concurrency"]["cancel-in-progress"] == "false"


def test_the_offices_edition_is_built_in_a_private_repository_only() -> None:
    publish = read(REPOSITORY / ".github" / "workflows" / "publish.yml")
    for name, job in jobs(publish):
        commands = " ".join(step.get("run", "") for step in job["steps"])
        if "--audience office" in commands:
            assert "github.event.repository.private" in job["if"], name
    gitlab = read(REPOSITORY / ".gitlab-ci.yml")
    offices = [job for job in gitlab.values() if "--audience office" in json.dumps(job)]
    assert [rule["if"] for job in offices for rule in job["rules"]] == [
        '$CI_PIPELINE_SOURCE == "push" && $CI_PROJECT_VISIBILITY == "private"'
    ]


def test_each_script_that_a_workflow_names_is_there_and_can_be_run() -> None:
    texts = [path.read_text(encoding="utf-8") for path in [*WORKFLOWS, REPOSITORY / ".gitlab-ci.yml"]]
    named = set(re.findall(r"\.ci/[\w-]+\.(?:sh|py)", "".join(texts)))
    for name in named:
        script = REPOSITORY / name
        assert script.is_file(), name
        assert script.suffix != ".sh" or os.access(script, os.X_OK), name
    sourced = re.findall(
        r"source=(\.ci/\S+)", "".join(script.read_text(encoding="utf-8") for script in SCRIPTS)
    )
    unused = {f".ci/{script.name}" for script in SCRIPTS} - named - set(sourced)
    assert unused == set()


def called() -> list[tuple[str, str]]:
    """Each ``shenbao`` command that a workflow or a script runs: its name, and the rest of its line."""
    files = [*WORKFLOWS, *SCRIPTS, REPOSITORY / ".gitlab-ci.yml"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files).replace("\\\n", " ")
    return sorted(set(re.findall(r"bin/shenbao (\w+)([^\n|]*)", text)))


@pytest.mark.parametrize(("command", "rest"), called())
def test_each_command_and_option_that_a_workflow_names_is_there(run: Run, command: str, rest: str) -> None:
    assert command in COMMANDS
    told = run(command, *re.findall(r"^ [a-z]+", rest), "--help").out
    missing = [option for option in re.findall(r"(?<![\w-])--[a-z-]+", rest) if option not in told]
    assert missing == []
