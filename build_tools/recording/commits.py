"""What came in between two commits, for CI: the files that differ were received, those that are gone withdrawn.

Only the bytes in the two commits count. When a commit says it was made has no say: the time is the one a server
stamped, and is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from build_tools.campaign import Campaign, Item, Unit
from build_tools.checks.materials import references
from build_tools.history import GitTree, changed_paths
from build_tools.ledger import Kind, digest
from build_tools.recording.book import Book, Books, Recorded, event
from build_tools.recording.events import settle
from build_tools.recording.request import BadRequest, Request
from build_tools.standing import Stage
from build_tools.submissions import CITIES, UnitFolder, list_submissions, read_document

GONE = "单位删去文件"
"""Why a document whose file was deleted is withdrawn."""


def record_received(
    root: Path,
    campaign: Campaign,
    now: datetime,
    asked: Request,
    *,
    base: str,
    head: str,
    times: Mapping[str, datetime] | None = None,
    unit: Unit | None = None,
    dry_run: bool = False,
) -> list[Recorded]:
    """Record every document that is not the same in ``base`` and ``head``, of one ``unit`` or of all.

    ``asked`` gives source, names, and the time of all, unless ``times`` gives that of each path: a document came when
    the last of what it consists of came. What the ledger knows already is left out, so that the same push can be
    recorded twice. An attachment has no digest of its own in the ledger: where only an attachment changed, each
    document that names it counts as received again, or a photo mended after a return would never end the return.
    Raises what :func:`~build_tools.recording.events.record` does, :class:`BadRequest` for a path without a time, and
    ``GitTrouble``.
    """
    paths = changed_paths(root, base, head, CITIES)

    def decide(books: Books) -> list[Recorded]:
        when = partial(_latest, times, books.now if asked.at is None else asked.at)
        recorded: list[Recorded] = []
        with GitTree(root, head) as tree:
            folders = list_submissions(tree, campaign).folders
            for one in campaign.units if unit is None else (unit,):
                start = f"{one.folder}/"
                changed = {path.removeprefix(start) for path in paths if path.startswith(start)}
                if changed:
                    book = books.of(one)
                    for kind, document, version, at in _told(book, folders[one.slug], tree, changed, when):
                        source, reason = (asked.source, "") if kind is Kind.RECEIVED else ("", GONE)
                        stamps = books.stamps(at)
                        told = event(
                            kind, document, asked.by, stamps, digest=version, source=source, reason=reason
                        )
                        recorded.append(book.add(told))
        return recorded

    return settle(root, campaign, now, decide, dry_run=dry_run)


def _latest(times: Mapping[str, datetime] | None, of_all: datetime, paths: Iterable[str]) -> datetime:
    """When the last of ``paths`` came; raises :class:`BadRequest`."""
    if times is None:
        return of_all
    try:
        return max(times[path] for path in paths)
    except KeyError as error:
        raise BadRequest(f"--times 里没有“{error.args[0]}”的时间") from error


def _told(
    book: Book,
    folder: UnitFolder,
    tree: GitTree,
    changed: set[str],
    when: Callable[[Iterable[str]], datetime],
) -> Iterator[tuple[Kind, str, str, datetime]]:
    """Kind, document, digest and time of what ``changed`` (paths in the unit's ``folder``) means, in the notice's
    order; ``when`` some paths came."""
    campaign, start = book.campaign, f"{book.unit.folder}/"
    folder.documents = [read_document(tree, listed) for listed in folder.listed]
    parts: dict[str, set[str]] = {}
    for one in references(folder, campaign):
        if one.path in changed:
            parts.setdefault(one.document.name, set()).add(start + one.path)
    for document in folder.documents:
        whole = document.path.removeprefix(start) in changed
        came = parts.get(document.name, set()) | ({document.path} if whole else set())
        if came:
            version, at = document.digest or digest(tree.read(document.path)), when(came)
            if not _knows(book, document.name, version, at, whole=whole):
                yield Kind.RECEIVED, document.name, version, at
    there = {path for path, entry in folder.entries.items() if entry.is_file}
    for path in sorted(changed - there):
        located = campaign.item_of(path)
        name = path.rpartition("/")[2].removesuffix(".yml")
        if located is not None and _is_to_withdraw(book, located[0], name, when([start + path])):
            yield Kind.WITHDRAWN, name, "", when([start + path])


def _is_to_withdraw(book: Book, item: Item, name: str, at: datetime) -> bool:
    """Whether the ledger holds the document, and not yet that it is gone."""
    known = any(e.kind is Kind.WITHDRAWN and e.at >= at for e in book.ledger.of(name))
    return not known and book.standing(item, name, at).stage not in (Stage.NONE, Stage.WITHDRAWN)


def _knows(book: Book, name: str, version: str, at: datetime, *, whole: bool) -> bool:
    """Whether the ledger has this receipt: the very same one, or, of a ``whole`` document, that version as the last."""
    events = [e for e in book.ledger.of(name) if e.kind in (Kind.RECEIVED, Kind.RETURNED, Kind.WITHDRAWN)]
    if any(e.kind is Kind.RECEIVED and (e.digest, e.at) == (version, at) for e in events):
        return True
    last = events[-1] if events else None
    return whole and last is not None and last.kind is Kind.RECEIVED and last.digest == version
