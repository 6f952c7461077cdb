"""PDF files as a whole: tags, title, bookmarks, fonts, copies, packets, the same bytes anywhere."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys

import pdfplumber
import pikepdf
import pytest
from faces import pdf_text, squeezed
from pressed import (
    ROOT,
    SAMPLES,
    document,
    individual,
    letter,
    sheet_of,
)

from build_tools.forms.press import CannotDraw, Cover, Press, Printed
from build_tools.forms.sheet import Paragraph, Part


def test_the_file_is_tagged_titled_and_bookmarked_with_its_fonts_inside(press: Press) -> None:
    data = press.pdf(
        [Printed(sheet_of("individual", individual()), 2), Printed(sheet_of("statistics", None))]
    )
    with pikepdf.open(io.BytesIO(data)) as pdf:
        root = pdf.Root
        assert root.MarkInfo.Marked
        assert "/StructTreeRoot" in root
        assert str(root.Lang) == "zh-CN"
        assert root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == "全国律师行业创先争优先进个人推荐表"
            assert metadata["pdfuaid:part"] == "1"
            assert "dc:creator" not in metadata
        with pdf.open_outline() as outline:
            assert [entry.title for entry in outline.root] == [
                "先进个人推荐表（第 1 名）", "先进个人推荐表（第 1 名）", "统计资料",
            ]  # fmt: skip
        fonts = [
            o
            for o in pdf.objects
            if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all("/FontFile3" in font or "/FontFile2" in font for font in fonts)
        assert "/JavaScript" not in str(root.get("/Names", ""))


def test_copies_are_collated_and_each_counts_its_own_pages(press: Press) -> None:
    sheet = letter(Paragraph(Part.TEXT, "国" * 28 * 30))
    pages = pdf_text(press.pdf([Printed(sheet, 3)]))
    assert [page[-3:] for page in pages] == ["—1—", "—2—"] * 3


def test_on_both_sides_each_copy_begins_on_the_front(press: Press) -> None:
    pages = pdf_text(press.pdf([Printed(sheet_of("statistics", None), 3)], duplex=True))
    assert [bool(page) for page in pages] == [True, False, True, False, True]


def test_a_packet_lists_what_lies_in_it(press: Press) -> None:
    parts = [
        Printed(sheet_of("summary", document(SAMPLES["summary"])), 1),
        Printed(sheet_of("individual", individual()), 3, "示例松", "所在单位党组织"),
    ]
    data = press.pdf(parts, cover=Cover("示例市司法局报送材料清单", ("活动：示例",), "推荐对象"))
    pages = pdf_text(data)
    own = [len(pdf_text(press.pdf([Printed(part.sheet)]))) for part in parts]
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        rows = [[squeezed(cell or "") for cell in row] for row in pdf.pages[0].extract_tables()[0]]
    assert rows[0] == ["序号", "材料", "推荐对象", "份数", "每份页数", "须加盖的印章"]
    assert rows[1] == ["1", "总结", "", "1", str(own[0]), ""]
    assert rows[2] == ["2", "先进个人推荐表（第1名）", "示例松", "3", str(own[1]), "所在单位党组织"]
    total = own[0] + 3 * own[1]
    assert f"共{total}页" in "".join(rows[3])
    assert len(pages) == 1 + total


@pytest.mark.parametrize(
    ("character", "drawn"), [("𠮷", True), ("䶮", True), ("𱍊", False), ("\ue000", False)]
)
def test_what_no_font_can_draw_is_refused(character: str, drawn: bool, press: Press) -> None:
    sheet = sheet_of("individual", individual(name=f"示例{character}"))
    if drawn:
        assert f"示例{character}" in "".join(pdf_text(press.pdf([Printed(sheet)])))
    else:
        with pytest.raises(CannotDraw) as refused:
            press.pdf([Printed(sheet)])
        assert refused.value.characters == [character]
        assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value), "it crosses processes"  # noqa: S301
        assert f"“{character}”（U+{ord(character):04X}）" in str(refused.value)


PROGRAM = """
import hashlib, json, sys
from pathlib import Path
sys.path.insert(0, "tests")
from pressed import *
from build_tools.forms.fonts import load_fonts
from build_tools.forms.press import Press, Printed
with Press(load_fonts(ROOT)) as press:
    sheets = [sheet_of("individual", individual(), picture=photo(413, 579)), sheet_of("summary", document(SAMPLES["summary"]))]
    print(json.dumps([hashlib.sha256(press.pdf([Printed(s)])).hexdigest() for s in sheets]))
"""


def test_the_same_sheet_gives_the_same_bytes_in_any_process(press: Press) -> None:
    """In this process after other files, and in two new ones."""
    runs = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, check=True, text=True
            ).stdout
        )
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
