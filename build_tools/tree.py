"""Bytes of a campaign folder behind one small interface.

Everything above this room reads through :class:`Tree`, so that a work tree and (see ``history``) a
git revision are checked by the same code.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

PLAIN, EXECUTABLE, LINK, FOLDER_LINK = "100644", "100755", "120000", "160000"


class Entry(NamedTuple):
    """A file below the root: posix path, git mode, size in bytes."""

    path: str
    mode: str
    size: int


class Tree(Protocol):
    """A read-only set of files named by posix paths relative to the campaign's root."""

    def files(self, folder: str) -> Iterator[Entry]:
        """Every file below ``folder``, sorted by path; nothing when the folder is missing."""

    def read(self, path: str) -> bytes:
        """The bytes of a plain file; raises :class:`FileNotFoundError` for anything else."""


class WorkTree:
    """The files of a folder on disk. Links are listed, never followed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._prefix = f"{root}{os.sep}"

    def files(self, folder: str) -> Iterator[Entry]:
        """See :meth:`Tree.files`."""
        start = self.root / folder
        if start.is_dir() and not start.is_symlink():
            yield from self._walk(start, folder.rstrip("/"))

    def _walk(self, folder: Path, prefix: str) -> Iterator[Entry]:
        with os.scandir(folder) as scan:
            children = sorted(scan, key=lambda child: child.name)
        for child in children:
            path = f"{prefix}/{child.name}"
            if child.is_symlink():
                yield Entry(path, LINK, 0)
            elif child.is_dir():
                yield from self._walk(Path(child.path), path)
            else:
                status = child.stat(follow_symlinks=False)
                plain = stat.S_ISREG(status.st_mode) and not status.st_mode & stat.S_IXUSR
                yield Entry(path, PLAIN if plain else EXECUTABLE, status.st_size)

    def read(self, path: str) -> bytes:
        """See :meth:`Tree.read`; refuses a path that leaves the root and a file that is a link."""
        if path.startswith("/") or ".." in path.split("/"):
            raise FileNotFoundError(path)
        try:
            handle = os.open(self._prefix + path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        except OSError as error:
            raise FileNotFoundError(path) from error
        with os.fdopen(handle, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise FileNotFoundError(path)
            return file.read()
