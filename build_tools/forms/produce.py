"""Making files: only those that are not in the store yet, on every core, without holding them in memory.

The store (``var/cache``) keeps finished files by the hash of everything they follow from, so that a change in
one unit makes that unit's documents again and no others. It holds private data, as the sites beside it do, and
may be thrown away at any time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Self

from build_tools import store
from build_tools.forms.fonts import FontBook, load_fonts
from build_tools.forms.job import Job
from build_tools.forms.press import CannotDraw, Press

_MANY, _BATCH = 40, 10
"""Files from which other processes are worth starting, and how many one of them takes at a time."""

_WAVE = 500
"""Files whose contents are held at the same time."""

STORE = "var/cache/print"


Work = Sequence[tuple[Job, Path]]
Failures = dict[Path, str]
"""What could not be made, and why."""


@dataclass(frozen=True)
class Made:
    """A finished file: its place by the job, ``file`` in the store, ``fresh`` when it had to be made.

    ``why`` is a Chinese half-sentence where it could not be made; then there is no file.
    """

    path: str
    file: Path
    fresh: bool
    why: str = ""


class Producer:
    """Makes the files of one campaign. Use as a context; :meth:`begin` starts, :meth:`made` waits for the rest."""

    def __init__(self, root: Path, fonts: FontBook | None) -> None:
        self._root = root
        self._fonts = fonts
        self._fingerprint = fonts.fingerprint if fonts else ""
        self._passing: tempfile.TemporaryDirectory[str] | None = None
        self._store = root / STORE
        self._pool: ProcessPoolExecutor | None = None
        self._pending: list[Made] = []
        self._waiting: list[tuple[int, Future[Failures] | Work]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
        if self._passing:
            self._passing.cleanup()

    def begin(self, jobs: Iterable[Job]) -> int:
        """Find out what is to be made and start other processes on it; returns how many files that is.

        The jobs are let go when they are made.
        """
        todo: dict[Path, tuple[Job, Path]] = {}
        for job in jobs:
            if not self._pending:
                self._store = self._open_store(self._store)
            key = job.key(self._fingerprint)
            file = store.place(self._store, key, f".{job.format}")
            self._pending.append(Made(job.path, file, not _is_there(file)))
            if self._pending[-1].fresh:
                todo[file] = (job, file)
        work = list(todo.values())
        batches = [work[start : start + _BATCH] for start in range(0, len(work), _BATCH)]
        cores = os.cpu_count() or 1
        if len(todo) >= _MANY and cores > 1 and not self._pool:
            # Spawned, not forked: the typesetter's own threads do not survive a fork.
            self._pool = ProcessPoolExecutor(cores, mp_context=get_context("spawn"))
        for batch in batches:
            future = self._pool.submit(_make_in_worker, self._root, batch) if self._pool else None
            self._waiting.append((len(batch), future or batch))
        return len(todo)

    def made(self, advance: Callable[[int, int], None] | None = None) -> Iterator[Made]:
        """Every file in the order of its job, after the last is finished. One that fails stops no other."""
        total = sum(size for size, _ in self._waiting)
        done = 0
        failed: Failures = {}
        press = Press(self._fonts) if self._fonts and not self._pool and total else None
        try:
            for size, work in self._waiting:
                failed |= work.result() if isinstance(work, Future) else _make(work, press)
                done += size
                if advance:
                    advance(done, total)
        finally:
            if press:
                press.close()
        finished, self._pending, self._waiting = self._pending, [], []
        yield from (replace(made, why=failed.get(made.file, "")) for made in finished)
        if finished:
            store.forget_old(self._store)

    def stream(
        self, jobs: Iterable[Job], advance: Callable[[int, int], None] | None = None
    ) -> Iterator[Made]:
        """Make everything wave by wave, so that memory holds one wave, however many there are.

        ``advance`` is called with files made and files known to be made.
        """
        waiting, before = iter(jobs), 0
        while wave := list(islice(waiting, _WAVE)):
            todo = self.begin(wave)
            wave.clear()
            yield from self.made(partial(_on_top, advance, before) if advance else None)
            before += todo

    def _open_store(self, folder: Path) -> Path:
        """The campaign's store, or a passing one where its folder cannot be written to."""
        if store.prepare(folder):
            return folder
        self._passing = tempfile.TemporaryDirectory(prefix="shenbao-print-")
        return Path(self._passing.name)


def _on_top(advance: Callable[[int, int], None], before: int, done: int, total: int) -> None:
    advance(before + done, before + total)


def write(made: Made, folder: Path) -> Path:
    """Copy a finished file to its place below ``folder``."""
    target = folder / made.path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made.file, target)
    return target


def _is_there(file: Path) -> bool:
    """Whether the store holds ``file`` whole, as far as its ends tell."""
    begin, end = _ENDS[file.suffix]
    with suppress(OSError):
        os.utime(file)
        with file.open("rb") as kept:
            head = kept.read(len(begin))
            kept.seek(-min(kept.seek(0, os.SEEK_END), 64), os.SEEK_END)
            return head == begin and end in kept.read()
    return False


_ENDS = {
    ".pdf": (b"%PDF-", b"%%EOF"),
    ".docx": (b"PK\x03\x04", b"PK\x05\x06"),
    ".html": (b"<!doctype html>", b"</html>"),
}


def _make(batch: Work, press: Press | None) -> Failures:
    from typst import TypstError

    failed: Failures = {}
    for job, file in batch:
        try:
            store.keep(job.make(press), file)
        except CannotDraw as error:
            failed[file] = str(error)
        except TypstError:  # its words may quote what a unit wrote
            failed[file] = "排版程序排不出这份文件，请告诉维护人员"
    return failed


_presses: dict[Path, Press] = {}


def _make_in_worker(root: Path, batch: Work) -> Failures:
    """In another process: its press is set up once, for the fonts of ``root``."""
    if any(job.format == "pdf" for job, _ in batch) and root not in _presses:
        _presses[root] = Press(load_fonts(root))
    return _make(batch, _presses.get(root))
