"""The printed face of a receipt: one page, with the QR code of the address where anybody can verify it."""

from __future__ import annotations

import io
import json
import re
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

import segno
from django.conf import settings

from build_tools.forms.fonts import FontBook, NoFonts, load_fonts
from intake.answers import Refused
from intake.current import campaign
from intake.journal.models import Submission
from intake.place import place
from intake.receipts import signature, wording

_TEMPLATE = Path(__file__).with_name("receipt.typ")
_WORD = re.compile(r"[!-~]{24}")
NOTES = (
    "本回执证明上述内容已由申报台收到并存盘，收到时间为服务器收齐全部内容的时间。",
    "收到不等于受理，是否受理、要不要修改，以活动办公室的办理结果为准。",
    "核对办法：扫右上角的二维码，或打开网站的“核对回执”页，输入回执编号。内容摘要是报送文件的 SHA-256。",
)


def address(submission: Submission) -> str:
    """Where anybody who holds the receipt can verify it."""
    return f"{settings.URL}/verify/{submission.number}/"


def code(submission: Submission) -> str:
    """The QR code of that address, as SVG."""
    out = io.BytesIO()
    segno.make(address(submission), error="m").save(out, kind="svg", xmldecl=False, border=2, scale=4)
    return out.getvalue().decode("ascii")


def pdf(submission: Submission) -> bytes:
    """The receipt on paper; the same receipt gives the same bytes. Raises :class:`Refused` where nothing can print."""
    from typst import compile as set_pages

    held = campaign()
    message = wording.text(submission)
    data = {
        "title": wording.TITLE,
        "number": submission.number,
        "fonts": _fonts(place().root).chains,
        "demo": held.demo_note if held.is_demo else "",
        "lines": [(line.label, _breakable(line.value)) for line in wording.lines(submission)],
        "notes": NOTES,
        "code": "code.svg",
        "address": address(submission),
        "foot": address(submission),
        "signature_title": "电子签名（Ed25519，可用 ssh-keygen 核对）",
        "signature": signature.sign(place(), message.encode()).strip(),
    }
    with tempfile.TemporaryDirectory(prefix="shenbao-receipt-") as folder:
        shutil.copy(_TEMPLATE, folder)
        (Path(folder) / "code.svg").write_text(code(submission), encoding="ascii")
        result = set_pages(
            Path(folder) / _TEMPLATE.name,
            root=folder,
            font_paths=_fonts(place().root).engine,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards="ua-1",
        )
    if not isinstance(result, bytes):
        raise TypeError("one PDF is one string of bytes")
    return result


@lru_cache(maxsize=2)
def _fonts(root: Path) -> FontBook:
    try:
        return load_fonts(root)
    except NoFonts as error:
        raise Refused(503, f"回执暂时不能打印，请先保存回执文件。{error}") from error


def _breakable(value: str) -> str:
    """A long word may go on on the next line anywhere."""
    return _WORD.sub(lambda found: found[0] + "\u200b", value)
