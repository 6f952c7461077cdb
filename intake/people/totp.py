"""The second factor: six digits of an authenticator (RFC 6238), a new code every 30 seconds."""

from __future__ import annotations

import unicodedata

import pyotp
import segno

from intake.people.machine import seconds
from intake.people.models import Account

ISSUER = "申报台"
"""What the authenticator calls us: short, since each Chinese character takes nine places in the picture, twice."""
STEP = 30
WINDOW = 1
"""How many steps a telephone's clock may be off, either way."""


def fresh() -> str:
    """A new secret: 160 bits in base 32."""
    return pyotp.random_base32()


def spaced(secret: str) -> str:
    """The secret in groups of four, to be typed."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def address(secret: str, account: Account) -> str:
    """The ``otpauth:`` address that an authenticator takes."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=ISSUER)


def picture(secret: str, account: Account) -> str:
    """The same as a QR code: the ``data:`` address of an SVG picture."""
    code = segno.make(address(secret, account), error="m", micro=False)
    drawn: str = code.svg_data_uri(scale=4, border=4, light="#fff")
    return drawn


def step_of(secret: str, typed: str) -> int:
    """The step for which ``typed`` is the code, within the window; 0 if none is."""
    digits = "".join(unicodedata.normalize("NFKC", typed[:40]).split())
    if not secret or len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return 0
    clock = pyotp.TOTP(secret)
    current = seconds() // STEP
    steps = range(current - WINDOW, current + WINDOW + 1)
    right = [step for step in steps if pyotp.utils.strings_equal(clock.generate_otp(step), digits)]
    return right[0] if right else 0


def taken(account: Account, typed: str) -> bool:
    """Take the code that was typed, once: of two who send the same code at once only one gets in."""
    step = step_of(account.totp_secret, typed)
    if not step:
        return False
    rows = Account.objects.filter(pk=account.pk, totp_secret=account.totp_secret, totp_last__lt=step)
    return rows.update(totp_last=step) == 1
