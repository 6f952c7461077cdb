"""Numbers of a person within a text: citizens' identity numbers (GB 11643-1999) and mobile telephones."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LONG = re.compile("[0-9０-９][0-9０-９ \\-－　]{9}[0-9０-９]")
"""The cheap test: eleven characters that are digits, blanks and dashes. Both numbers hold such a stretch."""

DIGITS = ("０１２３４５６７８９－　ＸｘX", "0123456789- xxx")
"""As people write them, and as the patterns know them."""

_HALF_WIDTH = str.maketrans(*DIGITS)
_DATE = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
IDENTITY = re.compile(
    rf"(?<![0-9a-z])([1-9][0-9]{{5}}[ -]?(?:18|19|20)[0-9]{{2}}{_DATE}[ -]?[0-9]{{3}}[0-9x])(?![0-9a-z])"
    rf"|(?<![0-9a-z])[1-9][0-9]{{5}}[ -]?[0-9]{{2}}{_DATE}[ -]?[0-9]{{3}}(?![0-9a-z])"
)
MOBILE = re.compile(
    r"(?<![0-9.])(?:(?:\+|00)?86[ -]?)?1[3-9][0-9](?:[0-9]{8}|([ -])[0-9]{4}\1[0-9]{4})"
    r"(?![0-9]|[.][0-9]| ?[多余]?[万亿]?(?:元|美元|人|件|次|个|名|户|家))"
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10x98765432"


def has_personal_number(text: str) -> bool:
    """Whether it is worth asking :func:`personal_numbers`."""
    return _LONG.search(text) is not None


def personal_numbers(text: str) -> Iterator[tuple[str, int]]:
    """The first ``identity`` number and the first ``mobile`` number in ``text``, and where each starts."""
    text = text.translate(_HALF_WIDTH)
    identity = next((found for found in IDENTITY.finditer(text) if _is_identity(found)), None)
    if identity:
        yield "identity", identity.start()
    if mobile := MOBILE.search(text):
        yield "mobile", mobile.start()


def _is_identity(found: re.Match[str]) -> bool:
    """A number of 18 places ends in a check digit (ISO 7064, MOD 11-2); one of 15 has none."""
    if found[1] is None:
        return True
    places = re.sub("[ -]", "", found[1])
    total = sum(weight * int(place) for weight, place in zip(WEIGHTS, places, strict=False))
    return places[-1] == CHECKS[total % 11]
