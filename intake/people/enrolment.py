"""Opening an account, or setting its passphrase anew, with a one-time code that the office hands out."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from intake.answers import Refused
from intake.current import now
from intake.people import codes, passphrases, totp
from intake.people.access import may_handle
from intake.people.audit import note
from intake.people.models import Account, Enrolment

HOURS = 72
_NOT_GOOD = "启用码不对、已经用过或者过期了。请核对一遍；仍然不行的，请联系活动办公室重新领取。"


def issue(
    account: Account, by: Account | None, hours: int = HOURS, *, request: HttpRequest | None = None
) -> str:
    """A new code for ``account``, good for so many hours; its older ones are void. Raises ``Refused`` (403, 409).

    The code is told here and nowhere else: only its SHA-256 is kept. ``by`` is who hands it out, nobody on the command
    line.
    """
    may_handle(by, account.role)
    if by is not None and by.pk == account.pk:
        raise Refused(409, "不能给自己发启用码，请另一位审批人办理。")
    code = codes.fresh()
    with transaction.atomic():
        held = Account.objects.select_for_update().get(pk=account.pk)
        if not held.is_active:
            raise Refused(409, "这个账号已经停用，请先恢复再发启用码。")
        void(held)
        moment = now()
        Enrolment.objects.create(
            account=held,
            code_hash=codes.digest(code),
            created_at=moment,
            expires_at=moment + timedelta(hours=hours),
            by=by,
        )
        note(request, "code-issued", unit=held.unit, target=held.username, account=by, hours=hours)
    return code


def valid(codes_out: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Those that still open something; a shut account has none, for shutting it voids them."""
    return codes_out.filter(used_at=None, voided_at=None, expires_at__gt=now())


def void(account: Account) -> None:
    """Nothing that was handed out for ``account`` opens it any more."""
    Enrolment.objects.filter(account=account, used_at=None, voided_at=None).update(voided_at=now())


def account_for(code_hash: str) -> Account:
    """Whose code this is (as ``codes.digest`` gives it); raises ``Refused`` (400), the same whatever is wrong."""
    found = valid(Enrolment.objects.filter(code_hash=code_hash)).select_related("account").first()
    if found is None or not found.account.is_active:
        raise Refused(400, _NOT_GOOD)
    return found.account


def redeem(
    code_hash: str,
    passphrase: str,
    *,
    totp_secret: str = "",
    totp_code: str = "",
    request: HttpRequest | None = None,
) -> Account:
    """Use the code up: set the passphrase, and the second factor if one comes along.

    Every session of before ends, since each is bound to the passphrase. No other code is out: ``issue`` voids them.

    Raises ``Refused`` (400) for a code that is no good, of two at once for the second one, too; with ``field`` naming
    what is wrong (``passphrase``, ``totp_code``), nothing is used up. An approver needs a second factor. One that the
    account had before is gone: who asks for a code may have lost the telephone, too.
    """
    account = account_for(code_hash)
    if fault := passphrases.fault(passphrase, account):
        raise Refused(400, fault, field="passphrase")
    if account.is_approver and not totp_secret:
        raise Refused(400, "审批人要先设好身份验证器。", field="totp_code")
    step = totp.step_of(totp_secret, totp_code) if totp_secret else 0
    if totp_secret and not step:
        raise Refused(
            400, "动态码不对。请等身份验证器换一个新的动态码再输入，并核对手机的时间。", field="totp_code"
        )
    sealed = passphrases.sealed(passphrase)  # slow on purpose, so before the transaction
    with transaction.atomic():
        held = Account.objects.select_for_update().get(pk=account.pk)
        if (
            not held.is_active
            or valid(Enrolment.objects.filter(code_hash=code_hash)).update(used_at=now()) != 1
        ):
            raise Refused(400, _NOT_GOOD)
        again = held.has_usable_password()
        lost = bool(held.totp_secret) and not totp_secret
        Account.objects.filter(pk=held.pk).update(
            password=sealed,
            totp_secret=totp_secret,
            totp_last=step,
        )
        done = ["passphrase-reset" if again else "enrolled"]
        done += ["totp-on"] if totp_secret else ["totp-off"] if lost else []
        for action in done:
            note(request, action, unit=held.unit, target=held.username, account=held)
        held.refresh_from_db()
    return held
