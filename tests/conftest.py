"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Ran, Run
from hypothesis import settings
from workbooks import base, empty, examination, second, shipped

__all__ = ["base", "empty", "examination", "second", "shipped"]  # campaigns to make workbooks of

from build_tools.cli import main
from build_tools.forms.fonts import load_fonts
from build_tools.forms.press import Press

# CI tries the same examples each time: a new one found there is nobody's change. At a desk they are random. How long an
# example takes says something of the machine only.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


LONGEST = ("test_story", "test_serve", "test_postgres")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first, so that in the end no process waits for another's."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in this process: ``run("check", "--root", root)``."""

    def call(*args: str | Path) -> Ran:
        with pytest.raises(SystemExit) as stop:
            main([str(arg) for arg in args])
        captured = capsys.readouterr()
        return Ran(int(stop.value.code or 0), captured.out, captured.err)

    return call


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    """The typesetter with the fonts of this machine."""
    with Press(load_fonts(Path(__file__).parents[1])) as press:
        yield press
