"""A unit's folder while files are put into it: whole files only, no link followed, nothing lost."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from hashlib import sha256
from pathlib import Path, PurePosixPath

from build_tools.handed_in.names import Refused
from build_tools.history import GitTree, GitTrouble
from build_tools.store import prepare

FORMER = "var/replaced"
"""Where a file is kept that git does not have, when another takes its place."""

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_IN_THE_WAY = (errno.ELOOP, errno.ENOTDIR)


class Shelf:
    """Files below ``root`` by their path from there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> bytes | None:
        """What is there; raises :class:`Refused` for a link or anything else that is no plain file."""
        try:
            with self._folder(path, make=False) as folder:
                handle = os.open(PurePosixPath(path).name, _READ, dir_fd=folder)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _told(error) from error
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Refused("原来的位置上不是普通文件，请先清理")
            return file.read()

    def put(self, path: str, data: bytes) -> None:
        """Put ``data`` there in one step; raises :class:`Refused` where a link is in the way, and :class:`OSError`."""
        name = PurePosixPath(path).name
        passing = f".{name}.{secrets.token_hex(8)}.tmp"
        try:
            with self._folder(path, make=True) as folder:
                try:
                    with os.fdopen(os.open(passing, _NEW, 0o666, dir_fd=folder), "wb") as file:
                        file.write(data)
                        file.flush()
                        os.fsync(file.fileno())
                    os.replace(passing, name, src_dir_fd=folder, dst_dir_fd=folder)
                    os.fsync(folder)
                except OSError:
                    with suppress(OSError):
                        os.unlink(passing, dir_fd=folder)
                    raise
        except OSError as error:
            raise _told(error) from error

    def keep(self, path: str, data: bytes) -> str:
        """Keep what is there (``data``) before another takes its place; gives where, or an empty text if git has it."""
        if self._is_committed(path, data):
            return ""
        if not prepare(self.root / FORMER):
            raise OSError(errno.EACCES, os.strerror(errno.EACCES), FORMER)
        file = PurePosixPath(path.removeprefix("data/cities/"))
        kept = f"{FORMER}/{file.with_stem(f'{file.stem}-{sha256(data).hexdigest()[:8]}')}"
        self.put(kept, data)
        return kept

    def _is_committed(self, path: str, data: bytes) -> bool:
        try:
            return self._commit is not None and self._commit.read(path) == data
        except (FileNotFoundError, GitTrouble):
            return False

    @cached_property
    def _commit(self) -> GitTree | None:
        """What git holds, if the campaign lies in a repository that holds anything."""
        try:
            return GitTree(self.root, "HEAD")
        except GitTrouble:
            return None

    @contextmanager
    def _folder(self, path: str, *, make: bool) -> Iterator[int]:
        """The folder of the file at ``path``, reached without following a link."""
        folder = os.open(self.root, os.O_RDONLY)
        try:
            for part in PurePosixPath(path).parts[:-1]:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(part, dir_fd=folder)
                within = os.open(part, _FOLDER, dir_fd=folder)
                os.close(folder)
                folder = within
            yield folder
        finally:
            os.close(folder)


def _told(error: OSError) -> OSError | Refused:
    """A link in the way as a sentence; anything else as it is."""
    return Refused("路上有链接，或者有一段不是文件夹，请先清理") if error.errno in _IN_THE_WAY else error
