"""The PDF face: sheets set by Typst, as tagged PDF with title, language and bookmarks (PDF/UA-1).

The sheets reach Typst as JSON, never as source; nothing in the templates evaluates a text, and nothing asks
the network. One :class:`Press` a process: its fonts and templates stay loaded from form to form.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from build_tools.checks.glyphs import named
from build_tools.forms.fonts import FontBook
from build_tools.forms.measure import height_of
from build_tools.forms.pictures import fitted
from build_tools.forms.sheet import Cell, Row, Sheet, Table

_TEMPLATES = Path(__file__).parent / "typst"
_STANDARD: Literal["ua-1"] = "ua-1"
_BREAKABLE = 80.0
"""A row that wants to be higher than so many millimetres may be parted by a page's end, whatever stands in it."""

_LONG_WORD = re.compile(r"[\x21-\x2c\x2e\x30-\x7e\u00a1-\u024f]{13,}")
"""What no line breaks by itself: a line may end after a hyphen and a slash."""


@dataclass(frozen=True)
class Printed:
    """A sheet in a file. ``who`` and ``seals`` are for a packet's list: whom it is about, whose seal it needs."""

    sheet: Sheet
    copies: int = 1
    who: str = ""
    seals: str = ""


@dataclass(frozen=True)
class Cover:
    """The list on top of a packet; ``lines`` stand above the table, ``who`` heads its column of people."""

    title: str
    lines: tuple[str, ...]
    who: str


class CannotDraw(Exception):
    """A text holds characters that no font at hand can draw; ``characters`` are they."""

    def __init__(self, characters: list[str]) -> None:
        super().__init__(characters)  # as they are, so that it comes whole out of another process
        self.characters = characters

    def __str__(self) -> str:
        return f"字体中没有{named(self.characters)}"


class Press:
    """Sets PDF files with one set of fonts. Use as a context: it keeps a folder of templates and photos."""

    def __init__(self, fonts: FontBook) -> None:
        from typst import Compiler

        self._workshop = tempfile.TemporaryDirectory(prefix="shenbao-press-")
        self._folder = Path(self._workshop.name)
        shutil.copytree(_TEMPLATES, self._folder, dirs_exist_ok=True)
        self._fonts = fonts
        self._compiler = Compiler(self._folder / "main.typ", root=self._folder, font_paths=fonts.engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take the folder away."""
        self._workshop.cleanup()

    def pdf(self, parts: Iterable[Printed], *, cover: Cover | None = None, duplex: bool = False) -> bytes:
        """The parts one after another, each as often as it says; the same input gives the same bytes.

        ``duplex``: every copy begins on the front of a leaf, for printing on both sides. Raises
        :class:`CannotDraw`, because Typst would leave such a character out and say nothing.
        """
        printed = list(parts)
        if lacking := self._fonts.missing("".join(texts_of(printed, cover))):
            raise CannotDraw(lacking)
        data = {
            "title": cover.title if cover else _title(printed[0].sheet),
            "fonts": self._fonts.chains,
            "duplex": duplex,
            "cover": _cover(cover) if cover else None,
            "parts": [
                {
                    "sheet": self._sheet(part.sheet),
                    "copies": part.copies,
                    "who": part.who,
                    "seals": part.seals,
                }
                for part in printed
            ],
        }
        result = self._compiler.compile(
            format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, pdf_standards=_STANDARD
        )
        if not isinstance(result, bytes):
            raise TypeError("one PDF is one string of bytes")
        return result

    def _sheet(self, sheet: Sheet) -> dict[str, Any]:
        """Its data, with struts for the rows, breaks in words that no line could hold, and photos as files."""
        data: dict[str, Any] = _breakable(sheet.as_data())
        if isinstance(sheet.body, Table):
            for row, drawn in zip(sheet.body.rows, data["body"]["rows"], strict=True):
                tallest = _tallest(row, sheet.body)
                # A strut holds a row open to its least height, in a cell of that row alone, where all texts fit it.
                drawn["strut"] = row.height if tallest <= row.height else 0
                drawn["held"] = next((n for n, cell in enumerate(row.cells) if cell.rowspan == 1), None)
                drawn["breakable"] = tallest > _BREAKABLE or any(cell.long for cell in row.cells)
                for cell, shown in zip(row.cells, drawn["cells"], strict=True):
                    shown["picture"] = self._picture(cell)
        return data

    def _picture(self, cell: Cell) -> str | None:
        jpeg = fitted(cell.picture) if cell.picture else None
        if cell.picture is None or jpeg is None:
            return None
        path = self._folder / f"{cell.picture.digest}.jpg"
        if not path.exists():
            path.write_bytes(jpeg)
        return path.name


def _tallest(row: Row, table: Table) -> float:
    """The height that the row's own texts want, about, in millimetres."""
    widths = [sum(table.columns[cell.column : cell.column + cell.span]) for cell in row.cells]
    return max(
        (
            height_of(c.lines, width, c.size)
            for c, width in zip(row.cells, widths, strict=True)
            if c.rowspan == 1
        ),
        default=0.0,
    )


def texts_of(parts: Iterable[Printed], cover: Cover | None = None) -> Iterator[str]:
    """Every text of a file, whoever wrote it."""
    for part in parts:
        yield from (*part.sheet.texts(), part.sheet.caption, part.who, part.seals)
    if cover:
        yield from (cover.title, *cover.lines, cover.who)


def _title(sheet: Sheet) -> str:
    return "".join(sheet.title.split("\n"))


def _cover(cover: Cover) -> dict[str, Any]:
    sheet = {"annex": "", "caption": cover.title, "title": [cover.title], "kind": "cover", "remark": ""}
    return {"sheet": sheet, "lines": cover.lines, "who": cover.who}


def _breakable(value: Any) -> Any:
    """Lets a long run of Latin letters or digits break anywhere: it must not run out of its cell."""
    if isinstance(value, str):
        return _LONG_WORD.sub(lambda run: "\u200b".join(run[0]), value)
    if isinstance(value, list):
        return [_breakable(part) for part in value]
    if isinstance(value, dict):
        return {key: _breakable(part) for key, part in value.items()}
    return value
