"""Objects that lie in a file of their own, put into few large files by a process beside the one at work."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from build_tools.history.repository import GitTrouble, Repository

UNFINISHED = (".tmp-*", "tmp_*")
"""How the files of a packing that was cut off are called."""


class Packing:
    """Packs one repository, once at a time. Whoever reads or writes goes on meanwhile."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._process: Any = None

    def begin(self) -> None:
        """Begin, unless one is at work. Each new file takes in those that are not at least twice as large as what is
        new, so that few are left and large ones stay as they are.

        Raises :class:`GitTrouble` when the last one did not succeed; then the next call begins anew.
        """
        if self.at_work:
            return
        former, self._process = self._process, None
        if former is not None and _ended(former):
            raise GitTrouble("git repack 没有成功，磁盘可能已满；仓库照常可用，过后会重试。")
        self._process = self._repository.standing("repack", "-d", "--geometric=2", "--quiet")

    @property
    def at_work(self) -> bool:
        """Whether one was begun and has not ended."""
        return self._process is not None and self._process.poll() is None

    def close(self) -> None:
        """End it; what was finished stays, the rest lies where it lay."""
        if self._process is not None:
            if self.at_work:
                self._process.terminate()
            _ended(self._process)
            self._process = None


def _ended(process: Any) -> int:
    for stream in (process.stdin, process.stdout, process.stderr):
        with suppress(OSError):
            stream.close()
    return int(process.proc.wait())
