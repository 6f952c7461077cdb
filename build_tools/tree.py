"""Bytes of a campaign folder behind one small interface.

Everything above this room reads through :class:`Tree`, so that a work tree and (see ``history``) a
git revision are checked by the same code.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

PLAIN, EXECUTABLE, LINK, FOLDER_LINK = "100644", "100755", "120000", "160000"
OTHER = "000000"
"""What git cannot hold: a pipe, a socket, a device."""

_OWN = ("data", "schemas", "docs", ".git")


def is_own(root: Path, target: Path) -> bool:
    """Whether ``target`` lies among the folders that the campaign at ``root`` is made of, or around them.

    Nothing derived may be written there.
    """
    base, place = root.resolve(), target.resolve()
    return base.is_relative_to(place) or any(place.is_relative_to(base / name) for name in _OWN)


class Entry(NamedTuple):
    """A file below the root: posix path, git mode, size in bytes."""

    path: str
    mode: str
    size: int

    @property
    def is_file(self) -> bool:
        """Whether it has bytes of its own. Some disks lend every file an executable bit, which changes nothing."""
        return self.mode in (PLAIN, EXECUTABLE)


class Tree(Protocol):
    """A read-only set of files named by posix paths relative to the campaign's root."""

    def files(self, folder: str) -> Iterator[Entry]:
        """Every file below ``folder``, sorted by path; nothing when the folder is missing."""

    def read(self, path: str) -> bytes:
        """The bytes of a file; raises :class:`FileNotFoundError`, or another :class:`OSError` for what is there
        and cannot be read: a link, a folder, a pipe, a file without permission."""

    def fingerprint(self, path: str) -> str:
        """A name for the bytes of a file, or for a folder and all in it; the same name means the same bytes.

        Empty where telling would take reading them.
        """


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

    @staticmethod
    def _walk(folder: Path, prefix: str) -> Iterator[Entry]:
        waiting = [_children(folder, prefix)]
        while waiting:
            child, path = next(waiting[-1], (None, ""))
            if child is None:
                waiting.pop()
            elif child.is_symlink():
                yield Entry(path, LINK, 0)
            elif child.is_dir():
                waiting.append(_children(child.path, path))
            else:
                status = child.stat(follow_symlinks=False)
                yield Entry(path, _mode(status.st_mode), status.st_size)

    def read(self, path: str) -> bytes:
        """See :meth:`Tree.read`; refuses a path that leaves the root."""
        if path.startswith("/") or ".." in path.split("/"):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        try:
            handle = os.open(f"{self.root}/{path}", _READ)
        except OSError as error:
            error.filename = path
            raise
        kind = os.fstat(handle).st_mode
        if not stat.S_ISREG(kind):
            os.close(handle)
            number = errno.EISDIR if stat.S_ISDIR(kind) else errno.EINVAL
            raise OSError(number, os.strerror(number), path)
        with os.fdopen(handle, "rb") as file:
            return file.read()

    def fingerprint(self, _path: str) -> str:
        """See :meth:`Tree.fingerprint`: files on a disk may change at any time."""
        return ""


# Neither follows a link nor waits for whoever writes into a pipe.
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def _children(folder: Path | str, prefix: str) -> Iterator[tuple[os.DirEntry[str] | None, str]]:
    with os.scandir(folder) as scan:
        children = sorted(scan, key=lambda child: child.name)
    return iter([(child, f"{prefix}/{child.name}") for child in children])


def _mode(mode: int) -> str:
    if not stat.S_ISREG(mode):
        return OTHER
    return EXECUTABLE if mode & stat.S_IXUSR else PLAIN
