"""When each file came and last changed: one ``git log`` pass for all of them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from build_tools.history.repository import Repository, ShallowClone, find

_DELETED = b"D"


class Change(NamedTuple):
    """A commit that touched a file. ``authored`` is for display only: an author may write any date."""

    commit: str
    authored: datetime | None


@dataclass(frozen=True, slots=True)
class FileHistory:
    """One file's ``first`` appearance and ``last`` change; ``deleted`` when the last change removed it."""

    path: str
    first: Change
    last: Change
    deleted: bool = False


@dataclass(frozen=True)
class History:
    """What git knows of the files below one prefix, by path relative to the campaign's root."""

    files: dict[str, FileHistory] = field(default_factory=dict)

    def of(self, path: str) -> FileHistory | None:
        """The history of one file; ``None`` when git has never seen it."""
        return self.files.get(path)


def read_history(root: Path, prefix: str = "data", revision: str = "HEAD") -> History:
    """The history of every file below ``prefix`` of the campaign at ``root`` up to ``revision``, in one pass.

    A renamed file is one that ends and one that begins. The walk follows first parents only and shows a merge
    as its difference to the first: a change appears, once, when it came to this branch, however it got there.
    Outside git, and before the first commit, the history is empty. Raises :class:`ShallowClone` and
    :class:`GitTrouble`.
    """
    place = find(root)
    if place is None or place.top is None:
        return History()
    repository = Repository(place)
    if repository.is_shallow:
        raise ShallowClone
    commit = repository.resolve(revision)
    if not commit:
        return History()
    folder = f"{place.prefix}{prefix.rstrip('/')}/"
    output = repository.run("log", *_LOG, commit, "--", folder)
    return History(_collect(output, place.prefix))


_LOG = (
    "-z", "--name-status", "-m", "--first-parent", "--no-renames", "--no-relative", "--no-ext-diff",
    "--no-textconv", "--no-show-signature", "--no-color", "--no-notes", "--format=%H %aI",
)  # fmt: skip


def _collect(output: bytes, prefix: str) -> dict[str, FileHistory]:
    """Parse ``git log -z --name-status``: a header, then pairs of status and path, newest commit first."""
    files: dict[str, FileHistory] = {}
    change = Change("", None)
    tokens = iter(output.split(b"\0"))
    for token in tokens:
        word = token.lstrip(b"\n")
        if len(word) > 1:
            commit, _, date = word.decode("ascii").partition(" ")
            change = Change(commit, _date(date))
        elif word:
            path = os.fsdecode(next(tokens)).removeprefix(prefix)
            later = files.get(path)
            files[path] = (
                FileHistory(path, change, later.last, later.deleted)
                if later
                else FileHistory(path, change, change, deleted=word == _DELETED)
            )
    return files


def _date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
