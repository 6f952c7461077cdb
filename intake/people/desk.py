"""Accounts, at the office's desk: who has one, new ones, codes, shutting."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from intake.answers import Refused
from intake.current import campaign
from intake.people import accounts, enrolment, guessing, outcome
from intake.people.access import Door, account_of, door, may_handle
from intake.people.audit import note
from intake.people.forms import NewAccount
from intake.people.models import Account, Role

_UNITS_A_PAGE = 50


@door(Door.OFFICE)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Everybody, by unit in official order; ``?lacking=1`` only the units that lack an officer."""
    staffs = accounts.staffs()
    lacking = [staff for staff in staffs if staff.lacking]
    only = request.GET.get("lacking") == "1"
    page = Paginator(lacking if only else staffs, _UNITS_A_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "only": only, "lacking": len(lacking), "units": len(campaign().units)}
    return _show(request, "accounts", shown)


@door(Door.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new account, with its first code."""
    by = account_of(request)
    first = {"unit": request.GET.get("unit", "")}
    form = NewAccount(
        request.POST if request.method == "POST" else None, office=by.is_approver, initial=first
    )
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            values = form.cleaned_data
            role = Role(values.get("role") or Role.UNIT)
            try:
                account = accounts.create(
                    values["username"], values["name"], role, values["unit"], by=by, request=request
                )
                return _issued(request, account, by)
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
    return _show(request, "new", {"form": form}, status=status)


@door(Door.OFFICE)
@require_safe
def one(request: HttpRequest, username: str) -> HttpResponse:
    """One account."""
    account = _account(username)
    (standing,) = accounts.standings([account])
    by = account_of(request)
    try:
        may_handle(by, account.role)
        mine = account.pk == by.pk
    except Refused:
        mine = True
    shown = {
        "person": account,
        "standing": standing,
        "pauses": guessing.pauses(account),
        "may": not mine,
        "told": outcome.told(request),
    }
    return _show(request, "account", shown)


@door(Door.OFFICE)
@require_POST
def issue(request: HttpRequest, username: str) -> HttpResponse:
    """A new code, shown this once."""
    return _issued(request, _account(username), account_of(request))


@door(Door.OFFICE)
@require_POST
def lift(request: HttpRequest, username: str) -> HttpResponse:
    """Let somebody in who guessed too often: whoever is at the telephone has made sure who it is."""
    account, by = _account(username), account_of(request)
    may_handle(by, account.role)
    if account.pk == by.pk:
        raise Refused(409, "不能给自己的账号解除暂停，请另一位审批人办理。")
    guessing.lift(account)
    note(request, "guessing-lifted", unit=account.unit, target=account.username)
    outcome.tell(request, "lifted")
    return HttpResponseRedirect(f"/desk/accounts/of/{account.username}/")


@door(Door.OFFICE)
@require_POST
def deactivate(request: HttpRequest, username: str) -> HttpResponse:
    """Shut an account."""
    account = _account(username)
    accounts.deactivate(account, account_of(request), request)
    outcome.tell(request, "deactivated")
    return HttpResponseRedirect(f"/desk/accounts/of/{account.username}/")


@door(Door.OFFICE)
@require_POST
def reactivate(request: HttpRequest, username: str) -> HttpResponse:
    """Open a shut account again."""
    account = _account(username)
    accounts.reactivate(account, account_of(request), request)
    outcome.tell(request, "reactivated")
    return HttpResponseRedirect(f"/desk/accounts/of/{account.username}/")


def _show(request: HttpRequest, page: str, shown: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page in the desk's frame, under its tab."""
    return render(request, f"people/desk_{page}.html", {"section": "accounts", **shown}, status=status)


def _account(username: str) -> Account:
    found = accounts.find(username)
    if found is None:
        raise Http404
    return found


def _issued(request: HttpRequest, account: Account, by: Account) -> HttpResponse:
    """The code, in the answer itself: it is kept nowhere, not even until the next page."""
    code = enrolment.issue(account, by, request=request)
    (standing,) = accounts.standings([account])
    shown = {
        "person": account,
        "code": code,
        "until": standing.open_until,
        "address": f"{settings.URL}/my/enrol/",
    }
    return _show(request, "code", shown)
