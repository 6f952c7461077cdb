"""The scripts that workflows run, run for real: fetching a change, judging it, and what stops them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import comment
import pytest
from harness import REPOSITORY, lay_out
from repositories import CLEAN, git_in, new_repository, write


class TestFetchingAChange:
    """``fetch-head.sh`` brings objects and nothing else, and refuses what git's own check refuses."""

    @pytest.fixture
    def origin(self, tmp_path: Path) -> Path:
        origin = new_repository(tmp_path / "origin")
        write(origin, "data/x.yml")
        git = git_in(origin)
        git("add", "-A")
        git("commit", "-q", "-m", "base")
        git("clone", "-q", origin, tmp_path / "job")
        git("switch", "-q", "-c", "change")
        write(origin, "data/x.yml", "改动\n")
        git("add", "-A")
        git("commit", "-q", "-m", "change")
        return origin

    def fetch(
        self, origin: Path, head: str, ref: str = "refs/heads/change"
    ) -> subprocess.CompletedProcess[str]:
        settings = {"SERVER": "https://forge.example", "LOGIN": "x", "TOKEN": "canary-token"}
        return subprocess.run(
            [REPOSITORY / ".ci" / "fetch-head.sh"],
            cwd=origin.parent / "job",
            env={**CLEAN, **settings, "REF": ref, "HEAD": head},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def test_the_commit_is_there_and_the_work_tree_as_before(self, origin: Path) -> None:
        head = git_in(origin)("rev-parse", "change")
        done = self.fetch(origin, head)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        job = git_in(origin.parent / "job")
        assert job("cat-file", "-t", head) == "commit"
        assert job("status", "--porcelain") == ""
        assert (origin.parent / "job" / "data" / "x.yml").read_text(encoding="utf-8") == "示例\n"
        assert "canary" not in job("config", "--list")

    def test_a_change_that_was_replaced_is_not_judged(self, origin: Path) -> None:
        done = self.fetch(origin, "a" * 40)
        assert done.returncode == 1
        assert "这次改动已经更新" in done.stderr

    @pytest.mark.parametrize("name", [".git", ".GIT", "..", "."])
    def test_a_tree_that_would_write_elsewhere_is_refused(self, origin: Path, name: str) -> None:
        git = git_in(origin)
        blob = git("hash-object", "-w", "--stdin", data=b"[core]\n")
        entry = f"100644 {name}\0".encode() + bytes.fromhex(blob)
        tree = git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", data=entry)
        head = git("commit-tree", tree, "-p", "change", "-m", "evil")
        git("update-ref", "refs/heads/change", head)
        done = self.fetch(origin, head)
        assert done.returncode == 1
        assert "不合规的内容" in done.stderr
        assert "canary-token" not in done.stderr


JUDGED = """#!/bin/sh
echo "$@" >> called
[ "$1" = check ] && exit ${STATUS:-0}
exit ${PREVIEW:-0}
"""


class TestJudging:
    """``judge.sh``: who is asked about, what is laid down, and which status ends the job."""

    def judge(self, folder: Path, **settings: str) -> tuple[int, list[str]]:
        repository = new_repository(folder / "job")
        write(repository, "x")
        git = git_in(repository)
        git("add", "-A")
        git("commit", "-q", "-m", "base")
        write(repository, ".venv/bin/shenbao", JUDGED)
        (repository / ".venv/bin/shenbao").chmod(0o755)
        asked = {"HEAD": "h" * 40, "BASE": "", "QUEUE": "false", "ACTOR": "clerk", "NUMBER": "7"}
        asked |= {"PRIVATE": "true", **settings}
        done = subprocess.run(
            [REPOSITORY / ".ci" / "judge.sh", "github", "var/report"],
            cwd=repository,
            env={**CLEAN, **asked},
            capture_output=True,
            check=False,
        )
        called = (repository / "called").read_text().replace(git("rev-parse", "HEAD"), "TIP")
        return done.returncode, called.splitlines()

    def test_a_merge_request_is_judged_for_who_opened_it(self, tmp_path: Path) -> None:
        status, (check, preview) = self.judge(tmp_path)
        assert status == 0
        assert check.startswith(f"check --base TIP --head {'h' * 40} --actor=clerk --format github")
        assert "--report markdown=var/report/comment.md" in check
        assert preview == f"preview --base TIP --head {'h' * 40} --actor=clerk --out var/report/preview"
        assert (tmp_path / "job" / "var" / "report" / "number").read_text() == "7\n"

    @pytest.mark.parametrize("private", ["", "false"])
    def test_where_everybody_could_download_it_there_is_no_preview(
        self, tmp_path: Path, private: str
    ) -> None:
        status, called = self.judge(tmp_path, PRIVATE=private)
        assert (status, len(called)) == (0, 1)

    def test_the_forges_times_are_handed_on(self, tmp_path: Path) -> None:
        write(tmp_path, "times.json", "{}")
        _, (check, preview) = self.judge(tmp_path, TIMES=str(tmp_path / "times.json"))
        assert f" --times {tmp_path}/times.json" in check
        assert f" --times {tmp_path}/times.json" in preview

    @pytest.mark.parametrize("name", ["", "none.json"])
    def test_without_times_everything_came_now(self, tmp_path: Path, name: str) -> None:
        _, (check, _) = self.judge(tmp_path, TIMES=name)
        assert "--times" not in check

    def test_nobody_is_not_a_queue(self, tmp_path: Path) -> None:
        _, (check, *_) = self.judge(tmp_path, ACTOR="")
        assert "--actor= " in check
        assert "--queue" not in check

    def test_a_queues_commit_is_judged_on_what_stands_before_it(self, tmp_path: Path) -> None:
        status, called = self.judge(tmp_path, QUEUE="true", ACTOR="", NUMBER="", BASE="b" * 40)
        assert status == 0
        assert [line.split(" --format")[0] for line in called] == [
            f"check --base {'b' * 40} --head {'h' * 40} --queue"
        ]

    @pytest.mark.parametrize(
        ("check", "preview", "calls"), [("1", "0", 2), ("1", "2", 2), ("2", "0", 1), ("0", "2", 2)]
    )
    def test_the_check_alone_decides(self, tmp_path: Path, check: str, preview: str, calls: int) -> None:
        status, called = self.judge(tmp_path, STATUS=check, PREVIEW=preview)
        assert (status, len(called)) == (int(check), calls)


BEFORE = "2012-08-22T12:00:00+08:00"
OWNERS = "offices: [office]\nowners:\n  jia: [clerk-jia]\n  yi: [clerk-yi]\n"
PROPOSED = [
    pytest.param("clerk-jia", 0, "### 通过", id="its own"),
    pytest.param("clerk-yi", 1, "### 未通过", id="another's"),
    pytest.param("stranger", 1, "### 未通过", id="a stranger's"),
    pytest.param("", 2, "", id="nobody's"),
    pytest.param("office", 0, "### 通过", id="the office's"),
]


@pytest.mark.parametrize(("actor", "status", "verdict"), PROPOSED)
def test_a_change_is_judged_with_the_command_itself(
    tmp_path: Path, actor: str, status: int, verdict: str
) -> None:
    campaign = tmp_path / "campaign"
    campaign.mkdir()
    lay_out(campaign)
    write(campaign, "data/owners.yml", OWNERS)
    write(campaign, ".gitignore", "/.venv/\n/var/\n")
    git = git_in(campaign)
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "base")
    git("switch", "-q", "-c", "change")
    file = campaign / "data/cities/jia/statistics.yml"
    file.write_text(file.read_text(encoding="utf-8") + "# 更新\n", encoding="utf-8")
    git("commit", "-q", "-a", "-m", "change")
    head = git("rev-parse", "HEAD")
    git("switch", "-q", "main")
    write(campaign, ".venv/bin/shenbao", f'#!/bin/sh\nexec {Path(sys.executable).parent}/shenbao "$@"\n')
    (campaign / ".venv/bin/shenbao").chmod(0o755)
    settings = {
        "HEAD": head,
        "BASE": "",
        "QUEUE": "false",
        "ACTOR": actor,
        "PRIVATE": "true",
        "NUMBER": "7",
        "SHENBAO_NOW": BEFORE,
    }
    done = subprocess.run(
        [REPOSITORY / ".ci" / "judge.sh", "text", "var/report"],
        cwd=campaign,
        env={**CLEAN, **settings},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    report = campaign / "var" / "report"
    if status == 2:
        assert not (report / "comment.md").exists()
        return
    told = (report / "comment.md").read_text(encoding="utf-8")
    assert told.startswith(f"{comment.MARKER}\n{verdict}")
    assert bool(json.loads((report / "findings.json").read_bytes())["summary"]["errors"]) is bool(status)
    assert isinstance(json.loads((report / "code-quality.json").read_bytes()), list)
    assert (report / "preview" / "index.html").exists() is (status == 0), done.stdout + done.stderr
    shown = comment.harmless(told)
    assert shown.replace("\u2060", "").strip() == told.removeprefix(comment.MARKER).strip()


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({}, 1),
        ({"CI_CONFIG_PATH": ".gitlab-ci.yml"}, 1),
        ({"CI_CONFIG_PATH": "ci/shenbao.yml", "SHENBAO_CONFIG_TRUSTED": "no"}, 1),
        ({"CI_CONFIG_PATH": ".gitlab-ci.yml@office/pipelines"}, 0),
        ({"CI_CONFIG_PATH": ".gitlab-ci.yml", "SHENBAO_CONFIG_TRUSTED": "yes"}, 0),
    ],
)
def test_gitlabs_file_is_not_relied_on_when_it_is_the_changes_own(
    settings: dict[str, str], status: int
) -> None:
    done = subprocess.run(
        [REPOSITORY / ".ci" / "gitlab-trust.sh"], env={**CLEAN, **settings}, capture_output=True, check=False
    )
    assert done.returncode == status
    assert done.stderr.count(b"\n") == status


REMINDS = """#!/bin/sh
[ -z "$TOKEN$GIT_CONFIG_VALUE_0" ] || exit 9
cp var/remind/sent.json seen 2> /dev/null
echo "$RUN" >> var/remind/sent.json
exit ${STATUS:-0}
"""


class TestReminding:
    """``remind.sh``: what was sent by one machine is known to the next."""

    KEPT = "refs/shenbao/reminded"

    @pytest.fixture
    def origin(self, tmp_path: Path) -> Path:
        origin = new_repository(tmp_path / "origin")
        write(origin, "x")
        git = git_in(origin)
        git("add", "-A")
        git("commit", "-q", "-m", "base")
        return origin

    def remind(self, origin: Path, run: str, **settings: str) -> tuple[int, str, str]:
        job = origin.parent / f"job{run}"
        git_in(origin)("clone", "-q", origin, job)
        return self.remind_in(job, run, **settings)

    def remind_in(self, job: Path, run: str, **settings: str) -> tuple[int, str, str]:
        """Status, what the run knew to be sent, and what it said."""
        write(job, ".venv/bin/shenbao", REMINDS)
        (job / ".venv/bin/shenbao").chmod(0o755)
        given = {"SERVER": "https://forge.example", "LOGIN": "x", "TOKEN": "canary-token", "RUN": run}
        done = subprocess.run(
            [REPOSITORY / ".ci" / "remind.sh"],
            cwd=job,
            env={**CLEAN, **given, "SHENBAO_SMTP_HOST": "mail.example", **settings},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        seen = job / "seen"
        return done.returncode, seen.read_text() if seen.exists() else "", done.stdout + done.stderr

    def test_the_next_run_knows_what_was_sent(self, origin: Path) -> None:
        assert self.remind(origin, "1") == (0, "", "")
        assert self.remind(origin, "2", STATUS="1") == (1, "1\n", "")
        assert self.remind(origin, "3") == (0, "1\n2\n", "")
        assert git_in(origin)("show", f"{self.KEPT}:sent.json") == "1\n2\n3"
        assert git_in(origin)("rev-list", "--count", self.KEPT) == "3"

    def test_without_a_mail_server_nobody_is_reminded(self, origin: Path) -> None:
        status, _, told = self.remind(origin, "1", SHENBAO_SMTP_HOST="")
        assert status == 0
        assert "不发送催报邮件" in told
        assert git_in(origin)("for-each-ref", self.KEPT) == ""

    def test_a_record_that_cannot_be_kept_is_said(self, origin: Path) -> None:
        write(origin, ".git/hooks/pre-receive", "#!/bin/sh\nexit 1\n")
        (origin / ".git/hooks/pre-receive").chmod(0o755)
        status, _, told = self.remind(origin, "1")
        assert status == 1
        assert "没有记下来" in told
        assert "canary-token" not in told

    def test_a_forge_out_of_reach_sends_nothing(self, origin: Path) -> None:
        moved = origin.rename(origin.with_name("away"))
        job = origin.parent / "job1"
        git_in(moved)("clone", "-q", moved, job)
        git_in(job)("remote", "set-url", "origin", str(origin))
        status, _, _ = self.remind_in(job, "1")
        assert status != 0
        assert not (job / "var/remind/sent.json").exists()
