"""Findings as annotations of GitHub Actions: the runner turns lines of the log into remarks beside the changed lines.

A step may make ten errors and ten warnings visible and no more, so the most important come first; the step summary
(see ``markdown``) holds all.
"""

from __future__ import annotations

from collections.abc import Iterator

from build_tools.findings import Finding, Severity
from build_tools.reporters.foreign import printable, visible
from build_tools.reporters.report import Report

MOST = 10
"""Errors, and warnings, that one step can show."""

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def as_github(report: Report) -> str:
    """A workflow command a line, the check's own findings before the rest, and one that says what is not shown.

    Syntax: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    left: list[Finding] = []
    shown = dict.fromkeys(Severity, 0)
    for finding, own in report.ranked():
        if shown[finding.severity] < MOST:
            shown[finding.severity] += 1
            yield _annotation(finding, own)
        else:
            left.append(finding)
    if left:
        wrong = sum(finding.severity is Severity.ERROR for finding in left)
        told = f"另有错误 {wrong} 条、提示 {len(left) - wrong} 条没有标在这里，全部意见见本次运行的摘要页或合并请求的评论。"
        yield _command("notice", told, title="意见较多")


def _annotation(finding: Finding, own: bool) -> str:
    place = finding.place
    where = {} if finding.about_file else {"line": str(place.line), "col": str(place.column)}
    answered = "（已作说明）" if finding.answered else ""
    origin = "" if own else "（主分支上原有）"
    title = f"{finding.severity.label} {finding.code}{answered}{origin}"
    told = f"{printable(finding.message)}\n怎么改：{printable(finding.hint)}"
    return _command(str(finding.severity), told, file=visible(place.path), **where, title=title)


def _command(name: str, data: str, **properties: str) -> str:
    told = ",".join(f"{key}={value.translate(_PROPERTY)}" for key, value in properties.items())
    return f"::{name} {told}::{data.translate(_DATA)}"
