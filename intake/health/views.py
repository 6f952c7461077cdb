"""What a monitor asks. Words and figures only: no name, no number of a receipt, no address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from intake.answers import Refused
from intake.health.figures import figures
from intake.health.looking import look
from intake.people.access import Door, address_of, door


def _for_monitors(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Open to the addresses of ``SHENBAO_METRICS_FROM`` only."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not _is_monitor(request):
            raise Refused(403, "这一页只供本机和监控使用。")
        return view(request)

    return guarded


def _is_monitor(request: HttpRequest) -> bool:
    try:
        address = ip_address(address_of(request))
    except ValueError:
        return False
    return any(address in network for network in settings.METRICS_FROM)


@door(Door.OPEN)
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is looked at, so that a broken disk does not get the server restarted."""
    return JsonResponse({"status": "ok"})


@door(Door.OPEN)
@require_safe
@_for_monitors
def ready(request: HttpRequest) -> HttpResponse:
    """Whether a submission can be received: 503 if not. What only follows late is told and is no reason to turn away
    those who submit."""
    health = look()
    status = 503 if health.status == "failing" else 200
    return JsonResponse({"status": health.status, "checks": health.checks}, status=status)


@door(Door.OPEN)
@require_safe
@_for_monitors
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures as Prometheus reads them (text format 0.0.4)."""
    try:
        text = figures()
    except DatabaseError:
        return HttpResponse(status=503)
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")
