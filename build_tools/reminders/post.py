"""Sending over SMTP (RFC 5321) with the standard library: one connection for all, TLS verified.

The server is given by the environment alone, so that no secret is ever written down or typed. Nothing that the
server says is shown but its three digits: its words may repeat an address or a name.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, Protocol, TypeVar

from build_tools.campaign import Campaign
from build_tools.reminders.mail import is_address, reply_address

HOST, PORT, USER = "SHENBAO_SMTP_HOST", "SHENBAO_SMTP_PORT", "SHENBAO_SMTP_USER"
PASSWORD, TLS, FROM = "SHENBAO_SMTP_PASSWORD", "SHENBAO_SMTP_TLS", "SHENBAO_MAIL_FROM"
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_SECONDS = 30


class BadPost(ValueError):
    """Settings that nothing can be sent with; a Chinese sentence."""


class NoServer(Exception):
    """A server that cannot be reached, trusted or logged in to; a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Post:
    """Where letters are posted. ``tls`` is ``starttls``, ``tls`` from the first byte, or ``none``."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = field(default="", repr=False)


def sender(environment: Mapping[str, str], campaign: Campaign) -> str:
    """The address letters are from: :data:`FROM`, else the campaign's own, else empty; raises :class:`BadPost`."""
    return _given_sender(environment) or reply_address(campaign)


def _given_sender(environment: Mapping[str, str]) -> str:
    given = environment.get(FROM, "").strip()
    if given and not is_address(given):
        raise BadPost(f"环境变量 {FROM} 有误：应是一个电子邮箱地址，例如 banlu@example.invalid。")
    return given


def judge(environment: Mapping[str, str]) -> None:
    """Look at all that is given, a server named or not; raises :class:`BadPost`."""
    _server(environment)
    _given_sender(environment)


def post(environment: Mapping[str, str]) -> Post:
    """The server named by the environment; raises :class:`BadPost`."""
    if not environment.get(HOST, "").strip():
        raise BadPost(f"没有指明邮件服务器，请设环境变量 {HOST}。")
    return _server(environment)


def _server(environment: Mapping[str, str]) -> Post:
    tls = environment.get(TLS, "").strip() or "starttls"
    if tls not in _PORTS:
        raise BadPost(f"环境变量 {TLS} 有误：应是 starttls、tls 或 none。")
    port = environment.get(PORT, "").strip() or str(_PORTS[tls])
    if not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        raise BadPost(f"环境变量 {PORT} 有误：应是 1 到 65535 的整数。")
    user, password = environment.get(USER, ""), environment.get(PASSWORD, "")
    if bool(user) != bool(password):
        raise BadPost(f"环境变量 {USER} 和 {PASSWORD} 有误：要么都设，要么都不设。")
    if not (user + password).isascii():
        raise BadPost(f"环境变量 {USER} 和 {PASSWORD} 有误：只能用英文字母、数字和符号。")
    if user and tls == "none":
        raise BadPost(f"没有加密的连接不能发送密码，请把环境变量 {TLS} 设为 starttls 或 tls。")
    return Post(environment.get(HOST, "").strip(), int(port), tls, user, password)


class Envelope(Protocol):
    """What the server needs of a mail: from whom, to whom, and the bytes of the message."""

    @property
    def sender(self) -> str:
        """The address it is from."""

    @property
    def recipient(self) -> str:
        """The address it goes to."""

    @property
    def data(self) -> bytes:
        """The message (RFC 5322)."""


Posted = TypeVar("Posted", bound=Envelope)


class Outcome(NamedTuple, Generic[Posted]):
    """What became of one mail: accepted by the server, or ``why`` not, as a Chinese half-sentence."""

    mail: Posted
    accepted: bool
    why: str = ""


def deliver(to: Post, mails: Iterable[Posted]) -> Iterator[Outcome[Posted]]:
    """Send ``mails`` one after the other and say what became of each as soon as it is known.

    A refused address does not stop the others; a lost connection and a refused sender do. Raises
    :class:`NoServer`.
    """
    with _connected(to) as server:
        stopped = ""
        for mail in mails:
            if stopped:
                yield Outcome(mail, accepted=False, why=stopped)
                continue
            why, lost = _send(server, mail)
            yield Outcome(mail, accepted=not why, why=why)
            stopped = f"{lost}，没有再发" if lost else ""


def _send(server: smtplib.SMTP, mail: Envelope) -> tuple[str, str]:
    """Why the mail was not accepted, empty when it was, and why no other can follow."""
    try:
        server.sendmail(mail.sender, [mail.recipient], mail.data)
    except smtplib.SMTPRecipientsRefused as refused:
        ((code, _),) = refused.recipients.values()
        if code != 421:
            return f"邮件服务器拒收这个地址（{code}），请核对 data/units.yml 中的 email", ""
        return _LOST, _LOST
    except smtplib.SMTPSenderRefused as refused:
        why = f"邮件服务器不接受发件地址（{refused.smtp_code}），请核对环境变量 {FROM}"
        return (_LOST, _LOST) if refused.smtp_code == 421 else (why, "邮件服务器不接受发件地址")
    except smtplib.SMTPDataError as refused:
        if refused.smtp_code != 421:
            return f"邮件服务器没有收下（{refused.smtp_code}）", ""
        return _LOST, _LOST
    except (smtplib.SMTPException, OSError):
        return f"{_LOST}，对方可能没有收到，下次会再发", _LOST
    return "", ""


_LOST = "与邮件服务器的连接中断"


@contextmanager
def _connected(to: Post) -> Iterator[smtplib.SMTP]:
    server: smtplib.SMTP | None = None
    try:
        try:
            context = ssl.create_default_context()
            if to.tls == "tls":
                server = smtplib.SMTP_SSL(to.host, to.port, timeout=_SECONDS, context=context)
            else:
                server = smtplib.SMTP(to.host, to.port, timeout=_SECONDS)
            if to.tls == "starttls":
                server.starttls(context=context)
            if to.user:
                server.login(to.user, to.password)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise NoServer(_why_not(to, error)) from None
        yield server
    finally:
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()


def _why_not(to: Post, error: Exception) -> str:
    place = f"邮件服务器 {to.host}:{to.port} "
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"{place}的证书没有通过验证，没有发送；请核对 {HOST}，自签的证书用环境变量 SSL_CERT_FILE 指明。"
        )
    if isinstance(error, ssl.SSLError):
        return f"{place}不能建立加密连接，请核对 {TLS}（starttls、tls 或 none）和 {PORT}。"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{place}不接受用户名或密码，请核对 {USER} 和 {PASSWORD}。"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        what = "登录" if "AUTH" in str(error) else "STARTTLS 加密"
        return f"{place}不支持{what}，请核对 {TLS}、{PORT} 和 {USER}。"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{place}现在不接受连接（{error.smtp_code}），请稍后再试。"
    return f"{place}连不上，请核对 {HOST}、{PORT} 和网络。"
