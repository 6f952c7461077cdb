"""Running one program and saying what it cost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Cost(NamedTuple):
    """``wall`` and ``cpu`` (user and system, children included) in seconds; ``peak`` is the largest
    process in MiB."""

    wall: float
    cpu: float
    peak: float


def run(command: Sequence[str], *, folder: Path, expect: Sequence[int] = (0,)) -> Cost:
    """Run ``command`` in ``folder``, throw its output away, and measure it; stops the benchmark when it fails."""
    with (folder / "bench.log").open("w+", encoding="utf-8") as log:
        start = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, env=_environment()
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in expect:
            log.seek(0)
            sys.exit(f"{' '.join(command[:4])} … ended with {process.returncode}:\n{log.read()[-3000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def tool(name: str) -> str:
    """A program of the environment this benchmark runs in."""
    return str(Path(sys.executable).with_name(name))


def _environment() -> dict[str, str]:
    return {**os.environ, "NO_MKDOCS_2_WARNING": "true", "PYTHONUTF8": "1"}
