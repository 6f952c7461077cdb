"""``shenbao check --base … --head …``: a pull request judged on a large campaign, the whole campaign included."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from timing import Cost, run, tool

from build_tools import submissions
from build_tools.campaign import load_campaign
from build_tools.checks import unit as judging_units
from build_tools.checks.memory import STORE
from build_tools.checks.rule import Context
from build_tools.history import GitTree
from build_tools.rehearse.write import Plan, write
from build_tools.submissions import list_submissions

NOMINATIONS = 20
NOW, PUSHED = "2012-08-23T10:00:00+08:00", "2012-08-22T10:00:00+08:00"
LIMIT = 10.0
_SAMPLE = 300


def measure(workshop: Path, units: int) -> str:
    """Write a campaign of ``units``, commit it, change one unit's statistics on a branch, judge, and report."""
    root, slug = _repository(workshop, units)
    times = workshop / "times.json"
    times.write_text(json.dumps({f"data/cities/{slug}/statistics.yml": PUSHED}), encoding="utf-8")
    named = ["--base", "main", "--head", "pr", "--city", slug, "--times", str(times)]
    judge = [tool("shenbao"), "check", *named, "--now", NOW]
    print("    the peer: check out the head, check everything")
    peer = _checkout_and_check(workshop, root)
    print("    judging for the first time")
    first = run(judge, folder=root)
    print("    judging again")
    again = min((run(judge, folder=root) for _ in range(3)), key=lambda cost: cost.wall)
    kept = sum(file.stat().st_size for file in (root / STORE).rglob("*") if file.is_file())
    shares = _shares(root)
    told = "\n".join(f"| {name} | {share:.0%} |" for name, share in shares.items())
    return f"""## Judging a pull request on {units:,} units with {units * NOMINATIONS:,} nominations

One unit changed its statistics in time; everything is judged as it would be after the merge. The peer checks out the head
with `git worktree add` and runs `shenbao check` there, which says less: nothing of who may change what.

| | wall time | CPU time | largest process |
|---|---|---|---|
| check out and check everything | {peer.wall:.1f} s | {peer.cpu:.1f} s | {peer.peak:.0f} MiB |
| `shenbao check --base main --head pr`, nothing remembered | {first.wall:.1f} s | {first.cpu:.1f} s | {first.peak:.0f} MiB |
| the same, the other units remembered | {again.wall:.1f} s | {again.cpu:.1f} s | {again.peak:.0f} MiB |

- **{peer.wall / again.wall:.1f} times faster** than checking everything out, and {first.wall / again.wall:.1f} times
  faster than the first time; wanted: under {LIMIT:.0f} s on two cores.
- What is remembered takes {kept / units / 1024:.1f} KiB a unit. Units are remembered by git's own names for their
  folder and ledger, and forgotten when these, the campaign's own files, the program or the clock change what is found.

Where the time of judging a unit for the first time goes (one process, {min(_SAMPLE, units)} units):

| part | share |
|---|---|
{told}
"""


def _repository(workshop: Path, units: int) -> tuple[Path, str]:
    root = workshop / f"judge-{units}"
    print(f"    writing and committing {units * NOMINATIONS:,} nominations")
    write(root, Plan(units, 0, NOMINATIONS, seed=1))
    _git(root, "init", "-q", "-b", "main")
    _git(root, "add", "-A")
    _git(root, "commit", "-q", "-m", "base")
    _git(root, "gc", "-q")
    _git(root, "checkout", "-q", "-b", "pr")
    file = min((root / "data" / "cities").iterdir()) / "statistics.yml"
    file.write_bytes(file.read_bytes() + "# 更正\n".encode())
    _git(root, "commit", "-q", "-a", "-m", "pr")
    _git(root, "checkout", "-q", "main")
    return root, file.parent.name


def _git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "-c", "gc.auto=0"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True)


def _checkout_and_check(workshop: Path, root: Path) -> Cost:
    out = workshop / "checked-out"
    start = time.monotonic()
    _git(root, "worktree", "add", "-q", "--detach", str(out), "pr")
    spent = time.monotonic() - start
    cost = run([tool("shenbao"), "check", "--now", NOW], folder=out, expect=(0, 1))
    _git(root, "worktree", "remove", "--force", str(out))
    shutil.rmtree(out, ignore_errors=True)
    return Cost(cost.wall + spent, cost.cpu, cost.peak)


def _shares(root: Path) -> dict[str, float]:
    """The shares of git, YAML, schema and rules in judging units one after the other."""
    spent = {"git (`cat-file --batch`)": 0.0, "YAML": 0.0, "JSON Schema": 0.0}
    git, yaml, schema = spent
    with GitTree(root, "main") as tree:
        campaign = load_campaign(tree)
        listed = list_submissions(tree, campaign)
        context = Context(campaign, listed, datetime.fromisoformat(NOW))
        folders = list(listed.folders.values())[:_SAMPLE]
        undo = [
            _timed(GitTree, "read", spent, git),
            _timed(submissions, "parse", spent, yaml),
            _timed(judging_units, "validate", spent, schema),
        ]
        start = time.perf_counter()
        for folder in folders:
            judging_units.judge_unit(folder, context)
        total = time.perf_counter() - start
        for back in undo:
            back()
    shares = {name: seconds / total for name, seconds in spent.items()}
    return {**shares, "rules, gathering, and the rest": 1 - sum(shares.values())}


def _timed(owner: Any, name: str, spent: dict[str, float], key: str) -> Callable[[], None]:
    """Add the time that ``owner.name`` takes to ``spent[key]``; gives what undoes it."""
    plain = getattr(owner, name)

    def timed(*args: Any, **more: Any) -> Any:
        start = time.perf_counter()
        try:
            found = plain(*args, **more)
            return list(found) if key == "JSON Schema" else found
        finally:
            spent[key] += time.perf_counter() - start

    setattr(owner, name, timed)
    return lambda: setattr(owner, name, plain)
