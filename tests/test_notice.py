"""The notice is published word for word: page and form definitions against the text as it was issued.

``tests/fixtures/notice-2012.txt`` is the notice's text, byte for byte. White space is the only thing
that may differ, since the page's layout and the forms' cells replace the original's spaces and tabs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import markdown
import pytest

from build_tools.source import parse

ROOT = Path(__file__).resolve().parents[1]
ISSUED = (ROOT / "tests/fixtures/notice-2012.txt").read_text(encoding="utf-8")
PAGE = (ROOT / "docs/notice.md").read_text(encoding="utf-8")
BODY, ANNEX_2, ANNEX_3, ANNEX_4 = re.split(r"附件[234]：\s*\n", ISSUED)

BLANK = "＿"
SEAL = "（盖章）年月日"


def squeezed(text: str) -> str:
    """``text`` without white space, the full-width space included."""
    return re.sub(r"\s+", "", text)


class _Reader(HTMLParser):
    """What a reader sees of a page, which elements it is made of, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.links: dict[str, str] = {}
        self._href = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self._href = dict(attrs)["href"] or ""
            self.links[self._href] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._href = ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._href:
            self.links[self._href] += data


@pytest.fixture(scope="module")
def notice() -> _Reader:
    """The notice's page as Markdown turns it into HTML, with the extensions such sites use."""
    _, _, text = PAGE.split("---\n", 2)
    return _Reader(
        markdown.markdown(text, extensions=["attr_list", "md_in_html", "sane_lists", "tables", "toc"])
    )


def form(item: str) -> dict[str, Any]:
    """A form definition of the shipped campaign."""
    path = f"schemas/{item}.form.yml"
    source = parse(path, (ROOT / path).read_bytes())
    assert not source.findings
    value: dict[str, Any] = source.value
    return value


def paragraphs(annex: str) -> Iterator[str]:
    """The paragraphs of an annex, without indentation."""
    for line in annex.splitlines():
        if line.strip():
            yield line.strip()


def printed(item: str) -> str:
    """The words of a grid form in reading order, as they stand on the blank official sheet."""
    schema = json.loads((ROOT / f"schemas/{item}.schema.json").read_text(encoding="utf-8"))
    words = [form(item)["title"]]
    for row in form(item)["rows"]:
        for cell in row["cells"]:
            if "photo" in cell:
                words.append(schema["properties"][cell["photo"]]["title"])
            words.append(cell.get("label", ""))
            words.append(SEAL if "seal" in cell else "")
    return squeezed("".join(words))


def test_body_is_verbatim(notice: _Reader) -> None:
    assert squeezed(notice.text) == squeezed(BODY)


def test_body_keeps_its_paragraphs(notice: _Reader) -> None:
    """Numbers such as “1、” and “2.” stay text, and each paragraph of the notice is one of the page."""
    assert set(notice.tags) == {"h1", "p", "a", "wbr"}
    title_lines = notice.tags.count("wbr") + 1
    assert notice.tags.count("p") == len(list(paragraphs(BODY))) - title_lines


def test_title_is_the_notices(notice: _Reader) -> None:
    title = squeezed("".join(list(paragraphs(BODY))[:2]))
    front_matter = PAGE.split("---\n", 2)[1]
    campaign = parse("data/campaign.yml", (ROOT / "data/campaign.yml").read_bytes()).value
    assert front_matter == f"title: {title}\n"
    assert campaign["title"] == title
    assert campaign["effect_text"] in BODY
    assert campaign["deadline_text"] in BODY
    assert campaign["issuer"] in BODY


def test_attachments_lead_to_the_annexes(notice: _Reader) -> None:
    names = re.findall(r"^\s*(?:附件：)?[1-4]\.(.+?)\s*$", BODY, flags=re.MULTILINE)
    assert notice.links == {f"annexes/{number}.md": name for number, name in enumerate(names, start=1)}
    assert len(names) == 4


def test_contact_is_history_not_a_link(notice: _Reader) -> None:
    assert "lgc@gdsf.gov.cn" in notice.text
    assert not [link for link in notice.links if ":" in link]


def test_annex_2_is_verbatim() -> None:
    title, *issued = paragraphs(ANNEX_2)
    defined = form("statistics")
    assert defined["title"] == title
    sentences = [
        sentence.get("no", "") + re.sub(r" *\{\w+\} *", BLANK, sentence["text"])
        for sentence in defined["sentences"]
    ]
    assert sentences == [squeezed(re.sub(r" {4,}", BLANK, sentence)) for sentence in issued]


def test_annex_2_has_a_blank_for_every_counter() -> None:
    schema = json.loads((ROOT / "schemas/statistics.schema.json").read_text(encoding="utf-8"))
    blanks = re.findall(r"\{(\w+)\}", "".join(s["text"] for s in form("statistics")["sentences"]))
    assert blanks == schema["required"]
    assert len(blanks) == 21


@pytest.mark.parametrize(("item", "annex"), [("collective", ANNEX_3), ("individual", ANNEX_4)])
def test_annexes_3_and_4_are_verbatim(item: str, annex: str) -> None:
    assert printed(item) == squeezed(annex)


@pytest.mark.parametrize("item", ["collective", "individual"])
def test_annexes_3_and_4_fill_their_grid(item: str) -> None:
    """Every row covers every column exactly once, the rows a cell spans included."""
    defined = form(item)
    carried = [0] * len(defined["rows"])
    for index, row in enumerate(defined["rows"]):
        width = carried[index]
        for cell in row["cells"]:
            span = cell.get("span", 1)
            width += span
            for below in range(index + 1, index + cell.get("rowspan", 1)):
                carried[below] += span
        assert width == len(defined["columns"]), f"row {index + 1}"
