"""Git, as a source of bytes and of dates.

One ``git log`` pass for all files (``log``), every version of some (``versions``), a commit read as a tree (``tree``),
what a proposed commit would change (``changes``), and commits made without a work tree (``writing``). GitPython is
used as a command runner only (``repository``).
"""

from build_tools.history.changes import MOST_CHANGES, Change, Comparison, Side, changed_paths, compare
from build_tools.history.log import FileHistory, History, read_history
from build_tools.history.repository import (
    BadRevision,
    GitTrouble,
    NoRepository,
    Repository,
    ShallowClone,
)
from build_tools.history.tree import GitTree
from build_tools.history.versions import Versions
from build_tools.history.writing import Move, Moved, Person, Writer, create

__all__ = [
    "MOST_CHANGES",
    "BadRevision",
    "Change",
    "Comparison",
    "FileHistory",
    "GitTree",
    "GitTrouble",
    "History",
    "Move",
    "Moved",
    "NoRepository",
    "Person",
    "Repository",
    "ShallowClone",
    "Side",
    "Versions",
    "Writer",
    "changed_paths",
    "compare",
    "create",
    "read_history",
]
