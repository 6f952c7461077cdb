"""Every kind of page, in both editions: clean, narrow, zoomed, accessible, and readable without script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from browser.visitors import AUDIENCES, ROOT, Open
from playwright.sync_api import Page

from build_tools.site.edition import make_edition

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
SERIOUS = {"serious", "critical"}
SIDEWAYS = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
OPEN_ALL = "document.querySelectorAll('details').forEach(d => d.open = true)"
COME_TO_REST = """
(async () => {
  const moving = () => document.getAnimations()
    .filter(one => one.playState === 'running' && one.effect.getComputedTiming().iterations !== Infinity);
  do {  // what a script sets off begins with one of the next frames
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    await Promise.allSettled(moving().map(one => one.finished));
  } while (moving().length);
})()
"""
STICKING_OUT = """
Array.from(document.querySelectorAll('#zhengwen *, footer *, header *')).filter(e => e.checkVisibility()
  && e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .sheet, .md-typeset__scrollwrap, .md-search'))
  .slice(0, 5).map(e => e.outerHTML.slice(0, 120))
"""


@cache
def paths(audience: str) -> dict[str, str]:
    """A name for each page worth a look, and its address; of the units one in each state."""
    edition = make_edition(ROOT, audience)
    found = {"home": "", "404": "no/such/page/"}
    for page in edition.pages:
        name = page.path.removesuffix(".md")
        if not name.startswith("units/") and name != "index":
            found[name] = f"{name.removesuffix('index')}/".replace("//", "/")
    for written in edition.written:
        name = written.path.removesuffix(".md")
        if name != "index":
            found[name] = f"{name.removesuffix('/index')}/"
    for unit in edition.view.units:
        states = " ".join(sorted({mark.word for _, mark in unit.items}))
        found.setdefault(f"unit {unit.mark.word}: {states}", f"units/{unit.slug}/")
    return found


@cache
def texts(audience: str) -> dict[str, str]:
    """What stands on each page, by its name; nothing for those from ``docs``, which are the same for everybody."""
    return {page.path.removesuffix(".md"): page.text for page in make_edition(ROOT, audience).pages}


def differs(name: str) -> bool:
    """Whether the public's page is another than the office's, which is looked at anyway."""
    if name in ("home", "404") or name.startswith("unit "):
        return True
    return texts("public").get(name) != texts("office").get(name)


PAGES = [
    (audience, name)
    for audience in AUDIENCES
    for name in paths(audience)
    if audience == "office" or name not in paths("office") or differs(name)
]


def test_the_list_of_pages_is_the_whole_site() -> None:
    public, office = paths("public"), paths("office")
    assert {"home", "404", "notice", "progress", "statistics", "rules/index", "about"} <= set(public)
    assert set(office) > set(public) - {name for name in public if name.startswith("unit ")}
    assert "nominees" in office
    assert "nominees" not in public
    assert sum(name.startswith("unit ") for name in public) >= 8


def resized(page: Page, *widths: int) -> Iterator[int]:
    """The page in one width after the other; 640 px is a desk at 200 % zoom."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(COME_TO_REST)
        yield width


def assert_fits(page: Page) -> None:
    """Nothing scrolls sideways and nothing is cut off, except inside a container made to scroll."""
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(STICKING_OUT) == []


@pytest.mark.parametrize(("audience", "name"), PAGES)
def test_a_page_is_clean_fits_and_is_accessible(audience: str, name: str, visit: Open) -> None:
    """On a telephone, on a desk at 200 % zoom and on a desk; no foreign request, error or policy violation."""
    guest = visit(audience, width=360)
    page = guest.go(paths(audience)[name], wait="load")
    assert_fits(page)
    assert_accessible(page)
    assert_fits(page)
    for _ in resized(page, 640, 1280):
        assert_fits(page)
    assert_accessible(page)
    troubles = guest.troubles()
    if name == "404":
        missing = "console: Failed to load resource: the server responded with a status of 404"
        assert troubles.pop(0).startswith(missing)
    assert troubles == []


@pytest.mark.parametrize("name", ["statistics", "annexes/3", "annexes/4"])
def test_totals_and_forms_are_whole_on_a_telephone(name: str, visit: Open) -> None:
    page = visit("office", width=360).go(paths("office")[name])
    box = page.locator(".scroll:visible, .sheet:visible").first
    assert box.evaluate("box => box.scrollWidth - box.clientWidth") <= 0


@pytest.mark.parametrize("site", ["office", "faults"])
def test_the_table_of_progress_is_whole_on_a_desk(site: str, visit: Open) -> None:
    box = visit(site, width=1366).go("progress/").locator(".scroll:visible").first
    assert box.evaluate("box => box.scrollWidth - box.clientWidth") <= 0


def test_the_columns_of_every_unit_stand_in_the_same_place(visit: Open) -> None:
    guest = visit("office", width=1280)
    edges = "heads => heads.map(head => Math.round(head.getBoundingClientRect().left))"
    places = [
        guest.go(f"units/{slug}/").locator(".table--items thead th").evaluate_all(edges)
        for slug in ("guangzhou", "heyuan", "meizhou", "yunfu")
    ]
    assert len(places[0]) == 5
    assert all(place == places[0] for place in places)


def assert_accessible(page: Page) -> None:
    """axe finds nothing serious, with everything unfolded."""
    page.evaluate(OPEN_ALL)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    page.evaluate(COME_TO_REST)
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        {
            "rule": v["id"],
            "places": [n["html"][:160] + " | " + n["failureSummary"][:300] for n in v["nodes"][:3]],
        }
        for v in result["violations"]
        if v["impact"] in SERIOUS
    ]
    assert not serious, json.dumps(serious, ensure_ascii=False, indent=1)
    assert len(result["passes"]) > 10


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("name", ["home", "statistics", "notice"])
def test_without_script_the_page_is_readable(audience: str, name: str, visit: Open) -> None:
    guest = visit(audience, java_script_enabled=False)
    page = guest.page
    page.goto(guest.base + paths(audience)[name])
    assert page.locator("h1").first.is_visible()
    if name == "notice":
        assert page.get_by_text("各地级以上市司法局").first.is_visible()
        return
    table = page.locator("table").first
    assert table.is_visible()
    assert table.locator("tbody tr").count() >= 21
    assert table.locator("tbody tr").first.is_visible()


def test_every_defect_has_a_page_that_fits_and_reads_well(visit: Open) -> None:
    """The page of each unit with a planted defect, on a telephone, and the lists that hold all of them."""
    guest = visit("faults", width=360)
    units = (
        guest.go("progress/")
        .locator("main a[href*='units/']")
        .evaluate_all("links => [...new Set(links.map(link => link.pathname))]")
    )
    assert len(units) > 100
    for path in ("", "progress/", *(unit.lstrip("/") for unit in units)):
        page = guest.go(path, wait="load")
        assert_fits(page)
    for path in ("", units[5].lstrip("/"), units[40].lstrip("/")):
        assert_accessible(guest.go(path, wait="load"))
    assert guest.troubles() == []
