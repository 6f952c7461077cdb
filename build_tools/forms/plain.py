"""Plain text into HTML. The only way text that somebody typed reaches a page (design, decision 13)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]"
)
"""Characters that a reader cannot see but that reorder or hide text."""


@lru_cache(maxsize=8192)  # labels, titles and states stand on every page
def plain(text: str) -> Markup:
    """``text`` as it is, safe in HTML and in Markdown around it.

    Line breaks and tabs become references, so that no raw one ends the block or is expanded. Characters that a reader cannot see
    but that reorder or hide text are shown by their code, such as ``[U+202E]``.
    """
    shown = UNSEEN.sub(lambda match: f"[U+{ord(match[0]):04X}]", text.replace("\r\n", "\n"))
    return Markup(str(escape(shown)).replace("\n", "&#10;").replace("\t", "&#9;"))  # noqa: S704 - escaped in this line


def environment(package: str, finalize: Callable[[Any], Any] | None = None) -> Environment:
    """The templates of ``package``: every text is escaped, and what was not handed over is an error.

    With :func:`finalize` no text can end the block of HTML it stands in, either.
    """
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def finalize(value: Any) -> Any:
    """What a template puts out: every text that is not HTML already through :func:`plain`."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value
