"""What a picture is like: size in pixels, colour, metadata. Decoded only when its size is harmless."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Any

from build_tools.checks.content import DAMAGED, Trouble

MOST_PIXELS = 40_000_000
_PLAIN_MODES = {"RGB", "RGBA", "L", "LA", "P"}
_GPS, _ORIENTATION = 0x8825, 0x0112
_SIDEWAYS = {5, 6, 7, 8}


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG or PNG. ``width`` and ``height`` in pixels as it is shown, after its orientation mark.

    ``trouble``: why it cannot be used; then nothing else is known. ``oddity``: what is unusual about it,
    and ``carries``: what else the file holds (both Chinese, empty when nothing).
    """

    width: int = 0
    height: int = 0
    oddity: str = ""
    carries: str = ""
    trouble: Trouble | None = None


def picture(data: bytes) -> Picture:
    """Look at the JPEG or PNG in ``data``. Never raises."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
        with image:
            if image.width * image.height > MOST_PIXELS:
                return _too_many_pixels()
            oddity = _oddity(image)
            width, height = image.size
            image.draft("RGB", (64, 64))  # a JPEG is read whole but decoded small
            image.load()
            exif = image.getexif()
            if exif.get(_ORIENTATION) in _SIDEWAYS:
                width, height = height, width
            return Picture(width, height, oddity, _carries(image, exif))
    except Image.DecompressionBombError:
        return _too_many_pixels()
    except DAMAGED:
        return Picture(trouble=Trouble("damaged", "图片数据不完整"))


def _too_many_pixels() -> Picture:
    return Picture(trouble=Trouble("bomb", f"的像素超过 {MOST_PIXELS // 10_000} 万"))


def _oddity(image: Any) -> str:
    if image.format == "PNG" and getattr(image, "n_frames", 1) > 1:
        return "是动画"
    if image.mode not in _PLAIN_MODES:
        return "的颜色模式是 CMYK" if image.mode == "CMYK" else "的颜色模式不是常用的 RGB 或灰度"
    return ""


def _carries(image: Any, exif: Any) -> str:
    if _GPS in exif:
        return "拍摄地点等信息（GPS）"
    if exif or "exif" in image.info:
        return "拍摄信息（EXIF）"
    if getattr(image, "text", None) or {"comment", "xmp", "photoshop"} & set(image.info):
        return "附加的文字信息"
    return ""
