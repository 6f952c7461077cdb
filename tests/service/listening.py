"""Servers in processes of their own: a free port, and waiting until somebody answers there."""

from __future__ import annotations

import socket
import subprocess
import time
from typing import Any


def free() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def answers(port: int, process: subprocess.Popen[Any]) -> None:
    """Wait until ``process`` takes connections at ``port``; fails when it ends, or after a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError
