"""What else a PDF or a Word document may hide: beyond what ``shenbao check`` looks for, since strangers send these.

Two files in one (a PDF that is an archive, too), what a PDF does by itself when it is opened, documents within a Word
document, and archives that unpack to more than they say.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from build_tools.checks.content import DAMAGED, Trouble, kind_of
from build_tools.checks.docx_content import MOST_UNPACKED

_TWO_IN_ONE = Trouble("active", "夹带在前后的其他内容，换一种软件会打开成另一种文件")
_EMBEDDED = Trouble("active", "嵌入的其他文件")
_MACROS = Trouble("active", "宏")
_BY_ITSELF = Trouble("active", "一打开就自动执行的动作")
_BROKEN = Trouble("damaged", "Word 文档的压缩结构不完整")
_MORE = Trouble("bomb", "解压后的大小与写明的不符")
_START, _END = 1024, 22
_HARMLESS = {"/GoTo", "/Named"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ALT_CHUNK = re.compile(rb"relationships/aFChunk[\"']", re.IGNORECASE)
_HEADING = struct.Struct("<4s5H3L2H")
_UTF_8, _SECRET = 0x800, 1


def pdf_hides(data: bytes) -> list[Trouble]:
    """What else is wrong with the PDF ``data``, in which nothing else was found. Never raises."""
    import pikepdf

    if not data.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-") or _is_archive(data):
        return [_TWO_IN_ONE]
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return [_BY_ITSELF] if any(_acts_alone(part) for part in _mappings(pdf)) else []
    except (pikepdf.PdfError, *DAMAGED):
        return [Trouble("damaged", "PDF 内部结构不完整")]


def _is_archive(data: bytes) -> bool:
    """Whether a program that unpacks archives would find one in ``data``, wherever it begins."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return bool(archive.infolist())
    except DAMAGED:
        return False


def _mappings(pdf: Any) -> Iterator[Any]:
    """Every dictionary of the document, those inside others, too, without following references."""
    import pikepdf

    for thing in pdf.objects:
        waiting = [thing]
        while waiting:
            part = waiting.pop()
            children: list[Any]
            if isinstance(part, pikepdf.Array):
                children = list(part)
            elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
                yield part
                children = [part.get(key) for key in part.keys()]  # noqa: SIM118 - a stream iterates over its bytes
            else:
                continue
            waiting.extend(
                child
                for child in children
                if isinstance(child, pikepdf.Array | pikepdf.Dictionary) and not child.is_indirect
            )


def _acts_alone(part: Any) -> bool:
    """Whether opening, turning or leaving (not pressing) does more than go to another page."""
    import pikepdf

    actions = [part.get("/OpenAction")] if "/OpenAction" in part else []
    if "/AA" in part and isinstance(more := part.get("/AA"), pikepdf.Dictionary):
        actions.extend(more.get(key) for key in more.keys())  # noqa: SIM118 - as above
    return any(
        isinstance(action, pikepdf.Dictionary) and str(action.get("/S")) not in _HARMLESS
        for action in actions
    )


def docx_hides(data: bytes) -> list[Trouble]:
    """What else is wrong with the Word document ``data``, in which nothing else was found. Never raises."""
    if b"%PDF-" in data[:_START] or data[-_END : -_END + 4] != b"PK\x05\x06":
        return [_TWO_IN_ONE]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if min(member.header_offset for member in members) != 0:
                return [_TWO_IN_ONE]
            return list(dict.fromkeys(_within(data, members)))
    except DAMAGED:
        return [_BROKEN]


def _within(data: bytes, members: list[zipfile.ZipInfo]) -> Iterator[Trouble]:
    left = MOST_UNPACKED
    for member in members:
        content = _unpacked(data, member)
        left -= len(content)
        if len(content) > member.file_size or left < 0:
            yield _MORE
            return
        if len(content) < member.file_size or zlib.crc32(content) != member.CRC:
            yield _BROKEN
            return
        yield from _of_member(member.filename.lower(), content)


def _unpacked(data: bytes, member: zipfile.ZipInfo) -> bytes:
    """What is really there under the name ``member``: at most one byte more than it says. Raises :data:`DAMAGED`.

    The directory at the end and the heading before the content both tell name and size, and programs differ in which
    they believe: both have to say the same.
    """
    heading = data[member.header_offset : member.header_offset + _HEADING.size]
    signature, _, flags, method, _, _, _, _, _, length, extra = _HEADING.unpack(heading)
    start = member.header_offset + _HEADING.size
    name = data[start : start + length].decode("utf-8" if member.flag_bits & _UTF_8 else "cp437")
    path = PurePosixPath(name)
    odd = path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name
    if signature != b"PK\x03\x04" or name != member.orig_filename or odd:
        raise zipfile.BadZipFile
    if (flags | member.flag_bits) & _SECRET or method != member.compress_type:
        raise zipfile.BadZipFile
    start += length + extra
    packed = data[start : start + member.compress_size]
    if method == zipfile.ZIP_STORED:
        return packed
    if method != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, member.file_size + 1)


def _of_member(name: str, content: bytes) -> Iterator[Trouble]:
    if name == "[content_types].xml" and b"macroenabled" in content.lower():
        yield _MACROS
    if content.startswith(_OLE) or ("/embeddings/" in name and not _is_table(content)):
        yield _EMBEDDED
    if name.endswith(".rels") and _ALT_CHUNK.search(content):
        yield _EMBEDDED


def _is_table(content: bytes) -> bool:
    """Whether it is a plain table, as a chart in a document has one."""
    if kind_of(content) != "xlsx":
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name.lower() for name in archive.namelist()]
    return not any(name.endswith(".bin") or "/embeddings/" in name for name in names)
