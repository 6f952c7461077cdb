"""An item's form as HTML to fill in, and its blank sheet for the preview of the print."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from build_tools.campaign import Campaign, Item
from build_tools.forms import definition, plain
from build_tools.forms.definition import Blank, Form, Grid, Listing, Paper, Prose
from build_tools.forms.fill import blank_sheet
from build_tools.forms.html import html_form, percent
from build_tools.forms.sheet import DATE, SEAL
from build_tools.forms.web.fields import Fields, Input
from build_tools.forms.web.grid import grid_rows
from build_tools.forms.web.kinds import Kind

PLAIN = "plain"
"""The layout of an item whose campaign defines no form: its fields, one below the other."""

_NAMES = {Grid: "grid", Prose: "prose", Paper: "document", Listing: "list"}


@dataclass(frozen=True)
class EntrySentence:
    """A sentence with inputs in its blanks."""

    no: str
    parts: tuple[str | Input, ...]

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The inputs in it, in reading order."""
        return tuple(part for part in self.parts if isinstance(part, Input))


def layout_name(form: Form | None) -> str:
    """``grid``, ``prose``, ``document``, ``list``, or ``plain`` where there is no form."""
    return _NAMES[type(form.layout)] if form else PLAIN


def entry_html(campaign: Campaign, item: Item, form: Form | None) -> Markup:
    """The fields of ``item`` as its official form arranges them; what the form does not show comes last."""
    fields = Fields(campaign, item)
    shown = _shown(form)
    template = environment().get_template(f"entry/{layout_name(form)}.html")
    values = _values(form, fields)
    more = [fields.field(key) for key in fields.top() if key not in shown]
    # Rendered by the autoescaping environment below.
    return Markup(template.render(form=form, item=item, more=more, **values))  # noqa: S704


def preview_html(campaign: Campaign, item: Item, form: Form | None) -> Markup:
    """The blank sheet, each place of which says which field belongs there."""
    if form is not None:
        return html_form(blank_sheet(form), form.layout)
    fields = Fields(campaign, item)
    template = environment().get_template("entry/sheet.html")
    return Markup(template.render(item=item, fields=[fields.field(key) for key in fields.top()]))  # noqa: S704 - the same


def _shown(form: Form | None) -> frozenset[str]:
    """The fields of the document that ``form`` has a place for."""
    layout = form.layout if form else None
    if isinstance(layout, Grid):
        return frozenset(key for row in layout.rows for cell in row.cells for key in cell.fields)
    if isinstance(layout, Prose):
        return frozenset(part.field for s in layout.sentences for part in s.parts if isinstance(part, Blank))
    if isinstance(layout, Paper):
        return frozenset((layout.heading, layout.sections))
    return frozenset((layout.rows_from,)) if isinstance(layout, Listing) else frozenset()


def _values(form: Form | None, fields: Fields) -> dict[str, object]:
    """What the template of the layout asks for."""
    layout = form.layout if form else None
    if isinstance(layout, Grid):
        return {"columns": layout.columns, "rows": grid_rows(layout, fields), "seal": SEAL, "date": DATE}
    if isinstance(layout, Prose):
        return {"sentences": [_sentence(sentence, fields) for sentence in layout.sentences]}
    if isinstance(layout, Paper):
        return {"heading": fields.field(layout.heading), "sections": fields.field(layout.sections)}
    return {"listed": fields.field(layout.rows_from)} if isinstance(layout, Listing) else {}


def _sentence(sentence: definition.Sentence, fields: Fields) -> EntrySentence:
    following = (*sentence.parts[1:], "")
    parts = (
        _inline(fields.field(part.field), after) if isinstance(part, Blank) else part
        for part, after in zip(sentence.parts, following, strict=True)
    )
    return EntrySentence(sentence.no, tuple(parts))


def _inline(field: Input, after: str | Blank) -> Input:
    """A field inside a line: no fieldset stands there, so that a few choices unfold as many do."""
    printed = bool(field.unit) and isinstance(after, str) and after.lstrip().startswith(field.unit)
    kind = Kind.SELECT if field.kind in (Kind.CHOICE, Kind.BOOLEAN) else field.kind
    return replace(field, kind=kind, unit_printed=printed)


@cache
def environment() -> Environment:
    """The templates; every text is escaped, and none can end the block of HTML it stands in."""
    environment = plain.environment("build_tools.forms", plain.finalize)
    environment.filters["percent"] = percent
    return environment
