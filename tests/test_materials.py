"""Looking into files: every kind is known by its content, nothing hidden passes, nothing broken crashes."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from build_tools.checks import docx_content, photo_content
from build_tools.checks.attachments import look
from build_tools.checks.content import WORDS, Trouble, kind_named, kind_of
from build_tools.checks.docx_content import docx_troubles
from build_tools.checks.pdf_content import pdf_troubles
from build_tools.checks.photo_content import Picture, picture

BASE = Path(__file__).parent / "base/data/cities/jia/materials"


def archive(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(name, data)
    return stream.getvalue()


def word(*extra: tuple[str, bytes], types: bytes = b"<Types/>") -> bytes:
    return archive(("[Content_Types].xml", types), ("word/document.xml", b"<w:document/>"), *extra)


def relations(kind: str, mode: str = 'TargetMode="External"') -> bytes:
    return (
        f'<Relationships><Relationship Id="a" Type="http://x/relationships/{kind}"'
        f' Target="http://x/t" {mode}/></Relationships>'
    ).encode()


def pdf(change: Callable[[Any], None] = lambda _pdf: None, **options: Any) -> bytes:
    stream = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(595, 842))
        change(made)
        made.save(stream, **options)
    return stream.getvalue()


def photo(mode: str = "RGB", size: tuple[int, int] = (413, 579), form: str = "JPEG", **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size).save(stream, form, **options)
    return stream.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1")

KINDS: list[tuple[str, bytes, str]] = [
    ("a PDF", pdf(), "pdf"),
    ("a PDF whose header stands a little later", b"\n\n" + pdf(), "pdf"),
    ("a JPEG", photo(), "jpg"),
    ("a PNG", photo(form="PNG"), "png"),
    ("a GIF", photo("P", form="GIF"), "gif"),
    ("a BMP", photo(form="BMP"), "bmp"),
    ("a TIFF", photo(form="TIFF"), "tiff"),
    ("a WebP", photo(form="WEBP"), "webp"),
    ("a telephone's picture", b"\0\0\0\x18ftypheic" + bytes(20), "heic"),
    ("a film", b"\0\0\0\x18ftypisom" + bytes(20), "mp4"),
    ("a Word document", word(), "docx"),
    ("a spreadsheet", archive(("xl/workbook.xml", b"")), "xlsx"),
    ("slides", archive(("ppt/presentation.xml", b"")), "pptx"),
    ("an OFD file", archive(("OFD.xml", b"")), "ofd"),
    ("an archive", archive(("a.txt", b"a")), "zip"),
    ("an empty archive", archive(), "zip"),
    ("half a Word document", word()[:200], "broken-zip"),
    ("an old Word or WPS file", OLE + bytes(600), "doc"),
    ("a Word document with a password", OLE + "EncryptedPackage".encode("utf-16-le"), "locked"),
    ("rich text", b"{\\rtf1 a}", "rtf"),
    ("a RAR archive", b"Rar!\x1a\x07\x00", "rar"),
    ("a Windows program", b"MZ\x90\x00" + bytes(60), "program"),
    ("a Windows program with a PDF header inside", b"MZ\x90\x00" + pdf(), "program"),
    ("a script", b"#!/bin/sh\n", "program"),
    ("a web page", b"\xef\xbb\xbf  <!DOCTYPE html>", "html"),
    ("a web page with a PDF header inside", b"<script>x</script>\n%PDF-1.4\n", "html"),
    ("a drawing", b"<svg xmlns='x'/>", "html"),
    ("plain text", "示例\n".encode(), "text"),
    ("text in another encoding", "示例文字".encode("gb18030"), "unknown"),
    ("noise", b"\x01\x02\x00\x03", "unknown"),
    ("nothing", b"", "empty"),
]


@pytest.mark.parametrize(("what", "data", "kind"), KINDS, ids=[kind[0] for kind in KINDS])
def test_the_content_decides_the_kind(what: str, data: bytes, kind: str) -> None:
    assert kind_of(data) == kind, what
    assert WORDS[kind]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("materials/a.pdf", "pdf"),
        ("materials/a.JPEG", "jpg"),
        ("materials/a.b.png", "png"),
        ("materials.d/a", ""),
        ("materials/.pdf", "pdf"),
        ("materials/a.", ""),
    ],
)
def test_the_kind_a_name_promises(path: str, kind: str) -> None:
    assert kind_named(path) == kind


Dictionary, Name = pikepdf.Dictionary, pikepdf.Name
SCRIPT = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def on_opening(made: Any) -> None:
    made.Root.OpenAction = SCRIPT


def by_name(made: Any) -> None:
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=pikepdf.Array(["a", SCRIPT])))


def on_a_page(made: Any) -> None:
    made.pages[0].AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=made.make_stream(b"app.alert(1)")))


def in_a_chain(made: Any) -> None:
    link = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, A=Dictionary(S=Name.URI, Next=pikepdf.Array([SCRIPT]))
    )
    made.pages[0].Annots = pikepdf.Array([link])


def launching(made: Any) -> None:
    action = Dictionary(S=Name.Launch, F="cmd.exe")
    made.pages[0].Annots = pikepdf.Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, A=action)])


def carrying(made: Any) -> None:
    made.attachments["a.exe"] = pikepdf.AttachedFileSpec(made, b"MZ", filename="a.exe")


def with_a_form(made: Any) -> None:
    made.Root.AcroForm = Dictionary(XFA=made.make_stream(b"<xdp/>"), Fields=pikepdf.Array([]))


def with_a_link(made: Any) -> None:
    action = Dictionary(S=Name.URI, URI="http://example.invalid/")
    made.pages[0].Annots = pikepdf.Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, A=action)])


PACKED = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}


@pytest.mark.parametrize("options", [{}, PACKED], ids=["plain", "packed"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda _pdf: None, []),
        (with_a_link, []),
        (on_opening, ["脚本（JavaScript）"]),
        (by_name, ["脚本（JavaScript）"]),
        (on_a_page, ["脚本（JavaScript）"]),
        (in_a_chain, ["脚本（JavaScript）"]),
        (launching, ["启动其他程序的动作"]),
        (carrying, ["嵌入的其他文件"]),
        (with_a_form, ["动态表单（XFA）"]),
    ],
    ids=["blank", "link", "opening", "named", "page", "chain", "launch", "carry", "form"],
)
def test_what_acts_in_a_pdf(change: Callable[[Any], None], words: list[str], options: dict[str, Any]) -> None:
    assert pdf_troubles(pdf(change, **options)) == [Trouble("active", word) for word in words]


@pytest.mark.parametrize("user", ["", "user"])
def test_a_locked_pdf(user: str) -> None:
    locked = pdf(encryption=pikepdf.Encryption(owner="owner", user=user))
    assert pdf_troubles(locked) == [Trouble("locked", "")]


def test_a_pdf_without_pages() -> None:
    stream = io.BytesIO()
    with pikepdf.new() as made:
        made.save(stream)
    assert [trouble.kind for trouble in pdf_troubles(stream.getvalue())] == ["damaged"]


def test_a_pdf_with_very_many_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("build_tools.checks.pdf_content.MOST_OBJECTS", 3)
    assert [trouble.kind for trouble in pdf_troubles(pdf())] == ["bomb"]


def bomb(mebibytes: int) -> bytes:
    """A PDF whose catalogue stands in a stream that unpacks to so many MiB."""
    press = zlib.compressobj(9)
    parts = [press.compress(b"1 0 <</Type/Catalog/Pages 2 0 R>>")]
    parts += [press.compress(b" " * 1024 * 1024) for _ in range(mebibytes)]
    packed = b"".join([*parts, press.flush()])
    bodies = {
        5: b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream"
        % (len(packed), packed),
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    }
    text, at = b"%PDF-1.5\n", {}
    for number, body in bodies.items():
        at[number] = len(text)
        text += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = [
        (0, 0, 65535),
        (2, 5, 0),
        (1, at[2], 0),
        (1, at[3], 0),
        (0, 0, 0),
        (1, at[5], 0),
        (1, len(text), 0),
    ]
    table = b"".join(bytes([kind]) + a.to_bytes(4, "big") + b.to_bytes(2, "big") for kind, a, b in rows)
    return text + (
        b"6 0 obj\n<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d>>\nstream\n%s\nendstream\nendobj\n"
        b"startxref\n%d\n%%%%EOF" % (len(table), table, len(text))
    )


def test_a_pdf_is_not_unpacked_without_bound() -> None:
    assert pdf_troubles(bomb(1)) == [], "the same file is sound while it stays small"
    assert [trouble.kind for trouble in pdf_troubles(bomb(80))] == ["damaged"]
    assert pikepdf.settings.get_qpdf_limits()["flate_max_memory"] == 0, "limits are put back"


def runs(*parts: str, begin: str = '<w:fldChar w:fldCharType="begin"/>') -> bytes:
    """A paragraph with a field whose code is spread over runs."""
    codes = "".join(f'<w:r><w:instrText xml:space="preserve">{part}</w:instrText></w:r>' for part in parts)
    return f"<w:p>甲<w:r>{begin}</w:r>{codes}</w:p>".encode()


DDE, DOCTYPE = "自动向其他程序取数的域（DDE）", "文档类型或实体声明（DOCTYPE、ENTITY）"
ENTITY = b'<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<x>&b;</x>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (word(("word/footnotes.xml", runs("DDEAUTO c:\\\\cmd.exe &quot;/k&quot;"))), [DDE]),
        (word(("word/footer1.xml", runs(" D", "D", "EAUTO excel"))), [DDE]),
        (word(("word/header1.xml", runs(" PAGE ") + runs("&#68;DE excel a"))), [DDE]),
        (word(("word/footnotes.xml", runs("dde excel a").decode().encode("utf-16"))), [DDE]),
        (word(("word/footnotes.xml", b"<w:fldSimple w:instr=' DDE excel a'/>")), [DDE]),
        (
            word(("word/footnotes.xml", b'<x:fldSimple x:dirty="true" x:instr=" DDEAUTO a"></x:fldSimple>')),
            [DDE],
        ),
        (word(("word/footnotes.xml", runs(" HYPERLINK &quot;http://x/DDE&quot; "))), []),
        (word(("word/footnotes.xml", runs("PAGE") + b"<w:t>DDEAUTO</w:t>")), []),
        (word(("word/footnotes.xml", runs("DDEX"))), []),
        (word(("word/footnotes.xml", ENTITY)), [DOCTYPE]),
        (word(("customXml/item1.xml", ENTITY)), [DOCTYPE]),
        (word(("word/_rels/a.rels", ENTITY.decode().encode("utf-16"))), [DOCTYPE]),
        (word(("word/footnotes.xml", b"<w:t>&lt;!DOCTYPE html&gt;</w:t>")), []),
        (word(), []),
        (word(("word/_rels/document.xml.rels", relations("hyperlink"))), []),
        (word(("word/_rels/document.xml.rels", relations("image", ""))), []),
        (word(("word/embeddings/sheet.xlsx", b"x")), []),
        (word(("word/vbaProject.bin", b"x")), ["宏"]),
        (word(types=b"<Types>application/vnd.ms-word.document.macroEnabled.main+xml</Types>"), ["宏"]),
        (word(("word/activeX/activeX1.xml", b"x")), ["ActiveX 控件"]),
        (word(("word/embeddings/oleObject1.bin", b"x")), ["嵌入的其他文件"]),
        (word(("word/_rels/settings.xml.rels", relations("attachedTemplate"))), ["外部模板"]),
        (
            word(
                ("word/_rels/settings.xml.rels", relations("attachedTemplate", "TargetMode='&#69;xternal'"))
            ),
            ["外部模板"],
        ),
        (
            word(
                (
                    "word/_rels/settings.xml.rels",
                    relations("attachedTemplate").decode().encode("utf-16"),
                )
            ),
            ["外部模板"],
        ),
        (word(("word/_rels/document.xml.rels", relations("image"))), ["存放在别处的图片"]),
        (word(("word/_rels/document.xml.rels", relations("oleObject"))), ["外部对象"]),
        (word(("word/_rels/document.xml.rels", relations("somethingNew"))), ["引用外部内容的链接"]),
    ],
)
def test_what_acts_in_a_word_document(data: bytes, words: list[str]) -> None:
    assert docx_troubles(data) == [Trouble("active", what) for what in words]


def test_a_word_document_with_two_parts_of_one_name() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = word(("word/document.xml", b"<w:document/>"))
    assert [trouble.kind for trouble in docx_troubles(twice)] == ["damaged"]
    assert [trouble.kind for trouble in docx_troubles(word(("Word/Document.xml", b"")))] == ["damaged"]


def test_a_part_of_a_word_document_is_not_unpacked_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    large = word(("word/comments.xml", b"<a/>" * 100))
    assert docx_troubles(large) == []
    monkeypatch.setattr(docx_content, "MOST_PART", 300)
    assert [trouble.kind for trouble in docx_troubles(large)] == ["bomb"]


@pytest.mark.parametrize(
    ("limit", "value", "kind"),
    [("MOST_MEMBERS", 2, "bomb"), ("MOST_UNPACKED", 1000, "bomb"), ("RATIO_FROM", 1000, "bomb")],
)
def test_limits_of_a_word_document(
    limit: str, value: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = word(("word/media/zero.bin", bytes(500_000)))
    assert docx_troubles(data) == []
    monkeypatch.setattr(docx_content, limit, value)
    assert [trouble.kind for trouble in docx_troubles(data)] == [kind]


def test_a_word_document_with_a_locked_member() -> None:
    data = bytearray(word())
    for place in (data.index(b"PK\x01\x02") + 8, 6):
        data[place] |= 1
    assert docx_troubles(bytes(data)) == [Trouble("locked", "")]


def turned(orientation: int) -> Any:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def located() -> Any:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    return exif


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (photo(), Picture(413, 579)),
        (photo(form="PNG"), Picture(413, 579)),
        (photo("L"), Picture(413, 579)),
        (photo("RGBA", form="PNG"), Picture(413, 579)),
        (photo("CMYK"), Picture(413, 579, "的颜色模式是 CMYK")),
        (photo("I;16", form="PNG"), Picture(413, 579, "的颜色模式不是常用的 RGB 或灰度")),
        (photo(exif=turned(1)), Picture(413, 579, carries="拍摄信息（EXIF）")),
        (photo(size=(579, 413), exif=turned(6)), Picture(413, 579, carries="拍摄信息（EXIF）")),
        (photo(exif=located()), Picture(413, 579, carries="拍摄地点等信息（GPS）")),
        (photo(comment=b"note"), Picture(413, 579, carries="附加的文字信息")),
        (photo()[:600], Picture(trouble=Trouble("damaged", "图片数据不完整"))),
        (photo(form="PNG")[:120], Picture(trouble=Trouble("damaged", "图片数据不完整"))),
        (b"\xff\xd8\xff", Picture(trouble=Trouble("damaged", "图片数据不完整"))),
        (photo("1", (7000, 7000), "PNG"), Picture(trouble=Trouble("bomb", "的像素超过 4000 万"))),
        (photo("1", (20000, 20000), "PNG"), Picture(trouble=Trouble("bomb", "的像素超过 4000 万"))),
    ],
)
def test_what_a_picture_is_like(data: bytes, expected: Picture) -> None:
    assert picture(data) == expected


def test_a_picture_is_measured_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_content, "MOST_PIXELS", 413 * 579 - 1)
    assert picture(photo(form="PNG")[:120]).trouble == Trouble("bomb", "的像素超过 23 万")


@pytest.mark.parametrize("name", ["study.pdf", "oneplusone.docx", "individual-01.jpg", "individual-02.png"])
def test_no_damage_crashes(name: str) -> None:
    sound = (BASE / name).read_bytes()
    assert look(sound).troubles == ()
    dice = random.Random(name)  # noqa: S311 - seeded damage
    for _ in range(150):
        broken = bytearray(sound[: dice.randrange(len(sound))] if dice.random() < 0.4 else sound)
        for _ in range(dice.randrange(1, 12)):
            if broken:
                broken[dice.randrange(len(broken))] = dice.randrange(256)
        seen = look(bytes(broken))
        assert seen.kind in WORDS
