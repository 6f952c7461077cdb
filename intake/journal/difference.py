"""What changed between two versions of a document, field by field and word by word.

The work is bounded whatever is compared: what is too long to be compared by words is compared by sentences, and then
as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Any, NamedTuple

from rapidfuzz.distance import Indel

from intake.journal.reading import Field, Reading

MOST = 100_000_000
"""Cells of the comparison's table, one bit each: 12 MB and a few hundredths of a second."""

_BARE = 2
"""An agreement of so few characters between two changes is chance, and only makes the change hard to read."""

_ROWS = 10_000
"""Pairs of rows that are looked at for likeness: two lists of a hundred each."""

_ALIKE = 0.5
"""Rows less alike than this are one row less and one more, not a changed one."""

_WORDS = re.compile("(?:[0-9A-Za-z.]+|\\s+|.)[\u0300-\u036f\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.DOTALL)
"""Numbers and Latin words as a whole, a character with the marks that belong to it."""

_SENTENCES = re.compile(r"[^。！？；\n]*[。！？；\n]|[^。！？；\n]+")


class Piece(NamedTuple):
    """A stretch of text that only this side has (``changed``) or both have."""

    text: str
    changed: bool


Pieces = tuple[Piece, ...]
Row = tuple[str, ...]


class RowPair(NamedTuple):
    """A row of a list before and after, as cells of pieces; no cells where there was, or is, no such row."""

    word: str
    old: tuple[Pieces, ...]
    new: tuple[Pieces, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after. ``old`` or ``new`` is ``None`` where a version does not have it at all."""

    key: str
    title: str
    changed: bool
    old: Field | None
    new: Field | None
    before: Pieces = ()
    after: Pieces = ()
    rows: tuple[RowPair, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings of a list; none for a text."""
        return (self.new and self.new.columns) or (self.old and self.old.columns) or ()

    @property
    def picture(self) -> bool:
        """Whether it is the photo."""
        return bool((self.new and self.new.file) or (self.old and self.old.file))


class FileChange(NamedTuple):
    """A file that came with a document: what happened to it."""

    path: str
    word: str


def compare(
    old: Reading, new: Reading, old_files: Mapping[str, Any], new_files: Mapping[str, Any]
) -> tuple[Change, ...]:
    """Every field of both versions, what changed first, each group in the form's order.

    ``old_files`` and ``new_files`` tell by path ``{"digest": …}`` what came with each version.
    """
    keys = dict.fromkeys((*new.by_key, *old.by_key))
    found = [_change(key, old.by_key.get(key), new.by_key.get(key), old_files, new_files) for key in keys]
    return tuple(sorted(found, key=lambda change: not change.changed))


def compare_files(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[FileChange, ...]:
    """What happened to the files, what did not change left out."""
    found = []
    for path in sorted({*old, *new}):
        if path not in old:
            found.append(FileChange(path, "新增"))
        elif path not in new:
            found.append(FileChange(path, "去掉"))
        elif _digest(old, path) != _digest(new, path):
            found.append(FileChange(path, "换了内容"))
    return tuple(found)


def _digest(files: Mapping[str, Any], path: str) -> str:
    kept = files.get(path)
    return str(kept.get("digest", "")) if isinstance(kept, dict) else ""


def _change(
    key: str,
    old: Field | None,
    new: Field | None,
    old_files: Mapping[str, Any],
    new_files: Mapping[str, Any],
) -> Change:
    title = (new or old or Field(key, key)).title
    if (old and old.is_list) or (new and new.is_list):
        rows = _rows(_listed(old), _listed(new))
        return Change(key, title, any(row.word for row in rows), old, new, rows=rows)
    before, after = (old.text if old else ""), (new.text if new else "")
    other_picture = bool(
        new and new.file and _digest(old_files, old.file if old else "") != _digest(new_files, new.file)
    )
    left, right = pieces(before, after)
    return Change(key, title, before != after or other_picture, old, new, left, right)


def _listed(field: Field | None) -> tuple[tuple[str, ...], ...]:
    """The rows of a field; a text where the other version has a list is a row of its own."""
    if field is None:
        return ()
    return field.rows if field.is_list else ((field.text,),) if field.text else ()


def pieces(old: str, new: str) -> tuple[Pieces, Pieces]:
    """Both texts cut into what they share and what only one has."""
    if old == new:
        same = (Piece(old, changed=False),) if old else ()
        return same, same
    for cut in (_WORDS.findall, _SENTENCES.findall):
        a, b = cut(old), cut(new)
        if len(a) * len(b) <= MOST:
            return _cut(a, b)
    return (_whole(old), _whole(new))


def _whole(text: str) -> Pieces:
    return (Piece(text, changed=True),) if text else ()


def _cut(old: Sequence[str], new: Sequence[str]) -> tuple[Pieces, Pieces]:
    left: list[Piece] = []
    right: list[Piece] = []
    for same, a, b in _runs(old, new):
        _append(left, "".join(old[a]), changed=not same)
        _append(right, "".join(new[b]), changed=not same)
    return tuple(left), tuple(right)


def _append(side: list[Piece], text: str, *, changed: bool) -> None:
    if not text:
        return
    if side and side[-1].changed is changed:
        text = side.pop().text + text
    side.append(Piece(text, changed))


def _numbers(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[list[int], list[int]]:
    """Both sequences with a number for each different part, so that parts are never confused."""
    known: dict[Hashable, int] = {}

    def number(part: Hashable) -> int:
        return known.setdefault(part, len(known))

    return list(map(number, old)), list(map(number, new))


def _runs(old: Sequence[str], new: Sequence[str]) -> list[tuple[bool, slice, slice]]:
    """(the same, slice of ``old``, slice of ``new``) in order; chance agreements belong to the change around them."""
    a, b = _numbers(old, new)
    codes = list(Indel.opcodes(a, b))
    found = []
    for place, code in enumerate(codes):
        inner = 0 < place < len(codes) - 1
        text = "".join(old[code.src_start : code.src_end])
        bare = inner and len(text) <= _BARE and "\n" not in text
        same = code.tag == "equal" and not bare
        found.append((same, slice(code.src_start, code.src_end), slice(code.dest_start, code.dest_end)))
    return found


def _rows(old: tuple[tuple[str, ...], ...], new: tuple[tuple[str, ...], ...]) -> tuple[RowPair, ...]:
    """The rows side by side; what is too much to be lined up stands place by place."""
    if len(old) * len(new) > MOST // 10:
        return tuple(_pair(a, b) for a, b in zip_longest(old, new))
    a, b = _numbers(old, new)
    found: list[RowPair] = []
    for changed, codes in groupby(Indel.opcodes(a, b), key=lambda code: code.tag != "equal"):
        group = list(codes)
        before = old[group[0].src_start : group[-1].src_end]
        after = new[group[0].dest_start : group[-1].dest_end]
        lined = _lined_up(before, after) if changed else zip(before, after, strict=True)
        found.extend(_pair(one, other) for one, other in lined)
    return tuple(found)


def _lined_up(old: tuple[Row, ...], new: tuple[Row, ...]) -> Iterator[tuple[Row | None, Row | None]]:
    """Rows that all differ, in order, those that are most alike beside each other."""
    if len(old) * len(new) > _ROWS:
        yield from zip_longest(old, new)
        return
    texts = [" ".join(row) for row in new]
    likeness = [[Indel.normalized_similarity(" ".join(row), text) for text in texts] for row in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            paired = best[i + 1][j + 1] + likeness[i][j] if likeness[i][j] >= _ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    i = j = 0
    while i < len(old) and j < len(new):
        if likeness[i][j] >= _ALIKE and best[i][j] == best[i + 1][j + 1] + likeness[i][j]:
            yield old[i], new[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield old[i], None
            i += 1
        else:
            yield None, new[j]
            j += 1
    yield from ((row, None) for row in old[i:])
    yield from ((None, row) for row in new[j:])


def _pair(old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> RowPair:
    if old is None or new is None:
        word = "新增" if old is None else "删去"
        return RowPair(word, tuple(map(_whole, old or ())), tuple(map(_whole, new or ())))
    both: list[tuple[Pieces, Pieces]] = [
        pieces(one, other) for one, other in zip_longest(old, new, fillvalue="")
    ]
    word = "" if old == new else "修改"
    return RowPair(word, tuple(left for left, _ in both), tuple(right for _, right in both))
