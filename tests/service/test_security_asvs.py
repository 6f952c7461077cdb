"""The list of OWASP ASVS 5.0.0 is whole, well-formed, and leads to what is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = ROOT / "SECURITY-ASVS.md"
SECTIONS = {
    1: (2, 9, 11, 3, 2), 2: (3, 3, 4, 1), 3: (0, 2, 4, 6, 5, 0, 2), 4: (3, 1, 2, 4), 5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4), 7: (3, 4, 2, 5, 2, 2), 8: (2, 3, 1, 1), 9: (3, 4), 10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1, 0), 12: (3, 2, 4), 13: (1, 5, 2, 5), 14: (2, 4, 3), 15: (3, 3, 7, 0),
    16: (1, 5, 4, 3, 3), 17: (1, 4, 2),
}  # fmt: skip
"""By chapter, of each section: how many requirements are of level 1 or 2. They always come before those of level 3."""
VERDICTS = {"成立", "部分", "不成立", "部署", "不适用"}


def rows() -> list[tuple[list[str], str, str]]:
    """Numbers, verdict and grounds of every line; a range is written out."""
    found = []
    for line in LIST.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "条":
            assert len(cells) == 3, line
            numbers = [number for part in cells[0].split("、") for number in _written_out(part)]
            found.append((numbers, cells[1].strip("*"), cells[2]))
    return found


def _written_out(part: str) -> list[str]:
    first, _, last = part.partition("–")
    for number in (first, last or first):
        assert re.fullmatch(r"\d{1,2}\.\d\.\d{1,2}", number), part
    section, start = first.rsplit(".", 1)
    assert (last or first).rsplit(".", 1)[0] == section, part
    return [f"{section}.{n}" for n in range(int(start), int((last or first).rsplit(".", 1)[1]) + 1)]


def test_every_requirement_of_level_1_and_2_stands_there_once():
    told = [number for numbers, _, _ in rows() for number in numbers]
    wanted = [
        f"{chapter}.{section}.{number}"
        for chapter, counts in SECTIONS.items()
        for section, most in enumerate(counts, 1)
        for number in range(1, most + 1)
    ]
    assert len(wanted) == 253
    assert told == wanted


def test_every_line_says_what_holds_and_why():
    assert {verdict for _, verdict, _ in rows()} <= VERDICTS
    assert [numbers for numbers, _, why in rows() if not why] == []


def test_every_file_and_test_it_names_is_there():
    named = {name for text in (LIST, ROOT / "SECURITY.md") for name in _named(text)}
    assert len(named) > 50
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def _named(text: Path) -> list[str]:
    folders = r"(?:intake|build_tools|tests|web|deploy|schemas|data|docs|\.ci)/"
    return re.findall(rf"`({folders}[\w./-]*)`", text.read_text(encoding="utf-8"))
