"""Opening an account with a code: first the code, then what the person sets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from intake.answers import Refused
from intake.people import codes, enrolment, guessing, outcome, sessions, totp
from intake.people.access import Door, door
from intake.people.forms import Code, Opening
from intake.people.machine import seconds
from intake.people.models import Account

_HELD = "enrolling"
"""In the session of somebody who gave a good code: its digest, a secret for the authenticator, since when."""
_PATIENCE = 1800
"""Seconds to think of a passphrase and to set up an authenticator; then the code is asked for again."""


@door(Door.OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The first page: the code. A good one is not used up yet."""
    form = Code(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "people/code.html", {"form": form})
    status = 400
    if form.is_valid():
        try:
            tried = guessing.attempt(request, "enrol", shared=10)
            digest = codes.digest(form.cleaned_data["code"])
            try:
                enrolment.account_for(digest)
            except Refused:
                guessing.failed(request, tried, "enrolment-failed")
                raise
            tried.succeeded()
            request.session.flush()
            request.session[_HELD] = [digest, totp.fresh(), seconds()]
            return HttpResponseRedirect("/my/enrol/passphrase/")
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
    return render(request, "people/code.html", {"form": form}, status=status)


@door(Door.OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def passphrase(request: HttpRequest) -> HttpResponse:
    """The second page: is it you, a passphrase, and for an approver the authenticator. Then the person is signed in."""
    held = request.session.get(_HELD)
    if not isinstance(held, list) or not 0 <= seconds() - held[2] <= _PATIENCE:
        return HttpResponseRedirect("/my/enrol/")
    digest, secret, _since = held
    try:
        account = enrolment.account_for(digest)
    except Refused:
        request.session.flush()
        raise
    form = Opening(request.POST if request.method == "POST" else None, totp=account.is_approver)
    if request.method != "POST":
        return _page(request, form, account, secret)
    if not form.is_valid():
        return _page(request, form, account, secret, 400)
    again = account.has_usable_password()
    try:
        opened = enrolment.redeem(
            digest,
            form.cleaned_data["passphrase"],
            totp_secret=secret if account.is_approver else "",
            totp_code=form.cleaned_data.get("totp_code", ""),
            request=request,
        )
    except Refused as refused:
        form.refuse(refused)
        return _page(request, form, account, secret, refused.status)
    sessions.open_for(request, opened)
    outcome.tell(request, "reset" if again else "enrolled")
    return HttpResponseRedirect("/my/account/")


def _page(
    request: HttpRequest, form: Opening, account: Account, secret: str, status: int = 200
) -> HttpResponse:
    shown = {"form": form, "person": account, "again": account.has_usable_password()}
    if account.is_approver:
        shown |= {"secret": totp.spaced(secret), "picture": totp.picture(secret, account)}
    return render(request, "people/passphrase.html", shown, status=status)
