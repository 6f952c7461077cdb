"""The forms to fill in, in a real browser: rows as the script draws them, paper on the desk, one column on a telephone."""

from __future__ import annotations

import pytest
from browser.test_pages import assert_accessible, assert_fits, resized
from browser.visitors import AUDIENCES, Open
from playwright.sync_api import Page

ITEMS = ("summary", "statistics", "collective", "individual", "materials")
FILL = """
() => {
  for (const rows of document.querySelectorAll('#entry [data-kind=rows]')) {
    const list = rows.querySelector('[data-rows]');
    while (list.children.length < 2) {
      const row = rows.querySelector('template').content.cloneNode(true).firstElementChild;
      for (const node of row.querySelectorAll('*')) for (const a of [...node.attributes])
        a.value = a.value.replace(/\\{i\\}/g, list.children.length);
      row.querySelector('[data-number]').textContent = list.children.length + 1;
      list.append(row);
    }
  }
  for (const box of document.querySelectorAll('#entry .field__faults')) {
    box.innerHTML = '<p class="fault fault--invalid"><span class="mark mark--invalid"><svg aria-hidden="true">'
      + '<use href="#s-invalid"/></svg>错误</span>没有填写。<span class="fault__hint">补填此栏。</span></p>';
  }
}
"""


def filled(page: Page) -> Page:
    """With two rows in every list, and a fault at every field."""
    page.evaluate(FILL)
    return page


@pytest.mark.parametrize("item", ITEMS)
def test_rows_and_faults_fit_and_are_accessible(item: str, visit: Open) -> None:
    guest = visit("public", width=360)
    page = filled(guest.go(f"submit/{item}/"))
    assert_accessible(page)
    for _ in resized(page, 360, 1024, 1280):
        assert_fits(page)
    assert_accessible(page)
    assert guest.troubles() == []


@pytest.mark.parametrize("item", ITEMS)
def test_on_a_telephone_every_control_can_be_hit(item: str, visit: Open) -> None:
    """44 pixels for what is written into and what is pressed (WCAG 2.5.5); a tick with its label's line."""
    page = filled(visit("public", width=360).go(f"submit/{item}/"))
    small = page.evaluate("""
      Array.from(document.querySelectorAll('#entry input, #entry select, #entry textarea, .desk button'))
        .filter(e => e.checkVisibility()).map(e => e.type === 'radio' || e.type === 'checkbox' ? e.closest('label') : e)
        .filter(e => e.getBoundingClientRect().height < 43.5 && !(e.tagName === 'LABEL' && e.getBoundingClientRect().height >= 24))
        .map(e => e.outerHTML.slice(0, 100))
    """)
    assert small == []


def test_the_table_keeps_the_proportions_of_the_paper(visit: Open) -> None:
    """On a desk the cells stand where they stand on the annex, and what explains a cell moves none."""
    page = visit("public", width=1280).go("submit/individual/")
    left = "e.getBoundingClientRect().left"
    places_of = f"""t => {{ const edge = (e => {left})(t);
      const rows = Array.from(t.rows).filter(row => row.className !== 'form__said');
      return rows.slice(0, 4).map(row => Array.from(row.cells).map(e => Math.round(100 * ({left} - edge) / t.offsetWidth))); }}"""
    table = page.locator("#entry table.form")
    places = table.evaluate(places_of)
    sheet = visit("public", width=1280).go("annexes/4/").locator("table.form").evaluate(places_of)
    for own, paper in zip(places, sheet, strict=True):
        assert all(abs(a - b) <= 1 for a, b in zip(own, paper, strict=True)), (places, sheet)
    height = table.evaluate("t => t.offsetHeight")
    field = page.locator("#f-birth")
    note = page.locator("#h-birth")
    assert not note.is_visible()
    field.focus()
    assert note.is_visible()
    assert table.evaluate("t => t.offsetHeight") == height
    edge = table.evaluate("t => t.getBoundingClientRect().right")
    assert note.evaluate("n => n.getBoundingClientRect().left") > edge, "it covers no cell"


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("item", ["", "individual/", "statistics/"])
def test_without_script_a_page_says_what_to_do(item: str, audience: str, visit: Open) -> None:
    guest = visit(audience, java_script_enabled=False)
    page = guest.page
    page.goto(f"{guest.base}submit/{item}")
    assert page.locator("noscript .warning-line").is_visible()
    assert page.locator(".downloads").first.is_visible(), "empty forms to fill in without this page"
    assert not page.locator("#actions").is_visible(), "no button that does nothing"
    if item:
        assert page.locator("#entry input").first.is_visible()


def test_a_preview_alone_is_printed(visit: Open) -> None:
    page = visit("public").go("submit/individual/")
    page.evaluate(
        "document.body.classList.add('previewing'); document.getElementById('sheet').hidden = false"
    )
    page.emulate_media(media="print")
    assert page.locator("#sheet").is_visible()
    for gone in ("#entry", ".entry__who", "#actions", ".entry__head", "#notice"):
        assert not page.locator(gone).is_visible(), gone


def test_a_system_of_few_colours_shows_where_to_write(visit: Open) -> None:
    page = filled(visit("public", forced_colors="active").go("submit/individual/"))
    border = "e => getComputedStyle(e).borderTopStyle + getComputedStyle(e).borderTopWidth"
    assert page.locator("#f-birth").evaluate(border) == "solid1px"
    assert_fits(page)
