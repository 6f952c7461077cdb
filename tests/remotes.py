"""A forge as far as git sees it: a bare repository behind ``git http-backend``, spoken to over HTTP."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from repositories import CLEAN

PROGRAM = Path(subprocess.check_output(["git", "--exec-path"], text=True).strip()) / "git-http-backend"


class _Handler(BaseHTTPRequestHandler):
    """CGI as RFC 3875 has it, as far as ``git http-backend`` needs it."""

    root = Path()

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        environment = CLEAN | {
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REMOTE_USER": "demo",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "PATH": os.environ["PATH"],
        }
        done = subprocess.run([PROGRAM], input=body, env=environment, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's signature
        """Tests say what went wrong."""


@contextmanager
def served(root: Path, port: int = 0) -> Iterator[str]:
    """Serve the repositories below ``root``, at ``port`` if it is given; gives the address, ``http://127.0.0.1:…``."""
    handler = type("Handler", (_Handler,), {"root": root})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def bare(source: Path, target: Path) -> Path:
    """A bare copy of ``source`` that may be pushed to."""
    subprocess.run(["git", "clone", "-q", "--bare", source, target], env=CLEAN, check=True)
    for key in ("http.receivepack", "uploadpack.allowAnySHA1InWant"):
        subprocess.run(["git", "-C", target, "config", key, "true"], env=CLEAN, check=True)
    shutil.rmtree(target / "hooks", ignore_errors=True)
    return target
