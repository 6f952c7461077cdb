"""The official table with places to write in its cells.

What is wrong with a field of a narrow cell stands in a row of its own below the cell's, as wide as the table leaves
room; that row has no height while there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from build_tools.forms.definition import Cell, CellKind, Grid, places
from build_tools.forms.web.fields import Fields, Input
from build_tools.forms.web.kinds import Kind

_NARROW = 0.4
"""A cell with a smaller share of the table's width has no room for a sentence."""


@dataclass(frozen=True)
class GridCell:
    """A cell of the table. A label cell names the ``inputs`` it is the label of; for a cell of fields ``labelled``
    says that its label stands in the cell before it, ``aside`` that its faults stand in the row below.
    """

    kind: CellKind
    lines: tuple[str, ...]
    inputs: tuple[Input, ...]
    span: int
    rowspan: int
    labelled: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Said:
    """A cell of the row below: the fields whose faults stand in it."""

    span: int
    inputs: tuple[Input, ...]


@dataclass(frozen=True)
class GridRow:
    """A row of the table and the cells of the row below, which there is only for narrow cells."""

    cells: tuple[GridCell, ...]
    said: tuple[Said, ...] = ()


def grid_rows(grid: Grid, fields: Fields) -> list[GridRow]:
    """The rows of ``grid``; a cell over several of them covers the rows between as well."""
    whole = sum(grid.columns)
    starts = places(grid)
    rows = []
    for row, columns in zip(grid.rows, starts, strict=True):
        widths = [
            sum(grid.columns[c : c + cell.span]) / whole for cell, c in zip(row.cells, columns, strict=True)
        ]
        rows.append(tuple(_cells(row.cells, widths, fields)))
    asides = [tuple(i for cell in cells if cell.aside for i in cell.inputs) for cells in rows]
    found = []
    for index, cells in enumerate(rows):
        spanned = tuple(
            replace(cell, rowspan=cell.rowspan + sum(map(bool, asides[index : index + cell.rowspan - 1])))
            for cell in cells
        )
        found.append(GridRow(spanned, tuple(_said(grid, index, asides[index]) if asides[index] else ())))
    return found


def _cells(cells: tuple[Cell, ...], widths: list[float], fields: Fields) -> Iterator[GridCell]:
    """A row's cells; a label belongs to the single field right behind it."""
    for index, cell in enumerate(cells):
        after = cells[index + 1] if index + 1 < len(cells) else None
        if cell.kind is CellKind.LABEL:
            alone = after is not None and after.kind is CellKind.FIELD and len(after.fields) == 1
            named = (fields.field(after.fields[0]),) if after is not None and alone else ()
            yield GridCell(cell.kind, tuple(cell.text.split("\n")), named, cell.span, cell.rowspan)
            continue
        inputs = tuple(map(fields.field, cell.fields))
        labelled = len(inputs) == 1 and index > 0 and cells[index - 1].kind is CellKind.LABEL
        short = cell.kind is CellKind.FIELD and all(i.kind not in (Kind.ROWS, Kind.LONG) for i in inputs)
        yield GridCell(
            cell.kind,
            (),
            inputs,
            cell.span,
            cell.rowspan,
            labelled=labelled and cell.kind is CellKind.FIELD,
            aside=short and cell.rowspan == 1 and widths[index] < _NARROW,
        )


def _said(grid: Grid, index: int, inputs: tuple[Input, ...]) -> Iterator[Said]:
    """The cells below row ``index``: each run of columns that no cell covers on its way down; the widest has the word."""
    covered: set[int] = set()
    for above, (row, columns) in enumerate(zip(grid.rows[: index + 1], places(grid), strict=False)):
        for cell, column in zip(row.cells, columns, strict=True):
            if above + cell.rowspan - 1 > index:
                covered.update(range(column, column + cell.span))
    runs: list[list[int]] = []
    for column in range(len(grid.columns)):
        if column not in covered:
            if runs and runs[-1][-1] == column - 1:
                runs[-1].append(column)
            else:
                runs.append([column])
    widest = max(runs, key=lambda run: sum(grid.columns[column] for column in run))
    yield from (Said(len(run), inputs if run is widest else ()) for run in runs)
