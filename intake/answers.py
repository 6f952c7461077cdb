"""Answers to scripts: JSON, and a refusal as one Chinese sentence with its way out."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, JsonResponse

SCRIPTS = "/intake/"
"""Where a page's script asks; everything else is read by people."""


class Refused(Exception):
    """Something that is not done; ``status`` as in HTTP, ``message`` a Chinese sentence that quotes nothing private."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.message, self.more = status, message, more


def refusal(refused: Refused) -> JsonResponse:
    """The refusal as an answer: ``{"message": …}`` and what it carries."""
    return JsonResponse({"message": refused.message, **refused.more}, status=refused.status)


def file_answer(data: bytes, path: str) -> HttpResponse:
    """A file by the name at the end of ``path``: a picture to be drawn, anything else to be saved, by how it begins."""
    shown = next((kind for start, kind in _SHOWN if data.startswith(start)), "")
    kind = shown or next(
        (kind for start, kind in _SAVED if data.startswith(start)), "application/octet-stream"
    )
    response = HttpResponse(data, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = (
        f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(PurePosixPath(path).name, safe='')}"
    )
    return response


_SHOWN = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
"""What a browser may draw, by how it begins; nothing else is ever opened in a page of ours."""

_SAVED = ((b"%PDF-", "application/pdf"),)


def asks_for_json(request: HttpRequest) -> bool:
    """Whether a script asks, and not a person."""
    return request.path.startswith(SCRIPTS)
