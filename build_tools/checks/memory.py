"""Reports on units that were judged before, kept between runs: what did not change need not be judged again.

A report follows from the unit's files, its ledger, the campaign's own files, the program and, through the ledger's
times, the clock. Git names all those files, so a unit of a commit is looked up without reading it. A work tree has
no such names, and is always judged anew.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from build_tools import store
from build_tools.checks.duplicates import Member
from build_tools.checks.rule import Context
from build_tools.checks.similar import Compared, Fingerprint, thinning
from build_tools.checks.unit import UnitReport
from build_tools.findings import Finding, Place, Related, Severity
from build_tools.ledger import digest
from build_tools.submissions import UnitFolder

STORE = "var/cache/judge"

_LIBRARIES = ("jsonschema", "jsonschema-rs", "pikepdf", "pillow", "pypdfium2", "python-docx", "pyyaml")
_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Kept:
    """A report, and from when until when judging again would say the same."""

    report: UnitReport
    since: datetime
    until: datetime | None

    def holds_at(self, now: datetime) -> bool:
        """Whether judging at ``now`` would say the same."""
        return self.since <= now and (self.until is None or now <= self.until)


class Memory:
    """Reports in a folder, one file each, named by all they follow from.

    Whoever can write there decides what a check finds, as with the program's own byte code. What is read back are
    values of a few plain types, and nothing that runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._usable = store.prepare(folder)
        self._pairs = folder / "compared"
        self._context: Context | None = None
        self._common = ""

    def known(self, folder: UnitFolder, context: Context) -> UnitReport | None:
        """The report on a unit, if it was judged before and nothing it follows from has changed."""
        file = self._file(folder, context)
        if file is not None:
            with suppress(OSError, *_UNREADABLE):
                kept = _load(file)
                if isinstance(kept, Kept) and kept.holds_at(context.now):
                    os.utime(file)
                    return kept.report
        return None

    def keep(self, folder: UnitFolder, context: Context, report: UnitReport) -> None:
        """Remember a report, unless it follows from something that has no name, or from a time yet to come."""
        file = self._file(folder, context)
        if file is None or report.broken or report.future:
            return
        kept = Kept(report.without_contents(), context.now, report.next_change)
        with suppress(OSError):
            store.keep(_sealed(kept), file)

    def compared(self) -> Compared:
        """What was found when texts were compared before."""
        with suppress(OSError, *_UNREADABLE):
            found = _load(self._pairs)
            if isinstance(found, dict):
                return found
        return {}

    def keep_compared(self, compared: Compared) -> None:
        """Remember ``compared`` in place of what was known."""
        if self._usable:
            with suppress(OSError):
                store.keep(_sealed(compared), self._pairs)

    def tidy(self) -> None:
        """Remove what nobody asked for in a long time."""
        store.forget_old(self._folder)

    def _file(self, folder: UnitFolder, context: Context) -> Path | None:
        if context is not self._context:
            self._context, self._common = context, _common(context)
        tree = context.submissions.tree
        own = tree.fingerprint(f"data/cities/{folder.slug}")
        ledger = tree.fingerprint(folder.ledger_file.path) if folder.ledger_file else "-"
        if not (self._usable and self._common and own and ledger):
            return None
        key = hashlib.sha256(f"{self._common} {folder.slug} {own} {ledger}".encode()).hexdigest()
        return store.place(self._folder, key)


def _common(context: Context) -> str:
    """A name for what the reports on all units follow from: the program, the campaign's own files, the thinning."""
    tree = context.submissions.tree
    found = hashlib.sha256(f"{_program()} {thinning(context.submissions.listed)}".encode())
    office = [entry.path for entry in tree.files("schemas")]
    office += [entry.path for entry in tree.files("data") if entry.path.count("/") == 1]
    for path in office:
        with suppress(OSError):
            found.update(f"\0{path}\0".encode("utf-8", "surrogateescape") + digest(tree.read(path)).encode())
    return found.hexdigest()


@cache
def _program() -> str:
    """Changes whenever this program or a library that decides a finding changes."""
    files = sorted(path for path in _PACKAGE.rglob("*.py"))
    seen = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    return " ".join([seen, sys.version, *map(version, _LIBRARIES)])


def _sealed(kept: Any) -> bytes:
    """``kept`` as it is stored, behind a digest that tells damage."""
    data = pickle.dumps(kept, pickle.HIGHEST_PROTOCOL)
    return hashlib.sha256(data).digest() + data


def _load(file: Path) -> Any:
    """What is stored in ``file``; raises :class:`OSError`, or :class:`pickle.UnpicklingError` for what is damaged."""
    stored = file.read_bytes()
    seal, data = stored[:32], stored[32:]
    if hashlib.sha256(data).digest() != seal:
        raise pickle.UnpicklingError("damaged")
    return _Plain(io.BytesIO(data)).load()


class _Plain(pickle.Unpickler):
    """Reads values of the types a report is made of, and calls nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """The type ``module.name`` if a report may hold it; raises :class:`pickle.UnpicklingError`."""
        found = _TYPES.get((module, name))
        if found is None:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found


_TYPES: dict[tuple[str, str], Any] = {
    (kind.__module__, kind.__qualname__): kind
    for kind in (
        Kept, UnitReport, Finding, Severity, Place, Related, Member, Fingerprint, datetime, timezone, timedelta,
        frozenset,
    )
}  # fmt: skip
_UNREADABLE = (
    pickle.UnpicklingError,
    EOFError,
    TypeError,
    ValueError,
    AttributeError,
    ImportError,
    IndexError,
)
