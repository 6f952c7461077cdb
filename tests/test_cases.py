"""Every rule on real files: the base has no finding, each case has exactly the expected ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Case, cases, codes, judge, lay_out

from build_tools.campaign import BrokenCampaign
from build_tools.checks import examine
from build_tools.tree import WorkTree


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


HINTS = {
    "L01-name-in-chinese": "nominations/individual-01.yml",
    "S04-blank-behind": "男、女；删去前后的空格",
    "Y12-empty-ledger": "从版本记录中恢复",
}


@pytest.mark.parametrize(("name", "words"), HINTS.items())
def test_hints_lead_out(name: str, words: str, tmp_path: Path) -> None:
    case = next(case for case in cases() if case.name == name)
    lay_out(tmp_path, case)
    try:
        findings = examine(WorkTree(tmp_path), case.now).findings
    except BrokenCampaign as broken:
        findings = tuple(broken.findings)
    assert words in next(finding.hint for finding in findings if finding.code == case.code)
