"""What set-up promises: a lock that names no host, and documented entry points that exist."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
TARGETS = [
    "setup",
    "serve",
    "site",
    "check",
    "test",
    "bless",
    "bench",
    "lint",
    "format",
    "lock",
    "clean",
    "coverage",
    "help",
]

# A requirement of the lock: name, version, marker, then everything indented below it.
ENTRY = re.compile(r"^(?P<requirement>[A-Za-z0-9][^\\\n]*?)\s*\\?\n(?P<below>(?:[ \t]+.*\n)*)", re.MULTILINE)


def lock_text() -> str:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


def lock_entries() -> list[tuple[Requirement, str]]:
    return [(Requirement(match["requirement"]), match["below"]) for match in ENTRY.finditer(lock_text())]


def make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value for key, value in os.environ.items() if key not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    }
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


class TestLock:
    def test_every_line_is_understood(self) -> None:
        left = ENTRY.sub("", lock_text())
        assert [line for line in left.splitlines() if line and not line.startswith("#")] == []

    @pytest.mark.parametrize(
        "forbidden",
        [
            pytest.param(r"[a-z][a-z0-9+.-]*://", id="address"),
            pytest.param(r"^\s*-", id="option"),
            pytest.param(r"\s@\s", id="direct reference"),
            pytest.param(r"\b(?:index-url|find-links|trusted-host)\b", id="index"),
            pytest.param(r"(?:^|[\s'\"=])(?:/|\./|\.\./|~/)", id="path"),
            pytest.param(r"\b[a-z0-9-]+\.(?:org|com|net|io|cn|dev|local|internal|example)\b", id="host"),
        ],
    )
    def test_it_names_no_place_to_download_from(self, forbidden: str) -> None:
        without_hashes = re.sub(r"^\s+--hash=sha256:[0-9a-f]{64}", "", lock_text(), flags=re.MULTILINE)
        assert re.findall(f".*{forbidden}.*", without_hashes, re.IGNORECASE | re.MULTILINE) == []

    def test_every_entry_is_pinned_and_hashed(self) -> None:
        entries = lock_entries()
        assert len(entries) > 50
        loose = [
            str(requirement)
            for requirement, below in entries
            if not re.fullmatch(r"==[^*,]+", str(requirement.specifier))
            or not re.search(r"^\s+--hash=sha256:[0-9a-f]{64}", below, re.MULTILINE)
        ]
        assert loose == []

    def test_it_satisfies_what_the_project_declares(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        declared = [
            Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["dev"]
        ]
        locked: dict[str, list[str]] = {}
        for requirement, _ in lock_entries():
            version = str(requirement.specifier).removeprefix("==")
            locked.setdefault(canonicalize_name(requirement.name), []).append(version)
        unmet = [
            str(requirement)
            for requirement in declared
            if not locked.get(canonicalize_name(requirement.name))
            or not all(requirement.specifier.contains(v) for v in locked[canonicalize_name(requirement.name)])
        ]
        assert unmet == []

    def test_it_brings_the_tool_that_installs_it(self) -> None:
        assert [str(r.specifier) for r, _ in lock_entries() if r.name == "uv"] != []


class TestMakefile:
    def test_help_lists_every_target(self) -> None:
        done = make("help")
        assert done.returncode == 0, done.stderr
        listed = re.findall(r"^\s+make (\S+)\s+\S", done.stdout, re.MULTILINE)
        assert sorted(listed) == sorted(TARGETS)

    @pytest.mark.parametrize("target", TARGETS)
    def test_target_has_a_recipe(self, target: str) -> None:
        done = make("--dry-run", target)
        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize(
        ("changed", "work_left"),
        [
            (None, False),
            ("pyproject.toml", True),
            ("requirements.lock", True),
            ("web/package-lock.json", True),
            ("web/src/item.ts", True),
            ("README.md", False),
        ],
    )
    def test_setup_works_only_after_a_change(
        self, tmp_path: Path, changed: str | None, work_left: bool
    ) -> None:
        files = ["README.md", "pyproject.toml", "requirements.lock", "Makefile"]
        files += [f"web/{name}" for name in ("package-lock.json", ".npmrc", "build.mjs", "src/item.ts")]
        made = [f".venv/.stamp-{step}" for step in ("venv", "uv", "lock", "project", "node")]
        made += ["build_tools/site/assets/form/item.js"]
        for age, name in enumerate(files + made, start=1):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes((ROOT / name).read_bytes() if name in files else b"")
            os.utime(tmp_path / name, (age, age))
        if changed:
            os.utime(tmp_path / changed, (100, 100))
        assert make("--question", "setup", folder=tmp_path).returncode == int(work_left)

    @pytest.mark.parametrize(
        "name", ["Makefile", ".ci/run", "pyproject.toml", ".gitattributes", ".editorconfig"]
    )
    def test_it_names_no_registry(self, name: str) -> None:
        text = (ROOT / name).read_text(encoding="utf-8")
        addresses = re.findall(r"[a-z]+://[^\s'\")]+", text)
        assert [a for a in addresses if not a.startswith("http://127.0.0.1")] == []


class TestContinuousIntegration:
    def test_the_entry_is_executable_and_runs_make_test(self) -> None:
        entry = ROOT / ".ci/run"
        text = entry.read_text(encoding="utf-8")
        assert os.access(entry, os.X_OK)
        assert text.startswith("#!/usr/bin/env bash\n")
        assert re.search(r"^set -eu", text, re.MULTILINE)
        assert re.search(r"^(?:exec )?make test\b", text, re.MULTILINE)

    def test_it_works_from_any_folder_without_input(self, tmp_path: Path) -> None:
        """A stand-in for make at the front of the PATH writes down where and how it was called."""
        stand_in = tmp_path / "make"
        stand_in.write_text('#!/bin/sh\nprintf "%s %s|" "$(pwd)" "$*"\ncat\n')
        stand_in.chmod(0o755)
        done = subprocess.run(
            [ROOT / ".ci/run"],
            cwd=tmp_path,
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            input="somebody types",
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert done.stdout == f"{ROOT} test|"


class TestLicence:
    def test_it_is_the_unmodified_apache_2_text(self) -> None:
        common = Path("/usr/share/common-licenses/Apache-2.0")
        if not common.exists():
            pytest.skip("only Debian keeps a copy of the licence to compare with")
        assert (ROOT / "LICENSE").read_bytes() == common.read_bytes()


class TestIgnoredFiles:
    @pytest.mark.parametrize(
        "path", [".venv/bin/python", "var/site/office/index.html", "build_tools/__pycache__/a.pyc"]
    )
    def test_derived_files_are_ignored(self, path: str) -> None:
        assert self.ignored(path)

    @pytest.mark.parametrize(
        "path", ["build_tools/site/plugin.py", "build_tools/exports/xlsx.py", "docs/notice.md"]
    )
    def test_sources_are_not(self, path: str) -> None:
        assert not self.ignored(path)

    def ignored(self, path: str) -> bool:
        if not (ROOT / ".git").exists():
            pytest.skip("not a git work tree")
        done = subprocess.run(["git", "check-ignore", "--quiet", "--no-index", path], cwd=ROOT, check=False)
        assert done.returncode in {0, 1}
        return done.returncode == 0
