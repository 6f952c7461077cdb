"""Reading a built site back: pages as elements and text, and the links between them."""

from __future__ import annotations

import filecmp
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin


class ReadPage(HTMLParser):
    """Elements and text of a page, scripts and styles apart."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.text, self.elements, self._hidden = "", [], 0
        self.feed(file.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def pages(site: Path) -> Iterator[Path]:
    """The site's pages; printable sheets stand by themselves (``test_papers``, ``test_printable``)."""
    yield from (page for page in sorted(site.rglob("*.html")) if "papers" not in page.relative_to(site).parts)


def body(site: Path, page: str) -> str:
    return ReadPage(site / page / "index.html").text


def links_followed(site: Path) -> int:
    """How many links were followed; fails at the first that leads nowhere."""
    read = {page: ReadPage(page) for page in pages(site)}
    anchors = {page: {a["id"] for _, a in p.elements if a.get("id")} for page, p in read.items()}
    followed = 0
    for page, parsed in read.items():
        here = "http://site/" + page.relative_to(site).as_posix()
        targets = [a.get(name) for _, a in parsed.elements for name in ("href", "src")]
        for target in targets:
            if target is None or target.startswith(("data:", "https://")):
                continue
            url, _, anchor = urljoin(here, target).partition("#")
            file = site / unquote(url.partition("?")[0].removeprefix("http://site/"))
            file = file / "index.html" if file.is_dir() else file
            assert file.is_file(), f"{here} -> {target}"
            if anchor and file in anchors:
                assert unquote(anchor) in anchors[file], f"{here} -> {target}"
            followed += 1
    return followed


def assert_same(left: Path, right: Path) -> None:
    names = {p.relative_to(left) for p in left.rglob("*") if p.is_file()}
    assert names == {p.relative_to(right) for p in right.rglob("*") if p.is_file()}
    different = [n for n in sorted(names) if not filecmp.cmp(left / n, right / n, shallow=False)]
    assert different == []
