"""The HTML face of a sheet. No inline style: it stands under a strict content policy.

Widths and least heights go into ``width`` and ``height`` attributes, everything else into classes.
:mod:`~build_tools.forms.printable` makes a page of its own of the same fragments.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from itertools import groupby

from jinja2 import Environment
from markupsafe import Markup, escape

from build_tools.forms import plain
from build_tools.forms.definition import Layout
from build_tools.forms.measure import POINTS
from build_tools.forms.pictures import fitted
from build_tools.forms.sheet import SIZES, Paragraph, Part, Picture, Sheet

_PIXELS_A_POINT = 96 / 72
_SIZES = dict(zip(SIZES, ("", "form__small", "form__tiny"), strict=True))


def html_form(sheet: Sheet, layout: Layout | None = None) -> Markup:
    """``sheet`` as a fragment of HTML, for a page that has a heading of its own.

    With ``layout``, the definition it was drawn from, each place says in ``data-`` attributes which field it shows.
    """
    template = environment().get_template(template_of(sheet))
    # Rendered by the autoescaping environment below.
    return Markup(template.render(sheet=sheet, body=sheet.body, copy=None, layout=layout))  # noqa: S704


def template_of(sheet: Sheet) -> str:
    """The template that draws the body of ``sheet``.

    It is given ``copy``: the number of the printed copy it heads with annex and title, ``None`` in a page; and
    ``layout``: the form's definition where a script is to fill the sheet, else ``None``.
    """
    return f"{type(sheet.body).__name__.lower()}.html"


@cache
def environment() -> Environment:
    """The templates of the forms; every text is escaped."""
    environment = plain.environment("build_tools.forms")
    environment.filters["percent"] = percent
    environment.filters["pixels"] = lambda millimetres: round(millimetres * POINTS * _PIXELS_A_POINT)
    environment.filters["size"] = lambda points: _SIZES[points]
    environment.filters["lines"] = _lines
    environment.filters["breakable"] = lambda text: escape(text).replace("/", Markup("/<wbr>"))
    environment.filters["runs"] = _runs
    environment.filters["data_uri"] = _data_uri
    return environment


def percent(width: float, widths: Sequence[float]) -> str:
    """The share of ``width`` in all of ``widths``."""
    return f"{100 * width / sum(widths):.2f}%"


def _lines(text: str) -> Markup:
    return Markup("<br>").join(text.split("\n"))


def _runs(paragraphs: Sequence[Paragraph]) -> list[tuple[bool, list[Paragraph]]]:
    """The paragraphs in runs: signature and date stand together, all others by themselves."""
    closing = (Part.SIGNATURE, Part.DATE)
    return [(key, list(run)) for key, run in groupby(paragraphs, lambda paragraph: paragraph.part in closing)]


def _data_uri(picture: Picture) -> str:
    """The photo as paper shows it, in the page itself; empty where it cannot be drawn."""
    jpeg = fitted(picture)
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}" if jpeg else ""
