"""click's help pages and usage errors in Chinese."""

from __future__ import annotations

import re
from difflib import get_close_matches

import click


class Command(click.Command):
    """A command whose help page is Chinese throughout."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first line of the help page."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, one a line."""
        found = (param.get_help_record(ctx) for param in self.get_params(ctx))
        rows = [(name, _EXTRAS.sub(_extra_words, told)) for name, told in filter(None, found) if told]
        with formatter.section("选项"):
            formatter.write_dl(rows)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``-h`` with a Chinese explanation."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本说明。"
        return option


class Group(Command, click.Group):
    """A command of several parts; its help page lists them behind the options."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, and then the parts."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The parts, one a line."""
        with formatter.section("命令"):
            formatter.write_dl([(name, part.short_help or "") for name, part in self.commands.items()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The part called ``cmd_name``; raises :class:`click.UsageError` in Chinese."""
        if cmd_name not in self.commands:
            raise click.UsageError(no_such_command(cmd_name, list(self.commands)), ctx)
        return self.commands[cmd_name]


_EXTRAS = re.compile(
    r" *\[(?:env var: [^;\]]*;? ?)?(?:default: (?P<default>[^;\]]*);? ?)?[^\]]*?(?P<required>required)?\]\Z"
)


def _extra_words(extra: re.Match[str]) -> str:
    """click's remarks behind an option, in Chinese: what stands without it, and that it must be given."""
    if extra["required"]:
        return "（必填）"
    return f"（默认 {extra['default']}）" if extra["default"] else ""


_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)")


def sentence(error: click.ClickException) -> str:
    """A usage error as one Chinese sentence with the way out; a sentence of ours that is about no usage, as it is."""
    if type(error) is click.ClickException and is_chinese(error.message):
        return error.message
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "shenbao"
    return f"用法有误：{_what(error, context).strip()}。请看 {path} --help。"


def _what(error: click.ClickException, context: click.Context | None) -> str:
    if isinstance(error, click.NoSuchOption):
        best = get_close_matches(error.option_name, error.possibilities or (), 1, cutoff=0.75)
        guess = f"，是否想写 {best[0]}" if best else ""
        return f"没有 {error.option_name} 这个选项{guess}"
    if isinstance(error, click.BadOptionUsage):
        return f"{error.option_name} 后面缺少取值"
    if isinstance(error, click.MissingParameter):
        return f"缺少{_name(error.param, context)}"
    if isinstance(error, click.BadParameter):
        own = error.message if is_chinese(error.message) else "的取值不对" + _choices(error.param)
        return f"{_name(error.param, context)}{own}"
    if extra := _EXTRA.match(error.message):
        return f"多写了“{extra[1]}”，不知道作什么用"
    return error.message if is_chinese(error.message) else "参数不对"


def _name(param: click.Parameter | None, context: click.Context | None) -> str:
    if param is None:
        return ""
    if isinstance(param, click.Option):
        return f" {param.opts[0]} "
    return f"“{param.make_metavar(context)}”" if context else ""


def _choices(param: click.Parameter | None) -> str:
    if param is not None and isinstance(param.type, click.Choice):
        return "，可用的有：" + "、".join(map(str, param.type.choices))
    if param is not None and isinstance(param.type, click.IntRange):
        return f"，应是 {param.type.min} 到 {param.type.max} 的整数"
    return ""


def is_chinese(text: str) -> bool:
    """Whether ``text`` holds a Chinese character: our own sentences do, the library's do not."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def no_such_command(name: str, known: list[str]) -> str:
    """The sentence for a mistyped command."""
    best = get_close_matches(name, known, 1)
    guess = f"，是否想写 {best[0]}" if best else f"，可用的有：{'、'.join(known)}"
    return f"没有“{name}”这个命令{guess}"
