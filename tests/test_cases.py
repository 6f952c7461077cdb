"""Every rule on real files: the base has no finding, each case has exactly the expected ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Case, cases, codes, judge, lay_out


def test_the_base_has_no_finding(tmp_path: Path) -> None:
    lay_out(tmp_path)
    assert judge(tmp_path) == ""


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_case(case: Case, tmp_path: Path) -> None:
    expected = case.expected()
    assert expected, "an empty expectation proves nothing; run tests/bless.py and read what it wrote"
    assert case.code in codes(expected), f"{case.name} does not show {case.code}"
    lay_out(tmp_path, case)
    assert judge(tmp_path, case).splitlines() == expected.splitlines()
