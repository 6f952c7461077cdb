"""Notices and reports as GB/T 9704-2012 wants them, read back from the PDF: 22 lines of 28 characters, and the rest."""

from __future__ import annotations

import io
from itertools import pairwise

import pdfplumber
import pytest
from faces import squeezed
from pressed import (
    CAMPAIGN,
    MILLIMETRE,
    ROOT,
    letter,
    lines_of,
)

from build_tools.forms.notice import notice_sheet
from build_tools.forms.press import Press, Printed
from build_tools.forms.sheet import BOTTOM, LEFT, RIGHT, Letter, Paragraph, Part
from build_tools.tree import WorkTree


def test_a_page_has_22_lines_of_28_characters(press: Press) -> None:
    """GB/T 9704-2012, 5.2.3, counted on the second page, where no title stands."""
    sheet = letter(Paragraph(Part.TEXT, "国" * 28 * 60))
    with pdfplumber.open(io.BytesIO(press.pdf([Printed(sheet)]))) as pdf:
        lines = lines_of(pdf.pages[1])
    assert len(lines) == 22
    assert {len(line) for line in lines} == {28}
    steps = [below[0]["bottom"] - above[0]["bottom"] for above, below in pairwise(lines)]
    assert steps == pytest.approx([29.0] * 21, abs=0.05)
    assert lines[0][0]["x0"] / MILLIMETRE == pytest.approx(LEFT, abs=0.3)
    assert (lines[0][-1]["x1"]) / MILLIMETRE == pytest.approx(210 - RIGHT, abs=0.5)
    assert {round(c["size"], 2) for line in lines for c in line} == {15.75}


def test_headings_stand_on_the_grid_and_never_alone_at_the_foot(press: Press) -> None:
    """Every length of text before it: the heading takes its line on the grid, and goes to the next page with its text."""
    for many in range(16, 23):
        text = Paragraph(Part.TEXT, "国" * 28 * many + "文")
        sheet = letter(text, Paragraph(Part.SECTION, "一、小标题"), Paragraph(Part.TEXT, "国" * 60))
        with pdfplumber.open(io.BytesIO(press.pdf([Printed(sheet)]))) as pdf:
            pages = [lines_of(page) for page in pdf.pages]
        said = [["".join(c["text"] for c in line) for line in lines] for lines in pages]
        assert not any(lines and lines[-1] == "一、小标题" for lines in said), many
        for lines in pages:
            steps = [below[0]["bottom"] - above[0]["bottom"] for above, below in pairwise(lines)]
            assert all(step == pytest.approx(29, abs=0.1) or step > 57 for step in steps), (many, steps)
        found = [line for lines in pages for line in lines if line[0]["text"] == "一"]
        assert found[0][0]["x0"] == pytest.approx(LEFT * MILLIMETRE + 2 * 15.75, abs=0.5)


def test_page_numbers_stand_outside(press: Press) -> None:
    """7.5: — 1 —, 四号, 7 mm below the type area, odd pages one character from the right edge, even from the left."""
    sheet = letter(Paragraph(Part.TEXT, "国" * 28 * 60))
    with pdfplumber.open(io.BytesIO(press.pdf([Printed(sheet)]))) as pdf:
        for number, page in enumerate(pdf.pages, start=1):
            foot = [c for c in page.chars if c["top"] > (297 - BOTTOM) * MILLIMETRE and c["text"].strip()]
            assert "".join(c["text"] for c in foot) == f"—{number}—"
            assert {round(c["size"]) for c in foot} == {14}
            dash = min(foot, key=lambda c: c["x0"])
            assert (dash["bottom"] - dash["size"]) / MILLIMETRE == pytest.approx(297 - BOTTOM + 7, abs=1.5)
            if number % 2:
                assert max(c["x1"] for c in foot) == pytest.approx((210 - RIGHT) * MILLIMETRE - 14, abs=1)
            else:
                assert dash["x0"] == pytest.approx(LEFT * MILLIMETRE + 14, abs=1)


def test_no_line_begins_or_ends_with_a_forbidden_mark(press: Press) -> None:
    """GB/T 15834-2011, 5.1: closing marks never begin a line, opening ones never end it."""
    text = "".join(
        "一二三四五六七"[: n % 7 + 1] + mark for n in range(70) for mark in ("，“", "”。（", "）《", "》；")
    )
    with pdfplumber.open(io.BytesIO(press.pdf([Printed(letter(Paragraph(Part.TEXT, text)))]))) as pdf:
        lines = [line for page in pdf.pages for line in lines_of(page)]
    assert len(lines) > 40
    assert not {line[0]["text"] for line in lines} & set("，。；：！？、）》”’】")
    assert not {line[-1]["text"] for line in lines} & set("（《“‘【")


def test_the_notice_is_an_official_document(press: Press) -> None:
    sheet = notice_sheet(CAMPAIGN, WorkTree(ROOT))
    assert sheet is not None
    assert isinstance(sheet.body, Letter)
    parts = [paragraph.part for paragraph in sheet.body.paragraphs]
    assert parts[0] is Part.ADDRESSEE
    assert parts.count(Part.SECTION) == 2
    assert parts[-6:] == [*[Part.ATTACHMENT] * 4, Part.SIGNATURE, Part.DATE]
    issued = (ROOT / "tests/fixtures/notice-2012.txt").read_text(encoding="utf-8").split("附件2：")[0]
    with pdfplumber.open(io.BytesIO(press.pdf([Printed(sheet)]))) as pdf:
        pages = [lines_of(page) for page in pdf.pages]
    assert squeezed("".join(c["text"] for lines in pages for line in lines for c in line)) == squeezed(issued)
    last = pages[-1]
    signature, date = last[-2], last[-1]
    assert date[0]["x0"] - signature[0]["x0"] == pytest.approx(2 * 15.75, abs=0.6), "two characters in"
    assert signature[-1]["x1"] == pytest.approx((210 - RIGHT) * MILLIMETRE - 2 * 15.75, abs=8)
