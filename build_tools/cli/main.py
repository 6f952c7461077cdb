"""The group of commands, and the one place where an error becomes a sentence and an exit status."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from io import TextIOWrapper
from keyword import iskeyword
from pathlib import Path
from traceback import extract_tb
from typing import NoReturn

import click

from build_tools import __version__
from build_tools.campaign import BrokenCampaign
from build_tools.cli.chinese import Group, no_such_command, sentence
from build_tools.clock import BadClock
from build_tools.history import GitTrouble
from build_tools.reporters.foreign import printable

OK, FOUND_ERRORS, BROKEN = 0, 1, 2

_TROUBLE = "读写失败，请检查路径、权限和磁盘空间"
_TROUBLES = {
    errno.EACCES: "没有读写权限，请核对权限或换一个位置",
    errno.EPERM: "没有读写权限，请核对权限或换一个位置",
    errno.EROFS: "在只读的磁盘上，请换一个文件夹",
    errno.ENOENT: "不存在，请核对路径",
    errno.EISDIR: "是文件夹，这里应当是文件",
    errno.ENOTDIR: "的路径中有一段是文件，不是文件夹",
    errno.EEXIST: "已经存在，不是文件夹，请换一个位置",
    errno.ELOOP: "是链接，请换成文件本身",
    errno.EINVAL: "不是普通文件，请换成文件本身",
    errno.ENOSPC: "写不下，磁盘已满",
    errno.ENAMETOOLONG: "的名称太长",
}

COMMANDS = {
    "check": "检查整个活动，列出校验意见",
    "build": "生成网站（内部版或公开版）",
    "render": "把网站各页写成文件，供其他工具使用",
    "preview": "预览一个单位的页面和表格",
    "print": "打印表格和文稿（PDF、Word、网页）",
    "export": "导出汇总数据",
    "remind": "催报：列出要联系的单位，写好或发出催报函",
    "new": "生成空白填报文件（带填写说明）",
    "import": "把邮件、U 盘送来的报送文件放进仓库",
    "explain": "说明一条校验规则",
    "ledger": "登记收文台账，核对台账有没有被改动",
    "rehearse": "生成演练活动",
    "serve": "打开申报台：网站、网上填报和收件",
    "intake": "管理申报台的收件服务：账号、后台、备份",
}
"""Command to its one-line help; the command ``name`` is ``build_tools.cli.commands.<name>.command``, with a ``_`` behind
a name that is a word of Python's. Those of the service are found by their entry points: this package does not know it."""

_ELSEWHERE = "shenbao.commands"


class _Commands(Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            raise click.UsageError(no_such_command(cmd_name, list(COMMANDS)), ctx)
        for found in entry_points(group=_ELSEWHERE, name=cmd_name):
            return _loaded(found)
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        module = import_module(f"build_tools.cli.commands.{name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl(list(COMMANDS.items()))


def _loaded(found: EntryPoint) -> click.Command:
    try:
        command: click.Command = found.load()
    except ModuleNotFoundError as error:
        raise click.UsageError(
            f"没有安装收件服务所需的程序包，不能运行 {found.name}；请运行 pip install 'shenbao[intake]' 后再试"
        ) from error
    return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="命令 [参数]…",
    options_metavar="",
    epilog="先试这两条：shenbao check；shenbao explain Y10。各命令的用法：shenbao 命令 --help。",
)
@click.version_option(__version__, "-V", "--version", message="shenbao %(version)s", help="显示版本。")
def shenbao() -> None:
    """申报台：检查各单位报送的材料，生成通知网站、进度页和汇总表。"""


def run() -> NoReturn:
    """The command: :func:`main`, and then out, without the tenth of a second that taking down a large heap takes.

    Whatever nobody foresaw ends in one sentence as well: it names the place in the program and never a value.
    With ``SHENBAO_DEBUG`` set, the traceback is shown.
    """
    status = BROKEN
    try:
        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else BROKEN
    except Exception as error:
        if os.environ.get("SHENBAO_DEBUG"):
            raise
        click.echo(_unforeseen(error), err=True)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(status)


def _unforeseen(error: Exception) -> str:
    frames = [frame for frame in extract_tb(error.__traceback__) if "build_tools" in frame.filename]
    place = f"{Path(frames[-1].filename).name} 第 {frames[-1].lineno} 行" if frames else "位置不明"
    return (
        f"程序出错（{type(error).__name__}，{place}），没有完成。请把这一行告诉维护人员；"
        "设环境变量 SHENBAO_DEBUG=1 再运行一次可以看到经过。"
    )


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit: 0 no errors, 1 errors found, 2 broken campaign or wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a character that the terminal's encoding lacks stops nothing
            stream.reconfigure(errors="backslashreplace")
    try:
        status = shenbao.main(args, prog_name="shenbao", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as shown:
        click.echo(shown.format_message())
        sys.exit(BROKEN)
    except click.ClickException as error:
        click.echo(sentence(error), err=True)
        sys.exit(BROKEN)
    except (BadClock, GitTrouble) as error:
        click.echo(str(error), err=True)
        sys.exit(BROKEN)
    except BrokenCampaign as broken:
        from build_tools.reporters.text import of_broken

        click.echo(of_broken(broken.findings), err=True)
        sys.exit(BROKEN)
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中止。", err=True)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(OK)
    except OSError as error:
        click.echo(
            f"“{printable(str(error.filename or ''))}”{_TROUBLES.get(error.errno or 0, _TROUBLE)}。", err=True
        )
        sys.exit(BROKEN)
    sys.exit(status if isinstance(status, int) else OK)
