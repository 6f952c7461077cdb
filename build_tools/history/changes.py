"""What a proposed commit would change on a branch: paths, modes and object names, and no contents."""

from __future__ import annotations

import os
import posixpath
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from build_tools.history.repository import BadRevision, Exhausted, GitTrouble, Repository, ShallowClone

MOST_CHANGES, _MOST_BYTES = 500, 4 * 1024 * 1024
"""A comparison ends after so many changed files, or so many bytes of their names."""

_NOTHING = "000000"


class Side(NamedTuple):
    """A file before or after: git's mode and object name."""

    mode: str
    object: str


class Change(NamedTuple):
    """One path, relative to the campaign's root (``../x`` outside it).

    ``old`` is the file where the proposal began, ``new`` what it makes of it; ``None`` where there is none.
    ``moved`` says that the branch itself has changed the file since.
    """

    path: str
    old: Side | None
    new: Side | None
    moved: bool = False


@dataclass(frozen=True)
class Comparison:
    """What ``head`` changes on ``base`` (commits), sorted by path. ``too_many``: there are more than are listed.

    ``malformed`` is a path at which the head's folders are not as git writes them: a name twice, or out of order; what
    is compared, what is read and what a merge takes need not be the same there. ``weight`` is what its commits would
    add to the repository, in bytes as git packs them, with what was added and removed again.
    """

    base: str
    head: str
    changes: tuple[Change, ...] = ()
    too_many: bool = False
    malformed: str = ""
    weight: int = 0


def compare(repository: Repository, base: str, head: str) -> Comparison:
    """What merging ``head`` would change on ``base``, two revisions.

    A change is what differs from where both parted and from the base. Where they parted at two commits, what counts at
    each path is the one of them that changed it, as git's own merge has it, and both where that cannot be told. Renames
    are a deletion and an addition. Raises :class:`ShallowClone`, :class:`BadRevision` for either,
    and :class:`GitTrouble` where they share no history.
    """
    if repository.is_shallow:
        raise ShallowClone
    ours, theirs = _commits(repository, base, head)
    parted = repository.run("merge_base", "--all", ours, theirs, fails=(1,)).decode("ascii").split()
    if not parted:
        raise GitTrouble("两个版本没有共同的历史，无法比较；请从主分支的最新版本建分支，重新提交。")
    found, too_many = _since(repository, parted, theirs)
    kept = _against(repository, ours, found) if found else ()
    if too_many:
        return Comparison(ours, theirs, kept, too_many=True)
    malformed = _malformed(repository, theirs)
    return Comparison(ours, theirs, kept, malformed=malformed, weight=_weight(repository, ours, theirs))


def _since(repository: Repository, parted: list[str], head: str) -> tuple[dict[str, Change], bool]:
    """What ``head`` changed since it parted, at one or several commits, and whether there is more of it."""
    sides = [_differences(repository, start, head) for start in parted]
    too_many = any(more for _, more in sides)
    found = {path: change for listed, _ in sides for path, change in listed.items()}
    if len(parted) != 2 or too_many:
        return found, too_many
    before = repository.run("merge_base", "--all", *parted, fails=(1,)).decode("ascii").split()
    if len(before) != 1:
        return found, False
    (one, _), (other, _) = sides
    origin, more = _differences(repository, before[0], head)
    if more:
        return found, True
    for path, change in list(found.items()):
        first, second, root = (
            side.get(path, Change(path, change.new, change.new)).old for side in (one, other, origin)
        )
        if root in (first, second):
            since = second if first == root else first
            if since == change.new:
                del found[path]
            else:
                found[path] = change._replace(old=since)
    return found, False


def _malformed(repository: Repository, head: str) -> str:
    """The first path that does not come behind the one before it, as in every tree that git writes; empty for none."""
    last, rest = b"", b""
    with repository.stream("ls_tree", "-r", "-t", "-z", "--full-tree", head, mebibytes=1024) as blocks:
        for block in blocks:
            *lines, rest = (rest + block).split(b"\0")
            for line in lines:
                about, _, name = line.partition(b"\t")
                key = name + b"/" if about.startswith(b"040000") else name
                if key <= last:
                    return os.fsdecode(name)
                last = key
    return ""


def changed_paths(root: Path, base: str, head: str, folder: str) -> tuple[str, ...]:
    """The paths below ``folder`` that are not the same in both commits, sorted; what lies between them has no say.

    Raises :class:`NoRepository`, :class:`BadRevision` and :class:`GitTrouble`.
    """
    repository = Repository.around(root)
    commits = _commits(repository, base, head)
    within = f"{repository.prefix}{folder.rstrip('/')}/"
    output = repository.run("diff_tree", "-r", "-z", "--name-only", "--no-renames", *commits, "--", within)
    paths = (os.fsdecode(path) for path in output.split(b"\0") if path)
    return tuple(sorted(path.removeprefix(repository.prefix) for path in paths))


def _weight(repository: Repository, base: str, head: str) -> int:
    """Bytes of the objects that ``head`` has and ``base`` has not."""
    asked = ("--objects", "--disk-usage", head, f"^{base}")
    with repository.stream("rev_list", *asked, mebibytes=1024) as blocks:
        return int(b"".join(blocks))


def _commits(repository: Repository, base: str, head: str) -> tuple[str, str]:
    """The two commits; raises :class:`BadRevision`, which says which of the two it is."""
    ours, theirs = repository.resolve(base), repository.resolve(head)
    for commit, what in ((ours, " --base 所指的"), (theirs, " --head 所指的")):
        if not commit:
            raise BadRevision(what)
    return ours, theirs


def _differences(repository: Repository, old: str, new: str) -> tuple[dict[str, Change], bool]:
    """What differs between two commits, by path in the repository, and whether there is more of it."""
    found: dict[str, Change] = {}
    rest, read = b"", 0
    with suppress(Exhausted), repository.stream("diff_tree", *_RAW, old, new, mebibytes=256) as blocks:
        for block in blocks:
            *fields, rest = (rest + block).split(b"\0")
            if len(fields) % 2:
                rest = b"\0".join([fields.pop(), rest])
            for about, name in zip(fields[::2], fields[1::2], strict=True):
                before, after, old_object, new_object, _ = about.decode("ascii").lstrip(":").split()
                path = os.fsdecode(name)
                found[path] = Change(path, _side(before, old_object), _side(after, new_object))
            read += len(block)
            if len(found) > MOST_CHANGES or read > _MOST_BYTES:
                return dict(sorted(found.items())[:MOST_CHANGES]), True
        return found, False
    return {}, True


_RAW = (
    "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-relative", "--no-ext-diff", "--no-textconv",
    "--ignore-submodules=none",
)  # fmt: skip


def _side(mode: str, name: str) -> Side | None:
    return None if mode == _NOTHING else Side(mode, name)


def _against(repository: Repository, base: str, found: dict[str, Change]) -> tuple[Change, ...]:
    """The changes that the base does not hold already, each held against what the base holds."""
    wanted = {os.fsencode(path): path for path in found}
    present: dict[str, Side] = {}
    for line in repository.run("ls_tree", "-r", "-z", "--full-tree", base).split(b"\0")[:-1]:
        about, _, name = line.partition(b"\t")
        if name in wanted:
            mode, _, blob = about.decode("ascii").split()
            present[wanted[name]] = Side(mode, blob)
    kept = []
    for path, change in sorted(found.items()):
        now = present.get(path)
        if now != change.new:
            kept.append(change._replace(path=_within(path, repository.prefix), moved=now != change.old))
    return tuple(kept)


def _within(path: str, prefix: str) -> str:
    if path.startswith(prefix):
        return path.removeprefix(prefix)
    return posixpath.relpath(path, prefix.rstrip("/"))
