"""One automaton for all needles (Aho-Corasick): a text is read once, however many needles there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import ahocorasick

from build_tools.site.gate.spelling import fold


class Secret(NamedTuple):
    """Whose value it is and what it is called; the value itself is never carried into a message."""

    title: str
    unit: str


class Hit(NamedTuple):
    """A needle found in a text."""

    needle: str
    secret: Secret


class Matcher:
    """Finds every needle in a text.

    ``public`` holds texts that may be shown: a needle found inside one of them at that very place (a
    firm's name inside a public party branch's name) is no hit, while the same needle elsewhere is.
    The automaton reads UTF-8 as single-byte letters: with thousands of Chinese characters at one node
    it would be seventy times slower.
    """

    def __init__(self, needles: Mapping[str, Secret], public: Collection[str] = ()) -> None:
        self._automaton = ahocorasick.Automaton()
        self._excused: frozenset[str] = frozenset()
        for needle, secret in needles.items():
            self._automaton.add_word(_letters(needle), (needle, secret))
        for text in public:
            self._automaton.add_word(_letters(text), (text, None))
        self._empty = len(self._automaton) == 0
        if not self._empty:
            self._automaton.make_automaton()

    def excuse(self, corpus: Iterable[str]) -> None:
        """Forget the needles that stand in a text of ``corpus``, which everybody may read anyway."""
        self._excused = frozenset(hit.needle for text in corpus for hit in self.hits(fold(text)))

    def __len__(self) -> int:
        return len(self._automaton) - len(self._excused)

    def hits(self, folded: str, shortest: int = 2, *, wrapped: bool = False) -> list[Hit]:
        """The needles in ``folded`` of at least ``shortest`` characters.

        ``wrapped``: the text was joined over line breaks, where only Chinese clauses are evidence.
        """
        if self._empty:
            return []
        letters = _letters(folded)
        found: list[tuple[int, int, Hit]] = []
        shown: list[tuple[int, int]] = []
        for last, (needle, secret) in self._automaton.iter(letters):
            end = last + 1
            start = end - len(_letters(needle))
            if secret is None:
                shown.append((start, end))
                continue
            if needle in self._excused or len(needle) < shortest or (wrapped and needle.isascii()):
                continue
            if _bounded(letters, start, end):
                found.append((start, end, Hit(needle, secret)))
        return [
            hit
            for start, end, hit in found
            if not any(left <= start and end <= right for left, right in shown)
        ]


def _letters(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def _bounded(letters: str, start: int, end: int) -> bool:
    """Whether a needle that begins or ends with a Latin letter or digit is not part of a longer word."""
    if start and _is_word(letters[start]) and _is_word(letters[start - 1]):
        return False
    return not (end < len(letters) and _is_word(letters[end - 1]) and _is_word(letters[end]))


def _is_word(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()
