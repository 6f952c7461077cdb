"""The Word face: what stands in it, against the form's definition. How it prints is in ``test_docx_printed``."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from PIL import Image
from word_files import (
    EXAMPLES,
    attribute,
    filled,
    forms,
    opened,
    parts,
    sample,
    squeezed,
    trees,
)

from build_tools.forms.definition import Blank, CellKind, Grid, Listing, Paper, Prose, places
from build_tools.forms.docx import docx_document
from build_tools.forms.fill import blank_sheet
from build_tools.forms.sheet import DATE, NOTHING, SEAL, WIDTH, Letter, Paragraph, Part, Picture, Sheet
from build_tools.forms.values import on_paper


def of_layout(layout: type) -> list[str]:
    return [name for name, (item, _) in EXAMPLES.items() if isinstance(forms()[item].layout, layout)]


def test_every_layout_has_its_example() -> None:
    assert all(of_layout(layout) for layout in (Grid, Prose, Paper, Listing))
    assert sum(len(of_layout(layout)) for layout in (Grid, Prose, Paper, Listing)) == len(EXAMPLES)


class TestTable:
    @pytest.mark.parametrize("name", of_layout(Grid))
    def test_its_cells_are_those_of_the_form(self, name: str) -> None:
        item, sheet = EXAMPLES[name]
        grid: Grid = forms()[item].layout  # type: ignore[assignment]
        (table,) = opened(sheet).tables
        assert len(table.rows) == len(grid.rows)
        assert len(table.columns) == len(grid.columns)
        owner: dict[tuple[int, int], tuple[int, int]] = {}
        for number, (row, columns) in enumerate(zip(grid.rows, places(grid), strict=True)):
            for cell, column in zip(row.cells, columns, strict=True):
                for below in range(cell.rowspan):
                    for beside in range(cell.span):
                        owner[number + below, column + beside] = number, column
        positions = [(r, c) for r in range(len(grid.rows)) for c in range(len(grid.columns))]
        assert sorted(owner) == positions
        for position in positions:
            assert table.cell(*position)._tc is table.cell(*owner[position])._tc, position
        assert len({table.cell(*p)._tc for p in positions}) == len(set(owner.values()))

    @pytest.mark.parametrize("name", of_layout(Grid))
    def test_every_label_and_every_value_stands_in_its_cell(self, name: str) -> None:
        item, sheet = EXAMPLES[name]
        grid: Grid = forms()[item].layout  # type: ignore[assignment]
        value = sample(item) if sheet.filled else {}
        (table,) = opened(sheet).tables
        for number, (row, columns) in enumerate(zip(grid.rows, places(grid), strict=True)):
            for cell, column in zip(row.cells, columns, strict=True):
                text = table.cell(number, column).text
                if cell.kind is CellKind.LABEL:
                    assert text == cell.text
                elif cell.kind is CellKind.SEAL:
                    assert text == f"{SEAL}\n{DATE}"
                elif cell.kind is CellKind.PHOTO:
                    assert text == ("" if sheet.filled else "照片")
                else:
                    schema = forms()[item].item.schema
                    shown = (on_paper(schema, (key,), value.get(key)) for key in cell.fields)
                    assert squeezed(text) == squeezed("".join(shown)), cell.fields

    @pytest.mark.parametrize("name", of_layout(Grid))
    def test_its_widths_and_heights_are_those_of_the_form(self, name: str) -> None:
        item, sheet = EXAMPLES[name]
        grid: Grid = forms()[item].layout  # type: ignore[assignment]
        (table,) = opened(sheet).tables
        widths = [column.width for column in table.columns]
        for width, part in zip(widths, grid.columns, strict=True):
            assert abs(width - Mm(WIDTH * part / sum(grid.columns))) < Mm(0.05)
        assert abs(sum(widths) - Mm(WIDTH)) < Mm(0.05)
        for row, defined in zip(table.rows, grid.rows, strict=True):
            assert 0 <= Mm(defined.height) - row.height < Mm(0.2), "its line counts with its height"
            assert attribute(row._tr, "w:trPr/w:trHeight", "hRule") == "atLeast"
            for tc in row._tr.tc_lst:
                span = int(attribute(tc, "w:tcPr/w:gridSpan") or 1)
                start = tc.grid_offset
                assert tc.width == sum(widths[start : start + span])
        assert attribute(table._tbl, "w:tblPr/w:tblLayout", "type") == "fixed"

    @pytest.mark.parametrize("name", of_layout(Grid))
    def test_only_rows_with_a_long_cell_may_be_parted_between_pages(self, name: str) -> None:
        item, sheet = EXAMPLES[name]
        grid: Grid = forms()[item].layout  # type: ignore[assignment]
        (table,) = opened(sheet).tables
        parted = [row._tr.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is None for row in table.rows]
        assert parted == [any(cell.long for cell in row.cells) for row in grid.rows]

    @pytest.mark.parametrize("item", ["collective", "individual"])
    def test_what_is_empty_says_so_and_no_opinion_is_filled_in(self, item: str) -> None:
        sheet = filled(item, photos=None, **dict.fromkeys(sample(item)))
        grid: Grid = forms()[item].layout  # type: ignore[assignment]
        (table,) = opened(sheet).tables
        for number, (row, columns) in enumerate(zip(grid.rows, places(grid), strict=True)):
            for cell, column in zip(row.cells, columns, strict=True):
                if cell.kind is CellKind.FIELD:
                    assert table.cell(number, column).text == NOTHING
                if cell.kind is CellKind.SEAL:
                    assert table.cell(number, column).text == f"{SEAL}\n{DATE}"

    def test_running_text_begins_two_characters_in_and_a_career_does_not(self) -> None:
        (table,) = opened(filled("individual")).tables
        career, _, deeds = (table.cell(row, 1).paragraphs for row in (4, 5, 6))
        assert len(career) == len(sample("individual")["resume"])
        assert {attribute(p._p, "w:pPr/w:ind", "firstLineChars") for p in career} == {None}
        assert {attribute(p._p, "w:pPr/w:ind", "firstLineChars") for p in deeds} == {"200"}

    def test_a_long_name_takes_the_size_the_sheet_gives_it(self) -> None:
        (table,) = opened(filled("individual", name="阿卜杜热依木·买买提吐尔逊")).tables
        (run,) = table.cell(0, 1).paragraphs[0].runs
        assert run.font.size.pt < 12
        assert table.cell(0, 0).paragraphs[0].runs[0].font.size is None


class TestPhoto:
    @staticmethod
    def picture(width: int, height: int) -> Picture:
        out = io.BytesIO()
        exif = Image.Exif()
        exif[0x013B] = "CANARY-ARTIST"
        exif.get_ifd(0x8825)[1] = "N"
        Image.new("RGB", (width, height), "navy").save(out, "JPEG", exif=exif, comment=b"CANARY-COMMENT")
        return Picture(out.getvalue())

    @pytest.mark.parametrize(("width", "height"), [(350, 490), (3000, 400), (400, 3000), (7, 9)])
    def test_it_fills_its_box_keeps_its_shape_and_says_what_it_is(self, width: int, height: int) -> None:
        document = opened(filled("individual", photos=lambda _: self.picture(width, height)))
        (shape,) = document.inline_shapes
        assert shape.width <= Mm(35)
        assert shape.height <= Mm(49)
        assert shape.width > Mm(34.8) or shape.height > Mm(48.8)
        assert abs(shape.width / shape.height - width / height) < 0.02 * width / height
        assert shape._inline.docPr.get("descr") == "照片"

    def test_nothing_of_the_camera_is_left(self) -> None:
        data = docx_document(filled("individual", photos=lambda _: self.picture(350, 490)))
        stored = parts(data)["word/media/image1.jpg"]
        assert b"CANARY" in self.picture(350, 490).data
        assert b"CANARY" not in stored
        assert dict(Image.open(io.BytesIO(stored)).getexif()) == {}

    def test_what_cannot_be_read_leaves_the_box(self) -> None:
        document = opened(filled("individual", photos=lambda _: Picture(b"\xff\xd8\xff no picture")))
        assert len(document.inline_shapes) == 0
        assert document.tables[0].cell(0, 6).text == "照片"

    def test_each_copy_shows_it_and_the_file_holds_it_once(self) -> None:
        sheet = filled("individual")
        shapes = opened(sheet, 3).inline_shapes
        assert len({shape._inline.docPr.get("id") for shape in shapes}) == len(shapes) == 3
        assert len([name for name in parts(docx_document(sheet, 3)) if "media" in name]) == 1


class TestStatement:
    @pytest.mark.parametrize("name", of_layout(Prose))
    def test_its_sentences_are_the_notice_s_with_every_blank_underlined(self, name: str) -> None:
        item, sheet = EXAMPLES[name]
        prose: Prose = forms()[item].layout  # type: ignore[assignment]
        value = sample(item) if sheet.filled else {}
        paragraphs = [p for p in opened(sheet).paragraphs if p.style.name == "填空段落"]
        for paragraph, sentence in zip(paragraphs, prose.sentences, strict=True):
            blanks = [part.field for part in sentence.parts if isinstance(part, Blank)]
            answers = [run.text for run in paragraph.runs if run.underline]
            assert [squeezed(a) for a in answers] == [str(value.get(key, "")) for key in blanks]
            words = "".join(run.text for run in paragraph.runs if not run.underline)
            assert words == sentence.no + "".join(p for p in sentence.parts if isinstance(p, str))
            assert all(answer == "\u00a0" * 8 for answer in answers if not squeezed(answer))

    def test_no_space_beside_a_blank_is_lost(self) -> None:
        """Word drops spaces at the ends of a text that does not ask to keep them."""
        texts = list(trees(docx_document(filled("statistics")))["word/document.xml"].iter(qn("w:t")))
        outer = [text for text in texts if text.text != text.text.strip(" ")]
        assert len(outer) > 20
        assert {text.get("{http://www.w3.org/XML/1998/namespace}space") for text in outer} == {"preserve"}

    def test_a_number_that_was_not_given_is_a_blank_and_zero_is_zero(self) -> None:
        document = opened(filled("statistics", petition_cases=0, disputes_resolved=None))
        (second,) = [p for p in document.paragraphs if p.text.startswith("2.")]
        zero, _, missing = (run.text for run in second.runs if run.underline)
        assert squeezed(zero) == "0"
        assert squeezed(missing) == ""


class TestLetter:
    BODY = Letter(
        (
            Paragraph(Part.ADDRESSEE, "各地级以上市司法局："),
            Paragraph(Part.SECTION, "一、总结"),
            Paragraph(Part.SUBSECTION, "（一）要求"),
            Paragraph(Part.TEXT, "请按时报送。"),
            Paragraph(Part.ATTACHMENT, "附件：1.名额分配表"),
            Paragraph(Part.ATTACHMENT, "10.推荐表"),
            Paragraph(Part.SIGNATURE, "省律师行业创先争优活动指导小组"),
            Paragraph(Part.DATE, "2012年8月16日"),
        )
    )

    def document(self) -> Any:
        return opened(Sheet("notice", "通知", "", "关于总结\n的通知", self.BODY, filled=True))

    def test_its_parts_have_word_s_own_styles(self) -> None:
        styles = [(p.style.name, p.text) for p in self.document().paragraphs]
        assert styles == [
            ("Heading 1", "关于总结\n的通知"),
            ("Salutation", "各地级以上市司法局："),
            ("Heading 2", "一、总结"),
            ("Heading 3", "（一）要求"),
            ("Body Text", "请按时报送。"),
            ("附件说明", "附件：1.名额分配表"),
            ("附件说明", "10.推荐表"),
            ("Signature", "省律师行业创先争优活动指导小组"),
            ("Date", "2012年8月16日"),
        ]

    def test_its_page_has_22_lines_of_28_characters(self) -> None:
        (section,) = self.document().sections
        assert attribute(section._sectPr, "w:docGrid", "type") == "linesAndChars"
        pitch = int(attribute(section._sectPr, "w:docGrid", "linePitch") or 0) / 20
        space = int(attribute(section._sectPr, "w:docGrid", "charSpace") or 0) / 4096
        width = section.page_width - section.left_margin - section.right_margin
        height = section.page_height - section.top_margin - section.bottom_margin
        assert height / Pt(1) // pitch == 22
        assert width / Pt(1) // (16 + space) == 28

    def test_attachments_hang_below_their_names(self) -> None:
        first, tenth = [p._p for p in self.document().paragraphs if p.style.name == "附件说明"]
        inds = [
            {side: int(attribute(p, "w:pPr/w:ind", f"{side}Chars") or 0) for side in ("left", "hanging")}
            for p in (first, tenth)
        ]
        assert inds == [{"left": 600, "hanging": 400}, {"left": 650, "hanging": 150}]

    def test_a_blank_line_goes_before_attachments_and_signature(self) -> None:
        before = [attribute(p._p, "w:pPr/w:spacing", "before") for p in self.document().paragraphs]
        assert before == [None] * 5 + ["579", None, "579", None]

    @pytest.mark.parametrize(
        ("signature", "date", "begins"),
        [
            ("省律师行业创先争优活动指导小组", "2012年8月16日", (11, 13)),
            ("省司法厅", "2012年12月16日", (17, 19)),
            ("一" * 40, "2012年8月16日", (0, 2)),
        ],
    )
    def test_the_date_begins_two_characters_after_the_signature(
        self, signature: str, date: str, begins: tuple[int, int]
    ) -> None:
        body = Letter((Paragraph(Part.SIGNATURE, signature), Paragraph(Part.DATE, date)))
        _, *signed = opened(Sheet("notice", "通知", "", "通知", body, filled=True)).paragraphs
        lefts = [int(attribute(p._p, "w:pPr/w:ind", "left") or 0) for p in signed]
        assert lefts == [round(characters * 15.7 * 20) for characters in begins]

    def test_a_blank_report_names_its_topics(self) -> None:
        form = forms()["summary"]
        topics = form.item.schema.at(("sections",))["x-topics"]
        headings = [p.text for p in opened(blank_sheet(form)).paragraphs if p.style.name == "Heading 2"]
        assert len(headings) == len(topics) > 1
        assert all(topic in heading for topic, heading in zip(topics, headings, strict=True))

    def test_a_report_holds_what_was_written(self) -> None:
        text = squeezed("".join(p.text for p in opened(filled("summary")).paragraphs))
        for section in sample("summary")["sections"]:
            assert squeezed(section["topic"]) in text
            assert squeezed(section["text"]) in text


class TestRegister:
    def test_it_has_a_row_an_entry_below_a_heading_that_is_repeated(self) -> None:
        listing: Listing = forms()["materials"].layout  # type: ignore[assignment]
        files = sample("materials")["files"]
        (table,) = opened(filled("materials")).tables
        heading, *rows = table.rows
        assert [cell.text for cell in heading.cells] == ["序号", *(c.label for c in listing.columns)]
        assert heading._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        titles = [column.field for column in listing.columns].index("title") + 1
        assert [row.cells[titles].text for row in rows] == [file["title"] for file in files]
        assert [row.cells[0].text for row in rows] == [str(n + 1) for n in range(len(files))]

    def test_blank_rows_have_room_to_write_into(self) -> None:
        (table,) = opened(blank_sheet(forms()["materials"])).tables
        assert len(table.rows) > 1
        assert {row.height for row in table.rows[1:]} == {table.rows[1].height}
        assert table.rows[1].height > Mm(9)
