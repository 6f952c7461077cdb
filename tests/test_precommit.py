"""The hook with which a unit that uses git checks its campaign before each commit."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from harness import REPOSITORY
from repositories import CLEAN, git_in, new_repository, write

BIN = Path(sys.executable).parent


def test_the_hook_for_pre_commit_is_well_formed() -> None:
    done = subprocess.run(
        [BIN / "pre-commit", "validate-manifest", REPOSITORY / ".pre-commit-hooks.yaml"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("path", "runs"),
    [
        ("data/cities/jia/summary.yml", True),
        ("data/campaign.yml", True),
        ("schemas/rules.yml", True),
        ("docs/notice.md", True),
        ("build_tools/tree.py", False),
        ("olddata/x.yml", False),
    ],
)
def test_the_hook_runs_when_the_campaign_changes(path: str, runs: bool) -> None:
    (hook,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert bool(re.search(hook["files"], path)) is runs
    assert hook["pass_filenames"] is False


def test_the_hook_stops_a_commit_with_an_error(tmp_path: Path) -> None:
    """As pre-commit runs it, but with this environment for the one it would build."""
    (hook,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    campaign = new_repository(tmp_path / "campaign")
    for part in ("schemas", "data", "docs"):
        shutil.copytree(REPOSITORY / part, campaign / part)
    local = {"repos": [{"repo": "local", "hooks": [{**hook, "language": "system"}]}]}
    write(campaign, ".pre-commit-config.yaml", yaml.safe_dump(local, allow_unicode=True))
    git = git_in(campaign)
    git("add", "-A")
    environment = {**CLEAN, "PATH": f"{BIN}:{CLEAN['PATH']}", "PRE_COMMIT_HOME": str(tmp_path / "home")}

    def commit() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pre-commit", "run", "--all-files"],
            cwd=campaign,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    assert commit().returncode == 0
    write(campaign, "data/cities/zhuhai/statistics.yml", "pledge_orgs: 三个\n")
    git("add", "-A")
    stopped = commit()
    assert stopped.returncode == 1
    assert "错误 S03" in stopped.stdout
