"""Real repositories for tests, made with the real git and deaf to the machine's configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

CLEAN = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "示例",
    "GIT_AUTHOR_EMAIL": "a@example.invalid",
    "GIT_COMMITTER_NAME": "示例",
    "GIT_COMMITTER_EMAIL": "a@example.invalid",
}

Git = Callable[..., str]


def git_in(folder: Path) -> Git:
    def run(*arguments: str | Path, day: int = 1, data: bytes | None = None) -> str:
        dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"2012-08-{day:02d}T09:00:00+08:00")
        done = subprocess.run(
            ["git", *map(str, arguments)],
            cwd=folder,
            env=CLEAN | dates,
            input=data,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode(errors="surrogateescape").strip()

    return run


def new_repository(folder: Path) -> Path:
    """An empty repository with the branch ``main``."""
    folder.mkdir()
    git_in(folder)("init", "-q", "-b", "main")
    return folder


def write(root: Path, path: str, text: str = "示例\n") -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def commit(root: Path, day: int, **files: str | None) -> str:
    """Write ``files`` (``__`` stands for a slash; ``None`` removes) below ``data`` and commit; gives the commit."""
    for name, text in files.items():
        path = f"data/{name.replace('__', '/')}.yml"
        if text is None:
            (root / path).unlink()
        else:
            write(root, path, text)
    git = git_in(root)
    git("add", "-A")
    git("commit", "-q", "-m", f"day {day}", day=day)
    return git("rev-parse", "HEAD")
