"""A visitor in a real browser, who notes everything that should not happen; and a host for a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
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

    def go(self, path: str = "", wait: Literal["load", "networkidle"] = "networkidle") -> Page:
        """Open ``path`` (relative to the site's root) and wait until the network is idle."""
        self.page.goto(self.base + path, wait_until=wait)
        return self.page

    def troubles(self) -> list[str]:
        """Foreign requests, console errors, dialogs and policy violations up to now."""
        return self.trouble + [f"CSP: {text}" for text in self.page.evaluate("window.violations")]


Open = Callable[..., Visit]


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
