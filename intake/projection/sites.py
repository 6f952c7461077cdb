"""Building the sites in a process of their own, each put in the place of the former in one step."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from intake.current import now
from intake.place import Place, place

_LOG = logging.getLogger("intake.sites")
AUDIENCES = ("public", "office")
SERVICE = "intake/"
"""Where the form pages find the service, from the site's root."""


_LONG = 60.0
"""A build of more seconds is followed by a rest as long, so that building leaves half a processor to the rest."""


class Builder:
    """Builds when asked, one build at a time; what is asked for meanwhile is built afterwards."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._wanted = False
        self._begun = self._rests = 0.0
        self.built = self.failed = 0

    def ask(self) -> None:
        """The campaign changed."""
        self._wanted = True

    def tend(self) -> None:
        """Start what was asked for, and see whether what was started is finished."""
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return
            seconds = round(time.monotonic() - self._begun, 1)
            if code == 0:
                self.built += 1
                _LOG.info("built", extra={"seconds": seconds})
            else:
                self.failed += 1
                _LOG.error("not built", extra={"status": code, "seconds": seconds})
            self._process = None
            self._rests = time.monotonic() + (seconds if seconds > _LONG else 0)
        if self._wanted and time.monotonic() >= self._rests:
            self._wanted, self._begun = False, time.monotonic()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "intake.projection.sites"], start_new_session=True
            )

    @property
    def is_idle(self) -> bool:
        """Whether every change asked for is built."""
        return self._process is None and not self._wanted

    def stop(self) -> None:
        """End a build that runs, with the processes that print for it; the former sites stand."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait()


def build_all(here: Place, at: datetime, told: Callable[[str], None] = lambda _: None) -> None:
    """Build both sites of the campaign as it stands; raises what ``build`` raises, and then the former site stands."""
    from build_tools.site.build import build

    for left in here.sites.glob(".*-*"):  # by a build that was killed: there is only one at a time
        shutil.rmtree(left, ignore_errors=True)
    for audience in AUDIENCES:
        out = here.sites / f"{audience}-{time.time_ns()}"
        report = build(here.tree, audience, out, at, papers=True, intake=SERVICE)
        told(str(report))
        _swap(here.sites / audience, out)


def _swap(link: Path, out: Path) -> None:
    """Let ``link`` lead to ``out`` from one moment to the next, and remove what it led to before the former."""
    passing = link.with_name(f".{link.name}.{os.getpid()}")
    passing.unlink(missing_ok=True)
    passing.symlink_to(out.name, target_is_directory=True)
    passing.replace(link)
    older = sorted(link.parent.glob(f"{link.name}-[0-9]*"))[:-2]
    for folder in older:
        shutil.rmtree(folder, ignore_errors=True)


def _stand_back() -> None:
    """Take only what nobody else wants: whoever waits for a receipt goes first. Nothing is locked here."""
    os.nice(19)
    with suppress(AttributeError, OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def main() -> int:
    """Build in this process, which ends when its parent does not want it any more."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intake.settings")
    import django

    django.setup()
    _stand_back()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what it laid down goes with it
    try:
        build_all(place(), now())
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent only wants to know that it failed
        _LOG.error("build failed", exc_info=error)
        return 1
    return 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
