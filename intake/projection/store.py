"""The bare repository: how it begins, what its branches are called, and who stands in its commits.

The office's own files (the campaign, schemas, written pages) follow the folder that the office keeps; units' files and
the ledger are taken from there once, when the repository is made, and from then on change by what is received and done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from build_tools.campaign import Unit
from build_tools.history import GitTree, Move, Person, Repository, Writer, create
from build_tools.submissions import CITIES, LEDGER
from build_tools.tree import WorkTree
from intake.current import campaign, now
from intake.journal.models import Submission
from intake.people.models import Account
from intake.place import place

MAIN = "refs/heads/main"
BRANCHES = "refs/heads/submissions"
OFFICE = "refs/intake/office"
"""The office's own files as they lay in its folder at the last start."""

RECEIPT, ACTION = "Receipt", "Action"
"""The trailers by which a commit is found again: what was done is never done twice."""

_FOLDERS = ("data", "schemas", "docs")
_FILES = ("mkdocs.yml",)
_DOMAIN = "intake.invalid"


def open_store() -> Writer:
    """The repository of this place, made and filled when it is not there yet."""
    create(place().repository)
    writer = Writer(Repository.around(place().repository))
    writer.clear_locks()
    follow_the_office(writer)
    return writer


def branch(unit: str, document: str) -> str:
    """One branch for each unit and document, so that a resubmission updates the same review."""
    return f"{BRANCHES}/{unit}/{document}"


def service(at: datetime) -> Person:
    """The committer of everything."""
    return Person("申报台", f"intake@{_DOMAIN}", _local(at))


def unit_person(unit: Unit, at: datetime) -> Person:
    """The author of what a unit submits: the unit, not the person at its desk."""
    return Person(unit.bureau, f"{unit.slug}@{_DOMAIN}", _local(at))


def office_person(account: Account, at: datetime) -> Person:
    """The author of what the office does."""
    return Person(account.name, f"{account.username}@{_DOMAIN}", _local(at))


def _local(at: datetime) -> datetime:
    return at.astimezone(campaign().timezone)


def follow_the_office(writer: Writer) -> None:
    """Commit what the office changed in its own files since the last start; all of its files at the first.

    What changed on the main branch otherwise, because it was merged on a forge, stays: only what is different from the
    folder as it was at the last start is the office's change.
    """
    main, former = writer.tip(MAIN), writer.tip(OFFICE)
    there = listed(writer, main)
    paths = list(_office_files(whole=not main))
    blobs = writer.blobs([place().root / path for path in paths])
    kept = dict(zip(paths, blobs, strict=True))
    own = {path: blob for path, blob in kept.items() if not _is_unit_file(path)}
    before = (
        listed(writer, former) if former else {p: blob for p, blob in there.items() if not _is_unit_file(p)}
    )
    gone = [path for path in before if path not in kept and path in there]
    files: dict[str, str | None] = dict.fromkeys(gone)
    changed = kept if not main else {path: blob for path, blob in own.items() if before.get(path) != blob}
    files |= {path: blob for path, blob in changed.items() if there.get(path) != blob}
    at, moves = now(), []
    person = Person("活动办公室", f"office@{_DOMAIN}", at)
    if files:
        message = f"{'更新' if main else '建立'}活动：{campaign().short_title}\n"
        parents = [main] if main else []
        commit = writer.commit(
            writer.tree(main, files), parents, message, author=person, committer=service(at)
        )
        moves.append(Move(MAIN, commit, main))
    if not former or own != before:
        tree = writer.tree("", dict(own))
        seen = writer.commit(tree, [], "活动办公室的文件夹\n", author=person, committer=service(at))
        moves.append(Move(OFFICE, seen, former))
    writer.move(moves)


def _is_unit_file(path: str) -> bool:
    return path.startswith((f"{CITIES}/", f"{LEDGER}/"))


def _office_files(*, whole: bool) -> Iterator[str]:
    tree = WorkTree(place().root)
    for folder in _FOLDERS:
        for entry in tree.files(folder):
            if entry.is_file and (whole or not _is_unit_file(entry.path)):
                yield entry.path
    for path in _FILES:
        if (place().root / path).is_file():
            yield path


def listed(writer: Writer, commit: str, within: Collection[str] = ("",)) -> dict[str, str]:
    """Path to blob of the campaign's files in ``commit`` that are or lie in one of ``within``; nothing without one."""
    if not commit:
        return {}
    tree = GitTree(writer.repository, commit, paths=within)
    paths = [entry.path for folder in _FOLDERS for entry in tree.files(folder)]
    return {path: tree.fingerprint(path) for path in (*paths, *_FILES) if tree.is_file(path)}


def trailers(writer: Writer, key: str, revisions: list[str]) -> dict[str, str]:
    """The commits among ``revisions`` (as ``git log`` takes them) that carry ``key``: its value to the commit."""
    form = f"--format=%H %(trailers:key={key},valueonly,separator=%x2C)"
    told = writer.repository.run("log", form, *revisions, "--").decode("utf-8", "replace")
    pairs = (line.split(" ", 1) for line in told.splitlines() if line)
    return {value: commit for commit, value in pairs if value}


def document_path(submission: Submission) -> str:
    """Where the document of ``submission`` lies, from the campaign's root: by its unit, never by what came."""
    held = campaign()
    located = held.locate(submission.document)
    if located is None:
        raise LookupError(submission.document)
    item, number = located
    return f"{held.unit_by_slug[submission.unit].folder}/{item.path(number)}"
