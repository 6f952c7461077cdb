"""Which machine measured."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path


def described() -> str:
    """The machine and the versions that matter, as one Markdown list."""
    peers = ", ".join(
        f"{name} {version(name)}"
        for name in ("check-jsonschema", "mkdocs", "mkdocs-material", "typst", "weasyprint")
    )
    return (
        f"- processor: {_processor()}, {os.cpu_count()} cores, {_memory():.0f} GiB of memory\n"
        f"- system: {platform.system()} {platform.release()}, Python {platform.python_version()}\n"
        f"- peers: {peers}"
    )


def _processor() -> str:
    for line in _lines("/proc/cpuinfo"):
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _memory() -> float:
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) / 1024 / 1024
    return 0.0


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
