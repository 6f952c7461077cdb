"""Writing the audit trail."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from intake.current import now
from intake.people.access import address_of
from intake.people.models import Account, Audit


def note(
    request: HttpRequest | None, action: str, *, unit: str = "", target: str = "", **detail: Any
) -> None:
    """Write that somebody did ``action``; ``detail`` holds numbers and names of things, nothing private."""
    user = request.user if request else None
    Audit.objects.create(
        at=now(),
        account=user if isinstance(user, Account) else None,
        address=address_of(request) if request else "",
        action=action,
        unit=unit,
        target=target[:80],
        detail=detail,
    )
