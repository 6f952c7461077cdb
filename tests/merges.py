"""A forge with a repository, a desk where changes are made, and merges of every kind, for tests of the receipts."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from fake_forge import Entry, FakeForge
from harness import REPOSITORY, lay_out
from repositories import CLEAN, git_in, write

SCRIPT = REPOSITORY / ".ci" / "receive.py"
REPO = "office/campaign"
TOP = f"repos/{REPO}"
RUNS = f"{TOP}/actions/workflows/pull-request.yml/runs"
DONE = "refs/shenbao/received"
JIA, YI = "data/cities/jia", "data/cities/yi"


_TIMES = (
    'import json, sys; words = sys.argv[1:]; place = words.index("--times") + 1; '
    'words[place] = ",".join(sorted(set(json.load(open(words[place])).values()))); print(*words)'
)
"""The arguments, with the different times of the file that ``--times`` names in place of its name."""


@dataclass
class World:
    """``origin``: the forge's repository; ``desk``: a clone where changes are made; ``forge``: its API."""

    folder: Path
    forge: FakeForge
    campaign: bool = False
    number: int = 0
    rounds: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        self.origin, self.desk = self.folder / "origin.git", self.folder / "desk"
        git_in(self.folder)("init", "-q", "--bare", "-b", "main", self.origin)
        git_in(self.folder)("clone", "-q", self.origin, self.desk)
        self.git = git_in(self.desk)
        self.git("switch", "-q", "-c", "main")
        if self.campaign:
            lay_out(self.desk)
        else:
            write(self.desk, f"{JIA}/summary.yml", "title: 旧\n")
            write(self.desk, "data/ledger/jia.yml", "unit: jia\nevents: []\n")
        self.base = self.commit("base")
        self.git("push", "-q", "origin", "main")
        self.forge.keys[RUNS] = "workflow_runs"
        self.forge.answers[RUNS] = []

    def commit(self, message: str, day: int = 1) -> str:
        """Commit all; the dates are as the author likes them: before the deadline, or long after."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, day=day)
        return self.git("rev-parse", "HEAD")

    def change(self, path: str, text: str, *, branch: str = "", since: str = "main") -> str:
        """A commit on a new branch, or on the one checked out."""
        if branch:
            self.git("switch", "-q", "-c", branch, since)
        write(self.desk, path, text)
        return self.commit(f"change {path}", day=31)

    def merge(self, branch: str, how: str) -> str:
        """Merge as the forge does; gives the commit at which it is complete."""
        commits = self.git("rev-list", "--reverse", f"main..{branch}", "--no-merges").split()
        self.git("switch", "-q", "main")
        if how == "merge":
            self.git("merge", "-q", "--no-ff", "--no-edit", branch, day=30)
        elif how == "squash":
            self.git("merge", "-q", "--squash", branch)
            self.commit("squashed", day=30)
        else:
            self.commit("moved on", day=30)  # so that the commits get new names
            self.git("cherry-pick", *commits, day=30)
        return self.git("rev-parse", "HEAD")

    def pull(self, branch: str, landed: str, *runs: tuple[str, str], fork: str = "jia/campaign") -> int:
        """The forge's record of a merged pull request; ``runs``: commit and when the forge saw it."""
        self.number += 1
        head = self.git("rev-parse", branch)
        raw: Entry = {
            "number": self.number,
            "merged_at": "2012-08-30T00:00:00Z",
            "created_at": "2012-08-10T00:00:00Z",
            "merge_commit_sha": landed,
            "head": {"sha": head, "ref": branch, "repo": {"full_name": fork}},
            "base": {"ref": "main", "repo": {"full_name": REPO}},
        }
        for commit in {landed, *self.git("rev-list", f"{self.base}..{landed}", "--first-parent").split()}:
            self.forge.answers.setdefault(f"{TOP}/commits/{commit}/pulls", [])
        self.forge.answers[f"{TOP}/commits/{landed}/pulls"].append(raw)
        for commit, seen in runs:
            self.ran(commit, seen, branch, fork)
        self.git("push", "-q", "origin", f"{head}:refs/pull/{self.number}/head")
        return self.number

    def ran(self, commit: str, seen: str, branch: str = "b", fork: str = "jia/campaign") -> None:
        run = {"head_sha": commit, "head_branch": branch, "event": "pull_request", "created_at": seen}
        self.forge.answers[RUNS].insert(0, {**run, "head_repository": {"full_name": fork}})

    def brought_by(self, number: int, *commits: str) -> None:
        """A rebased pull request brought several commits."""
        raw = next(
            entry
            for answer in self.forge.answers.values()
            if isinstance(answer, list)
            for entry in answer
            if entry.get("number") == number
        )
        for commit in commits:
            self.forge.answers.setdefault(f"{TOP}/commits/{commit}/pulls", []).append(raw)

    def push(self) -> str:
        """What the desk has, to the forge's main; gives its newest commit."""
        for commit in self.git("rev-list", f"{self.base}..main", "--first-parent").split():
            self.forge.answers.setdefault(f"{TOP}/commits/{commit}/pulls", [])
        self.git("push", "-q", "origin", "main")
        return self.git("rev-parse", "main")

    def receive(
        self, before: str, after: str, shenbao: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """The job: a fresh clone of what was pushed, and the script."""
        self.rounds += 1
        job = self.folder / f"job{self.rounds}"
        git_in(self.folder)("clone", "-q", self.origin, job)
        git_in(job)("checkout", "-q", after)
        settings = {"FORGE": "github", "API": self.forge.address, "SERVER": "https://forge.example"}
        settings |= {"REPOSITORY": REPO, "LOGIN": "x", "TOKEN": "canary-token", "CHECKS": "pull-request.yml"}
        settings |= {"BRANCH": "main", "BEFORE": before, "AFTER": after}
        settings |= {"SHENBAO": str(shenbao or self.recorder()), "PYTHONIOENCODING": "utf-8", **more}
        return subprocess.run(
            [sys.executable, SCRIPT],
            cwd=job,
            env={**CLEAN, **settings},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def recorder(self, then: str = "") -> Path:
        """A command that writes its arguments into the ledger's folder, and stops when it is given the token."""
        script = self.folder / "recorder"
        times = f"$({sys.executable} -c '{_TIMES}' \"$@\")"
        script.write_text(
            f'#!/bin/sh\n[ -z "$TOKEN" ] || exit 9\necho {times} >> data/ledger/recorded\necho x >> data/stray\n{then}\n'
        )
        script.chmod(0o755)
        return script

    def recorded(self) -> list[str]:
        """What main's ledgers hold by now: span, minute and pull request, a line each."""
        kept = git_in(self.origin)("ls-tree", "-r", "--name-only", "main").split()
        if "data/ledger/recorded" not in kept:
            return []
        lines = git_in(self.origin)("show", "main:data/ledger/recorded").splitlines()
        for line in lines:
            assert line.startswith("ledger record received --base ")
            assert " --source forge --by 收文程序 --by 合并请求 #" in line
        words = [line.split() for line in lines]
        return [f"{w[4][:8]}..{w[6][:8]} {w[8]} {w[-1]}" for w in words]

    def done(self) -> str:
        return git_in(self.origin)("for-each-ref", "--format=%(objectname)", DONE)
