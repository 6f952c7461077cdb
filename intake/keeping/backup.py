"""One archive of everything that cannot be made again, taken while the service runs.

First, between two rounds of the worker, the branches and the database: they agree with each other, and everything they
name is on the disk already. Then the files, which are never changed and go only when nothing has named them for a week, so that
what came meanwhile does no harm. The manifest, with the SHA-256 of every member, stands last. The campaign's files are
copied as they lie there and never read: what is to be mended can be backed up.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.db import connection
from django.db.models import Manager

from build_tools import __version__
from build_tools.history import Repository
from build_tools.tree import WorkTree
from intake.files.disk import sync_folder
from intake.files.models import Draft
from intake.journal.models import Action, Submission
from intake.keeping import database
from intake.keeping.shape import CAMPAIGN, CLOCK, FORM, KEPT, MANIFEST, OFFICE, PACK, REFS
from intake.people.models import Account, Audit
from intake.place import Place, place
from intake.projection.rest import at_rest

COUNTED: dict[str, tuple[str, Manager[Any]]] = {
    "账号": ("people_account", Account.objects),
    "操作记录": ("people_audit", Audit.objects),
    "草稿": ("files_draft", Draft.rows),
    "收文": ("journal_submission", Submission.objects),
    "办理记录": ("journal_action", Action.objects),
}
"""Kinds of lines whose number the manifest tells, so that a restored database can be compared: table and rows."""


class NoBackup(Exception):
    """Nothing was backed up; a Chinese sentence."""


@dataclass(frozen=True)
class Backup:
    """What was written: how many members, their bytes, and the kept files that are no longer what they were."""

    members: int
    size: int
    counts: dict[str, int]
    damaged: tuple[str, ...] = ()


def back_up(out: Path, told: Callable[[str], None] = lambda _: None) -> Backup:
    """Write the archive ``out``, which appears complete or not at all; raises :class:`NoBackup` and ``OSError``."""
    here = place()
    if out.exists():
        raise NoBackup(f"“{out}”已经有了，没有覆盖。请换一个文件名。")
    if out.resolve().is_relative_to(here.var):
        raise NoBackup("备份不能放在收件服务自己的文件夹里，请换一个位置，最好是另一个磁盘。")
    working = out.absolute().parent / f".{out.name}.{secrets.token_hex(4)}"
    working.mkdir(mode=0o700)
    try:
        told("正在复制数据库和代码仓库……")
        with at_rest():
            refs = _refs(here)
            copied = database.copy(working)
        counted = _counts_of(copied)
        pack = _pack(here, refs, working)
        told("正在写入文件……")
        passing = working / "backup.tar"
        with os.fdopen(os.open(passing, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            tar = _Tar(stream)
            tar.file(copied.name, copied)
            tar.text(REFS, refs)
            if pack is not None:
                tar.file(PACK, pack)
            for name, file in _files(here):
                try:
                    tar.file(name, file)
                except FileNotFoundError:
                    if not name.startswith("files/"):  # tidied away meanwhile: nothing names it
                        raise
            tar.finish(counted)
            stream.flush()
            os.fsync(stream.fileno())
        passing.replace(out)
        sync_folder(out.absolute().parent)
    except database.NotCopied as error:
        raise NoBackup(str(error)) from error
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return Backup(len(tar.members), out.stat().st_size, counted, tuple(tar.damaged))


def _counts_of(copied: Path) -> dict[str, int]:
    """How many lines of each kind the copy holds; nothing of a PostgreSQL dump, which cannot be asked."""
    if connection.vendor != "sqlite":
        return {}
    with closing(sqlite3.connect(copied)) as opened:
        return {
            kind: opened.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - a name of ours
            for kind, (table, _) in COUNTED.items()
        }


def _refs(here: Place) -> str:
    """Every branch, a line each: the commit and the branch's full name."""
    if not (here.repository / "HEAD").is_file():
        return ""
    repository = Repository.around(here.repository)
    try:
        return repository.run("for_each_ref", "--format=%(objectname) %(refname)").decode("ascii")
    finally:
        repository.close()


def _pack(here: Place, refs: str, working: Path) -> Path | None:
    """All objects that ``refs`` reach, in one file; nothing where there are none."""
    commits = "".join(f"{line.split(' ')[0]}\n" for line in refs.splitlines())
    if not commits:
        return None
    repository = Repository.around(here.repository)
    try:
        made = repository.run(
            "pack_objects", "--revs", "--quiet", str(working / "objects"), given=commits.encode("ascii")
        )
    finally:
        repository.close()
    return working / f"objects-{made.decode('ascii').strip()}.pack"


def _files(here: Place) -> Iterator[tuple[str, Path]]:
    """Name in the archive and place on the disk of everything beside database and repository, in a fixed order."""
    for folder in KEPT:
        yield from _below(here.var / folder, folder)
    if (here.var / CLOCK).is_file():
        yield CLOCK, here.var / CLOCK
    tree = WorkTree(here.root)
    for folder in OFFICE:
        for entry in tree.files(folder):
            if entry.is_file:
                yield f"{CAMPAIGN}/{entry.path}", here.root / entry.path
    if (here.root / "mkdocs.yml").is_file():
        yield f"{CAMPAIGN}/mkdocs.yml", here.root / "mkdocs.yml"


def _below(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """Files below ``folder``, without those that are being written."""
    for child in sorted(folder.iterdir()) if folder.is_dir() else ():
        if child.is_symlink() or child.name.startswith("."):
            continue
        if child.is_dir():
            yield from _below(child, f"{name}/{child.name}")
        elif child.is_file():
            yield f"{name}/{child.name}", child


@dataclass
class _Tar:
    """Writes members and remembers the SHA-256 of each; no file is ever whole in memory."""

    stream: IO[bytes]
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tar = tarfile.open(fileobj=self.stream, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - see finish

    def file(self, name: str, file: Path) -> None:
        """Add ``file`` as ``name``."""
        with file.open("rb") as source:
            status = os.fstat(source.fileno())
            reader = _Reader(source)
            self._add(name, status.st_size, int(status.st_mtime), reader)
        digest = reader.digest.hexdigest()
        self.members[name] = {"sha256": digest, "size": status.st_size}
        if name.startswith("files/") and digest != file.name:
            self.damaged.append(name)

    def text(self, name: str, text: str) -> None:
        """Add ``text`` as ``name``."""
        data = text.encode()
        self._add(name, len(data), int(datetime.now(UTC).timestamp()), io.BytesIO(data))
        self.members[name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}

    def finish(self, counted: dict[str, int]) -> None:
        """Add the manifest, and end."""
        manifest = {
            "form": FORM,
            "program": __version__,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "database": connection.vendor,
            "counts": counted,
            "members": dict(self.members),
        }
        self.text(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
        self._tar.close()

    def _add(self, name: str, size: int, at: int, source: Any) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, at, 0o600
        self._tar.addfile(info, source)


class _Reader:
    """Reads a file for the archive and makes its digest on the way."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._source.read(size)
        self.digest.update(data)
        return data


def differing_counts(told: dict[str, int]) -> list[str]:
    """A Chinese sentence for each kind of lines of which the database now holds another number than was ``told``."""
    there = {kind: rows.count() for kind, (_, rows) in COUNTED.items()}
    return [
        f"{kind}应有 {told[kind]} 条，恢复后有 {there[kind]} 条。"
        for kind in COUNTED
        if there[kind] != told.get(kind, there[kind])
    ]
