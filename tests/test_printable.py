"""The printable HTML file: everything of the sheet is in it, nothing else, and it needs nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from PIL import Image
from sheets import ITEMS, WHOLE_LETTER, blank, filled, letter

from build_tools.forms.printable import html_document
from build_tools.forms.sheet import NOTHING, Sheet

SHEETS = {
    **{f"blank {item}": blank(item) for item in ITEMS},
    **{f"filled {item}": filled(item) for item in ITEMS},
    "letter": letter(*WHOLE_LETTER),
}
HOSTILE = (
    "</style></td><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}{% raw %}**b**\"'\\&amp;*/}"
)


class Read(HTMLParser):
    """A page's elements, its style, and what a reader is told: text and the pictures' words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.style, self.title, self.text = "", "", ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "col", "br", "wbr", "img"):
            self.open.append(tag)
        self.text += dict(attrs).get("alt") or ""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            self.style += data
        elif "title" in self.open:
            self.title += data
        elif "main" in self.open:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def policy(self) -> str:
        return next(m["content"] or "" for m in self.all("meta") if "http-equiv" in m)


def close(text: str) -> str:
    return "".join(text.split())


def said(sheet: Sheet) -> str:
    return close("".join(sheet.texts()))


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_its_text_is_the_sheets_and_nothing_else(sheet: Sheet) -> None:
    read = Read(html_document(sheet))
    assert close(read.text) == said(sheet)
    assert read.open == []


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_it_stands_alone(sheet: Sheet) -> None:
    page = html_document(sheet)
    read = Read(page)
    assert page.startswith('<!doctype html>\n<html lang="zh-CN">')
    assert not {"script", "link", "base", "iframe", "form", "a"} & {tag for tag, _ in read.elements}
    for _, attributes in read.elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        assert (attributes.get("src") or "data:image/jpeg;base64,").startswith("data:image/jpeg;base64,")
    assert "url(" not in read.style
    assert "@import" not in read.style
    digest = base64.b64encode(hashlib.sha256(read.style.encode()).digest()).decode()
    assert read.policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
@pytest.mark.parametrize("copies", [1, 3])
def test_it_has_one_heading_and_a_section_for_each_copy(sheet: Sheet, copies: int) -> None:
    read = Read(html_document(sheet, copies))
    assert len(read.all("h1")) == 1
    assert len(read.all("section")) == copies
    assert close(read.text) == said(sheet) * copies
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids)) == copies
    assert {table["aria-labelledby"] for table in read.all("table")} <= set(ids)


def test_less_than_one_copy_is_refused() -> None:
    with pytest.raises(ValueError, match="0 copies"):
        html_document(blank("individual"), 0)


def test_its_title_says_which_form_and_whose() -> None:
    assert Read(html_document(blank("individual"))).title == "附件4 全国律师行业创先争优先进个人推荐表"
    title = Read(html_document(filled("individual"))).title
    assert title.startswith("附件4 全国律师行业创先争优先进个人推荐表（先进个人推荐表")
    assert Read(html_document(letter(*WHOLE_LETTER))).title == "关于做好示例工作的通知（通知）"


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert html_document(filled("individual")) == html_document(filled("individual"))


def test_its_geometry_is_the_sheets() -> None:
    style = Read(html_document(blank("individual"))).style
    assert "margin: 37mm 25.5mm 35mm 28mm;" in style
    assert ".paper { width: 156.0mm; }" in style
    assert "font-size: 12.0pt; line-height: 1.3;" in style
    columns = [col["width"] for col in Read(html_document(blank("collective"))).all("col")]
    assert columns == ["21.79%", "28.21%", "21.79%", "28.21%"]


def test_a_photo_is_in_the_page_and_stripped() -> None:
    photo = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "CANARY-EXIF"
    Image.new("RGB", (826, 1158), "navy").save(photo, "JPEG", exif=exif, comment=b"CANARY-COMMENT")
    assert b"CANARY" in photo.getvalue()
    (image,) = Read(html_document(filled("individual", photo=photo.getvalue()))).all("img")
    assert image["alt"] == "照片"
    data = base64.b64decode((image["src"] or "").partition(",")[2], validate=True)
    assert b"CANARY" not in data
    with Image.open(io.BytesIO(data)) as read:
        assert read.format == "JPEG"
        assert read.size == (413, 579)


@pytest.mark.parametrize("photo", [b"", b"no picture at all"], ids=["none", "damaged"])
def test_without_a_photo_the_box_stays_as_the_notice_prints_it(photo: bytes) -> None:
    read = Read(html_document(filled("individual", photo=photo)))
    assert read.all("img") == []
    assert read.text.count("照片") == 1


def test_what_is_empty_shows_so() -> None:
    sheet = filled("individual", awards=None, education="", post=None, firm=None)
    assert list(sheet.texts()).count(NOTHING) == 3
    assert len(re.findall(f">(?:<p>)?{NOTHING}<", html_document(sheet))) == 3


@pytest.mark.parametrize("item", ITEMS)
def test_hostile_text_is_text(item: str) -> None:
    fields = {
        "summary": {"title": HOSTILE, "sections": [{"topic": HOSTILE, "text": HOSTILE}]},
        "statistics": {"pledge_orgs": HOSTILE},
        "collective": {"name": HOSTILE, "deeds": HOSTILE},
        "individual": {"name": HOSTILE, "deeds": HOSTILE, "resume": [{"from": HOSTILE, "text": HOSTILE}]},
        "materials": {"files": [{"kind": HOSTILE, "title": HOSTILE, "file": HOSTILE}]},
    }[item]
    sheet = replace(filled(item, **fields), remark=HOSTILE, caption=HOSTILE)
    clean, dirty = Read(html_document(filled(item))), Read(html_document(sheet))
    assert close(dirty.text) == said(sheet)
    assert close(HOSTILE) in close(dirty.text)
    assert {tag for tag, _ in dirty.elements} <= {tag for tag, _ in clean.elements} | {"wbr"}
    assert {name for _, a in dirty.elements for name in a} <= {name for _, a in clean.elements for name in a}


def test_a_hostile_remark_stays_inside_its_string() -> None:
    style = Read(
        html_document(replace(blank("individual"), remark=HOSTILE + '\n"; } * { display: none'))
    ).style
    (content,) = re.findall(r'@bottom-center \{ content: "((?:[^"\\\n]|\\[0-9a-f]+ )*)";', style)
    decoded = re.sub(r"\\([0-9a-f]+) ", lambda code: chr(int(code[1], 16)), content)
    assert decoded == HOSTILE + '\n"; } * { display: none'
    assert style.count("<") == 0
