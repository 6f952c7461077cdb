"""How much room a text takes, well enough to choose its size: full-width characters one em, others half."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import east_asian_width

from build_tools.forms.sheet import HEIGHT, LINE, PADDING, SIZES

POINTS = 72 / 25.4
"""Points in a millimetre."""


class _Wide(dict[int, int | None]):
    """For :meth:`str.translate`: keeps full-width characters, drops all others; asks for each only once."""

    def __missing__(self, point: int) -> int | None:
        self[point] = point if east_asian_width(chr(point)) in "WFA" else None
        return self[point]


_WIDE = _Wide()


def ems(text: str) -> float:
    """The width of ``text`` in times of its size."""
    return (len(text) + len(text.translate(_WIDE))) / 2


def line_count(lines: Iterable[str], width: float, size: float) -> int:
    """How many lines the paragraphs take in ``width`` millimetres at ``size`` points."""
    room = max(1.0, math.floor(width * POINTS / size * 2 + 0.01) / 2)
    return sum(max(1, math.ceil(ems(line) / room)) for line in lines)


def height_of(lines: Iterable[str], width: float, size: float) -> float:
    """Their height in millimetres, in a cell of ``width`` with its padding."""
    return line_count(lines, width - 2 * PADDING[0], size) * size * LINE / POINTS + 2 * PADDING[1]


def running(lines: tuple[str, ...], width: float) -> float:
    """The size of a text that may run on over pages: the second of the sizes where the first would fill more than
    a page and a half."""
    return SIZES[0] if height_of(lines, width, SIZES[0]) <= 1.5 * HEIGHT else SIZES[1]


@lru_cache(maxsize=4096)  # the same labels stand on every form
def fitting(lines: tuple[str, ...], width: float, height: float, *, whole: bool = False) -> float:
    """The first of :data:`~build_tools.forms.sheet.SIZES` in which the paragraphs fit the cell, else the last.

    ``whole``: each paragraph should also stay on its line, if a size allows that.
    """
    allowed = [size for size in SIZES if height_of(lines, width, size) <= height]
    if whole:
        unbroken = [s for s in allowed if line_count(lines, width - 2 * PADDING[0], s) == len(lines)]
        allowed = unbroken or allowed
    return allowed[0] if allowed else SIZES[-1]
