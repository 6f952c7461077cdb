"""Rewrite ``expected.txt`` of every case, or of the cases whose names start as given; read the diff after.

Run with the project's Python: ``python tests/bless.py [F01 …]``. A case that does not show its own
rule is named and fails the run, so that a mistake is not blessed silently.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from harness import cases, codes, judge, lay_out


def bless(prefixes: list[str]) -> int:
    """Write the findings of each chosen case beside it; return how many do not show their own rule."""
    wrong = 0
    for case in cases():
        if prefixes and not case.name.startswith(tuple(prefixes)):
            continue
        with tempfile.TemporaryDirectory() as folder:
            lay_out(Path(folder), case)
            found = judge(Path(folder), case)
        if found != case.expected():
            (case.folder / "expected.txt").write_text(found, encoding="utf-8")
            sys.stdout.write(f"{case.name}\n{found}")
        if case.code not in codes(found):
            sys.stdout.write(f"{case.name}: does not show {case.code}\n")
            wrong += 1
    return wrong


if __name__ == "__main__":
    sys.exit(1 if bless(sys.argv[1:]) else 0)
