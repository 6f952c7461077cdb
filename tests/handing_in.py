"""What a clerk hands in, for tests: files beside a small campaign, and the archive that the form pages make."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from harness import BASE

from build_tools.campaign import load_campaign, unit_called
from build_tools.handed_in import Outcome, Wish, take_in
from build_tools.tree import WorkTree

JIA = BASE / "data/cities/jia"
STATISTICS = (JIA / "statistics.yml").read_bytes()
OTHER = STATISTICS.replace(b"petition_cases: 126", b"petition_cases: 127")
INDIVIDUAL = (JIA / "nominations/individual-01.yml").read_bytes()
PDF = (JIA / "materials/study.pdf").read_bytes()
JPG = (JIA / "materials/individual-01.jpg").read_bytes()


def hand_in(root: Path, *files: Path, unit: str = "", **wish: bool) -> list[Outcome]:
    campaign = load_campaign(WorkTree(root))
    owner = unit_called(campaign, unit) if unit else None
    return list(take_in(root, campaign, files, Wish(**wish), owner))


def states(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    """What became of each file, by the name it came under."""
    return [(Path(outcome.shown).name, str(outcome.state)) for outcome in outcomes]


def came(folder: Path, name: str, data: bytes) -> Path:
    """A file as it lies on the office's computer."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def packed(entries: Mapping[str, bytes]) -> bytes:
    """An archive of ``entries`` as the form pages make it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def everything(slug: str = "jia", source: Path = JIA) -> dict[str, bytes]:
    """All files of a unit as entries of its archive."""
    return {
        f"{slug}/{file.relative_to(source).as_posix()}": file.read_bytes()
        for file in sorted(source.rglob("*"))
        if file.is_file()
    }


def listing(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder``."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and ".git" not in file.relative_to(folder).parts[:1]
    }
