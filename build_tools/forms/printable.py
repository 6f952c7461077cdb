"""The printable HTML face of a sheet: one file that needs nothing else, drawn with the fragments of ``html``.

Paper, type and lines follow GB/T 9704-2012 by one style sheet inside the file; its geometry is the sheet's.
"""

from __future__ import annotations

import base64
import hashlib

from markupsafe import Markup

from build_tools.forms import sheet as paper
from build_tools.forms.html import environment, template_of
from build_tools.forms.sheet import Sheet


def html_document(sheet: Sheet, copies: int = 1) -> str:
    """``sheet`` as a page of HTML that prints ``copies`` times on A4; the same sheet gives the same text.

    No script, no request: its policy allows the style sheet in it by hash, photos as data, and nothing else.
    Raises :class:`ValueError` for less than one copy.
    """
    if copies < 1:
        raise ValueError(f"{copies} copies cannot be printed")
    style = _style(sheet.remark, copies)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    allowed = f"style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    return (
        environment()
        .get_template("document.html")
        .render(
            sheet=sheet,
            body=sheet.body,
            template=template_of(sheet),
            layout=None,
            heading=_heading(sheet),
            copies=copies,
            policy=Markup(f"default-src 'none'; {allowed}"),  # noqa: S704 - no text of a unit is in it
            style=Markup(style),  # noqa: S704 - the same
        )
    )


def _heading(sheet: Sheet) -> str:
    """What tabs and lists call it: annex and title, and which document it is if it is filled in."""
    title = " ".join(filter(None, (sheet.annex, sheet.title.replace("\n", ""))))
    return f"{title}（{sheet.caption}）" if sheet.filled else title


def _style(remark: str, copies: int) -> str:
    return (
        environment()
        .get_template("document.css")
        .render(
            top=paper.TOP,
            right=paper.RIGHT,
            bottom=paper.BOTTOM,
            left=paper.LEFT,
            width=paper.WIDTH,
            height=paper.HEIGHT,
            cell=paper.SIZES[0],
            small=paper.SIZES[1],
            line=paper.LINE,
            across=paper.PADDING[0],
            down=paper.PADDING[1],
            photo=paper.PHOTO,
            copies=copies,
            remark=Markup(_css_string(remark)),  # noqa: S704 - escaped below
        )
    )


def _css_string(text: str) -> str:
    """``text`` inside a CSS string: whatever is no letter or digit by its code (CSS Syntax 3, 4.3.7)."""
    return "".join(c if c.isalnum() else f"\\{ord(c):x} " for c in text)
