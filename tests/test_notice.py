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

from build_tools.campaign.grids import ROOM
from build_tools.forms.sheet import HEIGHT, PADDING, PHOTO, WIDTH
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


ANNEXES = {
    "collective": (
        "附件3",
        "党组织名称 | {name} 3",
        "党员数 | {members} | 单位人数 | {staff}",
        "党组织负责人 | {leader} | 联系电话 | {phone}",
        "曾受奖励 | {awards} 3 long",
        "主要事迹 | {deeds} 3 long",
        "上级党组织/意见 | 盖章:上级党组织 3",
        "司法厅党委/意见 | 盖章:司法厅党委 3",
        "司法部律师行业创先争优活动指导小组/意见 | 盖章:司法部律师行业创先争优活动指导小组 3",
    ),
    "individual": (
        "附件4",
        "姓名 | {name} | 性别 | {gender} | 民族 | {ethnicity} | 照片:photo rows 4",
        "出生年月 | {birth} | 参加工作时间 2 | {work_start} 2",
        "入党时间 | {party_joined} | 文化程度 2 | {education} 2",
        "执业机构/职务 | {firm} {post} 5",
        "个人简历 | {resume} 6 long",
        "曾受奖励 | {awards} 6 long",
        "主要事迹 | {deeds} 6 long",
        "所在单位党组织/意见 | 盖章:所在单位党组织 6",
        "司法厅党委/意见 | 盖章:司法厅党委 6",
        "司法部律师行业创先争优活动指导小组/意见 | 盖章:司法部律师行业创先争优活动指导小组 6",
    ),
}
"""Annexes 3 and 4 row by row: a label, ``{field}``, the photo or whose seal; then the columns it spans if not one."""


def drawn(cell: dict[str, Any]) -> str:
    """A cell of a definition as :data:`ANNEXES` writes it."""
    if "label" in cell:
        words = [cell["label"].replace("\n", "/")]
    elif "seal" in cell:
        words = [f"盖章:{cell['seal']}"]
    elif "photo" in cell:
        words = [f"照片:{cell['photo']}"]
    else:
        words = [f"{{{key}}}" for key in cell.get("fields", [cell.get("field")])]
    words += [str(cell["span"])] if cell.get("span", 1) > 1 else []
    words += [f"rows {cell['rowspan']}"] if cell.get("rowspan", 1) > 1 else []
    words += ["long"] if cell.get("long") else []
    return " ".join(words)


@pytest.mark.parametrize("item", ANNEXES)
def test_annexes_3_and_4_are_drawn_cell_by_cell(item: str) -> None:
    number, *rows = ANNEXES[item]
    defined = form(item)
    assert defined["annex"] == number
    assert [" | ".join(map(drawn, row["cells"])) for row in defined["rows"]] == rows


@pytest.mark.parametrize("item", ANNEXES)
def test_annexes_3_and_4_are_blank_on_one_page(item: str) -> None:
    """156 mm across, and no higher than a page leaves them; the photo's cell holds 35 by 49 mm."""
    defined = form(item)
    assert sum(defined["columns"]) == WIDTH
    assert sum(row["height"] for row in defined["rows"]) <= ROOM
    three_lines, gap = 3 * 29 * 25.4 / 72, 2.5
    assert int(HEIGHT - three_lines - gap) == ROOM
    for index, row in enumerate(defined["rows"]):
        for cell in row["cells"]:
            if "photo" in cell:
                height = sum(below["height"] for below in defined["rows"][index : index + cell["rowspan"]])
                assert defined["columns"][-1] >= PHOTO[0] + 2 * PADDING[0]
                assert height >= PHOTO[1] + 2 * PADDING[1]
