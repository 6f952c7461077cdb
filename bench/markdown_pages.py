"""The same content as plain Markdown: rendered pages taken apart into headings, paragraphs, lists, tables and links."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

_SKIPPED = {"svg", "script", "style", "template"}
_BLOCKS = {"p", "div", "section", "header", "dt", "dd", "figure", "figcaption", "summary", "form", "nav"}
# A link while its text is still being collected: these signs around the text and the target.
_LINK = re.compile("\x01(.*?)\x02(.*?)\x03")


class _Markdown(HTMLParser):
    """Reads one page. ``address`` is its own; ``names`` are the Markdown files by address."""

    def __init__(self, address: str, names: Mapping[str, str]) -> None:
        super().__init__()
        self.address, self.names = address, names
        self.target: str | None = None
        self.blocks: list[str] = []
        self.text: list[str] = []
        self.start = ""
        self.skipping = 0
        self.rows: list[list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self.skipping += 1
        elif tag == "a":
            href = posixpath.normpath(posixpath.join(self.address, dict(attrs).get("href") or ""))
            self.target = self.names.get(href)
            self.text.append("\x01" if self.target else "")
        elif tag == "table":
            self._end()
            self.rows = []
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("td", "th") and self.rows is not None:
            self.text = []
        elif self.rows is None:
            if re.fullmatch("h[1-6]", tag):
                self._end("#" * int(tag[1]) + " ")
            elif tag == "li":
                self._end("- ")
            elif tag in _BLOCKS:
                self._end()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self.skipping -= 1
        elif tag == "a":
            self.text.append(f"\x02{self.target}\x03" if self.target else "")
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append(self._taken().replace("|", "\\|"))
        elif tag == "table" and self.rows is not None:
            self._table(self.rows)
            self.rows = None
        elif self.rows is None and (tag in _BLOCKS or tag == "li" or re.fullmatch("h[1-6]", tag)):
            self._end()

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.text.append(data)

    def close(self) -> None:
        super().close()
        self._end()

    def _taken(self) -> str:
        text = " ".join("".join(self.text).split())
        self.text = []
        return _LINK.sub(r"[\1](\2)", re.sub(r"([<>*_`\[\]#])", r"\\\1", text))

    def _end(self, start: str = "") -> None:
        text = self._taken()
        if text:
            self.blocks.append(self.start + text)
        self.start = start

    def _table(self, rows: list[list[str]]) -> None:
        width = max(map(len, rows), default=0)
        lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
        if lines:
            self.blocks.append("\n".join([lines[0], "|" + "---|" * width, *lines[1:]]))


def write_peer(rendered: Path, peer: Path, pages: int) -> int:
    """Write a MkDocs project with at most ``pages`` of the ``rendered`` pages as Markdown; how many there are."""
    sources = sorted(rendered.rglob("*.md"), key=lambda file: ("units" in file.parts, file))[:pages]
    files = {
        source: f"page-{number:04d}.md" if number else "index.md" for number, source in enumerate(sources)
    }
    names = {_address(source, rendered): name for source, name in files.items()}
    nav = []
    for number, (source, name) in enumerate(files.items()):
        _, _, body = source.read_text(encoding="utf-8").partition("\n---\n")
        reader = _Markdown(_address(source, rendered), names)
        reader.feed(body)
        reader.close()
        target = peer / "docs" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n\n".join(reader.blocks) + "\n", encoding="utf-8")
        nav.append(f"  - 第{number}页: {name}")
    settings = [
        "site_name: 同样的内容",
        "theme:",
        "  name: material",
        "  language: zh",
        "  font: false",
        "plugins:",
        "  - search",
        "markdown_extensions:",
        "  - tables",
        "nav:",
        *nav,
    ]
    (peer / "mkdocs.yml").write_text("\n".join(settings) + "\n", encoding="utf-8")
    return len(sources)


def _address(source: Path, rendered: Path) -> str:
    """Where the page of a Markdown file stands on the site: a folder, ``.`` for the first page."""
    path = source.relative_to(rendered).as_posix().removesuffix(".md")
    return posixpath.normpath(path.removesuffix("index") or ".")
