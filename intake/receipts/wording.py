"""What a receipt says: lines of a label and a value, the same on the page, in the file that is signed and in print."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from build_tools.campaign import Campaign, Late
from build_tools.standing import Timing, deadline
from intake.current import campaign, ledger_of
from intake.journal.models import Submission
from intake.tags import moment

TITLE = "收件回执"
_FLAGS = {
    "stored_late": "内容在截止前送达，存盘在截止后；两个时间都已记下，由活动办公室认定。",
    "clock": "收到时服务器的时钟曾被拨回，时间按前一份的时间记下，由活动办公室认定。",
}


class Line(NamedTuple):
    """One fact of a receipt."""

    label: str
    value: str


def lines(submission: Submission) -> list[Line]:
    """Everything a receipt tells, in its order. No name or number of a nominee is among it."""
    held = campaign()
    unit = held.unit_by_slug[submission.unit]
    told = [
        Line("回执编号", submission.number),
        Line("活动", held.title),
        Line("报送单位", f"{unit.bureau}（{unit.slug}）"),
        Line("报送内容", f"{held.document_title(submission.document)}（{submission.document}）"),
        Line("提交人", submission.by),
        Line("收到时间", _stamp(submission.received_at, held)),
        Line("存盘时间", _stamp(submission.stored_at, held)),
        Line("内容摘要", submission.digest),
        Line("内容长度", f"{submission.size} 字节"),
    ]
    told += [
        Line(f"附件 {index}", f"{path}（{kept['size']} 字节，{kept['digest']}）")
        for index, (path, kept) in enumerate(sorted(submission.files.items()), 1)
    ]
    told += [
        Line("本单位第几份", f"第 {submission.seq} 份"),
        Line("前一份的链值", submission.previous or "无"),
        Line("本份的链值", submission.hash),
    ]
    return told + [Line("说明", _FLAGS[flag]) for flag in submission.flags if flag in _FLAGS]


def text(submission: Submission) -> str:
    """The receipt as a plain text file, ending in a line break: the bytes that are signed."""
    body = "".join(f"{line.label}：{line.value}\n" for line in lines(submission))
    return f"{TITLE}\n{body}"


def in_time(submission: Submission) -> Timing:
    """Whether it came in time by the deadline that holds for it, extensions granted by now included."""
    held = campaign()
    if submission.received_at <= held.deadline + held.grace:
        return Timing.ON_TIME
    item = held.item_by_id[submission.item]
    until, _ = deadline(held, ledger_of(submission.unit), item, submission.document)
    if submission.received_at <= until:
        return Timing.EXTENDED
    return Timing.FORFEITED if item.late is Late.FORFEITS else Timing.LATE


def _stamp(at: datetime, held: Campaign) -> str:
    return f"{moment(at)}（{at.astimezone(held.timezone).isoformat()}）"
