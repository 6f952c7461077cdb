"""What stands in a published file, by kind. Deny by default: a kind nobody can read is a finding.

A reader turns bytes into pieces of text and members (files inside the file), so that containers may
hold containers. Pictures are read in ``pictures``, PDF in ``pdf``.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

TEXT_SUFFIXES = frozenset(
    {
        "html",
        "htm",
        "xhtml",
        "xml",
        "rels",
        "json",
        "js",
        "mjs",
        "css",
        "svg",
        "txt",
        "csv",
        "md",
        "map",
        "yml",
    }
    | {"webmanifest"}
)
_GBK = re.compile(rb"(?:[\x81-\xfe][\x40-\x7e\x80-\xfe]){3,}")
_SHORT = 512
MAX_UNPACKED = 256 * 1024 * 1024


class Piece(NamedTuple):
    """A text found in a file.

    ``shortest``: needles below this length prove nothing here, because bytes read in a guessed encoding
    give Chinese characters by chance. ``raw``: not text made for people, so nothing is unwrapped in it.
    """

    text: str
    shortest: int = 2
    raw: bool = False


class Member(NamedTuple):
    """A file inside a file."""

    name: str
    data: bytes


class Unreadable(Exception):
    """The file cannot be looked into; the text is a Chinese half-sentence."""


Part = Piece | Member
Reader = Callable[[str, bytes], Iterator[Part]]

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\x00\x00\x01\x00", "picture"),
    (b"\x00\x01\x00\x00", "font"),
    (b"OTTO", "font"),
    (b"ttcf", "font"),
    (b"wOFF", "packed font"),
    (b"wOF2", "packed font"),
)


def package_folder(name: str) -> Path:
    """Where the installed package ``name`` lies, found without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    return Path(spec.origin).parent


def kind_of(name: str, data: bytes) -> str:
    """The kind of a file by its first bytes, else by its suffix; ``unknown`` when neither tells."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "picture"
    suffix = name.rpartition(".")[2].lower()
    return "text" if suffix in TEXT_SUFFIXES else "unknown"


def parts(name: str, data: bytes) -> Iterator[Part]:
    """Everything that can be read in a file; raises :class:`Unreadable`."""
    reader = _READERS.get(kind_of(name, data))
    if reader is None:
        raise Unreadable("类型不明")
    yield from reader(name, data)


def raw(data: bytes) -> Iterator[Piece]:
    """The bytes read as text in the encodings Chinese is written in."""
    yield Piece(data.decode("utf-8", "replace"), raw=True)
    for start in (0, 1):
        for encoding in ("utf-16-le", "utf-16-be"):
            yield Piece(data[start:].decode(encoding, "replace"), shortest=3, raw=True)
    yield Piece("\n".join(_gbk_runs(data)), shortest=3, raw=True)


def _gbk_runs(data: bytes) -> Iterator[str]:
    """Where bytes look like GBK, read from the first byte and from the second: a stray byte shifts all."""
    for run in _GBK.finditer(data):
        yield run[0].decode("gbk", "replace")
        yield data[run.start() + 1 : run.end() + _SHORT].decode("gbk", "replace")


def written(data: bytes) -> Iterator[Piece]:
    """A string of unknown encoding that somebody wrote into metadata."""
    yield from raw(data)
    yield Piece(data.decode("utf-8", "ignore"))
    if len(data) <= _SHORT:
        yield Piece(data.decode("utf-16-le", "ignore"))
        yield Piece(data.decode("gb18030", "ignore"))


def _text(_name: str, data: bytes) -> Iterator[Part]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield Piece(data.decode("utf-16", "replace"))
        return
    try:
        yield Piece(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable("不是 UTF-8 文本") from error


def _gzip(name: str, data: bytes) -> Iterator[Part]:
    try:
        with gzip.open(io.BytesIO(data)) as file:
            inner = file.read(MAX_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable("压缩文件损坏") from error
    if len(inner) > MAX_UNPACKED:
        raise Unreadable("解压后过大")
    yield from raw(data[:512])
    yield Member(name.removesuffix(".gz"), inner)


def _zip(_name: str, data: bytes) -> Iterator[Part]:
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from raw(archive.comment)
            for info in archive.infolist():
                if info.is_dir():
                    yield Piece(info.filename)
                    continue
                unpacked += info.file_size
                if unpacked > MAX_UNPACKED:
                    raise Unreadable("解压后过大")
                yield from raw(info.comment + info.extra)
                yield Member(info.filename, archive.read(info))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError) as error:
        raise Unreadable("压缩文件损坏或加密") from error


def _font(_name: str, data: bytes) -> Iterator[Part]:
    yield from raw(data)


def _packed_font(_name: str, _data: bytes) -> Iterator[Part]:
    raise Unreadable("不是主题自带的字体")


def _picture(name: str, data: bytes) -> Iterator[Part]:
    from build_tools.site.gate.pictures import picture_parts

    yield from picture_parts(name, data)


def _pdf(name: str, data: bytes) -> Iterator[Part]:
    from build_tools.site.gate.pdf import pdf_parts

    yield from pdf_parts(name, data)


_READERS: dict[str, Reader] = {
    "text": _text,
    "gzip": _gzip,
    "zip": _zip,
    "font": _font,
    "packed font": _packed_font,
    "picture": _picture,
    "pdf": _pdf,
}
