"""Text from outside (file names, keys, messages that quote them), made harmless for where it is shown.

Whoever opens a pull request chooses the names in it, and a machine reads what we print: a CI's log obeys lines that
look like its commands, a forge turns names into links and calls for people. So everything that does not print is
escaped, everything that is no plain word stands as code, and nothing is trusted for where it came from.
"""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Characters that count as printable and show nothing (Unicode, Default_Ignorable_Code_Point; the empty Braille cell)."""

_ASCII = re.compile(r"[!-~]+")
_WORD = re.compile(r"[0-9A-Za-z]{1,6}|[0-9]{1,2}(?::[0-9]{2}){1,2}")
"""A run that stays text: a word shorter than the shortest abbreviated commit, without any mark; a time of day."""

_MARKS = {code: f"&#{code};" for code in range(0x21, 0x7F) if not chr(code).isalnum()}


def visible(text: str) -> str:
    """``text`` with everything that does not show as itself escaped: a line break, what moves a terminal's cursor,
    what turns the direction of writing, half of a pair."""
    return "".join(
        c
        if c.isprintable() and not _HIDDEN.match(c)
        else c.encode("unicode_escape", "surrogatepass").decode()
        for c in text
    )


def printable(text: str) -> str:
    r"""``text`` as a terminal or a CI's log may print it, wherever it stands in a line.

    GitHub's runner obeys a line that starts with ``::`` and one that holds ``##[`` anywhere, Azure ``##vso[``; the
    second character of either mark is escaped (``:\x3a``).
    """
    return visible(text).replace("::", r":\x3a").replace("##", r"#\x23")


def code(text: str, most: int = 200) -> str:
    """``text`` as an HTML element for Markdown, cut to ``most`` characters; every ASCII mark is a character reference.

    Markdown finds nothing in it, and no forge looks into ``<code>`` for people, issues, commits or addresses.
    """
    return f"<code>{_cut(visible(text), most).translate(_MARKS)}</code>"


def prose(text: str, most: int = 600) -> str:
    """``text`` as words of a Markdown line, cut to ``most`` characters; what is no plain word or number is :func:`code`."""

    def as_told(run: re.Match[str]) -> str:
        return run[0] if _WORD.fullmatch(run[0]) else code(run[0], most)

    return _ASCII.sub(as_told, _cut(visible(text), most))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
