"""What git knows of files between and across commits: paths that differ, and every version on this branch.

Like all of ``history``: fixed arguments, a runner that hears nobody but us, and no date of any commit.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self

from build_tools.history import (
    BadRevision,
    NoRepository,
    ShallowClone,
    _find,
    _git,
    _Place,
    _resolve,
    _run,
)
from build_tools.tree import EXECUTABLE, PLAIN


class Version(NamedTuple):
    """A file as it stood in ``commit``; no ``blob`` where it was deleted or no plain file."""

    commit: str
    blob: str


class Versions:
    """Every version of the plain files of one folder on this branch, oldest first, by path below the root.

    The walk follows first parents only: what a version is on this branch, not on the way to it. Outside git and
    before the first commit there are none, which ``known`` tells apart. Raises :class:`ShallowClone` and
    :class:`GitTrouble`. Use as a context: it reads through a process of its own.
    """

    def __init__(self, root: Path, folder: str) -> None:
        self.of: dict[str, list[Version]] = {}
        place = _find(root)
        self._git = _git(place) if place is not None and place.top is not None else None
        if place is None or self._git is None:
            return
        if _run(self._git, "rev_parse", "--is-shallow-repository").strip() == b"true":
            raise ShallowClone
        if _resolve(self._git, "HEAD"):
            within = f"{place.prefix}{folder.rstrip('/')}/"
            self._collect(_run(self._git, "log", *_LOG, "HEAD", "--", within), place)

    @property
    def known(self) -> bool:
        """Whether there is a repository to ask."""
        return self._git is not None

    def bytes_of(self, path: str) -> Iterator[tuple[str, bytes]]:
        """The commit and the bytes of each version of ``path``, oldest first; no bytes where it was not there."""
        for version in self.of.get(path, ()):
            data = self._git.get_object_data(version.blob)[3] if self._git and version.blob else b""
            yield version.commit, data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._git is not None:
            self._git.clear_cache()

    def _collect(self, output: bytes, place: _Place) -> None:
        """Parse ``git log -z --raw``: a commit, then pairs of ``:modes blobs status`` and path."""
        commit = ""
        tokens = iter(output.split(b"\0"))
        for token in tokens:
            word = token.lstrip(b"\n")
            if word.startswith(b":"):
                _, mode, _, blob, _ = word[1:].decode("ascii").split()
                path = os.fsdecode(next(tokens)).removeprefix(place.prefix)
                there = mode in (PLAIN, EXECUTABLE)
                self.of.setdefault(path, []).append(Version(commit, blob if there else ""))
            elif word:
                commit = word.decode("ascii")


_LOG = (
    "-z", "--raw", "--no-abbrev", "-m", "--first-parent", "--reverse", "--no-renames", "--no-relative",
    "--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-color", "--no-notes", "--format=%H",
)  # fmt: skip


def changed_paths(root: Path, base: str, head: str, folder: str) -> tuple[str, ...]:
    """The paths below ``folder`` that are not the same in both commits, sorted; what lies between them has no say.

    Raises :class:`NoRepository`, :class:`BadRevision` and :class:`GitTrouble`.
    """
    place = _find(root)
    if place is None:
        raise NoRepository
    git = _git(place)
    commits = [_resolve(git, base), _resolve(git, head)]
    if not all(commits):
        raise BadRevision
    within = f"{place.prefix}{folder.rstrip('/')}/"
    output = _run(git, "diff_tree", "-r", "-z", "--name-only", "--no-renames", *commits, "--", within)
    return tuple(sorted(os.fsdecode(path).removeprefix(place.prefix) for path in output.split(b"\0") if path))
