"""Pull requests for tests: real commits, made object by object, so that they can hold what git would not add."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from campaigns import at, lay
from repositories import git_in, new_repository

from build_tools.checks import Memory
from build_tools.proposal import Verdict, judge_proposal, open_proposal, sender

OPEN = "2012-08-22T10:00:00+08:00"
"""A moment before the deadline."""

PLAIN, EXECUTABLE, LINK, SUBMODULE = "100644", "100755", "120000", "160000"
EMPTY_COMMIT = "1" * 40

Change = str | bytes | tuple[str, str | bytes] | None
"""New content, or mode and content, or ``None`` for a file that is removed."""


def start(folder: Path, **changes: Any) -> Hub:
    """A repository whose ``main`` holds the base campaign with ``changes`` (see ``campaigns.lay``)."""
    root = new_repository(folder)
    lay(root, **changes)
    git = git_in(root)
    git("add", "-A")
    git("commit", "-q", "-m", "base")
    return Hub(root)


@dataclass(frozen=True)
class Hub:
    """A repository to propose to."""

    root: Path

    def git(self, *arguments: str | Path, **more: Any) -> str:
        return git_in(self.root)(*arguments, **more)

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def edited(self, path: str, find: str, replace: str) -> str:
        text = self.read(path)
        assert text.count(find) == 1, f"{find!r} stands {text.count(find)} times in {path}"
        return text.replace(find, replace)

    def commit(self, changes: Mapping[str, Change], *parents: str, tree_of: str = "") -> str:
        """A commit on ``parents`` (``main`` without) that differs from the first, or from ``tree_of``, by ``changes``.

        No branch is moved. A path may hold any name, also ``..`` and ``.git``.
        """
        parents = parents or ("main",)
        tree = self._tree(
            f"{tree_of or parents[0]}^{{tree}}", {os.fsencode(p): c for p, c in changes.items()}
        )
        above = [word for parent in parents for word in ("-p", self.git("rev-parse", parent))]
        return self.git("commit-tree", tree, *above, "-m", "示例")

    def _tree(self, old: str, changes: Mapping[bytes, Change]) -> str:
        entries: dict[bytes, tuple[str, str, str]] = {}
        for line in os.fsencode(self.git("ls-tree", "-z", old)).split(b"\0") if old else ():
            if line:
                about, name = line.split(b"\t", 1)
                mode, kind, object_ = about.decode().split()
                entries[name] = (mode, kind, object_)
        below: dict[bytes, dict[bytes, Change]] = {}
        for path, change in changes.items():
            name, slash, rest = path.partition(b"/")
            if slash:
                below.setdefault(name, {})[rest] = change
            elif change is None:
                entries.pop(name, None)
            else:
                mode, content = change if isinstance(change, tuple) else (PLAIN, change)
                entries[name] = (mode, *self._object(mode, content))
        for name, inner in below.items():
            known = entries.get(name)
            tree = self._tree(known[2] if known and known[1] == "tree" else "", inner)
            entries[name] = ("040000", "tree", tree)
        lines = [f"{m} {k} {o}\t".encode() + n + b"\0" for n, (m, k, o) in entries.items()]
        return self.git("mktree", "-z", "--missing", data=b"".join(lines))

    def _object(self, mode: str, content: str | bytes) -> tuple[str, str]:
        if mode == SUBMODULE:
            return "commit", EMPTY_COMMIT
        return "blob", _blob(self.root, content.encode() if isinstance(content, str) else content)

    def advance(self, changes: Mapping[str, Change], *parents: str) -> str:
        """Put a commit with ``changes`` on ``main``, and its files into the work tree."""
        commit = self.commit(changes, *parents)
        self.git("update-ref", "refs/heads/main", commit)
        self.git("reset", "-q", "--hard", "main")
        return commit

    def judge(
        self,
        head: str | Mapping[str, Change],
        *,
        city: str = "",
        actor: str = "",
        queue: bool = False,
        now: str = OPEN,
        base: str = "main",
        memory: Memory | None = None,
        times: dict[str, str] | None = None,
    ) -> Verdict:
        """The verdict on a commit, or on one with these changes; for jia where nobody is named."""
        commit = head if isinstance(head, str) else self.commit(head)
        who = city or ("" if actor or queue else "jia")
        with open_proposal(
            self.root, base, commit, lambda c: sender(c, city=who, actor=actor, queue=queue)
        ) as proposal:
            came = {path: at(moment) for path, moment in (times or {}).items()}
            return judge_proposal(proposal, at(now), times=came, memory=memory)


@cache
def _blob(root: Path, content: bytes) -> str:
    return git_in(root)("hash-object", "-w", "--stdin", data=content)


def told(verdict: Verdict) -> list[str]:
    """The pull request's own findings, one a line: code and path."""
    return [f"{finding.code} {finding.place.path}" for finding in verdict.own]
