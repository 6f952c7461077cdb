"""The style sheet and the script of the site, joined from small files, and those of the form pages, each named by its content."""

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


def form_scripts() -> dict[str, Asset]:
    """The scripts of the form pages, which only they load, by page (``start``, ``item``), and their ``licences``.

    Nothing where ``make setup`` has not built them.
    """
    built = {path.stem: path for path in sorted((FOLDER / "form").glob("*.*"))}
    if not {"item", "start"} <= built.keys():
        return {}
    found = {}
    for name, path in built.items():
        content = path.read_text(encoding="utf-8")
        mark = f".{_digest(content)}" if path.suffix == ".js" else ""
        found[name] = Asset(f"assets/form/{name}{mark}{path.suffix}", content)
    return found


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:10]


def joined(kind: str) -> Asset:
    """All the small files of a kind (``css`` or ``js``) as one."""
    parts = sorted((FOLDER / kind).glob(f"*.{kind}"))
    content = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    return Asset(f"assets/shenbao.{_digest(content)}.{kind}", content)
