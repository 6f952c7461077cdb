"""Answers to scripts: JSON, and a refusal as one Chinese sentence with its way out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse

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


def asks_for_json(request: HttpRequest) -> bool:
    """Whether a script asks, and not a person."""
    return request.path.startswith(SCRIPTS)
