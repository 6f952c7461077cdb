"""Pictures are drawn anew: upright, in plain colours, and carrying nothing of the person or the camera."""

from __future__ import annotations

import io
import warnings

import hostile_files as made
import pytest
from PIL import Image, ImageCms

from build_tools.checks.content import kind_of
from build_tools.checks.photo_content import picture
from intake.files.pictures import drawn_anew

MIB = 1024 * 1024


def drawn(data: bytes, most: int = 10 * MIB) -> bytes:
    found = drawn_anew(data, kind_of(data), most)
    assert isinstance(found, bytes), found
    return found


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def segments(jpeg: bytes) -> list[int]:
    """The markers of a JPEG up to its pixels."""
    found, place = [], 2
    while jpeg[place] == 0xFF:
        found.append(jpeg[place + 1])
        if jpeg[place + 1] == 0xDA:
            break
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4])
    return found


def chunks(png: bytes) -> list[bytes]:
    found, place = [], 8
    while place < len(png):
        found.append(png[place + 4 : place + 8])
        place += 12 + int.from_bytes(png[place : place + 4])
    return found


def test_nothing_that_a_telephone_writes_about_a_person_is_left():
    came = made.from_a_telephone()
    assert picture(came).carries == "拍摄地点等信息（GPS）"
    assert came.count(b"CANARY") == 6  # the camera, the place, three remarks, and behind the end
    kept = drawn(came)
    assert b"CANARY" not in kept
    assert kept.endswith(b"\xff\xd9")
    assert kept.count(b"\xff\xd8\xff") == 1, "no thumbnail, no second picture"
    image = opened(kept)
    assert not image.getexif()
    assert set(image.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }
    assert set(segments(kept)) <= {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA}
    assert picture(kept).carries == ""


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, "upper left"), (2, "upper right"), (3, "lower right"), (4, "lower left"),
     (5, "upper left"), (6, "upper right"), (7, "lower right"), (8, "lower left")],
)  # fmt: skip
def test_a_picture_stands_upright_without_its_mark(orientation: int, corner: str):
    image = opened(drawn(made.from_a_telephone(orientation)))
    turned = orientation > 4
    assert image.size == ((413, 579) if turned else (579, 413))
    width, height = image.size
    places = {
        "upper left": (20, 20),
        "upper right": (width - 20, 20),
        "lower right": (width - 20, height - 20),
        "lower left": (20, height - 20),
    }
    red = {name for name, place in places.items() if image.getpixel(place)[1] < 60}
    assert red == {corner}


def test_a_png_loses_its_texts_times_and_tail_and_keeps_its_clear_parts():
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Author", "CANARY")
    notes.add_itxt("XML:com.adobe.xmp", "CANARY")
    exif = Image.Exif()
    exif[0x010F] = "CANARY"
    image = Image.new("RGBA", (413, 579), (255, 0, 0, 255))
    image.putpixel((5, 5), (0, 0, 0, 0))
    stream = io.BytesIO()
    image.save(stream, "PNG", pnginfo=notes, exif=exif, dpi=(300, 300))
    kept = drawn(stream.getvalue() + b"CANARY")
    assert b"CANARY" not in kept
    assert set(chunks(kept)) == {b"IHDR", b"IDAT", b"IEND"}
    assert opened(kept).getpixel((5, 5)) == (0, 0, 0, 0)


def wide_gamut() -> bytes:
    """A profile in which red and green have changed places: whoever passes it over shows it wrong."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    place = {}
    for at in range(132, 132 + 12 * int.from_bytes(profile[128:132]), 12):
        place[bytes(profile[at : at + 4])] = at
    red, green = place[b"rXYZ"], place[b"gXYZ"]
    profile[red + 4 : red + 12], profile[green + 4 : green + 12] = (
        profile[green + 4 : green + 12],
        profile[red + 4 : red + 12],
    )
    return (
        bytes(profile)
        .replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))
        .replace(b"sRGB", b"test")
    )


def test_colours_are_those_of_the_profile_and_the_profile_is_gone():
    kept = drawn(made.picture(size=(50, 50), icc_profile=wide_gamut()))
    assert "icc_profile" not in opened(kept).info
    stream = io.BytesIO()
    Image.new("RGB", (50, 50), (200, 0, 0)).save(stream, "JPEG", icc_profile=wide_gamut(), quality=95)
    red, green, _ = opened(drawn(stream.getvalue())).getpixel((25, 25))
    assert green > 150
    assert red < 100


@pytest.mark.parametrize(
    ("what", "data", "mode"),
    [
        ("CMYK", made.picture(mode="CMYK"), "RGB"),
        ("grey", made.picture(mode="L"), "L"),
        ("grey PNG", made.picture("PNG", "L"), "L"),
        ("black and white", made.picture("PNG", "1"), "1"),
        ("palette", made.picture("PNG", "P"), "P"),
        ("grey and clear", made.picture("PNG", "LA"), "LA"),
        ("16 bits", made.picture("PNG", "I;16"), "L"),
        ("a broken profile", made.picture(icc_profile=b"nonsense" * 20), "RGB"),
        ("progressive", made.picture(progressive=True), "RGB"),
        ("one pixel", made.picture(size=(1, 1)), "RGB"),
        ("a strip", made.picture(size=(9000, 1)), "RGB"),
    ],
)
def test_a_picture_of_a_rare_shape_stays_readable(what: str, data: bytes, mode: str):
    kept = opened(drawn(data))
    with Image.open(io.BytesIO(data)) as came:
        assert (kept.mode, kept.size, kept.format) == (mode, came.size, came.format), what


def test_sixteen_bits_of_grey_keep_their_shades():
    image = Image.new("I;16", (413, 579), 0x8080)
    image.putpixel((0, 0), 0xFFFF)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    kept = opened(drawn(stream.getvalue()))
    assert (kept.getpixel((9, 9)), kept.getpixel((0, 0))) == (0x80, 0xFF)


def test_what_is_written_anew_looks_the_same_and_takes_no_more_room():
    from PIL import ImageChops, ImageStat

    for data in (made.noise(), made.noise(quality=40), made.picture(progressive=True, quality=92)):
        kept = drawn(data)
        difference = ImageChops.difference(opened(data), opened(kept))
        assert max(ImageStat.Stat(difference).mean) < 1.5
        assert len(kept) <= len(data) * 1.05


def test_a_picture_that_would_grow_beyond_the_limit_is_written_smaller():
    stream = io.BytesIO()
    Image.effect_noise((413, 579), 60).convert("RGB").save(stream, "JPEG", quality=100, subsampling=0)
    data = stream.getvalue()
    assert len(drawn(data, len(data) // 2)) <= len(data) // 2


def test_a_telephone_that_takes_two_pictures_at_once_gives_the_first():
    stream = io.BytesIO()
    frames = [Image.new("RGB", (413, 579), colour) for colour in ("white", "black")]
    frames[0].save(stream, "MPO", save_all=True, append_images=frames[1:])
    kept = opened(drawn(stream.getvalue()))
    assert (kept.format, kept.getpixel((9, 9))) == ("JPEG", (255, 255, 255))


def test_no_warning_of_the_library_gets_out():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert drawn(made.picture("PNG", "P", transparency=bytes(256)))
