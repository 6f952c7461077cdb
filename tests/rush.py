"""A rush on the service: many units that submit at once, each signed in, over real connections; and what they were told.

Used by the benchmark and by the tests that kill the service meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import psycopg

T = TypeVar("T")
HERE = Path(__file__).resolve().parent
TOKEN = "t" * 32  # Django takes any, as long as header and cookie agree


@dataclass(frozen=True)
class Caller:
    """A unit's account with a session."""

    unit: str
    session: str


@dataclass
class Try:
    """One submission: what was sent, how often, and what was answered; ``seconds`` from the first try to the receipt."""

    caller: Caller
    document: str
    body: bytes = field(repr=False)
    tries: int = 0
    status: int = 0
    answer: dict[str, object] = field(default_factory=dict)
    seconds: float = 0.0
    refusals: list[int] = field(default_factory=list)

    @property
    def number(self) -> str:
        return str(self.answer.get("number", "")) if self.status in (200, 201) else ""


def environment(root: Path, var: Path, **more: str) -> dict[str, str]:
    paths = os.pathsep.join([str(HERE), str(HERE.parent)])
    return {
        **os.environ,
        "SHENBAO_ROOT": str(root),
        "SHENBAO_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "intake.settings",
        "PYTHONPATH": paths,
        **more,
    }


def callers(root: Path, var: Path, units: Sequence[str], **more: str) -> list[Caller]:
    """An account and a session for each of ``units``, made in the service's own database."""
    command = [sys.executable, str(HERE / "rush_accounts.py")]
    done = subprocess.run(
        command,
        check=True,
        input="\n".join(units),
        text=True,
        capture_output=True,
        env=environment(root, var, **more),
    )
    return [Caller(*line.split()) for line in done.stdout.splitlines()]


def tries(root: Path, every: Sequence[Caller], document: str, mark: str = "") -> list[Try]:
    """One submission of each caller: its own sample with a remark, so that each is another document."""
    found = []
    for caller in every:
        text = (root / "data/cities" / caller.unit / f"{document}.yml").read_text(encoding="utf-8")
        body = {"attempt": str(uuid4()), "yaml": f"{text}# {mark}{uuid4()}\n", "files": {}}
        found.append(Try(caller, document.rpartition("/")[2], json.dumps(body).encode()))
    return found


@contextmanager
def served(root: Path, var: Path, *, processes: int = 2, **more: str) -> Iterator[int]:
    """The web server alone, as ``shenbao serve`` starts it; gives its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as door:
        port = door.getsockname()[1]
        env = environment(root, var, SHENBAO_PROCESSES=str(processes), PORT=str(port), **more)
        command = [sys.executable, "-m", "gunicorn", "--config", "python:intake.cli.server"]
        command += ["--bind", f"fd://{door.fileno()}", "intake.wsgi"]
        with (
            var.with_name(f"{var.name}-web.log").open("ab") as log,
            subprocess.Popen(
                command, env=env, pass_fds=[door.fileno()], stderr=log, start_new_session=True
            ) as process,
        ):
            try:
                wait_for(_answers(port))
                yield port
            finally:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(30)
                process.kill()


def asked(var: Path, *queries: str, database: str = "") -> list[list[tuple[Any, ...]]]:
    """The rows that the service's database, whichever it is, gives to each of ``queries``."""
    if address := database or os.environ.get("SHENBAO_DATABASE_URL"):
        with psycopg.connect(address) as base:
            return [base.execute(query).fetchall() for query in queries]  # type: ignore[arg-type]
    with closing(sqlite3.connect(f"file:{var / 'intake.sqlite3'}?mode=rw", uri=True, timeout=60)) as embedded:
        return [embedded.execute(query).fetchall() for query in queries]


def wait_for(coroutine: Coroutine[object, object, T]) -> T:
    """What ``coroutine`` gives; in a thread of its own, because Playwright keeps a loop in the tests' thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


@contextmanager
def working(root: Path, var: Path, **more: str) -> Iterator[None]:
    """The worker, as ``shenbao serve`` starts it."""
    with (
        var.with_name(f"{var.name}-worker.log").open("ab") as log,
        subprocess.Popen(
            [sys.executable, "-m", "intake.cli.worker"], env=environment(root, var, **more), stderr=log,
            start_new_session=True,
        ) as process,
    ):  # fmt: skip
        try:
            yield
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(60)
            process.kill()


async def _answers(port: int) -> None:
    for _ in range(300):
        with suppress(OSError):
            if (await _asked(port, b"GET /intake/state HTTP/1.1", {}, b""))[0] == 200:
                return
        await asyncio.sleep(0.1)
    raise TimeoutError


async def _asked(port: int, line: bytes, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        told = {
            "Host": f"127.0.0.1:{port}",
            "Connection": "close",
            "Content-Length": str(len(body)),
            **headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        writer.write(line + b"\r\n" + head.encode() + b"\r\n" + body)
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
    head_part, _, rest = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head_part)
    if not head_part.startswith(b"HTTP/1.1 ") or (length and len(rest) < int(length[1])):
        raise ConnectionResetError  # whoever answered was killed meanwhile
    return int(head_part.split()[1]), rest


async def hand_in(port: int, one: Try, *, patience: float = 60.0) -> None:
    """Send ``one`` until it is answered, as the form page does: the same attempt, with growing waits."""
    start, wait = time.monotonic(), 0.2
    headers = {
        "Cookie": f"shenbao_session={one.caller.session}; shenbao_csrf={TOKEN}",
        "X-CSRFToken": TOKEN,
        "Content-Type": "application/json",
    }
    line = f"POST /intake/documents/{one.document} HTTP/1.1".encode()
    while time.monotonic() - start < patience:
        one.tries += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            status, rest = await asyncio.wait_for(_asked(port, line, headers, one.body), 30)
            if status in (200, 201):
                one.status, one.answer, one.seconds = status, json.loads(rest), time.monotonic() - start
                return
            one.refusals.append(status)
            if status < 500:
                return
        await asyncio.sleep(wait)
        wait = min(wait * 1.7, 3.0)


async def rush(port: int, every: Sequence[Try], *, over: float, patience: float = 60.0) -> float:
    """Send all of ``every``, begun evenly over so many seconds; gives how long it took until the last was answered."""
    start = time.monotonic()

    async def later(index: int, one: Try) -> None:
        await asyncio.sleep(over * index / max(1, len(every)))
        await hand_in(port, one, patience=patience)

    await asyncio.gather(*(later(index, one) for index, one in enumerate(every)))
    return time.monotonic() - start
