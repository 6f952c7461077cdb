"""What the page on security points to is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_file_it_names_exists():
    named = set(re.findall(r"`((?:tests|intake|build_tools|web|schemas)/[\w./-]*)`", PAGE))
    assert len(named) > 15
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_chapter_of_the_standard_is_there():
    assert [number for number in range(1, 18) if f"V{number}" not in PAGE] == []


def test_it_hides_nothing_that_does_not_hold():
    assert PAGE.count("**不成立**") >= 5
