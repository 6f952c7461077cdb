"""The PDF face, read back: every word, every line of the grid, the standard's 22 lines of 28 characters."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
from faces import cells_of_pdf, expected, pdf_text, running_text, squeezed
from PIL import Image

from build_tools.campaign import Campaign, load_campaign
from build_tools.forms.definition import Form, read_form, read_forms, read_layout
from build_tools.forms.fill import blank_sheet, filled_sheet
from build_tools.forms.fonts import load_fonts
from build_tools.forms.notice import notice_sheet
from build_tools.forms.press import CannotDraw, Cover, Press, Printed
from build_tools.forms.sheet import BOTTOM, LEFT, RIGHT, TOP, Letter, Paragraph, Part, Picture, Sheet, Table
from build_tools.source import parse
from build_tools.tree import WorkTree
from build_tools.wordcount import count

ROOT = Path(__file__).parents[1]
SECOND = ROOT / "tests" / "second"
CAMPAIGN = load_campaign(WorkTree(ROOT))
MILLIMETRE = 72 / 25.4


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    with Press(load_fonts(ROOT)) as press:
        yield press


@cache
def document(path: str, root: Path = ROOT) -> dict[str, Any]:
    value: dict[str, Any] = parse(path, (root / "data/cities" / path).read_bytes()).value
    return value


def individual(**changes: Any) -> dict[str, Any]:
    return {**document("guangzhou/nominations/individual-01.yml"), "photo": None, **changes}


def sheet_of(
    item: str, value: dict[str, Any] | None, campaign: Campaign = CAMPAIGN, picture: Picture | None = None
) -> Sheet:
    form = read_form(campaign, campaign.item_by_id[item])
    assert form is not None
    if value is None:
        return blank_sheet(form)
    name = campaign.item_by_id[item].document(1)
    return filled_sheet(campaign, form, name, value, lambda _: picture)


SAMPLES = {
    "summary": "guangzhou/summary.yml",
    "statistics": "guangzhou/statistics.yml",
    "collective": "guangzhou/nominations/collective-01.yml",
    "individual": "guangzhou/nominations/individual-01.yml",
    "materials": "guangzhou/materials.yml",
}


@pytest.mark.parametrize("filled", [False, True], ids=["blank", "filled"])
@pytest.mark.parametrize("item", SAMPLES)
def test_every_label_and_value_of_the_definition_is_on_paper(item: str, filled: bool, press: Press) -> None:
    value = dict(document(SAMPLES[item]), photo=None) if filled else None
    if value and "photo" not in CAMPAIGN.item_by_id[item].schema.root["properties"]:
        del value["photo"]
    data = press.pdf([Printed(sheet_of(item, value))])
    text, cells = running_text(data), "".join(cell for page in cells_of_pdf(data) for cell in page)
    words = list(expected(CAMPAIGN, CAMPAIGN.item_by_id[item], value))
    assert len(words) >= (6 if filled or item != "summary" else 1)
    assert [word for word in words if word not in text and word not in cells] == []


@pytest.mark.parametrize("form", read_forms(CAMPAIGN), ids=lambda form: form.item.id)
def test_a_blank_form_is_one_page(form: Any, press: Press) -> None:
    assert len(pdf_text(press.pdf([Printed(blank_sheet(form))]))) == 1


@pytest.mark.parametrize("item", ["collective", "individual"])
def test_the_lines_stand_where_the_definition_puts_them(item: str, press: Press) -> None:
    """Ruled lines against the sheet's columns and rows, within half a millimetre."""
    sheet = sheet_of(item, None)
    assert isinstance(sheet.body, Table)
    with pdfplumber.open(io.BytesIO(press.pdf([Printed(sheet)]))) as pdf:
        (page,) = pdf.pages
        upright = sorted({round(edge["x0"], 1) for edge in page.edges if edge["orientation"] == "v"})
        level = sorted({round(edge["top"], 1) for edge in page.edges if edge["orientation"] == "h"})
    columns = [sum(sheet.body.columns[:index]) for index in range(len(sheet.body.columns) + 1)]
    rows = [sum(row.height for row in sheet.body.rows[:index]) for index in range(len(sheet.body.rows) + 1)]
    assert [x / MILLIMETRE - LEFT for x in _merged(upright)] == pytest.approx(columns, abs=0.5)
    first = _merged(level)[0]
    assert [(y - first) / MILLIMETRE for y in _merged(level)] == pytest.approx(rows, abs=0.5)
    assert _merged(level)[-1] < (297 - BOTTOM) * MILLIMETRE


def _merged(places: list[float]) -> list[float]:
    """Places a line's width apart are one line."""
    found: list[float] = []
    for place in places:
        if not found or place - found[-1] > 2:
            found.append(place)
    return found


def test_an_empty_field_says_so_and_an_opinion_stays_blank(press: Press) -> None:
    sheet = sheet_of("individual", individual(awards=None))
    cells = [cell for page in cells_of_pdf(press.pdf([Printed(sheet)])) for cell in page]
    assert cells[cells.index("曾受奖励") + 1] == "无"
    assert sum("（盖章）" in cell and "年月日" in cell for cell in cells) == 3
    assert "照片" in cells


def test_a_number_that_was_not_given_stays_a_blank(press: Press) -> None:
    text = "".join(pdf_text(press.pdf([Printed(sheet_of("statistics", {"pledge_orgs": 0}))])))
    assert "共有0个基层党组织、名共产党员" in text
    assert "无" not in text


def test_long_deeds_run_on_under_the_forms_title(press: Press) -> None:
    deeds = "\n".join(f"第{index}段：" + "示例事迹两年来坚持值班解答咨询调解纠纷" * 26 for index in range(6))
    assert 2950 < count(deeds).words < 3050
    sheet = sheet_of("individual", individual(deeds=deeds))
    pages = pdf_text(press.pdf([Printed(sheet)]))
    assert len(pages) == 3
    title = squeezed(sheet.title)
    assert pages[0].startswith("附件4" + title)
    assert all(page.startswith(title + "（续）") for page in pages[1:])
    assert [f"第{n}页共3页" in page for n, page in enumerate(pages, start=1)] == [True] * 3
    assert (
        "".join(cell for page in cells_of_pdf(press.pdf([Printed(sheet)])) for cell in page).count("示例事迹")
        == 6 * 26
    )


def test_a_career_of_twelve_entries_and_long_names_stay_in_the_grid(press: Press) -> None:
    resume = [
        {"from": f"{1990 + n}-07", "to": f"{1991 + n}-06", "text": f"广东示例{n}律师事务所合伙人"}
        for n in range(12)
    ]
    value = individual(
        name="阿卜杜热合曼·买买提依明江·示例",
        firm="广东示例示例示例示例示例示例示例示例示例示例示例示例律师事务所（特殊的普通合伙）",
        post="W" * 40,
        resume=resume,
    )
    data = press.pdf([Printed(sheet_of("individual", value))])
    cells = [cell for page in cells_of_pdf(data) for cell in page]
    assert "阿卜杜热合曼·买买提依明江·示例" in cells
    assert value["firm"] + "W" * 40 in cells
    assert all(any(f"广东示例{n}律师事务所" in cell for cell in cells) for n in range(12))
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            inside = [c for c in page.chars if TOP * MILLIMETRE <= c["top"] <= (297 - BOTTOM) * MILLIMETRE]
            assert min(c["x0"] for c in inside) >= LEFT * MILLIMETRE - 1
            # The right half of a mark at a line's end is blank and may lie beyond.
            ends = [c["x1"] - c["size"] / 2 * (c["text"] in "，。、") for c in inside]
            assert max(ends) <= (210 - RIGHT) * MILLIMETRE


def test_hostile_text_stands_as_text(press: Press) -> None:
    hostile = '#import "x" #eval("1") $x$ *b* _i_ `c` @ref <label> \\ " \u2028 =标题 #{7*7} ${7}'
    data = press.pdf([Printed(sheet_of("individual", individual(firm=hostile, deeds=hostile)))])
    cells = "".join(cell for page in cells_of_pdf(data) for cell in page)
    assert cells.count(squeezed('#import "x" #eval("1") $x$ *b* _i_ `c` @ref <label> \\ "')) == 2
    assert cells.count("#{7*7}${7}") == 2


def grid(item: str, rows: str) -> Form:
    """The form of ``item`` with other rows."""
    form = read_form(CAMPAIGN, CAMPAIGN.item_by_id[item])
    assert form is not None
    value = parse("rows.yml", rows.encode()).value
    return replace(form, layout=read_layout({**CAMPAIGN.forms[item], "rows": value}))


GROUPS = """
- height: 20
  cells: [{label: 基本情况, rowspan: 2}, {field: leader}, {label: 联系电话}, {field: phone}]
- height: 49
  cells: [{field: deeds, long: true, span: 3}]
- height: 30
  cells: [{label: 审批, rowspan: 2}, {label: 上级}, {seal: 上级党组织, span: 2}]
- height: 30
  cells: [{label: 司法厅}, {seal: 上级党组织, span: 2}]
"""


def test_a_long_cell_beside_one_over_several_rows_runs_on(press: Press) -> None:
    form = grid("collective", GROUPS)
    deeds = "\n".join(f"第{number}段示例。" for number in range(119))
    sheet = filled_sheet(CAMPAIGN, form, "collective-01", {"leader": "示例", "deeds": deeds})
    data = press.pdf([Printed(sheet)])
    text = running_text(data)
    assert [number for number in range(119) if f"第{number}段示例" not in text] == []
    assert len(pdf_text(data)) == 4


def test_a_row_keeps_its_height_when_its_first_cell_goes_on_below(press: Press) -> None:
    with pdfplumber.open(io.BytesIO(press.pdf([Printed(blank_sheet(grid("collective", GROUPS)))]))) as pdf:
        level = _merged(sorted({round(e["top"], 1) for e in pdf.pages[0].edges if e["orientation"] == "h"}))
    heights = [(below - above) / MILLIMETRE for above, below in pairwise(level)]
    assert heights == pytest.approx([20, 49, 30, 30], abs=0.5)


@pytest.mark.parametrize(
    ("field", "text"), [("name", "名" * 300), ("post", "职" * 2000), ("firm", "W" * 3000)]
)
def test_a_text_far_too_long_for_its_cell_is_printed_whole(field: str, text: str, press: Press) -> None:
    data = press.pdf([Printed(sheet_of("individual", individual(**{field: text})))])
    assert running_text(data).count(text[0]) >= len(text)
    assert "全国律师行业" in pdf_text(data)[0]


def test_a_mark_that_pdf_forbids_is_left_out(press: Press) -> None:
    data = press.pdf([Printed(sheet_of("individual", individual(post="合伙\ufeff人")))])
    assert "合伙人" in "".join(cell for page in cells_of_pdf(data) for cell in page)


def photo(width: int, height: int) -> Picture:
    image = Image.new("RGB", (width, height), (200, 30, 30))
    exif = image.getexif()
    exif[0x010F], exif[0x8825] = "示例相机", {1: "N", 2: (23.0, 7.0, 0.0)}
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment="示例备注".encode())
    return Picture(out.getvalue())


@pytest.mark.parametrize(("width", "height"), [(413, 579), (2000, 500), (300, 2400), (20, 28)])
def test_a_photo_is_fitted_into_its_box_and_stripped(width: int, height: int, press: Press) -> None:
    data = press.pdf(
        [Printed(sheet_of("individual", individual(photo="materials/x.jpg"), picture=photo(width, height)))]
    )
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        (image,) = pdf.pages[0].images
        across, down = image["width"] / MILLIMETRE, image["height"] / MILLIMETRE
    assert across <= 35.1
    assert down <= 49.1
    assert max(across / 35, down / 49) > 0.99, "it fills the box"
    assert across / down == pytest.approx(width / height, rel=0.03)
    for secret in ("示例相机".encode(), "示例备注".encode(), b"Exif"):
        assert secret not in _all_bytes(data)
    assert "照片" not in [cell for page in cells_of_pdf(data) for cell in page]


def _all_bytes(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return b"".join(o.read_raw_bytes() for o in pdf.objects if isinstance(o, pikepdf.Stream))


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff\xe0damaged"])
def test_a_photo_that_is_none_leaves_the_official_box(data: bytes, press: Press) -> None:
    made = press.pdf([Printed(sheet_of("individual", individual(photo="x.jpg"), picture=Picture(data)))])
    assert "照片" in [cell for page in cells_of_pdf(made) for cell in page]


def letter(*paragraphs: Paragraph, title: str = "示例总结") -> Sheet:
    return Sheet("summary", "总结", "", title, Letter(paragraphs), filled=True)


def lines_of(page: Any) -> list[list[dict[str, Any]]]:
    """The characters of the type area, line by line."""
    found: dict[int, list[dict[str, Any]]] = {}
    for character in page.chars:
        if (TOP - 1) * MILLIMETRE <= character["top"] <= (297 - BOTTOM) * MILLIMETRE and character[
            "text"
        ].strip():
            found.setdefault(round(character["bottom"] / 4), []).append(character)
    return [sorted(line, key=lambda c: c["x0"]) for _, line in sorted(found.items())]


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
from test_press import *
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


def test_another_campaigns_forms_need_no_program(press: Press) -> None:
    campaign = load_campaign(WorkTree(SECOND))
    for item, path in (("selfcheck", "dongpian/selfcheck.yml"), ("crew", "dongpian/crews/crew-01.yml")):
        value = document(path, SECOND)
        text = "".join(pdf_text(press.pdf([Printed(sheet_of(item, value, campaign))])))
        missing = [
            words for words in expected(campaign, campaign.item_by_id[item], value) if words not in text
        ]
        assert missing == []
