"""What is wrong inside a PDF: damage, a password, and content that acts instead of being read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from build_tools.checks.content import DAMAGED, Trouble

MOST_OBJECTS = 50_000
MOST_MEMORY = 64 * 1024 * 1024
"""Bytes that one compressed part of a PDF may take when unpacked for reading."""


def pdf_troubles(data: bytes) -> list[Trouble]:
    """What is wrong with the PDF in ``data``; an empty list when nothing is. Never raises."""
    import pikepdf

    try:
        with _limits(), pikepdf.open(io.BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                return [Trouble("locked", "")]
            if not len(pdf.pages):
                return [Trouble("damaged", "没有页面")]
            return list(_active(pdf))
    except pikepdf.PasswordError:
        return [Trouble("locked", "")]
    except (pikepdf.PdfError, *DAMAGED):
        return [Trouble("damaged", "PDF 内部结构不完整")]


@contextmanager
def _limits() -> Iterator[None]:
    """qpdf's limits are set for the whole process, so they are put back at once."""
    from pikepdf import settings

    before: Any = settings.set_qpdf_limits(
        flate_max_memory=MOST_MEMORY,
        run_length_max_memory=MOST_MEMORY,
        png_max_memory=MOST_MEMORY,
        tiff_max_memory=MOST_MEMORY,
        max_stream_filters=4,
        doc_max_warnings=100,
        parser_max_container_size=1_000_000,
    )
    try:
        yield
    finally:
        settings.set_qpdf_limits(**before)


_ACTIONS = {
    "/JavaScript": "脚本（JavaScript）",
    "/Launch": "启动其他程序的动作",
    "/ImportData": "导入数据的动作",
    "/SubmitForm": "向外发送数据的动作",
}
_PARTS = {
    "/FileAttachment": "嵌入的其他文件",
    "/RichMedia": "多媒体内容",
    "/Movie": "多媒体内容",
    "/Sound": "多媒体内容",
    "/Screen": "多媒体内容",
    "/3D": "多媒体内容",
}


def _active(pdf: Any) -> Iterator[Trouble]:
    """Each kind of active content once. All objects are looked at: an action may hang anywhere."""
    found: dict[str, None] = {}
    for number, thing in enumerate(pdf.objects):
        if number >= MOST_OBJECTS:
            yield Trouble("bomb", f"包含的对象超过 {MOST_OBJECTS} 个")
            break
        for keys in _mappings(thing):
            found.update(dict.fromkeys(_acts(keys)))
    for what in found:
        yield Trouble("active", what)


def _mappings(thing: Any) -> Iterator[Any]:
    """``thing`` and what stands directly inside it, without following references."""
    import pikepdf

    waiting = [thing]
    while waiting:
        part = waiting.pop()
        if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            yield part
            children = [part.get(key) for key in part.keys()]  # noqa: SIM118 - a stream iterates over its bytes
        elif isinstance(part, pikepdf.Array):
            children = list(part)
        else:
            continue
        waiting.extend(
            child
            for child in children
            if isinstance(child, pikepdf.Dictionary | pikepdf.Array) and not child.is_indirect
        )


def _acts(part: Any) -> Iterator[str]:
    keys = part.keys()
    if "/JS" in keys:
        yield _ACTIONS["/JavaScript"]
    if "/S" in keys and (action := _ACTIONS.get(str(part.get("/S")))):
        yield action
    if "/EF" in keys or ("/Type" in keys and str(part.get("/Type")) == "/EmbeddedFile"):
        yield "嵌入的其他文件"
    if "/Subtype" in keys and (kind := _PARTS.get(str(part.get("/Subtype")))):
        yield kind
    if "/XFA" in keys:
        yield "动态表单（XFA）"
