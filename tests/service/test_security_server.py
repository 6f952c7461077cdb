"""What the web server itself does with requests that are no good: smuggled, endless, slow. With nothing in front of it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from service.security_server import Server, served

from intake.headers import STRICT

FIRST = b"POST /my/sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
SECOND = b"GET /verify/allowed_signers HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
PATIENCE = 2


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    with served(folder, SHENBAO_PROCESSES="1", SHENBAO_THREADS="2", SHENBAO_PATIENCE=str(PATIENCE)) as found:
        yield found


SMUGGLED = {
    "length and chunks": FIRST
    + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX"
    + SECOND,
    "two lengths": FIRST + b"Content-Length: 0\r\nContent-Length: 90\r\n\r\n" + SECOND,
    "two lengths in one": FIRST + b"Content-Length: 0, 90\r\n\r\n" + SECOND,
    "a length with a sign": FIRST + b"Content-Length: +0\r\n\r\n" + SECOND,
    "a length below zero": FIRST + b"Content-Length: -1\r\n\r\n" + SECOND,
    "a hexadecimal length": FIRST + b"Content-Length: 0x0\r\n\r\n" + SECOND,
    "something like chunks": FIRST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SECOND,
    "chunks twice": FIRST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + SECOND,
    "a blank before the colon": FIRST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "a folded header": FIRST + b"X: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "a bare line feed": FIRST + b"X: a\nContent-Length: 0\r\n\r\n" + SECOND,
    "a bare carriage return": FIRST + b"X: a\rContent-Length: 5\r\n\r\n" + SECOND,
    "NUL in a header": FIRST + b"X: a\0b\r\n\r\n" + SECOND,
    "a chunk of no size": FIRST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n" + SECOND,
    "chunks in HTTP 1.0": FIRST.replace(b"1.1", b"1.0")
    + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + SECOND,
}


@pytest.mark.parametrize("what", SMUGGLED)
def test_no_second_request_is_smuggled_in_behind_a_doubtful_one(what: str, server: Server):
    """Either the first is refused and the line shut, or its end is where a proxy would see it, too."""
    told = server.raw(SMUGGLED[what])
    assert told.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400", b"HTTP/1.1 501", b"HTTP/1.1 403")), told[:200]
    assert b"ssh-ed25519" not in told
    assert b"Traceback" not in told


ENDLESS = {
    "a long address": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a long header": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"".join(b"X%d: a\r\n" % n for n in range(100)) + b"\r\n",
    "no method": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "an odd version": b"GET / HTTP/7.7\r\nHost: 127.0.0.1\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("what", ENDLESS)
def test_what_is_endless_or_no_http_is_refused(what: str, server: Server):
    told = server.raw(ENDLESS[what])
    assert told.startswith((b"HTTP/1.1 400", b"HTTP/1.1 414", b"HTTP/1.1 431")), told[:200]
    head, _, page = told.partition(b"\r\n\r\n")
    lines = head.decode("ascii").splitlines()
    assert {f"{name}: {value}" for name, value in STRICT.items()} <= set(lines)
    assert "Content-Security-Policy: default-src 'none'" in head.decode("ascii")
    assert {"Cache-Control: no-store", f"Content-Length: {len(page)}"} <= set(lines)
    assert "没有办成" in page.decode("utf-8")
    assert b"Bad Request" not in page
    assert b"gunicorn" not in told


def test_the_server_tells_no_version(server: Server):
    told = server.raw(SECOND)
    assert told.startswith(b"HTTP/1.1 200")
    head = told.partition(b"\r\n\r\n")[0].lower()
    assert not [word for word in (b"gunicorn/", b"python", b"django", b"x-powered-by") if word in head]


def test_a_header_with_an_underscore_is_not_taken_for_another(server: Server):
    """``X_Forwarded_For`` would become the same variable as what our proxy sets."""
    request = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent_Length: 99999999\r\nConnection: close\r\n\r\n"
    assert server.raw(request).startswith(b"HTTP/1.1 200")


def test_half_a_request_holds_a_thread_only_so_long(server: Server):
    """More lines than there are threads, each with the beginning of a request: then everybody else is served again."""
    with ExitStack() as lines:
        for _ in range(6):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
            line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        assert server.raw(SECOND, wait=6 * PATIENCE + 10).startswith(b"HTTP/1.1 200")


def test_a_body_that_does_not_come_holds_a_thread_only_so_long(server: Server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
        line.sendall(FIRST + b"Cookie: shenbao_csrf=" + b"a" * 32 + b"\r\nContent-Length: 1000\r\n"
                     b"Content-Type: application/x-www-form-urlencoded\r\n\r\na=")  # fmt: skip
        told = line.recv(65_536)
    assert told.startswith((b"HTTP/1.1 403", b"HTTP/1.1 400"))
    assert b"Traceback" not in told


def test_the_log_holds_nothing_that_was_sent(server: Server):
    server.raw(
        b"GET /CANARY-address?CANARY=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: CANARY\r\nConnection: close\r\n\r\n"
    )
    server.raw(b"CANARY /CANARY CANARY\r\nCANARY\r\n\r\n")
    server.raw(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: CANARY\0\r\n\r\n")
    log = server.log.read_text(encoding="utf-8")
    assert "CANARY" not in log
    lines = [json.loads(line) for line in log.splitlines()]
    assert {"refused by the server", "answered"} <= {line["event"] for line in lines}
