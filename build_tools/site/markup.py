"""Plain text into HTML. The only way text of a unit reaches a page (design, decision 13).

The templates are autoescaped, and every page becomes one HTML block without a blank line and without
indentation, so that a Markdown converter behind us takes it as it is: it finds no paragraph, no list,
no emphasis and no code in it.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]"
)


@lru_cache(maxsize=8192)  # labels, titles and states stand on every page
def plain(text: str) -> Markup:
    """``text`` as it is, safe in HTML and in Markdown around it.

    Line breaks and tabs become references, so that no raw one ends the block or is expanded. Characters that a reader cannot see
    but that reorder or hide text are shown by their code, such as ``[U+202E]``.
    """
    shown = _UNSAFE.sub(lambda match: f"[U+{ord(match[0]):04X}]", text.replace("\r\n", "\n"))
    return Markup(str(escape(shown)).replace("\n", "&#10;").replace("\t", "&#9;"))  # noqa: S704 - escaped in this line


def one_block(html: str) -> str:
    """``html`` of a template without blank lines and indentation."""
    lines = (line.strip(" \t") for line in html.split("\n"))
    return "\n".join(line for line in lines if line)


def render(template: str, **values: Any) -> str:
    """The template of this name with these values, as one HTML block."""
    return one_block(_environment().get_template(template).render(values))


def get_ready() -> None:
    """Compile the templates, each of which takes some milliseconds, before they are needed."""
    environment = _environment()
    for name in environment.list_templates():
        environment.get_template(name)


def front_matter(meta: dict[str, Any]) -> str:
    """``meta`` as YAML front matter. JSON is YAML, and quotes whatever a title may hold."""
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in meta.items())
    return "---\n" + "".join(lines) + "---\n\n"


def _finalize(value: Any) -> Any:
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("build_tools.site"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
