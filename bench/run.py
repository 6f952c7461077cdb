"""``make bench``: measure, and write ``bench/RESULTS.md``. ``--quick`` for small sizes, ``--only`` for one part.

The whole takes about two hours, one of them the hour in which the forge is away.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT)]
sys.path.append(str(ROOT / "tests"))  # the host of a folder, and what else tests and benchmarks share

import building  # noqa: E402 - the path comes first
import checking  # noqa: E402
import failing  # noqa: E402
import filling  # noqa: E402
import judging  # noqa: E402
import machine  # noqa: E402
import outage  # noqa: E402
import printing  # noqa: E402
import receiving  # noqa: E402
import starting  # noqa: E402


def main() -> None:
    # Told to end, it leaves as by itself: what it started and what it wrote goes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes; prints and writes nothing")
    parser.add_argument(
        "--only",
        choices=["check", "judge", "build", "print", "start", "fill", "receive", "fail", "outage"],
        help="one part; prints and writes nothing",
    )
    chosen = parser.parse_args()
    files, sizes, pages = (2_000, (5, 30, 120), 30) if chosen.quick else (20_000, (22, 300, 3_000), 300)
    units = 100 if chosen.quick else 3_000
    kills = 30 if chosen.quick else 1_000
    forms = 60 if chosen.quick else 500
    with tempfile.TemporaryDirectory(prefix="shenbao-bench-") as folder:
        workshop = Path(folder)
        parts: dict[str, Callable[[], str]] = {
            "check": lambda: checking.measure(workshop, files),
            "judge": lambda: judging.measure(workshop, units),
            "build": lambda: building.measure(workshop, sizes, pages),
            "print": lambda: printing.measure(workshop, forms, ROOT),
            "start": lambda: starting.measure(ROOT, workshop),
            "fill": lambda: filling.measure(ROOT, workshop),
            "receive": lambda: receiving.measure(workshop, units),
            "fail": lambda: failing.measure(workshop, kills),
            "outage": lambda: outage.measure(workshop, 30 if chosen.quick else 3_600),
        }
        reports = []
        for name, measure in parts.items():
            if chosen.only in (None, name):
                print(f"==> {name}", flush=True)
                reports.append(measure())
                print(reports[-1], flush=True)
    if not chosen.quick and not chosen.only:
        (HERE / "RESULTS.md").write_text(_page(reports), encoding="utf-8")
        print(f"written to {HERE.name}/RESULTS.md")


def _page(reports: list[str]) -> str:
    day = datetime.now(UTC).date().isoformat()
    head = (
        "# What `make bench` measured\n\n"
        f"{day}, by `bench/run.py`, everything in one run on one machine; only the ratios mean something "
        f"elsewhere.\n\n{machine.described()}\n"
    )
    return "\n".join([head, *reports])


if __name__ == "__main__":
    main()
