"""Accounts: who has one, made and shut by the office."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from intake.answers import Refused
from intake.current import campaign, now
from intake.people import enrolment, sessions
from intake.people.access import may_handle
from intake.people.audit import note
from intake.people.models import Account, Enrolment, Role

OFFICERS = 2
"""Named officers each unit has to have."""
_USERNAME = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")


_UNFIT = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""No control characters, and nothing that breaks a line: a name stands on a line of the receipt that is signed."""


@dataclass(frozen=True)
class Standing:
    """An account as the office sees it. ``open_until``: until when a code that was handed out is good."""

    account: Account
    open_until: datetime | None

    @property
    def enrolled(self) -> bool:
        """Whether somebody has set a passphrase."""
        return self.account.has_usable_password()

    @property
    def word(self) -> str:
        """未启用, 已启用 or 已停用."""
        if not self.account.is_active:
            return "已停用"
        return "已启用" if self.enrolled else "未启用"

    @property
    def counts(self) -> bool:
        """Whether the unit has this officer: can sign in, or is invited to."""
        return self.account.is_active and (self.enrolled or self.open_until is not None)


@dataclass(frozen=True)
class Staff:
    """A unit's people, or the office's where ``slug`` is empty."""

    slug: str
    name: str
    people: Sequence[Standing]

    @property
    def lacking(self) -> int:
        """How many officers a unit still has to name."""
        return max(0, OFFICERS - sum(person.counts for person in self.people)) if self.slug else 0


def username_of(typed: str) -> str:
    """A user name as it is stored, from what somebody typed."""
    return unicodedata.normalize("NFKC", typed[:80]).strip().lower()


def name_of(typed: str) -> str:
    """A person's name as it is stored, from what somebody typed."""
    return unicodedata.normalize("NFC", typed).strip()


def whose(account: Account) -> str:
    """For whom the account speaks: its unit, or the office and in what role."""
    if account.is_office:
        return f"活动办公室{account.get_role_display()}"
    unit = campaign().unit_by_slug.get(account.unit)
    return unit.bureau if unit else account.unit


def find(typed: str) -> Account | None:
    """The account of this user name, whatever its state."""
    return Account.objects.filter(username=username_of(typed)).first()


def next_username(unit: str) -> str:
    """The first free of ``guangzhou-1``, ``guangzhou-2`` …"""
    taken = set(Account.objects.filter(username__startswith=f"{unit}-").values_list("username", flat=True))
    number = 1
    while f"{unit}-{number}" in taken:
        number += 1
    return f"{unit}-{number}"


def create(
    username: str,
    name: str,
    role: Role | str,
    unit: str = "",
    *,
    by: Account | None = None,
    request: HttpRequest | None = None,
) -> Account:
    """A new account that nobody can open before it has a code; raises ``Refused`` (400) with the reason.

    ``unit`` is a slug for a unit's account and empty for the office's; without ``username`` a unit's account gets the
    next of its unit. ``by`` is who makes it, nobody on the command line.
    """
    role = Role(role)
    may_handle(by, role)
    name = name_of(name)
    if not name or len(name) > 40 or any(unicodedata.category(letter) in _UNFIT for letter in name):
        raise Refused(400, "请写姓名，最多 40 个字，不带控制字符。")
    if (role is Role.UNIT) != bool(unit):
        raise Refused(400, "报送单位的账号要选单位，办公室的账号不选单位。")
    if unit and unit not in campaign().unit_by_slug:
        raise Refused(400, "本次活动没有这个单位，请重新选择。")
    username = username_of(username) or (next_username(unit) if unit else "")
    if not _USERNAME.fullmatch(username):
        raise Refused(400, "用户名用 3 到 40 个小写字母、数字或连字符，以字母开头。")
    account = Account(username=username, name=name, role=role, unit=unit, created_at=now())
    account.set_unusable_password()
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            note(request, "account-created", unit=unit, target=username, account=by, role=role.value)
    except IntegrityError as error:
        raise Refused(400, "这个用户名已经有人用了，请换一个。") from error
    return account


def deactivate(account: Account, by: Account | None = None, request: HttpRequest | None = None) -> None:
    """Shut an account: its sessions end, its codes are void. Raises ``Refused`` for one's own (409) and office's (403)."""
    may_handle(by, account.role)
    if by is not None and by.pk == account.pk:
        raise Refused(409, "不能停用自己的账号，请另一位审批人办理。")
    with transaction.atomic():
        if Account.objects.filter(pk=account.pk, is_active=True).update(is_active=False):
            sessions.end_all(account)
            enrolment.void(account)
            note(request, "deactivated", unit=account.unit, target=account.username, account=by)
    account.refresh_from_db()


def reactivate(account: Account, by: Account | None = None, request: HttpRequest | None = None) -> None:
    """Open a shut account again, with the passphrase it had; sessions and codes of before stay ended."""
    may_handle(by, account.role)
    if Account.objects.filter(pk=account.pk, is_active=False).update(is_active=True):
        note(request, "reactivated", unit=account.unit, target=account.username, account=by)
    account.refresh_from_db()


def standings(accounts: Iterable[Account]) -> list[Standing]:
    """Each account with the code that is out for it, in two queries."""
    found = list(accounts)
    until: dict[int, datetime] = {}
    for code in enrolment.valid(Enrolment.objects.filter(account__in=found)):
        until[code.account_id] = code.expires_at
    return [Standing(account, until.get(account.pk)) for account in found]


def staffs() -> list[Staff]:
    """The office's people, then every unit's in official order."""
    by_unit: dict[str, list[Standing]] = {}
    for person in standings(Account.objects.order_by("username")):
        by_unit.setdefault(person.account.unit, []).append(person)
    units = [Staff(unit.slug, unit.name, by_unit.get(unit.slug, [])) for unit in campaign().units]
    return [Staff("", "活动办公室", by_unit.get("", [])), *units]
