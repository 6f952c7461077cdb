"""Findings for a person at a terminal: grouped by file, with the line and a caret under the place.

What a field holds may be private, so the shown line keeps its keys and its punctuation and veils every
other character, unless ``is_public`` says that the whole line is for everybody.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from build_tools.findings import Finding, Severity
from build_tools.reporters.foreign import printable
from build_tools.reporters.report import Report
from build_tools.tree import Tree

PER_RULE, IN_ALL = 20, 200
"""At most so many findings of one rule, and in all, are shown as text."""

_KEY = re.compile(r"^\s*(?:- )*([a-z][a-z0-9_]*)\s*[:：]")
_WIDTH, _MOST = 100, 1024 * 1024


def display_width(text: str) -> int:
    """Columns ``text`` takes on a terminal: wide and full-width characters two, combining ones none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def in_brief(finding: Finding) -> str:
    """The finding on two lines, for a command that is about something else: where and what, then how to mend it."""
    place = finding.place
    where = f"{printable(place.path)}:{place.line}:{place.column}"
    return f"{where}  {finding.code}  {printable(finding.message)}\n    怎么改：{printable(finding.hint)}"


def of_broken(findings: Sequence[Finding]) -> str:
    """What keeps a campaign from being read, a line each, and what follows from that."""
    lines = [*map(in_brief, findings), f"活动文件有 {len(findings)} 处错误，改正后才能继续。"]
    return "\n".join(lines)


def veil(line: str, is_field: Callable[[str], bool]) -> str:
    """``line`` with everything but punctuation and blanks hidden, columns kept; the name of a field stays."""
    match = _KEY.match(line)
    start = match.end() if match and is_field(match[1]) else 0
    return line[:start] + "".join(_veiled(c) for c in line[start:])


def _veiled(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] in "PZ" or (character.isascii() and category[0] == "S"):
        return character
    return {0: "", 1: "*", 2: "＊"}[display_width(character)]


def as_it_is(text: str, _name: str) -> str:
    """``text`` without a colour."""
    return text


class TextReporter:
    """Writes findings as lines of text; ``style`` wraps a word in a terminal colour or returns it as it is."""

    def __init__(
        self,
        tree: Tree,
        *,
        style: Callable[[str, str], str] = as_it_is,
        is_public: Callable[[Finding, str], bool] = lambda _finding, _line: False,
        is_field: Callable[[str], bool] = lambda _name: False,
        everything: bool = False,
    ) -> None:
        self.tree = tree
        self.style = style
        self.is_public = is_public
        self.is_field = is_field
        self.everything = everything
        self.per_rule, self.in_all = (10**9, 10**9) if everything else (PER_RULE, IN_ALL)

    def lines(self, report: Report) -> Iterator[str]:
        """The whole report, line by line."""
        yield from self._files(report.own)
        if report.rest:
            yield f"另有 {len(report.rest)} 条意见是主分支上原有的，与这次改动无关{'：' if self.everything else '。'}"
            yield ""
            if self.everything:
                yield from self._files(report.rest)
        yield self.summary(report)

    def summary(self, report: Report) -> str:
        """The last line: how many files, errors and warnings."""
        explained = f"（其中 {report.answered} 条已作说明）" if report.answered else ""
        verdict = (
            self.style("不能受理，请先改正错误。", "error")
            if report.errors
            else self.style("没有错误。", "good")
        )
        counted = f"错误 {report.errors} 条，提示 {report.warnings} 条{explained}"
        return f"检查 {report.files} 个文件：{counted}。{verdict}"

    def _files(self, findings: Sequence[Finding]) -> Iterator[str]:
        shown = self._shown(findings)
        for path, group in groupby(shown, key=lambda finding: finding.place.path):
            yield self.style(printable(path), "path")
            text = self._text(path)
            for finding in group:
                yield from self._finding(finding, text)
            yield ""
        if len(shown) < len(findings):
            yield from self._rest(findings, shown)

    def _shown(self, findings: Sequence[Finding]) -> list[Finding]:
        seen: Counter[str] = Counter()
        shown: list[Finding] = []
        by_weight = sorted(findings, key=lambda f: (f.severity is not Severity.ERROR, f.sort_key()))
        for finding in by_weight:
            seen[finding.code] += 1
            if seen[finding.code] <= self.per_rule and len(shown) < self.in_all:
                shown.append(finding)
        return sorted(shown, key=Finding.sort_key)

    def _rest(self, findings: Sequence[Finding], shown: Sequence[Finding]) -> Iterator[str]:
        yield f"共 {len(findings)} 条，以上列出 {len(shown)} 条。各规则条数："
        left = Counter(finding.code for finding in findings)
        for code, number in left.most_common():
            yield f"  {code}  {number} 条"
        yield "查看全部：加 --all；供程序读取：加 --format json。"
        yield ""

    def _finding(self, finding: Finding, text: list[str]) -> Iterator[str]:
        label = self.style(f"{finding.severity.label} {finding.code}", str(finding.severity))
        answered = "（已作说明）" if finding.answered else ""
        clause = f"［{printable(finding.clause)}］" if finding.clause else ""
        yield f"  {finding.place.line}:{finding.place.column}  {label}{answered}  {printable(finding.message)}{clause}"
        yield from self._snippet(finding, text)
        yield f"      {self.style('怎么改', 'hint')}：{printable(finding.hint)}"
        for related in finding.related:
            place = related.place
            where = f"{printable(place.path)}:{place.line}:{place.column}"
            yield f"      另见 {where}  {printable(related.message)}"

    def _snippet(self, finding: Finding, text: list[str]) -> Iterator[str]:
        place = finding.place
        if finding.about_file:
            return
        if not 1 <= place.line <= len(text) or not text[place.line - 1].strip():
            return
        line = text[place.line - 1].replace("\t", " ")
        line = line if self.is_public(finding, line) else veil(line, self.is_field)
        start = max(0, place.column - 1 - _WIDTH // 2)
        part = "".join(c for c in line[start : start + _WIDTH] if c.isprintable())
        part = part.replace("##", "#*")  # a mark that a CI's log obeys, see printable; the columns stay
        number = str(place.line)
        before = display_width(line[start : place.column - 1])
        yield f"      {number} | {part}"
        yield f"      {' ' * len(number)} | {' ' * before}{self.style('^', 'caret')}"

    def _text(self, path: str) -> list[str]:
        if not path.endswith((".yml", ".json")):
            return []
        try:
            data = self.tree.read(path)
            return data.decode("utf-8").removeprefix("\ufeff").split("\n") if len(data) <= _MOST else []
        except (OSError, UnicodeDecodeError):
            return []
