"""Near-identical texts among many, in time that grows with their number and not with its square.

Two copies of one text share most of their clauses word for word. So each text is cut at its commas,
clauses that stand in few texts point to the pairs worth comparing, and only those are compared in
full. Clauses that stand in many texts are turns of phrase and point nowhere.

Only a fingerprint of each text need be kept; the few texts that are compared in full are read again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from hashlib import blake2b
from itertools import combinations, pairwise
from typing import NamedTuple
from zlib import crc32

CUTOFF = 85
"""Percent from which two texts count as nearly the same."""

SHORTEST = 50
"""Texts with fewer characters say too little to be compared."""

_CLAUSE, _BYTES = 8, 3
"""A clause counts from so many Chinese characters, each so many bytes long."""

_COMMA = "，".encode()
_CUTS = re.compile(r"[\s，。；：、！？,;:!?]+")
_FEW, _SOME = 8, 60
_SHARED = 0.12
_BEST = 3
_LARGE = 5000


class Fingerprint(NamedTuple):
    """What is remembered of a text: a hash of the whole, and one of each longer clause.

    Both are the same in every run and on every machine.
    """

    whole: int
    clauses: frozenset[int]


Compared = dict[tuple[int, int], int]
"""How much two texts agree in percent, by their fingerprints' ``whole``; 0 below the cutoff."""


class Pair(NamedTuple):
    """Two texts by their index, ``first`` before ``second``, and how much of them agrees in percent."""

    first: int
    second: int
    percent: int


def fingerprint(text: str, among: int) -> Fingerprint | None:
    """The fingerprint of ``text``, one of ``among`` texts; ``None`` when it says too little to be compared.

    All texts that are compared are given the same ``among``: of very many, fewer clauses are kept.
    """
    if len(text) < SHORTEST:
        return None
    whole = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
    return Fingerprint(whole, frozenset(_clauses(text, thinning(among))))


def thinning(among: int) -> int:
    """Of so many texts, one of how many clauses is kept."""
    return 1 + among // _LARGE


def near_identical(
    prints: Sequence[Fingerprint],
    read: Callable[[int], str],
    *,
    groups: Sequence[Hashable] | None = None,
    cutoff: int = CUTOFF,
    compared: Compared | None = None,
) -> list[Pair]:
    """The pairs of texts that agree to ``cutoff`` percent or more, in order.

    ``prints`` are the texts' fingerprints; ``read`` gives the text with an index, for those compared in full.
    White space does not count. A text is paired with the earlier one that it shares most with, not
    with every one; of several that are exactly the same, the first stands for all. Texts of the same
    group (``groups`` names one for each text) are not compared with each other. ``compared`` is what was found
    before, which need not be read again; afterwards it is what was found now.
    """
    from rapidfuzz.fuzz import ratio

    group = groups if groups is not None else range(len(prints))
    first_with: dict[int, int] = {}
    pairs: list[Pair] = []
    kept: list[int] = []
    for index, known in enumerate(prints):
        first = first_with.setdefault(known.whole, index)
        if first == index:
            kept.append(index)
        elif group[first] != group[index]:
            pairs.append(Pair(first, index, 100))
    before = dict(compared or {})
    found: Compared = {} if compared is None else compared
    found.clear()
    bare: dict[int, str] = {}
    done: set[int] = set()
    for one, other in candidates([prints[index].clauses for index in kept]):
        first, second = kept[one], kept[other]
        if second in done or group[first] == group[second]:
            continue
        both = (prints[first].whole, prints[second].whole)
        percent = before.get(both)
        if percent is None:
            for index in (first, second):
                if index not in bare:
                    bare[index] = "".join(read(index).split())
            exact = bare[first] == bare[second]
            percent = 100 if exact else min(99, round(ratio(bare[first], bare[second], score_cutoff=cutoff)))
        found[both] = percent
        if percent:
            done.add(second)
            pairs.append(Pair(first, second, percent))
    return sorted(pairs)


def candidates(parts: Sequence[frozenset[int]]) -> list[tuple[int, int]]:
    """The pairs of texts that share enough clauses (``parts``) to be worth a full comparison.

    A few for each text, the likeliest first.
    """
    seen: set[int] = set()
    repeated: set[int] = set()
    for clauses in parts:
        repeated |= seen.intersection(clauses)
        seen |= clauses
    found: dict[int, list[int]] = {}
    for index, clauses in enumerate(parts):
        for clause in repeated.intersection(clauses):
            found.setdefault(clause, []).append(index)
    shared = Counter(pair for where in found.values() if len(where) <= _SOME for pair in _pairs(where))
    sizes = [len(clauses) for clauses in parts]
    crowd = _crowd(found, parts)
    for pair in crowd:
        shared[pair] = len(parts[pair[0]] & parts[pair[1]])
    return _strongest(shared, sizes)


def _clauses(text: str, every: int) -> Iterator[int]:
    """The longer clauses of ``text``; of many texts one of ``every`` so many is enough, chosen by its length."""
    pieces = text.replace(",", "，").encode().split(_COMMA)
    if len(pieces) * 60 < len(text):
        pieces = [piece.encode() for piece in _CUTS.split(text)]
    return (
        crc32(piece) for piece in pieces if (size := len(piece) // _BYTES) >= _CLAUSE and not size % every
    )


def _pairs(where: list[int]) -> Iterator[tuple[int, int]]:
    """All pairs of a short list; of a longer one each with the first and with the one before it."""
    if len(where) <= _FEW:
        yield from combinations(where, 2)
        return
    first = where[0]
    for before, index in pairwise(where):
        yield before, index
        if before != first:
            yield first, index


def _crowd(found: dict[int, list[int]], parts: Sequence[frozenset[int]]) -> set[tuple[int, int]]:
    """Pairs among texts that consist mostly of turns of phrase: perhaps one text sent by a crowd.

    Each is tied to the others through the three clauses of its own that stand in the fewest texts.
    """
    common = {clause: len(where) for clause, where in found.items() if len(where) > _SOME}
    groups: dict[int, list[int]] = {}
    for index, clauses in enumerate(parts):
        own = common.keys() & clauses
        if len(own) * 2 > len(clauses):
            for clause in sorted(own, key=lambda clause: (common[clause], clause))[:3]:
                groups.setdefault(clause, []).append(index)
    return {pair for where in groups.values() for pair in _pairs(where)}


def _strongest(shared: Counter[tuple[int, int]], sizes: list[int]) -> list[tuple[int, int]]:
    by_text: dict[int, list[tuple[int, int]]] = {}
    for (first, second), count in shared.items():
        if count >= max(1, _SHARED * min(sizes[first], sizes[second])):
            by_text.setdefault(second, []).append((-count, first))
    return [(first, second) for second, found in by_text.items() for _, first in sorted(found)[:_BEST]]
