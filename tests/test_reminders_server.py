"""The mail server of the environment: encrypted and verified, logged in to, or one sentence why not."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from campaigns import AFTER, edit, lay
from command_line import Ran, Run
from mail_server import PASSWORD, USER, Authority, MailServer, authority, serving, settings

Send = Callable[[], Ran]
SENT = "已发给乙市。\n发出 1 封。\n"


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(str(tmp_path_factory.mktemp("authority") / "ca.pem"))


@pytest.fixture
def send(tmp_path: Path, run: Run) -> Send:
    """Send to the one unit that owes something and has an address."""
    address = edit(
        "data/units.yml", "phone: 020-00000002}", "phone: 020-00000002, email: yi@example.invalid}"
    )
    root = lay(tmp_path / "campaign", edits=[address], remove=["data/cities/yi"], ledger={})
    return lambda: run("remind", "--root", root, "--now", AFTER, "--send", "yi")


SECURE = [("starttls", False), ("starttls", True), ("tls", False), ("tls", True)]


@pytest.mark.parametrize(("tls", "login"), SECURE)
def test_over_tls_with_and_without_login(
    send: Send, trusted: Authority, monkeypatch: pytest.MonkeyPatch, tls: str, login: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", trusted.file)
    with serving(MailServer(), tls=tls, context=trusted.server, login=login) as server:
        person = {"USER": USER, "PASSWORD": PASSWORD} if login else {}
        settings(monkeypatch, server.port, TLS=tls, **person)
        ran = send()
    assert ran == (0, SENT, "")
    assert server.encrypted == [True]
    assert [entry.split()[1] for entry in server.logins] == ([USER] if login else [])


def test_starttls_is_what_happens_without_a_word(
    send: Send, trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", trusted.file)
    with serving(MailServer(), tls="starttls", context=trusted.server) as server:
        settings(monkeypatch, server.port)
        assert send().status == 0
    assert server.encrypted == [True]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_stranger_s_certificate_gets_nothing(
    send: Send, trusted: Authority, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with serving(MailServer(), tls=tls, context=trusted.server, login=True) as server:
        settings(monkeypatch, server.port, TLS=tls, USER=USER, PASSWORD=PASSWORD)
        ran = send()
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    assert f"邮件服务器 localhost:{server.port} 的证书没有通过验证，没有发送" in ran.err
    assert (server.taken, server.logins) == ([], [])


def test_another_host_s_certificate_gets_nothing(
    send: Send, trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", trusted.file)
    with serving(MailServer(), tls="tls", context=trusted.server) as server:
        settings(monkeypatch, server.port, TLS="tls", HOST="127.0.0.1")
        ran = send()
    assert ran.status == 1
    assert "的证书没有通过验证" in ran.err
    assert server.taken == []


def test_a_wrong_password_is_said_and_not_shown(
    send: Send, trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", trusted.file)
    with serving(MailServer(), tls="starttls", context=trusted.server, login=True) as server:
        settings(monkeypatch, server.port, USER=USER, PASSWORD="wrong-canary")
        ran = send()
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == (
        f"邮件服务器 localhost:{server.port} 不接受用户名或密码，"
        "请核对 SHENBAO_SMTP_USER 和 SHENBAO_SMTP_PASSWORD。\n"
    )
    assert server.taken == []


SETTINGS: list[tuple[dict[str, str], int, str]] = [
    ({"HOST": ""}, 2, "没有指明邮件服务器，请设环境变量 SHENBAO_SMTP_HOST。"),
    ({"TLS": "ssl"}, 2, "环境变量 SHENBAO_SMTP_TLS 有误：应是 starttls、tls 或 none。"),
    ({"PORT": "65536"}, 2, "环境变量 SHENBAO_SMTP_PORT 有误：应是 1 到 65535 的整数。"),
    ({"PORT": "二五"}, 2, "环境变量 SHENBAO_SMTP_PORT 有误：应是 1 到 65535 的整数。"),
    ({"USER": USER}, 2, "环境变量 SHENBAO_SMTP_USER 和 SHENBAO_SMTP_PASSWORD 有误：要么都设，要么都不设。"),
    ({"USER": USER, "PASSWORD": "口令"}, 2, "环境变量 SHENBAO_SMTP_USER 和 SHENBAO_SMTP_PASSWORD 有误：只能用英文字母、数字和符号。"),
    ({"USER": USER, "PASSWORD": PASSWORD}, 2,
     "没有加密的连接不能发送密码，请把环境变量 SHENBAO_SMTP_TLS 设为 starttls 或 tls。"),
    ({"TLS": "starttls"}, 1, "不支持STARTTLS 加密，请核对 SHENBAO_SMTP_TLS、SHENBAO_SMTP_PORT 和 SHENBAO_SMTP_USER。"),
    ({"TLS": "tls"}, 1, "不能建立加密连接，请核对 SHENBAO_SMTP_TLS（starttls、tls 或 none）和 SHENBAO_SMTP_PORT。"),
    ({"HOST": "a..b"}, 1, "连不上，请核对 SHENBAO_SMTP_HOST、SHENBAO_SMTP_PORT 和网络。"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "status", "sentence"), SETTINGS)
def test_settings_that_do_not_work_are_one_sentence(
    send: Send, changed: dict[str, str], status: int, sentence: str
) -> None:
    with serving(MailServer()) as server, pytest.MonkeyPatch.context() as patch:
        settings(patch, server.port, **{"TLS": "none"} | changed)
        ran = send()
    assert (ran.status, ran.out, ran.err.count("\n")) == (status, "", 1)
    assert ran.err.endswith(f"{sentence}\n")
    assert not any(secret in ran.err for secret in (PASSWORD, "口令"))
    assert server.taken == []


def test_nobody_there(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings(monkeypatch, free.getsockname()[1], TLS="none")
        ran = send()
    assert ran.status == 1
    assert "连不上，请核对 SHENBAO_SMTP_HOST" in ran.err


def test_a_login_the_server_does_not_know(
    send: Send, trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", trusted.file)
    with serving(MailServer(), tls="tls", context=trusted.server) as server:
        settings(monkeypatch, server.port, TLS="tls", USER=USER, PASSWORD=PASSWORD)
        ran = send()
    assert ran.status == 1
    assert "不支持登录" in ran.err
    assert server.taken == []
