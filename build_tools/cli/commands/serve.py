"""``shenbao serve``."""

from __future__ import annotations

import io
import os
import re
import signal
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

import click

from build_tools.cli import options
from build_tools.cli.chinese import Command

_OWN_NAME = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]+)?\Z", re.IGNORECASE)


class _Handler(SimpleHTTPRequestHandler):
    """Static files of one folder; the site's own page for a missing address, and no log of requests."""

    def parse_request(self) -> bool:
        """Answer this machine only: a foreign name that was made to point here may not read the office's pages."""
        if not super().parse_request():
            return False
        if _OWN_NAME.match(self.headers.get("Host", "")):
            return True
        self.send_error(421)
        return False

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """What is at the address; an address that no file can have is a missing one."""
        try:
            return super().send_head()
        except (ValueError, OSError):
            self.send_error(404)
            return None

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's signature
        """Addresses can hold what somebody typed; they are not logged."""


@click.command(cls=Command, options_metavar="[选项]", short_help="在本机打开网站")
@options.root
@click.option(
    "--dir", "folder", default=None, metavar="文件夹", help="已生成的网站，默认为 var/site/office。"
)
@click.option(
    "--port",
    default=8000,
    show_default=True,
    envvar="PORT",
    metavar="端口",
    type=click.IntRange(0, 65535),
    help="端口，也可用环境变量 PORT。",
)
def command(root: Path, folder: str | None, port: int) -> None:
    """在本机 127.0.0.1 打开已生成的网站，只供本机浏览。

    \b
    例：
      shenbao build --audience office --out var/site/office
      shenbao serve
    """
    site = Path(folder) if folder else root / "var" / "site" / "office"
    if not (site / "index.html").is_file():
        where = "" if root == Path() else f"--root {root} "
        raise click.UsageError(
            f"“{site}”中还没有网站，请先运行 shenbao build {where}--audience office --out {site}"
        )
    handler = partial(_Handler, directory=str(site))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise click.UsageError(f"端口 {port} 已被占用，请换一个，例如 PORT=8001 make serve") from error
    for number in (signal.SIGINT, signal.SIGTERM):  # a job in the background is started deaf to Ctrl-C
        signal.signal(number, signal.default_int_handler)
    with server, suppress(KeyboardInterrupt):
        click.echo(f"网站已打开：http://127.0.0.1:{server.server_address[1]}（按 Ctrl-C 结束）")
        server.serve_forever()
