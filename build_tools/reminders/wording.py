"""How a reminder speaks of days and deadlines, and how a text of the office's files becomes one line."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time

from build_tools.progress import moment_text, span, start_text
from build_tools.reminders.plan import Duty, Reminder

_NO_PART_OF_A_LINE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def one_line(text: str) -> str:
    """``text`` without line breaks, controls and marks of direction: it may stand in a header or in a list."""
    kept = (" " if unicodedata.category(c) in _NO_PART_OF_A_LINE else c for c in text)
    return " ".join(word for word in "".join(kept).split(" ") if word)


def day_text(day: date, now: datetime) -> str:
    """``8月21日``; the year only where it is not this one."""
    return start_text(datetime.combine(day, time(), now.tzinfo), now)


def sending_text(reminder: Reminder) -> str:
    """When the unit is written to."""
    if reminder.day is None:
        return "不再发"
    return "今天发" if reminder.due else f"{day_text(reminder.day, reminder.now)}发"


def time_left(moment: datetime, now: datetime) -> str:
    """``还有 1 天 13 小时 5 分``, or how long it is past."""
    return f"已过 {span(now - moment)}" if now > moment else f"还有 {span(moment - now)}"


def deadline_text(duty: Duty, now: datetime) -> str:
    """``8月25日18时（已延期），还有 2 天 8 小时 0 分``."""
    extended = "（已延期）" if duty.extended else ""
    return f"{moment_text(duty.deadline, now)}{extended}，{time_left(duty.deadline, now)}"
