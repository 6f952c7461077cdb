"""Sessions: opened with all factors at once, ended when idle, when old, or by whoever they belong to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY, login, logout, update_session_auth_hash
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from intake.current import now
from intake.people.audit import note
from intake.people.machine import seconds
from intake.people.models import Account

IDLE = 2 * 3600
"""Seconds without any request. A long form is written in the browser, which keeps it when the session is gone."""
WHOLE = 12 * 3600
"""Seconds from sign-in, however busy: a working day."""
_TOUCH = 300
"""How often a busy session writes down that it is busy: each writing is a write of the disk."""
_SINCE, _SEEN = "since", "seen"


class Authentication(AuthenticationMiddleware):
    """Django's, with limits; still asks for the session only when somebody asks for the user."""

    def process_request(self, request: HttpRequest) -> None:
        """Put the user beside the request."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment]


def _user(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    session, moment = request.session, seconds()
    if SESSION_KEY in session:
        since, seen = session.get(_SINCE), session.get(_SEEN)
        if not isinstance(since, int) or not isinstance(seen, int) or _over(since, seen, moment):
            session.flush()
        elif abs(moment - seen) > _TOUCH:
            session[_SEEN] = moment
    return get_user(request)


def _over(since: int, seen: int, moment: int) -> bool:
    return moment - seen > IDLE or moment - since > WHOLE


def opened(sender: Any, request: HttpRequest, user: Account, **_: Any) -> None:
    """Whenever somebody is signed in: the limits begin, and the account knows when."""
    request.session[_SINCE] = request.session[_SEEN] = seconds()
    user.last_login = now()
    user.save(update_fields=["last_login"])


def open_for(request: HttpRequest, account: Account) -> None:
    """Sign ``account`` in, in a new session: nothing of the one before is kept, its key least of all."""
    request.session.flush()
    login(request, account)
    note(request, "signed-in", unit=account.unit, account=account)


def close(request: HttpRequest) -> None:
    """Sign out."""
    user = request.user
    if isinstance(user, Account):
        note(request, "signed-out", unit=user.unit)
    logout(request)


def end_all(account: Account) -> None:
    """End every session of ``account``, wherever it is open."""
    Account.objects.filter(pk=account.pk).update(sessions_ended=F("sessions_ended") + 1)
    account.refresh_from_db(fields=["sessions_ended"])


def keep_this(request: HttpRequest, account: Account) -> None:
    """After a change that ended every session of ``account``: this one goes on, under a new key."""
    update_session_auth_hash(request, account)
