"""The campaign as a folder: the main branch, and over it every version that is received and not yet accepted.

The sites are built from it, and live checks read it. It is a linked work tree of the repository, so that ``git log``
and ``shenbao ledger verify`` work in it; only this module writes there.
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from pathlib import Path

from build_tools.history import GitTree, Writer
from build_tools.ledger import Ledger
from build_tools.standing import Stage, standing
from build_tools.submissions import UnitFolder, list_submissions, read_ledger
from build_tools.tree import WorkTree
from intake.current import campaign
from intake.journal.models import Submission
from intake.place import Place, place
from intake.projection.store import MAIN, listed

_OPEN = (Stage.RECEIVED, Stage.RETURNED, Stage.ACCEPTED)


def refresh(writer: Writer) -> bool:
    """Bring the folder up to date; says whether anything changed."""
    here = place()
    link(here)
    wanted = listed(writer, writer.tip(MAIN)) | _open_versions(writer)
    former = _manifest(here)
    changed = [path for path, blob in wanted.items() if former.get(path) != blob]
    gone = [path for path in former if path not in wanted]
    for path in changed:
        _put(here.tree, path, writer.repository.data(wanted[path]))
    for path in gone:
        _remove(here.tree, path)
    if changed or gone:
        _remember(here, wanted)
    return bool(changed or gone)


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


def ledgers(writer: Writer) -> dict[str, UnitFolder]:
    """Every unit's folder on the main branch with its ledger read; nothing else is."""
    held = campaign()
    tree = GitTree(writer.repository, writer.tip(MAIN))
    folders = list_submissions(tree, held).folders
    for folder in folders.values():
        if folder.ledger_file is not None:
            found, _ = read_ledger(tree, held, folder.ledger_file)
            folder.ledger = found or Ledger(folder.slug)
    return folders


def _open_versions(writer: Writer) -> dict[str, str]:
    """Path to blob of the versions that stand and came through the intake."""
    held, folders = campaign(), ledgers(writer)
    by_version: dict[tuple[str, str, str], Submission] = {}
    for line in Submission.objects.exclude(recorded_at=None).order_by("id").iterator():
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
    passing = here.var / f".tree.{secrets.token_hex(4)}"
    passing.write_text(json.dumps(files, ensure_ascii=False), encoding="utf-8")
    passing.replace(here.var / "tree.json")


def _put(tree: Path, path: str, data: bytes) -> None:
    file = tree / path
    if file.is_dir() and not file.is_symlink():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    passing = file.with_name(f".{file.name}.{secrets.token_hex(4)}.tmp")
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
