"""A disk that is full or cannot be written: a small disk of memory, really full, really read-only."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
import rush
import rush_kills
from service.journalled import NoSites, sample, submit

from build_tools.history import GitTrouble
from intake.journal.models import Action
from intake.people.models import Role
from intake.place import Place
from intake.projection import lagging, submitting
from intake.projection.worker import Worker

UNITS = ["shili-0001", "shili-0002", "shili-0003"]
NOT_RECEIVED = "没有收到这次提交"


def lagging_now() -> list[str]:
    """What the desk says."""
    return lagging.sentences(Action.objects.filter(lagging.actions_waiting()).count())


@contextmanager
def disk(folder: Path, mebibytes: int) -> Iterator[Path]:
    """A disk of its own at ``folder``; without the right to mount one there is nothing to test with."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path) -> Path:
    """A file that takes every byte that is left."""
    file = folder / "filler"
    with file.open("wb", buffering=0) as stream:
        size = 1 << 20
        while size:
            try:
                stream.write(b"\0" * size)
            except OSError:
                size //= 2
    return file


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", folder], check=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    command = [rush_kills.BIN / "shenbao", "rehearse", folder, "--units", "3", "--nominations", "1"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


async def answer(port: int, one: rush.Try) -> tuple[int, dict[str, str]]:
    """What one try is answered, without another."""
    status, body = await rush._asked(
        port,
        f"POST /intake/documents/{one.document} HTTP/1.1".encode(),
        {
            "Cookie": f"shenbao_session={one.caller.session}; shenbao_csrf={rush.TOKEN}",
            "X-CSRFToken": rush.TOKEN,
            "Content-Type": "application/json",
        },
        one.body,
    )
    return status, json.loads(body)


def lines(var: Path) -> int:
    with closing(sqlite3.connect(var / "intake.sqlite3")) as base:
        return int(base.execute("select count(*) from journal_submission").fetchone()[0])


def test_a_clerk_is_told_that_the_disk_is_full_and_the_retry_is_received(root: Path, tmp_path: Path):
    with disk(tmp_path / "var", 8) as var:
        people = rush.callers(root, var, UNITS[:3])
        with rush.served(root, var) as port:
            first = rush_kills.new_try(root, people[0], "summary")
            assert rush.wait_for(answer(port, first))[0] == 201
            filler = fill(var)
            one = rush_kills.new_try(root, people[1], "summary")
            for _ in range(3):
                status, told = rush.wait_for(answer(port, one))
                assert (status, NOT_RECEIVED in told["message"]) == (507, True)
            assert lines(var) == 1
            assert not list((var / "spool").rglob("*.tmp"))
            assert rush.wait_for(answer(port, first))[0] == 200
            filler.unlink()
            assert rush.wait_for(answer(port, one))[0] == 201
        assert lines(var) == 2


def test_a_disk_that_is_full_only_when_the_line_is_written_acknowledges_nothing(root: Path, tmp_path: Path):
    with disk(tmp_path / "var", 8) as var, disk(tmp_path / "spool", 8) as elsewhere:
        people = rush.callers(root, var, UNITS[:1])
        (var / "spool").rmdir()
        (var / "spool").symlink_to(elsewhere)
        with rush.served(root, var) as port:
            filler = fill(var)
            one = rush_kills.new_try(root, people[0], "summary")
            status, told = rush.wait_for(answer(port, one))
            assert (status, NOT_RECEIVED in told["message"]) == (507, True)
            assert lines(var) == 0
            filler.unlink()
            assert rush.wait_for(answer(port, one))[0] == 201


def test_a_disk_that_became_read_only_is_told_and_what_was_received_is_shown(root: Path, tmp_path: Path):
    with disk(tmp_path / "var", 16) as var:
        people = rush.callers(root, var, UNITS[:2])
        first, one = (rush_kills.new_try(root, caller, "summary") for caller in people)
        with rush.served(root, var) as port:
            assert rush.wait_for(answer(port, first))[0] == 201
        remount(var, "ro")
        with pytest.raises(OSError, match="Read-only"):
            (var / "x").touch()
        with rush.served(root, var) as port:
            assert rush.wait_for(answer(port, first))[0] == 200
            status, told = rush.wait_for(answer(port, one))
            assert (status, NOT_RECEIVED in told["message"]) == (507, True)
        remount(var, "rw")
        with rush.served(root, var) as port:
            assert rush.wait_for(answer(port, one))[0] == 201


def test_a_locked_database_makes_clerks_wait_and_loses_nothing(root: Path, tmp_path: Path):
    var = tmp_path / "var"
    var.mkdir()
    people = rush.callers(root, var, UNITS[:1])
    one = rush_kills.new_try(root, people[0], "summary")

    async def meanwhile(port: int) -> tuple[int, bool]:
        with closing(sqlite3.connect(var / "intake.sqlite3", isolation_level=None)) as base:
            base.execute("begin exclusive")
            asked = asyncio.create_task(answer(port, one))
            done, _ = await asyncio.wait([asked], timeout=2)
            base.execute("commit")
            return (await asked)[0], bool(done)

    with rush.served(root, var) as port:
        assert rush.wait_for(meanwhile(port)) == (201, False)


@pytest.fixture
def small(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db) -> Iterator[Place]:
    """The service on a disk of its own, with a clock that the test moves for the worker's retries."""
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:30:00+08:00")
    with disk(tmp_path / "small", 64) as folder:
        place = Place(settings.PLACE.root, folder / "intake")
        place.prepare()
        settings.PLACE = place
        yield place


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1000.0]
    monkeypatch.setattr(submitting, "monotonic", lambda: at[0])
    return at


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_is_full_while_git_writes_is_told_to_the_office_and_mends_itself(
    service, account, small, clock
):
    worker = Worker(NoSites())
    worker.round()
    rows = [
        submit(account(f"{unit}-1"), "summary", sample(unit, "summary") + "# 改\n")
        for unit in ("heyuan", "foshan")
    ]
    filler = fill(small.var)
    with suppress(OSError, GitTrouble):
        worker.round()
    for row in rows:
        row.refresh_from_db()
        assert row.recorded_at is None
        assert row.trouble == submitting._UNWRITABLE
    assert any("2 份报送登记时遇到问题" in sentence for sentence in lagging_now())
    filler.unlink()
    worker.begin_anew()
    worker.round()
    clock[0] += 31
    worker.round()
    for row in rows:
        row.refresh_from_db()
        assert (row.trouble, bool(row.commit), bool(row.recorded_at)) == ("", True, True)
    assert lagging_now() == []
    worker.stop()


@pytest.mark.django_db(transaction=True)
def test_an_action_waits_for_the_disk_and_is_done_afterwards(service, account, small, clock):
    worker = Worker(NoSites())
    line = submit(account("heyuan-1"), "summary", sample("heyuan", "summary") + "# 改\n")
    worker.round()
    line.refresh_from_db()
    officer = account("office-1", Role.OFFICER)
    action = Action.objects.create(
        kind=Action.Kind.ACCEPTED, unit="heyuan", document="summary", submission=line, account=officer,
        at=line.recorded_at,
    )  # fmt: skip
    filler = fill(small.var)
    assert worker.round() is False
    action.refresh_from_db()
    assert action.state == Action.State.PENDING
    filler.unlink()
    worker.round()
    action.refresh_from_db()
    assert action.state == Action.State.DONE, action.message
    worker.stop()
