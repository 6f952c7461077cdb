"""Signing in and out. A session is opened only when every factor was right; until then nobody is signed in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from intake.answers import Refused
from intake.people import accounts, guessing, passphrases, sessions, totp
from intake.people.access import Door, door, may_pass
from intake.people.forms import SecondFactor, SignIn
from intake.people.machine import seconds
from intake.people.models import Account

_HALF = "second_factor"
"""In the session of somebody whose passphrase was right and whose code is still to come: nobody yet."""
_PATIENCE = 300
"""Seconds for the code."""
_WRONG = "用户名或口令不对。请核对大小写和输入法；忘了口令的，请联系活动办公室领取启用码重设。"
_WRONG_CODE = "动态码不对或已经用过。请等身份验证器换一个新的动态码再输入，并核对手机的时间。"
_NEEDS_SECOND = "审批人必须先设好身份验证器。请向另一位审批人领取启用码，重新启用账号。"


@door(Door.OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page: user name and passphrase."""
    onward = own_path(request.POST.get("next") or request.GET.get("next") or "")
    if request.method != "POST":
        if may_pass(request.user, Door.SIGNED_IN):
            return HttpResponseRedirect(onward or home(request.user))
        return _page(request, SignIn(), onward)
    form = SignIn(request.POST)
    if not form.is_valid():
        return _page(request, form, onward, 400)
    typed = accounts.username_of(form.cleaned_data["username"])
    try:
        tried = guessing.attempt(request, "sign-in", typed)
        account = accounts.find(typed)
        if not passphrases.fits(account, form.cleaned_data["passphrase"]) or account is None:
            # Of a name that nobody has nothing is kept: what is typed there is now and then a passphrase.
            of = {"unit": account.unit, "target": account.username} if account else {}
            guessing.failed(request, tried, "sign-in-failed", **of)
            raise Refused(401, _WRONG)
        if not account.has_its_factors:
            raise Refused(403, _NEEDS_SECOND)
    except Refused as refused:
        form.refuse(refused)
        return _page(request, form, onward, refused.status)
    tried.succeeded()
    if not account.totp_secret:
        sessions.open_for(request, account)
        return HttpResponseRedirect(onward or home(account))
    request.session.flush()
    request.session[_HALF] = [account.pk, account.get_session_auth_hash(), seconds(), onward]
    return HttpResponseRedirect("/my/sign-in/code/")


@door(Door.OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second page, for accounts with an authenticator."""
    half = _half(request)
    if half is None:
        return HttpResponseRedirect(settings.LOGIN_URL)
    account, onward = half
    form = SecondFactor(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            tried = guessing.attempt_code(request, account)
            if not totp.taken(account, form.cleaned_data["code"]):
                guessing.failed(
                    request, tried, "second-factor-failed", unit=account.unit, target=account.username
                )
                raise Refused(401, _WRONG_CODE)
            tried.succeeded()
            sessions.open_for(request, account)
            return HttpResponseRedirect(onward or home(account))
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
    elif request.method == "POST":
        status = 400
    return render(request, "people/second_factor.html", {"form": form}, status=status)


@door(Door.OPEN)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out; who is signed out already is only sent to the sign-in page."""
    sessions.close(request)
    return HttpResponseRedirect(settings.LOGIN_URL)


def own_path(address: str) -> str:
    """``address`` if it is a path of ours, else nothing: nobody is sent elsewhere after signing in."""
    if not address.startswith("/") or not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return ""
    plain = len(address) <= 500 and address.isprintable() and " " not in address
    return address if plain else ""


def home(user: object) -> str:
    """Where somebody begins."""
    return "/desk/" if isinstance(user, Account) and user.is_office else "/my/"


def _half(request: HttpRequest) -> tuple[Account, str] | None:
    """Who gave the right passphrase here a moment ago, and where they were going; gone when anything has changed since."""
    held = request.session.get(_HALF)
    if not isinstance(held, list):
        return None
    pk, bound, since, onward = held
    account = Account.objects.filter(pk=pk, is_active=True).first()
    if account is None or account.get_session_auth_hash() != bound or not 0 <= seconds() - since <= _PATIENCE:
        request.session.flush()
        return None
    return account, onward


def _page(request: HttpRequest, form: SignIn, onward: str, status: int = 200) -> HttpResponse:
    return render(request, "people/sign_in.html", {"form": form, "next": onward}, status=status)
