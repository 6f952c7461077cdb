"""WordprocessingML (ISO/IEC 29500-1, 17), element by element.

Word refuses a file whose elements stand in another order than the schema's. Paragraph and run properties are
therefore written here only, in that order. Text goes in as text, so nothing a unit wrote can become markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypedDict, Unpack, cast

from docx.oxml.ns import nspfxmap, qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement

Element = BaseOxmlElement

TWIPS = 20
"""Twentieths of a point in a point."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def twips(millimetres: float) -> int:
    """A length as Word counts it."""
    return round(millimetres * 72 / 25.4 * TWIPS)


def w(name: str, /, *children: Element | None, **attributes: str | float | None) -> Element:
    """An element of the main namespace; children and attributes that are ``None`` are left out."""
    given = {qn(f"w:{key}"): str(value) for key, value in attributes.items() if value is not None}
    element = cast("Element", OxmlElement(f"w:{name}", given))
    for child in children:
        if child is not None:
            element.append(child)
    return element


def indent(size: float, **characters: float) -> dict[str, int]:
    """Attributes of ``w:ind``, given in characters of ``size`` points.

    Word goes by the characters, which keep their meaning when somebody changes the size; others by the length.
    """
    found = {}
    for side, number in characters.items():
        found[f"{side}Chars"] = round(number * 100)
        found[side] = round(number * size * TWIPS)
    return found


def run(text: str, *, size: float | None = None, underlined: bool = False) -> Element:
    """``text`` with its line breaks; ``size`` in points where it is not its style's."""
    properties = run_properties(size=size, underlined=underlined)
    content = []
    for number, line in enumerate(text.split("\n")):
        if number:
            content.append(w("br"))
        if line:
            content.append(_text(line))
    return w("r", properties if len(properties) else None, *content)


def run_properties(
    *,
    font: str | None = None,
    color: str | None = None,
    spacing: float | None = None,
    size: float | None = None,
    underlined: bool = False,
) -> Element:
    """``w:rPr``; ``size`` and the ``spacing`` added to each character in points."""
    half_points = None if size is None else round(2 * size)
    return w(
        "rPr",
        w("rFonts", ascii=font, hAnsi=font, eastAsia=font, cs=font) if font else None,
        w("color", val=color) if color else None,
        w("spacing", val=round(spacing * TWIPS)) if spacing else None,
        w("sz", val=half_points) if half_points else None,
        w("szCs", val=half_points) if half_points else None,
        w("u", val="single") if underlined else None,
    )


class ParagraphProperties(TypedDict, total=False):
    """What sets a paragraph apart from its style: ``before``, ``after`` and ``line`` in twips, ``exact`` unless a
    line may grow, ``indents`` the attributes of ``w:ind``, ``level`` the outline's, 0 the highest.
    """

    keep_next: bool
    before: int | None
    after: int | None
    line: int | None
    exact: bool
    indents: Mapping[str, int] | None
    align: str | None
    level: int | None


def paragraph(style: str, *content: Element, **properties: Unpack[ParagraphProperties]) -> Element:
    """A paragraph of a style."""
    return w("p", paragraph_properties(style, **properties), *content)


def paragraph_properties(style: str | None, **properties: Unpack[ParagraphProperties]) -> Element:
    """``w:pPr``."""
    before, after, line = properties.get("before"), properties.get("after"), properties.get("line")
    indents, align, level = properties.get("indents"), properties.get("align"), properties.get("level")
    rule = None if line is None else "exact" if properties.get("exact", True) else "auto"
    spacing = w("spacing", before=before, after=after, line=line, lineRule=rule)
    return w(
        "pPr",
        w("pStyle", val=style) if style else None,
        w("keepNext") if properties.get("keep_next") else None,
        spacing if len(spacing.attrib) else None,
        w("ind", **indents) if indents else None,
        w("jc", val=align) if align else None,
        None if level is None else w("outlineLvl", val=level),
    )


def field(instruction: str) -> Element:
    """What Word works out by itself: ``PAGE``."""
    return w("fldSimple", w("r", _text("1")), instr=instruction)


def reference(name: str, of: str, part: str) -> Element:
    """What names another part by its relation. Both prefixes are declared: lxml would take one from a register that
    every library in the process writes to.
    """
    given = {qn("w:type"): of, qn("r:id"): part}
    return cast("Element", OxmlElement(f"w:{name}", given, nsdecls=nspfxmap("w", "r")))


def end_section(blocks: Iterable[Element], properties: Element) -> None:
    """Let the last of ``blocks``, a paragraph, end a section of the document."""
    *_, last = blocks
    last[0].append(properties)


def _text(text: str) -> Element:
    element = w("t")
    element.text = _NO_XML.sub("\ufffd", text)
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element
