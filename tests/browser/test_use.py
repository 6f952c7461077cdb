"""Using the site: keyboard, search, sorting, font size, the clock and printing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2
import pytest
from browser.visitors import AUDIENCES, Open
from playwright.sync_api import Page, expect


def search_for(page: Page, words: str) -> None:
    """Type into the search field. Chinese arrives without key events, as from an input method; End follows."""
    page.locator(".md-search__input").click()
    page.keyboard.insert_text(words)
    page.keyboard.press("End")


FOCUS = """
() => { const e = document.activeElement, s = getComputedStyle(e);
  return {tag: e.tagName, text: (e.innerText || e.getAttribute('aria-label') || '').trim().slice(0, 40),
    classes: e.className.toString(), sort: !!e.closest('th'), tabs: !!e.closest('.md-tabs, nav'),
    visible: (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'}; }
"""


def stops(page: Page, count: int) -> list[dict[str, Any]]:
    """What the Tab key reaches, in order."""
    found = []
    for _ in range(count):
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUS))
    return found


def orders(page: Page) -> list[str]:
    return page.locator("table[data-sortable] tbody tr td:first-child").all_inner_texts()


def test_the_tab_key_reaches_skip_link_navigation_and_sorting(visit: Open) -> None:
    page = visit().go("progress/")
    reached = stops(page, 40)
    assert "跳到正文" in reached[0]["text"]
    assert any(stop["tabs"] and stop["text"] == "统计汇总" for stop in reached)
    assert any(stop["sort"] and stop["tag"] == "BUTTON" for stop in reached)
    hidden = [stop for stop in reached if stop["tag"] != "BODY" and not stop["visible"]]
    assert hidden == []


def test_the_skip_link_leads_to_the_text(visit: Open) -> None:
    page = visit().go()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "zhengwen"


def test_enter_sorts_a_column_and_says_so(visit: Open) -> None:
    page = visit().go("progress/")
    before = orders(page)
    assert before == sorted(before, key=int)
    heading = page.locator("th", has_text="完成").first
    button = heading.locator("button")
    button.focus()
    page.keyboard.press("Enter")
    first = heading.get_attribute("aria-sort")
    shares = [int(text.rstrip("%")) for text in page.locator("tbody td.share").all_inner_texts()]
    page.keyboard.press("Enter")
    again = [int(text.rstrip("%")) for text in page.locator("tbody td.share").all_inner_texts()]
    assert {first, heading.get_attribute("aria-sort")} == {"ascending", "descending"}
    assert sorted([shares, again]) == sorted([sorted(shares), sorted(shares, reverse=True)])
    assert orders(page) != before


@pytest.mark.parametrize("audience", AUDIENCES)
def test_search_finds_a_word_in_the_middle_of_a_title(audience: str, visit: Open) -> None:
    guest = visit(audience)
    page = guest.go()
    search_for(page, "表彰")
    results = page.locator(".md-search-result__item")
    expect(results.first).to_be_visible(timeout=15000)
    expect(page.locator(".md-search-result__list")).to_contain_text("总结及表彰推荐工作的通知")
    assert guest.troubles() == []


def test_search_finds_a_unit(visit: Open) -> None:
    page = visit("public").go()
    search_for(page, "汕尾")
    expect(page.locator(".md-search-result__list a[href*='units/shanwei/']").first).to_be_visible(
        timeout=15000
    )


@pytest.mark.parametrize(("size", "bigger"), [("大", 1), ("小", -1)])
def test_the_font_size_buttons_work_and_are_remembered_by_their_state(
    size: str, bigger: int, visit: Open
) -> None:
    page = visit().go("notice/")
    height = "parseFloat(getComputedStyle(document.querySelector('.md-typeset p:not([class])')).fontSize)"
    before = page.evaluate(height)
    button = page.get_by_role("button", name=size, exact=True)
    button.click()
    after = page.evaluate(height)
    assert (after > before) if bigger > 0 else (after < before)
    assert button.get_attribute("aria-pressed") == "true"
    middle = page.get_by_role("button", name="中", exact=True)
    assert middle.get_attribute("aria-pressed") == "false"
    middle.click()
    assert page.evaluate(height) == before


def test_the_clock_of_a_demo_stands_still(visit: Open) -> None:
    page = visit().go()
    clock = page.locator(".clock")
    expect(clock).to_contain_text("2012年8月23日")
    expect(clock).to_contain_text("报送已截止")
    told = clock.inner_text()
    page.reload(wait_until="networkidle")
    assert clock.inner_text() == told


def printed(page: Page, folder: Path) -> str:
    file = folder / "page.pdf"
    page.pdf(path=file, format="A4")
    document = pypdfium2.PdfDocument(file)
    text = "".join(sheet.get_textpage().get_text_range() for sheet in document)
    document.close()
    return text


PRINTED = {
    "": ["广州", "深圳", "顺德", "报送进度表"],
    "notice/": ["视为放弃推荐资格", "2012年8月16日"],
    "units/guangzhou/": ["广州", "总结", "统计资料", "收文台账"],
    "annexes/1/": ["附件1", "推荐名额分配表", "合计"],
    "annexes/3/": ["附件3", "全国律师行业创先争优先进集体推荐表", "（盖章）"],
}


@pytest.mark.parametrize("path", PRINTED)
def test_a_printed_page_holds_the_text_and_no_controls(path: str, visit: Open, tmp_path: Path) -> None:
    page = visit().go(path)
    text = printed(page, tmp_path)
    assert all(words in text for words in PRINTED[path])
    assert "示例数据，纯属虚构" in text
    for control in ("跳到正文", "搜索单位", "使用说明", "字体：", "打开导航", "点列名可以排序"):
        assert control not in text


@pytest.mark.parametrize("number", [2, 3, 4])
def test_an_annex_is_printed_on_one_official_page(number: int, visit: Open, tmp_path: Path) -> None:
    """The type area of GB/T 9704: 156 by 225 mm, 28 from the left and 37 from the top."""
    visit().go(f"annexes/{number}/").pdf(path=tmp_path / "annex.pdf", prefer_css_page_size=True)
    with pdfplumber.open(tmp_path / "annex.pdf") as read:
        (page,) = read.pages
        drawn = [*page.chars, *page.rects]
        edges = [f([thing[side] for thing in drawn]) * 25.4 / 72 for f, side in
                 ((min, "x0"), (min, "top"), (max, "x1"), (max, "bottom"))]  # fmt: skip
        assert edges[0] == pytest.approx(28, abs=1)
        assert edges[1] >= 36.5
        assert edges[2] == pytest.approx(28 + 156, abs=3)
        assert edges[3] <= 37 + 225 + 0.5


def test_the_print_button_prints(visit: Open) -> None:
    page = visit().go("notice/")
    page.evaluate("window.print = () => { window.printed = true }")
    page.get_by_role("button", name="打印").click()
    assert page.evaluate("window.printed") is True
