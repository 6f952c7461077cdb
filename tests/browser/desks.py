"""A clerk's desk at a site with an intake: the pages as they are built, and the fake of the service's contract behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from browser.filling import CAMPAIGN, sample
from browser.visitors import ROOT, TELL
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from service.fake_intake import FakeIntake, serving

from build_tools.forms.written import written
from build_tools.site.build import build

UNIT, DOCUMENT = "foshan", "collective-01"
RETRY, CONFIRM = "立即重试", "确认提交"


@dataclass
class Desk:
    """The service, and browsers that ask it; ``trouble`` is what a page must never do."""

    fake: FakeIntake
    chromium: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def computer(self, width: int = 1280) -> BrowserContext:
        """Another computer: nothing is known there."""
        context = self.chromium.new_context(locale="zh-CN", viewport={"width": width, "height": 900})
        context.add_init_script(TELL)
        context.set_default_timeout(8000)
        self.contexts.append(context)
        return context

    def tab(
        self, path: str, context: BrowserContext | None = None, *, clock: bool = False, width: int = 1280
    ) -> Page:
        """A page; with ``clock`` the test makes its time pass."""
        page = (context or self.computer(width)).new_page()
        page.on("pageerror", lambda error: self.trouble.append(f"script: {error}"))
        page.on("dialog", lambda dialog: dialog.accept())
        if clock:
            page.clock.install()
        page.goto(self.fake.address + path)
        return page

    def form(
        self,
        item: str = "collective",
        context: BrowserContext | None = None,
        *,
        filled: bool = True,
        **options: Any,
    ) -> Page:
        """The form of ``item``, with the sample of the unit in it, the person signed in or not as the service says."""
        page = self.tab(f"submit/{item}/?unit={UNIT}", context, **options)
        expect(page.locator("#signed")).not_to_contain_text("正在连接")
        expect(page.locator("#unit")).to_have_value(UNIT)
        if filled:
            bring(page, item)
        return page

    def violations(self) -> list[str]:
        """What the pages' policy forbade."""
        found: list[str] = []
        for context in self.contexts:
            for page in context.pages:
                found += page.evaluate("window.violations || []") if not page.is_closed() else []
        return found


def bring(page: Page, item: str, **changes: Any) -> None:
    """Open the sample as a file, as a clerk may; it has no errors."""
    body = written(CAMPAIGN.item_by_id[item], {**sample(item), **changes}).encode()
    stem = f"{item}-01" if CAMPAIGN.item_by_id[item].is_nomination else item
    file = {"name": f"foshan-{stem}.yml", "mimeType": "text/yaml", "buffer": body}
    page.set_input_files("#open", files=[file])  # type: ignore[list-item]
    expect(page.locator("#notice")).to_contain_text("可以接着填")


def press(page: Page, name: str) -> None:
    """Press the button of this name, wherever it stands."""
    page.get_by_role("button", name=name, exact=True).click()


def panel(page: Page) -> Locator:
    return page.locator("#sending")


def confirm(page: Page) -> None:
    """Press 提交 and 确认提交."""
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    panel(page).get_by_role("button", name=CONFIRM).click()


def stop_clock(page: Page) -> None:
    """From here on time passes only when the test lets it; of a page opened with ``clock``."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)


def submit(page: Page) -> None:
    """The whole way to a receipt."""
    confirm(page)
    expect(panel(page)).to_contain_text("提交成功，已经收到")


def intake_site(once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    return once("site-intake", lambda folder: build(ROOT, "public", folder, intake="intake/"))  # type: ignore[arg-type, return-value]


def desks(chromium: Browser, site: Path) -> Iterator[Desk]:
    with serving(site) as fake:
        desk = Desk(fake, chromium)
        yield desk
        violations = desk.violations()
        for context in desk.contexts:
            context.close()
    assert desk.trouble == []
    assert violations == []
