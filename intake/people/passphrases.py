"""Passphrases: how they are kept, and which ones are good enough."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import pairwise

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator, UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.crypto import get_random_string

from intake.current import campaign
from intake.people.models import Account

SHORTEST, LONGEST = 10, 200


class Hasher(Argon2PasswordHasher):
    """Argon2id as OWASP's cheat sheet on password storage has it: 19 MiB, two passes, one lane."""

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1


def normal(typed: str) -> str:
    """The passphrase in one form (NFKC), so that two input methods cannot write it in two ways."""
    return unicodedata.normalize("NFKC", typed)


def sealed(passphrase: str) -> str:
    """What is stored of a passphrase."""
    return make_password(normal(passphrase))


def fits(account: Account | None, typed: str) -> bool:
    """Whether ``typed`` opens ``account``: exactly one call to the hasher, also where nobody or nothing is there.

    An account that was never opened or is shut costs the same time and gets the same answer.
    """
    there = account is not None and account.is_active and account.has_usable_password()
    encoded = account.password if account is not None and account.has_usable_password() else _nobody()
    too_long = len(typed) > LONGEST
    right = check_password("" if too_long else normal(typed), encoded)
    return right and there and not too_long


@lru_cache(maxsize=1)
def _nobody() -> str:
    """What nobody's passphrase is compared with."""
    return make_password(get_random_string(32))


def warm() -> None:
    """Make the hash of nobody's passphrase, so that the first stranger does not wait twice as long."""
    _nobody()


def fault(passphrase: str, account: Account) -> str:
    """Why ``passphrase`` is not good enough for ``account``, as one sentence; empty if it is."""
    text = normal(passphrase)
    if len(text) < SHORTEST:
        return f"口令太短，至少要 {SHORTEST} 个字。可以用一句自己记得住的话。"
    if len(text) > LONGEST:
        return f"口令太长，最多 {LONGEST} 个字。"
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        return "口令里有看不见的控制字符，请重新输入。"
    if _common(text):
        return "这个口令太常见，容易被猜到，请换一个。"
    if _about(text, account):
        return "口令不能只由姓名、用户名、单位或活动的名称加数字组成，请换一个。"
    return ""


@lru_cache(maxsize=1)
def _known() -> CommonPasswordValidator:
    return CommonPasswordValidator()


def _common(text: str) -> bool:
    """On Django's list of the 20,000 most common, few different letters, or letters that just go on."""
    folded = text.casefold()
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    if len(set(folded)) < 5 or (len(steps - {1, -9}) == 0) or (len(steps - {-1, 9}) == 0):
        return True
    half = len(folded) // 2
    try:
        for tried in {
            folded,
            folded.strip("0123456789"),
            folded[:half] if folded == folded[:half] * 2 else folded,
        }:
            if tried:
                _known().validate(tried)
    except ValidationError:
        return True
    return False


def _about(text: str, account: Account) -> bool:
    """Made of what everybody knows of the account, and little else."""
    held = campaign()
    unit = held.unit_by_slug.get(account.unit)
    known = {
        account.username,
        *account.username.split("-"),
        account.name,
        held.short_title,
        "shenbao",
        "申报台",
    }
    known |= {unit.slug, unit.name, unit.bureau, unit.code} if unit else set()
    rest = normal(text).casefold()
    for word in sorted((normal(word).casefold() for word in known), key=len, reverse=True):
        if len(word) > 1:
            rest = rest.replace(word, "")
    if rest != normal(text).casefold() and sum(1 for letter in rest if letter.isalpha()) < 4:
        return True
    try:
        UserAttributeSimilarityValidator(("username", "name")).validate(text, account)
    except ValidationError:
        return True
    return False
