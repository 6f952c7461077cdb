"""What forges make of our output: the runner that reads a log, and the Markdown that becomes a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt

COMMANDS = {
    "error", "warning", "notice", "debug", "group", "endgroup", "echo", "add-mask", "add-matcher", "remove-matcher",
    "set-output", "save-state", "set-env", "add-path", "stop-commands", "internal-set-repo-path",
}  # fmt: skip
"""What GitHub's runner obeys (ActionCommandManager.cs)."""


@dataclass(frozen=True)
class Command:
    name: str
    properties: dict[str, str]
    data: str


def command_of(line: str) -> Command | None:
    """The command in a line of a log, by the runner's two ways to read one (ActionCommand.cs)."""
    head, separator, data = line.lstrip().removeprefix("::").partition("::")
    if line.lstrip().startswith("::") and separator:
        name, _, told = head.partition(" ")
        if name.lower() in COMMANDS:
            pairs = (pair.split("=", 1) for pair in told.strip().split(",") if "=" in pair)
            return Command(name, {key: _unescaped(value) for key, value in pairs}, _unescaped(data))
    old = re.search(r"##\[([^\] ]*)[^\]]*\](.*)", line)
    return Command(old[1], {}, old[2]) if old and old[1].lower() in COMMANDS else None


def _unescaped(text: str) -> str:
    for mark, letters in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(mark, letters)
    return text


def log_lines(text: str) -> list[str]:
    """``text`` as the runner cuts it into lines: at CR, LF and both, and nowhere else."""
    return re.split(r"\r\n|\r|\n", text)


@dataclass
class Comment(HTMLParser):
    """A comment as a CommonMark parser with GitHub's tables and bare addresses shows it, raw HTML let through.

    ``plain`` is the text outside of ``<code>``, in which forges look for people, issues, commits and addresses.
    """

    source: str
    elements: list[tuple[str, list[tuple[str, str | None]]]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    text: str = ""
    plain: str = ""
    _code: int = 0

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(MarkdownIt("gfm-like", {"html": True, "linkify": True}).render(self.source))
        self.close()

    @property
    def tags(self) -> set[str]:
        return {name for name, _ in self.elements}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))
        self._code += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag == "code"

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_decl(self, decl: str) -> None:
        self.comments.append(decl)

    def handle_data(self, data: str) -> None:
        self.text += data
        # A code between them parts two texts for every forge; they must not meet here either.
        self.plain += "\0" if self._code else data
