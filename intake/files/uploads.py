"""Uploads in pieces over a poor line: begun, received piece by piece, looked through, kept or refused.

How much of a file is here is how long it is on the disk, and nothing else: each piece is appended under a lock of that
file and synced before anybody is told. Everything is looked up by unit, never by id alone.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from build_tools.campaign import Campaign
from build_tools.checks import attachment_rules as rules
from build_tools.findings import Place
from intake.answers import Refused
from intake.current import campaign, now
from intake.files import store
from intake.files.allowance import check_day
from intake.files.contents import sentence
from intake.files.disk import sync_folder, told, write_all
from intake.files.examine import examine
from intake.files.models import Draft, Upload
from intake.files.names import check_path, is_photo, most_bytes
from intake.people.models import Account
from intake.place import place

CHUNK, MOST_CHUNK = 256 * 1024, 1024 * 1024
"""Bytes of a piece: what we propose, and the most that is taken at once."""

MOST_UNFINISHED, MOST_WAITING = 20, 128 * 1024 * 1024
"""Unfinished uploads of one unit: how many, and how many bytes they may announce together."""

UNFINISHED_FOR, UNNAMED_FOR = timedelta(days=2), timedelta(days=30)
"""How long an unfinished upload waits, and one that no draft names is remembered."""

_UNTOUCHED_FOR = timedelta(hours=1)
_RECEIVING, _READY, _REFUSED = Upload.State.RECEIVING, Upload.State.READY, Upload.State.REFUSED
_GONE = "没有找到这个文件，可能已经取消。请重新选择文件上传。"


class Kept(NamedTuple):
    """What is kept of an upload: the digest and the size in bytes of its content."""

    digest: str
    size: int


class Progress(NamedTuple):
    """How far an upload is: ``offset`` bytes are here; ``finished`` when this very request finished it."""

    upload: Upload
    offset: int
    finished: bool = False


def begin(account: Account, path: str, size: int) -> Upload:
    """Begin an upload of ``size`` bytes for ``path`` in the folder of the account's unit; raises :class:`Refused`."""
    held = campaign()
    unit = held.unit_by_slug.get(account.unit)
    if unit is None:
        raise Refused(403, "这个账号的单位不在本次活动的报送单位里，请与活动办公室联系。")
    check_path(path, unit, held)
    _check_size(path, size, held)
    check_day(account.unit, size, held)
    with told(), transaction.atomic():
        _make_room(account.unit, path, size, held.limits.get("files", 0))
        return Upload.objects.create(
            unit=account.unit, account=account, path=path, size=size, created_at=now()
        )


def progress(unit: str, upload_id: UUID) -> Progress:
    """How far the unit's upload is; raises :class:`Refused`."""
    upload = _own(unit, upload_id)
    with told():
        return Progress(upload, _length(upload))


def receive(unit: str, upload_id: UUID, offset: int, data: bytes) -> Progress:
    """Append ``data``, which begins at ``offset`` of the file, and look through the file when it is complete.

    Sending the last piece again changes nothing. Raises :class:`Refused`: 409 with the ``offset`` to go on from.
    """
    upload = _own(unit, upload_id)
    if upload.state != _RECEIVING:
        return Progress(upload, upload.size)
    with told(), _locked(upload) as file:
        try:
            upload = _own(unit, upload_id)  # while we waited, another tab may have finished or cancelled it
        except Refused:
            _file(upload).unlink(missing_ok=True)
            raise
        if upload.state != _RECEIVING:
            _file(upload).unlink(missing_ok=True)
            return Progress(upload, upload.size)
        here = _append(file, upload.size, offset, data)
        return _finish(upload) if here == upload.size else Progress(upload, here)


def cancel(unit: str, upload_id: UUID) -> None:
    """Forget an upload; what a submission took over is not touched. Raises :class:`Refused`."""
    upload = _own(unit, upload_id)
    with told(), _locked(upload):
        upload.delete()
        _file(upload).unlink(missing_ok=True)


def content(unit: str, upload_id: UUID) -> tuple[Upload, bytes]:
    """A finished upload and what is kept of it; raises :class:`Refused`."""
    upload = _own(unit, upload_id)
    if upload.state != _READY:
        raise Refused(409, upload.message or "这个文件还没有传完。")
    with told():
        try:
            return upload, store.read(upload.digest)
        except store.Missing as missing:
            raise Refused(410, "服务器上的这个文件不完整，请重新选择文件上传。") from missing


def ready(unit: str, path: str, upload_id: str | UUID) -> Kept:
    """What is kept of the unit's upload for ``path``; raises :class:`Refused` unless it can go with a submission."""
    try:
        upload = _own(unit, upload_id if isinstance(upload_id, UUID) else UUID(str(upload_id)))
    except (ValueError, Refused) as error:
        raise Refused(409, "有一个文件没有找到。请在表上重新选择这个文件，传完再提交。") from error
    if upload.state == _REFUSED:
        raise Refused(409, f"有一个文件没有收下：{upload.message}")
    if upload.state != _READY:
        raise Refused(409, "有一个文件还没有传完。请等它传完再提交。")
    if upload.path != path:
        raise Refused(409, "有一个文件是为另一栏上传的。请在表上重新选择这个文件，传完再提交。")
    if not store.exists(upload.digest):
        raise Refused(409, "服务器上有一个文件不完整。请在表上重新选择这个文件，传完再提交。")
    return Kept(upload.digest, upload.kept_size)


def newest(unit: str, text: str) -> dict[str, Upload]:
    """The unit's newest finished upload for each path that occurs in ``text``.

    The text is not read as YAML: a draft may be half written, and a path too many does no harm.
    """
    found = Upload.objects.filter(unit=unit, state=_READY).order_by("finished_at", "created_at")
    return {upload.path: upload for upload in found if upload.path in text}


def tidy() -> int:
    """Remove unfinished and refused uploads older than two days, and what lies about; gives how many."""
    moment = now()
    old = Upload.objects.exclude(state=_READY).filter(created_at__lt=moment - UNFINISHED_FOR)
    removed = sum(_remove_unless_busy(upload) for upload in old)
    for upload in Upload.objects.filter(state=_READY, finished_at__lt=moment - UNNAMED_FOR):
        if not _is_named(upload.path, _written(upload.unit)):
            upload.delete()
            removed += 1
    return removed + _remove_strays() + store.tidy()


def _own(unit: str, upload_id: UUID) -> Upload:
    with told():
        upload = Upload.objects.filter(unit=unit, id=upload_id).first() if unit else None
    if upload is None:
        raise Refused(404, _GONE)
    return upload


def _file(upload: Upload) -> Path:
    return place().uploads / str(upload.id)


def _length(upload: Upload) -> int:
    if upload.state != _RECEIVING:
        return upload.size
    try:
        return _file(upload).stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def _locked(upload: Upload) -> Iterator[int]:
    """The file of the upload, open, and nobody else's until we are done."""
    handle = os.open(_file(upload), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _append(file: int, size: int, offset: int, data: bytes) -> int:
    """How long the file is with ``data`` appended."""
    here = os.fstat(file).st_size
    if here == size and offset + len(data) == size and os.pread(file, len(data), offset) == data:
        return here  # the last piece once more: the answer did not arrive
    if offset != here:
        raise Refused(409, "前面已经传了一部分，请从断开的地方接着传。", offset=here)
    if here + len(data) > size:
        raise Refused(413, "送来的内容比文件原来的大小多，请重新选择文件上传。", offset=here)
    if data:
        write_all(file, data, here)
    if not here:
        sync_folder(place().uploads)
    return here + len(data)


def _finish(upload: Upload) -> Progress:
    file = _file(upload)
    seen = examine(file, upload.path, place().root, campaign())
    if seen.message:
        outcome: dict[str, object] = {"state": _REFUSED, "message": seen.message}
    else:
        came = file.read_bytes()
        data = came if seen.data is None else seen.data
        digest = store.keep(data)
        outcome = {"state": _READY, "digest": digest, "kept_size": len(data), "changed": data != came}
    Upload.objects.filter(id=upload.id, state=_RECEIVING).update(**outcome, finished_at=now())
    upload.refresh_from_db()
    file.unlink()
    return Progress(upload, upload.size, finished=True)


def _check_size(path: str, size: int, held: Campaign) -> None:
    if size < 1:
        raise Refused(422, "文件是空的，请重新选择文件。")
    most = most_bytes(path, held)
    if most and size > most:
        kind, kib = "照片" if is_photo(path, held) else "文件", -(-size // 1024)
        words = rules.TOO_LARGE.finding(Place(path), kind=kind, size=kib, limit=most // 1024)
        raise Refused(413, sentence(words))


def _make_room(unit: str, path: str, size: int, most: int) -> None:
    """Raises :class:`Refused` when the unit has as many uploads as it may, and none of them is idle."""
    waiting = list(Upload.objects.filter(unit=unit, state=_RECEIVING))
    if len(waiting) >= MOST_UNFINISHED:
        idle = [one for one in waiting if now() - one.created_at > _UNTOUCHED_FOR and not _length(one)]
        waiting = [one for one in waiting if one not in idle or not _remove_unless_busy(one)]
    if len(waiting) >= MOST_UNFINISHED:
        raise Refused(409, f"有 {len(waiting)} 个文件还没有传完。请先传完或取消，再传新的。")
    if size + sum(one.size for one in waiting) > MOST_WAITING:
        raise Refused(
            409, f"没有传完的文件合计超过 {MOST_WAITING // 1024 // 1024} MB。请先传完或取消，再传新的。"
        )
    finished = Upload.objects.filter(unit=unit, state=_READY).order_by("finished_at")
    paths = {one.path for one in waiting} | {one.path for one in finished} | {path}
    if not most or len(paths) <= most:
        return
    texts = _written(unit)
    for one in finished:
        if len(paths) <= most:
            return
        if one.path != path and one.path in paths and not _is_named(one.path, texts):
            Upload.objects.filter(unit=unit, state=_READY, path=one.path).delete()
            paths.discard(one.path)
    if len(paths) > most:
        raise Refused(409, f"文件已有 {most} 个，达到上限。请把同一份材料合并成一个 PDF，删去不用的，再传。")


def _written(unit: str) -> list[str]:
    """The texts of the unit's drafts."""
    return list(Draft.objects.filter(unit=unit).values_list("yaml", flat=True))


def _is_named(path: str, texts: list[str]) -> bool:
    return any(path in text for text in texts)


def _remove_unless_busy(upload: Upload) -> bool:
    """Remove an upload with its file, unless somebody is sending just now."""
    file = _file(upload)
    try:
        handle = os.open(file, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        upload.delete()
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        upload.delete()
        file.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def _remove_strays() -> int:
    """Remove files without a row that nobody has touched for as long as an unfinished upload waits."""
    limit, removed = time.time() - UNFINISHED_FOR.total_seconds(), 0
    for file in place().uploads.iterdir():
        with suppress(FileNotFoundError, ValueError):
            old = file.stat().st_mtime < limit
            if old and not Upload.objects.filter(id=UUID(file.name), state=_RECEIVING).exists():
                file.unlink()
                removed += 1
    return removed
