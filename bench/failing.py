"""Kill the service at random moments while it is used, restart it at once, and look whether anything was lost."""

from __future__ import annotations

import sys
from pathlib import Path

from rush_kills import Report, fire
from timing import run, tool

SEED = 20120824


def measure(workshop: Path, kills: int, units: int = 40) -> str:
    """The table of one run; ends the benchmark when anything was lost, doubled or left over."""
    root, var = workshop / "failing", workshop / "failing-var"
    run(
        [tool("shenbao"), "rehearse", str(root), "--units", str(units), "--nominations", "3"], folder=workshop
    )
    report = fire(root, var, kills=kills, seed=SEED, every=0.35)
    if report.faults:
        sys.exit("\n".join(["after the kills:", *report.faults[:50]]))
    return page(report, units)


def page(report: Report, units: int) -> str:
    """What happened, as Markdown."""
    kills = "".join(f"| {what} | {number} |\n" for what, number in sorted(report.kills.items()))
    return f"""## {report.kills.total():,} SIGKILLs under load

Seed {SEED}, {units} units, six clerks who submit and resubmit without end (one in five twice at the same moment), each
try repeated as a form page does; an officer who returns, accepts and records paper. The processes are forked from one
that has loaded everything, so that a restart takes milliseconds; killed with SIGKILL at random moments, begun at once.
Sites are not built meanwhile.

| killed | times |
|---|---|
{kills}
- {report.under_fire:.0f} s under fire; {report.handed_in:,} submissions sent in {report.tries:,} tries, all answered;
  the slowest receipt took {report.slowest:.1f} s with its retries.
- {report.lines:,} lines in the journal, every acknowledged one exactly once; {report.actions.total()} actions of the
  office ({report.actions["done"]} done, {report.actions["refused"]} refused with a reason).
- {report.caught_up:.1f} s after the last kill the worker was idle: every line once on its branch, once on the main
  branch and once in a ledger, every action done once; `git fsck --strict`, `shenbao intake verify` and
  `shenbao ledger verify` clean; no lock and no passing file left.
- {report.spare_bodies} bodies lie in the spool without a line: the process ended before anybody was told.
"""
