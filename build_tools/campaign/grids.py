"""The geometry of a form drawn cell by cell: where each cell begins, and which rows do not come out even."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from build_tools.campaign import rules
from build_tools.findings import Finding, Pointer
from build_tools.source import Source

ROOM = 191
"""Millimetres a page has for a form's rows: the type area of 225 (GB/T 9704-2012, 5.2.1) less its head,
three lines of 29 points and a gap."""


class Extent(NamedTuple):
    """How many columns and rows a cell takes."""

    span: int
    rowspan: int


class Laid(NamedTuple):
    """A row as it comes to lie: the column each of its cells begins in, and the columns that cells above cover."""

    starts: tuple[int, ...]
    covered: frozenset[int]


def laid(columns: int, rows: Sequence[Sequence[Extent]]) -> Iterator[Laid]:
    """Each row of a table of ``columns`` columns; a cell begins in the next column that no cell above covers."""
    below = [0] * columns  # how many more rows each column is covered
    for row in rows:
        covered = frozenset(column for column, left in enumerate(below) if left)
        below = [max(0, left - 1) for left in below]
        column, starts = 0, []
        for cell in row:
            while column in covered:
                column += 1
            starts.append(column)
            for taken in range(column, min(column + cell.span, columns)):
                below[taken] = max(below[taken], cell.rowspan - 1)
            column += cell.span
        yield Laid(tuple(starts), covered)


def check_grid(source: Source) -> Iterator[Finding]:
    """Findings for rows of the form in ``source`` that do not fill its columns, or that no page can hold."""
    columns, rows = len(source.value["columns"]), source.value["rows"]
    extents = [[_extent(cell) for cell in row["cells"]] for row in rows]
    for index, (row, cells, lie) in enumerate(zip(rows, extents, laid(columns, extents), strict=True)):
        faults: list[tuple[Pointer, str]] = [
            (("rows", index), fault) for fault in _uneven(columns, cells, lie)
        ]
        for number, (cell, extent) in enumerate(zip(row["cells"], cells, strict=True)):
            pointer: Pointer = ("rows", index, "cells", number)
            faults += [(pointer, fault) for fault in _too_tall(cell, extent, index, rows)]
        if row.get("height", 0) > ROOM:
            fault = f"高{row['height']}毫米，一页最多容下{ROOM}毫米"
            faults.append((("rows", index, "height"), fault))
        for pointer, fault in faults:
            yield rules.GRID_UNEVEN.finding(source.place(pointer), pointer, row=index + 1, fault=fault)


def _extent(cell: dict[str, Any]) -> Extent:
    return Extent(cell.get("span", 1), cell.get("rowspan", 1))


def _uneven(columns: int, cells: Sequence[Extent], lie: Laid) -> Iterator[str]:
    free, taken = columns - len(lie.covered), sum(cell.span for cell in cells)
    if taken != free:
        above = f"，另有{len(lie.covered)}列被上面跨行的格占去" if lie.covered else ""
        yield f"各格合计占{taken}列，应占{free}列（共{columns}列{above}）"
        return
    for number, (cell, start) in enumerate(zip(cells, lie.starts, strict=True), start=1):
        if not lie.covered.isdisjoint(range(start, start + cell.span)):
            yield f"第{number}格与上面跨行的格重叠"


def _too_tall(cell: dict[str, Any], extent: Extent, index: int, rows: list[Any]) -> Iterator[str]:
    left = len(rows) - index
    if extent.rowspan > left:
        yield f"有一格跨{extent.rowspan}行，到表末只有{left}行"
    elif cell.get("long") and extent.rowspan > 1:
        yield "有一格是长文字（long），又跨行，打印时不能跨页"
