"""The service on PostgreSQL, as Debian packages it: received once and in order, killed, kept, restored, and served."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import postgres
import pytest
import rush_kills
from rush import environment
from service.kept import contents

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHENBAO = rush_kills.BIN / "shenbao"
AGAIN = ("test_receiving.py", "test_people_at_once.py", "test_office_decisions.py", "test_files_drafts.py")
"""What must hold there as well: wherever people, clicks and tries meet."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    with postgres.cluster() as made:
        yield made


@dataclass
class Used:
    """A service that was used and killed twenty times, and what was seen of it."""

    root: Path
    var: Path
    database: str
    report: rush_kills.Report


@pytest.fixture(scope="module")
def used(cluster: postgres.Cluster, tmp_path_factory: pytest.TempPathFactory) -> Used:
    folder, database = tmp_path_factory.mktemp("used"), cluster.database()
    root, var = folder / "campaign", folder / "var"
    said(SHENBAO, "rehearse", root, "--units", "12", "--nominations", "2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHENBAO_DATABASE_URL", database)
        report = rush_kills.fire(root, var, kills=20, seed=9, every=0.35, pause=0.6, patience=120)
    return Used(root, var, database, report)


def said(*command: str | Path, **more: str) -> str:
    """What a process of its own says; it must end well."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **more}, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def test_what_holds_in_the_embedded_database_holds_in_postgresql(cluster: postgres.Cluster, tmp_path: Path):
    quietly = ("-q", "-p", "no:cacheprovider", "--no-cov", f"--basetemp={tmp_path / 'again'}")
    files = [HERE / name for name in AGAIN]
    told = said(sys.executable, "-m", "pytest", *quietly, *files, SHENBAO_DATABASE_URL=cluster.database())
    assert " passed" in told
    assert "skipped" not in told


def test_a_commit_waits_for_the_disk_whatever_the_server_thinks(cluster: postgres.Cluster, tmp_path: Path):
    database = cluster.database()
    cluster.ask("postgres", f"alter database {database.rpartition('/')[2]} set synchronous_commit = off")
    script = (
        "import django; django.setup()\n"
        "from django.db import connection as c\n"
        "print(c.cursor().execute('show synchronous_commit').fetchone()[0])\n"
    )
    told = environment(ROOT, tmp_path / "var", SHENBAO_DATABASE_URL=database)
    assert said(sys.executable, "-c", script, **told).strip() == "on"


def test_nothing_acknowledged_is_lost_or_done_twice(used: Used):
    assert used.report.faults == []
    assert set(used.report.kills) == set(rush_kills.WEIGHTS)
    assert used.report.acknowledged == used.report.lines > 4


def test_a_backup_comes_back_whole(used: Used, cluster: postgres.Cluster, tmp_path: Path):
    """The record for an archive says everything that was received and done; two that are alike come of the same data."""

    def intake(root: Path, var: Path, database: str, *arguments: str | Path) -> str:
        told = environment(root, var, SHENBAO_DATABASE_URL=database)
        return said(SHENBAO, "intake", *arguments, "--root", root, **told)

    archive, root, var, database = tmp_path / "b.tar", tmp_path / "root", tmp_path / "var", cluster.database()
    root.mkdir()
    intake(used.root, used.var, used.database, "export", "--out", tmp_path / "before")
    intake(used.root, used.var, used.database, "backup", "--out", archive)
    assert "收文日志完好。" in intake(root, var, database, "restore", archive)
    intake(root, var, database, "export", "--out", tmp_path / "after")
    before, after = contents(tmp_path / "before"), contents(tmp_path / "after")
    assert sum(name.endswith(".pdf") for name in before) == used.report.lines
    assert after == before
    assert contents(var / "keys") == contents(used.var / "keys")
    assert list(rush_kills.in_git(var, [], {})) == list(rush_kills.in_git(used.var, [], {}))


def test_it_is_not_restored_over_a_database_that_holds_something(used: Used, tmp_path: Path):
    archive, told = tmp_path / "b.tar", {"SHENBAO_DATABASE_URL": used.database}
    said(
        SHENBAO,
        "intake",
        "backup",
        "--out",
        archive,
        "--root",
        used.root,
        **environment(used.root, used.var, **told),
    )
    (tmp_path / "root").mkdir()
    done = subprocess.run(
        [SHENBAO, "intake", "restore", archive, "--root", tmp_path / "root"],
        env=environment(tmp_path / "root", tmp_path / "var", **told), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "数据库不是空的，没有恢复" in done.stderr) == (2, True), done.stderr


def test_shenbao_serve_opens_on_it(used: Used, cluster: postgres.Cluster, tmp_path: Path):
    var, database = tmp_path / "var", cluster.database()
    for audience in ("public", "office"):  # as if built: what is asked here is asked of the database
        (var / "sites" / audience).mkdir(parents=True)
    told = environment(used.root, var, SHENBAO_DATABASE_URL=database, PYTHONUNBUFFERED="1")
    with subprocess.Popen(
        [SHENBAO, "serve", "--root", used.root, "--port", "0"], env=told, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout
        opened = next((line for line in process.stdout if "申报台已打开" in line), "")
        address = re.search(r"http://[0-9.:]+", opened)
        with urlopen(f"{address[0]}/health/ready", timeout=30) as answer:
            checks = json.load(answer)["checks"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0
    assert (checks["database"], checks["lag"]) == ("ok", "ok")
    assert not (var / "intake.sqlite3").exists()
    assert cluster.ask(database.rpartition("/")[2], "select count(*) from people_account") == "4"
