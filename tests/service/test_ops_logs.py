"""What a real server and a real worker write into their logs while private values pass through every door."""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path

import hostile_files
import pytest
from mail_server import MailServer, serving
from service.kept import AFTER, ROOT
from service.listening import answers, free

from build_tools.campaign import load_campaign
from build_tools.tree import WorkTree
from intake.logs import Line

CANARY = "canary"
TEXTS = [f"{CANARY}甲名", f"{CANARY}13800000000", f"{CANARY}口令一二三", f"{CANARY}事迹", f"{CANARY}理由"]
MAILED = ["=?utf-8?", "已退回修改", "先进个人推荐表", "canary-words"]
"""Of a mail and of the answer to it."""


@pytest.fixture
def post():
    """A mail server that takes no mail, and says so in words of its own."""
    with serving(MailServer(refuse_data=_contact())) as running:
        yield running


def _contact() -> str:
    contact = load_campaign(WorkTree(ROOT)).unit_by_slug["heyuan"].contact
    assert contact
    return contact.email


@pytest.fixture
def served(tmp_path: Path, post: MailServer):
    port = free()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SHENBAO", "DJANGO"))}
    environment = {
        **kept, "SHENBAO_ROOT": str(ROOT), "SHENBAO_VAR": str(tmp_path / "var"), "PORT": str(port),
        "SHENBAO_NOW": AFTER, "PYTHONIOENCODING": "utf-8", "SHENBAO_SMTP_HOST": "localhost",
        "SHENBAO_SMTP_PORT": str(post.port), "SHENBAO_SMTP_TLS": "none", "SHENBAO_MAIL_FROM": "a@b.example.invalid",
    }  # fmt: skip
    binaries = Path(sys.executable).parent
    shenbao = binaries / "shenbao"
    subprocess.run(
        [shenbao, "intake", "migrate", "--root", ROOT], env=environment, check=True, capture_output=True
    )
    codes = []
    for account in (["heyuan-1", "--unit", "heyuan"], ["office-1"]):
        told = subprocess.run(
            [shenbao, "intake", "account", *account, "--name", f"{CANARY}甲名", "--root", ROOT],
            env=environment, check=True, capture_output=True, text=True, encoding="utf-8",
        ).stdout  # fmt: skip
        codes += re.findall(r"(?:\w{4}-){3}\w{4}", told)
    log = tmp_path / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [binaries / "gunicorn", "--config", "python:intake.cli.server", "--bind", f"127.0.0.1:{port}",
             "intake.wsgi"], env=environment, stdout=out, stderr=out,
        )  # fmt: skip
        try:
            answers(port, server)
            yield port, codes, log, environment
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

        status, page = self.ask("GET", path)
        assert status == 200, path
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, path
        body = urlencode({"csrfmiddlewaretoken": token[1].decode(), **form}).encode()
        return self.ask("POST", path, body, "application/x-www-form-urlencoded")

    def script(self, method: str, path: str, body: bytes, kind: str = "application/json", **headers: str):
        _, told = self.ask("GET", "/intake/state")
        token = json.loads(told).get("csrf", "")
        return self.ask(method, path, body, kind, **{"X-CSRFToken": token, **headers})


def test_nothing_private_is_logged(served, tmp_path: Path):
    port, codes, log, environment = served
    visitor, officer = Visitor(port), Visitor(port)
    passphrase = f"{CANARY}口令一二三四五六七八"
    visitor.send("/my/sign-in/", username=f"{CANARY}甲名", passphrase=passphrase)
    for somebody, code in zip((visitor, officer), codes, strict=True):
        somebody.send("/my/enrol/", code=code)
        somebody.send("/my/enrol/passphrase/", passphrase=passphrase, again=passphrase)
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
    for version, word in ((0, "甲名"), (0, "事迹"), (1, "\0"), (1, CANARY * 50_000)):
        draft = {"version": version, "yaml": f"name: {CANARY}{word}"}
        visitor.script("PUT", "/intake/drafts/individual-01", json.dumps(draft).encode())
    visitor.script("POST", "/intake/files", json.dumps({"path": f"photos/{CANARY}.png", "size": 3}).encode())
    files = tmp_path / "var/files"
    for whole, broken in ((b"MZ", False), (hostile_files.pdf(), True)):
        told = {"path": f"materials/{CANARY}.pdf", "size": len(whole)}
        status, begun = visitor.script("POST", "/intake/files", json.dumps(told).encode())
        assert status == 201, begun
        if broken:
            files.rename(tmp_path / "var/lost")
        where, kind = f"/intake/files/{json.loads(begun)['id']}", "application/octet-stream"
        status, _ = visitor.script("PATCH", where, whole, kind, **{"Upload-Offset": "0"})
        assert status == (503 if broken else 422)
    (tmp_path / "var/lost").rename(files)
    status, told = visitor.script(
        "POST",
        "/intake/documents/individual-01",
        json.dumps(
            body | {"files": {}, "attempt": str(uuid.uuid4()), "yaml": f"{text}# {CANARY}二\n"}
        ).encode(),
    )
    assert status == 201
    number, until = json.loads(told)["number"], "2012-08-25T10:00"
    reason = {"reason": f"{CANARY}理由", "until": until, "seen": "0"}
    assert officer.send(f"/desk/{number}/return/", **(reason | {"until": f"{CANARY}"}))[0] == 422
    assert officer.send(f"/desk/{number}/return/", **reason)[0] == 302
    extension = {"unit": "heyuan", "document": "individual-02"} | reason | {"until": "2012-08-29T10:00"}
    assert officer.send("/desk/extensions/", **extension)[0] == 302
    for path in (
        f"/verify/{CANARY}/",
        f"/my/receipts/{CANARY}/",
        f"/{CANARY}?q={CANARY}",
        f"/my/?x={CANARY}",
    ):
        visitor.ask("GET", path, Referer=f"http://x/{CANARY}", **{"User-Agent": CANARY})
    assert visitor.ask("GET", f"/desk/{number}/")[0] == 403
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
        "from service.journalled import NoSites; from intake.projection.worker import Worker\n"
        "from intake.journal.models import Submission\n"
        "from intake.files import store; from intake.journal import spool\n"
        "assert Submission.objects.count(), 'nothing was submitted'\n"
        "first = Worker(NoSites()); first.round(); first.stop()\n"
        "line = Submission.objects.first(); Submission.objects.update(recorded_at=None, commit='')\n"
        "from intake.place import place; (place().spool / line.spool).write_text('{')\n"
        "worker = Worker(NoSites()); worker.round(); worker.stop()\n"
        "from intake.projection.telling import Teller\n"
        "assert not Teller().tell(), 'the mail server takes nothing'\n"
        "import os; os.environ['SHENBAO_SMTP_PORT'] = '1'; Teller()._run()\n"
        "from intake.projection import worker as work\n"
        "place().repository.rename(place().var / 'canary-gone')\n"
        "work.time.sleep = lambda _: work.signal.raise_signal(work.signal.SIGTERM)\n"
        "work.Builder = NoSites; place().repository.write_text(''); work.run()\n"
    )
    worker = subprocess.run(
        [sys.executable, "-c", script, ROOT], env={**environment, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    told = log.read_text(encoding="utf-8") + worker.stdout + worker.stderr
    events = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert any(event.get("path") == "my/enrol/" for event in events)
    assert any(event.get("status") == 404 for event in events)
    said = {event["event"] for event in events if event["level"] != "info"}
    assert said >= {
        "turned away",
        "not stored",
        "not committed",
        "mail refused",
        "no mail server",
        "round failed",
    }, told[-3000:]
    for private in (CANARY, CANARY.upper(), *codes, passphrase, *TEXTS, _contact(), *MAILED):
        assert private not in told
    assert [line for line in told.splitlines() if not line.startswith("{")] == []


def test_a_line_holds_none_of_the_words_of_an_error_or_of_django():
    """Whatever is logged: an exception's text and what is put into a message stay outside."""
    try:
        raise ValueError(f"{CANARY}甲名")
    except ValueError:
        told = sys.exc_info()
    for name, words in (
        ("django.request", f"Bad: {CANARY}"),
        ("gunicorn.error", "Error %s"),
        ("gunicorn.error", "Worker (pid:%s) was sent %(signal)s!"),
        ("intake.x", "x"),
    ):
        record = logging.LogRecord(name, logging.ERROR, "", 1, words, (f"{CANARY}事迹",), told)
        line = json.loads(Line().format(record))
        assert CANARY not in json.dumps(line, ensure_ascii=False)
        assert "%" not in line["event"]
        assert line["error"] == "ValueError"
        assert line["where"][0].startswith("test_ops_logs.py:")
