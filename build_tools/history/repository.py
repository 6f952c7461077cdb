"""A git repository as a runner of commands, with fixed arguments and ``GIT_DIR`` set.

Whatever the user, the system or the surrounding process configured (pagers, signatures, hooks, replaced objects,
another repository in ``GIT_DIR``) has no say. Nothing here reaches the network.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from git import Git

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_BLOCK = 64 * 1024


class GitTrouble(Exception):
    """Git cannot give what was asked for; the text is one Chinese sentence with the way out."""


class ShallowClone(GitTrouble):
    """The repository holds only the newest commits, so that first appearances would be wrong."""

    def __init__(self) -> None:
        super().__init__(
            "这是浅克隆，看不到文件的全部历史；请先运行 git fetch --unshallow，再重试（CI 中请取全部历史，例如 fetch-depth: 0）。"
        )


class BadRevision(GitTrouble):
    """A revision that does not name a commit of the repository. ``what`` says which of several it was."""

    def __init__(self, what: str = "") -> None:
        super().__init__(f"找不到{what or '这个'}版本；请写本仓库中已有的提交、分支或标签。")


class NoRepository(GitTrouble):
    """A folder that is not in a git repository, where one is needed."""

    def __init__(self) -> None:
        super().__init__("这个文件夹不在 git 仓库中，无法读取历史版本。")


class Exhausted(GitTrouble):
    """A command that needed more memory or time than it is given: its objects stand for more than they hold."""

    def __init__(self) -> None:
        super().__init__("git 所用的内存或时间超出限度，没有完成；请核对提交的内容。")


class Place(NamedTuple):
    """Where a folder lies: its git directory, what linked work trees share, its work tree, its path in it."""

    git_dir: Path
    common: Path
    top: Path | None
    prefix: str


class Repository:
    """The repository around a folder, asked through the ``git`` command.

    ``prefix`` is the folder's path in it, with a slash at the end, or empty.
    """

    def __init__(self, place: Place) -> None:
        """Raises :class:`GitTrouble` when there is no git."""
        self.place, self.prefix = place, place.prefix
        self.git = _git(place)

    @classmethod
    def around(cls, folder: Path) -> Self:
        """The repository that ``folder`` (in a work tree, or a bare repository) belongs to; raises
        :class:`NoRepository`."""
        place = find(folder)
        if place is None:
            raise NoRepository
        return cls(place)

    def again(self) -> Self:
        """The same repository with processes of its own, for use after a fork."""
        return type(self)(self.place)

    @property
    def is_shallow(self) -> bool:
        """Whether it holds only the newest commits."""
        return self.run("rev_parse", "--is-shallow-repository").strip() == b"true"

    def resolve(self, revision: str) -> str:
        """The commit that ``revision`` names; empty when there is none."""
        if not revision or revision.startswith("-") or "\0" in revision:
            return ""
        from git import GitCommandError, GitCommandNotFound

        try:
            found = self.git.rev_parse("--verify", "--quiet", f"{revision}^{{commit}}")
        except GitCommandNotFound as error:
            raise GitTrouble(_NO_GIT) from error
        except GitCommandError:
            return ""
        return found if _COMMIT.match(found) else ""

    def run(
        self, command: str, *arguments: str, fails: tuple[int, ...] = (), given: bytes | None = None
    ) -> bytes:
        """What a git command prints when it is ``given`` something to read; raises :class:`GitTrouble`.

        A status among ``fails`` prints nothing.
        """
        from git import GitCommandError, GitCommandNotFound

        ask: Any = getattr(self.git, command)
        how: dict[str, Any] = {"stdout_as_string": False, "strip_newline_in_stdout": False}
        try:
            if given is None:
                return bytes(ask(*arguments, **how))
            with TemporaryFile() as file:
                file.write(given)
                file.seek(0)
                return bytes(ask(*arguments, istream=file, **how))
        except GitCommandNotFound as error:
            raise GitTrouble(_NO_GIT) from error
        except GitCommandError as error:
            if error.status in fails:
                return b""
            raise _no_success(command) from error

    def standing(self, name: str, *arguments: str) -> Any:
        """A git command that stays and answers what is written to it: its process, ended when nobody holds it any more."""
        from git import GitCommandNotFound

        call: Any = [self.git.GIT_PYTHON_GIT_EXECUTABLE, *_SETTINGS, name, *arguments]
        run: Any = self.git.execute
        try:
            return run(call, as_process=True, istream=PIPE)
        except GitCommandNotFound as error:
            raise GitTrouble(_NO_GIT) from error

    def data(self, blob: str) -> bytes:
        """The bytes of a file by git's name for them; raises :class:`GitTrouble` when they are lost."""
        try:
            return self.git.get_object_data(blob)[3]
        except ValueError as error:
            raise GitTrouble(_LOST) from error

    def size(self, blob: str) -> int:
        """How many bytes :meth:`data` would give."""
        kind: Any  # declared as text, given as bytes
        try:
            _, kind, size = self.git.get_object_header(blob)
        except ValueError as error:
            raise GitTrouble(_LOST) from error
        if kind not in ("blob", b"blob"):
            raise GitTrouble("改动的内容不是文件，仓库可能已损坏；请运行 git fsck 查看。")
        return size

    def close(self) -> None:
        """End the processes that read objects."""
        self.git.clear_cache()

    @contextmanager
    def stream(self, command: str, *arguments: str, mebibytes: int) -> Iterator[Iterator[bytes]]:
        """What a git command prints, block by block, for one that a stranger's objects may make print without end.

        Leaving the context ends the command. It may use so many ``mebibytes`` of memory and a minute of computing;
        more raises :class:`Exhausted`, whatever else goes wrong :class:`GitTrouble`.
        """
        from git import GitCommandNotFound

        name = command.replace("_", "-")
        call: Any = [self.git.GIT_PYTHON_GIT_EXECUTABLE, *_SETTINGS, name, *arguments]
        run: Any = self.git.execute
        try:
            process = run(call, as_process=True, preexec_fn=partial(_limit, mebibytes))
        except GitCommandNotFound as error:
            raise GitTrouble(_NO_GIT) from error
        try:
            yield self._blocks(command, process.proc)
        finally:
            with suppress(OSError):
                process.proc.kill()
            process.proc.communicate()

    @staticmethod
    def _blocks(command: str, process: Any) -> Iterator[bytes]:
        while block := process.stdout.read(_BLOCK):
            yield block
        if status := process.wait():
            raise (
                Exhausted
                if status < 0 or b"memory" in process.stderr.read().lower()
                else _no_success(command)
            )


def _no_success(command: str) -> GitTrouble:
    name = command.replace("_", "-")
    return GitTrouble(f"git {name} 没有成功，仓库可能已损坏；请运行 git fsck 查看。")


def _limit(mebibytes: int) -> None:
    """In the child, before git starts: folders nested into each other can stand for more files than memory holds."""
    import resource

    for kind, most in ((resource.RLIMIT_DATA, mebibytes << 20), (resource.RLIMIT_CPU, 60)):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def find(root: Path) -> Place | None:
    """The repository around ``root``, by looking at the disk alone: the environment may name another one."""
    folder = root.resolve()
    if _is_git_dir(folder):
        return Place(folder, _common(folder), None, "")
    for top in (folder, *folder.parents):
        if top.name == ".git" or _is_git_dir(top):
            return None
        git_dir = _git_dir(top / ".git")
        if git_dir is None and (top / ".git").is_file():
            return None
        if git_dir is not None:
            prefix = folder.relative_to(top).as_posix()
            return Place(git_dir, _common(git_dir), top, "" if prefix == "." else f"{prefix}/")
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


def _git(place: Place) -> Git:
    """A command runner that hears nobody but us."""
    try:
        from git import Git
    except ImportError as error:
        raise GitTrouble(_NO_GIT) from error
    git = Git(str(place.top or place.git_dir))
    git.update_environment(
        GIT_DIR=str(place.git_dir),
        GIT_COMMON_DIR=str(place.common),
        GIT_OBJECT_DIRECTORY=str(place.common / "objects"),
        GIT_SHALLOW_FILE=str(place.common / "shallow"),
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
    "GIT_GRAFT_FILE": os.devnull,
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
    "core.bigFileThreshold": "16m",
    "core.fsmonitor": "false",
    "core.fsync": "all",
    "core.hooksPath": os.devnull,
    "diff.ignoreSubmodules": "none",
    "diff.orderFile": os.devnull,
    "gc.auto": "0",
    "log.mailmap": "false",
    "log.showRoot": "true",
    "log.showSignature": "false",
    "protocol.allow": "never",
}

_SETTINGS = [part for key, value in _CONFIGURATION.items() for part in ("-c", f"{key}={value}")]

_LOST = "有文件的内容在仓库中缺失；请重新取回全部对象（git fetch），再重试。"
_NO_GIT = "没有找到 git 命令；请先安装 git。"
