"""Files that nobody meant to send: what keeps a folder in git, what a system or an editor leaves behind."""

from __future__ import annotations

import re

_LEFTOVER = re.compile(
    r"(?:thumbs\.db|desktop\.ini|\.ds_store|~\$.*|\.~.*|\._.*|.*\.(?:tmp|bak|swp|swo|lnk|orig|rej)|.*~)\Z"
)


def is_marker(path: str) -> bool:
    """Whether the file only keeps an otherwise empty folder in git."""
    return path.rsplit("/", 1)[-1] == ".gitkeep"


def is_leftover(path: str) -> bool:
    """Whether a system or an editor left the file there without being asked."""
    return _LEFTOVER.match(path.rsplit("/", 1)[-1].casefold()) is not None
