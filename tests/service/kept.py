"""A service that holds something of every kind, and one restored beside it, for the tests of backup and export."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from service.journalled import NoSites, sample, submit, with_values
from service.people_steps import opened

from intake.current import now
from intake.files import drafts, store
from intake.journal.models import Action, Submission
from intake.people.models import Role
from intake.place import Place
from intake.projection.worker import Worker
from intake.receipts import signature

ROOT = Path(__file__).parents[2]
SHENBAO = Path(sys.executable).with_name("shenbao")
PHOTO = b"\x89PNG canary photo"


AFTER = "2012-08-23T10:30:00+08:00"
"""After everything in the sample's ledger; 河源 has an extension."""


def filled() -> list[Submission]:
    """Two versions of one document with a photo, one of another unit's, a return, a draft; all of it projected."""
    clerk, other, officer = opened("heyuan-1"), opened("guangzhou-1"), opened("office-1", Role.OFFICER)
    photo = {"photos/individual-01.png": store.keep(PHOTO)}
    text = sample("heyuan") + "# 改 photos/individual-01.png\n"
    lines = [submit(clerk, text=text, files=photo, judged=False)]
    drafts.save(clerk, "individual-01", "name: 草稿里的人\n", 0)
    worker = Worker(NoSites())
    worker.round()
    returned = Action.objects.create(
        kind=Action.Kind.RETURNED, unit="heyuan", document="individual-01", submission=lines[0],
        reason="请补写最近一年的事迹。", account=officer, at=now(), until=now() + timedelta(days=1),
    )  # fmt: skip
    worker.round()
    returned.refresh_from_db()
    assert returned.state == Action.State.DONE, returned.message
    lines.append(submit(clerk, text=text + "# 再改\n", judged=False))
    lines.append(submit(other, text=with_values(sample("guangzhou"), post="合伙人"), judged=False))
    worker.round()
    worker.begin_anew()
    for line in lines:
        line.refresh_from_db()
        assert line.commit, line.trouble
    return lines


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` by its path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def refs(place: Place) -> str:
    return git(place, "for-each-ref")


def git(place: Place, *arguments: str) -> str:
    command = ["git", "-C", str(place.repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def command(place: Place, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """``shenbao intake …`` as a process of its own, in ``place``."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SHENBAO", "DJANGO"))}
    environment = {**kept, "SHENBAO_VAR": str(place.var), "PYTHONIOENCODING": "utf-8", **more}
    return subprocess.run(
        [SHENBAO, "intake", *map(str, arguments), "--root", str(place.root)],
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def dumped(connection) -> Iterator[str]:
    """Every row of a SQLite database, as the statements that would make it."""
    return (line for line in connection.iterdump() if "sqlite_sequence" not in line)


@contextmanager
def a_service(folder: Path, blocker) -> Iterator[Place]:
    """A filled service for a whole module of tests; afterwards the tests' database is empty again."""
    from django.conf import settings

    here = Place(ROOT, folder / "intake")
    here.prepare()
    with blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "PLACE", here)
        patch.setenv("SHENBAO_NOW", AFTER)
        signature.key(here)
        here.secret("django")
        try:
            filled()
            yield here
        finally:
            call_command("flush", interactive=False, verbosity=0)
