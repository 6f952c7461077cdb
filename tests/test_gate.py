"""The leak gate: each private value is found in every kind of published file, and nothing else is."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pikepdf
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from build_tools.checks import Examination, examine
from build_tools.ledger import append
from build_tools.site.gate import LeakFound, Needles, Problem, guard_public, private_needles, search
from build_tools.site.gate.search import HIDDEN_NAME
from build_tools.tree import WorkTree

ROOT = Path(__file__).parents[1]

NAME = "泓澹𠮷"
SHORT_NAME = "彧翀"
FIRM = "广东泓澹律师事务所"
BRANCH = "广东泓澹律师事务所党支部"
PHONE = "0755-61234987"
CLAUSE = "把调解室搬进三轮车的后斗里"
DEEDS = f"示例。该同志十年如一日，{CLAUSE}，走遍渔村；手机13987654321随时可打。\n\n群众都叫他后斗律师。"
REASON = "第三页所附会议记录缺签名"
LOGIN = "canary-zhuhai"
PHOTO = "materials/hongdan-portrait.png"

INDIVIDUAL = f"""\
name: {NAME}
gender: 男
ethnicity: 汉族
birth: 1957-11
work_start: 1976-02
party_joined: 1985-12
education: 大学本科
firm: {FIRM}
post: 主任兼船舶押运顾问
resume:
  - {{from: 1976-02, to: 至今, text: {FIRM}舵手组组长}}
awards: 2012年8月，获评拖网渔船安全标兵
deeds: |
  {DEEDS.replace(chr(10) * 2, chr(10) + "  ")}
photo: {PHOTO}
"""
COLLECTIVE = f"""\
name: {BRANCH}
members: 18
staff: 56
leader: {SHORT_NAME}
phone: {PHONE}
deeds: {CLAUSE}是该支部的发明。
"""


def png(colour: str = "red", texts: PngInfo | None = None) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG", pnginfo=texts)
    return out.getvalue()


@pytest.fixture(scope="session")
def examination(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    """The shipped notice with two nominations of 珠海, an unreadable file, a photo and a ledger."""
    root = tmp_path_factory.mktemp("canary")
    shutil.copytree(ROOT / "schemas", root / "schemas")
    shutil.copytree(ROOT / "docs", root / "docs")
    folder = root / "data/cities/zhuhai"
    for sub in ("nominations", "materials"):
        (folder / sub).mkdir(parents=True)
    for name in ("campaign", "units", "quotas"):
        shutil.copy(ROOT / f"data/{name}.yml", root / "data")
    owners = (ROOT / "data/owners.yml").read_text(encoding="utf-8")
    (root / "data/owners.yml").write_text(owners.replace("demo-zhuhai", LOGIN), encoding="utf-8")
    (folder / "nominations/individual-01.yml").write_text(INDIVIDUAL, encoding="utf-8")
    (folder / "nominations/individual-02.yml").write_text(
        "name: 潆璟\nname: 潆璟\ndeeds: 重复键\n", encoding="utf-8"
    )
    (folder / "nominations/collective-01.yml").write_text(COLLECTIVE, encoding="utf-8")
    (folder / "statistics.yml").write_text("oneplusone_funds: 1985.12\n", encoding="utf-8")
    (folder / PHOTO).write_bytes(png("navy"))
    returned = {
        "at": "2012-08-21T09:00:00+08:00",
        "kind": "returned",
        "document": "individual-01",
        "by": ["昝犇"],
        "reason": REASON,
        "until": "2012-08-24T18:00:00+08:00",
    }
    (root / "data/ledger").mkdir()
    ledger = {"unit": "zhuhai", "events": append([], returned, nonce="0" * 32)}
    (root / "data/ledger/zhuhai.yml").write_text(json.dumps(ledger, ensure_ascii=False), encoding="utf-8")
    return examine(WorkTree(root))


@pytest.fixture(scope="session")
def needles(examination: Examination) -> Needles:
    return private_needles(examination)


Site = Callable[[str, bytes | str], Path]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A clean page, and whatever a test publishes beside it."""
    (tmp_path / "index.html").write_text(page(f"<p>珠海已报 1 份。{BRANCH}</p>"), encoding="utf-8")

    def publish(name: str, content: bytes | str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return publish


def page(body: str) -> str:
    return f'<!doctype html>\n<html lang="zh-CN"><title>进度</title>\n<body class="md-main">\n{body}\n</body></html>\n'


def workbook(value: str = "", *, author: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.active["B2"] = value  # type: ignore[index]
    book.properties.creator = author
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def docx(run: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        body = f"<w:document><w:body><w:p>{run}</w:p></w:body></w:document>"
        archive.writestr("word/document.xml", body)
    return out.getvalue()


def pdf(text: str = "", *, author: str = "", attachment: bytes = b"") -> bytes:
    """A one-page PDF; ``text`` is drawn with a font whose ToUnicode map gives glyph N the Nth character."""
    document = pikepdf.new()
    chars = sorted(set(text))
    glyphs = {char: f"{index + 1:04x}" for index, char in enumerate(chars)}
    pairs = "\n".join(f"<{glyphs[c]}> <{c.encode('utf-16-be').hex()}>" for c in chars)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{len(chars)} beginbfchar\n{pairs}\nendbfchar\n"
        "endcmap end end"
    )
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type0,
        BaseFont=pikepdf.Name.Canary,
        Encoding=pikepdf.Name("/Identity-H"),
        DescendantFonts=[
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.CIDFontType2,
                BaseFont=pikepdf.Name.Canary,
                CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
                DW=1000,
                FontDescriptor=document.make_indirect(
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name.Canary, Flags=4
                    )
                ),
            )
        ],
        ToUnicode=document.make_stream(cmap.encode()),
    )
    drawn = document.add_blank_page(page_size=(400, 200))
    codes = "".join(glyphs[c] for c in text)
    drawn.Contents = document.make_stream(f"BT /F1 12 Tf 20 100 Td <{codes}> Tj ET".encode())
    drawn.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    if author:
        document.docinfo["/Author"] = author
    if attachment:
        document.attachments["a.txt"] = pikepdf.AttachedFileSpec(document, attachment)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def jpeg(artist: str) -> bytes:
    exif = Image.Exif()
    exif[0x013B] = artist.encode()
    exif[0x9C9D] = artist.encode("utf-16-le")
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def png_with(value: str) -> bytes:
    texts = PngInfo()
    texts.add_itxt("Author", value, zip=True)
    return png(texts=texts)


ESCAPED = json.dumps(NAME).strip('"')
ENTITIES = "".join(f"&#x{ord(char):x};" for char in NAME)
INDEX = {"docs": [{"location": "a/", "title": "x", "text": f"<p>推荐\u200b{NAME[:1]}\u200b{NAME[1:]}</p>"}]}

PLANTED = {
    "HTML text": ("a/index.html", page(f"<td>{NAME}</td>")),
    "a two-character name": ("a/index.html", page(f"<td>{SHORT_NAME}</td>")),
    "a name padded as on paper": ("a/index.html", page(f"<td>{SHORT_NAME[0]}\u3000{SHORT_NAME[1]}</td>")),
    "HTML attribute": ("a/index.html", page(f'<a title="{NAME}">1</a>')),
    "HTML comment": ("a/index.html", page(f"<!-- {NAME} -->")),
    "HTML entities": ("a/index.html", page(ENTITIES)),
    "entities twice": ("a/index.html", page(html.escape(ENTITIES))),
    "inside highlighted words": ("a/index.html", page(f"<mark>{NAME[:1]}</mark><wbr>{NAME[1:]}")),
    "JSON in an attribute": ("a/index.html", page(f"<div data-x='{html.escape(json.dumps([NAME]))}'></div>")),
    "inline script": ("a/index.html", page(f"<script>var a='{ESCAPED}'</script>")),
    "full-width digits": ("a/index.html", page("电话０７５５－６１２３４９８７")),
    "search index": ("search/search_index.json", json.dumps(INDEX, ensure_ascii=False)),
    "search index, escaped": ("search/search_index.json", json.dumps(INDEX)),
    "sitemap": ("sitemap.xml", f"<urlset><url><loc>https://x/{NAME}/</loc></url></urlset>"),
    "sitemap.gz": ("sitemap.xml.gz", gzip.compress(f"<urlset><loc>{NAME}</loc></urlset>".encode())),
    "URL": ("a/index.html", page(f'<a href="../{quote(NAME)}/">1</a>')),
    "URL in GBK": ("a/index.html", page(f'<a href="?q={quote(SHORT_NAME.encode("gbk"))}">1</a>')),
    "base64": ("a/index.html", page(f'<i data-b="{base64.b64encode(NAME.encode()).decode()}"></i>')),
    "script": ("x.js", f"const a='{''.join(f'%u{ord(c):04x}' for c in SHORT_NAME)}'"),
    "style": ("x.css", f".a::after{{content:'\\{ord(SHORT_NAME[0]):x}\\{ord(SHORT_NAME[1]):x}'}}"),
    "SVG": ("x.svg", f"<svg><text><tspan>{NAME[:1]}</tspan><tspan>{NAME[1:]}</tspan></text></svg>"),
    "text": ("llms.txt", f"{NAME}\n"),
    "CSV": ("x.csv", f"单位,负责人\r\n珠海,{SHORT_NAME}\r\n"),
    "JSON": ("x.json", json.dumps({"a": [NAME]})),
    "JSON line break": ("x.json", json.dumps({"a": "电话：\n13987654321\n"})),
    "source map": ("x.js.map", json.dumps({"sourcesContent": [NAME]})),
    "XLSX cell": ("x.xlsx", workbook(NAME)),
    "XLSX properties": ("x.xlsx", workbook(author=NAME)),
    "DOCX runs": ("x.docx", docx(f"<w:r><w:t>{NAME[:1]}</w:t></w:r><w:r><w:t>{NAME[1:]}</w:t></w:r>")),
    "picture in a DOCX": ("x.zip", docx(f"<w:t>{base64.b64encode(png_with(NAME)).decode()}</w:t>")),
    "PDF text": ("x.pdf", pdf(NAME)),
    "PDF information": ("x.pdf", pdf(author=NAME)),
    "PDF attachment": ("x.pdf", pdf(attachment=NAME.encode())),
    "PNG text chunk": ("x.png", png_with(NAME)),
    "JPEG EXIF": ("x.jpg", jpeg(NAME)),
    "bytes behind a picture": ("x.png", png() + NAME.encode("gbk", "ignore") + CLAUSE.encode("gbk")),
    "picture in a data address": (
        "a/index.html",
        page(f'<img src="data:image/png;base64,{base64.b64encode(png_with(NAME)).decode()}">'),
    ),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_value_is_found_in(kind: str, site: Site, needles: Needles) -> None:
    name, content = PLANTED[kind]
    leaks = search(site(name, content), needles)
    assert leaks
    assert all(leak.path.startswith(name) and leak.problem is Problem.VALUE for leak in leaks)
    assert {leak.unit for leak in leaks} == {"珠海"}


WRITTEN = {
    "month": ("出生年月", ["1957-11", "1957.11", "1957年11月", "1957/11", "1957-11-01"]),
    "month with a zero": ("参加工作时间", ["1976年2月", "1976年02月"]),
    "phone": ("联系电话", [PHONE, "075561234987", "0755 61234987", "+86-755-61234987", "tel:61234987"]),
    "phone in a long text": ("主要事迹", ["13987654321", "139-8765-4321", "139 8765 4321"]),
    "clause": ("主要事迹", [CLAUSE, f"…{CLAUSE[:8]}车的后斗里…", "把调解室搬进三\n轮车的后斗里"]),
    "firm": ("执业机构", [FIRM]),
    "post": ("职务", ["主任兼船舶押运顾问"]),
    "award in a public month": ("曾受奖励", ["获评拖网渔船安全标兵"]),
    "reason of a return": ("理由", [REASON]),
    "who returned it": ("经办人", ["昝犇"]),
    "contact": ("联络员", ["示例联络员丙"]),
    "contact's phone": ("联络员电话", ["020-00000003"]),
    "contact's e-mail": ("联络员邮箱", ["zhuhai@example.invalid", "mailto:Zhuhai@Example.invalid"]),
    "login": ("账号", [LOGIN, LOGIN.upper()]),
    "name of a file": ("文件名", ["hongdan-portrait.png", "hongdan-portrait.thumb.png"]),
    "what could not be read": ("先进个人推荐表原文", ["潆璟"]),
}


@pytest.mark.parametrize(("title", "text"), [(t, text) for t, texts in WRITTEN.values() for text in texts])
def test_every_way_of_writing_it_is_found_and_named(
    title: str, text: str, site: Site, needles: Needles
) -> None:
    leaks = search(site("a.html", page(f"<p>{text}</p>")), needles)
    assert title in {leak.title for leak in leaks}


PUBLIC = {
    "the site alone": "<p>报送情况</p>",
    "public name that holds a private firm": f"<p>{BRANCH}</p>",
    "the same, split for the search index": "<p>广东\u200b泓澹\u200b律师\u200b事务所\u200b党支部</p>",
    "common words and document names": "<p>汉族 男 大学本科 individual-01 nominations/individual-01.yml</p>",
    "a public sum that reads like somebody's month": "<td>1985.12</td>",
    "counts": "<td>18</td><td>56</td>",
    "dates of the campaign": "<time>2012-08-21T09:00:00+08:00</time>2012年8月24日",
    "the notice's own contact": "<p>肖宇文 020-86351219 lgc@gdsf.gov.cn</p>",
    "longer words and numbers": "<p>canary-zhuhailand 1957.115 0755-612349870</p>",
    "neighbouring cells": f"<td>{SHORT_NAME[0]}</td><td>{SHORT_NAME[1]}</td>",
    "examples of the schema": "<p>示例乙 广东示例律师事务所 020-00000000</p>",
}


@pytest.mark.parametrize("kind", PUBLIC)
def test_what_everybody_may_read_is_no_leak(kind: str, site: Site, needles: Needles) -> None:
    assert search(site("a.html", page(PUBLIC[kind])), needles) == []


def test_a_private_firm_beside_the_public_name_is_still_found(site: Site, needles: Needles) -> None:
    leaks = search(site("a.html", page(f"<p>{BRANCH}</p><p>{FIRM}</p>")), needles)
    assert {leak.title for leak in leaks} >= {"执业机构"}


def test_an_attached_file_is_recognised_by_its_bytes(site: Site, needles: Needles) -> None:
    (leak,) = search(site("assets/a.png", png("navy")), needles)
    assert leak.problem is Problem.FILE
    assert leak.unit == "珠海"
    inside = base64.b64encode(png("navy")).decode()
    leaks = search(site("b.html", page(f'<img src="data:image/png;base64,{inside}">')), needles)
    assert [leak.path for leak in leaks] == ["assets/a.png", "b.html›内嵌数据"]


UNREADABLE = {
    "unknown kind": ("a.bin", b"\x01\x02"),
    "no suffix": ("CNAME", b"example.org"),
    "not UTF-8": ("a.html", "珠海".encode("gbk")),
    "broken picture": ("a.png", png()[:40]),
    "broken zip": ("a.xlsx", workbook("1")[:200]),
    "unknown inside a zip": ("a.zip", b""),
    "font that is not the theme's": ("a.woff2", b"wOF2....."),
    "encrypted PDF": ("a.pdf", b""),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_is_not_published(kind: str, site: Site, needles: Needles) -> None:
    name, content = UNREADABLE[kind]
    if kind == "encrypted PDF":
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(pdf("1"))) as document:
            document.save(out, encryption=pikepdf.Encryption(user="x", owner="y"))
        content = out.getvalue()
    elif kind == "unknown inside a zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("vbaProject.bin", "x")
        content = out.getvalue()
    (leak,) = search(site(name, content), needles)
    assert leak.problem is Problem.UNREADABLE
    assert leak.sentence.startswith(f"{leak.path}：无法检查的文件（")


def test_a_link_is_not_published(site: Site, needles: Needles) -> None:
    folder = site("a.html", page(""))
    (folder / "b.html").symlink_to(folder / "a.html")
    assert [(leak.path, leak.problem) for leak in search(folder, needles)] == [("b.html", Problem.LINK)]


def test_a_file_the_theme_ships_is_known_by_its_bytes(site: Site, needles: Needles) -> None:
    import material

    theme = Path(material.__file__).parent / "templates/assets/images/favicon.png"
    folder = site("assets/images/favicon.png", theme.read_bytes())
    assert search(folder, needles) == []


def test_the_message_names_the_place_and_never_the_value(site: Site, examination: Examination) -> None:
    folder = site(f"people/{NAME}/index.html", page(NAME))
    with pytest.raises(LeakFound) as raised:
        guard_public(folder, examination)
    text = str(raised.value)
    assert f"people/{HIDDEN_NAME}/index.html：含“姓名”（珠海）" in text
    assert f"people/{HIDDEN_NAME}/index.html：文件名含“姓名”（珠海）" in text
    assert NAME not in text
    assert quote(NAME) not in text


def test_a_clean_site_passes(site: Site, examination: Examination) -> None:
    guard_public(site("robots.txt", "User-agent: *\n"), examination)
