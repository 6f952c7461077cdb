"""A forge on loopback: a real HTTP server that answers as the forges' APIs do, page by page, and keeps what it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

Entry = dict[str, Any]


class Redirect(NamedTuple):
    """An answer that sends the asker elsewhere."""

    to: str


class Told(NamedTuple):
    """A request that changes something."""

    method: str
    path: str
    body: Any


@dataclass
class FakeForge:
    """``answers`` by path: a mapping, bytes, a :class:`Redirect`, or a list, of which only the entries are given
    that agree with what is asked for. ``keys`` names the list inside the answer, where the forge wraps it."""

    address: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def answer(self, path: str, query: dict[str, str]) -> Any:
        found = self.answers[path]
        if not isinstance(found, list):
            return found
        page, size = int(query.pop("page", 1)), int(query.pop("per_page", 30))
        wanted = [entry for entry in found if all(_agrees(entry, *pair) for pair in query.items())]
        shown = wanted[(page - 1) * size : page * size]
        return {self.keys[path]: shown, "total_count": len(wanted)} if path in self.keys else shown


def _agrees(entry: Entry, key: str, value: str) -> bool:
    key = "head_branch" if key == "branch" else key
    return str(entry[key]) == value


@contextmanager
def serving() -> Iterator[FakeForge]:
    """The forge, at ``address`` while it is used."""
    forge = FakeForge()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            split = urlsplit(self.path)
            path, query = split.path.lstrip("/"), dict(parse_qsl(split.query))
            forge.asked.append((path, dict(query)))
            forge.headers.append({name.lower(): value for name, value in self.headers.items()})
            if path not in forge.answers:
                self.send_error(404)
                return
            found = forge.answer(path, query)
            if isinstance(found, Redirect):
                self.send_response(302)
                self.send_header("Location", found.to)
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._give(found if isinstance(found, bytes) else json.dumps(found).encode())

        def _tell(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            forge.told.append(Told(self.command, urlsplit(self.path).path.lstrip("/"), body))
            self._give(b"{}")

        def do_POST(self) -> None:
            self._tell()

        def do_PATCH(self) -> None:
            self._tell()

        def do_PUT(self) -> None:
            self._tell()

        def _give(self, data: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    forge.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
