"""Writing ledger files: one recorder at a time, all files of a command or none, on the disk before it is said so."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from build_tools.submissions import LEDGER

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class LedgerFolder:
    """The folder of the ledgers, held by this process alone until it is let go. No link is ever followed."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def replace(self, files: Mapping[str, bytes]) -> None:
        """Put ``files`` (name to bytes) in the place of those that are there; raises :class:`OSError`.

        Each is complete on the disk under another name before the first takes its place. Should one of them not
        be able to, those that did are put back. What is written is read back in the end.
        """
        before: dict[str, bytes | None] = {}
        ready: dict[str, str] = {}
        moved: list[str] = []
        name = ""
        try:
            for name, data in files.items():
                before[name] = self._read(name)
                ready[name] = self._write(name, data)
            for name in files:
                self._move(ready[name], name)
                moved.append(name)
            os.fsync(self._handle)
            for name, data in files.items():
                if self._read(name) != data:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
        except OSError as error:
            self._restore({name: before[name] for name in moved})
            raise OSError(error.errno, error.strerror, f"{LEDGER}/{name}") from error
        finally:
            for passing in (ready[name] for name in ready if name not in moved):
                self._remove(passing)

    def _restore(self, files: Mapping[str, bytes | None]) -> None:
        for name, data in files.items():
            if data is None:
                self._remove(name)
            else:
                with suppress(OSError):
                    self._move(self._write(name, data), name)
        with suppress(OSError):
            os.fsync(self._handle)

    def _remove(self, name: str) -> None:
        with suppress(OSError):
            os.unlink(name, dir_fd=self._handle)

    def _read(self, name: str) -> bytes | None:
        try:
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self._handle)
        except FileNotFoundError:
            return None
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
            return file.read()

    def _write(self, name: str, data: bytes) -> str:
        """Write ``data`` under a name that nobody minds if the power fails now; gives that name."""
        passing = f".{name}.{secrets.token_hex(8)}.tmp"
        handle = os.open(passing, _NEW, 0o666, dir_fd=self._handle)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                with suppress(FileNotFoundError):
                    there = os.stat(name, dir_fd=self._handle, follow_symlinks=False)
                    os.fchmod(handle, stat.S_IMODE(there.st_mode))
                file.flush()
                os.fsync(handle)
        except OSError:
            self._remove(passing)
            raise
        return passing

    def _move(self, passing: str, name: str) -> None:
        os.replace(passing, name, src_dir_fd=self._handle, dst_dir_fd=self._handle)


@contextmanager
def locked(root: Path) -> Iterator[LedgerFolder]:
    """Hold the ledgers of the campaign at ``root``; waits for another recorder to finish.

    Whoever decides what to write reads the ledgers inside. Raises :class:`OSError`, also for a link.
    """
    folder = root / LEDGER
    if folder.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), LEDGER)
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        _settle(folder.parent)
    handle = os.open(folder, _OPEN_FOLDER)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield LedgerFolder(handle)
    finally:
        os.close(handle)


def _settle(folder: Path) -> None:
    """Make sure that what was put into ``folder`` is still there after a power cut."""
    handle = os.open(folder, _OPEN_FOLDER)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
