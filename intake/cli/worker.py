"""The worker as a process: ``python -m intake.cli.worker``, ``shenbao intake worker``."""

from __future__ import annotations

import sys

import click

from build_tools.cli.chinese import sentence
from intake.cli.setting import set_up
from intake.place import from_environment


def main() -> int:
    """Work until told to stop; 2 when it cannot begin, 3 when another worker is at work already."""
    try:
        set_up(from_environment().root)
    except click.ClickException as error:
        sys.stderr.write(f"{sentence(error)}\n")
        return 2
    from intake.projection.worker import AlreadyRunning, run

    try:
        run()
    except AlreadyRunning as running:
        sys.stderr.write(f"{running}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
