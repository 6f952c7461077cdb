"""What a PDF holds: the text of its pages, and every string and stream of its objects.

The objects hold what no page shows: document information, XMP, outlines, form fields, notes, attachments.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2

from build_tools.site.gate.readers import Member, Part, Piece, Unreadable, kind_of, raw, written

_NAMESPACES = re.compile(
    rb"""\sxmlns:\w+\s*=\s*(["'])https?://(www\.w3\.org|ns\.adobe\.com|purl\.org|www\.aiim\.org)/[^"']*\1"""
)
"""Names of vocabularies in XMP. One of them holds 1999/02, which somebody's career may hold as well."""


def pdf_parts(_name: str, data: bytes) -> Iterator[Part]:
    """Texts and members of a PDF; raises ``Unreadable`` for a broken or encrypted one."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for thing in (*pdf.objects, pdf.trailer):
                yield from _thing(thing)
    except pikepdf.PasswordError as error:
        raise Unreadable("PDF 已加密") from error
    except pikepdf.PdfError as error:
        raise Unreadable("PDF 损坏") from error
    yield from _pages(data)


def _pages(data: bytes) -> Iterator[Piece]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("PDF 损坏") from error
    try:
        for page in document:
            text = page.get_textpage()
            yield Piece(text.get_text_range())
            text.close()
            page.close()
    finally:
        document.close()


def _thing(thing: Any) -> Iterator[Part]:
    """One object and what stands directly in it; references are met as objects of their own."""
    if isinstance(thing, pikepdf.Stream):
        yield from _entries(dict(thing.items()))
        yield from _stream(thing)
    elif isinstance(thing, pikepdf.Dictionary):
        yield from _entries(dict(thing.items()))
    elif isinstance(thing, pikepdf.Array):
        for entry in thing:
            if not getattr(entry, "is_indirect", False):
                yield from _thing(entry)
    elif isinstance(thing, pikepdf.String):
        yield Piece(str(thing))
        yield from written(bytes(thing))


def _entries(entries: dict[str, Any]) -> Iterator[Part]:
    for key, entry in entries.items():
        yield Piece(key)
        if not getattr(entry, "is_indirect", False):
            yield from _thing(entry)


def _stream(stream: pikepdf.Stream) -> Iterator[Part]:
    try:
        data = stream.read_bytes()
    except pikepdf.PdfError:
        data = stream.read_raw_bytes()  # a JPEG or another picture, which pikepdf leaves packed
    if kind_of("", data) not in ("unknown", "font", "packed font"):
        yield Member("内嵌文件", data)
    elif stream.get("/Type") == "/EmbeddedFile":
        yield Member("内嵌文件.txt", data)
    elif stream.get("/Type") == "/Metadata":
        yield from raw(_NAMESPACES.sub(b"", data))
    else:
        yield from raw(data)
