"""The layouts of the form pages: the official table and the annex's sentences, with places to write in them."""

from __future__ import annotations

import pytest
from entry_pages import Element, Form, assert_sound, campaigns, drawn
from one_document import CAMPAIGN, form

from build_tools.campaign import Campaign, Item
from build_tools.forms.definition import Form as Definition
from build_tools.forms.definition import read_form, read_layout
from build_tools.forms.fill import blank_sheet
from build_tools.forms.html import html_form


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Campaign, Item]]:
    """Every item of the shipped campaign and of the second one with the new forms."""
    return {
        f"{name}/{item.id}": (campaign, item)
        for name, campaign in campaigns(tmp_path_factory.mktemp("campaigns"))
        for item in campaign.items
    }


def test_the_table_is_the_official_one_with_places_to_write(items: dict[str, tuple[Campaign, Item]]) -> None:
    campaign, item = items["shipped/individual"]
    definition = read_form(campaign, item)
    page = drawn(campaign, item, definition)
    table = page.all("table")[0]
    assert table["role"] == "presentation"
    sheet = Form(str(html_form(blank_sheet(definition))))  # type: ignore[arg-type]
    cells = [c["colspan"] for c in page.all("td") if c.parents[-1]["class"] != "form__said"]
    assert cells == [c["colspan"] for c in sheet.all("th", "td")]
    assert [c["width"] for c in page.all("col")] == [c["width"] for c in sheet.all("col")]
    labels = {label["for"]: label.text for label in page.all("label") if label["for"]}
    assert labels["f-birth"] == "出生年月"
    assert labels["f-firm"].split()[0] == "执业机构"
    assert labels["f-post"].split()[0] == "职务"
    seals = [cell for cell in page.all("td") if cell["class"] == "form__seal"]
    assert len(seals) == 3
    for seal in seals:
        assert "（盖章）" in seal.text
        assert "此处不填" in seal.text
        assert not [control for control in page.controls if seal in control.parents]
    photo = next(
        c for c in page.all("input") if c["type"] == "file" and c.owner and c.owner["data-kind"] == "photo"
    )
    assert photo["accept"] == "image/jpeg,image/png"
    assert "name" not in photo


def squares(page: Form) -> list[list[Element]]:
    """The table square by square: the cell that covers each, as a browser lays them out."""
    columns = len(page.all("col"))
    laid: list[list[Element | None]] = []
    for index, row in enumerate(page.all("tr")):
        for cell in page.all("td"):
            if cell.parents[-1] is row:
                across, down = int(cell["colspan"] or 1), int(cell["rowspan"] or 1)
                while len(laid) < index + down:
                    laid.append([None] * columns)
                start = laid[index].index(None)
                for line in laid[index : index + down]:
                    assert line[start : start + across] == [None] * across, "no cell lies on another"
                    line[start : start + across] = [cell] * across
    whole = [[cell for cell in line if cell is not None] for line in laid]
    assert all(len(line) == columns for line in whole), "no square is left open"
    assert len(whole) == len(page.all("tr"))
    return whole


GRIDS = ["shipped/collective", "shipped/individual", "second/selfcheck", "second/officer"]


@pytest.mark.parametrize("name", GRIDS)
def test_what_is_wrong_with_a_narrow_cell_stands_below_it(
    name: str, items: dict[str, tuple[Campaign, Item]]
) -> None:
    campaign, item = items[name]
    page = drawn(campaign, item, read_form(campaign, item))
    lines = squares(page)
    row_of = {id(row): index for index, row in enumerate(page.all("tr"))}
    below = 0
    for faults in page.having("class", "field__faults"):
        key = faults["id"].removeprefix("e-")
        controls = [control for control in page.controls if control["name"] == key]
        if not controls or "{i}" in key:
            continue
        own, said = controls[0].inside("td"), faults.inside("td")
        assert own is not None
        assert said is not None
        if said is own:
            continue
        below += 1
        assert row_of[id(said.parents[-1])] == row_of[id(own.parents[-1])] + 1
        assert lines[row_of[id(said.parents[-1])]].count(said) >= lines[row_of[id(own.parents[-1])]].count(
            own
        )
    assert below >= 2


def test_cells_over_several_rows_keep_the_table_whole() -> None:
    """A grid with cells that run down on both sides and in the middle, past rows of narrow cells."""
    text = {"title": "栏", "type": "string"}
    item = form(**dict.fromkeys("abcdefg", text))
    layout = read_layout({"layout": "grid", "columns": [1, 1, 1, 1, 1, 1], "rows": [
        {"cells": [{"label": "左", "rowspan": 3}, {"field": "a"}, {"field": "b", "rowspan": 2}, {"label": "丙"},
                   {"field": "c"}, {"seal": "章", "rowspan": 4}]},
        {"cells": [{"field": "d"}, {"field": "e", "span": 2}]},
        {"cells": [{"label": "长", "span": 2}, {"field": "f", "span": 2}]},
        {"cells": [{"label": "末"}, {"field": "g", "span": 4}]},
    ]})  # fmt: skip
    page = drawn(CAMPAIGN, item, Definition(item, "表", "", layout))
    assert_sound(page)
    lines = squares(page)
    said = [row for row in page.all("tr") if row["class"] == "form__said"]
    assert len(said) == 3, "the last row's cell is wide enough"
    assert len(lines) == 7


def test_a_sentence_reads_as_the_notice_prints_it(items: dict[str, tuple[Campaign, Item]]) -> None:
    """A unit that the words repeat is not shown twice; one that they leave out is."""
    campaign, item = items["shipped/statistics"]
    page = drawn(campaign, item, read_form(campaign, item))
    units = {e.owner["data-field"]: "hidden" in e for e in page.having("class", "field__unit") if e.owner}
    assert units["pledge_orgs"] is True
    assert units["oneplusone_lawyers"] is False
    first = page.having("class", "sentence")[0]
    assert first.text.startswith("1.创先争优活动以来，本市律师行业共有 ")
    for element in page.elements:
        if any(parent["class"] == "sentence" for parent in element.parents):
            assert element.tag in ("span", "label", "input", "select", "option", "textarea", "b"), (
                "words stay in one line"
            )
    helps = page.having("id", "h-pledge_orgs")
    assert [e.tag for e in helps] == ["p"]
    assert helps[0].inside("details")
