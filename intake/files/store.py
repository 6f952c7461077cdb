"""What is kept of photos and materials: bytes, named by their SHA-256, written once and read back with a look.

``ab/abcdef…`` below ``place().files``. A file appears under its name complete and synced, or not at all.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from build_tools.ledger import digest as digest_of
from intake.files.disk import sync_folder, write_all
from intake.place import place

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})\Z")
_NAME = re.compile(r"[0-9a-f]{64}\Z")
_A_DAY = 24 * 3600
_ABANDONED = _A_DAY
"""Seconds after which a file that was being written and never got its name is nobody's."""


class Missing(Exception):
    """Nothing whole is kept under this digest: it never was, or the disk has lost or changed it."""


def keep(data: bytes) -> str:
    """Keep ``data``; gives ``sha256:…``. The same bytes are kept once. Raises ``OSError`` when the disk cannot."""
    digest = digest_of(data)
    file = _file(digest)
    if _read(file, digest) is not None:
        os.utime(file)  # wanted again: not to be swept away now
        return digest
    if not file.parent.is_dir():
        file.parent.mkdir(mode=0o700, exist_ok=True)
        sync_folder(file.parent.parent)
    passing = file.with_name(f".{secrets.token_hex(8)}.new")
    try:
        handle = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            write_all(handle, data, 0)
        finally:
            os.close(handle)
        passing.replace(file)
    except BaseException:
        passing.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)
    return digest


def read(digest: str) -> bytes:
    """The bytes kept under ``digest``; raises :class:`Missing`, also when they are no longer what they were."""
    data = _read(_file(digest), digest)
    if data is None:
        raise Missing
    return data


def exists(digest: str) -> bool:
    """Whether a file is kept under ``digest``; only :func:`read` looks whether it is whole."""
    try:
        return _file(digest).is_file()
    except Missing:
        return False


def sweep(wanted: Callable[[], Collection[str]], days: int) -> int:
    """Remove what has been unwanted for ``days``; gives how many.

    ``wanted`` tells the digests that somebody still needs; it is asked after the folder was read, so that what came
    meanwhile is safe. A file that is wanted is made as young as this look: one that is unwanted since a moment ago, while
    a submission that names it is on its way, stays.
    """
    moment, removed = time.time(), 0
    files = [file for file in place().files.glob("[0-9a-f][0-9a-f]/*") if _NAME.match(file.name)]
    needed = wanted()
    for file in files:
        with suppress(FileNotFoundError):
            age = moment - file.stat().st_mtime
            if f"sha256:{file.name}" in needed:
                if age > _A_DAY:
                    os.utime(file)
            elif age > days * _A_DAY:
                file.unlink()
                removed += 1
    return removed


def tidy() -> int:
    """Remove what was being written when the power failed; gives how many."""
    limit, removed = time.time() - _ABANDONED, 0
    for passing in place().files.glob("*/.*.new"):
        with suppress(FileNotFoundError):
            if passing.stat().st_mtime < limit:
                passing.unlink()
                removed += 1
    return removed


def _file(digest: str) -> Path:
    match = _DIGEST.match(digest)
    if match is None:
        raise Missing
    return place().files / match[1][:2] / match[1]


def _read(file: Path, digest: str) -> bytes | None:
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    return data if hmac.compare_digest(digest_of(data), digest) else None
