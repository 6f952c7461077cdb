"""What people do at the service's own pages, as steps for the tests."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from django.test import Client

from intake.people import accounts, codes, enrolment, totp
from intake.people.models import Account, Audit, Role

PASSPHRASE = "示例口令-不要在别处使用-7"
OTHER = "另一句示例口令-也不要用-8"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def opened(username: str = "guangzhou-1", role: Role = Role.UNIT, *, second: bool = False) -> Account:
    """An account with a passphrase; an approver's, or where asked for, with an authenticator."""
    unit = username.rpartition("-")[0] if role is Role.UNIT else ""
    account = accounts.create(username, f"示例人员{username}", role, unit)
    secret = SECRET if second or role is Role.APPROVER else ""
    code = enrolment.issue(account, None)
    return enrolment.redeem(
        codes.digest(code), PASSPHRASE, totp_secret=secret, totp_code=now_code(-1) if secret else ""
    )


def now_code(steps: int = 0, secret: str = SECRET) -> str:
    """What the authenticator shows, or showed so many steps ago."""
    return pyotp.TOTP(secret).generate_otp(totp.seconds() // 30 + steps)


def sign_in(client: Client, username: str = "guangzhou-1", passphrase: str = PASSPHRASE, **more: Any) -> Any:
    """Send the sign-in page; ``address`` is where from."""
    where = {"REMOTE_ADDR": more.pop("address")} if "address" in more else {}
    return client.post("/my/sign-in/", {"username": username, "passphrase": passphrase, **more}, **where)


def send_code(client: Client, code: str, address: str = "127.0.0.1") -> Any:
    """Send the second page."""
    return client.post("/my/sign-in/code/", {"code": code}, REMOTE_ADDR=address)


def signed_in_as(client: Client) -> str:
    """Whose account page this browser sees; empty if it is sent to sign in."""
    answer = client.get("/my/account/")
    return answer.context["account"].username if answer.status_code == 200 else ""


def written() -> list[str]:
    """The trail's actions, oldest first."""
    return list(Audit.objects.order_by("id").values_list("action", flat=True))


def clock(monkeypatch: pytest.MonkeyPatch, time: str) -> None:
    """Let it be ``time`` (10:05) of the day on which the tests are."""
    monkeypatch.setenv("SHENBAO_NOW", f"2012-08-{'21T' + time if 'T' not in time else time}:00+08:00")
