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


def form_scripts(*, intake: bool = False) -> dict[str, Asset]:
    """The scripts of the form pages, which only they load, by page (``start``, ``item``), and their ``licences``.

    With ``intake`` those that also talk to the service, and their ``style``. Nothing where ``make setup`` has not
    built them.
    """
    end = "-intake" if intake else ""
    files = {name: FOLDER / "form" / f"{name}{end}.js" for name in ("item", "start")}
    files["licences"] = FOLDER / "form" / "licences.txt"
    if intake:
        files["style"] = FOLDER / "intake.css"
    if not all(path.is_file() for path in files.values()):
        return {}
    found = {}
    for name, path in files.items():
        content = path.read_text(encoding="utf-8")
        mark = "" if path.suffix == ".txt" else f".{_digest(content)}"
        found[name] = Asset(f"assets/form/{path.stem}{mark}{path.suffix}", content)
    return found


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:10]


def joined(kind: str) -> Asset:
    """All the small files of a kind (``css`` or ``js``) as one."""
    parts = sorted((FOLDER / kind).glob(f"*.{kind}"))
    content = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    return Asset(f"assets/shenbao.{_digest(content)}.{kind}", content)
