"""The campaign as a folder: the main branch, and over it every version that is received and not yet accepted.

The sites are built from it, and live checks read it. It is a linked work tree of the repository, so that ``git log``
and ``shenbao ledger verify`` work in it; only this module writes there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from build_tools.history import GitTree, Writer
from build_tools.ledger import Ledger
from build_tools.standing import Stage, standing
from build_tools.submissions import CITIES, LEDGER, UnitFolder, list_submissions, read_ledger
from build_tools.tree import WorkTree
from intake.current import campaign
from intake.journal.models import Submission
from intake.place import Place, place
from intake.projection.store import MAIN, listed

_OPEN = (Stage.RECEIVED, Stage.RETURNED, Stage.ACCEPTED)
_PASSING = "passing"
"""What a file is called until it is whole: one name, so that workers that were killed leave one file at most."""


class Folder:
    """The folder of this place, as brought up to date by one ``writer``: what it knows need not be read again."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._main = ""
        self._files: dict[str, str] = {}

    def refresh(self, units: Iterable[str] = ()) -> bool:
        """Bring the folder up to date; says whether anything changed.

        Everything is looked at the first time; after that, ``units`` (slugs) and what changed on the main branch.
        """
        here, main = place(), self._writer.tip(MAIN)
        if not self._main:
            link(here)
            self._files = _manifest(here)
            former, wanted = self._files, listed(self._writer, main) | _open_versions(self._writer, main)
        else:
            parts = _parts(self._writer, self._main, main, units)
            slugs = {slug for slug, path in parts if slug}
            paths = {path for _, path in parts}
            former = {path: blob for path, blob in self._files.items() if _part(path) in parts}
            wanted = listed(self._writer, main, paths) | _open_versions(self._writer, main, slugs)
        changed = [path for path, blob in wanted.items() if former.get(path) != blob]
        gone = [path for path in former if path not in wanted]
        for path in changed:
            _put(here, path, self._writer.repository.data(wanted[path]))
        for path in gone:
            _remove(here.tree, path)
        self._files = {path: blob for path, blob in self._files.items() if path not in former} | wanted
        if changed or gone:
            _remember(here, self._files)
        self._main = main
        return bool(changed or gone)

    def named(self) -> Named:
        """The folder as it is now, in which what lies there has names."""
        return Named(place().tree, self._files)


class Named(WorkTree):
    """The folder as a tree that tells what changed, by git's names: only this module writes there."""

    def __init__(self, root: Path, blobs: Mapping[str, str]) -> None:
        super().__init__(root)
        self._blobs = blobs
        self._below: dict[str, list[str]] = {}
        for path, blob in sorted(blobs.items()):
            slug, part = _part(path)
            if slug and part != path:
                self._below.setdefault(part, []).append(f"{path}\0{blob}\0")

    def fingerprint(self, path: str) -> str:
        """See :meth:`Tree.fingerprint`; a folder is a unit's own."""
        if path in self._below:
            return sha256("".join(self._below[path]).encode("utf-8", "surrogateescape")).hexdigest()
        return self._blobs.get(path, "")


def refresh(writer: Writer) -> bool:
    """Bring the whole folder up to date; says whether anything changed."""
    return Folder(writer).refresh()


def _part(path: str) -> tuple[str, str]:
    """What changes together with ``path``: a unit's slug and its folder or ledger, or no slug and the path itself."""
    data, _, rest = path.partition("/")
    kind, _, below = rest.partition("/")
    if f"{data}/{kind}" == CITIES and "/" in below:
        slug = below.partition("/")[0]
        return slug, f"{CITIES}/{slug}"
    if f"{data}/{kind}" == LEDGER and below.endswith(".yml"):
        return below.removesuffix(".yml"), path
    return "", path


def _parts(writer: Writer, old: str, new: str, units: Iterable[str]) -> set[tuple[str, str]]:
    """The parts of the folder that ``units`` or the way of the main branch from ``old`` to ``new`` concern."""
    told = writer.repository.run("diff_tree", "-r", "-z", "--name-only", "--no-renames", old, new)
    paths = [os.fsdecode(path) for path in told.split(b"\0") if path] if old != new else []
    found = {_part(path) for path in paths}
    for slug in {*units, *(slug for slug, _ in found if slug)}:
        found |= {(slug, f"{CITIES}/{slug}"), (slug, f"{LEDGER}/{slug}.yml")}
    return found


def link(here: Place) -> None:
    """Make the folder a work tree of the repository, on its main branch, and let printing find the office's fonts."""
    git_dir = here.repository / "worktrees" / "tree"
    if not (here.tree / ".git").exists():
        here.tree.mkdir(parents=True, exist_ok=True)
        git_dir.mkdir(parents=True, exist_ok=True)
        (git_dir / "commondir").write_text("../..\n", encoding="ascii")
        (git_dir / "gitdir").write_text(f"{here.tree / '.git'}\n", encoding="utf-8")
        (git_dir / "HEAD").write_text(f"ref: {MAIN}\n", encoding="ascii")
        (here.tree / ".git").write_text(f"gitdir: {git_dir}\n", encoding="utf-8")
    fonts = here.tree / "fonts"
    if (here.root / "fonts").is_dir() and not fonts.exists():
        with suppress(FileExistsError):
            fonts.symlink_to(here.root / "fonts", target_is_directory=True)


def _ledgers(writer: Writer, main: str, slugs: Collection[str] | None) -> dict[str, UnitFolder]:
    """The units' folders on the main branch with their ledgers read; nothing else is."""
    held = campaign()
    units = tuple(unit for unit in held.units if slugs is None or unit.slug in slugs)
    paths = [LEDGER] if slugs is None else [f"{LEDGER}/{unit.slug}.yml" for unit in units]
    tree = GitTree(writer.repository, main, paths=paths)
    folders = list_submissions(tree, replace(held, units=units)).folders
    for folder in folders.values():
        if folder.ledger_file is not None:
            found, _ = read_ledger(tree, held, folder.ledger_file)
            folder.ledger = found or Ledger(folder.slug)
    return folders


def _open_versions(writer: Writer, main: str, slugs: Collection[str] | None = None) -> dict[str, str]:
    """Path to blob of the versions that stand and came through the intake, of all units or of those named."""
    held, folders = campaign(), _ledgers(writer, main, slugs)
    lines = Submission.objects.exclude(recorded_at=None).order_by("id")
    if slugs is not None:
        lines = lines.filter(unit__in=slugs)
    by_version: dict[tuple[str, str, str], Submission] = {}
    for line in lines.only("unit", "document", "digest", "blobs").iterator():
        by_version[line.unit, line.document, line.digest] = line
    found: dict[str, str] = {}
    for (unit, document, version), line in by_version.items():
        located = held.locate(document)
        if located is None or unit not in folders:
            continue
        stands = standing(held, folders[unit].ledger, located[0], document)
        if stands.stage in _OPEN and stands.digest == version:
            found |= line.blobs
    return found


def _manifest(here: Place) -> dict[str, str]:
    """What lies in the folder, by path; nothing where that is not known, and then everything is written anew."""
    with suppress(OSError, ValueError):
        told = json.loads((here.var / "tree.json").read_text(encoding="utf-8"))
        if isinstance(told, dict):
            return {str(path): str(blob) for path, blob in told.items()}
    known = WorkTree(here.tree)
    return {entry.path: "" for folder in ("data", "schemas", "docs") for entry in known.files(folder)}


def _remember(here: Place, files: dict[str, str]) -> None:
    passing = here.var / _PASSING
    passing.write_text(json.dumps(files, ensure_ascii=False), encoding="utf-8")
    passing.replace(here.var / "tree.json")


def _put(here: Place, path: str, data: bytes) -> None:
    file = here.tree / path
    if file.is_dir() and not file.is_symlink():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    passing = here.var / _PASSING
    passing.write_bytes(data)
    passing.replace(file)


def _remove(tree: Path, path: str) -> None:
    file = tree / path
    with suppress(FileNotFoundError, IsADirectoryError):
        file.unlink()
    for folder in file.relative_to(tree).parents:
        with suppress(OSError):
            if folder != Path():
                (tree / folder).rmdir()
