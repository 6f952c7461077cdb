"""Enrolment codes: 80 random bits in four groups that can be read over the telephone.

The alphabet is Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O and U, so that nobody has to ask
whether it was a zero.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_MEANT = str.maketrans("OIL", "011")


def fresh() -> str:
    """A new code as people read it: ``7QF3-0K9D-M2VX-4T8A``."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))


def meant(typed: str) -> str:
    """The 16 letters that somebody meant: case, blanks, hyphens, full-width forms and look-alikes put right.

    Empty if it cannot be a code.
    """
    plain = unicodedata.normalize("NFKC", typed[:200]).upper().translate(_MEANT)
    letters = "".join(letter for letter in plain if letter.isalnum())
    return letters if len(letters) == LENGTH and set(letters) <= set(ALPHABET) else ""


def digest(code: str) -> str:
    """What is stored of a code: the SHA-256 of its letters, 64 hexadecimal digits; empty if it is none.

    80 random bits need no slow hash: nobody tries them all.
    """
    letters = meant(code)
    return hashlib.sha256(letters.encode("ascii")).hexdigest() if letters else ""
