"""Files that somebody might send: sound ones, and real attacks, each made here and small."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import docx
import pikepdf
from PIL import Image, ImageCms

Dictionary, Name, Array = pikepdf.Dictionary, pikepdf.Name, pikepdf.Array
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
SCRIPT = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def picture(
    form: str = "JPEG", mode: str = "RGB", size: tuple[int, int] = (413, 579), **options: Any
) -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(stream, form, **options)
    return stream.getvalue()


def noise(size: tuple[int, int] = (413, 579), quality: int = 90) -> bytes:
    """A JPEG that does not compress."""
    stream = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def pdf(change: Callable[[Any], None] = lambda _made: None, **options: Any) -> bytes:
    stream = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(595, 842))
        change(made)
        made.save(stream, **options)
    return stream.getvalue()


def large_pdf(size: int) -> bytes:
    """A sound PDF of about ``size`` bytes, which the middle of an upload can be cut out of."""
    noise_of_it = random.Random(7).randbytes(size)  # noqa: S311 - noise, no secret
    return pdf(lambda made: made.pages[0].__setitem__("/Contents", made.make_stream(noise_of_it)))


def word() -> bytes:
    stream = io.BytesIO()
    made = docx.Document()
    made.add_paragraph("示例：学习资料。")
    made.save(stream)
    return stream.getvalue()


def repacked(
    change: Callable[[dict[str, bytes]], None], kind: int = zipfile.ZIP_DEFLATED, source: bytes = b""
) -> bytes:
    """A Word document whose parts were changed."""
    with zipfile.ZipFile(io.BytesIO(source or word())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", kind) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def archive(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return stream.getvalue()


def with_part(name: str, data: bytes) -> bytes:
    return repacked(lambda parts: parts.update({name: data}))


def related(kind: str, mode: str = "External", target: str = "http://192.0.2.1/t") -> bytes:
    """A Word document with one more relation."""

    def change(parts: dict[str, bytes]) -> None:
        line = (
            f'<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            f'relationships/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
        )
        name = "word/_rels/document.xml.rels"
        parts[name] = parts[name].replace(b"</Relationships>", line.encode())

    return repacked(change)


def with_field(code: str) -> bytes:
    """A Word document with a field, its code in two runs as Word would write it."""
    half = len(code) // 2
    runs = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in (code[:half], code[half:]))
    field = f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'

    def change(parts: dict[str, bytes]) -> None:
        parts["word/document.xml"] = parts["word/document.xml"].replace(
            b"<w:sectPr", field.encode() + b"<w:sectPr", 1
        )

    return repacked(change)


def macros(parts: dict[str, bytes]) -> None:
    parts["word/vbaProject.bin"] = OLE + bytes(600)


def macro_type(parts: dict[str, bytes]) -> None:
    """What a .docm is, renamed."""
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    assert parts["[Content_Types].xml"] != types


def paper_in_front() -> bytes:
    """A Word document whose first part is a PDF, not packed: readers of PDF find it where they look for one."""
    with zipfile.ZipFile(io.BytesIO(word())) as archive_:
        parts = {name: archive_.read(name) for name in archive_.namelist()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, data in {"a": pdf(), **parts}.items():
            made.writestr(name, data)
    return stream.getvalue()


def lying_archive() -> bytes:
    """A Word document with a picture that unpacks to a thousand times what both its headings say."""
    data = bytearray(with_part("word/media/image1.png", bytes(4 * 1024 * 1024)))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(b"word/media/image1.png") - 30 if offset == 22 else 0
        if offset == 24:
            place = data.rindex(b"word/media/image1.png") - 46
        assert data[place : place + 4] == signature
        data[place + offset : place + offset + 4] = struct.pack("<L", 4096)
    return bytes(data)


def two_names() -> bytes:
    """A Word document with a part that has one name in the directory and another before its content."""
    data = bytearray(with_part("word/media/image1.png", b"x"))
    place = data.index(b"word/media/image1.png")
    data[place : place + 21] = b"word/vbaProject.bin__"
    return bytes(data)


def huge_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A few KiB that draw 3.6 thousand million pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    rows = zlib.compress(bytes(4 * 1024 * 1024), 9)
    head = struct.pack(">LLBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def huge_jpeg() -> bytes:
    """A picture whose heading says 65500 by 65500."""
    data = bytearray(picture())
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = struct.pack(">HH", 65_500, 65_500)
    return bytes(data)


def animated_png() -> bytes:
    stream = io.BytesIO()
    frames = [Image.new("RGB", (413, 579), colour) for colour in ("red", "blue")]
    frames[0].save(stream, "PNG", save_all=True, append_images=frames[1:])
    return stream.getvalue()


def from_a_telephone(orientation: int = 6) -> bytes:
    """A photo as telephones write it: turned by a mark, with place, camera, thumbnail, profile and a remark."""
    image = Image.new("RGB", (579, 413), "white")
    image.paste("red", (0, 0, 60, 60))  # upper left of what lies on its side
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "CANARY-CAMERA"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (23.0, 7.0, 45.0), "E", (113.0, 15.0, 30.0)
    gps[29] = "CANARY-GPS"
    exif.get_ifd(0x8769)[0x9286] = b"CANARY-COMMENT"
    stream = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image.save(
        stream,
        "JPEG",
        exif=exif,
        quality=95,
        comment=b"CANARY-REMARK",
        icc_profile=profile,
        xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>CANARY-XMP</x:xmpmeta>",
    )
    return stream.getvalue() + b"CANARY-BEHIND" + picture()


def on_opening(made: Any) -> None:
    made.Root.OpenAction = SCRIPT


def calling_home(made: Any) -> None:
    made.Root.OpenAction = Dictionary(S=Name.URI, URI="http://192.0.2.1/")


def on_turning(made: Any) -> None:
    made.pages[0].AA = Dictionary(O=Dictionary(S=Name.GoToR, F="//192.0.2.1/share/a.pdf"))


def to_a_page(made: Any) -> None:
    made.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([made.pages[0].obj, Name.Fit]))


def link(made: Any) -> None:
    action = Dictionary(S=Name.URI, URI="http://www.example.com/")
    made.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, A=action)])


def launching(made: Any) -> None:
    action = Dictionary(S=Name.Launch, F="cmd.exe")
    made.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, A=action)])


def carrying(made: Any) -> None:
    made.attachments["a.exe"] = pikepdf.AttachedFileSpec(made, b"MZ", filename="a.exe")


def living_form(made: Any) -> None:
    made.Root.AcroForm = Dictionary(XFA=made.make_stream(b"<xdp/>"), Fields=Array([]))


def exploding(made: Any) -> None:
    """A page whose content unpacks, twice over, to 256 MiB."""
    packed = zlib.compress(zlib.compress(bytes(256 * 1024 * 1024), 9), 9)
    stream = made.make_stream(b"")
    stream.write(packed, filter=Array([Name.FlateDecode, Name.FlateDecode]))
    made.pages[0].Contents = stream


LOCKED = pikepdf.Encryption(owner="o", user="", R=6)
