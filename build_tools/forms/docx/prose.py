"""Texts: a letter set as GB/T 9704-2012 has it, and an annex of sentences with blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from build_tools.forms.docx.markup import Element, indent, paragraph, run
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
_NO_BREAK = "\u00a0"
_TO_WRITE = 4
"""A blank that was not filled in is as wide as so many characters."""


def letter(body: Letter) -> Iterator[Element]:
    """Its paragraphs. A blank line goes before the attachments and before the signature (7.3.4, 7.3.5.2)."""
    before = None
    date = next((p.text for p in body.paragraphs if p.part is Part.DATE), "")
    for one in body.paragraphs:
        begins = one.part is not before and one.part in (Part.ATTACHMENT, Part.SIGNATURE)
        yield paragraph(
            _STYLES[one.part],
            run(one.text),
            keep_next=one.part is Part.SIGNATURE,
            before=LINE_PITCH if begins else None,
            indents=_indents(body, one, date),
        )
        before = one.part


def statement(body: Statement) -> Iterator[Element]:
    """Its paragraphs, each with the number the notice gave it. What is filled in, or to be, is underlined."""
    for sentence in body.sentences:
        words = [run(sentence.no)] if sentence.no else []
        for part in sentence.parts:
            words.append(_answer(part) if isinstance(part, Answer) else run(part))
        yield paragraph("Statement", *words)


def _answer(answer: Answer) -> Element:
    """Spaces that no line break parts, half a character each."""
    text = f"{_NO_BREAK}{answer.text}{_NO_BREAK}" if answer.text else _NO_BREAK * (2 * _TO_WRITE)
    return run(text, underlined=True)


def _indents(body: Letter, one: Paragraph, date: str) -> dict[str, int] | None:
    if one.part is Part.ATTACHMENT:
        return _attachment(one.text)
    if one.part is Part.SIGNATURE:
        return indent(CHARACTER_PITCH, right=_signature_from_right(one.text, date))
    if one.part is Part.DATE:
        signature = next((p.text for p in body.paragraphs if p.part is Part.SIGNATURE), "")
        return indent(CHARACTER_PITCH, right=_date_from_right(signature, one.text))
    return None


def _attachment(text: str) -> dict[str, int]:
    """Two characters in; every number below the first one, every further line below the name (7.3.4)."""
    mark = _NUMBER.match(text)
    hanging = ems(mark[0]) if mark else 0.0
    begins = 2.0 if text.startswith(_ATTACHMENTS) else 2.0 + ems(_ATTACHMENTS)
    return indent(CHARACTER_PITCH, left=begins + hanging, hanging=hanging)


def _date_from_right(signature: str, date: str) -> float:
    """The date begins two characters right of where the signature does; a long one stands two from the right."""
    return min(max(2.0, ems(signature) - ems(date)), _CHARACTERS - ems(date)) if signature else 2.0


def _signature_from_right(signature: str, date: str) -> float:
    """The signature stands two characters from the right, further left by as much as a long date asks for."""
    if not date:
        return 2.0
    return max(2.0, _date_from_right(signature, date) + ems(date) + 2 - ems(signature))
