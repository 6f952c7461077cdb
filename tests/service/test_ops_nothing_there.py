"""Where there are no data yet: said in a sentence, and nothing is made that would look like some."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from service.kept import ROOT, SHENBAO, command
from service.test_serve import environment

from intake.place import Place

NOTHING = "这里还没有数据，请核对 --root 和 SHENBAO_VAR。\n"


@pytest.mark.parametrize(
    "asked",
    [("verify",), ("tidy",), ("export", "--out"), ("backup", "--out"), ("worker", "--until-idle")],
    ids=lambda asked: asked[0],
)
def test_a_command_for_data_says_so_and_makes_nothing(asked: tuple[str, ...], tmp_path: Path):
    given = [*asked, tmp_path / "out"] if "--out" in asked else asked
    here = Place(ROOT, tmp_path / "mistyped")
    done = command(here, *given)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", NOTHING)
    assert list(tmp_path.iterdir()) == []
    here.var.mkdir()
    here.database.touch()  # as another program leaves it
    done = command(here, *given)
    assert (done.returncode, done.stderr) == (2, NOTHING)


def test_the_worker_that_starts_before_the_database_is_made_waits_says_so_once_and_begins(tmp_path: Path):
    here, told = Place(ROOT, tmp_path / "var"), environment(tmp_path / "var")
    with subprocess.Popen(
        [sys.executable, "-m", "intake.cli.worker"], env={**told, "SHENBAO_ROOT": str(ROOT)},
        stderr=subprocess.PIPE, text=True,
    ) as worker:  # fmt: skip
        try:
            assert worker.stderr
            assert json.loads(worker.stderr.readline())["event"] == "no database yet, waiting"
            assert not here.database.exists()
            subprocess.run([SHENBAO, "intake", "migrate", "--root", ROOT], env=told, check=True)
            end = time.monotonic() + 60
            while not (here.var / "worker.json").exists() and time.monotonic() < end:
                time.sleep(0.05)
            assert json.loads((here.var / "worker.json").read_text())["failures"] == 0
        finally:
            worker.terminate()
        assert worker.stderr.read() == ""


def test_a_worker_without_a_campaign_ends_with_a_sentence(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "intake.cli.worker"], env={**environment(tmp_path / "var"), "SHENBAO_ROOT": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "不是活动文件夹" in done.stderr, done.stderr.count("\n")) == (2, True, 1)
    assert list(tmp_path.iterdir()) == []
