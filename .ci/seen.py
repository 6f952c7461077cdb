"""When the forge saw what a merge request brings: each file at the minute its own content was pushed.

A request that waits, is brought up to date, or in which another file is mended after the deadline, makes no file late
that was there in time. Commit dates have no say.

    seen.py FILE    writes {"path": "time", …}; NUMBER, HEAD: the request and its newest commit; BASE: the commit it is
                    judged against, the one checked out where it is empty; see forge.py for the rest
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from forge import NOT_AS_DOCUMENTED, Forge, ForgeTrouble, Request, forge, git_environment

SENT = "data/cities"
FETCH = (
    *("-c", "fetch.fsckObjects=true", "fetch"),
    *("--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"),
)


def _limit() -> None:
    """A stranger's few folders, nested into each other, can stand for more files than memory holds."""
    for kind, most in ((resource.RLIMIT_DATA, 1 << 30), (resource.RLIMIT_CPU, 300)):
        resource.setrlimit(kind, (most, most))


class Git:
    """The repository in the current folder; ``environment`` lets git speak to the forge."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __call__(self, *arguments: str) -> str:
        """What a git command prints; raises :class:`subprocess.CalledProcessError`."""
        return self.raw(*arguments).decode("utf-8", "surrogateescape").strip("\n")

    def raw(self, *arguments: str) -> bytes:
        """The same as bytes."""
        return subprocess.run(
            ["git", *arguments],
            env=self._environment,
            check=True,
            capture_output=True,
            preexec_fn=_limit,
        ).stdout

    def holds(self, *arguments: str) -> bool:
        """Whether a git command says yes."""
        try:
            self(*arguments)
        except subprocess.CalledProcessError:
            return False
        return True

    def has(self, commit: str, ref: str) -> bool:
        """Whether ``commit`` is here, or could be fetched by ``ref`` or by its name."""
        present = ("cat-file", "-e", f"{commit}^{{commit}}")
        return self.holds(*present) or any(
            self.holds(*FETCH, "origin", source) and self.holds(*present) for source in (ref, commit)
        )

    def sent(self, commit: str) -> dict[str, str]:
        """The units' files at ``commit``: path to mode, kind and blob."""
        entries = self("ls-tree", "-r", "-z", "--full-tree", commit, "--", f"{SENT}/").split("\0")
        return {path: about for about, _, path in (entry.partition("\t") for entry in entries if entry)}

    def changed(self, base: str, head: str, folder: str) -> list[str]:
        """The paths below ``folder`` that differ between two commits."""
        output = self("diff-tree", "-r", "-z", "--name-only", "--no-renames", base, head, "--", f"{folder}/")
        return [path for path in output.split("\0") if path]


def first_seen(git: Git, place: Forge, base: str, head: str, request: Request) -> dict[str, datetime]:
    """When the forge saw each file that ``request`` changes between two commits; nothing when it does not remember.

    What counts is the oldest state of the branch from which on the file was not changed: a branch that was brought up
    to date, or in which another file was mended, has a newer commit and the same file.
    """
    versions = place.versions(request)
    newest = next((version for version in versions if version.head == request.head), None)
    if newest is None:
        return {}
    paths, ref = git.changed(base, head, SENT), place.ref.format(request.number)
    seen = dict.fromkeys(paths, newest.seen)
    wanted = _content(git, newest.head, ref, paths)
    same = set(paths) if wanted is not None else set()
    for version in reversed(versions[: versions.index(newest)]):
        there = _content(git, version.head, ref, paths) if same else None
        if wanted is None or there is None:
            break
        same = {path for path in same if there[path] == wanted[path]}
        seen.update(dict.fromkeys(same, version.seen))
    return seen


def _content(git: Git, commit: str, ref: str, paths: Sequence[str]) -> dict[str, str | None] | None:
    """What stands at ``paths``; ``None`` when the commit is gone, as after a forced push."""
    if not git.has(commit, ref):
        return None
    sent = git.sent(commit)
    return {path: sent.get(path) for path in paths}


def as_json(seen: Mapping[str, datetime]) -> str:
    """The times as ``shenbao`` reads them. Parts of a second are dropped: the deadline is inclusive to the second."""
    told = {path: at.astimezone(UTC).isoformat(timespec="seconds") for path, at in seen.items()}
    return json.dumps(told, indent=1)


def main(arguments: Sequence[str]) -> int:
    """Write the file; where the forge or git does not answer, one without times, by which everything comes now."""
    environment = os.environ
    seen: dict[str, datetime] = {}
    try:
        git, place = Git(git_environment(environment)), forge(environment)
        request = place.request(int(environment["NUMBER"]))
        base = git("merge-base", environment.get("BASE") or "HEAD", environment["HEAD"])
        if request is not None and request.head == environment["HEAD"]:
            seen = first_seen(git, place, base, request.head, request)
    except (ForgeTrouble, subprocess.CalledProcessError, *NOT_AS_DOCUMENTED):
        sys.stdout.write("平台没有答复各文件的推送时间，按现在的时间检查。\n")
    Path(arguments[0]).write_text(as_json(seen), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
