"""A body on the disk: in order, whole or not there, and readable by nobody else. What a power cut leaves is what was synced."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from intake.current import now
from intake.journal import spool
from intake.place import Place

BODY = b"{}"


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was synced, by name (a body as ``passing``), and when a body got its name."""
    told: list[str] = []
    sync, rename = os.fsync, os.rename

    def synced(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink().name
        told.append("passing" if name.endswith(".tmp") else name)
        sync(handle)

    def renamed(source: object, target: object, **more: object) -> None:
        told.append("named")
        rename(source, target)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "rename", renamed)
    return told


def test_it_is_synced_then_named_then_its_folder_is_synced(service: Place, order: list[str]):
    """And the folder of a new day in the one above, before anything lies in it."""
    spool.put(BODY, now())
    spool.put(BODY, now())
    assert order == ["spool", "passing", "named", "20120821", "passing", "named", "20120821"]


def test_nobody_else_can_read_it(service: Place):
    file = service.spool / spool.put(BODY, now())
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert spool.body(f"{file.parent.name}/{file.name}") == BODY


def test_a_disk_that_does_not_sync_stores_nothing_and_leaves_nothing(
    service: Place, monkeypatch: pytest.MonkeyPatch
):
    spool.put(BODY, now())
    before = sorted(service.spool.rglob("*"))

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        spool.put(BODY, now())
    assert sorted(service.spool.rglob("*")) == before


def test_what_a_killed_process_left_is_cleared_an_hour_later_and_no_body_ever(service: Place):
    body = service.spool / spool.put(BODY, now())
    old, fresh = body.with_name(".1.json.tmp"), body.with_name(".2.json.tmp")
    for file in (old, fresh):
        file.write_bytes(b"")
    for file in (old, body):
        os.utime(file, (0, 0))
    spool.clear_unfinished()
    assert [file.exists() for file in (old, fresh, body)] == [False, True, True]
