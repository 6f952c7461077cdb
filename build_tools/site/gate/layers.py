"""Undoing what a published text may be wrapped in: entities, escapes, percent signs, base64, tags."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

_ROUNDS = 3
_ESCAPE = re.compile(
    r"\\u\{([0-9A-Fa-f]{1,6})\}|((?:\\u[0-9A-Fa-f]{4})+)|((?:\\x[0-9A-Fa-f]{2})+)|\\([0-9A-Fa-f]{4,6}) ?|\\([nrtbfv\"'/\\])"
)
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_PERCENT_U = re.compile(r"(?:%u[0-9A-Fa-f]{4})+")
_TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9:]*)[^<>]*>|<!--|-->")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_WHITE = {"n": "\n", "r": "\n", "t": "\t", "b": " ", "f": "\n", "v": "\n"}
_APART = frozenset(
    {"article", "aside", "body", "br", "button", "c", "caption", "col", "dd", "details", "div", "dl", "dt"}
    | {
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
    }
    | {
        "hr",
        "input",
        "label",
        "legend",
        "li",
        "link",
        "loc",
        "main",
        "meta",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
    }
    | {
        "row",
        "script",
        "section",
        "select",
        "si",
        "style",
        "summary",
        "table",
        "tbody",
        "td",
        "template",
        "text",
    }
    | {"textarea", "tfoot", "th", "thead", "title", "tr", "ul", "url", "v", "w:p", "w:tc", "w:tr"}
)
"""Elements whose neighbours are not one text: the last word of a cell and the first of the next."""


def plain_readings(text: str) -> Iterator[str]:
    """The different texts a reader could see in ``text``: as it stands, decoded, and without its tags.

    The last one is the most decoded.
    """
    shown: set[str] = set()
    for _ in range(_ROUNDS):
        fresh = [reading for reading in (text, without_tags(text)) if reading not in shown]
        if not fresh:
            return
        shown.update(fresh)
        yield from fresh
        text = decode(text)


def decode(text: str) -> str:
    """``text`` with entities, escapes and percent signs undone once."""
    if "&" in text:
        text = html.unescape(text)
    if "\\" in text:
        text = _ESCAPE.sub(_unescape, text)
    if "%" in text:
        text = _PERCENT_U.sub(lambda m: _utf16(m[0].replace("%u", "")), text)
        text = _PERCENT.sub(lambda m: _readable(unquote_to_bytes(m[0])), text)
    return text


def without_tags(text: str) -> str:
    """``text`` without its tags: those inside a line vanish, those between blocks leave a tab."""
    if "<" not in text:
        return text
    return _TAG.sub(lambda m: "\t" if _name(m[1]) in _APART else "", text)


def base64_contents(text: str) -> Iterator[bytes]:
    """What the base64 (or base64url) words in ``text`` stand for."""
    for word in _BASE64.findall(text):
        body = word.rstrip("=").replace("-", "+").replace("_", "/")
        if len(body) % 4 == 1:
            continue
        try:
            yield base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
        except binascii.Error:
            continue


def _name(tag: str | None) -> str:
    return (tag or "").lstrip("/").lower()


def _unescape(match: re.Match[str]) -> str:
    braces, units, octets, css, sign = match.groups()
    if units:
        return _utf16(units.replace("\\u", ""))
    if octets:
        return _readable(bytes.fromhex(octets.replace("\\x", "")))
    if sign:
        return _WHITE.get(sign, sign)
    point = int(braces or css, 16)
    return chr(point) if point < 0x110000 else match[0]


def _utf16(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be", "replace")


def _readable(data: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
