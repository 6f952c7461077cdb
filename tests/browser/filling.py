"""What the tests of the form pages share: a unit that has sent everything, and the ways in and out of a page."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from browser import keyboard
from browser.visitors import ROOT, Visit
from playwright.sync_api import Page, Route, expect

from build_tools.campaign import load_campaign
from build_tools.cli import main
from build_tools.forms.written import written
from build_tools.source import parse
from build_tools.tree import WorkTree

CAMPAIGN = load_campaign(WorkTree(ROOT))
UNIT = "foshan"  # has sent every item, with a photo
FOLDER = ROOT / "data" / "cities" / UNIT
DOCUMENTS = {
    "summary": "summary.yml",
    "statistics": "statistics.yml",
    "collective": "nominations/collective-01.yml",
    "individual": "nominations/individual-01.yml",
    "materials": "materials.yml",
}
ITEMS = tuple(DOCUMENTS)
HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}"


def sample(item: str) -> dict[str, Any]:
    path = FOLDER / DOCUMENTS[item]
    return parse(path.name, path.read_bytes()).value


def address(item: str, unit: str = UNIT) -> str:
    return f"submit/{item}/?unit={unit}"


def saved(page: Page) -> None:
    """Wait until what was typed is in the browser's own database."""
    expect(page.locator("#saved")).to_contain_text("草稿已保存在本机")


def download(page: Page, button: str = "#download") -> Any:
    with page.expect_download() as started:
        page.focus(button)
        page.keyboard.press("Enter")
    return started.value


def files_of(value: dict[str, Any]) -> keyboard.Files:
    def choose(name: str) -> Path | None:
        path = keyboard.at(value, name)
        return FOLDER / path if isinstance(path, str) else None

    return choose


def opened(page: Page, item: str, value: dict[str, Any]) -> None:
    """Open ``value`` as a file that somebody brings."""
    name = f"foshan-{Path(DOCUMENTS[item]).name}"
    body = written(CAMPAIGN.item_by_id[item], value).encode()
    page.set_input_files("#open", {"name": name, "mimeType": "text/yaml", "buffer": body})
    expect(page.locator("#notice")).to_contain_text("可以接着填")


def imported(root: Path, *files: Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["import", "--root", str(root), "--replace", *map(str, files)])
    return int(stop.value.code or 0)


def checked(root: Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["check", "--root", str(root)])
    return int(stop.value.code or 0)


def hostile(value: Any) -> Any:
    """The same document with an attack in each of its texts."""
    if isinstance(value, str):
        return f"{HOSTILE}{value}"
    if isinstance(value, list):
        return [hostile(part) for part in value]
    if isinstance(value, dict):
        return {key: hostile(part) for key, part in value.items()}
    return value


def words_of(pdf: Any) -> str:
    """What is printed, without blanks; Chromium's PDF names some characters by their radicals."""
    text = "".join(page.extract_text() or "" for page in pdf.pages).replace("\u200b", "")
    return unicodedata.normalize("NFKC", "".join(text.split()))


def pasted(page: Page) -> str:
    """What lies on the clipboard."""
    other = page.context.new_page()
    other.set_content("<textarea></textarea>")
    other.focus("textarea")
    other.keyboard.press("Control+V")
    return other.input_value("textarea")


def without_script(desk: Visit, path: str) -> Route:
    """Open ``path`` while its script is still on the way; the route lets it come."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    desk.page.route("**/assets/form/*.js", hold)
    desk.page.goto(desk.base + path, wait_until="commit")
    expect(desk.page.locator("[data-waiting]")).to_be_visible()
    return waiting.pop()
