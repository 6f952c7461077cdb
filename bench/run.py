"""``make bench``: measure, and write ``bench/RESULTS.md``, a section for each part, each with its own day.

``--only receive`` measures one part and writes its section alone; ``outage``, which takes an hour, is measured only so.
``--quick`` takes small sizes, prints and writes nothing.
"""

from __future__ import annotations

import argparse
import re
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

RESULTS = HERE / "RESULTS.md"
ALONE = ("outage",)
"""Parts that are measured only when they are named."""


def main() -> None:
    # Told to end, it leaves as by itself: what it started and what it wrote goes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    with tempfile.TemporaryDirectory(prefix="shenbao-bench-") as folder:
        parser = argparse.ArgumentParser(description=__doc__)
        parser.add_argument("--quick", action="store_true", help="small sizes; prints and writes nothing")
        parser.add_argument("--only", choices=_parts(Path(folder), quick=True), help="one part")
        chosen = parser.parse_args()
        parts = _parts(Path(folder), quick=chosen.quick)
        for name, measure in parts.items():
            if chosen.only == name or not (chosen.only or name in ALONE):
                print(f"==> {name}", flush=True)
                report = measure()
                print(report, flush=True)
                if not chosen.quick:
                    _write(name, report, list(parts))


def _parts(workshop: Path, *, quick: bool) -> dict[str, Callable[[], str]]:
    files, sizes, pages = (2_000, (5, 30, 120), 30) if quick else (20_000, (22, 300, 3_000), 300)
    units, kills, forms, away = (100, 30, 60, 30) if quick else (3_000, 1_000, 500, 3_600)
    return {
        "check": lambda: checking.measure(workshop, files),
        "judge": lambda: judging.measure(workshop, units),
        "build": lambda: building.measure(workshop, sizes, pages),
        "print": lambda: printing.measure(workshop, forms, ROOT),
        "start": lambda: starting.measure(ROOT, workshop),
        "fill": lambda: filling.measure(ROOT, workshop),
        "receive": lambda: receiving.measure(workshop, units),
        "fail": lambda: failing.measure(workshop, kills),
        "outage": lambda: outage.measure(workshop, away),
    }


def _write(name: str, report: str, order: list[str]) -> None:
    """Put ``report`` in the place of the part's former one; every other part stays as it was measured."""
    _, *marked = re.split(r"^<!-- (\w+) -->\n", RESULTS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    day = datetime.now(UTC).date().isoformat()
    told = f"{report.strip()}\n\n*{day}, `bench/run.py --only {name}` measures it anew.*\n\n"
    parts = dict(zip(marked[::2], marked[1::2], strict=True)) | {name: told}
    sections = (f"<!-- {part} -->\n{parts[part]}" for part in order if part in parts)
    RESULTS.write_text("".join([_head(), *sections]).rstrip() + "\n", encoding="utf-8")


def _head() -> str:
    return (
        "# What `make bench` measured\n\n"
        "By `bench/run.py`, each part on the day that stands under it, on one machine; only the ratios mean something "
        f"elsewhere.\n\n{machine.described()}\n\n"
    )


if __name__ == "__main__":
    main()
