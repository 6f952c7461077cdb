"""What holds for every file of the Word face, whatever stands on it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from word_files import EXAMPLES, ROOT, attribute, campaign, filled, forms, opened, parts, squeezed, trees

from build_tools.forms.docx import docx_document

FONTS = {"仿宋_GB2312", "黑体", "楷体_GB2312", "宋体", "方正小标宋简体"}
HOSTILE = "<w:t>&amp;]]> \"'{{ 7*7 }} \u2028 =1+1 𠮷䶮 \ufffe " + "Donaudampfschifffahrt" * 12


@pytest.mark.parametrize("name", EXAMPLES)
class TestEveryDocument:
    def test_its_title_is_a_heading_and_its_annex_stands_above(self, name: str) -> None:
        item, sheet = EXAMPLES[name]
        paragraphs = opened(sheet).paragraphs
        assert [p.text for p in paragraphs if p.style.name == "Heading 1"] == [sheet.title]
        assert paragraphs[0].text == (sheet.annex or sheet.title)
        if not sheet.filled:
            assert (sheet.annex, sheet.title) == (forms()[item].annex, forms()[item].title)

    def test_its_page_is_the_standard_s(self, name: str) -> None:
        for section in opened(EXAMPLES[name][1], 2).sections:
            lengths = section.page_width, section.page_height, section.top_margin, section.right_margin
            lengths = *lengths, section.bottom_margin, section.left_margin
            for length, standard in zip(lengths, (210, 297, 37, 26, 35, 28), strict=True):
                assert abs(length - Mm(standard)) < Mm(0.02)

    def test_copies_are_sections_that_count_their_pages_from_one(self, name: str) -> None:
        item, sheet = EXAMPLES[name]
        document = opened(sheet, 3)
        assert len(document.sections) == 3
        for section in document.sections:
            assert attribute(section._sectPr, "w:pgNumType", "start") == "1"
            assert attribute(section._sectPr, "w:type") == "nextPage"
            assert section.different_first_page_header_footer is (item != "summary")
        assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"] == [sheet.title] * 3

    def test_its_fonts_are_named_in_its_styles_and_nowhere_else(self, name: str) -> None:
        xml = trees(docx_document(EXAMPLES[name][1]))
        for style in xml["word/styles.xml"].iterfind(f"{qn('w:style')}[@{qn('w:type')}='paragraph']"):
            fonts = style.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
            assert {qn(f"w:{kind}") for kind in ("ascii", "hAnsi", "eastAsia", "cs")} == set(fonts.attrib)
            assert len(set(fonts.attrib.values())) == 1
            assert set(fonts.attrib.values()) <= FONTS
        assert {font.get(qn("w:name")) for font in xml["word/fontTable.xml"]} == FONTS
        elsewhere = [
            n for n, tree in xml.items() if n != "word/styles.xml" and list(tree.iter(qn("w:rFonts")))
        ]
        assert elsewhere == []

    def test_it_holds_nothing_but_itself(self, name: str) -> None:
        """No theme, no template's blue headings, no author, no time, no comment."""
        data = docx_document(EXAMPLES[name][1])
        names = {n for n in parts(data) if not n.startswith(("word/header", "word/footer", "word/media"))}
        assert names == {
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/core.xml",
            "word/document.xml",
            "word/_rels/document.xml.rels",
            "word/styles.xml",
            "word/settings.xml",
            "word/fontTable.xml",
        }
        xml = trees(data)
        core = {element.tag.rpartition("}")[2]: element.text for element in xml["docProps/core.xml"]}
        assert core == {"title": EXAMPLES[name][1].caption, "language": "zh-CN"}
        colours = {c.get(qn("w:val")) for c in xml["word/styles.xml"].iter(qn("w:color"))}
        assert colours == {"808080"}
        languages = [e.get(qn("w:eastAsia")) for e in xml["word/styles.xml"].iter(qn("w:lang"))]
        assert languages == ["zh-CN"]

    def test_every_style_it_uses_is_defined(self, name: str) -> None:
        xml = trees(docx_document(EXAMPLES[name][1]))
        defined = {s.get(qn("w:styleId")) for s in xml["word/styles.xml"].iterfind(qn("w:style"))}
        used = {s.get(qn("w:val")) for tree in xml.values() for s in tree.iter(qn("w:pStyle"))}
        assert used
        assert used <= defined

    def test_its_elements_stand_in_the_order_word_asks_for(self, name: str) -> None:
        for part, tree in trees(docx_document(EXAMPLES[name][1], 2)).items():
            for element in tree.iter():
                order = ORDER.get(element.tag.rpartition("}")[2])
                if order and element.tag == qn(f"w:{element.tag.rpartition('}')[2]}"):
                    children = [order.index(child.tag.rpartition("}")[2]) for child in element]
                    assert children == sorted(children), (part, element.tag)


_SEQUENCES = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl overflowPunct autoSpaceDE autoSpaceDN "
    "snapToGrid spacing ind jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b i snapToGrid color spacing kern sz szCs u lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders tblLayout tblCellMar",
    "tblBorders": "top left bottom right insideH insideV",
    "tblCellMar": "top left bottom right",
    "tcPr": "tcW gridSpan vMerge tcBorders shd vAlign",
    "tbl": "tblPr tblGrid tr",
    "tr": "trPr tc",
    "tc": "tcPr p",
    "sectPr": "headerReference footerReference type pgSz pgMar pgNumType cols titlePg docGrid",
    "style": "name basedOn next uiPriority semiHidden qFormat pPr rPr tblPr",
    "styles": "docDefaults latentStyles style",
    "font": "altName charset family pitch",
    "settings": "zoom defaultTabStop evenAndOddHeaders characterSpacingControl compat themeFontLang",
    "compat": "ulTrailSpace doNotExpandShiftReturn compatSetting",
}
"""ISO/IEC 29500-1, annex A: of each sequence the members we write."""
ORDER = {name: members.split() for name, members in _SEQUENCES.items()}


class TestHostileText:
    @pytest.mark.parametrize("item", forms())
    def test_it_stands_as_text(self, item: str) -> None:
        changes: dict[str, Any] = {
            "summary": {"title": HOSTILE, "sections": [{"topic": HOSTILE, "text": HOSTILE}]},
            "statistics": {"pledge_orgs": HOSTILE},
            "collective": {"name": HOSTILE, "deeds": HOSTILE},
            "individual": {"name": HOSTILE, "resume": [{"from": HOSTILE, "text": HOSTILE}]},
            "materials": {"files": [{"title": HOSTILE, "kind": HOSTILE}]},
        }[item]
        document = opened(filled(item, **changes))
        texts = [p.text for p in document.paragraphs]
        texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        # A noncharacter has no place in XML; the replacement character shows that there was something.
        expected = squeezed(HOSTILE.replace("\ufffe", "\ufffd"))
        assert expected in squeezed("".join(texts))


class TestReproducible:
    @pytest.mark.parametrize("item", ["individual", "summary"])
    def test_another_process_at_another_time_writes_the_same_bytes(self, item: str) -> None:
        """The other one has another clock, time zone, working folder and seed of its hashes, and a library that tells
        lxml which prefixes it likes.
        """
        program = (
            "import sys, time, openpyxl; sys.path.insert(0, sys.argv[1]); time.time = lambda: 1.9e9; "
            "from word_files import filled; from build_tools.forms.docx import docx_document; "
            "sys.stdout.buffer.write(docx_document(filled(sys.argv[2]), 2))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(ROOT / "tests"), item],
            cwd="/",
            env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai"},
            capture_output=True,
            check=True,
        )
        assert done.stdout == docx_document(filled(item), 2)


@pytest.mark.parametrize("real", [False, True])
def test_the_demonstration_says_so_and_a_real_campaign_does_not(real: bool) -> None:
    written = parts(docx_document(filled("individual", real=real)))
    foot = b"".join(data for name, data in written.items() if "foot" in name)
    assert (campaign().demo_note.encode() in foot) is not real
