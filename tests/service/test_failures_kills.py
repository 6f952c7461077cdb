"""Twenty kills at random moments under load; the thousand are `make bench ARGS="--only fail"`."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import rush_kills


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    subprocess.run(
        [rush_kills.BIN / "shenbao", "rehearse", folder, "--units", "12", "--nominations", "2"],
        check=True,
        capture_output=True,
    )
    return folder


def test_nothing_acknowledged_is_lost_or_done_twice(root: Path, tmp_path: Path):
    report = rush_kills.fire(root, tmp_path / "var", kills=20, seed=7, every=0.35, pause=0.6, patience=120)
    assert report.faults == []
    assert report.kills.total() == 20
    assert set(report.kills) == set(rush_kills.WEIGHTS)
    assert report.acknowledged == report.lines > 4
    assert report.actions.total() > 0  # how many depends on how busy the machine is
