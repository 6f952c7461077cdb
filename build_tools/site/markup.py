"""Templates into HTML, through :func:`~build_tools.forms.plain.plain` for every text (design, decision 13).

The templates are autoescaped, and every page becomes one HTML block without a blank line and without
indentation, so that a Markdown converter behind us takes it as it is: it finds no paragraph, no list,
no emphasis and no code in it.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jinja2 import Environment

from build_tools.forms.plain import environment, finalize, plain

__all__ = ["front_matter", "get_ready", "one_block", "plain", "render"]


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


@cache
def _environment() -> Environment:
    return environment("build_tools.site", finalize)
