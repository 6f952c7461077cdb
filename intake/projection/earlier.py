"""What stood before the first version that came through the intake: it came by git or at the counter, and lies in git."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from build_tools.history import GitTree, GitTrouble
from intake.journal.models import Submission
from intake.place import place
from intake.projection.store import document_path

TITLE = "网上提交以前收到的一版"
"""What it is called beside the versions of the intake, which are counted."""


def earlier(first: Submission) -> bytes | None:
    """The document as it stood when ``first``, its first version of the intake, came; ``None`` where there was none,
    or git does not know of ``first`` yet or cannot be asked.
    """
    if not first.commit:
        return None
    try:
        return _stood(place().repository, f"{first.commit}^", document_path(first))
    except (GitTrouble, OSError, LookupError):
        return None


@lru_cache(maxsize=256)
def _stood(repository: Path, revision: str, path: str) -> bytes:
    """A file in a commit, which never changes; raises :class:`GitTrouble` and :class:`OSError`."""
    with GitTree(repository, revision, paths=(path,)) as tree:
        return tree.read(path)
