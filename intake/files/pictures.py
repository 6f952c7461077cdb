"""A picture, drawn and written anew: what leaves here is pixels, and nothing else that the file carried.

The place and the camera (EXIF, GPS, XMP), comments, thumbnails, a second picture and whatever was hung behind the end
are gone. The orientation mark is obeyed and colours are turned into sRGB first, since both marks go, too.
"""

from __future__ import annotations

import io
import warnings
from typing import Any

from PIL import Image, ImageCms, ImageOps
from PIL.JpegImagePlugin import get_sampling

from build_tools.checks.content import DAMAGED, Trouble
from build_tools.checks.photo_content import MOST_PIXELS

ANIMATED = Trouble("animated", "")
"""Of a picture that moves, of which paper shows one moment."""

_NOTHING = Trouble("damaged", "图片数据不完整")
_PLAIN = {"jpg": ("L", "RGB"), "png": ("1", "L", "LA", "P", "RGB", "RGBA")}
_FORMATS = {"jpg": "JPEG", "png": "PNG"}
_QUALITY, _LESS = 90, 85
_BYTE = 255


def drawn_anew(data: bytes, kind: str, most: int) -> bytes | Trouble:
    """The picture ``data`` of ``kind`` (jpg or png) again, in the same kind, of ``most`` bytes at most if it can be."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=(_FORMATS[kind],)) as image:
                if image.width * image.height > MOST_PIXELS:
                    return Trouble("bomb", f"的像素超过 {MOST_PIXELS // 10_000} 万")
                if kind == "png" and getattr(image, "n_frames", 1) > 1:
                    return ANIMATED
                how = _as_it_was(image) if kind == "jpg" else {}
                pixels = _pixels(image, kind)
            return _jpeg(pixels, how, most) if kind == "jpg" else _png(pixels, most)
    except DAMAGED:
        return _NOTHING


def _pixels(image: Any, kind: str) -> Any:
    """The picture upright, in a plain colour mode, carrying nothing."""
    image.load()
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    clear = upright.info.get("transparency") if kind == "png" else None
    upright = _in_srgb(upright, profile) if profile else upright
    if upright.mode.startswith("I"):  # 16 bits of grey: `convert` would cut off what is bright
        upright = upright.convert("I").point(lambda grey: grey * (1 / 257)).convert("L")
        clear = None
    elif upright.mode not in _PLAIN[kind]:
        upright = upright.convert("RGB")
    upright.info = {} if clear is None else {"transparency": clear}
    return upright


def _in_srgb(image: Any, profile: bytes) -> Any:
    """The colours as a screen without profiles shows them; a profile that makes no sense is passed over."""
    if image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return image
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, *DAMAGED):
        return image
    return turned or image


def _as_it_was(image: Any) -> dict[str, Any]:
    """How the camera wrote it: the same tables lose next to nothing more, and take no more room."""
    tables = getattr(image, "quantization", {})
    sound = sorted(tables) == list(range(len(tables))) and 0 < len(tables) <= 2
    if image.mode not in _PLAIN["jpg"] or not sound or any(max(table) > _BYTE for table in tables.values()):
        return {}
    how: dict[str, Any] = {"qtables": tables, "progressive": bool(image.info.get("progressive"))}
    sampling = get_sampling(image)
    return how | ({"subsampling": sampling} if sampling >= 0 else {})


def _jpeg(pixels: Any, how: dict[str, Any], most: int) -> bytes:
    ways = ({**how, "optimize": True} if how else {"quality": _QUALITY, "optimize": True}, {"quality": _LESS})
    return _smallest(pixels, "JPEG", ways, most)


def _png(pixels: Any, most: int) -> bytes:
    return _smallest(pixels, "PNG", ({}, {"optimize": True}), most)


def _smallest(pixels: Any, form: str, ways: tuple[dict[str, Any], ...], most: int) -> bytes:
    """Written the first way that fits, or the last."""
    for way in ways:
        stream = io.BytesIO()
        pixels.save(stream, form, **way)
        if not most or stream.tell() <= most:
            break
    return stream.getvalue()
