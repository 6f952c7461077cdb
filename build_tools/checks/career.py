"""A career (``x-career``): a list of {from, to, text} in order, without gaps and overlaps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from build_tools.campaign import Campaign, Item
from build_tools.checks.fields import PRESENT, month_number
from build_tools.checks.rule import DocumentFamily, breach
from build_tools.findings import Finding, Pointer, Related, Rule, Severity
from build_tools.schema.schema import values
from build_tools.submissions import Document

_FOREVER = 10**6


class EndsBeforeStart(Rule):
    """一段经历的起始年月不应晚于截止年月。

    同一个月开始和结束的，两处写同一个月。

    正确::

        resume:
          - {from: 1992-07, to: 至今, text: 示例公司职员}

    错误::

        resume:
          - {from: 1992-07, to: 1991-06, text: 示例公司职员}
    """

    code = "F03"
    title = "经历起止颠倒"
    message = "第 {number} 段经历的截止年月早于起始年月。"
    hint = "这两个年月可能填反了，请核对。"


class OutOfOrder(Rule):
    """经历按时间先后排列，早的在前。

    正确::

        resume:
          - {from: 1992-07, to: 2003-06, text: 示例县某局科员}
          - {from: 2003-07, to: 至今, text: 示例公司职员}

    错误::

        resume:
          - {from: 2003-07, to: 2012-06, text: 示例公司职员}
          - {from: 1992-07, to: 2003-06, text: 示例县某局科员}
    """

    code = "F04"
    title = "经历没有按时间排列"
    severity = Severity.WARNING
    message = "第 {number} 段经历早于第 {other} 段，没有按时间先后排列。"
    hint = "早的写在前面，晚的写在后面。"


class Gap(Rule):
    """经历前后衔接，不留空档。

    上一段截止于 6 月，下一段应从 6 月或 7 月开始。学习、待业也要写上。

    正确::

        resume:
          - {from: 1992-07, to: 2003-06, text: 示例县某局科员}
          - {from: 2003-07, to: 至今, text: 示例公司职员}

    错误::

        resume:
          - {from: 1992-07, to: 2003-06, text: 示例县某局科员}
          - {from: 2003-09, to: 至今, text: 示例公司职员}
    """

    code = "F05"
    title = "经历有空档"
    severity = Severity.WARNING
    message = "第 {other} 段与第 {number} 段经历之间有空档。"
    hint = "补上这段时间的经历（学习、待业也要写）；确属实情的，在 notes 中说明。"


class Overlap(Rule):
    """前后两段经历的时间不应重叠。

    上一段截止的月份可以就是下一段开始的月份。在职学习、兼职与本职同时进行的，在 notes 中说明。

    正确::

        resume:
          - {from: 1992-07, to: 2003-06, text: 示例县某局科员}
          - {from: 2003-06, to: 至今, text: 示例公司职员}

    错误::

        resume:
          - {from: 1992-07, to: 2003-06, text: 示例县某局科员}
          - {from: 2001-09, to: 至今, text: 示例公司职员}
    """

    code = "F06"
    title = "经历时间重叠"
    severity = Severity.WARNING
    message = "第 {number} 段与第 {other} 段经历的时间重叠。"
    hint = "请核对起止年月；在职学习、兼职的，在 notes 中说明。"


class PresentNotLast(Rule):
    """只有最后一段经历可以写“至今”。

    写了“至今”，后面就不应再有别的经历。同时在两处任职的，在 notes 中说明。

    正确::

        resume:
          - {from: 1992-07, to: 2003-06, text: 示例县某局科员}
          - {from: 2003-07, to: 至今, text: 示例公司职员}

    错误::

        resume:
          - {from: 1992-07, to: 至今, text: 示例县某局科员}
          - {from: 2003-07, to: 至今, text: 示例公司职员}
    """

    code = "F07"
    title = "“至今”之后还有经历"
    severity = Severity.WARNING
    message = "第 {other} 段经历写了“至今”，其后却还有第 {number} 段。"
    hint = "把前一段的“至今”改成结束的年月；同时在两处任职的，在 notes 中说明。"


class EndsEarly(Rule):
    """经历写到通知发出的时候。

    最后一段仍在进行的，截止年月写“至今”。截止于通知发出的前一个月或以后的，不作提示。

    正确::

        resume:
          - {from: 1992-07, to: 至今, text: 示例公司职员}

    错误::

        resume:
          - {from: 1992-07, to: 2009-06, text: 示例公司职员}
    """

    code = "F20"
    title = "经历没有写到现在"
    severity = Severity.WARNING
    message = "最后一段（第 {number} 段）经历截止之后，到报送时之间有空档。"
    hint = "仍在此岗位的，截止年月写“至今”；之后另有经历的，补上；确属实情的，在 notes 中说明。"


ENDS_BEFORE_START = EndsBeforeStart()
OUT_OF_ORDER = OutOfOrder()
GAP = Gap()
OVERLAP = Overlap()
PRESENT_NOT_LAST = PresentNotLast()
ENDS_EARLY = EndsEarly()


class _Entry(NamedTuple):
    """One entry: its pointer, the number people count it by, first and last month (months since year 0)."""

    pointer: Pointer
    number: int
    start: int
    end: int


class Career(DocumentFamily):
    """Compares each entry with the one above it and with the one that ended last."""

    rules = (ENDS_BEFORE_START, OUT_OF_ORDER, GAP, OVERLAP, PRESENT_NOT_LAST, ENDS_EARLY)

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """At most one finding an entry; an entry with an unreadable month has its own finding elsewhere."""
        for field in item.schema.marked("x-career"):
            for pointer, career in values(document.value, field.path):
                if not isinstance(career, list):
                    continue
                entries = list(_entries(career, pointer))
                for broken in _judge(entries):
                    yield _finding(document, item, broken)
                if len(entries) == len(career):
                    yield from _end(document, item, entries, month_number(campaign.issued[:7]))


class _Broken(NamedTuple):
    """A rule broken by ``entry``, seen against ``other`` (itself, where its own months are reversed)."""

    rule: Rule
    entry: _Entry
    other: _Entry


def _entries(career: list[Any], pointer: Pointer) -> Iterator[_Entry]:
    for index, raw in enumerate(career):
        if not isinstance(raw, dict):
            continue
        start, end = month_number(raw.get("from")), raw.get("to")
        last = _FOREVER if end == PRESENT else month_number(end)
        if start is not None and last is not None:
            yield _Entry((*pointer, index), index + 1, start, last)


def _judge(entries: list[_Entry]) -> Iterator[_Broken]:
    above = latest = None
    for entry in entries:
        if entry.start > entry.end:
            yield _Broken(ENDS_BEFORE_START, entry, entry)
            continue
        if above is not None and latest is not None:
            if entry.start < above.start:
                yield _Broken(OUT_OF_ORDER, entry, above)
            elif latest.end == _FOREVER:
                yield _Broken(PRESENT_NOT_LAST, entry, latest)
            elif entry.start < latest.end:
                yield _Broken(OVERLAP, entry, latest)
            elif entry.start - latest.end > 1:
                yield _Broken(GAP, entry, latest)
        above = entry
        if latest is None or entry.end > latest.end:
            latest = entry


def _end(document: Document, item: Item, entries: list[_Entry], issued: int | None) -> Iterator[Finding]:
    """Months that nothing is said of between the last entry's end and the month of the notice."""
    last = max(entries, key=lambda entry: entry.end, default=None)
    if last is None or issued is None or any(entry.start > entry.end for entry in entries):
        return
    if issued - last.end > 1:
        yield breach(ENDS_EARLY, document, item, (*last.pointer, "to"), number=last.number)


def _finding(document: Document, item: Item, broken: _Broken) -> Finding:
    rule, entry, other = broken
    if document.source is None:
        raise AssertionError("document rules run while the source is at hand")
    if other is entry:
        shown, key = Related(document.source.place((*entry.pointer, "from")), "起始年月在这里"), "to"
    else:
        place = document.source.place((*other.pointer, "to"))
        shown, key = Related(place, f"第 {other.number} 段在这里"), "from"
    pointer = (*entry.pointer, key)
    return breach(rule, document, item, pointer, related=(shown,), number=entry.number, other=other.number)
