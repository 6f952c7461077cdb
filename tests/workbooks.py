"""Campaigns whose workbooks are looked at, and reading a workbook back as a spreadsheet program would."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from campaigns import AFTER, at, edit, judged, lay
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from build_tools.checks import Examination, examine
from build_tools.exports import render
from build_tools.progress import assess
from build_tools.rollup import roll_up
from build_tools.tree import WorkTree

HEADER = 3
"""The row of the headings, as a spreadsheet counts."""


def opened(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def exported(examination: Examination, audience: str = "office") -> Workbook:
    ((name, data),) = render(assess(examination), roll_up(examination), audience, "xlsx").items()
    assert name == f"{examination.campaign.id}.xlsx"
    return opened(data)


def in_words(value: Any) -> str:
    """A heading without the break before its unit."""
    return str(value).replace("\n", "")


def rows_of(page: Worksheet) -> Iterator[tuple[dict[str, Cell], tuple[Cell, ...]]]:
    """The rows below the headings, by heading and in order."""
    headings = [in_words(cell.value) for cell in page[HEADER]]
    for row in page.iter_rows(min_row=HEADER + 1):
        yield dict(zip(headings, row, strict=True)), row


def clock(now: datetime) -> str:
    return f"{now.year}年{now.month}月{now.day}日 {now:%H:%M:%S}"


TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    """The base: two units, one nomination over its quota, one counter answered 不适用, one blank, one in cents."""
    root = tmp_path_factory.mktemp("workbook") / "campaign"
    edits = [
        edit("data/quotas.yml", "jia: {collective: 2, individual: 3}", "jia: {collective: 2, individual: 1}"),
        edit("data/units.yml", "name: 甲市\n", "name: 甲市\n    excludes: 乙区\n"),
    ]
    return judged(lay(root, edits=edits), AFTER)


@pytest.fixture(scope="module")
def second() -> Examination:
    return examine(WorkTree(TESTS / "second"), at("2024-11-18T09:00:00+08:00"))


@pytest.fixture(scope="module")
def shipped() -> Examination:
    return examine(WorkTree(TESTS.parent), at(AFTER))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    root = lay(tmp_path_factory.mktemp("workbook") / "empty", ledger={})
    for folder in (root / "data" / "cities").iterdir():
        for file in [path for path in folder.rglob("*") if path.is_file()]:
            file.unlink()
    return judged(root, AFTER)


CAMPAIGNS = ["base", "second", "shipped", "empty"]


@pytest.fixture(params=CAMPAIGNS)
def examination(request: pytest.FixtureRequest) -> Examination:
    found: Examination = request.getfixturevalue(request.param)
    return found
