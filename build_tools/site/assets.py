"""The one style sheet and the one script of the site, each joined from small files and named by its content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "assets"


@dataclass(frozen=True)
class Asset:
    """A file of the site; ``path`` is relative to its root."""

    path: str
    content: str


@cache
def assets() -> tuple[Asset, ...]:
    """The style sheet, the script and the icon. A new content gets a new name, so no browser keeps an old one."""
    icon = (FOLDER / "icon.svg").read_text(encoding="utf-8")
    return (joined("css"), joined("js"), Asset("assets/icon.svg", icon))


def joined(kind: str) -> Asset:
    """All the small files of a kind (``css`` or ``js``) as one."""
    parts = sorted((FOLDER / kind).glob(f"*.{kind}"))
    content = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    digest = hashlib.sha256(content.encode()).hexdigest()[:10]
    return Asset(f"assets/shenbao.{digest}.{kind}", content)
