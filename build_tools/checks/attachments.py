"""The files of the materials folder, looked at by content: kind, size, damage, what they hide.

Only plain files listed in the unit's own folder are read, and none above the size limit. A file that
stands in several places of a campaign is looked into once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from build_tools.campaign import Campaign
from build_tools.checks import attachment_rules as rules
from build_tools.checks.content import WORDS, Trouble, kind_named, kind_of
from build_tools.checks.docx_content import docx_troubles
from build_tools.checks.materials import Reference, attachments, references
from build_tools.checks.pdf_content import pdf_troubles
from build_tools.checks.photo_content import Picture, picture
from build_tools.checks.rule import Context, UnitFamily
from build_tools.findings import Finding, Place, Related, Rule
from build_tools.ledger import digest
from build_tools.submissions import UNREADABLE, UnitFolder
from build_tools.tree import Entry, Tree

PHOTO_KINDS = ("jpg", "png")
WIDTH_MM, HEIGHT_MM = 35, 49
"""The photo box of the form: 小二寸."""

TOLERANCE = 0.03
LEAST_WIDTH, LEAST_HEIGHT = 295, 413
_REMEMBERED = 10_000
_UNREADABLE = ("empty", "broken-zip", "locked")


class Look(NamedTuple):
    """What one look into a file gave: its kind, what is wrong inside, and the picture if it is one."""

    kind: str
    troubles: tuple[Trouble, ...] = ()
    picture: Picture | None = None


def look(data: bytes) -> Look:
    """Look into the file ``data``. Never raises."""
    kind = kind_of(data)
    if kind == "empty":
        return Look(kind, (Trouble("damaged", "文件是空的"),))
    if kind == "broken-zip":
        return Look(kind, (Trouble("damaged", "Office 文件或压缩包的结构不完整"),))
    if kind == "locked":
        return Look(kind, (Trouble("locked", ""),))
    if kind == "pdf":
        return Look(kind, tuple(pdf_troubles(data)))
    if kind == "docx":
        return Look(kind, tuple(docx_troubles(data)))
    if kind in PHOTO_KINDS:
        seen = picture(data)
        return Look(kind, (seen.trouble,) if seen.trouble else (), None if seen.trouble else seen)
    return Look(kind)


class _Named(NamedTuple):
    """A file of the folder and the fields that name it."""

    path: str
    entry: Entry
    by: list[Reference]

    @property
    def photos(self) -> list[Reference]:
        return [reference for reference in self.by if reference.photo]


class Attachments(UnitFamily):
    """Reads every file of the materials folder once."""

    rules = rules.ATTACHMENT_RULES

    def __init__(self) -> None:
        self._looks: dict[str, Look] = {}

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        campaign, tree = context.campaign, context.submissions.tree
        files = attachments(folder, campaign)
        by: dict[str, list[Reference]] = {path: [] for path in files}
        for reference in references(folder, campaign):
            entry = folder.entries.get(reference.path)
            if entry is not None and entry.mode.startswith("100"):
                by.setdefault(reference.path, []).append(reference)
        clause = campaign.materials.clause if campaign.materials else ""
        most = campaign.limits.get("files", 0)
        if most and len(files) > most:
            beyond = files[sorted(files)[most]]
            yield rules.TOO_MANY.finding(Place(beyond.path), clause=clause, number=len(files), limit=most)
        for path in sorted(by):
            named = _Named(path, folder.entries[path], by[path])
            yield from self._file(named, campaign, tree, clause)

    def _file(self, named: _Named, campaign: Campaign, tree: Tree, clause: str) -> Iterator[Finding]:
        def at_file(rule: Rule, **words: Any) -> Finding:
            related = tuple(
                Related(reference.document.place(tree, reference.pointer), "在这里写到")
                for reference in named.by[:1]
            )
            return rule.finding(Place(named.entry.path), related=related, clause=clause, **words)

        photos = named.photos
        most = campaign.limits.get("photo_kib" if photos else "file_kib", 0)
        if most and named.entry.size > most * 1024:
            size = -(-named.entry.size // 1024)
            yield at_file(rules.TOO_LARGE, kind="照片" if photos else "文件", size=size, limit=most)
            return
        try:
            seen = self._look(tree.read(named.entry.path))
        except OSError:
            yield at_file(UNREADABLE)
            return
        accepted = PHOTO_KINDS if photos else campaign.attachment_types
        yield from _content(named.path, seen, accepted, at_file, photo=bool(photos))
        if photos:
            yield from _photo(photos, seen, tree)

    def _look(self, data: bytes) -> Look:
        key = digest(data)
        seen = self._looks.get(key)
        if seen is None:
            if len(self._looks) >= _REMEMBERED:
                self._looks.clear()
            seen = self._looks[key] = look(data)
        return seen


def check_file(path: str, data: bytes, campaign: Campaign) -> list[Finding]:
    """What can be said of one file on its own, before it is known which document names it, and whether as a photo."""
    photos = PHOTO_KINDS if any(item.photo for item in campaign.items) else ()
    accepted = tuple(dict.fromkeys((*campaign.attachment_types, *photos)))
    clause = campaign.materials.clause if campaign.materials else ""
    return list(_content(path, look(data), accepted, partial(_at_file, Place(path), clause)))


def _at_file(place: Place, clause: str, rule: Rule, **words: Any) -> Finding:
    return rule.finding(place, clause=clause, **words)


def _content(
    path: str, seen: Look, accepted: Sequence[str], at_file: Callable[..., Finding], *, photo: bool = False
) -> Iterator[Finding]:
    """What is wrong inside a file, and with its kind; a photo of another kind is named where it is written."""
    for trouble in seen.troubles:
        yield at_file(rules.BY_TROUBLE[trouble.kind], what=trouble.what)
    if seen.kind in _UNREADABLE:
        return
    if seen.kind in accepted:
        if kind_named(path) != seen.kind:
            yield at_file(rules.NAME_DISAGREES, kind=WORDS[seen.kind], extension=seen.kind)
    elif not photo:
        words = "、".join(WORDS.get(kind, kind) for kind in accepted)
        yield at_file(rules.NOT_ACCEPTED, kind=WORDS[seen.kind], accepted=words)


def _photo(photos: list[Reference], seen: Look, tree: Tree) -> Iterator[Finding]:
    """What is wrong with a photo, said at each field that names it."""
    for reference in photos:
        for rule, words in _photo_faults(seen):
            yield rule.finding(
                reference.document.place(tree, reference.pointer),
                reference.pointer,
                clause=reference.item.clause,
                **words,
            )


def _photo_faults(seen: Look) -> Iterator[tuple[Rule, dict[str, Any]]]:
    if seen.kind not in PHOTO_KINDS:
        if seen.kind not in _UNREADABLE:
            yield rules.PHOTO_KIND, {"kind": WORDS[seen.kind]}
        return
    shown = seen.picture
    if shown is None:
        return
    if shown.oddity:
        yield rules.PHOTO_ODD, {"what": shown.oddity}
    size: dict[str, Any] = {"width": shown.width, "height": shown.height}
    wanted = WIDTH_MM / HEIGHT_MM
    if abs(shown.width / shown.height - wanted) > TOLERANCE * wanted:
        yield rules.PHOTO_SHAPE, size
    if shown.width < LEAST_WIDTH or shown.height < LEAST_HEIGHT:
        yield rules.PHOTO_SMALL, {**size, "least_width": LEAST_WIDTH, "least_height": LEAST_HEIGHT}
    if shown.carries:
        yield rules.PHOTO_CARRIES, {"what": shown.carries}


ATTACHMENTS = Attachments()
