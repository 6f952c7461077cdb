"""One report in the format that is asked for."""

from __future__ import annotations

from collections.abc import Callable

from build_tools.reporters.github import as_github
from build_tools.reporters.gitlab import as_gitlab
from build_tools.reporters.json import as_json
from build_tools.reporters.markdown import as_markdown
from build_tools.reporters.public import field_names, public_places
from build_tools.reporters.report import Report
from build_tools.reporters.text import TextReporter, as_it_is
from build_tools.tree import Tree

_WHOLE: dict[str, Callable[[Report], str]] = {
    "json": as_json,
    "github": as_github,
    "gitlab": as_gitlab,
    "markdown": as_markdown,
}
FORMATS = ("text", *_WHOLE)


def write(
    report: Report,
    form: str,
    tree: Tree,
    *,
    style: Callable[[str, str], str] = as_it_is,
    everything: bool = False,
    reveal: bool = False,
) -> str:
    """``report`` in ``form``, one of :data:`FORMATS`; raises :class:`KeyError` for another.

    For ``text`` only: ``tree`` gives the lines that are shown, ``style`` their colours, with ``everything`` none is
    left out, and ``reveal`` shows what was typed. A file's name may hold half of a pair, which UTF-8 lacks: encode with
    ``backslashreplace``, which in JSON is the right escape.
    """
    if form != "text":
        return _WHOLE[form](report)
    reporter = TextReporter(
        tree,
        style=style,
        is_public=(lambda _finding, _line: True) if reveal else public_places(report.campaign),
        is_field=field_names(report.campaign),
        everything=everything,
    )
    return "".join(f"{line}\n" for line in reporter.lines(report))
