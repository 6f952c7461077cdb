"""A clerk without a mouse: fills in a form page with the Tab key, letters and arrows only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import FileChooser, Page, expect

_FOCUS = """() => {
  const node = document.activeElement, field = node.closest('[data-field]');
  return {
    id: node.id, name: node.name || '', tag: node.tagName, type: node.type || '',
    kind: field ? field.dataset.kind : '', value: node.value === undefined ? '' : node.value,
    add: node.dataset.add !== undefined, na: node.dataset.na !== undefined,
    present: node.dataset.present !== undefined, checked: !!node.checked, file: node.dataset.file !== undefined,
    rows: field && field.dataset.kind === 'rows' ? field.querySelectorAll('[data-rows] > li').length : 0,
    list: field ? field.dataset.field : '',
    beside: field && field.querySelector('[name]') ? field.querySelector('[name]').name : '',
  };
}"""
MOST_TABS = 1500

Files = Callable[[str], Path | None]


def focused(page: Page) -> dict[str, Any]:
    return page.evaluate(_FOCUS)


def at(value: Any, name: str) -> Any:
    for part in name.split("/"):
        if isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    return value


def fill(page: Page, value: Mapping[str, Any], files: Files = lambda _name: None) -> None:
    """From the choice of the unit on, Tab by Tab, to the button that checks. ``files``: what a file field is given."""
    # One listener for all: a browser told anew each time to hand its dialogs over may open one of its own before.
    choosers: list[FileChooser] = []

    def opened(chooser: FileChooser) -> None:
        choosers.append(chooser)

    page.on("filechooser", opened)
    page.focus("#unit")
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        here = focused(page)
        if here["id"] == "check":
            return
        _answer(page, here, value, files, choosers)
    raise AssertionError("the button that checks was not reached")


def _answer(
    page: Page, here: dict[str, Any], value: Mapping[str, Any], files: Files, choosers: list[FileChooser]
) -> None:
    if here["add"]:
        entries = value.get(here["list"]) or []
        if here["rows"] < len(entries):
            page.keyboard.press("Enter")
            _answer(page, focused(page), value, files, choosers)
        return
    wanted = at(value, here["name"] or here["beside"]) if here["name"] or here["beside"] else None
    if wanted is None:
        return
    if here["file"]:
        _choose(page, here["kind"], files(here["beside"]), choosers)
    elif here["na"] or here["present"]:
        if wanted in ("不适用", "至今") and not here["checked"]:
            page.keyboard.press("Space")
    elif here["type"] == "radio":
        _tick(page, str(wanted))
    elif here["tag"] == "SELECT":
        _pick(page, str(wanted))
    elif here["tag"] in ("INPUT", "TEXTAREA") and here["name"] and wanted not in ("不适用", "至今"):
        if here["kind"] in ("photo", "attachment"):
            return
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(str(wanted).rstrip("\n"))


def _tick(page: Page, wanted: str) -> None:
    for _ in range(6):
        page.keyboard.press("Space")
        if focused(page)["value"] == wanted:
            return
        page.keyboard.press("ArrowDown")


def _pick(page: Page, wanted: str) -> None:
    page.keyboard.press("Home")
    for _ in range(200):
        if focused(page)["value"] == wanted:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no such choice: {wanted}")


def _choose(page: Page, kind: str, file: Path | None, choosers: list[FileChooser]) -> None:
    """A file field opens the system's own dialog; a photo is then cropped."""
    if file is None:
        return
    page.keyboard.press("Space")
    for _ in range(100):
        if choosers:
            break
        page.wait_for_timeout(50)
    choosers.pop().set_files(file)
    if kind == "photo":
        page.wait_for_selector("dialog.crop")
        for _ in range(10):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent") == "用这张照片":
                break
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog.crop", state="detached")
    else:
        expect(page.locator("[data-field]:focus-within").last).to_contain_text("随草稿保存在本机")
