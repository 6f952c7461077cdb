"""The ``shenbao`` command: argument parsing and nothing else.

Each command lives in a module of its own and is imported only when it is called, so that ``shenbao
check`` does not pay for a site generator.
"""

from build_tools.cli.main import main, run

__all__ = ["main", "run"]
