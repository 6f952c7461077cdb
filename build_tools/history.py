"""Git, as a source of bytes and of dates: one ``git log`` pass, and a revision read as a tree.

GitPython is used as a command runner only, with fixed arguments and ``GIT_DIR`` set. Whatever the user, the
system or the surrounding process configured (pagers, signatures, hooks, replaced objects, another repository
in ``GIT_DIR``) has no say. Nothing here writes, and nothing reaches the network.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from build_tools.tree import EXECUTABLE, PLAIN, Entry

if TYPE_CHECKING:
    from git import Git

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_DELETED = b"D"


class GitTrouble(Exception):
    """Git cannot give what was asked for; the text is one Chinese sentence with the way out."""


class ShallowClone(GitTrouble):
    """The repository holds only the newest commits, so that first appearances would be wrong."""

    def __init__(self) -> None:
        super().__init__(
            "这是浅克隆，看不到文件的全部历史；请先运行 git fetch --unshallow，再重试（CI 中请取全部历史，例如 fetch-depth: 0）。"
        )


class BadRevision(GitTrouble):
    """A revision that does not name a commit of the repository."""

    def __init__(self) -> None:
        super().__init__("找不到这个版本；请写本仓库中已有的提交、分支或标签。")


class NoRepository(GitTrouble):
    """A folder that is not in a git repository, where one is needed."""

    def __init__(self) -> None:
        super().__init__("这个文件夹不在 git 仓库中，无法读取历史版本。")


class Change(NamedTuple):
    """A commit that touched a file. ``authored`` is for display only: an author may write any date."""

    commit: str
    authored: datetime | None


@dataclass(frozen=True, slots=True)
class FileHistory:
    """One file's ``first`` appearance and ``last`` change; ``deleted`` when the last change removed it."""

    path: str
    first: Change
    last: Change
    deleted: bool = False


@dataclass(frozen=True)
class History:
    """What git knows of the files below one prefix, by path relative to the campaign's root."""

    files: dict[str, FileHistory] = field(default_factory=dict)

    def of(self, path: str) -> FileHistory | None:
        """The history of one file; ``None`` when git has never seen it."""
        return self.files.get(path)


def read_history(root: Path, prefix: str = "data") -> History:
    """The history of every file below ``prefix`` of the campaign at ``root``, in one pass.

    A renamed file is one that ends and one that begins. The walk follows first parents only and shows a merge
    as its difference to the first: a change appears, once, when it came to this branch, however it got there.
    Outside git, and before the first commit, the history is empty. Raises :class:`ShallowClone` and
    :class:`GitTrouble`.
    """
    place = _find(root)
    if place is None or place.top is None:
        return History()
    git = _git(place)
    if _run(git, "rev_parse", "--is-shallow-repository").strip() == b"true":
        raise ShallowClone
    if not _resolve(git, "HEAD"):
        return History()
    folder = f"{place.prefix}{prefix.rstrip('/')}/"
    output = _run(git, "log", *_LOG, "HEAD", "--", folder)
    return History(_collect(output, place.prefix))


_LOG = (
    "-z", "--name-status", "-m", "--first-parent", "--no-renames", "--no-relative", "--no-ext-diff",
    "--no-textconv", "--no-show-signature", "--no-color", "--no-notes", "--format=%H %aI",
)  # fmt: skip


def _collect(output: bytes, prefix: str) -> dict[str, FileHistory]:
    """Parse ``git log -z --name-status``: a header, then pairs of status and path, newest commit first."""
    files: dict[str, FileHistory] = {}
    change = Change("", None)
    tokens = iter(output.split(b"\0"))
    for token in tokens:
        word = token.lstrip(b"\n")
        if len(word) > 1:
            commit, _, date = word.decode("ascii").partition(" ")
            change = Change(commit, _date(date))
        elif word:
            path = os.fsdecode(next(tokens)).removeprefix(prefix)
            later = files.get(path)
            files[path] = (
                FileHistory(path, change, later.last, later.deleted)
                if later
                else FileHistory(path, change, change, deleted=word == _DELETED)
            )
    return files


def _date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


class GitTree:
    """The files of a commit, read from the object database and never checked out.

    A :class:`~build_tools.tree.Tree` like the work tree at that commit: the same entries, the same bytes. The
    processes that read it may be forked; each then has its own ``git cat-file``.
    """

    def __init__(self, repository: Path, revision: str) -> None:
        """Open ``revision`` of the repository around ``repository`` (a folder in a work tree, or a bare one).

        Paths are relative to that folder. Raises :class:`NoRepository` and :class:`BadRevision`.
        """
        place = _find(repository)
        if place is None:
            raise NoRepository
        self._place = place
        self._git, self._process = _git(place), os.getpid()
        self._lock = threading.Lock()
        self.commit = _resolve(self._git, revision)
        if not self.commit:
            raise BadRevision
        self._blobs: dict[str, str] = {}
        self._entries: tuple[Entry, ...] = tuple(self._list())

    def files(self, folder: str) -> Iterator[Entry]:
        """See :meth:`Tree.files`."""
        start = folder.rstrip("/") + "/"
        return (entry for entry in self._entries if entry.path.startswith(start))

    def read(self, path: str) -> bytes:
        """See :meth:`Tree.read`."""
        blob = self._blobs.get(path)
        if blob is None:
            raise FileNotFoundError(path)
        with self._lock:
            if self._process != os.getpid():
                self._git, self._process = _git(self._place), os.getpid()
            return self._git.get_object_data(blob)[3]

    def close(self) -> None:
        """End the reading process."""
        self._git.clear_cache()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _list(self) -> list[Entry]:
        within = ["--", self._place.prefix] if self._place.prefix else []
        output = _run(self._git, "ls_tree", "-r", "-z", "-l", "--full-tree", self.commit, *within)
        entries = []
        for line in output.split(b"\0")[:-1]:
            about, _, name = line.partition(b"\t")
            mode, _, blob, size = about.decode("ascii").split()
            path = os.fsdecode(name).removeprefix(self._place.prefix)
            readable = mode in (PLAIN, EXECUTABLE)
            entries.append(Entry(path, mode, int(size) if readable else 0))
            if readable:
                self._blobs[path] = blob
        return sorted(entries, key=lambda entry: entry.path.split("/"))


class _Place(NamedTuple):
    """Where a folder lies: its git directory, what linked work trees share, its work tree, its path in it."""

    git_dir: Path
    common: Path
    top: Path | None
    prefix: str


def _find(root: Path) -> _Place | None:
    """The repository around ``root``, by looking at the disk alone: the environment may name another one."""
    folder = root.resolve()
    if _is_git_dir(folder):
        return _Place(folder, _common(folder), None, "")
    for top in (folder, *folder.parents):
        if top.name == ".git" or _is_git_dir(top):
            return None
        git_dir = _git_dir(top / ".git")
        if git_dir is None and (top / ".git").is_file():
            return None
        if git_dir is not None:
            prefix = folder.relative_to(top).as_posix()
            return _Place(git_dir, _common(git_dir), top, "" if prefix == "." else f"{prefix}/")
    return None


def _git_dir(dot_git: Path) -> Path | None:
    """The git directory behind ``.git``: itself, or what its one line points to (linked work trees)."""
    if dot_git.is_file():
        pointer = dot_git.read_text(encoding="utf-8", errors="surrogateescape")
        dot_git = (dot_git.parent / pointer.removeprefix("gitdir:").strip()).resolve()
    return dot_git if _is_git_dir(dot_git) else None


def _is_git_dir(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (_common(folder) / "objects").is_dir()


def _common(git_dir: Path) -> Path:
    pointer = git_dir / "commondir"
    if not pointer.is_file():
        return git_dir
    return (git_dir / pointer.read_text(encoding="utf-8", errors="surrogateescape").strip()).resolve()


def _git(place: _Place) -> Git:
    """A command runner that hears nobody but us. Raises :class:`GitTrouble` when there is no git."""
    try:
        from git import Git
    except ImportError as error:
        raise GitTrouble(_NO_GIT) from error
    git = Git(str(place.top or place.git_dir))
    git.update_environment(
        GIT_DIR=str(place.git_dir),
        GIT_COMMON_DIR=str(place.common),
        GIT_OBJECT_DIRECTORY=str(place.common / "objects"),
        **({"GIT_WORK_TREE": str(place.top)} if place.top else {}),
        **_ENVIRONMENT,
    )
    git.set_persistent_git_options(c=[f"{key}={value}" for key, value in _CONFIGURATION.items()])
    return git


_ENVIRONMENT = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
    "GIT_CONFIG_COUNT": "0",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_PARAMETERS": "",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_GLOB_PATHSPECS": "0",
    "GIT_ICASE_PATHSPECS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NAMESPACE": "",
    "GIT_NOGLOB_PATHSPECS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
}

_CONFIGURATION = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "diff.ignoreSubmodules": "none",
    "diff.orderFile": os.devnull,
    "log.mailmap": "false",
    "log.showRoot": "true",
    "log.showSignature": "false",
    "protocol.allow": "never",
}


def _resolve(git: Git, revision: str) -> str:
    """The commit that ``revision`` names; empty when there is none."""
    if not revision or revision.startswith("-") or "\0" in revision:
        return ""
    from git import GitCommandError, GitCommandNotFound

    try:
        found = git.rev_parse("--verify", "--quiet", f"{revision}^{{commit}}")
    except GitCommandNotFound as error:
        raise GitTrouble(_NO_GIT) from error
    except GitCommandError:
        return ""
    return found if _COMMIT.match(found) else ""


def _run(git: Git, command: str, *arguments: str) -> bytes:
    """What a git command prints; raises :class:`GitTrouble`."""
    from git import GitCommandError, GitCommandNotFound

    try:
        output = getattr(git, command)(*arguments, stdout_as_string=False, strip_newline_in_stdout=False)
    except GitCommandNotFound as error:
        raise GitTrouble(_NO_GIT) from error
    except GitCommandError as error:
        name = command.replace("_", "-")
        raise GitTrouble(f"git {name} 没有成功，仓库可能已损坏；请运行 git fsck 查看。") from error
    return bytes(output)


_NO_GIT = "没有找到 git 命令；请先安装 git。"
