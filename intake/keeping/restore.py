"""From a backup into an empty folder. Nothing stands there before every byte of the archive has been looked at."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from build_tools.history import GitTrouble, Move, Repository, Writer, create
from intake.files.disk import sync_folder
from intake.keeping.shape import CAMPAIGN, CLOCK, DATABASES, FORM, KEPT, MANIFEST, OFFICE, PACK, REFS
from intake.place import Place

_BLOCK = 1024 * 1024
_MOST_MANIFEST = 256 * 1024 * 1024
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE)
_DAMAGED = "备份文件不完整或被改动，没有恢复。请从另一台机器重新复制一份，或换一份备份。"
_FOREIGN = "备份文件里有不该有的内容，没有恢复。请核对它是不是 shenbao intake backup 写出的。"
_REF = re.compile(r"([0-9a-f]{40}) (refs/[!-~]+)\Z")


class NotRestored(Exception):
    """Nothing was restored; a Chinese sentence."""


@dataclass(frozen=True)
class Restored:
    """What came back: the manifest, and the office's files that differ from those of the backup."""

    manifest: dict[str, Any]
    differing: tuple[str, ...] = ()
    dump: Path | None = None
    """A PostgreSQL dump that is still to be put into the database."""


def restore(
    archive: Path, here: Place, vendor: str, told: Callable[[str], None] = lambda _: None
) -> Restored:
    """Put what ``archive`` holds into ``here``, whose ``var`` must be empty; raises :class:`NotRestored` and
    ``OSError``; then no folder is left that was not there.

    ``vendor`` is the kind of database that the environment names.
    """
    if here.var.is_dir() and any(child.name != ".gitignore" for child in here.var.iterdir()):
        raise NotRestored(f"“{here.var}”不是空的，没有恢复。请换一个空文件夹，或先把原来的移走。")
    with _made(here.root, here.var.parent):
        return _into(here, archive, vendor, told)


@contextmanager
def _made(*wanted: Path) -> Iterator[None]:
    """Make these folders, and take away again what was made if nothing came of it."""
    lacking = {folder for one in wanted for folder in (one, *one.parents) if not folder.exists()}
    outwards = sorted(lacking, key=lambda folder: len(folder.parts), reverse=True)
    try:
        for folder in reversed(outwards):
            folder.mkdir()
        yield
    except BaseException:
        for folder in outwards:
            with suppress(OSError):
                folder.rmdir()
        raise


def _into(here: Place, archive: Path, vendor: str, told: Callable[[str], None]) -> Restored:
    working = here.var.with_name(f".{here.var.name}.{secrets.token_hex(4)}")
    try:
        try:
            with tarfile.open(archive, "r:") as tar:
                members = _members(tar)
                manifest = _manifest(tar, members)
                _check_use(manifest, vendor)
                working.mkdir(mode=0o700)
                told("正在核对并取出文件……")
                for name, info in members.items():
                    if name != MANIFEST:
                        _take(tar, info, manifest["members"][name], working / name)
        except (tarfile.TarError, EOFError, KeyError, TypeError, ValueError) as error:
            raise NotRestored(_DAMAGED) from error
        told("正在恢复代码仓库……")
        _repository(working)
        differing = _office(working / CAMPAIGN, here)
        return _settle(working, here, manifest, differing)
    finally:
        shutil.rmtree(working, ignore_errors=True)


def _members(tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    """The members by name, every one of them a plain file of a name that we write."""
    found: dict[str, tarfile.TarInfo] = {}
    for info in tar:
        if (
            info.type not in _PLAIN
            or info.sparse is not None
            or info.name in found
            or not _is_ours(info.name)
        ):
            raise NotRestored(_FOREIGN)
        found[info.name] = info
    if MANIFEST not in found:
        raise NotRestored(_DAMAGED)
    return found


def _is_ours(name: str) -> bool:
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in name or "\0" in name:
        return False
    if name in (MANIFEST, REFS, PACK, CLOCK, *DATABASES.values()):
        return True
    if parts[0] == CAMPAIGN:
        return len(parts) > 1 and (parts[1] in OFFICE or parts[1:] == ["mkdocs.yml"])
    return len(parts) > 1 and parts[0] in KEPT and not any(part.startswith(".") for part in parts)


def _manifest(tar: tarfile.TarFile, members: dict[str, tarfile.TarInfo]) -> dict[str, Any]:
    """The manifest, which names the members that are there, and no others."""
    file = tar.extractfile(members[MANIFEST])
    if file is None or members[MANIFEST].size > _MOST_MANIFEST:
        raise NotRestored(_DAMAGED)
    told = json.loads(file.read())
    if set(told["members"]) != set(members) - {MANIFEST}:
        raise NotRestored(_DAMAGED)
    return dict(told)


def _check_use(manifest: dict[str, Any], vendor: str) -> None:
    if manifest["form"] != FORM:
        raise NotRestored("这份备份由更新的程序写出，没有恢复。请先升级程序。")
    if manifest["database"] != vendor:
        wanted = (
            "PostgreSQL，请设 SHENBAO_DATABASE_URL"
            if vendor == "sqlite"
            else "SQLite，请去掉 SHENBAO_DATABASE_URL"
        )
        raise NotRestored(f"这份备份用的数据库是 {wanted}，再恢复。")


def _take(tar: tarfile.TarFile, info: tarfile.TarInfo, wanted: dict[str, Any], target: Path) -> None:
    source = tar.extractfile(info)
    if source is None:
        raise NotRestored(_DAMAGED)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while block := source.read(_BLOCK):
            digest.update(block)
            size += len(block)
            out.write(block)
    if (digest.hexdigest(), size) != (wanted["sha256"], wanted["size"]):
        raise NotRestored(_DAMAGED)
    os.utime(target, (info.mtime, info.mtime))


def _repository(working: Path) -> None:
    """Make the repository anew from its objects and branches, and let git look at all of it."""
    refs = [_REF.match(line) for line in (working / REFS).read_text(encoding="ascii").splitlines()]
    if not all(refs):
        raise NotRestored(_DAMAGED)
    folder = working / "repository.git"
    pack = working / PACK
    try:
        create(folder)
        repository = Repository.around(folder)
        try:
            if pack.is_file():
                kept = folder / "objects" / "pack" / f"pack-{secrets.token_hex(20)}.pack"
                kept.parent.mkdir(parents=True, exist_ok=True)
                pack.replace(kept)
                repository.run("index_pack", "--strict", str(kept))
            Writer(repository).move([Move(ref[2], ref[1]) for ref in refs if ref])
            repository.run("fsck", "--strict", "--no-dangling")
        finally:
            repository.close()
    except GitTrouble as trouble:
        raise NotRestored(_DAMAGED) from trouble
    shutil.rmtree(working / "repository")


def _office(kept: Path, here: Place) -> tuple[str, ...]:
    """Put the campaign into an empty root; of one that is there, only say which files differ."""
    if not kept.is_dir():
        return ()
    files = sorted(file.relative_to(kept) for file in kept.rglob("*") if file.is_file())
    others = {child.name for child in here.root.iterdir()} - {_top(here), kept.parent.name}
    if not others:
        for path in files:
            (here.root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept / path, here.root / path)
        differing: list[str] = []
    elif not (here.root / "data" / "campaign.yml").is_file():
        raise NotRestored(f"“{here.root}”里有别的文件，却没有活动。请把 --root 指向空文件夹或活动的文件夹。")
    else:
        differing = [path.as_posix() for path in files if not _same(kept / path, here.root / path)]
    shutil.rmtree(kept)
    return tuple(differing)


def _top(here: Place) -> str:
    """The name, directly below the root, of the folder that the service's own lies in."""
    if not here.var.is_relative_to(here.root):
        return ""
    return PurePosixPath(here.var.relative_to(here.root).as_posix()).parts[0]


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and other.read_bytes() == one.read_bytes()


def _settle(working: Path, here: Place, manifest: dict[str, Any], differing: tuple[str, ...]) -> Restored:
    """Put everything in its place in one step, and on the disk."""
    embedded, dump = working / DATABASES["sqlite"], working / DATABASES["postgresql"]
    if embedded.is_file():
        embedded.replace(working / here.database.name)
    for folder in KEPT:
        (working / folder).mkdir(exist_ok=True, mode=0o700)
    (working / ".gitignore").write_text("*\n", encoding="utf-8")
    os.sync()
    if here.var.is_dir():
        (here.var / ".gitignore").unlink(missing_ok=True)
        here.var.rmdir()
    working.replace(here.var)
    sync_folder(here.var.parent)
    return Restored(manifest, differing, here.var / dump.name if (here.var / dump.name).is_file() else None)
