"""The store: complete or not there, read back with a look, and nothing lost when the disk fails."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from intake.files import disk, store
from intake.place import Place


def test_what_is_kept_is_read_back_by_its_digest(service: Place):
    digest = store.keep(b"a")
    assert digest == "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert store.read(digest) == b"a"
    assert store.exists(digest)
    file = service.files / "ca" / digest.removeprefix("sha256:")
    assert file.read_bytes() == b"a"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_the_same_bytes_are_kept_once_also_by_many_at_once(service: Place):
    threads = [threading.Thread(target=store.keep, args=(b"b" * 100_000,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([file for file in service.files.rglob("*") if file.is_file()]) == 1


@pytest.mark.parametrize(
    "digest",
    ["", "sha256:../../etc/passwd", "sha256:" + "A" * 64, "md5:" + "a" * 64, "sha256:" + "a" * 64 + "\n"],
)
def test_what_is_no_digest_is_missing(service: Place, digest: str):
    assert not store.exists(digest)
    with pytest.raises(store.Missing):
        store.read(digest)


def test_what_the_disk_changed_is_missing_and_mended_by_keeping_it_again(service: Place):
    digest = store.keep(b"c")
    next(service.files.rglob(digest.removeprefix("sha256:"))).write_bytes(b"d")
    with pytest.raises(store.Missing):
        store.read(digest)
    assert store.keep(b"c") == digest
    assert store.read(digest) == b"c"


def test_a_name_is_given_only_to_what_is_synced(service: Place, monkeypatch: pytest.MonkeyPatch):
    order: list[str] = []
    sync, rename = os.fsync, os.replace

    def synced(handle: int) -> None:
        order.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        sync(handle)

    def renamed(source: object, target: object, **more: object) -> None:
        order.append("renamed")
        rename(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    digest = store.keep(b"e")
    shard = digest[7:9]
    assert [name if not name.startswith(".") else "new" for name in order] == [
        "files",
        "new",
        "renamed",
        shard,
    ]


def test_a_full_disk_leaves_nothing_half_written(service: Place, monkeypatch: pytest.MonkeyPatch):
    def full(handle: int, data: memoryview, offset: int) -> int:
        if offset:
            raise OSError(errno.ENOSPC, "full")
        return write(handle, data[:10], offset)

    write = os.pwrite
    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError, match="full"):
        store.keep(b"f" * 100)
    assert [file for file in service.files.rglob("*") if file.is_file()] == []


def test_what_was_being_written_when_the_power_failed_is_removed_later(service: Place):
    store.keep(b"g")
    fresh, old = service.files / "aa" / ".1.new", service.files / "aa" / ".2.new"
    fresh.parent.mkdir()
    for file in (fresh, old):
        file.write_bytes(b"")
    os.utime(old, (0, 0))
    assert store.tidy() == 1
    assert fresh.exists()
    assert not old.exists()


def test_only_what_nobody_wants_any_more_is_swept_away(service: Place):
    wanted, unwanted, fresh = store.keep(b"h"), store.keep(b"i"), store.keep(b"j")
    again = store.keep(b"k")
    for digest in (wanted, unwanted, again):
        os.utime(next(service.files.rglob(digest[7:])), (0, 0))
    store.keep(b"k")  # wanted again just now
    assert store.sweep(lambda: {wanted}, days=90) == 1
    assert [store.exists(one) for one in (wanted, unwanted, fresh, again)] == [True, False, True, True]
    assert store.sweep(set, days=90) == 0, "what was wanted a moment ago is not gone the next"
    assert store.exists(wanted)


def test_what_comes_while_it_is_swept_is_not_swept_away(service: Place):
    """Whoever submits it says so before the bytes are touched: who is wanted is asked last."""
    old = store.keep(b"l")
    os.utime(next(service.files.rglob(old[7:])), (0, 0))

    def asked() -> set[str]:
        store.keep(b"l")
        os.utime(next(service.files.rglob(store.keep(b"m")[7:])), (0, 0))  # however old it looks
        return set()

    assert store.sweep(asked, days=90) == 0
    assert store.read(old) == b"l"
    assert len([file for file in service.files.rglob("*") if file.is_file()]) == 2


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(errno.ENOSPC, ""), 507),
        (OSError(errno.EDQUOT, ""), 507),
        (OSError(errno.EROFS, ""), 503),
        (OSError(errno.EIO, ""), 503),
    ],
)
def test_what_the_disk_says_becomes_a_sentence(error: OSError, status: int):
    with pytest.raises(disk.Refused) as refused, disk.told():
        raise error
    assert refused.value.status == status
    assert "先前收到的不受影响" in refused.value.message
