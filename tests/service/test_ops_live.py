"""A backup taken while submissions come in is one moment: whole, and what it names in git is in git."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

from service.kept import AFTER, ROOT, command, git

from intake.place import Place

LOAD = """
import sys, threading
from pathlib import Path
from intake.cli.setting import migrate, set_up
set_up(Path(sys.argv[1]))
migrate()
sys.path[:0] = [str(Path(sys.argv[1]) / "tests")]
from django.db import connections
from service.journalled import hand_in, sample
from service.journalled import NoSites
from intake.current import now
from intake.people.models import Account, Role
from intake.projection.rest import at_rest
from intake.projection.worker import Worker
ended, telling = threading.Event(), threading.Lock()

def clerk(unit):
    account = Account.objects.create(username=f"{unit}-1", name="示例", role=Role.UNIT, unit=unit, created_at=now())
    text, n = sample(unit), 0
    while not ended.is_set():
        n += 1
        number = hand_in(account, text=f"{text}# {n}\\n").submission.number
        with telling:
            print(number, flush=True)
    connections.close_all()

def work():
    worker = Worker(NoSites())
    while not ended.is_set():
        with at_rest():
            worker.round()
    connections.close_all()

threads = [threading.Thread(target=clerk, args=(unit,)) for unit in ("guangzhou", "heyuan", "foshan")]
threads.append(threading.Thread(target=work))
for thread in threads:
    thread.start()
sys.stdin.read()
ended.set()
for thread in threads:
    thread.join()
"""


def test_it_can_be_restored_and_everything_agrees(tmp_path: Path):
    place = Place(ROOT, tmp_path / "var")
    environment = {
        **os.environ, "SHENBAO_ROOT": str(ROOT), "SHENBAO_VAR": str(place.var), "SHENBAO_NOW": AFTER,
        "PYTHONPATH": str(ROOT / "tests"), "PYTHONIOENCODING": "utf-8",
    }  # fmt: skip
    told: list[str] = []
    with (tmp_path / "log").open("wb") as log:
        load = subprocess.Popen(
            [sys.executable, "-c", LOAD, ROOT], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=log, text=True,
        )  # fmt: skip
        assert load.stdout
        assert load.stdin
        reader = threading.Thread(target=lambda: told.extend(line.strip() for line in load.stdout or ()))
        reader.start()
        archives = []
        try:
            for number, wanted in enumerate((12,)):
                end = time.monotonic() + 60
                while len(told) < wanted:
                    assert time.monotonic() < end
                    assert load.poll() is None, (tmp_path / "log").read_text()
                    time.sleep(0.05)
                before = list(told)
                archive = tmp_path / f"{number}.tar"
                done = command(place, "backup", "--out", archive, SHENBAO_NOW=AFTER)
                assert done.returncode == 0, done.stderr
                archives.append((archive, before))
        finally:
            load.stdin.close()
            load.wait(60)
            reader.join()
            load.stdout.close()
    assert len(told) > 12
    assert re.search("error", (tmp_path / "log").read_text()) is None
    for archive, before in archives:
        root = tmp_path / f"{archive.name}.root"
        root.mkdir()
        there = Place(root, root / "var" / "intake")
        done = command(there, "restore", archive, SHENBAO_NOW=AFTER)
        assert (done.returncode, "收文日志完好。" in done.stdout) == (0, True), done.stdout + done.stderr
        with closing(sqlite3.connect(there.database)) as opened:
            rows = opened.execute(
                'SELECT number, "commit", recorded_at FROM journal_submission ORDER BY id'
            ).fetchall()
        numbers = [row[0] for row in rows]
        assert set(before) <= set(numbers) <= set(told)
        projected = {row[0]: row[1] for row in rows if row[2]}
        log_of = git(there, "log", "--all", "--format=%H %s %(trailers:key=Receipt,valueonly,separator=%x2C)")
        in_git = {
            parts[-1]: parts[0]
            for parts in map(str.split, log_of.splitlines())
            if parts[1].startswith("报送")
        }
        assert in_git == projected
        recorded = set(
            re.findall(r"申报台 (SB[\w-]+)", git(there, "grep", "-h", "申报台", "main", "--", "data/ledger"))
        )
        assert recorded == set(projected)
        assert git(there, "fsck", "--strict") == ""
