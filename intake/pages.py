"""What every page of the intake shows around its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from intake.current import campaign, now
from intake.people.models import Account


def around(request: HttpRequest) -> dict[str, Any]:
    """For the frame: the campaign, the moment, who is signed in and for which unit.

    ``unasked``: the request was refused before anybody looked who it is.
    """
    held = campaign()
    user = getattr(request, "user", None)
    account = user if isinstance(user, Account) else None
    unit = held.unit_by_slug.get(account.unit) if account and account.unit else None
    unasked = not hasattr(request, "user")
    return {"campaign": held, "now": now(), "account": account, "unit": unit, "unasked": unasked}


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page has been open too long, or somebody else's page sent this."""
    from intake.answers import Refused, asks_for_json, refusal

    refused = Refused(403, "这个页面已经过期，请刷新后再办。填写的内容还在本页。")
    if asks_for_json(request):
        return refusal(refused)
    return render(request, "intake/refused.html", {"refused": refused}, status=403)


def odd(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that no page of ours makes: another host's name, a form with far too much in it."""
    from intake.answers import Refused, asks_for_json, refusal

    refused = Refused(400, "这个请求不对，没有办理。请从网站首页重新进入，再办一次。")
    if asks_for_json(request):
        return refusal(refused)
    return render(request, "intake/refused.html", {"refused": refused}, status=400)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page."""
    return render(request, "intake/missing.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Something nobody foresaw; nothing that was received is lost by it."""
    from intake.answers import Refused, asks_for_json, refusal

    if asks_for_json(request):
        return refusal(Refused(500, "系统暂时出了问题，没有办成。填写的内容还在本页，请过一会儿再试。"))
    return HttpResponse(_FAILED, status=500)


_FAILED = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>系统暂时出了问题</title>
<h1>系统暂时出了问题</h1><p>这一步没有办成，已经收到的材料不受影响。请过一会儿再试，仍不行的请电话联系活动办公室。</p></html>"""
