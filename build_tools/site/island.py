"""Data inside a page, for a script to read: JSON that no HTML parser and no Markdown converter can misread."""

from __future__ import annotations

import json
import re
from typing import Any

from markupsafe import Markup

from build_tools.forms.plain import UNSEEN

_MARKS = re.compile("[<>&\u2028\u2029]")


def island(value: Any) -> Markup:
    """``value`` as JSON on one line, for a ``script`` of the type ``application/json``; reading it gives ``value``.

    What ends an element or a line, and what nobody can see, is written by its code.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for unsafe in (_MARKS, UNSEEN):
        text = unsafe.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return Markup(text)  # noqa: S704 - nothing in it is HTML any more
