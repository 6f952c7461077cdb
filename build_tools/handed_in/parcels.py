"""What a given file holds: itself, or everything of a unit packed into one archive.

An archive comes from outside: nothing is unpacked before its list is seen to be harmless, nothing is read beyond what
the campaign allows, and no name in it is ever used as a path before it is recognised.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

from build_tools.campaign import Campaign, Unit
from build_tools.checks.content import DAMAGED
from build_tools.handed_in.names import Refused, plain
from build_tools.leftovers import is_leftover, is_marker

_MOST_DOCUMENTS = 200
"""Files of an archive beside the supporting ones: far more than any notice asks of one unit."""

_NO_ARCHIVE = "压缩包打不开，多半没有下载完整，请重新取一次"
_LARGEST_LIST = 1024 * 1024
_CHUNK = 64 * 1024
_END, _END_SIZE, _END64 = b"PK\x05\x06", 22, b"PK\x06\x07"
_COMMENT = 0xFFFF
_ENCRYPTED, _UTF8 = 0x1, 0x800
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True)
class Piece:
    """One file that came. ``shown`` is what people call it, ``parts`` its path, ``unit`` whose it must be if that is
    known; ``read`` gives at most so many bytes or raises :class:`Refused`; ``refused`` says why it is not taken at all."""

    shown: str
    parts: tuple[str, ...]
    read: Callable[[int], bytes]
    unit: Unit | None = None
    refused: str = ""

    @property
    def ignored(self) -> bool:
        """Whether nobody meant to send it: what a system leaves in a folder or packs beside the files."""
        path = "/".join(self.parts)
        return is_leftover(path) or is_marker(path) or "__MACOSX" in self.parts


def pieces(given: Path, campaign: Campaign, unit: Unit | None, open_files: ExitStack) -> Iterator[Piece]:
    """The files that ``given`` stands for; archives stay open in ``open_files``. Raises :class:`Refused`."""
    if given.is_dir() and not given.is_symlink():
        yield from _folder(given, campaign, unit, open_files)
        return
    if given.suffix.lower() != ".zip":
        _open(given).close()
        parts = Path(os.path.abspath(given)).parts[1:]  # noqa: PTH100 - a link on the way is none of the name's
        yield Piece(str(given), parts, partial(_read, given), unit)
        return
    file = open_files.enter_context(_open(given))
    _check_list(file)
    try:
        archive = open_files.enter_context(zipfile.ZipFile(file))
    except DAMAGED as error:
        raise Refused(_NO_ARCHIVE) from error
    owner = unit or campaign.unit_by_slug.get(Path(plain(given.name)).stem)
    yield from _entries(given, archive, campaign, owner)


def _folder(given: Path, campaign: Campaign, unit: Unit | None, open_files: ExitStack) -> Iterator[Piece]:
    """The files in a folder and below it, as if each had been given; links are not followed."""
    most = (campaign.limits["files"] + _MOST_DOCUMENTS) * len(campaign.units)
    unseen: list[OSError] = []
    files = list(islice(_walk(given, unseen), most + 1))
    if len(files) > most:
        raise Refused(f"文件夹里有 {most} 个以上的文件，请给单位的文件夹")
    for file in files:
        try:
            yield from pieces(file, campaign, unit, open_files)
        except Refused as refused:
            yield Piece(str(file), file.parts, _nothing, unit, str(refused))
    for error in unseen:
        yield Piece(str(error.filename), given.parts, _nothing, unit, "文件夹打不开，请核对权限")


def _walk(folder: Path, unseen: list[OSError]) -> Iterator[Path]:
    """The files in ``folder`` by name; what cannot be looked into is noted in ``unseen``."""
    for path, folders, names in os.walk(folder, onerror=unseen.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(path, name) for name in sorted(names))


def _nothing(_most: int) -> bytes:
    return b""


def _open(given: Path) -> IO[bytes]:
    """Raises :class:`Refused` for what is no plain file that can be read."""
    if given.is_symlink():
        raise Refused("是链接，请给文件本身")
    try:
        handle = os.open(given, _FLAGS)
    except FileNotFoundError as error:
        raise Refused("不存在，请核对路径") from error
    except OSError as error:
        raise Refused("读不出来，请核对权限，或者从别处重新复制一份") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Refused("不是普通文件")
    return os.fdopen(handle, "rb")


def _read(given: Path, most: int) -> bytes:
    with _open(given) as file:
        _refuse_larger(os.fstat(file.fileno()).st_size, most)
        return file.read(most)


def _refuse_larger(size: int, most: int) -> None:
    if size > most:
        raise Refused(f"文件有 {-(-size // 1024)} KB，超过 {most // 1024} KB 的上限")


def _check_list(file: IO[bytes]) -> None:
    """Look at how long the archive's list says it is, before it is read. Raises :class:`Refused`."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_SIZE - _COMMENT))
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + _END_SIZE:
        raise Refused(_NO_ARCHIVE)
    length: int = struct.unpack("<L", tail[end + 12 : end + 16])[0]
    if length > _LARGEST_LIST or _END64 in tail[max(0, end - 20) : end]:
        raise Refused("压缩包里的文件太多")
    file.seek(0)


def _entries(given: Path, archive: zipfile.ZipFile, campaign: Campaign, unit: Unit | None) -> Iterator[Piece]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    files, kib = campaign.limits["files"], campaign.limits["file_kib"]
    if len(entries) > files + _MOST_DOCUMENTS:
        raise Refused(f"压缩包里有 {len(entries)} 个文件，超过 {files + _MOST_DOCUMENTS} 个的上限")
    size = sum(entry.file_size for entry in entries)
    if size > files * kib * 1024:
        raise Refused(f"压缩包解开后有 {size // 1024 // 1024} MB，超过 {files * kib // 1024} MB 的上限")
    if not entries:
        raise Refused("压缩包是空的")
    for entry in entries:
        name = _name(entry)
        parts = tuple(name.split("/"))
        yield Piece(f"{given}/{name}", parts, partial(_unpack, archive, entry), unit, _fault(entry, name))


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """What an entry holds, a little at a time: its list may say less than comes out of it."""
    _refuse_larger(entry.file_size, most)
    chunks, size = [], 0
    try:
        with archive.open(entry) as file:
            while chunk := file.read(_CHUNK):
                chunks.append(chunk)
                size += len(chunk)
                if size > entry.file_size:
                    raise Refused("压缩包中的这个文件已损坏，请重新取一次")
        return b"".join(chunks)
    except DAMAGED as error:
        raise Refused("压缩包中的这个文件已损坏，请重新取一次") from error


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: what has no mark for UTF-8 is UTF-8 all the same, or GBK, as Windows packs it.

    Two Chinese characters in GBK may be two letters of Greek or Cyrillic in UTF-8, which nobody means.
    """
    name = entry.orig_filename
    if entry.flag_bits & _UTF8 or name.isascii():
        return name
    data = name.encode("cp437")
    for encoding, least in (("utf-8", "\u2000"), ("gb18030", "\x80")):
        with suppress(UnicodeError):
            meant = data.decode(encoding)
            if all(character.isascii() or character >= least for character in meant):
                return meant
    return name


def _fault(entry: zipfile.ZipInfo, name: str) -> str:
    """Why the entry is not taken, whatever it holds; empty when nothing is wrong with it."""
    if (
        "\\" in name
        or ":" in name
        or "\0" in name
        or any(part in ("", ".", "..") for part in name.split("/"))
    ):
        return "压缩包里的位置不对，应是“单位标识/文件”这样的写法"
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "不是普通文件（链接之类）"
    if entry.flag_bits & _ENCRYPTED:
        return "加了密码，请解开后再给"
    if name.lower().endswith(".zip"):
        return "是压缩包里的压缩包，请先解开"
    return ""
