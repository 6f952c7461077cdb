"""An invented campaign of any size, for demonstrations, tests and benchmarks; with every defect when asked."""

from __future__ import annotations

from pathlib import Path

from build_tools.rehearse.write import Progress, plan, write

__all__ = ["rehearse"]


def rehearse(
    folder: Path,
    *,
    units: int,
    nominations: int,
    seed: int,
    faults: bool,
    progress: Progress | None = None,
) -> int:
    """Write a synthetic campaign root to ``folder``.

    ``units`` units send ``nominations`` nominations each; the same ``seed`` gives the same bytes. Without
    ``faults`` nothing is wrong with it; with them, one labelled example of every rule is added and listed in
    ``faults.yml``. Returns the number of units written.
    """
    planned = plan(units, nominations, seed)
    if faults:
        from build_tools.rehearse.faults.plant import write_with_faults

        return write_with_faults(folder, planned, progress)
    write(folder, planned, progress)
    return planned.units
