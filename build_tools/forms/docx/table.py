"""Forms drawn cell by cell, and registers, as Word's own tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from build_tools.forms.definition import CellKind
from build_tools.forms.docx.markup import TWIPS, Element, indent, paragraph, run, twips, w
from build_tools.forms.docx.styles import cell_line
from build_tools.forms.measure import POINTS, ems
from build_tools.forms.sheet import PADDING, PHOTO, SIZES, Cell, Picture, Register, Row, Table

Draw = Callable[[Picture, str, tuple[float, float]], Element | None]
"""From a photo, what it shows and its box in millimetres to a run; ``None`` when it cannot be drawn."""

_RULE = 4
"""Lines of half a point, in eighths of one."""

_REGISTER_SIZE = SIZES[1]
_BLANK_ROW = 10.0
_PLACES = {CellKind.SEAL: "bottom"}
_SIDES = "top", "left", "bottom", "right"


def table(body: Table, draw: Draw) -> Element:
    """The form as one table."""
    grid = _grid(body.columns)
    below: dict[int, tuple[int, int]] = {}  # column to the columns and rows that a cell above still covers
    rows = []
    for number, row in enumerate(body.rows):
        cells = {column: _below(grid, column, span) for column, (span, _) in below.items()}
        below = {column: (span, left - 1) for column, (span, left) in below.items() if left > 1}
        for cell in row.cells:
            box = _box(body, number, cell)
            cells[cell.column] = _cell(grid, cell, _content(cell, box, draw))
            if cell.rowspan > 1:
                below[cell.column] = cell.span, cell.rowspan - 1
        whole = not any(cell.long for cell in row.cells)
        rows.append(_row(row.height, (cells[column] for column in sorted(cells)), whole=whole))
    return _table(grid, rows)


def register(body: Register) -> Element:
    """The list, its headings on every page; rows that were left blank have room to write into."""
    grid = _grid([column.width for column in body.columns])
    blank = not any(map(any, body.rows))
    labels = [column.label for column in body.columns]
    heading = _row(0, _entries(grid, labels), whole=True, heading=True)
    height = _BLANK_ROW if blank else 0
    return _table(grid, (heading, *(_row(height, _entries(grid, row), whole=True) for row in body.rows)))


def _grid(columns: Iterable[float]) -> tuple[int, ...]:
    """Widths in twips that add up to the whole's, whatever each is rounded to."""
    edges = (twips(edge) for edge in accumulate(columns, initial=0.0))
    return tuple(right - left for left, right in pairwise(edges))


def _table(grid: Sequence[int], rows: Iterable[Element]) -> Element:
    across, down = map(twips, PADDING)
    return w(
        "tbl",
        w(
            "tblPr",
            w("tblW", w=sum(grid), type="dxa"),
            w("jc", val="center"),
            w(
                "tblBorders",
                *(
                    w(side, val="single", sz=_RULE, space=0, color="000000")
                    for side in (*_SIDES, "insideH", "insideV")
                ),
            ),
            w("tblLayout", type="fixed"),
            w(
                "tblCellMar",
                *(w(side, w=down if side in ("top", "bottom") else across, type="dxa") for side in _SIDES),
            ),
        ),
        w("tblGrid", *(w("gridCol", w=width) for width in grid)),
        *rows,
    )


def _row(height: float, cells: Iterable[Element], *, whole: bool, heading: bool = False) -> Element:
    """``whole``: it is not parted between two pages. Its line counts with its height, so that the heights of a
    form's rows add up to the form's.
    """
    least = twips(height) - _RULE * TWIPS // 8
    properties = w(
        "trPr",
        w("cantSplit") if whole else None,
        w("trHeight", val=least, hRule="atLeast") if height else None,
        w("tblHeader") if heading else None,
    )
    return w("tr", properties if len(properties) else None, *cells)


def _cell(grid: Sequence[int], cell: Cell, content: Iterable[Element]) -> Element:
    place = "top" if cell.long else _PLACES.get(cell.kind, "center")
    start = w("vMerge", val="restart") if cell.rowspan > 1 else None
    return w("tc", _cell_properties(grid, cell.column, cell.span, start, place), *content)


def _below(grid: Sequence[int], column: int, span: int) -> Element:
    """Where a cell above reaches into a row."""
    return w("tc", _cell_properties(grid, column, span, w("vMerge"), None), paragraph("TableText"))


def _cell_properties(
    grid: Sequence[int], column: int, span: int, merge: Element | None, place: str | None
) -> Element:
    return w(
        "tcPr",
        w("tcW", w=sum(grid[column : column + span]), type="dxa"),
        w("gridSpan", val=span) if span > 1 else None,
        merge,
        w("vAlign", val=place) if place else None,
    )


def _entries(grid: Sequence[int], texts: Sequence[str]) -> Iterator[Element]:
    for column, text in enumerate(texts):
        yield w(
            "tc", _cell_properties(grid, column, 1, None, "center"), _sized("TableText", text, _REGISTER_SIZE)
        )


def _content(cell: Cell, box: tuple[float, float], draw: Draw) -> Iterator[Element]:
    """What stands in a cell; ``box`` is the room between its paddings, in millimetres."""
    if cell.kind is CellKind.SEAL:
        yield from _seal(cell, box[0])
        return
    if cell.picture is not None:
        room = min(PHOTO[0], box[0]), min(PHOTO[1], box[1])
        drawn = draw(cell.picture, "".join(cell.lines), room)
        if drawn is not None:
            yield paragraph("TablePhoto", drawn)
            return
    if not cell.long or not cell.lines:
        yield _sized("TableText", "\n".join(cell.lines), cell.size)
        return
    for line in cell.lines:
        yield _sized(
            "TableLongText", line, cell.size, indents=indent(cell.size, firstLine=2) if cell.indent else None
        )


def _seal(cell: Cell, width: float) -> Iterator[Element]:
    """The lines one below the other's middle, a character from the right, where the seal will cover them."""
    em = round(cell.size * TWIPS)
    left = max(0, twips(width) - round((max(map(ems, cell.lines), default=0) + 2) * em))
    for line in cell.lines:
        yield _sized("TableText", line, cell.size, indents={"left": left, "right": em})


def _sized(style: str, text: str, size: float, *, indents: dict[str, int] | None = None) -> Element:
    """A paragraph of a cell; a size that is not its style's is said where it is needed."""
    if size == SIZES[0]:
        return paragraph(style, *([run(text)] if text else []), indents=indents)
    content = [run(text, size=size)] if text else []
    return paragraph(style, *content, line=cell_line(size), indents=indents)


def _box(body: Table, row: int, cell: Cell) -> tuple[float, float]:
    """The least room of a cell between its paddings; rows without a height give what is asked of them."""
    width = sum(body.columns[cell.column : cell.column + cell.span]) - 2 * PADDING[0]
    covered: Sequence[Row] = body.rows[row : row + cell.rowspan]
    if not all(one.height for one in covered):
        return width, PHOTO[1]
    # The mark of its paragraph stands below a photo, the row's line beside it.
    spare = len(covered) * _RULE / 8 / POINTS + 1 / POINTS
    return width, sum(one.height for one in covered) - 2 * PADDING[1] - spare
