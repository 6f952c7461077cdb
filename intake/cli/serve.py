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
from shlex import quote
from shutil import which
from types import FrameType

import click

from build_tools.cli import options
from build_tools.cli.chinese import Command
from build_tools.cli.main import BROKEN, OK
from intake.cli.setting import chosen, has_office, migrate, seed_demo, set_up
from intake.place import Place

_SHORT = 0.1
_ANSWERED = 2.0
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
def command(root: Path, host: str, port: int) -> int:
    """打开申报台：公开网站、网上填报、收件和办理，一个地址全有。

    \b
    公开网站在 /，网上填报在 /submit/，单位的页面在 /my/，活动办公室收件在 /desk/，
    内部版网站在 /office/。收到的材料存在 var/intake 文件夹，请按时备份。
    正式使用请看 docs/guide/intake.md：数据库、证书、邮件和代码仓库用环境变量设置。

    退出状态：0 按要求结束，2 没有打开。

    \b
    例：
      shenbao serve                     在 http://127.0.0.1:8000 打开
      shenbao serve --port 9000         换一个端口
      shenbao serve --root var/演练     打开另一个活动
    """
    chosen(root)  # what is wrong with the environment is told before anything is opened
    door = _opened(host, port)
    port = door.getsockname()[1]
    here = set_up(root, port)
    from intake.current import campaign

    campaign()  # a broken one is told before anything starts
    with _only_one(here):
        return _serve(here, door, host)


def _serve(here: Place, door: socket.socket, host: str) -> int:
    """Everything until it is told to end; gives the exit status."""
    port = door.getsockname()[1]
    migrate()
    codes = seed_demo()
    processes = _Processes(here, door)
    processes.start_worker()
    if not (here.sites / "public").exists():
        click.echo("正在生成网站，第一次要十几秒……")
        while not (here.sites / "public").exists() or not (here.sites / "office").exists():
            if not processes.go_on():
                return OK
    processes.start_web()
    while not _answers(door):
        if not processes.go_on():
            return BROKEN if processes.failed else OK
    processes.is_open = True
    click.echo(f"申报台已打开：http://{host}:{port}（按 Ctrl-C 结束）")
    click.echo(f"  填报：http://{host}:{port}/submit/    收件：http://{host}:{port}/desk/")
    if codes:
        click.echo(f"演示账号的一次性启用码（在 http://{host}:{port}/my/enrol/ 使用，以前没用过的作废）：")
        for username, what, code in codes:
            click.echo(f"  {username:<12}  {code}  {what}")
    elif not has_office():
        click.echo("活动办公室还没有账号。请另开一个窗口，换成本人的账号名和姓名，运行：")
        click.echo(f"  {like_this_one(here, 'intake', 'account', 'lijing', '--name', '李静', '--approver')}")
        if os.environ.get("SHENBAO_DATABASE_URL"):
            click.echo("  运行前先设好同样的 SHENBAO_DATABASE_URL。")
        click.echo(f"给出的一次性启用码在 http://{host}:{port}/my/enrol/ 使用。")
    while processes.go_on():
        pass
    return BROKEN if processes.failed else OK


def like_this_one(here: Place, *arguments: str) -> str:
    """A command line, ready to be copied, for the campaign and the folder of this very process."""
    known = {"SHENBAO_VAR": str(here.var), "SHENBAO_NOW": os.environ.get("SHENBAO_NOW", "")}
    told = [f"{name}={quote(text)}" for name, text in known.items() if os.environ.get(name)]
    program = "shenbao" if which("shenbao") else str(Path(sys.argv[0]).resolve())
    return " ".join([*told, *map(quote, (program, *arguments, "--root", str(here.root)))])


def _answers(door: socket.socket) -> bool:
    """Whether somebody answers at the door already, whatever it is."""
    family, (host, port) = door.family, door.getsockname()[:2]
    nowhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - every address is no address to ask
    with suppress(OSError), socket.socket(family) as asking:
        asking.settimeout(_ANSWERED)
        asking.connect((nowhere.get(host, host), port))
        asking.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        return asking.recv(4096).startswith(b"HTTP/")
    return False


def _tied() -> None:
    """In a child, before it starts: end when this process ends, however it ends. Only Linux knows how."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_ON_PARENTS_DEATH, signal.SIGTERM)


_ON_PARENTS_DEATH = 1
"""``PR_SET_PDEATHSIG`` of prctl(2)."""


@contextmanager
def _only_one(here: Place) -> Iterator[None]:
    """Be the only one that serves this place; raises :class:`click.ClickException`."""
    with (here.var / "serve.lock").open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise click.ClickException("这个活动的申报台已经在运行；要重新启动的，请先结束它。") from error
        yield


def _opened(host: str, port: int) -> socket.socket:
    door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except OSError as error:
        raise click.ClickException(f"端口 {port} 已被占用，请换一个，例如 PORT=8001 make serve。") from error
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
        self.is_open = False
        self.failed = False
        """Whether everything ends because the web server did not come up."""
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
            if not self.is_open or time.monotonic() - self._opened < _RESTARTS:
                click.echo("网页服务没有运行起来，已结束。请看上面的提示。", err=True)
                self._asked = self.failed = True
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
