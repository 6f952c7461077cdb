"""Every version of a file on this branch, and no date of any commit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self

from build_tools.history.repository import Repository, ShallowClone, find
from build_tools.tree import EXECUTABLE, PLAIN


class Version(NamedTuple):
    """A file as it stood in ``commit``; no ``blob`` where it was deleted or no plain file."""

    commit: str
    blob: str


class Versions:
    """Every version of the plain files of one folder on this branch, oldest first, by path below the root.

    The walk follows first parents only: what a version is on this branch, not on the way to it. ``joined`` are the
    versions that merges on this branch met at their other parents, and may have dropped. Outside git and before the
    first commit there are none, which ``known`` tells apart. Raises :class:`ShallowClone` and :class:`GitTrouble`. Use
    as a context: it reads through a process of its own.
    """

    def __init__(self, root: Path, folder: str) -> None:
        self.of: dict[str, list[Version]] = {}
        self.joined: dict[str, list[Version]] = {}
        place = find(root)
        self._repository = Repository(place) if place is not None and place.top is not None else None
        if self._repository is None:
            return
        if self._repository.is_shallow:
            raise ShallowClone
        if self._repository.resolve("HEAD"):
            prefix = self._repository.prefix
            within = f"{prefix}{folder.rstrip('/')}/"
            for commit, path, _, blob in _read(self._repository.run("log", *_LOG, "HEAD", "--", within)):
                self.of.setdefault(path.removeprefix(prefix), []).append(Version(commit, blob))
            # Asked merge by merge: a walk leaves out one that only keeps the first parent's files.
            merges = self._repository.run("rev_list", "--first-parent", "--merges", "HEAD")
            output = self._repository.run("diff_tree", *_EACH_PARENT, "--", within, given=merges)
            for commit, path, blob, _ in _read(output):
                self._join(path.removeprefix(prefix), Version(commit, blob))

    @property
    def known(self) -> bool:
        """Whether there is a repository to ask."""
        return self._repository is not None

    def _join(self, path: str, version: Version) -> None:
        known = [*self.of.get(path, ()), *self.joined.get(path, ())]
        if version.blob and all(version.blob != other.blob for other in known):
            self.joined.setdefault(path, []).append(version)

    def joined_bytes_of(self, path: str) -> Iterator[tuple[str, bytes]]:
        """The merge and the bytes of each version of ``path`` that it met at another parent."""
        repository = self._repository
        for version in self.joined.get(path, ()) if repository else ():
            yield version.commit, repository.data(version.blob) if repository else b""

    def bytes_of(self, path: str) -> Iterator[tuple[str, bytes]]:
        """The commit and the bytes of each version of ``path``, oldest first; no bytes where it was not there."""
        repository = self._repository
        for version in self.of.get(path, ()):
            yield version.commit, repository.data(version.blob) if repository and version.blob else b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._repository is not None:
            self._repository.close()


def _read(output: bytes) -> Iterator[tuple[str, str, str, str]]:
    """Parse ``git log -z --raw`` or ``git diff-tree --stdin``: a commit, then pairs of ``:modes blobs status`` and path.

    Gives commit, path, and the blobs before and after; no blob where there was no plain file.
    """
    commit = ""
    tokens = iter(output.split(b"\0"))
    for token in tokens:
        word = token.lstrip(b"\n")
        if word.startswith(b":"):
            old_mode, mode, old_blob, blob, _ = word[1:].decode("ascii").split()
            before, after = (
                b if m in (PLAIN, EXECUTABLE) else "" for m, b in ((old_mode, old_blob), (mode, blob))
            )
            yield commit, os.fsdecode(next(tokens)), before, after
        elif word:
            commit = word.decode("ascii")


_LOG = (
    "-z", "--raw", "--no-abbrev", "-m", "--first-parent", "--reverse", "--no-renames", "--no-relative",
    "--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-color", "--no-notes", "--format=%H",
)  # fmt: skip
_EACH_PARENT = (
    "--stdin",
    "-m",
    "-r",
    "-z",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
)
