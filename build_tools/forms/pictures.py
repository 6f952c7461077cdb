"""Photos for print: turned upright, cut to what paper can show, and stripped of everything but the picture."""

from __future__ import annotations

import warnings
from functools import lru_cache
from io import BytesIO

from build_tools.checks.photo_content import MOST_PIXELS
from build_tools.forms.sheet import PHOTO, Picture

_DOTS_A_MILLIMETRE = 300 / 25.4


@lru_cache(maxsize=8)
def fitted(picture: Picture) -> bytes | None:
    """``picture`` as a JPEG of at most 300 dots an inch in the photo's box, without metadata.

    The same bytes give the same bytes. ``None`` where they are no picture, a damaged one, or one so large that
    unpacking it would be an attack.
    """
    from PIL import Image, ImageOps

    box = round(PHOTO[0] * _DOTS_A_MILLIMETRE), round(PHOTO[1] * _DOTS_A_MILLIMETRE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(picture.data), formats=("JPEG", "PNG")) as image:
                if image.width * image.height > MOST_PIXELS:
                    return None
                image.draft("RGB", box)
                upright = ImageOps.exif_transpose(image)
                flat = Image.new("RGB", upright.size, "white")
                seen = upright.convert("RGBA")
                flat.paste(seen, mask=seen.getchannel("A"))
        flat.thumbnail(box, Image.Resampling.LANCZOS)
        out = BytesIO()
        flat.save(out, "JPEG", quality=90)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return out.getvalue()
