"""The worker as a process: ``python -m intake.cli.worker``, ``shenbao intake worker``."""

from __future__ import annotations

import os
import sys

from intake.cli.setting import set_up
from intake.place import from_environment

_BEHIND = 5
"""Whoever waits for a receipt comes before git; what the worker starts comes behind the worker."""


def main() -> int:
    """Work until told to stop; 3 when another worker is at work already."""
    os.nice(_BEHIND)
    set_up(from_environment().root)
    from intake.projection.worker import AlreadyRunning, run

    try:
        run()
    except AlreadyRunning as running:
        sys.stderr.write(f"{running}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
