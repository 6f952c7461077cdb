"""The notice on paper: its page in ``docs/`` read as the parts of an official document (GB/T 9704-2012, 7.3).

The page is written by hand in Markdown, one paragraph a line of the original. What a paragraph is follows from where
it stands and how it begins; nothing is added that the page does not say: no red head, no number, no seal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from build_tools.campaign import Campaign
from build_tools.forms.sheet import Letter, Paragraph, Part, Sheet
from build_tools.tree import Tree

NAME = "notice"

_FRONT_MATTER = re.compile(r"\A\ufeff?---\s*\n.*?\n---\s*\n", re.DOTALL)
_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日\Z")
_FIRST_ATTACHMENT = re.compile(r"附件[：:]")
_NUMBERED = re.compile(r"\d{1,2}[.．、]")
_LEVELS = (
    (Part.SECTION, re.compile(r"([一二三四五六七八九十]{1,3}|\d{1,2})、")),
    (Part.SUBSECTION, re.compile(r"（[一二三四五六七八九十]{1,3}）")),
)
_SPACES = re.compile(" {2,}")
_ENDS = "。；：，！？"
_HEADING, _SIGNATURE = 30, 50
"""Characters up to which a paragraph without an end mark is a heading, or a signature above the date."""


def notice_sheet(campaign: Campaign, tree: Tree) -> Sheet | None:
    """The campaign's notice; ``None`` when it names no page or the page cannot be read."""
    if not campaign.notice:
        return None
    try:
        text = tree.read(campaign.notice).decode("utf-8-sig", "replace")
    except OSError:
        return None
    blocks = _Blocks(_as_html(_FRONT_MATTER.sub("", text)))
    title = blocks.title or campaign.title
    return Sheet(NAME, "通知", "", title, Letter(tuple(_paragraphs(blocks.found))), filled=True)


def _as_html(text: str) -> str:
    import markdown

    return markdown.markdown(
        text, extensions=["admonition", "attr_list", "footnotes", "md_in_html", "sane_lists", "tables"]
    )


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CONTAINERS = (
    "p",
    "li",
    "tr",
    "div",
    "blockquote",
    "pre",
    "ul",
    "ol",
    "table",
    "dl",
    "dt",
    "dd",
    "section",
    "hr",
)


class _Blocks(HTMLParser):
    """What a page says as (element, text): each stretch of text between the ends of elements, whatever they are, so
    that no word is lost; and the page's own title.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title = ""
        self.found: list[tuple[str, str]] = []
        self._tag, self._text, self._mark = "p", "", ""
        self._lists: list[int | None] = []  # the number of the next entry, none where entries have dots
        self.feed(html)
        self.close()
        self._flush()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("wbr", "br"):
            self._text += "\n"
        elif tag in ("td", "th"):
            self._text = f"{self._text.rstrip()}　" if self._text.strip() else ""
        elif tag in _HEADINGS or tag in _CONTAINERS:
            self._flush()
            self._tag = tag
            if tag in ("ol", "ul"):
                start = dict(attrs).get("start") or ""
                self._lists.append(None if tag == "ul" else int(start) if start.isdecimal() else 1)
            elif tag == "li":
                self._mark = self._next_mark()

    def handle_endtag(self, tag: str) -> None:
        if tag in _HEADINGS or tag in _CONTAINERS:
            self._flush()
            self._tag = "p"
            if tag in ("ol", "ul") and self._lists:
                self._lists.pop()

    def handle_data(self, data: str) -> None:
        self._text += data.replace("\n", " ")

    def _next_mark(self) -> str:
        """What stands before an entry of the innermost list: its number, or a dash."""
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "—— "
        self._lists[-1] = number + 1
        return f"{number}."

    def _flush(self) -> None:
        """Put away what was said since the last end of an element."""
        lines = [_SPACES.sub(_full_width, line.strip()) for line in self._text.split("\n")]
        self._text = ""
        if not any(lines):
            return
        if self._tag == "h1" and not self.title:
            self.title = "\n".join(filter(None, lines))
        else:
            self.found.append((self._tag, self._mark + "".join(lines)))
        self._mark = ""


def _full_width(spaces: re.Match[str]) -> str:
    """Spaces that set words apart (传    真), as wide as they were typed."""
    return "　" * (len(spaces[0]) // 2)


def _paragraphs(blocks: list[tuple[str, str]]) -> Iterator[Paragraph]:
    dated = bool(blocks) and bool(_DATE.match(blocks[-1][1]))
    attached = False
    for index, (tag, text) in enumerate(blocks):
        attached = bool(_FIRST_ATTACHMENT.match(text)) or (attached and bool(_NUMBERED.match(text)))
        if dated and index == len(blocks) - 1:
            part = Part.DATE
        elif dated and index == len(blocks) - 2 and len(text) <= _SIGNATURE and text[-1] not in _ENDS:
            part = Part.SIGNATURE
        elif attached:
            part = Part.ATTACHMENT
        elif index == 0 and text.endswith(("：", ":")):
            part = Part.ADDRESSEE
        else:
            part = _body_part(tag, text)
        yield Paragraph(part, text)


def _body_part(tag: str, text: str) -> Part:
    if tag in _HEADINGS:
        return Part.SECTION if tag in ("h1", "h2") else Part.SUBSECTION
    if len(text) <= _HEADING and text[-1] not in _ENDS:
        for part, mark in _LEVELS:
            if mark.match(text):
                return part
    return Part.TEXT
