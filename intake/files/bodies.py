"""What a script sent, read within a bound."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, UnreadablePostError

from intake.answers import Refused

_PIECE = 64 * 1024


def read_json(request: HttpRequest, most: int) -> dict[str, Any]:
    """The JSON object in the body, of ``most`` bytes at most; raises :class:`Refused`."""
    if request.content_type != "application/json":
        raise Refused(415, "请求的格式不对，请刷新页面后再办。")
    data, whole = _read(request, most)
    try:
        value = json.loads(data.decode("utf-8")) if whole else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refused(400, "送来的内容不完整，请再试一次。")
    return value


def read_piece(request: HttpRequest, most: int) -> bytes:
    """A piece of a file: what arrived of the body, which is less than was announced when the line broke."""
    return _read(request, most)[0]


def _read(request: HttpRequest, most: int) -> tuple[bytes, bool]:
    """The body, and whether all of it came."""
    told = request.headers.get("Content-Length") or "0"
    if "Transfer-Encoding" in request.headers or not (told.isascii() and told.isdigit() and len(told) < 16):
        raise Refused(411, "请求没有写明长度，请刷新页面后再办。")
    length = int(told)
    if length > most:
        raise Refused(413, f"一次送来的内容超过 {most // 1024} KB，没有收下。")
    data = bytearray()
    try:
        while len(data) < length and (piece := request.read(min(_PIECE, length - len(data)))):
            data += piece
    except (UnreadablePostError, OSError):
        return bytes(data), False
    return bytes(data), len(data) == length
