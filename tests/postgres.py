"""PostgreSQL as Debian packages it, started for tests and benchmarks: private, on a socket only, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote

_OWNER = "shenbao"


def programs() -> Path:
    """Where the newest server on this machine lies; Debian keeps it off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: float(file.parts[-3]))
    if not found:
        raise FileNotFoundError("no PostgreSQL; install the package postgresql (make test does)")
    return found[-1].parent


@dataclass
class Cluster:
    """A server at work in ``folder``, where its socket lies, too."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def database(self) -> str:
        """A new empty database; gives its address as ``SHENBAO_DATABASE_URL`` wants it."""
        name = f"shenbao_{next(self._numbers)}"
        self.ask("postgres", f"create database {name} encoding 'utf8' template template0")
        return f"postgres://{_OWNER}@{quote(str(self.folder), safe='')}/{name}"

    def ask(self, database: str, query: str) -> str:
        """What the server answers to ``query``, a line each row."""
        command = [
            programs() / "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", _OWNER,
            "-d", database, "-c", query,
        ]  # fmt: skip
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server with nothing in it, as safe as in production: it answers when what it was told is on the disk."""
    folder = Path(tempfile.mkdtemp(prefix="shenbao-pg-", dir="/tmp"))  # a socket's path must be short
    who = _unprivileged(folder)
    try:
        subprocess.run(
            [programs() / "initdb", "-D", folder / "data", "-U", _OWNER, "--auth=trust", "--no-sync",
             "--encoding=UTF8", "--locale=C.UTF-8"],
            check=True, capture_output=True, cwd=folder, **who,
        )  # fmt: skip
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(
                [programs() / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses="],
                stderr=log, cwd=folder, start_new_session=True, **who,
            ) as server,
        ):  # fmt: skip
            try:
                _wait(folder, server)
                yield Cluster(folder)
            finally:
                server.send_signal(2)  # SIGINT: end at once, but in order
                server.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> dict[str, object]:
    """PostgreSQL refuses to run as root: then somebody who may do nothing else owns ``folder`` and runs it."""
    if os.getuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _wait(folder: Path, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    ready = [programs() / "pg_isready", "-q", "-h", folder]
    while subprocess.run(ready, check=False).returncode:
        if server.poll() is not None or time.monotonic() > end:
            raise ChildProcessError((folder / "log").read_text(encoding="utf-8"))
        time.sleep(0.05)
