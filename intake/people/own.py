"""One's own account: passphrase, authenticator, sessions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from intake.answers import Refused
from intake.people import audit, enrolment, guessing, outcome, passphrases, sessions, totp
from intake.people.access import Door, account_of, door
from intake.people.entering import home
from intake.people.forms import Change, Totp
from intake.people.models import Account

_FRESH = "totp_secret"
"""In the session: the secret that is shown and not yet confirmed."""


@door(Door.SIGNED_IN)
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What one's account is, and what can be done about it."""
    person = account_of(request)
    shown = {"told": outcome.told(request), "sign_ins": audit.own_sign_ins(person), "home": home(person)}
    return render(request, "people/account.html", shown)


@door(Door.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def passphrase(request: HttpRequest) -> HttpResponse:
    """Another passphrase. Sessions elsewhere end, codes that are out are void."""
    person = account_of(request)
    form = Change(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                _prove(request, person, form.cleaned_data["old"])
                if fault := passphrases.fault(form.cleaned_data["passphrase"], person):
                    raise Refused(400, fault, field="passphrase")
                person.password = passphrases.sealed(form.cleaned_data["passphrase"])
                person.save(update_fields=["password"])
                enrolment.void(person)
                return _done(request, person, "passphrase-changed", "passphrase")
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
    return render(request, "people/change.html", {"form": form}, status=status)


@door(Door.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def authenticator(request: HttpRequest) -> HttpResponse:
    """The second factor on, or off; an approver cannot be without."""
    person = account_of(request)
    if person.is_approver:
        raise Refused(403, "审批人不能关闭动态码。换了手机的，请另一位审批人给您发启用码，重新启用账号。")
    if not person.totp_secret and _FRESH not in request.session:
        request.session[_FRESH] = totp.fresh()
    secret = person.totp_secret or request.session[_FRESH]
    form = Totp(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return _switch(request, person, secret, form)
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
    shown = {"form": form, "on": bool(person.totp_secret)}
    if not person.totp_secret:
        shown |= {"secret": totp.spaced(secret), "picture": totp.picture(secret, person)}
    return render(request, "people/authenticator.html", shown, status=status)


@door(Door.SIGNED_IN)
@require_POST
def elsewhere(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    person = account_of(request)
    sessions.end_all(person)
    return _done(request, person, "sessions-ended", "elsewhere")


def _switch(request: HttpRequest, person: Account, secret: str, form: Totp) -> HttpResponse:
    """On if it is off, off if it is on: after the passphrase and a code, either way."""
    _prove(request, person, form.cleaned_data["old"])
    wrong = Refused(
        400,
        "动态码不对或已经用过。请等身份验证器换一个新的动态码再输入，并核对手机的时间。",
        field="totp_code",
    )
    if person.totp_secret:
        tried = guessing.attempt_code(request, person)
        if not totp.taken(person, form.cleaned_data["totp_code"]):
            guessing.failed(
                request, tried, "passphrase-change-failed", unit=person.unit, target=person.username
            )
            raise wrong
        tried.succeeded()
        person.totp_secret, person.totp_last = "", 0
        person.save(update_fields=["totp_secret", "totp_last"])
        return _done(request, person, "totp-off", "totp-off")
    step = totp.step_of(secret, form.cleaned_data["totp_code"])
    if not step:
        raise wrong
    del request.session[_FRESH]
    person.totp_secret, person.totp_last = secret, step
    person.save(update_fields=["totp_secret", "totp_last"])
    return _done(request, person, "totp-on", "totp-on")


def _prove(request: HttpRequest, person: Account, typed: str) -> None:
    """Raise ``Refused`` unless the passphrase is typed right: whoever sits down at an open browser is stopped here."""
    tried = guessing.attempt(request, "change", str(person.pk))
    if not passphrases.fits(person, typed):
        guessing.failed(request, tried, "passphrase-change-failed", unit=person.unit, target=person.username)
        raise Refused(400, "现在的口令不对，请重新输入。", field="old")
    tried.succeeded()


def _done(request: HttpRequest, person: Account, action: str, told: str) -> HttpResponse:
    """Keep this session and no other, write it down, say so."""
    sessions.keep_this(request, person)
    audit.note(request, action, unit=person.unit, target=person.username)
    outcome.tell(request, told)
    return HttpResponseRedirect("/my/account/")
