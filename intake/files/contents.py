"""What comes of a file that a unit uploaded: the bytes to keep, or a sentence why it is not taken.

The rules are those of ``shenbao check``; what they call an error is refused here already. This runs in a process of
its own (see ``inspector``): it knows neither Django nor any secret.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from build_tools.campaign import Campaign
from build_tools.checks import attachment_rules as rules
from build_tools.checks.attachments import PHOTO_KINDS, Look, check_file, look
from build_tools.checks.content import WORDS, Trouble, kind_of
from build_tools.findings import Finding, Place, Rule, Severity
from intake.files.papers import docx_hides, pdf_hides
from intake.files.pictures import ANIMATED, drawn_anew

TOO_HEAVY = Trouble("bomb", "展开后占用过大或结构异常")
"""Of a file over which the process died."""


class Seen(NamedTuple):
    """``message`` why it is not taken, empty when it is; ``data`` what to keep in place of what came, if that differs."""

    message: str = ""
    data: bytes | None = None


def look_through(path: str, data: bytes, campaign: Campaign, *, photo: bool, most: int) -> Seen:
    """Look through the file ``data`` for ``path``; ``photo``: the rules for photos hold. ``most``: bytes to keep."""
    errors = [found for found in check_file(path, data, campaign) if found.severity is Severity.ERROR]
    if errors:
        return Seen(sentence(errors[0]))
    kind = kind_of(data)
    if photo and (fault := _as_a_photo(path, look(data))):
        return Seen(sentence(fault))
    if kind in PHOTO_KINDS:
        drawn = drawn_anew(data, kind, most)
        if drawn is ANIMATED:
            return Seen("图片是动画，打印出来只有一帧。请另存为静止的图片，再上传。")
        if isinstance(drawn, Trouble):
            return Seen(of_trouble(path, drawn))
        if most and len(drawn) > most:
            size = -(-len(drawn) // 1024)
            return Seen(_said(path, rules.TOO_LARGE, kind="图片另存后", size=size, limit=most // 1024))
        return Seen(data=drawn)
    hidden = {"pdf": pdf_hides, "docx": docx_hides}[kind](data)
    return Seen(of_trouble(path, hidden[0])) if hidden else Seen()


def of_trouble(path: str, trouble: Trouble) -> str:
    """What is wrong inside a file, and the way out."""
    return _said(path, rules.BY_TROUBLE[trouble.kind], what=trouble.what)


def sentence(finding: Finding) -> str:
    """A finding as it is told at the field: what is wrong, and how to mend it."""
    return f"{finding.message}{finding.hint}"


def _as_a_photo(path: str, seen: Look) -> Finding | None:
    if seen.kind not in PHOTO_KINDS:
        return rules.PHOTO_KIND.finding(Place(path), kind=WORDS[seen.kind])
    if seen.picture is not None and seen.picture.oddity:
        return rules.PHOTO_ODD.finding(Place(path), what=seen.picture.oddity)
    return None


def _said(path: str, rule: Rule, **words: Any) -> str:
    return sentence(rule.finding(Place(path), **words))
