"""What a picture carries besides its pixels: text chunks, EXIF, XMP, comments, and its raw bytes."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Any

from PIL import ExifTags, Image, UnidentifiedImageError

from build_tools.site.gate.readers import Part, Piece, Unreadable, raw, written


def picture_parts(_name: str, data: bytes) -> Iterator[Part]:
    """Texts in the metadata of a PNG, JPEG, GIF, WebP or ICO picture; raises ``Unreadable``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                image.load()  # text chunks may stand behind the pixels
                carried = [
                    *image.info.values(),
                    *getattr(image, "text", {}).values(),
                    *_exif(image.getexif()),
                ]
                names = [str(key) for key in image.info]
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unreadable("图片损坏") from error
    for value in (*names, *carried):
        yield from _texts(value)
    yield from raw(data)


def _exif(exif: Image.Exif) -> Iterator[Any]:
    yield from exif.values()
    for folder in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo, ExifTags.IFD.IFD1):
        yield from exif.get_ifd(folder).values()


def _texts(value: object) -> Iterator[Piece]:
    if isinstance(value, str):
        yield Piece(value)
    elif isinstance(value, bytes):
        yield from written(value)
    elif isinstance(value, tuple | list):
        for entry in value:
            yield from _texts(entry)
