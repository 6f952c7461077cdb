"""Git, as a source of bytes and of dates.

One ``git log`` pass for all files (``log``), every version of some (``versions``), a commit read as a tree (``tree``),
and what a proposed commit would change (``changes``). GitPython is used as a command runner only (``repository``).
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

__all__ = [
    "MOST_CHANGES",
    "BadRevision",
    "Change",
    "Comparison",
    "FileHistory",
    "GitTree",
    "GitTrouble",
    "History",
    "NoRepository",
    "Repository",
    "ShallowClone",
    "Side",
    "Versions",
    "changed_paths",
    "compare",
    "read_history",
]
