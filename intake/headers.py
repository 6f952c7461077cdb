"""The headers of every answer, errors included, and the log of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from intake.answers import Refused, asks_for_json, refusal

_LOG = logging.getLogger("intake.http")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
STRICT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""On every answer, those of the web server itself included."""
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_STATIC = "frame-ancestors 'none'"
"""For the built pages, each of which carries its own policy; a page cannot say this part of it itself."""


MOST_BODY = 2 * 1024 * 1024
"""Bytes of a body, more than any address takes: the largest are a piece of a file, and a document written as JSON."""
_DIGITS = 9


class Bounds:
    """Refuses what is too large before a byte of it is read, and NUL in an address, which PostgreSQL cannot look for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or let through."""
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if not (
            length.isascii() and length.isdigit() and len(length) <= _DIGITS and int(length) <= MOST_BODY
        ):
            return _refused(
                request,
                Refused(413, "送来的内容太多，没有收下。请删减后再办；照片和材料请在表上选择文件上传。"),
            )
        if "\0" in request.path_info:
            return render(request, "intake/missing.html", status=404)
        if "%00" in str(request.META.get("QUERY_STRING", "")):
            return _refused(request, Refused(400, "这个地址不对。请从网站首页重新进入，再办一次。"))
        return self._next(request)


def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    if asks_for_json(request):
        return refusal(refused)
    return render(request, "intake/refused.html", {"refused": refused}, status=refused.status)


class Headers:
    """Outermost: what it adds stands on whatever the others answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with headers."""
        start = time.perf_counter()
        response = self._next(request)
        built = getattr(response, "from_site", False)
        response.setdefault("Content-Security-Policy", _STATIC if built else _POLICY)
        for name, value in STRICT.items():
            response.setdefault(name, value)
        if not built and not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        match = request.resolver_match
        _LOG.info(
            "answered",
            extra={
                "method": request.method if request.method in _METHODS else "-",  # a client may send any word
                "path": match.route if match else "-",  # the pattern: an address may hold what somebody typed
                "status": response.status_code,
                "milliseconds": round((time.perf_counter() - start) * 1000, 1),
            },
        )
        return response
