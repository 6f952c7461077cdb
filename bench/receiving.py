"""The rush before a deadline: how long a unit waits for its receipt when all submit at once, and git for all of it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import postgres
import rush
from timing import run, tool

NOW = "2012-08-24T10:00:00+08:00"
BURST, OVER = 200, 60.0
LIMIT, PATIENCE = 2.0, 900.0
_LEFT = "select count(*) from journal_submission where recorded_at is null"


@dataclass
class Rush:
    """What one database made of it: the tries, and by how many of them the seconds from the beginning."""

    spread: list[rush.Try]
    burst: list[rush.Try]
    growth: dict[int, float] = field(default_factory=dict)
    projected: dict[int, float] = field(default_factory=dict)
    behind: int = 0
    """Lines that waited for the worker when the burst was answered."""
    caught_up: float = 0.0


def measure(workshop: Path, units: int) -> str:
    """Let every unit submit once within a minute, then ``BURST`` of them in one second, then all as fast as it goes."""
    root = workshop / "rush"
    run(
        [tool("shenbao"), "rehearse", str(root), "--units", str(units), "--nominations", "2"], folder=workshop
    )
    with postgres.cluster() as cluster:
        found = {
            "SQLite": _rush(root, workshop / "rush-sqlite", ""),
            "PostgreSQL": _rush(root, workshop / "rush-postgres", cluster.database()),
        }
    rows = "\n".join(
        _row(name, what, every)
        for name, one in found.items()
        for what, every in (
            (f"{len(one.spread):,} units within {OVER:.0f} s, each once", one.spread),
            (f"{len(one.burst)} units within one second", one.burst),
        )
    )
    told = "\n".join(_growth(name, one) for name, one in found.items())
    return f"""## Receiving {units:,} submissions

Two server processes as `shenbao serve` starts them, and the worker, which carries everything into git and builds both
sites meanwhile. Each submission comes over a connection of its own from a signed-in unit, and is answered when spool and
database are on the disk. The ten minutes of a real rush are pressed into one.

| | | receipts | refused | median wait | p99 | longest |
|---|---|---|---|---|---|---|
{rows}

- Wanted: no refusal, p99 under {LIMIT:.0f} s.
{told}
"""


def _rush(root: Path, var: Path, database: str) -> Rush:
    more = {"SHENBAO_NOW": NOW, "SHENBAO_DATABASE_URL": database}
    var.mkdir()
    slugs = sorted(file.parent.name for file in (root / "data/cities").glob("*/statistics.yml"))
    every = rush.callers(root, var, slugs, **more)
    made = Rush(
        rush.tries(root, every, "statistics", "spread"),
        rush.tries(root, every[:BURST], "statistics", "burst"),
    )
    waves = rush.tries(root, every, "statistics", "growth")
    marks = [len(every) // 4, len(every) // 2, len(every)]
    with rush.working(root, var, **more), rush.served(root, var, **more) as port:
        while not (
            var / "worker.json"
        ).exists():  # the worker's first round makes the repository, once and for ever
            time.sleep(0.1)
        asyncio.run(rush.rush(port, made.spread, over=OVER))
        asyncio.run(rush.rush(port, made.burst, over=1.0))
        _wait_for_git(var, database, made)
        made.growth = asyncio.run(_in_turn(port, waves, marks))
    return made


async def _in_turn(port: int, waves: Sequence[rush.Try], marks: Sequence[int]) -> dict[int, float]:
    """All of ``waves``, fifty at a time; gives the seconds after which so many as each mark says were answered."""
    loop = asyncio.get_running_loop()
    begin, queue, passed = loop.time(), list(waves), dict.fromkeys(marks, 0.0)
    answered = 0

    async def one_after_another() -> None:
        nonlocal answered
        while queue:
            await rush.hand_in(port, queue.pop())
            answered += 1
            if answered in passed:
                passed[answered] = loop.time() - begin

    await asyncio.gather(*(one_after_another() for _ in range(50)))
    return passed


def _wait_for_git(var: Path, database: str, made: Rush) -> None:
    """Watch the worker catch up; ends the benchmark when it does not."""
    begin = time.monotonic()
    made.behind = left = _left(var, database)
    marks = [made.behind // 4, made.behind // 2, made.behind]
    while left:
        time.sleep(0.2)
        left = _left(var, database)
        made.caught_up = time.monotonic() - begin
        for mark in marks:
            if made.behind - left >= mark:
                made.projected.setdefault(mark, made.caught_up)
        if made.caught_up > PATIENCE:
            sys.exit(f"{left} lines wait for git after {PATIENCE:.0f} s")


def _left(var: Path, database: str) -> int:
    return int(rush.asked(var, _LEFT, database=database)[0][0][0])


def _row(name: str, what: str, every: Sequence[rush.Try]) -> str:
    waits = sorted(one.seconds for one in every if one.number)
    receipts, refused = len(waits), sum(len(one.refusals) for one in every)
    middle, most = waits[len(waits) // 2], waits[max(0, int(len(waits) * 0.99) - 1)]
    return (
        f"| {name} | {what} | {receipts:,} | {refused} | {middle:.3f} s | {most:.3f} s | {waits[-1]:.3f} s |"
    )


def _growth(name: str, made: Rush) -> str:
    total = len(made.spread) + len(made.burst)
    return (
        f"- {name}: time for one submission when fifty wait at any moment, {_each(made.growth)}; constant means linear "
        f"growth. When the burst was answered {made.behind:,} of {total:,} lines waited for git; it held all of them "
        f"{made.caught_up:.0f} s later ({_each(made.projected) or 'at once'})."
    )


def _each(passed: dict[int, float]) -> str:
    return ", ".join(
        f"{seconds / size * 1000:.1f} ms at {size:,}" for size, seconds in passed.items() if size
    )
