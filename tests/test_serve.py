"""The site on this machine: files of one folder, its own page for the rest, and nothing for foreign names."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

COMMAND = [Path(sys.executable).with_name("shenbao"), "serve"]
UTF8 = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str


class Served(NamedTuple):
    process: subprocess.Popen[str]
    port: int

    def get(self, path: str, *, method: str = "GET", host: str | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest(method, path, skip_host=host is not None)
        if host is not None:
            connection.putheader("Host", host)
        connection.endheaders()
        response = connection.getresponse()
        return Answer(
            response.status, dict(response.getheaders()), response.read().decode("utf-8", "replace")
        )


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A small site behind the real command."""
    site = tmp_path / "site"
    (site / "units").mkdir(parents=True)
    (site / "index.html").write_text("首页", encoding="utf-8")
    (site / "404.html").write_text("没有这一页", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "--dir", site, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        encoding="utf-8", env=UTF8,
    )  # fmt: skip
    with process:
        assert process.stdout
        told = re.search(r"http://127\.0\.0\.1:([0-9]+)", process.stdout.readline())
        assert told
        yield Served(process, int(told[1]))
        process.kill()


def test_it_answers_with_files_and_keeps_to_the_folder(served: Served) -> None:
    assert served.get("/") == (200, served.get("/").headers, "首页")
    assert served.get("/", method="HEAD").body == ""
    for path in (
        "/nowhere/",
        "/units/",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/%00",
        "/a%00b",
        "/" + "a" * 5000,
    ):
        answer = served.get(path)
        assert (answer.status, answer.body) == (404, "没有这一页"), path
    assert served.get("/", method="POST").status == 501
    assert served.get("/").headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "[bad", ""])
def test_a_foreign_name_made_to_point_here_reads_nothing(served: Served, host: str) -> None:
    answer = served.get("/", host=host)
    assert answer.status == 421
    assert "首页" not in answer.body


@pytest.mark.parametrize("host", ["localhost:9000", "127.0.0.1", "[::1]:80", "LOCALHOST"])
def test_this_machine_s_names_are_welcome(served: Served, host: str) -> None:
    assert served.get("/", host=host).status == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly_and_never_with_a_traceback(served: Served, number: signal.Signals) -> None:
    for path in ("/", "/%00", "/nowhere"):
        served.get(path)
    served.process.send_signal(number)
    _, said = served.process.communicate(timeout=10)
    assert (served.process.returncode, said) == (0, "")


def test_a_taken_port_and_a_missing_site_are_sentences(served: Served, tmp_path: Path) -> None:
    def run(*arguments: object) -> tuple[int, str]:
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=UTF8,
            check=False,
        )
        return done.returncode, done.stderr

    status, said = run("--dir", tmp_path / "site", "--port", served.port)
    assert (status, said.count("\n")) == (2, 1)
    assert f"端口 {served.port} 已被占用" in said
    status, said = run("--root", tmp_path)
    assert (status, said.count("\n")) == (2, 1)
    assert f"shenbao build --root {tmp_path} --audience office --out {tmp_path}/var/site/office" in said
