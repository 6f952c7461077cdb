"""A real browser on real sites: each edition is built once per run and served from a thread."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from browser.desks import Desk, desks, intake_site
from browser.visitors import AUDIENCES, ROOT, TELL, Open, Visit, served, watched
from playwright.sync_api import Browser, BrowserContext, Playwright

from build_tools.rehearse import rehearse
from build_tools.site.build import build

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def once(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Callable[[str, Callable[[Path], None]], Path]:
    """Make a folder once for all workers: ``once(name, make)`` calls ``make(folder)`` in the first."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent

    def make(name: str, maker: Callable[[Path], None]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                maker(folder)
                done.touch()
        return folder

    return make


@pytest.fixture(scope="session")
def addresses(once: Callable[[str, Callable[[Path], None]], Path]) -> Iterator[dict[str, str]]:
    """Address of the shipped campaign's site by audience; ``faults`` is the office's of one with every defect."""
    sites = {
        name: once(f"site-{name}", lambda folder, name=name: build(ROOT, name, folder, papers=True))
        for name in AUDIENCES
    }  # type: ignore[misc]
    faulty = once("faulty", lambda folder: rehearse(folder, units=1, nominations=2, seed=1, faults=True))
    sites["faults"] = once("site-faults", lambda folder: build(faulty, "office", folder))
    with ExitStack() as stack:
        yield {name: stack.enter_context(served(site)) for name, site in sites.items()}


@pytest.fixture
def visit(chromium: Browser, addresses: dict[str, str]) -> Iterator[Open]:
    """``visit(audience, width=…)``: a fresh visitor; context options as Playwright names them."""
    contexts: list[BrowserContext] = []

    def enter(audience: str = "office", *, base: str = "", width: int = 1280, **options: Any) -> Visit:
        options.setdefault("viewport", {"width": width, "height": 900})
        context = chromium.new_context(color_scheme="light", locale="zh-CN", **options)
        contexts.append(context)
        context.add_init_script(TELL)
        return watched(context.new_page(), base or addresses[audience])

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def desk(chromium: Browser, once: Callable[[str, Callable[[Path], None]], Path]) -> Iterator[Desk]:
    """A clerk's desk at the public site with an intake, a fresh one for each test."""
    yield from desks(chromium, intake_site(once))


@pytest.fixture
def campaign_copy(tmp_path: Path) -> Path:
    """The shipped campaign, free to be changed."""
    root = tmp_path / "campaign"
    for name in ("data", "schemas", "docs"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "mkdocs.yml", root)
    return root
