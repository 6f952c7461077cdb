"""A real mail server on loopback for tests: what it took in, whom it refuses, when it hangs up."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any, cast

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "banshi", "canary-kouling"
OFFICE = "cuibao@office.example.invalid"


def settings(monkeypatch: pytest.MonkeyPatch, port: int | None = None, **more: str) -> None:
    """The environment of a sender: nothing set but who it is from, and with ``port`` the server and ``more``."""
    for name in ("HOST", "PORT", "USER", "PASSWORD", "TLS"):
        monkeypatch.delenv(f"SHENBAO_SMTP_{name}", raising=False)
    monkeypatch.setenv("SHENBAO_MAIL_FROM", OFFICE)
    given = {"HOST": "localhost", "PORT": str(port), **more} if port else {}
    for name, value in given.items():
        monkeypatch.setenv(f"SHENBAO_SMTP_{name}", value)


@dataclass
class MailServer:
    """What the server does, and what it has seen. ``connections`` counts who came, even without a word."""

    refuse: str = ""
    refuse_code: int = 550
    refuse_data: str = ""
    refuse_sender: bool = False
    hang_up_after: int | None = None
    on_data: Callable[[int], None] = lambda _number: None
    taken: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def mails(self) -> dict[str, EmailMessage]:
        """What was taken in, by recipient, read by the standard library."""
        return {taken.rcpt_tos[0]: read(cast("bytes", taken.original_content)) for taken in self.taken}

    @property
    def recipients(self) -> list[str]:
        return [taken.rcpt_tos[0] for taken in self.taken]

    # The hooks of aiosmtpd, named by it.

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refuse_sender:
            return "550 5.7.1 canary-words not allowed"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address == self.refuse:
            return f"{self.refuse_code} canary-words unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert server.transport is not None
        if self.hang_up_after is not None and len(self.taken) >= self.hang_up_after:
            server.transport.abort()
            return ""
        if envelope.rcpt_tos == [self.refuse_data]:
            return "554 5.6.0 canary-words not wanted"
        self.taken.append(envelope)
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        self.on_data(len(self.taken))
        return "250 OK"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(f"{mechanism} {data.login.decode()}")
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)


def read(data: bytes) -> EmailMessage:
    """A message as the standard library reads it."""
    return cast("EmailMessage", message_from_bytes(data, policy=default))


def person(data: bytes, header: str) -> str:
    """The name in an address header. Read by the older of the library's two readers: the newer one puts a blank
    between two encoded words, which RFC 2047 (6.2) forbids."""
    name, _ = parseaddr(message_from_bytes(data)[header])
    return str(make_header(decode_header(name)))


@dataclass(frozen=True)
class Authority:
    """Somebody whose certificates are believed: ``file`` holds theirs, ``server`` proves to be ``localhost``."""

    file: str
    server: ssl.SSLContext


def authority(file: str) -> Authority:
    """A new authority, its own certificate written to ``file``."""
    issuer = trustme.CA()
    issuer.cert_pem.write_to_path(file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.issue_cert("localhost").configure_cert(context)
    return Authority(file, context)


class _Counting(Controller):
    def factory(self) -> SMTP:
        self.handler.connections += 1
        return super().factory()


@contextmanager
def serving(
    behaviour: MailServer, *, tls: str = "none", context: ssl.SSLContext | None = None, login: bool = False
) -> Iterator[MailServer]:
    """The server at ``localhost`` and ``behaviour.port`` until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        behaviour.port = free.getsockname()[1]
    options: dict[str, Any] = {}
    if tls == "tls":
        options["ssl_context"] = context
    elif tls == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if login:
        # It takes a connection that is TLS from the first byte for a plain one, and warns of a login over it.
        secure = tls == "starttls"
        options |= {
            "authenticator": behaviour.authenticate,
            "auth_required": secure,
            "auth_require_tls": secure,
        }
    loop = asyncio.new_event_loop()
    controller = _Counting(behaviour, hostname="127.0.0.1", port=behaviour.port, loop=loop, **options)
    controller.start()
    behaviour.connections = 0  # it has just tried itself
    try:
        yield behaviour
    finally:
        controller.stop()
