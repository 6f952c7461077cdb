"""The service as it runs: gunicorn with the project's own settings, on a free port, in a folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SET_UP = """
from intake.cli.setting import migrate, set_up
from pathlib import Path
set_up(Path(".")); migrate()
from intake.people import codes, enrolment
from intake.people.accounts import create
for name, unit in (("guangzhou-1", "guangzhou"), ("shenzhen-1", "shenzhen"), ("officer", "")):
    account = create(name, "示例" + name, "unit" if unit else "officer", unit)
    enrolment.redeem(codes.digest(enrolment.issue(account, None)), "示例口令-不要在别处使用-7")
"""


@dataclass
class Server:
    """Where it listens, its folder, and what it wrote to its log so far."""

    port: int
    var: Path
    log: Path

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def raw(self, request: bytes, *, wait: float = 10) -> bytes:
        """What comes back on one connection until it is closed, or nothing more comes for a while."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as line:
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
            told = b""
            while piece := line.recv(65_536):
                told += piece
            return told


@contextmanager
def served(folder: Path, **more: str) -> Iterator[Server]:
    """Set up and started; ``more`` is environment."""
    var = folder / "intake"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SHENBAO", "DJANGO", "GUNICORN"))}
    environment |= {
        "SHENBAO_ROOT": str(ROOT),
        "SHENBAO_VAR": str(var),
        "SHENBAO_NOW": "2012-08-21T10:00:00+08:00",
        **more,
    }
    subprocess.run([sys.executable, "-c", SET_UP], cwd=ROOT, env=environment, check=True, capture_output=True)
    for audience in ("public", "office"):
        page = var / "sites" / audience / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"<p>{audience}", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    environment |= {"DJANGO_SETTINGS_MODULE": "intake.settings", "PORT": str(port)}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "python:intake.cli.server",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "intake.wsgi"], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
    try:
        _wait(port, process, log)
        yield Server(port, var, log)
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))
