"""A real browser on real sites: each edition is built once per run, served from a thread, and watched."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from build_tools.site.build import build

ROOT = Path(__file__).parents[2]
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
AUDIENCES = ("office", "public")
TELL = """
window.violations = [];
document.addEventListener('securitypolicyviolation', e =>
  window.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
"""


@dataclass
class Visit:
    """A page and everything a visitor would not want to see happen on it."""

    page: Page
    base: str
    trouble: list[str] = field(default_factory=list)

    def go(self, path: str = "") -> Page:
        """Open ``path`` (relative to the site's root) and wait until the network is idle."""
        self.page.goto(self.base + path, wait_until="networkidle")
        return self.page

    def troubles(self) -> list[str]:
        """Foreign requests, console errors, dialogs and policy violations up to now."""
        return self.trouble + [f"CSP: {text}" for text in self.page.evaluate("window.violations")]


Open = Callable[..., Visit]


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


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...

    def send_error(self, code: int, *rest: Any, **more: Any) -> None:
        """A static host shows 404.html for a missing address."""
        missing = Path(self.directory) / "404.html"
        if code != 404 or not missing.is_file():
            super().send_error(code, *rest, **more)
            return
        body = missing.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of ``folder`` while it is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def addresses(once: Callable[[str, Callable[[Path], None]], Path]) -> Iterator[dict[str, str]]:
    """Address of the shipped campaign's site by audience."""
    sites = {
        name: once(f"site-{name}", lambda folder, name=name: build(ROOT, name, folder)) for name in AUDIENCES
    }  # type: ignore[misc]
    with served(sites["office"]) as office, served(sites["public"]) as public:
        yield {"office": office, "public": public}


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


def watched(page: Page, base: str) -> Visit:
    """A visit that notes what goes wrong."""
    visit = Visit(page, base)
    home = urlsplit(base).netloc

    def on_request(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != home:
            visit.trouble.append(f"request to {request.url}")

    def on_console(message: Any) -> None:
        if message.type in ("error", "warning"):
            visit.trouble.append(f"console: {message.text}")

    def on_dialog(dialog: Any) -> None:
        visit.trouble.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", lambda error: visit.trouble.append(f"script: {error}"))
    page.on("dialog", on_dialog)
    return visit


@pytest.fixture
def campaign_copy(tmp_path: Path) -> Path:
    """The shipped campaign, free to be changed."""
    root = tmp_path / "campaign"
    for name in ("data", "schemas", "docs"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "mkdocs.yml", root)
    return root
