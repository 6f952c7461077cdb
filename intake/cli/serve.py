"""``shenbao serve``: the public site, the forms, the office's and the units' pages at one address, and the worker behind."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import click

from build_tools.cli import options
from build_tools.cli.chinese import Command
from intake.cli.setting import has_office, migrate, seed_demo, set_up
from intake.place import Place

_SHORT = 0.1
_RESTARTS = 5.0
"""Seconds between two starts of a worker that ended by itself."""


@click.command(cls=Command, options_metavar="[选项]", short_help="打开申报台：网站、网上填报和收件")
@options.root
@click.option("--host", default="127.0.0.1", metavar="地址", help="监听的地址，默认只供本机使用。")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    envvar="PORT",
    metavar="端口",
    type=click.IntRange(0, 65535),
    help="端口，也可用环境变量 PORT。",
)
def command(root: Path, host: str, port: int) -> None:
    """打开申报台：公开网站、网上填报、收件和办理，一个地址全有。

    \b
    公开网站在 /，网上填报在 /submit/，单位的页面在 /my/，活动办公室收件在 /desk/，
    内部版网站在 /office/。收到的材料存在 var/intake 文件夹，请按时备份。
    正式使用请看 docs/guide/intake.md：数据库、证书、邮件和代码仓库用环境变量设置。

    \b
    例：
      shenbao serve                     在 http://127.0.0.1:8000 打开
      shenbao serve --port 9000         换一个端口
      shenbao serve --root var/演练     打开另一个活动
    """
    door = _opened(host, port)
    port = door.getsockname()[1]
    here = set_up(root, port)
    from intake.current import campaign

    campaign()  # a broken one is told before anything starts
    with _only_one(here):
        _serve(here, door, host)


def _serve(here: Place, door: socket.socket, host: str) -> None:
    """Everything until it is told to end."""
    port = door.getsockname()[1]
    migrate()
    codes = seed_demo()
    processes = _Processes(here, door)
    processes.start_worker()
    if not (here.sites / "public").exists():
        click.echo("正在生成网站，第一次要十几秒……")
        while not (here.sites / "public").exists() or not (here.sites / "office").exists():
            if not processes.go_on():
                return
    processes.start_web()
    click.echo(f"申报台已打开：http://{host}:{port}（按 Ctrl-C 结束）")
    click.echo(f"  填报：http://{host}:{port}/submit/    收件：http://{host}:{port}/desk/")
    if codes:
        click.echo(f"演示账号的一次性启用码（在 http://{host}:{port}/my/enrol/ 使用，以前没用过的作废）：")
        for username, what, code in codes:
            click.echo(f"  {username:<12}  {code}  {what}")
    elif not has_office():
        click.echo("活动办公室还没有账号。请另开一个窗口新建，例如：")
        click.echo("  shenbao intake account lijing --name 李静 --approver")
    while processes.go_on():
        pass


def _tied() -> None:
    """In a child, before it starts: end when this process ends, however it ends. Only Linux knows how."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_ON_PARENTS_DEATH, signal.SIGTERM)


_ON_PARENTS_DEATH = 1
"""``PR_SET_PDEATHSIG`` of prctl(2)."""


@contextmanager
def _only_one(here: Place) -> Iterator[None]:
    """Be the only one that serves this place; raises :class:`click.UsageError`."""
    with (here.var / "serve.lock").open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise click.UsageError("这个活动的申报台已经在运行；要重新启动的，请先结束它") from error
        yield


def _opened(host: str, port: int) -> socket.socket:
    door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except OSError as error:
        raise click.UsageError(f"端口 {port} 已被占用，请换一个，例如 PORT=8001 make serve") from error
    door.listen(2048)
    return door


class _Processes:
    """The worker and the web server, started and ended together; a worker that ends by itself is started again."""

    def __init__(self, here: Place, door: socket.socket) -> None:
        self._here, self._door = here, door
        self._worker: subprocess.Popen[bytes] | None = None
        self._web: subprocess.Popen[bytes] | None = None
        self._started = self._opened = 0.0
        self._asked = False
        for number in (signal.SIGINT, signal.SIGTERM):  # a job in the background is started deaf to Ctrl-C
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True

    def start_worker(self) -> None:
        """Start the worker."""
        self._started = time.monotonic()
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "intake.cli.worker"],
            start_new_session=True,
            preexec_fn=_tied,  # noqa: PLW1509 - this process has one thread
        )

    def start_web(self) -> None:
        """Start the web server on the door that is open already."""
        self._opened = time.monotonic()
        number = self._door.fileno()
        os.set_inheritable(number, True)
        self._web = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--config",
                "python:intake.cli.server",
                "--bind",
                f"fd://{number}",
                "intake.wsgi",
            ],
            pass_fds=[number],
            start_new_session=True,
            preexec_fn=_tied,  # noqa: PLW1509 - this process has one thread
        )

    def go_on(self) -> bool:
        """Wait a little and see to the processes; false when everything is to end, and has ended."""
        time.sleep(_SHORT)
        ended = self._worker is not None and self._worker.poll() is not None
        if ended and not self._asked and time.monotonic() - self._started > _RESTARTS:
            click.echo("后台程序意外结束，已重新启动；收到的材料不受影响。", err=True)
            self.start_worker()
        if self._web is not None and self._web.poll() is not None and not self._asked:
            if time.monotonic() - self._opened < _RESTARTS:
                click.echo("网页服务没有运行起来，已结束。请看上面的提示。", err=True)
                self._asked = True
            else:
                click.echo("网页服务意外结束，已重新启动；收到的材料不受影响。", err=True)
                self.start_web()
        if self._asked:
            self._stop()
        return not self._asked

    def _stop(self) -> None:
        for process in (self._web, self._worker):
            if process is not None and process.poll() is None:
                process.terminate()
        for process in (self._web, self._worker):
            if process is not None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(25)
                if process.poll() is None:
                    process.kill()
