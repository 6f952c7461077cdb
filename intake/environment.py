"""What the environment says: each variable with how it is read and what it should be, in one place.

Whatever is wrong is a Chinese sentence that names the variable and never its value, which may hold a password. The
commands and the web server let everything be judged before they open anything.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from build_tools.clock import VARIABLE, BadClock, read_moment
from build_tools.reminders import post

_SCP = re.compile(r"(?:[\w.-]+@)?[\w.-]+:[^/:][^:]*")
_HERE = ("127.0.0.1", "::1", "localhost")


class BadEnvironment(ValueError):
    """A variable that cannot be used; a Chinese sentence."""


@dataclass(frozen=True)
class Variable:
    """``read`` turns the text into what is meant, and raises ``ValueError`` with what it should be, in Chinese."""

    read: Callable[[str], Any]
    default: str


def value(name: str) -> Any:
    """What the variable means, or its default where it is not set or empty; raises :class:`BadEnvironment`."""
    variable = VARIABLES[name]
    try:
        return variable.read(os.environ.get(name, "").strip() or variable.default)
    except BadClock as error:  # names the variable itself
        raise BadEnvironment(str(error)) from None
    except ValueError as error:
        raise BadEnvironment(f"环境变量 {name} 有误：{error}") from None


def judge() -> None:
    """Look at all of them; raises :class:`BadEnvironment` for the first that is wrong."""
    for name in VARIABLES:
        value(name)
    try:
        post.judge(os.environ)
    except post.BadPost as error:
        raise BadEnvironment(str(error)) from None


def protocol(address: str) -> str:
    """How a forge's ``address`` is spoken to: https, ssh, file, or http on this very machine.

    Raises ``ValueError`` (a Chinese sentence) for one that nothing is pushed to.
    """
    if address.startswith("/"):
        return "file"
    if "://" not in address and _SCP.fullmatch(address):
        return "ssh"
    try:
        parts = urlsplit(address if "://" in address else "")
    except ValueError:
        parts = urlsplit("")
    if parts.password:
        raise ValueError("地址里不要写密码，请写入 keys 文件夹的 git-credentials 文件，或改用 ssh 密钥。")
    if parts.scheme in ("https", "ssh", "file") or (parts.scheme == "http" and parts.hostname in _HERE):
        return parts.scheme
    raise ValueError("应是 https、ssh 或 file 的地址，或者本机文件夹的完整路径。")


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
            raise ValueError(f"应是 {least} 到 {most} 的整数。")
        return int(text)

    return read


def _site(text: str) -> str:
    """The address people use, without a slash at its end."""
    address = text.rstrip("/")
    told = "应是 http:// 或 https:// 开头的网址，后面只有域名和端口，例如 https://shenbao.example.invalid。"
    try:
        parts = urlsplit(address)
        well = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        raise ValueError(told) from None
    if not well or "@" in parts.netloc or parts.netloc != address.partition("://")[2]:
        raise ValueError(told)
    return address


def _database(text: str) -> dict[str, Any]:
    """The database's settings as Django wants them, which may say more about the connection behind a ``?``; nothing for
    the embedded one."""
    if not text:
        return {}
    try:
        told: dict[str, Any] = dict(dj_database_url.parse(text, conn_max_age=60))
    except ValueError:
        told = {}
    if told.get("ENGINE") != "django.db.backends.postgresql" or not told["NAME"]:
        raise ValueError(
            "应写成 postgres://账号:密码@地址:端口/数据库名 的样子，密码中的特殊字符按网址的规则转写；用自带的 SQLite 的不设。"
        )
    # As in the embedded one: whatever the server's own default is, a commit waits until it is on the disk.
    options = told.setdefault("OPTIONS", {})
    options["options"] = f"{options.get('options', '')} -c synchronous_commit=on".strip()
    return told


def _forge(text: str) -> str:
    if text:
        protocol(text)
    return text


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(word.strip(), strict=False) for word in text.split(",") if word.strip())
    except ValueError:
        raise ValueError("应是 IP 地址或网段，用逗号隔开，例如 127.0.0.1, 10.0.0.0/8。") from None


def _moment(text: str) -> str:
    if text:
        read_moment(text, f"环境变量 {VARIABLE}")
    return text


VARIABLES = {
    "PORT": Variable(_whole(0, 65535), "8000"),
    "SHENBAO_URL": Variable(lambda text: _site(text) if text else "", ""),
    "SHENBAO_PROXIES": Variable(_whole(0, 9), "0"),
    "SHENBAO_DATABASE_URL": Variable(_database, ""),
    "SHENBAO_REMOTE": Variable(_forge, ""),
    "SHENBAO_PATIENCE": Variable(_whole(1, 3600), "20"),
    "SHENBAO_PROCESSES": Variable(_whole(1, 64), "2"),
    "SHENBAO_THREADS": Variable(_whole(1, 256), "8"),
    "SHENBAO_METRICS_FROM": Variable(_networks, "127.0.0.1, ::1"),
    VARIABLE: Variable(_moment, ""),
}
"""All that are more than a folder or a secret; those of the mail server are :mod:`build_tools.reminders.post`'s."""
