"""The words of the desk: moments as a list shows them, flags, what to do next, and names of actions."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from build_tools.campaign import Campaign
from build_tools.progress import moment_text
from intake.current import campaign, now
from intake.journal.reviews import Review, State
from intake.people.models import Account

FLAGS = {
    "stored_late": "截止前收到、截止后存盘，请核定是否按时",
    "clock": "收到时服务器时钟倒退，请核对时间",
}
"""What a flag of a submission asks a person to look at."""

_CLOSING = time(17)
_SATURDAY = 5


def clock(moment: datetime | None) -> str:
    """``8月21日 10:00``, in the campaign's zone; the year only where it is not this one."""
    if moment is None:
        return ""
    local = moment.astimezone(campaign().timezone)
    year = f"{local.year}年" if local.year != now().year else ""
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


def person(account: Account) -> str:
    """Whoever did something, and that it was the unit itself where it was not the office."""
    return account.name if account.is_office else f"{account.name}（单位）"


def field_time(moment: datetime | None) -> str:
    """``2012-08-22T17:00``, as a field for a date and a time holds it."""
    return f"{moment.astimezone(campaign().timezone):%Y-%m-%dT%H:%M}" if moment else ""


def read_time(text: str) -> datetime | None:
    """The moment that was typed into such a field; ``None`` when it is no moment."""
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    zone = campaign().timezone
    try:
        return (read.replace(tzinfo=zone) if read.tzinfo is None else read).astimezone(zone)
    except (ValueError, OverflowError):
        return None


def return_due(held: Campaign, moment: datetime, granted: datetime | None = None) -> datetime:
    """By when a correction is asked for unless somebody says otherwise: 17:00 of the next working day, or when the
    extension ends that the unit was ``granted``, if that is later.

    Not beyond the campaign's end. Public holidays are not known: the officer looks at the date.
    """
    local = moment.astimezone(held.timezone)
    day = local.date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    due = datetime.combine(day, _CLOSING, held.timezone)
    due = max(due, granted.astimezone(held.timezone)) if granted else due
    return min(due, held.closes) if held.closes else due


def flags(review: Review) -> list[str]:
    """What has to be looked at by a person, in words."""
    line = review.submission
    told = [FLAGS.get(str(flag), str(flag)) for flag in line.flags]
    if line.trouble:
        told.append(f"系统没有办成：{line.trouble}")
    if review.refused:
        told.append(f"上次办理没有办成：{review.refused}")
    return told


def timing(review: Review) -> str:
    """按时, 逾期 and the like; empty where the campaign has no such item any more."""
    if review.aside:
        return "截止后另交"
    return review.timing.label if review.timing else ""


def next_step(review: Review, moment: datetime) -> str:
    """What the officer does with it now."""
    state, until = review.state, review.until
    if state is State.RETURNED:
        if review.overdue(moment):
            return "电话催改，修改期限已过"
        return f"等单位修改，期限{moment_text(until, moment)}" if until else "等单位修改"
    if state is State.PENDING:
        return "等一两秒，正在写入台账"
    if state in (State.ACCEPTED, State.WITHDRAWN):
        return ""
    if review.refused:
        return "看清原因，重新办理"
    if review.submission.trouble:
        return "联系维护人员"
    if state is State.JUDGING:
        return "等校验完"
    if review.forfeited:
        return "不能受理；要收的先办延期"
    if review.aside:
        return "不采用；要采用的先办延期"
    if state is State.FAULTY:
        return "退回修改"
    return "核对修改处，受理或再退回" if review.corrected else "审核，受理或退回"
