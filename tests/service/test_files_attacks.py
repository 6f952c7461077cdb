"""Files made to do harm are refused with a sentence that says what and how to mend; sound ones are kept."""

from __future__ import annotations

import io
import random
import re
import zlib
from pathlib import Path

import hostile_files as made
import pytest
from PIL import Image

from intake import current
from intake.answers import Refused
from intake.files.contents import Seen
from intake.files.examine import BUSY, Limits, _inspector, examine
from intake.place import Place

PHOTO, PICTURE, PAPER, WORD = (
    "materials/individual-01.jpg",
    "materials/page.png",
    "materials/study.pdf",
    "materials/study.docx",
)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
PDF_AND_ZIP = made.pdf() + made.archive(program=b"MZ")

ATTACKS: list[tuple[str, str, bytes, str]] = [
    ("a PNG of 60000 by 60000", PICTURE, made.huge_png(), "的像素超过"),
    ("a JPEG that says 65500 by 65500", PHOTO, made.huge_jpeg(), "的像素超过"),
    ("a JPEG cut in the middle", PHOTO, made.noise()[:-20_000], "图片数据不完整"),
    ("a PNG cut in the middle", PICTURE, made.picture("PNG")[:-60], "图片数据不完整"),
    ("a GIF called jpg", PHOTO, made.picture("GIF", "P"), "GIF 图片"),
    ("an SVG called jpg", PHOTO, SVG, "网页或 XML 文件"),
    ("a web page called jpg", PHOTO, HTML, "网页或 XML 文件"),
    ("a web page called pdf", PAPER, HTML + made.pdf(), "网页或 XML 文件"),
    ("a program called pdf", PAPER, b"MZ\x90\x00" + made.pdf(), "程序"),
    ("a PNG called jpg", "materials/page.jpg", made.picture("PNG"), "与扩展名不符"),
    ("a PDF for a photo", PHOTO, made.pdf(), "与扩展名不符"),
    ("a photo that moves", "materials/individual-01.png", made.animated_png(), "是动画"),
    ("a picture that moves", PICTURE, made.animated_png(), "是动画"),
    ("a photo in printers' colours", PHOTO, made.picture(mode="CMYK"), "CMYK"),
    ("a photo in 16 bits", "materials/individual-01.png", made.picture("PNG", "I;16"), "颜色模式"),
    ("a script on opening", PAPER, made.pdf(made.on_opening), "脚本（JavaScript）"),
    ("an address on opening", PAPER, made.pdf(made.calling_home), "自动执行"),
    ("another file on turning the page", PAPER, made.pdf(made.on_turning), "自动执行"),
    ("a program to start", PAPER, made.pdf(made.launching), "启动其他程序"),
    ("a file inside a PDF", PAPER, made.pdf(made.carrying), "嵌入的其他文件"),
    ("a living form", PAPER, made.pdf(made.living_form), "动态表单（XFA）"),
    ("a PDF under restrictions", PAPER, made.pdf(encryption=made.LOCKED), "密码或使用限制"),
    ("a PDF cut in the middle", PAPER, made.pdf()[:200], "PDF 内部结构不完整"),
    ("a PDF that is an archive, too", PAPER, PDF_AND_ZIP, "夹带在前后"),
    ("a PDF behind other content", PAPER, b"%!PS-Adobe-3.0\n" + made.pdf(), "夹带在前后"),
    ("macros", WORD, made.repacked(made.macros), "宏"),
    ("a docm called docx", WORD, made.repacked(made.macro_type), "宏"),
    ("a template from elsewhere", WORD, made.related("attachedTemplate"), "外部模板"),
    ("an object from elsewhere", WORD, made.related("oleObject"), "外部对象"),
    ("a picture from elsewhere", WORD, made.related("image"), "存放在别处的图片"),
    ("a frame from elsewhere", WORD, made.related("frame"), "外部框架"),
    ("another document inside", WORD, made.related("aFChunk", "Internal", "/word/a.html"), "嵌入的其他文件"),
    ("an object inside", WORD, made.with_part("word/embeddings/oleObject1.bin", made.OLE), "嵌入的其他文件"),
    ("an object inside, called a table", WORD, made.with_part("word/embeddings/a.xlsx", made.OLE), "嵌入的"),
    ("a program inside, called a table", WORD, made.with_part("word/embeddings/a.xlsx", b"MZ"), "嵌入的"),
    ("an object inside, called a picture", WORD, made.with_part("word/media/a.png", made.OLE), "嵌入的"),
    ("a field that fetches", WORD, made.with_field('DDEAUTO c:\\\\cmd.exe "/k"'), "DDE"),
    ("an entity", WORD, made.with_part("word/x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'), "DOCTYPE"),
    ("a Word document of 300 MiB", WORD, made.with_part("word/a.bmp", bytes(300 << 20)), "解压后超过"),
    (
        "2100 parts",
        WORD,
        made.repacked(lambda p: p.update({f"a{n}": b"" for n in range(2100)})),
        "超过 2000 个",
    ),
    ("parts larger than they say", WORD, made.lying_archive(), "与写明的不符"),
    ("a part with two names", WORD, made.two_names(), "压缩结构不完整"),
    ("a part outside", WORD, made.with_part("../../etc/cron.d/a", b"x"), "压缩结构不完整"),
    ("a Word document with a tail", WORD, made.word() + b"tail", "夹带在前后"),
    ("a Word document that is a PDF, too", WORD, made.paper_in_front(), "夹带在前后"),
    ("a Word document behind a program", WORD, b"PK\x03\x04" + bytes(60) + made.word(), "夹带在前后"),
]


def look(service: Place, path: str, data: bytes, limits: Limits | None = None) -> Seen:
    file = service.uploads / "upload"
    file.write_bytes(data)
    return examine(file, path, service.root, current.campaign(), limits)


@pytest.mark.parametrize(("what", "path", "data", "says"), ATTACKS, ids=[attack[0] for attack in ATTACKS])
def test_an_attack_is_refused_with_what_it_is(service, what: str, path: str, data: bytes, says: str) -> None:
    seen = look(service, path, data)
    assert says in seen.message, what
    assert seen.message.endswith("。")
    assert seen.message.count("。") >= 2, "what is wrong, and how to mend it"
    assert seen.data is None


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (PAPER, made.pdf()),
        (PAPER, b"\n\n" + made.pdf()),
        (PAPER, made.pdf(made.link)),
        (PAPER, made.pdf(made.to_a_page)),
        (WORD, made.word()),
        (WORD, made.related("hyperlink")),
        (WORD, made.with_field("PAGE  ")),
        (WORD, made.with_part("word/embeddings/chart.xlsx", made.archive(**{"xl/workbook.xml": b"<a/>"}))),
        (WORD, made.repacked(lambda _: None, 0)),
    ],
    ids=[
        "PDF",
        "PDF after blank lines",
        "link",
        "first page",
        "Word",
        "web link",
        "page number",
        "chart",
        "stored",
    ],
)
def test_a_sound_paper_is_kept_as_it_came(service, path: str, data: bytes) -> None:
    assert look(service, path, data) == Seen()


def test_a_pdf_that_unpacks_to_more_than_the_memory_is_looked_through_without_unpacking(service) -> None:
    assert look(service, PAPER, made.pdf(made.exploding), Limits(memory=200 << 20)) == Seen()


@pytest.mark.parametrize("limits", [Limits(memory=200 << 20), Limits(seconds=0)], ids=["memory", "time"])
def test_a_file_over_which_the_process_dies_is_refused_and_the_next_is_served(
    service, limits: Limits
) -> None:
    large = made.picture("PNG", size=(5000, 7000))
    assert look(service, PICTURE, large).data
    died = look(service, PICTURE, large, limits)
    assert died.data is None
    assert re.search("不予打开|数据不完整", died.message)
    assert look(service, PICTURE, made.picture("PNG")).data


def test_nobody_waits_for_ever_and_the_file_is_not_blamed(service) -> None:
    look(service, PAPER, made.pdf())
    with pytest.raises(Refused) as refused:
        look(service, PAPER, made.pdf(), Limits(wait=0))
    assert (refused.value.status, refused.value.message) == (503, BUSY)


def test_no_more_files_are_looked_through_at_once_than_there_are_places(service) -> None:
    look(service, PAPER, made.pdf())
    places = _inspector(service.root)._places
    with places, places:
        with pytest.raises(Refused) as refused:
            look(service, PAPER, made.pdf(), Limits(wait=0.2))
        assert refused.value.status == 503
    assert look(service, PAPER, made.pdf(), Limits(wait=25)) == Seen()


def test_an_inspector_that_was_killed_is_started_again(service) -> None:
    look(service, PAPER, made.pdf())
    process = _inspector(service.root)._process
    assert process
    process.kill()
    process.wait()
    assert look(service, PAPER, made.pdf()) == Seen()


def test_the_process_that_opens_files_holds_no_secret_and_no_file_of_ours(service) -> None:
    look(service, PAPER, made.pdf())
    process = Path(f"/proc/{_inspector(service.root)._process.pid}")
    names = {line.partition(b"=")[0] for line in (process / "environ").read_bytes().split(b"\0") if line}
    assert names <= {b"PATH", b"PYTHONPATH"}
    held = {str(link.readlink()) for link in (process / "fd").iterdir()}
    assert not {file for file in held if file.startswith("/") and not file.startswith("/dev/")}


def test_random_damage_gives_a_sentence_or_a_file_and_never_an_error(service) -> None:
    chance = random.Random(20120822)  # noqa: S311 - chance, no secret
    for path, data in (
        (PHOTO, made.from_a_telephone()),
        (PICTURE, made.picture("PNG")),
        (PAPER, made.pdf()),
        (WORD, made.word()),
    ):
        for _ in range(25):
            broken = bytearray(data)
            for _ in range(chance.randint(1, 12)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            seen = look(service, path, bytes(broken))
            assert seen.message.endswith("。") or not seen.message


def test_a_bomb_in_a_text_of_a_png_is_not_unpacked(service) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)

    png = made.picture("PNG")
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(500 << 20), 9))
    seen = look(service, PICTURE, png[:33] + text + png[33:])
    assert seen.message or b"zTXt" not in (seen.data or b"")
    with Image.open(io.BytesIO(seen.data or png)) as image:
        assert image.size == (413, 579)
