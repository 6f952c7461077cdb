"""The hand-written pages of a campaign: ``docs/**/*.md``, read for their titles and order only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n---\s*\n", re.DOTALL)
_HEADING = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)
_LAST = 99


@dataclass(frozen=True)
class Written:
    """A page from ``docs/``. ``path`` is relative to it; ``order`` comes from the front matter."""

    path: str
    title: str
    order: int = _LAST


def written_pages(docs: Path) -> tuple[Written, ...]:
    """Every Markdown page below ``docs``, sorted by path; none when the folder is missing."""
    if not docs.is_dir():
        return ()
    return tuple(_read(docs, path) for path in sorted(docs.rglob("*.md")) if path.is_file())


def _read(docs: Path, path: Path) -> Written:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    match = _FRONT_MATTER.match(text)
    meta = dict(re.findall(r"^(title|order):\s*(.+?)\s*$", match[1], re.MULTILINE)) if match else {}
    heading = _HEADING.search(text)
    title = meta.get("title", "").strip("\"'") or (heading[1] if heading else path.stem)
    order = meta.get("order", "")
    return Written(path.relative_to(docs).as_posix(), title, int(order) if order.isdigit() else _LAST)
