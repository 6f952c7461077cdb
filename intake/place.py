"""Where the intake keeps what it holds: one folder, ``var/intake`` below the campaign's root unless told otherwise."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """``root`` is the campaign's folder, as the office keeps it; everything of the intake lies below ``var``."""

    root: Path
    var: Path

    @property
    def database(self) -> Path:
        """The embedded database."""
        return self.var / "intake.sqlite3"

    @property
    def spool(self) -> Path:
        """The bodies of submissions, exactly as they came; never removed."""
        return self.var / "spool"

    @property
    def files(self) -> Path:
        """Photos and materials by the SHA-256 of their bytes."""
        return self.var / "files"

    @property
    def uploads(self) -> Path:
        """Uploads that are not complete."""
        return self.var / "uploads"

    @property
    def repository(self) -> Path:
        """The bare repository."""
        return self.var / "repository.git"

    @property
    def tree(self) -> Path:
        """The campaign as the sites are built from: the main branch, and what is received and not yet accepted."""
        return self.var / "tree"

    @property
    def sites(self) -> Path:
        """The built sites, by audience."""
        return self.var / "sites"

    @property
    def keys(self) -> Path:
        """The service's secrets."""
        return self.var / "keys"

    def prepare(self) -> None:
        """Make the folders, for this account only."""
        self.var.mkdir(parents=True, exist_ok=True, mode=0o700)
        ignore = self.var / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        for folder in (self.spool, self.files, self.uploads, self.sites, self.keys):
            folder.mkdir(exist_ok=True, mode=0o700)

    def secret(self, name: str) -> str:
        """The secret called ``name``, made on its first use; two that start at once get the same."""
        return self.once(name, lambda: secrets.token_urlsafe(48).encode()).decode("ascii")

    def once(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The secret file called ``name``, made by ``make`` on its first use, complete and synced before it is there."""
        file = self.keys / name
        try:
            return file.read_bytes()
        except FileNotFoundError:
            pass
        fresh = self.keys / f".{name}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(make())
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return file.read_bytes()


def from_environment() -> Place:
    """``SHENBAO_ROOT`` (the current folder) and ``SHENBAO_VAR`` (``var/intake`` below it)."""
    root = Path(os.environ.get("SHENBAO_ROOT") or ".").resolve()
    var = os.environ.get("SHENBAO_VAR")
    return Place(root, Path(var).resolve() if var else root / "var" / "intake")


def place() -> Place:
    """The place of this process, as the settings know it."""
    from django.conf import settings

    found: Place = settings.PLACE
    return found
