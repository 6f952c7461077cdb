"""A disk that is full or fails, told as a sentence: 507 or 503, and what was received before stays."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, IntegrityError

from intake.answers import Refused

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FULL = (
    "服务器的存储空间已满，这一步没有存下，先前收到的不受影响。请过一会儿再试，仍不行的请电话联系活动办公室。"
)
BROKEN = "服务器暂时不能存取文件，这一步没有办成，先前收到的不受影响。请过一会儿再试，仍不行的请电话联系活动办公室。"


@contextmanager
def told() -> Iterator[None]:
    """Raises :class:`Refused` in place of what a disk or a database says when it cannot write."""
    try:
        yield
    except OSError as error:
        raise Refused(507, FULL) if error.errno in _FULL else Refused(503, BROKEN) from error
    except IntegrityError:
        raise  # a constraint of ours, not the disk
    except DatabaseError as error:
        raise Refused(507, FULL) if "full" in str(error).lower() else Refused(503, BROKEN) from error


def sync_folder(folder: Path) -> None:
    """Let the names in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_all(handle: int, data: bytes, offset: int) -> None:
    """Write ``data`` at ``offset`` and sync; after a failure the file is as long as before."""
    try:
        rest = memoryview(data)
        place = offset
        while rest:
            written = os.pwrite(handle, rest, place)
            rest, place = rest[written:], place + written
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, offset)
        raise
