"""The counters summed over the units, for one audience."""

from __future__ import annotations

from build_tools.rollup import Answer, Cell, Counter, RollUp, Row
from build_tools.site.projection import wording
from build_tools.site.view import Audience, CounterView, Share

UNITS_A_COUNTER = 100
"""More units than this are ranked by number and cut; the downloads hold them all."""


def counters(rollup: RollUp, audience: Audience) -> tuple[CounterView, ...]:
    """The counters this audience may see."""
    shown = [c for c in rollup.counters if c.public or audience is Audience.OFFICE]
    return tuple(_counter(counter, rollup.rows) for counter in shown)


def _counter(counter: Counter, rows: tuple[Row, ...]) -> CounterView:
    numbers = [
        cell.number for row in rows if (cell := row.cells.get(counter.key)) and cell.number is not None
    ]
    largest = float(max(numbers, default=0))
    shares = [_share(row, row.cells.get(counter.key), largest) for row in rows]
    more = max(0, len(shares) - UNITS_A_COUNTER)
    if more:
        shares = sorted(shares, key=lambda share: -float(share.number))[:UNITS_A_COUNTER]
    return CounterView(
        key=counter.key,
        title=counter.title,
        unit=counter.unit_word,
        clause=counter.clause,
        total=wording.number(counter.total) if counter.reported else "",
        covered=counter.reported,
        of=len(rows),
        blank=counter.blank,
        not_applicable=counter.not_applicable,
        missing=len(counter.missing),
        width=_percent(counter.reported, len(rows)),
        shares=tuple(shares),
        more=more,
    )


def _share(row: Row, cell: Cell | None, largest: float) -> Share:
    number = cell.number if cell and row.counted else None
    answer = cell.answer if cell else Answer.MISSING
    return Share(
        slug=row.unit.slug,
        name=row.unit.name,
        number="-1" if number is None else str(number),
        text="" if number is None else wording.number(number),
        width=_percent(float(number), largest) if number else 0.0,
        state="" if number is not None else (row.why_not or answer.label),
        late=row.late,
    )


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
