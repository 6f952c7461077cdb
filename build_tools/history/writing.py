"""Commits made by plumbing: objects are written, then branches moved, each only from where it was expected to be.

No index, no work tree, no hook. What is written is on the disk before a branch points to it (``core.fsync``), and
the same commit asked for twice is the same object, so that work that was cut off can be done again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from build_tools.history.packing import UNFINISHED, Packing
from build_tools.history.repository import GitTrouble, Repository
from build_tools.history.storing import PASSING, Storing
from build_tools.tree import PLAIN

_FOLDER = b"40000"
_NOTHING = "0" * 40
_ID = 20
"""Bytes of an object's name in a folder."""
_REMEMBERED = 64
"""Folders, which never change under their name."""


class Person(NamedTuple):
    """Whoever wrote or committed, and when."""

    name: str
    email: str
    at: datetime


class Move(NamedTuple):
    """A branch's way from ``old`` (empty: it is not there yet) to ``new``; ``ref`` is its full name."""

    ref: str
    new: str
    old: str = ""


class Moved(GitTrouble):
    """A branch was not where it was expected to be: somebody else moved it. Nothing was moved; read, and try again."""

    def __init__(self) -> None:
        super().__init__("仓库中的分支刚刚被别的程序改动，没有写入；请重试。")


def create(folder: Path) -> None:
    """Make an empty bare repository at ``folder``, whose main branch is ``main``; one that is there stays.

    Raises :class:`GitTrouble` where none can be made: the disk is full, or something else lies there.
    """
    from git import Git, GitCommandError

    if (folder / "HEAD").is_file():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        Git(str(folder.parent)).init("--bare", "--quiet", "--initial-branch=main", "--template=", str(folder))
    except GitCommandError as error:
        raise GitTrouble("代码仓库没有建成；请核对磁盘空间，以及存放数据的文件夹能否写入。") from error


class Writer:
    """Writes into one repository; only one may be at work on it (see ``clear_locks``)."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._stores = {kind: Storing(repository, kind) for kind in ("blob", "tree", "commit")}
        self._packing = Packing(repository)
        self._folders: dict[str, dict[bytes, bytes]] = {}

    def close(self) -> None:
        """End every process at work for it."""
        for store in self._stores.values():
            store.close()
        self._packing.close()
        self.repository.close()

    def tip(self, ref: str) -> str:
        """The commit that a branch is at; empty when there is no such branch.

        Raises :class:`GitTrouble` for a branch whose commit is lost, which is not to be begun anew.
        """
        found = self.repository.resolve(ref)
        if not found and ref and self.repository.run("rev_parse", "--verify", "--quiet", ref, fails=(1,)):
            raise GitTrouble("分支指向的版本在仓库中缺失；请从备份恢复仓库，或取回缺失的对象，再重试。")
        return found

    def tips(self, refs: Iterable[str]) -> dict[str, str]:
        """The branches among ``refs`` that there are, with their commits, by one command; says nothing of lost objects."""
        asked = list(refs)
        told = self.repository.run("for_each_ref", "--format=%(objectname) %(refname)", *asked).decode(
            "ascii"
        )
        found = {ref: commit for commit, ref in (line.split(" ", 1) for line in told.splitlines())}
        return {ref: found[ref] for ref in asked if ref in found}

    def blob(self, data: bytes) -> str:
        """Store a file's bytes; gives git's name for them."""
        return self._stores["blob"].put(data)

    def blobs(self, files: Sequence[Path]) -> list[str]:
        """Store many files of the disk at once; gives git's names in their order."""
        if any("\n" in str(file) for file in files):
            return [self.blob(file.read_bytes()) for file in files]
        given = "".join(f"{file.resolve()}\n" for file in files).encode("utf-8", "surrogateescape")
        return self._said("hash_object", "-w", "--no-filters", "--stdin-paths", given=given).split()

    def tree(self, base: str, files: Mapping[str, str | None]) -> str:
        """The folder of ``base`` (a commit, or empty for none) with ``files``: path to blob, ``None`` where one goes.

        Paths are relative to the repository's top. Folders that become empty disappear.
        """
        return self._folder(self._root(base), files) or self._stores["tree"].put(b"")

    def commit(
        self, tree: str, parents: Iterable[str], message: str, *, author: Person, committer: Person
    ) -> str:
        """A commit that no branch points to yet."""
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
        lines += [f"author {_told(author)}", f"committer {_told(committer)}"]
        head = "\n".join(lines)
        return self._stores["commit"].put(f"{head}\n\n{message}".encode())

    def move(self, moves: Iterable[Move]) -> None:
        """Move branches, all of them or none; raises :class:`Moved` when one is not at its old place."""
        asked = [move for move in moves if move.new != move.old]
        if not asked:
            return
        lines = [f"update {move.ref}\0{move.new}\0{move.old or _NOTHING}\0" for move in asked]
        given = "".join(["start\0", *lines, "prepare\0", "commit\0"]).encode()
        try:
            self.repository.run("update_ref", "--stdin", "-z", given=given)
        except GitTrouble as trouble:
            if any(self.tip(move.ref) != move.old for move in asked):
                raise Moved from trouble
            raise

    def pack(self) -> None:
        """Begin to put what lies in small files into few large ones; :meth:`close` ends it.

        Raises :class:`GitTrouble` when the last time did not succeed.
        """
        self._packing.begin()

    def clear_locks(self) -> int:
        """Remove the locks and the unfinished objects that a killed git left behind; gives how many locks.

        Only for whoever holds a lock of our own on the repository: then no git of ours is at work.
        """
        common = self.repository.place.common
        found = [*common.glob("*.lock"), *(common / "refs").rglob("*.lock")]
        unfinished = [*common.glob(f"{PASSING}*")]
        unfinished += [file for name in UNFINISHED for file in (common / "objects").rglob(name)]
        for file in (*found, *unfinished):
            with suppress(FileNotFoundError):
                file.unlink()
        return len(found)

    def _said(self, command: str, *arguments: str, given: bytes) -> str:
        return self.repository.run(command, *arguments, given=given).decode("ascii").strip()

    def _root(self, base: str) -> str:
        return self.repository.data(base).partition(b"\n")[0].removeprefix(b"tree ").decode() if base else ""

    def _entries(self, tree: str) -> dict[bytes, bytes]:
        """Name to what the stored folder says of it; a folder of thousands is read once, not for each commit."""
        if not tree:
            return {}
        known = self._folders.pop(tree, None)
        if known is None:
            known = dict(_listed(self.repository.data(tree)))
        self._folders[tree] = known
        if len(self._folders) > _REMEMBERED:
            del self._folders[next(iter(self._folders))]
        return dict(known)

    def _folder(self, tree: str, files: Mapping[str, str | None]) -> str:
        """A folder with ``files`` put into it; empty when nothing is left."""
        entries = self._entries(tree)
        moved = False
        below: dict[bytes, dict[str, str | None]] = {}
        for path, blob in files.items():
            first, slash, rest = path.partition("/")
            name = os.fsencode(first)
            if slash:
                below.setdefault(name, {})[rest] = blob
            else:
                moved |= _put(entries, name, PLAIN.encode(), blob)
        for name, inside in below.items():
            mode, known = _said_by(entries[name]) if name in entries else (_FOLDER, "")
            moved |= _put(entries, name, _FOLDER, self._folder(known if mode == _FOLDER else "", inside))
        if not entries:
            return ""
        if moved:
            entries = dict(sorted(entries.items(), key=_place_in_folder))
        return self._stores["tree"].put(b"".join(entries.values()))


def _listed(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name of each entry in a stored folder, and the entry."""
    at = 0
    while at < len(data):
        end = data.index(b"\0", at)
        after = end + 1 + _ID
        yield data[data.index(b" ", at) + 1 : end], data[at:after]
        at = after


def _put(entries: dict[bytes, bytes], name: bytes, mode: bytes, object_: str | None) -> bool:
    """Let ``name`` be ``object_``, or not be there without one; whether the order may be another then."""
    known = entries.get(name, b"")
    if object_:
        entries[name] = b"%s %s\0%s" % (mode, name, bytes.fromhex(object_))
    else:
        entries.pop(name, None)
    return bool(object_) and not known.startswith(mode + b" ")


def _said_by(entry: bytes) -> tuple[bytes, str]:
    """The mode and the object of an entry."""
    return entry.partition(b" ")[0], entry[-_ID:].hex()


def _place_in_folder(named: tuple[bytes, bytes]) -> bytes:
    """Where git sorts an entry: a folder as if its name ended with a slash."""
    name, entry = named
    return name + b"/" if entry.startswith(_FOLDER + b" ") else name


def _told(person: Person) -> str:
    """A person as a commit has them; what would end the name early is left out, as git does."""
    name, email = (word.translate(_CRUD).strip() for word in (person.name, person.email))
    return f"{name} <{email}> {int(person.at.timestamp())} {person.at:%z}"


_CRUD = dict.fromkeys(map(ord, "<>\n\0"))
