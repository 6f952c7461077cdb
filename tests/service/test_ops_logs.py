"""What a real server and a real worker write into their logs while private values pass through every door."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path

import pytest
from service.kept import AFTER, ROOT
from service.listening import answers, free

CANARY = "canary"
TEXTS = [f"{CANARY}甲名", f"{CANARY}13800000000", f"{CANARY}口令一二三", f"{CANARY}事迹", f"{CANARY}理由"]


@pytest.fixture
def served(tmp_path: Path):
    port = free()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SHENBAO", "DJANGO"))}
    environment = {
        **kept, "SHENBAO_ROOT": str(ROOT), "SHENBAO_VAR": str(tmp_path / "var"), "PORT": str(port),
        "SHENBAO_NOW": AFTER, "PYTHONIOENCODING": "utf-8",
    }  # fmt: skip
    binaries = Path(sys.executable).parent
    shenbao = binaries / "shenbao"
    subprocess.run(
        [shenbao, "intake", "migrate", "--root", ROOT], env=environment, check=True, capture_output=True
    )
    code = subprocess.run(
        [shenbao, "intake", "account", "heyuan-1", "--name", f"{CANARY}甲名", "--unit", "heyuan", "--root", ROOT],
        env=environment, check=True, capture_output=True, text=True, encoding="utf-8",
    ).stdout  # fmt: skip
    log = tmp_path / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [binaries / "gunicorn", "--config", "python:intake.cli.server", "--bind", f"127.0.0.1:{port}",
             "intake.wsgi"], env=environment, stdout=out, stderr=out,
        )  # fmt: skip
        try:
            answers(port, server)
            yield Visitor(port), re.findall(r"(?:\w{4}-){3}\w{4}", code)[0], log, environment
        finally:
            server.terminate()
            server.wait(30)


class Visitor:
    """A browser that keeps its cookies."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, dict[str, str]()

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "", **headers: str):
        told = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **headers}
        if kind:
            told["Content-Type"] = kind
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, told)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = cookie.split(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read()

    def send(self, path: str, **form: str):
        from urllib.parse import urlencode

        _, page = self.ask("GET", path)
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, path
        body = urlencode({"csrfmiddlewaretoken": token[1].decode(), **form}).encode()
        return self.ask("POST", path, body, "application/x-www-form-urlencoded")

    def script(self, method: str, path: str, body: bytes, kind: str = "application/json", **headers: str):
        _, told = self.ask("GET", "/intake/state")
        token = json.loads(told).get("csrf", "")
        return self.ask(method, path, body, kind, **{"X-CSRFToken": token, **headers})


def test_nothing_private_is_logged(served, tmp_path: Path):
    visitor, code, log, environment = served
    passphrase = f"{CANARY}口令一二三四五六七八"
    visitor.send("/my/sign-in/", username=f"{CANARY}甲名", passphrase=passphrase)
    visitor.send("/my/enrol/", code=code)
    visitor.send("/my/enrol/passphrase/", passphrase=passphrase, again=passphrase)
    text = (ROOT / "data/cities/heyuan/nominations/individual-01.yml").read_text(encoding="utf-8")
    body = {
        "attempt": str(uuid.uuid4()),
        "yaml": f"{text}# {CANARY}事迹\n",
        "files": {f"{CANARY}甲名.png": "no"},
    }
    for files in (body["files"], {}):
        for path in ("documents/individual-01", f"documents/{CANARY}", "check"):
            visitor.script("POST", f"/intake/{path}", json.dumps(body | {"files": files}).encode())
    visitor.script("POST", "/intake/documents/individual-01", b"{" + CANARY.encode())
    visitor.script(
        "PUT",
        "/intake/drafts/individual-01",
        json.dumps({"version": 0, "yaml": f"name: {CANARY}甲名"}).encode(),
    )
    visitor.script("POST", "/intake/files", json.dumps({"path": f"photos/{CANARY}.png", "size": 3}).encode())
    for path in (
        f"/verify/{CANARY}/",
        f"/my/receipts/{CANARY}/",
        f"/{CANARY}?q={CANARY}",
        f"/my/?x={CANARY}",
    ):
        visitor.ask("GET", path, Referer=f"http://x/{CANARY}", **{"User-Agent": CANARY})
    visitor.ask("GET", "/", Host=f"{CANARY}.example")
    visitor.ask(CANARY.upper(), "/my/")
    # The disk is taken away below it: an error that nobody foresaw.
    (tmp_path / "var/spool").rename(tmp_path / "var/gone")
    visitor.script(
        "POST",
        "/intake/documents/individual-01",
        json.dumps(
            body | {"yaml": f"{text}# {CANARY}改\n", "files": {}, "attempt": str(uuid.uuid4())}
        ).encode(),
    )
    (tmp_path / "var/gone").rename(tmp_path / "var/spool")

    script = (
        "from pathlib import Path; import sys; from intake.cli.setting import set_up; set_up(Path(sys.argv[1]))\n"
        "from service.kept import NoSites; from intake.projection.worker import Worker\n"
        "from intake.journal.models import Submission\n"
        "from intake.files import store; from intake.journal import spool\n"
        "assert Submission.objects.count(), 'nothing was submitted'\n"
        "Worker(NoSites()).round()\n"
        "line = Submission.objects.first(); Submission.objects.update(recorded_at=None, commit='')\n"
        "from intake.place import place; (place().spool / line.spool).write_text('{')\n"
        "worker = Worker(NoSites()); worker.round()\n"
    )
    worker = subprocess.run(
        [sys.executable, "-c", script, ROOT], env={**environment, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    told = log.read_text(encoding="utf-8") + worker.stdout + worker.stderr
    events = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert any(event.get("path") == "my/enrol/" for event in events)
    assert any(event.get("status") == 404 for event in events)
    assert any(event["level"] == "error" for event in events), told[-2000:]
    for private in (CANARY, CANARY.upper(), code, passphrase, *TEXTS):
        assert private not in told
    assert [line for line in told.splitlines() if not line.startswith("{")] == []
