"""Over a real line to a real server: a connection that breaks in the middle of a piece, and two tabs at once."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hostile_files as made
import pytest

ROOT = Path(__file__).parents[2]
PAPER = "materials/individual-01-study.pdf"
TOKEN = "a" * 32
BIN = Path(sys.executable).parent
SET_UP = """
from intake.place import from_environment
from_environment().prepare()
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from intake.current import now
from intake.people.models import Account
call_command("migrate", verbosity=0)
account = Account(username="guangzhou-1", name="示例甲", role="unit", unit="guangzhou", created_at=now())
account.set_unusable_password()
account.save()
client = Client()
client.force_login(account)
print(client.cookies["shenbao_session"].value)
"""


@dataclass(frozen=True)
class Served:
    """A running intake with somebody signed in."""

    port: int
    session: str
    var: Path
    process: subprocess.Popen[bytes]

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, Any]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request(method, path, body, self.headers | headers)
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            line.close()

    @property
    def headers(self) -> dict[str, str]:
        cookies = f"shenbao_session={self.session}; shenbao_csrf={TOKEN}"
        return {"Cookie": cookies, "X-CSRFToken": TOKEN, "Content-Type": "application/json"}

    def begin(self, size: int) -> str:
        status, told = self.ask("POST", "/intake/files", json.dumps({"path": PAPER, "size": size}).encode())
        assert status == 201, told
        return str(told["id"])

    def patch(self, name: str, offset: int, data: bytes) -> tuple[int, Any]:
        return self.ask("PATCH", f"/intake/files/{name}", data, **{"Upload-Offset": str(offset)})

    def offset(self, name: str) -> int:
        return int(self.ask("GET", f"/intake/files/{name}")[1]["offset"])

    def break_off(self, name: str, offset: int, data: bytes, announced: int) -> None:
        """Send ``data`` of a piece of ``announced`` bytes, and go."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            headers = self.headers | {"Upload-Offset": str(offset), "Content-Length": str(announced)}
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            line.sendall(
                f"PATCH /intake/files/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode() + data
            )
            line.shutdown(socket.SHUT_WR)
            while line.recv(4096):  # until the server has put away what came
                pass


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Starts an intake of two processes with four threads each, in an empty folder."""
    running: list[subprocess.Popen[bytes]] = []
    var = tmp_path / "var"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "intake.settings",
        "SHENBAO_ROOT": str(ROOT),
        "SHENBAO_VAR": str(var),
        "SHENBAO_NOW": "2012-08-21T10:00:00+08:00",
    }

    def start(*before: str) -> Served:
        session = subprocess.run(
            [sys.executable, "-c", SET_UP], env=environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        command = [
            str(BIN / "gunicorn"),
            "intake.wsgi",
            "-b",
            f"fd://{listener.fileno()}",
            "-w",
            "2",
            "--threads",
            "4",
        ]
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(
                [*before, *command], env=environment, pass_fds=[listener.fileno()], stdout=log, stderr=log
            )
        listener.close()  # the server has it: whoever connects before it is up, waits
        running.append(process)
        return Served(port, session, var, process)

    yield start
    for process in running:
        process.terminate()
        process.wait()


def test_a_line_that_breaks_in_the_middle_of_a_piece_goes_on_where_it_broke(serve):
    served = serve()
    data = made.large_pdf(500_000)
    name = served.begin(len(data))
    served.break_off(name, 0, data[:150_001], announced=262_144)
    assert served.offset(name) == 150_001
    served.break_off(name, 150_001, b"", announced=262_144)
    assert served.offset(name) == 150_001
    assert served.patch(name, 0, data[:262_144]) == (
        409,
        {"message": "前面已经传了一部分，请从断开的地方接着传。", "offset": 150_001},
    )
    status, told = served.patch(name, 150_001, data[150_001:])
    assert (status, told["state"], told["changed"]) == (200, "ready", False)


def test_a_server_that_is_killed_has_what_it_acknowledged(serve):
    served = serve()
    data = made.large_pdf(300_000)
    name = served.begin(len(data))
    assert served.patch(name, 0, data[:200_000]) == (200, {"offset": 200_000})
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text().split()
    assert len(children) == 2
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    assert served.offset(name) == 200_000  # the server has started two others
    assert served.patch(name, 200_000, data[200_000:])[1]["state"] == "ready"


def test_two_tabs_at_once_never_mix_their_pieces(serve):
    served = serve()
    data = made.large_pdf(400_000)
    name = served.begin(len(data))
    piece = 20_000
    ends: list[Any] = []

    def tab() -> None:
        offset, told = 0, {}
        while offset < len(data):
            status, told = served.patch(name, offset, data[offset : offset + piece])
            assert status in (200, 409), told
            offset = told["offset"]
        ends.append(told if told.get("state") else served.patch(name, len(data), b"")[1])

    tabs = [threading.Thread(target=tab) for _ in range(4)]
    for one in tabs:
        one.start()
    for one in tabs:
        one.join()
    assert len(ends) == 4
    assert all(end == ends[0] for end in ends)
    assert (ends[0]["state"], ends[0]["changed"], ends[0]["size"]) == ("ready", False, len(data))
    assert len([file for file in (served.var / "files").rglob("*") if file.is_file()]) == 1


def test_a_disk_that_takes_no_more_is_told_in_a_sentence_and_nothing_is_lost(serve):
    served = serve("prlimit", "--fsize=700000")
    data = made.large_pdf(1_200_000)
    name = served.begin(len(data))
    assert served.patch(name, 0, data[:500_000]) == (200, {"offset": 500_000})
    status, told = served.patch(name, 500_000, data[500_000:])
    assert (status, "存储空间已满" in told["message"]) == (507, True)
    assert served.offset(name) == 500_000


def test_forty_files_of_eight_clerks_are_all_looked_through(serve):
    served = serve()
    data = made.pdf()
    told: list[Any] = []

    def clerk(number: int) -> None:
        path = f"materials/a{number}.pdf"
        for _ in range(5):
            status, begun = served.ask(
                "POST", "/intake/files", json.dumps({"path": path, "size": len(data)}).encode()
            )
            assert status == 201, begun
            told.append(served.patch(begun["id"], 0, data))

    clerks = [threading.Thread(target=clerk, args=(number,)) for number in range(8)]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join()
    assert [status for status, _ in told] == [200] * 40


def test_of_eight_who_save_the_same_draft_at_once_one_is_first_and_seven_are_told(serve):
    served = serve()
    for based_on in (0, 1):
        statuses: list[int] = []

        def save(number: int, based_on: int = based_on, statuses: list[int] = statuses) -> None:
            body = json.dumps({"yaml": f"a: {based_on}{number}\n", "version": based_on}).encode()
            statuses.append(served.ask("PUT", "/intake/drafts/summary", body)[0])

        people = [threading.Thread(target=save, args=(number,)) for number in range(8)]
        for one in people:
            one.start()
        for one in people:
            one.join()
        assert sorted(statuses) == [200, *[409] * 7]
        assert served.ask("GET", "/intake/drafts/summary")[1]["version"] == based_on + 1
