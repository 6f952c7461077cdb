"""``shenbao check`` on the shipped campaign: CPU time with start-up, and what it imports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from timing import run, tool

WANTED = 1.0
RUNS = 5
_LISTING = """
import json, sys
from build_tools.cli import main
try:
    main(["check", "--format", "json"])
except SystemExit:
    pass
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def measure(root: Path, workshop: Path) -> str:
    """Check the campaign at ``root`` several times and report."""
    print(f"    shenbao check, {RUNS} times")
    check = [tool("shenbao"), "check", "--root", str(root)]
    costs = [run(check, folder=workshop) for _ in range(RUNS)]
    cpu = sorted(cost.cpu for cost in costs)
    wall = sorted(cost.wall for cost in costs)
    help_only = min(run([tool("shenbao"), "--help"], folder=workshop).cpu for _ in range(RUNS))
    listed = subprocess.run(
        [sys.executable, "-c", _LISTING], cwd=root, capture_output=True, text=True, check=True
    ).stderr
    standard = sys.stdlib_module_names
    imported = [
        name for name in json.loads(listed.splitlines()[-1])
        if name not in standard and name not in ("__main__", "__mp_main__") and not name.startswith("_")
    ]  # fmt: skip
    return f"""## Checking the shipped campaign

{RUNS} runs, start-up included; `shenbao --help` alone takes {help_only:.2f} s of CPU.

| | fastest | median | slowest |
|---|---|---|---|
| CPU time | {cpu[0]:.2f} s | {cpu[RUNS // 2]:.2f} s | {cpu[-1]:.2f} s |
| wall time | {wall[0]:.2f} s | {wall[RUNS // 2]:.2f} s | {wall[-1]:.2f} s |

- Wanted: less than {WANTED:.0f} s of CPU.
- Packages it imports beside the standard library: {", ".join(imported)}.
"""
