"""The rush before a deadline: how long a unit waits for its receipt when all submit at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import rush
from timing import run, tool

NOW = "2012-08-24T10:00:00+08:00"
BURST, OVER = 200, 60.0
LIMIT = 2.0


def measure(workshop: Path, units: int) -> str:
    """Let every unit submit once within a minute, then ``BURST`` of them in one second; report the waits."""
    root, var = workshop / "rush", workshop / "rush-var"
    run(
        [tool("shenbao"), "rehearse", str(root), "--units", str(units), "--nominations", "2"], folder=workshop
    )
    var.mkdir()
    slugs = sorted(file.parent.name for file in (root / "data/cities").glob("*/statistics.yml"))
    every = rush.callers(root, var, slugs, SHENBAO_NOW=NOW)
    spread = rush.tries(root, every, "statistics", "spread")
    burst = rush.tries(root, every[:BURST], "statistics", "burst")
    sizes = [len(every) // 4, len(every) // 2, len(every)]
    rates: list[tuple[int, float]] = []
    with rush.served(root, var, SHENBAO_NOW=NOW) as port:
        asyncio.run(rush.rush(port, spread, over=OVER))
        asyncio.run(rush.rush(port, burst, over=1.0))
        for size in sizes:
            waves = rush.tries(root, every[:size], "statistics", f"growth {size}")
            rates.append((size, asyncio.run(_in_turn(port, waves))))
    rows = "\n".join(
        [
            _row(f"{len(every):,} units within {OVER:.0f} s, each once", spread),
            _row(f"{len(burst)} units within one second", burst),
        ]
    )
    growth = ", ".join(f"{seconds / size * 1000:.1f} ms at {size:,}" for size, seconds in rates)
    return f"""## Receiving {units:,} submissions

Two server processes on SQLite, as `shenbao serve` starts them; each submission comes over a connection of its own from a
signed-in unit, and is answered when spool and database are on the disk. The worker is not running. The ten minutes of a
real rush are pressed into one.

| | receipts | refused | median wait | p99 | longest |
|---|---|---|---|---|---|
{rows}

- Wanted: no refusal, p99 under {LIMIT:.0f} s.
- Time for one submission when fifty wait at any moment: {growth}; constant means linear growth.
"""


async def _in_turn(port: int, waves: Sequence[rush.Try]) -> float:
    """All of ``waves``, fifty at a time; gives the seconds it took."""
    loop = asyncio.get_running_loop()
    begin, queue = loop.time(), list(waves)

    async def one_after_another() -> None:
        while queue:
            await rush.hand_in(port, queue.pop())

    await asyncio.gather(*(one_after_another() for _ in range(50)))
    return loop.time() - begin


def _row(what: str, every: Sequence[rush.Try]) -> str:
    waits = sorted(one.seconds for one in every if one.number)
    receipts, refused = len(waits), sum(len(one.refusals) for one in every)
    middle, most = waits[len(waits) // 2], waits[max(0, int(len(waits) * 0.99) - 1)]
    return f"| {what} | {receipts:,} | {refused} | {middle:.3f} s | {most:.3f} s | {waits[-1]:.3f} s |"
