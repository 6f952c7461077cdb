"""The service's contract in memory, behind a real HTTP server, beside a built site; and every way in which it can fail.

A test holds the :class:`FakeIntake` and reads what came (``asked``, ``attempts``, ``documents``, ``drafts``), or
says what goes wrong next: ``fail`` with an answer, ``drop`` the line before or after the work is done, ``hold`` an
answer until it is let go, ``cut`` an upload in the middle.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR
from threading import Condition, Event, Lock, Thread
from typing import Any

NOW = "2012-08-21T10:00:00+08:00"
RECEIVED = "2012-08-21T10:32:05+08:00"
CHUNK = 64 * 1024


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Upload:
    path: str
    size: int
    data: bytes = b""
    refused: str = ""


@dataclass
class Draft:
    version: int
    yaml: str
    person: str = "示例甲"
    saved_at: str = "2012-08-21T09:30:00+08:00"


@dataclass
class FakeIntake:
    """What the service holds, and what goes wrong next."""

    signed_in: bool = True
    unit: str = "foshan"
    unit_name: str = "佛山市司法局"
    person: str = "示例甲"
    csrf: str = "key-1"
    now: str = NOW
    chunk: int = CHUNK
    drafts: dict[str, Draft] = field(default_factory=dict)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    attempts: dict[str, dict[str, Any]] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    done: list[Asked] = field(default_factory=list)
    received: dict[str, str] = field(default_factory=dict)
    """What was received by other ways, by document."""
    late: bool = False
    refuse_files: str = ""
    faults: list[tuple[str, str, Any]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)
    answered: Condition = field(default_factory=Condition)
    address: str = ""
    pages: dict[str, bytes] = field(default_factory=dict)
    """Pages and scripts of the service beside its contract, by path."""

    def fail(self, what: str, status: int, message: str = "", **more: Any) -> None:
        """The next request that matches ``what`` (``POST documents``) is answered so, and not done."""
        self.faults.append((what, "fail", (status, {"message": message, **more})))

    def drop(self, what: str, *, after: bool = False) -> None:
        """The line of the next request breaks: before anything is done, or ``after`` it was done."""
        self.faults.append((what, "after" if after else "before", None))

    def hold(self, what: str) -> Event:
        """The next request waits, before anything is done, until the event is set."""
        event = Event()
        self.faults.append((what, "hold", event))
        return event

    def fault(self, method: str, path: str) -> tuple[str, Any]:
        with self.lock:
            for known in self.faults:
                wanted, start = known[0].split(" ", 1)
                if wanted == method and path.startswith(start):
                    self.faults.remove(known)
                    return known[1], known[2]
        return "", None

    def came(self, method: str, start: str) -> list[Asked]:
        """The requests of this method whose path starts so."""
        return [asked for asked in self.asked if asked.method == method and asked.path.startswith(start)]

    def wait(self, method: str, start: str) -> None:
        """Until such a request was answered."""

        def there() -> bool:
            return any(asked.method == method and asked.path.startswith(start) for asked in self.done)

        with self.answered:
            assert self.answered.wait_for(there, timeout=5)

    def put(self, document: str, yaml: str, person: str = "示例乙", **more: Any) -> Draft:
        """Somebody else saves a draft."""
        old = self.drafts.get(document)
        self.drafts[document] = Draft(old.version + 1 if old else 1, yaml, person, **more)
        return self.drafts[document]

    def state(self) -> dict[str, Any]:
        if not self.signed_in:
            return {"signed_in": False, "sign_in": "/my/sign-in/"}
        return {
            "signed_in": True,
            "unit": self.unit,
            "unit_name": self.unit_name,
            "person": self.person,
            "csrf": self.csrf,
            "now": self.now,
            "drafts": {k: {"version": d.version, "saved_at": d.saved_at} for k, d in self.drafts.items()},
            "documents": self.documents,
        }

    def answer(self, asked: Asked, headers: Any) -> tuple[int, Any]:
        """What the service says; the state is changed."""
        kind, _, rest = asked.path.partition("/")
        if asked.path == "state":
            return 200, self.state()
        if not self.signed_in:
            return 401, {"message": "请先登录。"}
        if asked.method != "GET" and headers.get("X-CSRFToken") != self.csrf:
            return 403, {"message": "这个页面已经过期，请刷新后再办。"}
        with self.lock:
            return getattr(self, f"_{kind}")(asked, rest, headers)  # type: ignore[no-any-return]

    def _check(self, asked: Asked, rest: str, headers: Any) -> tuple[int, Any]:
        errors = sum(finding["severity"] == "error" for finding in self.findings)
        told = {"findings": self.findings, "errors": errors, "warnings": len(self.findings) - errors}
        return 200, {**told, "last": self.sent_last(asked.json["document"])}

    def sent_last(self, document: str) -> dict[str, Any] | None:
        """What the next submission replaces."""
        for attempt in reversed(self.attempts.values()):
            if attempt["document"] == document:
                return {"yaml": attempt["yaml"], "by": attempt["by"], "at": attempt["receipt"]["at"]}
        text = self.received.get(document)
        return {"yaml": text, "by": "", "at": ""} if text else None

    def _drafts(self, asked: Asked, document: str, headers: Any) -> tuple[int, Any]:
        known = self.drafts.get(document)
        if asked.method == "GET":
            if known is None:
                return 404, {"message": "没有草稿。"}
            named = {u.path: name for name, u in self.uploads.items() if u.path in known.yaml}
            files = {path: self._file(name) for path, name in named.items()}
            return 200, {"document": document, **vars(known), "files": files}
        version = known.version if known else 0
        if asked.json["version"] != version and known is None:
            return 409, {"message": "这份草稿已经不在了。", "version": 0, "saved_at": None, "person": ""}
        if known and asked.json["version"] != version:
            message = "这份草稿已有人改过。"
            return 409, {
                "message": message,
                "version": version,
                "saved_at": known.saved_at,
                "person": known.person,
            }
        self.drafts[document] = Draft(
            version + 1, asked.json["yaml"], self.person, "2012-08-21T10:32:00+08:00"
        )
        return 200, {"version": version + 1, "saved_at": self.drafts[document].saved_at}

    def _file(self, name: str) -> dict[str, Any]:
        upload = self.uploads[name]
        return {"id": name, "size": upload.size, "digest": _digest(upload.data)}

    def _is_good(self, upload: Upload) -> bool:
        """Whether the very same contents were taken before: those are no worse now."""
        others = (one for one in self.uploads.values() if one is not upload and not one.refused)
        return any(one.data == upload.data and len(one.data) == one.size for one in others)

    def _files(self, asked: Asked, rest: str, headers: Any) -> tuple[int, Any]:
        if asked.method == "POST":
            name = f"upload-{len(self.uploads) + 1}"
            self.uploads[name] = Upload(asked.json["path"], asked.json["size"])
            return 201, {"id": name, "offset": 0, "chunk": self.chunk}
        name, _, content = rest.partition("/")
        upload = self.uploads.get(name)
        if upload is None:
            return 404, {"message": "没有这个文件。"}
        if content:
            return 200, upload.data
        if asked.method == "DELETE":
            del self.uploads[name]
            return 200, {}
        if asked.method == "PATCH":
            offset = int(headers["Upload-Offset"])
            if offset != len(upload.data):
                return 409, {"message": "位置不对。", "offset": len(upload.data)}
            upload.data += asked.body
            if len(upload.data) == upload.size and self.refuse_files and not self._is_good(upload):
                upload.refused = self.refuse_files
                return 422, {"message": upload.refused, "state": "refused"}
        ready = len(upload.data) == upload.size
        state = "refused" if upload.refused else "ready" if ready else "open"
        told = {"offset": len(upload.data), "size": upload.size, "digest": _digest(upload.data)}
        return 200, {**told, "message": upload.refused, **({"state": state} if state != "open" else {})}

    def _documents(self, asked: Asked, document: str, headers: Any) -> tuple[int, Any]:
        if asked.method == "GET":
            text = self.received.get(document)
            return (200, {"document": document, "yaml": text}) if text else (404, {"message": "还没有报过。"})
        sent = asked.json
        if sent["attempt"] in self.attempts:
            return 200, self.attempts[sent["attempt"]]["receipt"]
        number = f"SB120821-{len(self.attempts) + 1:05d}-M2XTN"
        url, digest = f"/my/receipts/{number}/", _digest(sent["yaml"].encode())
        receipt = {"number": number, "url": url, "at": RECEIVED, "digest": digest, "late": self.late}
        self.attempts[sent["attempt"]] = {
            **sent,
            "document": document,
            "by": self.person,
            "receipt": receipt,
        }
        if document in self.drafts and self.drafts[document].yaml == sent["yaml"]:
            del self.drafts[document]  # it is no draft any more
        standing = {"stage": "received", "reason": "", "until": None}
        self.documents[document] = {
            "number": number,
            "at": RECEIVED,
            "digest": digest,
            "url": url,
            **standing,
        }
        return 201, receipt


def _digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


class _Handler(SimpleHTTPRequestHandler):
    intake: FakeIntake
    # HTTP/1.0: on a connection that was used before, Chromium by itself asks again when the line breaks.

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/intake/"):
            self._ask()
        elif path in self.intake.pages:
            kind = "text/javascript" if path.endswith(".js") else "text/html; charset=utf-8"
            self._send(200, self.intake.pages[path], kind)
        elif path.startswith("/my/"):
            # Signing in is one press here; it leads back to where one came from.
            back = json.dumps(re.sub(r"^.*next=", "", self.path))
            page = f"<!doctype html><title>登录</title><h1>{path}</h1><script>window.back = decodeURIComponent({back})</script>"
            self._send(200, page.encode(), "text/html; charset=utf-8")
        else:
            super().do_GET()

    def _ask(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, self.path.removeprefix("/intake/"), body)
        self.intake.asked.append(asked)
        try:
            self._answer(asked)
        finally:
            with self.intake.answered:
                self.intake.done.append(asked)
                self.intake.answered.notify_all()

    def _answer(self, asked: Asked) -> None:
        kind, more = self.intake.fault(asked.method, asked.path)
        if kind == "hold":
            more.wait(20)
            kind, more = self.intake.fault(asked.method, asked.path)  # what happens once it goes on
        if kind == "before":
            self._hang_up()
            return
        status, value = more if kind == "fail" else self.intake.answer(asked, self.headers)
        if kind == "after":
            self._hang_up()
            return
        if isinstance(value, bytes):
            self._send(status, value, "application/octet-stream")
        else:
            self._send(status, json.dumps(value).encode(), "application/json")

    def do_POST(self) -> None:
        if self.path == "/my/sign-out/":
            self.intake.signed_in = False
            self._send(
                200, "<!doctype html><title>登录</title><h1>已退出</h1>".encode(), "text/html; charset=utf-8"
            )
        else:
            self._ask()

    def do_PUT(self) -> None:
        self._ask()

    def do_PATCH(self) -> None:
        self._ask()

    def do_DELETE(self) -> None:
        self._ask()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(SHUT_RDWR)

    def _send(self, status: int, body: bytes, kind: str) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the browser did not wait


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None: ...


@contextmanager
def serving(site: Path) -> Iterator[FakeIntake]:
    """The service and ``site`` at one address, while it is used."""
    intake = FakeIntake()

    class Handler(_Handler):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, directory=str(site), **options)

    Handler.intake = intake
    with _Server(("127.0.0.1", 0), Handler) as server:
        intake.address = f"http://127.0.0.1:{server.server_address[1]}/"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield intake
        server.shutdown()
        thread.join()
