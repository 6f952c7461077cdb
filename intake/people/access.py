"""Doors: every view says who may pass. One that says nothing is shut for everybody."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from intake.answers import Refused, asks_for_json, refusal
from intake.current import campaign
from intake.people.models import Account, Role

_LOG = logging.getLogger("intake.people")
_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])


class Door(StrEnum):
    """Who may pass."""

    OPEN = "open"
    SIGNED_IN = "signed-in"
    UNIT = "unit"
    OFFICE = "office"
    APPROVER = "approver"


def door(kind: Door) -> Callable[[_View], _View]:
    """Mark a view with its door."""

    def mark(view: _View) -> _View:
        vars(view)["door"] = kind
        return view

    return mark


def account_of(request: HttpRequest) -> Account:
    """Who is signed in, behind a door that is not open to all; a unit's data is looked up by its ``unit`` only."""
    user = request.user
    if not isinstance(user, Account):
        raise Refused(401, "请先登录。")
    return user


def address_of(request: HttpRequest) -> str:
    """The address the request came from, beyond as many proxies as are ours."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    proxies: int = settings.PROXIES
    return (hops[-proxies] if proxies and len(hops) >= proxies else direct)[:45]


def may_pass(account: object, kind: Door) -> bool:
    """Whether ``account`` (or nobody) may pass a door of this kind.

    An account whose unit the campaign no longer has speaks for nobody.
    A session is only ever opened with all factors of its account (``people.sessions``), and ends when they change.
    """
    if kind is Door.OPEN:
        return True
    if not isinstance(account, Account) or not account.is_active or not account.has_its_factors:
        return False
    return {
        Door.SIGNED_IN: True,
        Door.UNIT: not account.is_office and account.unit in campaign().unit_by_slug,
        Door.OFFICE: account.is_office,
        Door.APPROVER: account.is_approver,
    }[kind]


def may_handle(by: Account | None, role: Role | str) -> None:
    """Raise ``Refused`` (403) unless ``by`` may make, open and shut accounts of ``role``; the command line may all."""
    if by is None or by.is_approver or (by.is_office and role == Role.UNIT):
        return
    raise Refused(403, "办公室人员的账号由审批人办理，请联系审批人。")


class Doors:
    """Stands before every view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self._next(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Let through, send to the sign-in page, or refuse."""
        kind = getattr(view, "door", None)
        if isinstance(kind, Door) and may_pass(request.user, kind):
            return None
        if isinstance(kind, Door) and not request.user.is_authenticated:
            if asks_for_json(request):
                return refusal(Refused(401, "登录已过期或还没有登录，请重新登录。填写的内容还在本页。"))
            if request.method not in ("GET", "HEAD"):
                return HttpResponseRedirect(
                    settings.LOGIN_URL
                )  # what only takes forms is no place to come back to
            onward = quote(request.get_full_path(), safe="")
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={onward}")
        match = request.resolver_match
        _LOG.warning("turned away", extra={"account": request.user.pk, "path": match.route if match else "-"})
        if asks_for_json(request):
            return refusal(Refused(403, "这个账号没有办理这一项的权限。"))
        return render(request, "intake/forbidden.html", status=403)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal as an answer."""
        if not isinstance(error, Refused):
            return None
        if asks_for_json(request):
            return refusal(error)
        return render(request, "intake/refused.html", {"refused": error}, status=error.status)
