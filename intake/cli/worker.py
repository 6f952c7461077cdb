"""The worker as a process: ``python -m intake.cli.worker``, ``shenbao intake worker``."""

from __future__ import annotations

import sys

from intake.cli.setting import set_up
from intake.place import from_environment


def main() -> int:
    """Work until told to stop; 3 when another worker is at work already."""
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
