"""A commit read as a tree of files, from the object database and never checked out."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from copy import copy
from pathlib import Path
from typing import Self

from build_tools.history.changes import Change
from build_tools.history.repository import BadRevision, GitTrouble, Repository
from build_tools.tree import EXECUTABLE, PLAIN, Entry

_FOLDER = "040000"
_MOST = 2_000_000
"""Files and folders of a commit; a few folders nested into each other can stand for any number."""


class GitTree:
    """The files of a commit, read from the object database and never checked out.

    A :class:`~build_tools.tree.Tree` like the work tree at that commit: the same entries, the same bytes. The
    processes that read it may be forked; each then has its own ``git cat-file``.
    """

    def __init__(
        self, repository: Path | Repository, revision: str, what: str = "", *, paths: Iterable[str] = ("",)
    ) -> None:
        """Open ``revision`` of the repository around ``repository`` (a folder in a work tree, or a bare one).

        Paths are relative to that folder; only what is or lies in one of ``paths`` is listed. Raises
        :class:`NoRepository` and :class:`BadRevision`, which says ``what`` the revision was to be.
        """
        self._repository = Repository.around(repository) if isinstance(repository, Path) else repository
        self._process = os.getpid()
        self._lock = threading.Lock()
        self.commit = self._repository.resolve(revision)
        if not self.commit:
            raise BadRevision(what)
        self._objects: dict[str, str] = {}
        self._entries: tuple[Entry, ...] = tuple(self._list(paths))

    def files(self, folder: str) -> Iterator[Entry]:
        """See :meth:`Tree.files`."""
        start = folder.rstrip("/") + "/"
        return (entry for entry in self._entries if entry.path.startswith(start))

    def read(self, path: str) -> bytes:
        """See :meth:`Tree.read`."""
        blob = self._objects.get(path)
        if blob is None or path.endswith("/"):
            raise FileNotFoundError(path)
        with self._lock:
            if self._process != os.getpid():
                self._repository, self._process = self._repository.again(), os.getpid()
            return self._repository.data(blob)

    def fingerprint(self, path: str) -> str:
        """See :meth:`Tree.fingerprint`: git's own name for the bytes of a file, or for a folder and all in it."""
        return self._objects.get(path) or self._objects.get(path + "/") or ""

    def is_file(self, path: str) -> bool:
        """Whether a file that can be read is called ``path``."""
        return path in self._objects and not path.endswith("/")

    def only(self, *paths: str) -> GitTree:
        """The same files, but only those that are or lie in one of ``paths``."""
        starts = tuple(f"{path}/" for path in paths)
        kept = tuple(e for e in self._entries if e.path in paths or e.path.startswith(starts))
        return self._holding(kept, self._objects)

    def with_changes(self, changes: Iterable[Change]) -> GitTree:
        """The same files after ``changes``, whose new sides are plain files in the same repository."""
        entries = {entry.path: entry for entry in self._entries}
        objects = dict(self._objects)
        for change in changes:
            entries.pop(change.path, None)
            objects.pop(change.path, None)
            if change.new is not None:
                size = self._repository.size(change.new.object)
                entries[change.path] = Entry(change.path, change.new.mode, size)
                objects[change.path] = change.new.object
            parts = change.path.split("/")[:-1]
            for end in range(len(parts) + 1):
                objects.pop("/".join(parts[:end]) + "/", None)
        return self._holding(_sorted(entries.values()), objects)

    def _holding(self, entries: tuple[Entry, ...], objects: dict[str, str]) -> GitTree:
        """A tree of other files in the same repository, read by the same process."""
        other = copy(self)
        vars(other).update(_entries=entries, _objects=objects)
        return other

    def close(self) -> None:
        """End the reading process."""
        self._repository.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _list(self, paths: Iterable[str]) -> tuple[Entry, ...]:
        prefix = self._repository.prefix
        within = [f"{prefix}{path}" for path in paths]
        if not within:
            return ()
        arguments = ("-r", "-t", "-z", "-l", "--full-tree", self.commit, "--", *filter(None, within))
        entries = []
        for line in self._lines("ls_tree", *arguments):
            about, _, name = line.partition(b"\t")
            mode, _, blob, size = about.decode("ascii").split()
            path = os.fsdecode(name).removeprefix(prefix)
            if mode == _FOLDER:
                self._objects[path + "/"] = blob
                continue
            readable = mode in (PLAIN, EXECUTABLE)
            # A lost object has no size; reading it says so.
            entries.append(Entry(path, mode, int(size) if readable and size.isdigit() else 0))
            if readable:
                self._objects[path] = blob
        return _sorted(entries)

    def _lines(self, command: str, *arguments: str) -> Iterator[bytes]:
        """What a command prints between NULs; raises :class:`GitTrouble` when it has no end."""
        rest, number = b"", 0
        with self._repository.stream(command, *arguments, mebibytes=1024) as blocks:
            for block in blocks:
                *lines, rest = (rest + block).split(b"\0")
                number += len(lines)
                if number > _MOST:
                    raise GitTrouble(f"这个版本里的文件和文件夹超过 {_MOST} 个，没有读取；请核对它的内容。")
                yield from lines


def _sorted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.path.split("/")))
