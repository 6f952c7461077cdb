"""A sheet as a Word document: the same sheet gives the same bytes, whenever and wherever it is written."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.coreprops import CoreProperties
from docx.opc.packuri import PackURI
from docx.opc.part import Part, XmlPart
from docx.oxml.coreprops import CT_CoreProperties
from docx.oxml.document import CT_Document
from docx.oxml.shape import CT_Inline
from docx.package import Package
from docx.parts.document import DocumentPart
from docx.shared import Emu

from build_tools.forms.docx.markup import Element, end_section, paragraph, w
from build_tools.forms.docx.page import Page, head
from build_tools.forms.docx.prose import letter, statement
from build_tools.forms.docx.styles import fonts, settings, styles
from build_tools.forms.docx.table import register, table
from build_tools.forms.measure import POINTS
from build_tools.forms.pictures import fitted
from build_tools.forms.sheet import Letter, Picture, Sheet, Statement, Table

_LONGEST_TITLE = 255
_EMU = 12700
"""Word's units of drawings in a point."""

_FIRST_DAY = 1980, 1, 1, 0, 0, 0
"""The earliest time a zip file can hold."""


def docx_document(sheet: Sheet, copies: int = 1) -> bytes:
    """``sheet`` as a Word document that holds it ``copies`` times, each beginning on a page with the number 1."""
    package = Package()
    body = w("body")
    root = w("document", body)
    document = DocumentPart(
        PackURI("/word/document.xml"), CONTENT_TYPE.WML_DOCUMENT_MAIN, cast("CT_Document", root), package
    )
    package.relate_to(document, RELATIONSHIP_TYPE.OFFICE_DOCUMENT)
    package.relate_to(_properties(sheet, package), RELATIONSHIP_TYPE.CORE_PROPERTIES)
    for part, relation in _alike(sheet, package):
        document.relate_to(part, relation)
    page = Page(sheet, document, package)
    draw = _Photos(document)
    for copy in range(copies):
        if copy:
            end_section(body, page.section())
        body.extend((*head(sheet), *_blocks(sheet, draw)))
    body.append(page.section())
    return _zipped(package)


def _blocks(sheet: Sheet, draw: _Photos) -> Iterator[Element]:
    """What stands below the title. After a table Word asks for a paragraph: one that takes no room."""
    body = sheet.body
    if isinstance(body, Letter):
        yield from letter(body)
    elif isinstance(body, Statement):
        yield from statement(body)
    else:
        yield table(body, draw.run) if isinstance(body, Table) else register(body)
        yield paragraph("AfterTable")


class _Photos:
    """The pictures of one document: however often one is shown, it is stored once."""

    def __init__(self, document: DocumentPart) -> None:
        self._document = document
        self._shown = 0

    def run(self, picture: Picture, title: str, box: tuple[float, float]) -> Element | None:
        """A run with ``picture``, as large as ``box`` (millimetres) allows; ``None`` when it cannot be read."""
        data = fitted(picture)
        if data is None:
            return None
        relation, image = self._document.get_or_add_image(BytesIO(data))
        scale = min(box[0] / image.px_width, box[1] / image.px_height) * POINTS * _EMU
        width, height = Emu(int(image.px_width * scale)), Emu(int(image.px_height * scale))
        self._shown += 1
        inline = CT_Inline.new_pic_inline(self._shown, relation, f"{title}.jpg", width, height)
        # Without these LibreOffice keeps text away, and moves the photo to the cell's edge.
        for side in "TBLR":
            inline.set(f"dist{side}", "0")
        inline.docPr.set("name", f"{title}{self._shown}")
        inline.docPr.set("descr", title)
        return w("r", w("drawing", inline))


def _alike(sheet: Sheet, package: Package) -> Iterator[tuple[Part, str]]:
    """The parts that every document has, with what they are to it."""
    two_sided = isinstance(sheet.body, Letter)
    for name, content, kind, relation in (
        ("styles", styles(), CONTENT_TYPE.WML_STYLES, RELATIONSHIP_TYPE.STYLES),
        ("settings", settings(two_sided=two_sided), CONTENT_TYPE.WML_SETTINGS, RELATIONSHIP_TYPE.SETTINGS),
        ("fontTable", fonts(), CONTENT_TYPE.WML_FONT_TABLE, RELATIONSHIP_TYPE.FONT_TABLE),
    ):
        yield Part(PackURI(f"/word/{name}.xml"), kind, content, package), relation


def _properties(sheet: Sheet, package: Package) -> Part:
    """Title and language; no author and no time, which would say who made it and when."""
    element = CT_CoreProperties.new()
    properties = CoreProperties(element)
    properties.title = sheet.caption[:_LONGEST_TITLE]
    properties.language = "zh-CN"
    return XmlPart(PackURI("/docProps/core.xml"), CONTENT_TYPE.OPC_CORE_PROPERTIES, element, package)


def _zipped(package: Package) -> bytes:
    """``package`` as a file in which nothing tells when or on which system it was written."""
    raw, packed = BytesIO(), BytesIO()
    package.save(raw)
    with ZipFile(raw) as written, ZipFile(packed, "w") as archive:
        for name in written.namelist():
            entry = ZipInfo(name, _FIRST_DAY)
            entry.create_system = 0
            entry.compress_type = ZIP_STORED if name.endswith(".jpg") else ZIP_DEFLATED
            archive.writestr(entry, written.read(name))
    return packed.getvalue()
