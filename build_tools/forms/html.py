"""The HTML face of a sheet. No inline style: it stands under a strict content policy.

Widths and least heights go into ``width`` and ``height`` attributes, everything else into classes.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from build_tools.forms.measure import POINTS
from build_tools.forms.sheet import SIZES, Sheet

_PIXELS_A_POINT = 96 / 72
_SIZES = dict(zip(SIZES, ("", "form__small", "form__tiny"), strict=True))


def html_form(sheet: Sheet) -> Markup:
    """``sheet`` as a fragment of HTML, for a page that has a heading of its own."""
    template = _environment().get_template(f"{type(sheet.body).__name__.lower()}.html")
    # Rendered by the autoescaping environment below.
    return Markup(template.render(sheet=sheet, body=sheet.body))  # noqa: S704


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("build_tools.forms"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = lambda width, widths: f"{100 * width / sum(widths):.2f}%"
    environment.filters["pixels"] = lambda millimetres: round(millimetres * POINTS * _PIXELS_A_POINT)
    environment.filters["size"] = lambda points: _SIZES[points]
    return environment
