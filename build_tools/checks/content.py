"""What a file is by its content. The name a file carries decides nothing here."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import NamedTuple

WORDS = {
    "pdf": "PDF 文件",
    "jpg": "JPEG 图片",
    "png": "PNG 图片",
    "gif": "GIF 图片",
    "bmp": "BMP 图片",
    "webp": "WebP 图片",
    "tiff": "TIFF 图片",
    "heic": "HEIC 图片（苹果手机照片）",
    "mp4": "视频或音频",
    "docx": "Word 文档（docx）",
    "xlsx": "Excel 表格（xlsx）",
    "pptx": "幻灯片（pptx）",
    "ofd": "OFD 文件",
    "odt": "OpenDocument 文档",
    "doc": "旧版 Office 或 WPS 文件（doc、xls、wps 等）",
    "locked": "加了密码的 Office 文件",
    "rtf": "RTF 文件",
    "zip": "压缩包",
    "rar": "压缩包",
    "7z": "压缩包",
    "gz": "压缩包",
    "broken-zip": "损坏的 Office 文件或压缩包",
    "program": "程序",
    "html": "网页或 XML 文件",
    "text": "纯文本",
    "empty": "空文件",
    "unknown": "无法识别的内容",
}
"""Every kind :func:`kind_of` knows, as it is called towards people."""

EXTENSIONS = {"jpeg": "jpg", "jpe": "jpg", "tif": "tiff", "heif": "heic", "htm": "html", "txt": "text"}
"""Extensions that differ from the name of their kind."""

DAMAGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What readers of files raise over malformed ones (Pillow raises ``SyntaxError``, zipfile ``RuntimeError``)."""

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "pdf"),
    (0, b"\xff\xd8\xff", "jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
    (0, b"GIF8", "gif"),
    (0, b"BM", "bmp"),
    (8, b"WEBP", "webp"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (4, b"ftyphei", "heic"),
    (4, b"ftypmif1", "heic"),
    (4, b"ftyp", "mp4"),
    (0, b"{\\rtf", "rtf"),
    (0, b"Rar!", "rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"\x1f\x8b", "gz"),
    (0, b"MZ", "program"),
    (0, b"\x7fELF", "program"),
    (0, b"\xca\xfe\xba\xbe", "program"),
    (0, b"#!", "program"),
)
_PACKAGES: tuple[tuple[str, str], ...] = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("ppt/presentation.xml", "pptx"),
    ("OFD.xml", "ofd"),
    ("content.xml", "odt"),
)
_LOCKED = "EncryptedPackage".encode("utf-16-le")


class Trouble(NamedTuple):
    """``kind``: damaged, locked, active or bomb; ``what``: the words that finish the message."""

    kind: str
    what: str


def kind_of(data: bytes) -> str:
    """The kind of file ``data`` is: a key of :data:`WORDS`. Never raises."""
    if not data:
        return "empty"
    for offset, signature, kind in _SIGNATURES:
        if data.startswith(signature, offset):
            if kind == "zip":
                return _package(data)
            if kind == "doc" and _LOCKED in data:
                return "locked"
            return kind
    start = data[:1024]
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        return "html"
    if b"%PDF-" in start:  # ISO 32000 readers accept a header that stands a little later
        return "pdf"
    if b"\0" in start:
        return "unknown"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "unknown"
    return "text"


def _package(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except DAMAGED:
        return "broken-zip"
    return next((kind for member, kind in _PACKAGES if member in names), "zip")


def kind_named(path: str) -> str:
    """The kind of file the extension of ``path`` promises; empty without an extension."""
    name = path.rsplit("/", 1)[-1]
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    return EXTENSIONS.get(extension, extension)
