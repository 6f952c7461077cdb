"""Objects stored one after another by a ``git hash-object`` that stays: starting git for each would be most of the time.

Each object's bytes pass through one small file beside the repository's own, which the next object overwrites.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from build_tools.history.repository import GitTrouble, Repository

PASSING = "storing-"
"""How the passing files are called; what a killed process left is cleared with its locks."""


class Storing:
    """Stores objects of one ``kind`` (blob, tree, commit); ended by :meth:`close` and begun anew when asked again."""

    def __init__(self, repository: Repository, kind: str) -> None:
        self._repository, self._kind = repository, kind
        self._process: Any = None
        self._passing: Path | None = None

    def put(self, data: bytes) -> str:
        """Store ``data``; gives git's name for it. On return it is on the disk (``core.fsync``).

        Raises :class:`GitTrouble` when git does not take it, and :class:`OSError` for a disk that is full.
        """
        if self._process is None or self._passing is None:
            self._begin()
        assert self._passing is not None  # noqa: S101 - for the reader and the type checker
        self._passing.write_bytes(data)
        try:
            self._process.stdin.write(b"%s\n" % os.fsencode(self._passing))
            self._process.stdin.flush()
            name = self._process.stdout.readline().decode("ascii").strip()
        except (OSError, ValueError) as error:
            self.close()
            raise self._trouble() from error
        if not name:
            self.close()
            raise self._trouble()
        return str(name)

    def close(self) -> None:
        """End the process and remove the passing file."""
        process, self._process = self._process, None
        if process is not None:
            for stream in (process.stdin, process.stdout, process.stderr):
                with suppress(OSError):
                    stream.close()
            process.proc.wait()
        if self._passing is not None:
            self._passing.unlink(missing_ok=True)
            self._passing = None

    def _begin(self) -> None:
        handle, name = tempfile.mkstemp(prefix=PASSING, dir=self._repository.place.common)
        os.close(handle)
        self._passing = Path(name)
        self._process = self._repository.standing(
            "hash-object", "-t", self._kind, "-w", "--no-filters", "--stdin-paths"
        )

    def _trouble(self) -> GitTrouble:
        return GitTrouble("git hash-object 没有成功，仓库可能已损坏或磁盘已满；请运行 git fsck 查看。")
