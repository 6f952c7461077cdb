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

from django.conf import settings
from django.db import Error, close_old_connections

from build_tools.campaign import BrokenCampaign
from build_tools.history import GitTrouble, Writer
from intake.health.heartbeat import Heart
from intake.health.tidying import EVERY, tidy
from intake.journal import presence, spool
from intake.journal.models import Action, Submission
from intake.place import place
from intake.projection import deciding, submitting, tree
from intake.projection.clashes import Clashes, freed
from intake.projection.remote import Remote
from intake.projection.rest import at_rest
from intake.projection.rushing import Rush
from intake.projection.sites import Builder
from intake.projection.store import open_store
from intake.projection.submitting import Retries
from intake.projection.telling import Teller

_LOG = logging.getLogger("intake.worker")
_PAUSE, _LONG_PAUSE, _LOOK_AGAIN = 0.15, 5.0, 0.25


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
        self._folder: tree.Folder | None = None
        self._retries = Retries()
        self._clashes: Clashes | None = None
        self._remote = Remote(settings.REMOTE) if settings.REMOTE else None
        self._moved = False

    def round(self) -> bool:
        """Do what is waiting; says whether anything came of it. Trouble with git or the disk ends the round, and the
        next one begins anew from what is on the disk."""
        fresh = self._writer is None or self._folder is None
        if self._writer is None:
            spool.clear_unfinished()
            self._writer = open_store()
        if self._folder is None:
            self._folder = tree.Folder(self._writer)
        if self._clashes is None:
            self._clashes = Clashes()
        recorded = self._retries.tried(self._writer)
        lines = submitting.waiting()
        recorded += submitting.project(self._writer, lines)
        settled = deciding.carry_out(self._writer, deciding.waiting())
        if lines or recorded or settled or fresh or self._moved:
            slugs = {line.unit for line in recorded} | {action.unit for action in settled}
            gone = {action.unit for action in settled if action.kind == Action.Kind.WITHDRAWN}
            again = freed(gone) if gone else []
            self._clashes.expect([*recorded, *again, *(_unjudged() if fresh else [])])
            if self._folder.refresh(slugs) or not (place().sites / "public").exists():
                self.builder.ask()
        deciding.settle(settled)
        busy = bool(lines or recorded or settled)
        self._clashes.look(self._folder, busy=busy)
        self.builder.tend()
        if self._remote is not None:
            if busy or fresh:
                self._remote.ask()
            self._moved = self._remote.tend(self._writer)
        return busy

    def pack(self) -> None:
        """Let the repository take less room on the disk, beside the rounds; raises what git said when it could not."""
        if self._writer is not None:
            self._writer.pack()

    @property
    def is_idle(self) -> bool:
        """Whether all that follows from what was received is done: clashes looked for, sites built."""
        pushed = self._remote is None or self._remote.is_idle
        return self.builder.is_idle and pushed and not (self._clashes and self._clashes.waiting)

    def stop(self) -> None:
        """End what is at work beside the rounds; all of it is done again by the next worker."""
        self.builder.stop()
        if self._remote is not None:
            self._remote.stop()
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget what is known of the repository: the next round reads it again."""
        if self._writer is not None:
            self._writer.close()
        self._writer = self._folder = None


def _unjudged() -> list[Submission]:
    return list(Submission.objects.filter(judged_at=None).exclude(recorded_at=None))


def run(*, until_idle: bool = False) -> None:
    """Work until told to stop (SIGTERM, Ctrl-C), or ``until_idle``: nothing waits and the sites are built.

    It waits for a database that is not there yet: it may be started before ``migrate``. Raises :class:`AlreadyRunning`.
    """
    stopping = _stop_asked()
    with alone():
        _wait_for_the_database(stopping)
        worker, heart, teller, tidied = Worker(), Heart(), Teller(), time.monotonic()
        rush = Rush()
        pause = _PAUSE
        while not stopping():
            try:
                if rush.comes_first():
                    busy, pause = False, _PAUSE
                else:
                    with at_rest():
                        busy = worker.round()
                pause = 0.0 if busy else _PAUSE
                heart.beat(failed=False, builds=worker.builder.built, failed_builds=worker.builder.failed)
                teller.tend()
                if not busy and time.monotonic() - tidied > EVERY:
                    tidied = time.monotonic()
                    _LOG.info("tidied", extra={"count": tidy()})
                    worker.pack()
                if until_idle and not busy and worker.is_idle and not _anything_left():
                    break
            except (GitTrouble, OSError, Error, BrokenCampaign) as error:
                _LOG.error("round failed", exc_info=error)
                worker.begin_anew()
                heart.beat(failed=True)
                pause = min(max(pause, _PAUSE) * 2, _LONG_PAUSE)
            close_old_connections()
            time.sleep(pause)
        worker.stop()


def _wait_for_the_database(stopping: Callable[[], bool]) -> None:
    """Until it is made, or it is time to stop; says so once."""
    said = False
    while not stopping() and not _is_made():
        if not said:
            _LOG.warning("no database yet, waiting")
        said = True
        close_old_connections()
        time.sleep(_LOOK_AGAIN)


def _is_made() -> bool:
    try:
        return presence.is_complete()
    except Error:  # a server that has not come up yet
        return False


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
