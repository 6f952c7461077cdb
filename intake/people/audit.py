"""The audit trail: who did what, when, from where."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from intake.current import now
from intake.people.access import address_of
from intake.people.models import Account, Audit

ON_ACCOUNTS = {
    "signed-in": "登录",
    "signed-out": "退出",
    "sign-in-failed": "登录未成（用户名或口令不对）",
    "second-factor-failed": "登录未成（动态码不对）",
    "guessing-paused": "试错过多，暂停再试",
    "guessing-lifted": "解除暂停登录",
    "account-created": "新建账号",
    "code-issued": "发启用码",
    "enrolment-failed": "启用码不对",
    "enrolled": "启用账号",
    "passphrase-reset": "凭启用码重设口令",
    "passphrase-changed": "修改口令",
    "passphrase-change-failed": "修改账号未成（口令或动态码不对）",
    "totp-on": "开启动态码",
    "totp-off": "关闭动态码",
    "sessions-ended": "退出所有登录",
    "deactivated": "停用账号",
    "reactivated": "恢复账号",
}
"""What is done to an account, whose user name is the line's target; a name that nobody has is not written down."""

LABELS = ON_ACCOUNTS | {
    "decision-mailed": "办理结果发邮件通知单位",
    "decision-not-mailed": "办理结果的邮件没有发出",
    "reminder-mailed": "催报邮件已发出",
    "reminder-not-mailed": "催报邮件没有发出",
    "reminder-dropped": "催报邮件不用发了（已办结）",
    "draft.removed": "删除草稿",
    "upload.ready": "上传文件",
    "upload.refused": "上传的文件没有收下",
}
"""What each action is called; the desk has words for its own (``intake.office.audit``)."""


def label(action: str) -> str:
    """The Chinese name of an action, or the action itself."""
    return LABELS.get(action, action)


def note(
    request: HttpRequest | None,
    action: str,
    *,
    unit: str = "",
    target: str = "",
    account: Account | None = None,
    **detail: Any,
) -> None:
    """Write that somebody did ``action``; ``detail`` holds numbers and names of things, nothing private.

    It was whoever is signed in, unless ``account`` says who.
    """
    user = account or (getattr(request, "user", None) if request else None)
    Audit.objects.create(
        at=now(),
        account=user if isinstance(user, Account) else None,
        address=address_of(request) if request else "",
        action=action,
        unit=unit,
        target=target[:80],
        detail=detail,
    )


def read(
    *,
    unit: str = "",
    action: str = "",
    start: datetime | None = None,
    end: datetime | None = None,
    page: int | str | None = 1,
    size: int = 50,
) -> Page[Audit]:
    """A page of the trail, newest first: of one unit, one action, from ``start`` up to and with ``end``.

    A page number that does not exist gives the nearest one.
    """
    lines = Audit.objects.select_related("account")
    if unit:
        lines = lines.filter(unit=unit)
    if action:
        lines = lines.filter(action=action)
    if start:
        lines = lines.filter(at__gte=start)
    if end:
        lines = lines.filter(at__lte=end)
    return Paginator(lines, size).get_page(page)


def own_sign_ins(account: Account, count: int = 10) -> list[Audit]:
    """When and from where ``account`` signed in last."""
    return list(Audit.objects.filter(account=account, action="signed-in")[:count])
