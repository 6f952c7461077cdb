"""Gunicorn's worker, which refuses what is no proper HTTP as we refuse everything: in Chinese, with our headers, and
with a line in the log that holds nothing of what came."""

from __future__ import annotations

import logging
import socket
from contextlib import suppress
from typing import Any

from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from intake.headers import STRICT

_LOG = logging.getLogger("intake.http")
_REFUSED = {
    errors.LimitRequestLine: (414, "URI Too Long", "网址太长。请从网站首页重新进入。"),
    errors.LimitRequestHeaders: (
        431,
        "Request Header Fields Too Large",
        "浏览器送来的请求头太大。请清除本网站的 cookie 后再试。",
    ),
    errors.UnsupportedTransferCoding: (501, "Not Implemented", "这个请求不对，没有办理。"),
    errors.ExpectationFailed: (417, "Expectation Failed", "这个请求不对，没有办理。"),
}
_ODD = (400, "Bad Request", "这个请求不对，没有办理。请从网站首页重新进入，再办一次。")
_FAILED = (500, "Internal Server Error", "系统暂时出了问题，没有办成。请过一会儿再试。")
_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>没有办成</title>
<h1>没有办成</h1><p>{sentence}</p></html>
"""
_HEADERS = STRICT | {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Connection": "close",
}


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Threads that each serve one connection."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Answer what gunicorn could not read, or could not finish; the connection ends with it."""
        ours = isinstance(exc, (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName))
        odd = isinstance(exc, errors.ParseException) and not ours
        status, reason, sentence = next(
            (told for kind, told in _REFUSED.items() if isinstance(exc, kind)), _ODD if odd else _FAILED
        )
        _LOG.log(
            logging.WARNING if odd else logging.ERROR,
            "refused by the server",
            extra={"status": status},
            exc_info=exc,
        )
        with suppress(OSError):  # whoever asked has gone
            client.sendall(_answer(status, reason, sentence))


def _answer(status: int, reason: str, sentence: str) -> bytes:
    body = _PAGE.format(sentence=sentence).encode()
    headers = _HEADERS | {"Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body
