"""Texts: a letter set as GB/T 9704-2012 has it, and an annex of sentences with blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from build_tools.forms.docx.markup import TWIPS, Element, indent, paragraph, run
from build_tools.forms.docx.styles import CHARACTER_PITCH, LINE_PITCH
from build_tools.forms.measure import ems
from build_tools.forms.sheet import Answer, Letter, Paragraph, Part, Statement

_STYLES = {
    Part.ADDRESSEE: "Salutation",
    Part.SECTION: "Heading2",
    Part.SUBSECTION: "Heading3",
    Part.TEXT: "BodyText",
    Part.ATTACHMENT: "Attachment",
    Part.SIGNATURE: "Signature",
    Part.DATE: "Date",
}

_ATTACHMENTS = "附件："
_NUMBER = re.compile(r"(?:附件：)?(?:\d+[.．])?\s*")
_CHARACTERS = 28
_SPARE = 2
_NO_BREAK = "\u00a0"
_TO_WRITE = 4
"""A blank that was not filled in is as wide as so many characters."""


def letter(body: Letter) -> Iterator[Element]:
    """Its paragraphs. A blank line goes before the attachments and before the signature (7.3.4, 7.3.5.2)."""
    before = None
    for one in body.paragraphs:
        begins = one.part is not before and one.part in (Part.ATTACHMENT, Part.SIGNATURE)
        yield paragraph(
            _STYLES[one.part],
            run(one.text),
            keep_next=one.part is Part.SIGNATURE,
            before=LINE_PITCH if begins else None,
            indents=_indents(body, one),
        )
        before = one.part


def statement(body: Statement) -> Iterator[Element]:
    """Its paragraphs, each with the number the notice gave it. What is filled in, or to be, is underlined."""
    for sentence in body.sentences:
        number = [run(sentence.no)] if sentence.no else []
        words = (_answer(part) if isinstance(part, Answer) else run(part) for part in sentence.parts)
        yield paragraph("Statement", *number, *words)


def _answer(answer: Answer) -> Element:
    """Spaces that no line break parts, half a character each."""
    text = f"{_NO_BREAK}{answer.text}{_NO_BREAK}" if answer.text else _NO_BREAK * (2 * _TO_WRITE)
    return run(text, underlined=True)


def _indents(body: Letter, one: Paragraph) -> dict[str, int] | None:
    if one.part is Part.ATTACHMENT:
        return _attachment(one.text)
    if one.part in (Part.SIGNATURE, Part.DATE):
        # The digits of a substitute font may be wide: they may go over the edge, the date may not break.
        em = CHARACTER_PITCH * TWIPS
        return {"left": round(_from_left(body, one) * em), "right": -round(_SPARE * em)}
    return None


def _attachment(text: str) -> dict[str, int]:
    """Two characters in; every number below the first one, every further line below the name (7.3.4)."""
    mark = _NUMBER.match(text)
    hanging = ems(mark[0]) if mark else 0.0
    begins = 2.0 if text.startswith(_ATTACHMENTS) else 2.0 + ems(_ATTACHMENTS)
    return indent(CHARACTER_PITCH, left=begins + hanging, hanging=hanging)


def _from_left(body: Letter, one: Paragraph) -> float:
    """Where signature and date begin, in characters (7.3.5.2): the date two after the signature, and what reaches
    further to the right two from the edge.
    """
    widths = {part: ems(p.text) for p in body.paragraphs if (part := p.part) in (Part.SIGNATURE, Part.DATE)}
    later = {Part.SIGNATURE: 0.0, Part.DATE: 2.0 if len(widths) > 1 else 0.0}
    begins = _CHARACTERS - 2 - max(later[part] + width for part, width in widths.items())
    return max(0.0, begins) + later[one.part]
