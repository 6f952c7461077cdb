"""Makes an account and a session for each unit named on standard input, and prints both: a part of ``rush``."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path


def main() -> None:
    from intake.cli.setting import migrate, set_up
    from intake.place import from_environment

    set_up(Path(from_environment().root))
    migrate()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from intake.current import now
    from intake.people.models import Account, Role

    units = sys.stdin.read().split()
    at = now()
    known = {account.unit: account for account in Account.objects.filter(role=Role.UNIT)}
    missing = [
        Account(username=f"{unit}-1", name="示例", role=Role.UNIT, unit=unit, created_at=at, password="!")
        for unit in units
        if unit not in known
    ]
    Account.objects.bulk_create(missing)
    known = {account.unit: account for account in Account.objects.filter(role=Role.UNIT)}
    store, rows = SessionStore(), []
    for unit in units:
        account = known[unit]
        data = {
            SESSION_KEY: str(account.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: account.get_session_auth_hash(),
            **started(),
        }
        key = store._get_new_session_key()
        expires = timezone.now() + timedelta(hours=12)
        rows.append(Session(session_key=key, session_data=store.encode(data), expire_date=expires))
        sys.stdout.write(f"{unit} {key}\n")
    Session.objects.bulk_create(rows)


def started() -> dict[str, object]:
    """What a sign-in writes beside who it is."""
    from intake.people.machine import seconds

    return {"since": seconds(), "seen": seconds()}


if __name__ == "__main__":
    main()
