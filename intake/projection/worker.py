"""The worker: one process, alone under its lock, that carries the journal into git, the ledger and the sites."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from django.db import Error, close_old_connections

from build_tools.campaign import BrokenCampaign
from build_tools.history import GitTrouble, Writer
from intake.health.heartbeat import Heart
from intake.health.tidying import EVERY, tidy
from intake.journal.models import Action, Submission
from intake.place import place
from intake.projection import deciding, submitting, tree
from intake.projection.judging import judge_lines
from intake.projection.rest import at_rest
from intake.projection.sites import Builder
from intake.projection.store import open_store
from intake.projection.telling import Teller

_LOG = logging.getLogger("intake.worker")
_PAUSE, _LONG_PAUSE = 0.15, 5.0


class AlreadyRunning(Exception):
    """Another worker holds the lock; the text is a Chinese sentence."""

    def __init__(self) -> None:
        super().__init__("已有一个后台程序在办理，这一个不再启动。")


@contextmanager
def alone() -> Iterator[None]:
    """Be the only worker of this place; raises :class:`AlreadyRunning`. The lock goes with the process."""
    with (place().var / "worker.lock").open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                raise AlreadyRunning from error
            raise
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


class Worker:
    """What the worker does, a round at a time."""

    def __init__(self, builder: Builder | None = None) -> None:
        self.builder = builder or Builder()
        self._writer: Writer | None = None
        self._fresh = True

    def round(self) -> bool:
        """Do what is waiting; says whether anything was. Trouble with git or the disk ends the round, and the next
        one begins anew from what is on the disk."""
        if self._writer is None:
            self._writer = open_store()
            self._fresh = True
        if self._fresh:
            Submission.objects.filter(recorded_at=None).exclude(trouble="").update(trouble="")
        lines = submitting.waiting()
        recorded = submitting.project(self._writer, lines)
        actions = deciding.waiting()
        deciding.carry_out(self._writer, actions)
        if lines or actions or self._fresh:
            self._fresh = False
            if tree.refresh(self._writer) or not (place().sites / "public").exists():
                self.builder.ask()
            judge_lines(recorded or _unjudged())
        self.builder.tend()
        return bool(lines or actions)

    def begin_anew(self) -> None:
        """Forget what is known of the repository: the next round reads it again."""
        if self._writer is not None:
            self._writer.repository.close()
        self._writer = None


def _unjudged() -> list[Submission]:
    return list(Submission.objects.filter(judged_at=None).exclude(recorded_at=None)[: submitting.BATCH])


def run(*, until_idle: bool = False) -> None:
    """Work until told to stop (SIGTERM, Ctrl-C), or ``until_idle``: nothing waits and the sites are built.

    Raises :class:`AlreadyRunning`.
    """
    stopping = _stop_asked()
    with alone():
        worker, heart, teller, tidied = Worker(), Heart(), Teller(), time.monotonic()
        pause = _PAUSE
        while not stopping():
            try:
                with at_rest():
                    busy = worker.round()
                pause = 0.0 if busy else _PAUSE
                heart.beat(failed=False, builds=worker.builder.built, failed_builds=worker.builder.failed)
                teller.tend()
                if not busy and time.monotonic() - tidied > EVERY:
                    tidied = time.monotonic()
                    _LOG.info("tidied", extra={"count": tidy()})
                if until_idle and not busy and worker.builder.is_idle and not _anything_left():
                    break
            except (GitTrouble, OSError, Error, BrokenCampaign) as error:
                _LOG.error("round failed", exc_info=error)
                worker.begin_anew()
                heart.beat(failed=True)
                pause = min(max(pause, _PAUSE) * 2, _LONG_PAUSE)
            close_old_connections()
            time.sleep(pause)
        worker.builder.stop()
        worker.begin_anew()


def _anything_left() -> bool:
    return (
        Submission.objects.filter(recorded_at=None, trouble="").exists()
        or Action.objects.filter(state=Action.State.PENDING).exists()
    )


def _stop_asked() -> Callable[[], bool]:
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(ValueError):  # in a thread, as tests run it, there are no signals
            signal.signal(number, ask)
    return lambda: bool(asked)
