"""Guessing is slowed down: after some failures one waits, each time longer.

Failures are counted for what was guessed at together with the address it came from, so that nobody can lock anybody
else out from elsewhere; and for each address alone, more patiently, since an office may share one. An attempt is counted
before it is judged, so that a hundred at once are a hundred; one that turns out right is taken back.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from intake.answers import Refused
from intake.current import now
from intake.people.access import address_of
from intake.people.audit import note
from intake.people.models import Account, Audit, Guess

LONGEST_WAIT = 15
"""Minutes."""
FORGOTTEN = timedelta(days=1)
"""Failures older than that no longer count."""
SHARED_FORGOTTEN = timedelta(hours=1)
_TRIED = ("sign-in-failed", "second-factor-failed")
_TOLD = 1000
"""So many failures of a day, the newest, are looked through for where an account was guessed at."""


@dataclass(frozen=True)
class Limit:
    """``free`` failures for ``key`` without a wait; all are forgotten when none was added for as long as ``forgotten``."""

    key: str
    free: int
    forgotten: timedelta = FORGOTTEN

    def wait(self, failures: int) -> timedelta:
        """How long one waits after so many failures: 1, 2, 4, 8, then 15 minutes each."""
        if failures < self.free:
            return timedelta()
        return timedelta(minutes=min(LONGEST_WAIT, 2 ** min(failures - self.free, 10)))


@dataclass(frozen=True)
class Pause:
    """Until when an account is not let in from ``address``, a network where it is IPv6; empty: from anywhere new."""

    address: str
    until: datetime


@dataclass(frozen=True)
class Counted:
    """What an attempt left behind: ``failures`` with it, and when the one before was."""

    limit: Limit
    failures: int
    before: datetime
    own: bool


class Attempt:
    """One attempt, counted as a failure until ``succeeded``."""

    def __init__(self, counted: list[Counted]) -> None:
        self._counted = counted

    @property
    def waits(self) -> bool:
        """Whether the next one, should this fail, has to wait."""
        return any(one.limit.wait(one.failures) for one in self._counted)

    def succeeded(self) -> None:
        """Take it back: what was guessed at is forgotten, the shared address only loses this one."""
        with transaction.atomic():
            for one in self._counted:
                rows = Guess.objects.filter(key=one.limit.key)
                if one.own:
                    rows.update(failures=0)  # not deleted: others may be about to count in this row
                elif not rows.filter(failures=one.failures).update(
                    failures=F("failures") - 1, last_at=one.before
                ):
                    rows.filter(failures__gt=0).update(failures=F("failures") - 1)
        Guess.objects.filter(last_at__lt=now() - FORGOTTEN).delete()


def attempt(request: HttpRequest, kind: str, who: str = "", *, free: int = 5, shared: int = 30) -> Attempt:
    """Count an attempt at ``kind`` (sign-in, a code) on ``who``, or on nobody in particular; raise ``Refused`` (429).

    ``shared`` is how many failures an address has without a wait, whoever it tries.
    """
    address = _network(address_of(request))
    limits = [(Limit(_key(kind, address), shared, SHARED_FORGOTTEN), False)]
    if who:
        limits.insert(0, (_own(kind, address, who, free), True))
    return _count(limits)


def attempt_code(request: HttpRequest, account: Account) -> Attempt:
    """Count an attempt at an authenticator's code, by somebody who knows the passphrase; raise ``Refused`` (429).

    Six digits are soon guessed from many addresses at once. So there is a limit for the account, too, wherever the
    attempts come from; addresses where the account was signed in before are spared, lest its owner be locked out.
    """
    address, who = address_of(request), str(account.pk)
    limits = [(_own("totp", _network(address), who), True)]
    if not Audit.objects.filter(account=account, action="signed-in", address=address).exists():
        limits.append((_anywhere(who), False))
    return _count(limits)


def pauses(account: Account) -> list[Pause]:
    """From where ``account`` is not let in now, and until when: what the office tells somebody who asks."""
    moment, limits = now(), _limits(account)
    found: dict[str, datetime] = {}
    for row in Guess.objects.filter(key__in=limits):
        address, limit = limits[row.key]
        if not _forgotten(limit, row, moment) and (left := _left(limit, row, moment)):
            found[address] = max(found.get(address, moment), moment + left)
    return [Pause(address, until) for address, until in sorted(found.items())]


def lift(account: Account) -> None:
    """Forget what was guessed at ``account``: it is let in at once. What an address tried elsewhere stays counted."""
    Guess.objects.filter(key__in=_limits(account)).update(failures=0)


def _limits(account: Account) -> dict[str, tuple[str, Limit]]:
    """What may keep ``account`` out, by key, with the address; the trail tells where it was guessed at."""
    tried = Audit.objects.filter(target=account.username, action__in=_TRIED, at__gte=now() - FORGOTTEN)
    who, found = str(account.pk), [("", _anywhere(str(account.pk)))]
    for address in {_network(line) for line in tried.values_list("address", flat=True)[:_TOLD]}:
        found += [
            (address, _own("sign-in", address, account.username)),
            (address, _own("totp", address, who)),
        ]
    return {limit.key: (address, limit) for address, limit in found}


def _own(kind: str, address: str, who: str, free: int = 5) -> Limit:
    """What ``who`` has left at one address."""
    return Limit(_key(kind, address, who), free)


def _anywhere(who: str) -> Limit:
    """What an account's code has left, wherever it is guessed from."""
    return Limit(_key("totp", who), 20)


def _count(limits: Iterable[tuple[Limit, bool]]) -> Attempt:
    """Count an attempt against each limit; the flag tells whether success forgets all of it. Raise ``Refused`` (429)."""
    moment = now()
    with transaction.atomic():
        rows = [(limit, own, _row(limit, moment)) for limit, own in limits]
        wait = max((_left(limit, row, moment) for limit, _own, row in rows), default=timedelta())
        if wait > timedelta():
            minutes = -(-int(wait.total_seconds()) // 60)
            raise Refused(429, f"试错的次数太多，请过 {minutes} 分钟再试。", minutes=minutes)
        found = []
        for limit, own, row in rows:
            before = row.last_at
            row.failures, row.last_at = row.failures + 1, moment
            row.save(update_fields=["failures", "last_at"])
            found.append(Counted(limit, row.failures, before, own))
    return Attempt(found)


def failed(request: HttpRequest, tried: Attempt, action: str, *, unit: str = "", target: str = "") -> None:
    """Write down that an attempt was wrong, and that there is a wait now if there is one."""
    note(request, action, unit=unit, target=target)
    if tried.waits:
        note(request, "guessing-paused", unit=unit, target=target)


def _row(limit: Limit, moment: datetime) -> Guess:
    row, _ = Guess.objects.select_for_update().get_or_create(
        key=limit.key, defaults={"failures": 0, "last_at": moment}
    )
    if _forgotten(limit, row, moment):
        row.failures = 0
    return row


def _forgotten(limit: Limit, row: Guess, moment: datetime) -> bool:
    return abs(moment - row.last_at) > limit.forgotten


def _left(limit: Limit, row: Guess, moment: datetime) -> timedelta:
    """How long is left to wait; never more than the whole, should the clock have been set back."""
    wait = limit.wait(row.failures)
    return max(timedelta(), min(wait, row.last_at + wait - moment))


def _network(address: str) -> str:
    """The address; of IPv6 the first 64 bits, since one line has them all."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def _key(*parts: str) -> str:
    """Hashed with the service's secret: what is typed as a name is now and then a passphrase."""
    return salted_hmac("intake.people.guessing", "\0".join(parts), algorithm="sha256").hexdigest()
