"""A rule's docstring taken apart, for ``shenbao explain`` and the site's rules page."""

from __future__ import annotations

import inspect
import re
from typing import NamedTuple

from build_tools.findings import Rule

_PART = re.compile(r"^(正确|错误)：(：?)", re.MULTILINE)


class Explanation(NamedTuple):
    """``summary``: the first sentence; ``prose``: summary and paragraphs; ``right``/``wrong``: examples;
    ``mend``: how to mend, in words that hold for every finding of the rule.
    """

    summary: str
    prose: str
    right: str
    wrong: str
    mend: str


def explanation(rule: Rule) -> Explanation:
    """Take apart the docstring of ``rule`` (or its own ``explanation`` text, for rules made from data)."""
    text = inspect.cleandoc(getattr(rule, "explanation", None) or type(rule).__doc__ or "")
    text = text.replace("正确::", "正确：：").replace("错误::", "错误：：")
    parts = {"正确": "", "错误": ""}
    matches = list(_PART.finditer(text))
    prose = text[: matches[0].start()] if matches else text
    for index, match in enumerate(matches):
        end = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        parts[match[1]] = inspect.cleandoc("\n" + text[match.end() : end]).strip("\n")
    paragraphs = [re.sub(r"\s*\n\s*", "", part) for part in prose.strip().split("\n\n")]
    mend = rule.advice or rule.hint
    return Explanation(paragraphs[0], "\n\n".join(paragraphs), parts["正确"], parts["错误"], mend)
