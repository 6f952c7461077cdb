"""The units' documents and photos as they stand in the repository, for the office's form pages to open.

Nothing of them is public: the public's edition has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from build_tools.campaign import Campaign
from build_tools.checks import Examination
from build_tools.schema.schema import values
from build_tools.site.view import Audience
from build_tools.submissions import Document, UnitFolder
from build_tools.tree import Tree

FOLDER = "files"
"""Below it lies a folder a unit, and in that its files as the unit named them."""

_PICTURES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True)
class Original:
    """A file of the site; ``source`` is its path in the campaign's folder."""

    path: str
    source: str


def originals(examination: Examination, audience: Audience) -> tuple[Original, ...]:
    """Every document that could be read and every photo that one names, for the office only."""
    if audience is not Audience.OFFICE:
        return ()
    return tuple(
        Original(f"{FOLDER}/{folder.slug}/{path}", f"data/cities/{folder.slug}/{path}")
        for folder in examination.submissions.folders.values()
        for path in dict.fromkeys(_files(examination.campaign, folder))
    )


def _files(campaign: Campaign, folder: UnitFolder) -> Iterator[str]:
    for document in folder.documents:
        if document.digest:
            yield document.path.removeprefix(f"data/cities/{folder.slug}/")
    for document in folder.documents:
        yield from (path for path in _photos(campaign, document) if _is_picture(campaign, folder, path))


def _photos(campaign: Campaign, document: Document) -> Iterator[str]:
    for field in campaign.item_by_id[document.item].schema.marked("format", "photo"):
        yield from (value for _, value in values(document.value, field.path) if isinstance(value, str))


def _is_picture(campaign: Campaign, folder: UnitFolder, path: str) -> bool:
    entry = folder.entries.get(path)
    most = campaign.limits.get("photo_kib", 0) * 1024
    return entry is not None and entry.is_file and entry.size <= most and path.lower().endswith(_PICTURES)


def write_originals(tree: Tree, found: tuple[Original, ...], site: Path) -> None:
    """Put the files into ``site``; one that can no longer be read is left out."""
    for original in found:
        try:
            data = tree.read(original.source)
        except OSError:
            continue
        target = site / original.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
