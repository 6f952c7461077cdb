"""The HTML face of a form, blank or filled. No inline style: it stands under a strict content policy.

Widths and least heights go into ``width`` and ``height`` attributes, everything else into classes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from build_tools.forms.definition import Form, Grid, Listing, Paper, Prose
from build_tools.forms.values import on_paper

_PIXELS_A_MILLIMETRE = 96 / 25.4
_TEMPLATES = {Grid: "grid.html", Prose: "prose.html", Paper: "paper.html", Listing: "listing.html"}


def html_form(form: Form, value: dict[str, Any] | None = None) -> Markup:
    """``form`` as HTML: with the values of a document, or blank without one.

    A blank is a blank: an absent, empty or null field prints nothing. Seal cells print 盖章 and an
    empty date whatever the document says.
    """
    schema = form.item.schema
    document = value or {}

    def shown(key: str, entry: dict[str, Any] | None = None, prefix: tuple[str, ...] = ()) -> str:
        source = document if entry is None else entry
        return on_paper(schema, (*prefix, key), source.get(key))

    template = _environment().get_template(_TEMPLATES[type(form.layout)])
    text = template.render(
        form=form,
        layout=form.layout,
        document=document,
        filled=value is not None,
        shown=shown,
        title=lambda *pointer: schema.title_at(pointer),
        unit=lambda *pointer: schema.at(pointer).get("x-unit", ""),
        topics=_topics(form),
        kinds={kind.id: kind.title for kind in form.item.kinds},
    )
    return Markup(text)  # noqa: S704 - rendered by the autoescaping environment below


def _topics(form: Form) -> tuple[str, ...]:
    if not isinstance(form.layout, Paper):
        return ()
    return tuple(form.item.schema.at((form.layout.sections,)).get("x-topics", ()))


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
    environment.filters["pixels"] = lambda millimetres: round(millimetres * _PIXELS_A_MILLIMETRE)
    return environment
