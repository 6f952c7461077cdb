"""A folder of finished work, each file named by the hash of everything it follows from (``var/cache``).

It holds private data, as what it was made of does, and may be thrown away at any time.
"""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

_KEPT = 30 * 24 * 3600
"""Seconds after which a file that nobody asked for is removed."""


def prepare(folder: Path) -> bool:
    """Make the store ``folder``; false where nothing can be written there."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            # What lies here is private, and no campaign's repository is to take it in by an `add` of everything.
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
            return True
    return False


def place(folder: Path, key: str, suffix: str = "") -> Path:
    """Where the file with this ``key`` (hexadecimal) lies, or would lie, in the store."""
    return folder / key[:2] / f"{key}{suffix}"


def keep(data: bytes, file: Path) -> None:
    """Put ``data`` into the store in one step; somebody may be clearing it meanwhile."""
    for last in (False, True):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as passing:
                passing.write(data)
            Path(passing.name).replace(file)
        except FileNotFoundError:
            if last:
                raise
        else:
            return


def forget_old(folder: Path) -> None:
    """Remove what nobody asked for in the last month."""
    limit = time.time() - _KEPT
    for file in folder.rglob("*"):
        with suppress(OSError):
            if file.is_file() and file.stat().st_mtime < limit:
                file.unlink()
