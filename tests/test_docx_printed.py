"""The Word face on paper: printed by LibreOffice, read back from the PDF."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from word_files import campaign, filled, forms, pages, printed, sample, squeezed

from build_tools.forms.docx import docx_document
from build_tools.forms.fill import blank_sheet
from build_tools.forms.sheet import (
    BOTTOM,
    DATE,
    LEFT,
    NOTHING,
    RIGHT,
    SEAL,
    TOP,
    WIDTH,
    Letter,
    Paragraph,
    Part,
    Sheet,
    Table,
)

MM = 72 / 25.4
EDGE_LEFT, EDGE_RIGHT = LEFT * MM, (210 - RIGHT) * MM
EDGE_TOP, EDGE_BOTTOM = TOP * MM, (297 - BOTTOM) * MM
LONG = "\n".join(f"示例文字共三百个，各不相同，第{n:02d}段。" + "办理法律援助案件" * 35 for n in range(10))
"""3,000 characters of deeds."""

CAREER = [
    {"from": f"{1990 + n}-07", "to": f"{1991 + n}-07", "text": f"示例单位{n:02d}科员"} for n in range(12)
]
SHORT: dict[str, Any] = {"deeds": "该同志办案认真，群众满意。\n连续两年零投诉。", "awards": ""}
CHARACTERS = "字" * 28 * 60

SHEETS: dict[str, tuple[Sheet, int]] = {
    **{f"blank-{item}": (blank_sheet(form), 1) for item, form in forms().items()},
    **{item: (filled(item), 1) for item in ("statistics", "materials", "summary")},
    "collective": (filled("collective", **SHORT), 1),
    "individual": (filled("individual", **SHORT), 1),
    "empty": (filled("individual", photos=None, **dict.fromkeys(sample("individual"))), 1),
    "long": (filled("individual", deeds=LONG), 1),
    "career": (filled("individual", **SHORT, resume=CAREER), 1),
    "names": (
        filled(
            "individual",
            **SHORT,
            name="阿卜杜热依木·买买提吐尔逊",
            firm="广东示例启明望江楼宇陶韵岭南律师事务所（特殊的普通合伙）广州分所",
            post="高级合伙人、党总支书记、管理委员会主任",
        ),
        1,
    ),
    "copies": (filled("individual", deeds=LONG), 3),
    "letter": (
        Sheet(
            "notice",
            "通知",
            "",
            "示例通知",
            Letter((Paragraph(Part.ADDRESSEE, "各单位："), Paragraph(Part.TEXT, CHARACTERS))),
            filled=True,
        ),
        2,
    ),
    "signed": (
        Sheet(
            "notice",
            "通知",
            "",
            "示例通知",
            Letter((Paragraph(Part.SIGNATURE, "省司法厅"), Paragraph(Part.DATE, "2012年12月16日"))),
            filled=True,
        ),
        1,
    ),
}


class Paper:
    """What was printed of one file: each page's text, words and tables."""

    def __init__(self, file: Path) -> None:
        self.texts: list[str] = []
        self.lines: list[list[dict[str, Any]]] = []
        self.cells: list[list[tuple[str, tuple[float, float, float, float]]]] = []
        self.images: list[list[dict[str, Any]]] = []
        self.chars: list[list[dict[str, Any]]] = []
        for page in pages(file):
            self.texts.append(squeezed(page.extract_text()))
            self.lines.append(page.extract_text_lines())
            self.images.append(page.images)
            self.chars.append(page.chars)
            found = []
            for table in page.find_tables():
                boxes = [cell for row in table.rows for cell in row.cells if cell]
                found += [(squeezed(page.crop(box).extract_text()), box) for box in boxes]
            self.cells.append(found)

    def column(self, *, right_of: float) -> str:
        """Everything in the cells of all pages that begin further right, in points."""
        return "".join(text for cells in self.cells for text, box in cells if box[0] > right_of)

    def body(self) -> str:
        """Everything between the heads and feet of all pages, as it was written: punctuation that LibreOffice hangs
        over the edge stands where it belongs.
        """
        inside = (c for page in self.chars for c in page if EDGE_TOP < c["top"] < EDGE_BOTTOM)
        return squeezed("".join(c["text"] for c in inside))


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Paper]:
    folder = tmp_path_factory.mktemp("printed")
    printed({name: docx_document(sheet, copies) for name, (sheet, copies) in SHEETS.items()}, folder)
    return {name: Paper(folder / f"{name}.pdf") for name in SHEETS}


def test_blank_forms_and_ordinary_answers_take_one_page(paper: dict[str, Paper]) -> None:
    several = {"summary", "materials", "career", "long", "copies", "letter"}
    taken = {name: len(one.texts) for name, one in paper.items() if name not in several}
    assert taken == dict.fromkeys(taken, 1)
    assert len(taken) == len(SHEETS) - len(several)


def test_a_long_text_goes_on_over_pages_that_repeat_the_title(paper: dict[str, Paper]) -> None:
    sheet, _ = SHEETS["long"]
    first, *others = paper["long"].texts
    assert len(others) == 3
    assert first.startswith(f"{sheet.annex}{sheet.title}姓名")
    assert "（续）" not in first
    for number, text in enumerate(others, start=2):
        assert text.startswith(f"{sheet.title}（续）")
        assert f"第{number}页" in text
        assert sheet.annex not in text
    assert squeezed(LONG) in paper["long"].column(right_of=EDGE_LEFT + 30)


def test_copies_begin_anew(paper: dict[str, Paper]) -> None:
    one, three = paper["long"].texts, paper["copies"].texts
    assert three == one * 3


@pytest.mark.parametrize("name", [n for n, (s, _) in SHEETS.items() if isinstance(s.body, Table)])
def test_every_cell_is_printed_with_its_text(paper: dict[str, Paper], name: str) -> None:
    sheet, copies = SHEETS[name]
    assert isinstance(sheet.body, Table)
    cells = [cell for row in sheet.body.rows for cell in row.cells]
    wanted = Counter(squeezed("".join(cell.lines)) for cell in cells if not cell.picture)
    seen = Counter(text for page in paper[name].cells for text, _ in page)
    if copies == 1 and len(paper[name].texts) == 1:
        assert seen - Counter({"": 9}) == wanted - Counter({"": 9})
        assert sum(seen.values()) == len(cells)
    else:
        whole = "".join(text for page in paper[name].cells for text, _ in page)
        assert [text for text in wanted if text not in whole] == []


@pytest.mark.parametrize("name", [n for n, (s, _) in SHEETS.items() if not isinstance(s.body, Table)])
def test_every_text_is_printed(paper: dict[str, Paper], name: str) -> None:
    sheet, _ = SHEETS[name]
    whole = paper[name].body()
    assert [text for text in sheet.texts() if text != sheet.remark and squeezed(text) not in whole] == []


def test_an_empty_field_says_so(paper: dict[str, Paper]) -> None:
    fields = [cell for cell in _cells("empty") if cell.kind == "field"]
    assert [text for text, _ in paper["empty"].cells[0]].count(NOTHING) == len(fields) > 5


def test_the_table_is_as_wide_as_the_type_area_and_stays_within_it(paper: dict[str, Paper]) -> None:
    for name, (sheet, _) in SHEETS.items():
        for cells in paper[name].cells:
            if not isinstance(sheet.body, Table):
                continue
            boxes = [box for _, box in cells]
            assert min(box[0] for box in boxes) == pytest.approx(EDGE_LEFT, abs=1), name
            assert max(box[2] for box in boxes) == pytest.approx(EDGE_LEFT + WIDTH * MM, abs=1), name
            assert min(box[1] for box in boxes) > EDGE_TOP - 1, name
            assert max(box[3] for box in boxes) < EDGE_BOTTOM + 1, name


def test_the_annex_is_line_1_the_title_line_3_and_the_table_follows(paper: dict[str, Paper]) -> None:
    for name in ("blank-individual", "blank-collective"):
        annex, title, *_ = paper[name].lines[0]
        assert annex["x0"] == pytest.approx(EDGE_LEFT, abs=1)
        assert EDGE_TOP <= annex["top"] < annex["bottom"] <= EDGE_TOP + 28.95
        assert EDGE_TOP + 2 * 28.95 - 4 <= title["top"] < title["bottom"] <= EDGE_TOP + 3 * 28.95
        assert (title["x0"] + title["x1"]) / 2 == pytest.approx((EDGE_LEFT + EDGE_RIGHT) / 2, abs=2)
        top = min(box[1] for _, box in paper[name].cells[0])
        assert top == pytest.approx(EDGE_TOP + 3 * 28.95, abs=1)


def test_a_date_is_not_broken_where_a_substitute_font_has_wide_digits(paper: dict[str, Paper]) -> None:
    lines = [squeezed(line["text"]) for line in paper["signed"].lines[0]]
    assert lines[1:3] == ["省司法厅", "2012年12月16日"]


def test_nothing_is_drawn_over_the_lines_of_a_cell(paper: dict[str, Paper]) -> None:
    """The photo and the long names stay within their cells."""
    for name in ("individual", "names", "career"):
        boxes = [box for _, box in paper[name].cells[0]]
        (image,) = paper[name].images[0]
        assert any(_within(image, box) for box in boxes)
        in_table = [c for c in paper[name].chars[0] if min(b[1] for b in boxes) < c["top"] < EDGE_BOTTOM]
        astray = [c["text"] for c in in_table if not any(_within(c, box) for box in boxes)]
        assert astray == []


def test_the_photo_is_as_large_as_its_box(paper: dict[str, Paper]) -> None:
    (image,) = paper["individual"].images[0]
    assert image["width"] / MM == pytest.approx(35, abs=0.3) or image["height"] / MM == pytest.approx(
        49, abs=0.3
    )


def test_seal_and_date_stand_at_the_lower_right(paper: dict[str, Paper]) -> None:
    for name in ("blank-individual", "blank-collective", "individual"):
        seals = [box for text, box in paper[name].cells[0] if text == squeezed(SEAL + DATE)]
        assert len(seals) == 3
        for left, top, right, bottom in seals:
            inside = [c for c in paper[name].chars[0] if _within(c, (left, top, right, bottom))]
            assert min(c["x0"] for c in inside) > (left + right) / 2
            assert min(c["top"] for c in inside) > bottom - 40
            marks = [c for c in inside if c["text"].strip()]
            seal = [c for c in marks if c["text"] in SEAL]
            date = [c for c in marks if c["text"] in DATE]
            assert _middle(seal) == pytest.approx(_middle(date), abs=2)
            assert right - max(c["x1"] for c in date) == pytest.approx(24, abs=6)


def test_a_letter_sets_22_lines_of_28_characters(paper: dict[str, Paper]) -> None:
    _, second, *_ = paper["letter"].chars
    lines = Counter(round(c["top"]) for c in second if c["text"] == "字")
    assert set(lines.values()) == {28}
    assert len(lines) == 22
    tops = sorted({c["top"] for c in second if c["text"] == "字"})
    assert all(below - above == pytest.approx(28.95, abs=0.1) for above, below in pairwise(tops))
    assert min(c["x0"] for c in second) == pytest.approx(EDGE_LEFT, abs=1)
    assert max(c["x1"] for c in second) <= EDGE_RIGHT + 1


def test_a_letter_numbers_its_pages_as_the_standard_has_it(paper: dict[str, Paper]) -> None:
    found = []
    for chars in paper["letter"].chars:
        number = [c for c in chars if c["top"] > EDGE_BOTTOM and c["text"].strip()]
        middle = (number[0]["top"] + number[0]["bottom"]) / 2
        assert (middle - EDGE_BOTTOM) / MM == pytest.approx(7, abs=1)
        right = number[0]["x0"] > 300
        near = EDGE_RIGHT - number[-1]["x1"] if right else number[0]["x0"] - EDGE_LEFT
        assert near == pytest.approx(14, abs=2), "one character from the edge"
        found.append(("".join(c["text"] for c in number), "right" if right else "left"))
    copy = [("—1—", "right"), ("—2—", "left"), ("—3—", "right")]
    assert found == copy * 2


def test_the_remark_is_small_and_grey_at_the_foot_of_each_page(paper: dict[str, Paper]) -> None:
    remark = squeezed(campaign().demo_note)
    for name, (sheet, _) in SHEETS.items():
        for text, chars in zip(paper[name].texts, paper[name].chars, strict=True):
            assert (remark in text) is bool(sheet.remark), name
            if sheet.remark:
                foot = [c for c in chars if c["non_stroking_color"] not in ((0,), (0, 0, 0), None)]
                assert squeezed("".join(c["text"] for c in foot)) == remark
                assert {round(c["size"]) for c in foot} == {9}


def _cells(name: str) -> list[Any]:
    body = SHEETS[name][0].body
    assert isinstance(body, Table)
    return [cell for row in body.rows for cell in row.cells]


def _middle(chars: list[dict[str, Any]]) -> float:
    return float(min(c["x0"] for c in chars) + max(c["x1"] for c in chars)) / 2


def _within(thing: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = box
    return (
        thing["x0"] >= left - 0.5
        and thing["x1"] <= right + 0.5
        and thing["top"] >= top - 0.5
        and thing["bottom"] <= bottom + 0.5
    )
