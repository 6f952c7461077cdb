"""How many answers of each kind this server gave, counted over all of its processes.

The processes share a page of memory, made before the server divides itself; each writes into a row of its own, so no
lock is needed that a killed process could keep. As with any counter of Prometheus, a restart begins at nought.
"""

from __future__ import annotations

import mmap
import os
import struct
import threading
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

KINDS = ("2xx", "3xx", "4xx", "5xx", "refused")
"""Classes of HTTP status, and submissions that were refused."""

SUBMITTED_AT = "/intake/documents/"
"""Where submissions are posted to."""

_ROWS, _SIZE = 128, 8
_ROW = len(KINDS) * _SIZE
_shared = mmap.mmap(-1, _ROWS * _ROW)
_lock = threading.Lock()


def add(kind: str) -> None:
    """Count one more."""
    place = os.getpid() % _ROWS * _ROW + KINDS.index(kind) * _SIZE
    with _lock:
        struct.pack_into("<Q", _shared, place, struct.unpack_from("<Q", _shared, place)[0] + 1)


def counted() -> dict[str, int]:
    """So many of each kind, by all processes."""
    found = dict.fromkeys(KINDS, 0)
    for row in range(_ROWS):
        for kind, count in zip(
            KINDS, struct.unpack_from(f"<{len(KINDS)}Q", _shared, row * _ROW), strict=True
        ):
            found[kind] += count
    return found


class Counting:
    """Counts what the others answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and count it."""
        response = self._next(request)
        kind = f"{response.status_code // 100}xx"
        if kind in KINDS:
            add(kind)
        if response.status_code >= 400 and request.method == "POST" and request.path.startswith(SUBMITTED_AT):
            add("refused")
        return response
