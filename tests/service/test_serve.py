"""``shenbao serve``: opens at a free port, answers to its own name only, ends quietly with all it started."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from intake.cli.serve import like_this_one
from intake.place import Place

ROOT = Path(__file__).parents[2]
SHENBAO = Path(sys.executable).with_name("shenbao")


def environment(var: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SHENBAO", "DJANGO"))}
    return kept | {"SHENBAO_VAR": str(var), "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}


def answer(port: int, path: str, host: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", host)
        connection.endheaders()
        with connection.getresponse() as response:
            response.read()
            return response.status


def group_of(leader: int) -> list[str]:
    """The commands of the processes below ``leader``."""
    told = subprocess.run(["ps", "-eo", "pid,ppid,args"], check=True, capture_output=True, text=True).stdout
    rows = [line.split(None, 2) for line in told.splitlines()[1:]]
    below, found = {str(leader)}, []
    for pid, parent, command in rows:
        if parent in below:
            below.add(pid)
            found.append(command)
    return found


def opened(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """The service, open, and its port."""
    with (folder / "errors").open("ab") as errors:
        process = subprocess.Popen(
            [SHENBAO, "serve", "--root", ROOT, "--port", "0"],
            env=environment(folder / "intake"), stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8",
        )  # fmt: skip
    assert process.stdout
    told = ""
    while "heyuan-2" not in told and process.poll() is None:
        told += process.stdout.readline()
    return process, int(re.search(r"http://127\.0\.0\.1:([0-9]+)", told)[1])


def test_it_opens_ends_quietly_with_all_it_started_and_opens_again_on_what_is_there(tmp_path: Path):
    for number in (signal.SIGINT, signal.SIGTERM):
        process, port = opened(tmp_path)
        with process:
            assert process.stdout
            asked = ("/", "/submit/", "/desk/", "/my/")
            assert [answer(port, path, f"127.0.0.1:{port}") for path in asked] == [200, 200, 302, 302]
            assert answer(port, "/", "example.org") == 400
            assert any("gunicorn" in command for command in group_of(process.pid))
            process.send_signal(number)
            rest = process.stdout.read()
            assert process.wait(40) == 0
        assert "Traceback" not in rest + (tmp_path / "errors").read_text(encoding="utf-8")
        assert _left(tmp_path) == ""


def test_it_outlives_its_web_server_and_its_children_do_not_outlive_it(tmp_path: Path):
    process, port = opened(tmp_path)
    with process:
        again = subprocess.run(
            [SHENBAO, "serve", "--root", ROOT, "--port", "0"], env=environment(tmp_path / "intake"),
            capture_output=True, check=False,
        )  # fmt: skip
        assert (again.returncode, "已经在运行" in again.stderr.decode()) == (2, True)
        time.sleep(5)  # what ends at once is not started again
        told = subprocess.run(
            ["ps", "-eo", "pid,ppid,args"], check=True, capture_output=True, text=True
        ).stdout
        rows = [line.split(None, 2) for line in told.splitlines()[1:]]
        (master,) = [row[0] for row in rows if row[1] == str(process.pid) and "gunicorn" in row[2]]
        os.kill(int(master), signal.SIGKILL)
        end = time.monotonic() + 30
        status = 0
        while status != 200 and time.monotonic() < end:
            with suppress(OSError, http.client.HTTPException):
                status = answer(port, "/", f"127.0.0.1:{port}")
            time.sleep(0.2)
        assert status == 200
        assert process.poll() is None
        process.kill()
    end = time.monotonic() + 30
    while time.monotonic() < end and _left(tmp_path):
        time.sleep(0.2)
    assert _left(tmp_path) == ""


def _left(folder: Path) -> str:
    """The processes whose environment names ``folder``."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and str(folder).encode() in (entry / "environ").read_bytes():
                found.append(f"{entry.name} {(entry / 'cmdline').read_bytes()!r}")
    return " ".join(found)


def test_a_taken_port_and_a_broken_campaign_are_sentences(tmp_path: Path):
    def told(*arguments: str | Path) -> tuple[int, str]:
        done = subprocess.run(
            [SHENBAO, "serve", *arguments],
            env=environment(tmp_path / "intake"),
            capture_output=True,
            check=False,
        )
        return done.returncode, done.stderr.decode()

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, said = told("--root", ROOT, "--port", str(port))
    assert (status, said.count("\n")) == (2, 1)
    assert "已被占用" in said
    (tmp_path / "empty").mkdir()
    status, said = told("--root", tmp_path / "empty", "--port", "0")
    assert status == 2
    assert "Traceback" not in said
    assert not (tmp_path / "empty" / "var").exists()


def test_the_command_it_gives_to_copy_works_in_another_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name, told in (
        ("SHENBAO_VAR", str(tmp_path / "in take")),
        ("SHENBAO_NOW", "2012-08-21T10:00:00+08:00"),
        ("PATH", "/usr/bin"),
    ):
        monkeypatch.setenv(name, told)
    monkeypatch.setattr(sys, "argv", [str(SHENBAO), "serve"])
    here = Place(ROOT, tmp_path / "in take")
    line = like_this_one(here, "intake", "account", "lijing", "--name", "李静", "--approver")
    done = subprocess.run(
        ["/bin/bash", "-c", line], env={"PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}, cwd="/", capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    with closing(sqlite3.connect(here.database)) as base:
        assert base.execute("select name, role, created_at from people_account").fetchall() == [
            ("李静", "approver", "2012-08-21 02:00:00")
        ]


def test_a_unit_s_account_is_no_approver_s(tmp_path: Path):
    asked = [
        SHENBAO, "intake", "account", "off9", "--name", "示例", "--unit", "guangzhou", "--approver", "--root", ROOT,
    ]  # fmt: skip
    done = subprocess.run(asked, env=environment(tmp_path / "intake"), capture_output=True, check=False)
    assert (done.returncode, "--unit 和 --approver 只写一个" in done.stderr.decode()) == (2, True)
