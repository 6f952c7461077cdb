"""The preview opened from the disk by a real browser, as a clerk opens it: styled, quiet, readable, narrow and wide."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from browser.test_pages import SIDEWAYS, STICKING_OUT, assert_accessible
from browser.visitors import ROOT, TELL, Visit, watched
from playwright.sync_api import Browser, BrowserContext

from build_tools.checks import examine
from build_tools.site.preview import preview
from build_tools.tree import WorkTree

UNITS = ("guangzhou", "shaoguan", "shantou", "yunfu")
"""All done; all too late; a finding; nothing sent."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("previews")
    examination = examine(WorkTree(ROOT))
    for slug in UNITS:
        preview(examination, ROOT, slug, folder / slug)
    return {slug: folder / slug for slug in UNITS}


@pytest.fixture
def opened(chromium: Browser, folders: dict[str, Path]) -> Iterator[Callable[[str, int], Visit]]:
    """``opened(slug, width)``: the page in a fresh browser; it asks for nothing but itself."""
    contexts: list[BrowserContext] = []

    def enter(slug: str, width: int) -> Visit:
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
        contexts.append(context)
        context.add_init_script(TELL)
        visit = watched(context.new_page(), "")
        requests: list[str] = []
        visit.page.on("request", lambda request: requests.append(request.url))
        address = (folders[slug] / "index.html").as_uri()
        visit.page.goto(address, wait_until="load")
        assert requests == [address]
        return visit

    yield enter
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("slug", UNITS)
def test_it_opens_from_the_disk_and_looks_like_the_site(
    opened: Callable[[str, int], Visit], slug: str, width: int
) -> None:
    visit = opened(slug, width)
    page = visit.page
    assert page.locator(".sb-preview").inner_text().startswith("预览：合并以后的样子，尚未报送成功")
    assert page.locator(".sb-preview").bounding_box()["y"] == 0  # type: ignore[index]
    assert (
        page.locator(".sb-header").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(154, 27, 30)"
    )
    assert (
        page.locator("h1").evaluate("e => getComputedStyle(e).fontFamily").startswith('"Source Han Serif SC"')
    )
    assert page.evaluate(SIDEWAYS) == 0
    assert page.evaluate(STICKING_OUT) == []
    assert visit.troubles() == []
    assert_accessible(page)


def test_its_forms_lie_beside_it_wherever_the_folder_is_put(
    opened: Callable[[str, int], Visit], folders: dict[str, Path], tmp_path: Path
) -> None:
    moved = tmp_path / "预览 一"
    shutil.copytree(folders["guangzhou"], moved)
    page = opened("guangzhou", 1280).page
    page.goto((moved / "index.html").as_uri())
    link = page.get_by_role("link", name="先进个人推荐表（第 1 名）（PDF）")
    file = Path(url2pathname(urlsplit(link.evaluate("a => a.href")).path))
    assert file.is_relative_to(moved)
    assert file.read_bytes().startswith(b"%PDF-")
