"""The PDF face, read back: every word of every form, every line of the grid, whatever is written into it."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pdfplumber
import pikepdf
import pytest
from faces import cells_of_pdf, expected, pdf_text, running_text, squeezed
from pressed import (
    CAMPAIGN,
    MILLIMETRE,
    SAMPLES,
    SECOND,
    document,
    individual,
    merged,
    photo,
    sheet_of,
)

from build_tools.campaign import load_campaign
from build_tools.forms.definition import Form, read_form, read_forms, read_layout
from build_tools.forms.fill import blank_sheet, filled_sheet
from build_tools.forms.press import Press, Printed
from build_tools.forms.sheet import BOTTOM, LEFT, RIGHT, TOP, Picture, Register, Table
from build_tools.source import parse
from build_tools.tree import WorkTree
from build_tools.wordcount import count


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
    assert [x / MILLIMETRE - LEFT for x in merged(upright)] == pytest.approx(columns, abs=0.5)
    first = merged(level)[0]
    assert [(y - first) / MILLIMETRE for y in merged(level)] == pytest.approx(rows, abs=0.5)
    assert merged(level)[-1] < (297 - BOTTOM) * MILLIMETRE


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


@pytest.mark.parametrize("item", SAMPLES)
def test_hostile_text_in_every_field_is_printed_as_text(item: str, press: Press) -> None:
    attack = "<b onclick=x>{{7*7}}#eval"

    def attacked(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: attacked(part) for key, part in value.items()}
        if isinstance(value, list):
            return [attacked(part) for part in value]
        return f"{attack}{value}" if value is not None else None

    sheet = sheet_of(item, attacked(document(SAMPLES[item])))
    data = press.pdf([Printed(sheet)])
    table = isinstance(sheet.body, Table | Register)
    words = "".join(cell for page in cells_of_pdf(data) for cell in page) if table else running_text(data)
    wanted = squeezed("".join(sheet.texts())).count(squeezed(attack))
    assert wanted >= len(
        [value for value in document(SAMPLES[item]).values() if isinstance(value, str | int)]
    )
    assert squeezed(words).count(squeezed(attack)) == wanted


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
        level = merged(sorted({round(e["top"], 1) for e in pdf.pages[0].edges if e["orientation"] == "h"}))
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


def test_another_campaigns_forms_need_no_program(press: Press) -> None:
    campaign = load_campaign(WorkTree(SECOND))
    for item, path in (("selfcheck", "dongpian/selfcheck.yml"), ("crew", "dongpian/crews/crew-01.yml")):
        value = document(path, SECOND)
        text = "".join(pdf_text(press.pdf([Printed(sheet_of(item, value, campaign))])))
        missing = [
            words for words in expected(campaign, campaign.item_by_id[item], value) if words not in text
        ]
        assert missing == []
