"""The call list: whom the office telephones, most urgent first. It holds contacts and is the office's alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from build_tools.exports.csv import as_csv
from build_tools.exports.tables import Table, Value, demo_notes
from build_tools.progress import CampaignProgress, Phase, moment_text, start_text
from build_tools.reminders.plan import Duty, Reminder
from build_tools.reminders.wording import deadline_text, one_line, sending_text, time_left

FORMATS = ("text", "csv", "json")
_NOT_YET = "未到期"


def render(progress: CampaignProgress, reminders: Sequence[Reminder], form: str) -> bytes:
    """The list in one of :data:`FORMATS`; the same input gives the same bytes."""
    if form == "csv":
        return as_csv(_table(progress, reminders))
    if form == "json":
        return (json.dumps(_body(progress, reminders), ensure_ascii=False, indent=2) + "\n").encode()
    return "".join(f"{line}\n" for line in _lines(progress, reminders)).encode()


def _lines(progress: CampaignProgress, reminders: Sequence[Reminder]) -> Iterator[str]:
    campaign = progress.campaign
    yield f"催报名单：{one_line(campaign.short_title)}"
    yield _standing(progress, reminders)
    yield from map(one_line, demo_notes(campaign))
    for number, reminder in enumerate(reminders, 1):
        unit, call = reminder.unit, reminder.progress.call
        yield ""
        name, bureau = one_line(unit.name), one_line(unit.bureau)
        yield f"□ {number}. {name}（{bureau}）［{call.urgency.label if call else _NOT_YET}］"
        yield f"  {_contact(reminder)}"
        yield from (f"  {line}" for line in _owed(reminder))
        yield f"  催报函：{sending_text(reminder)}。"


def _owed(reminder: Reminder) -> Iterator[str]:
    """What is missing, item by item; a deadline that is the same for all of it is told once."""
    now = reminder.now
    deadlines = {deadline_text(duty, now) for duty in reminder.duties}
    for duty in reminder.duties:
        until = f"。期限{deadline_text(duty, now)}" if len(deadlines) > 1 else ""
        yield f"{one_line(duty.title)}：{one_line(duty.needed)}{until}。"
    yield from (f"{one_line(title)}：逾期未报，视为放弃。" for title in reminder.lapsed)
    if len(deadlines) == 1:
        yield f"期限：{deadlines.pop()}。"


def _standing(progress: CampaignProgress, reminders: Sequence[Reminder]) -> str:
    campaign, now = progress.campaign, progress.now
    if progress.phase is Phase.BEFORE:
        return f"活动自{start_text(campaign.opens, now)}开始，现在没有需要催报的单位。"
    if campaign.closes and progress.phase is Phase.CLOSED:
        return f"活动已于{moment_text(campaign.closes, now)}结束，不再催报。"
    if not reminders:
        return f"截至{moment_text(now, now)}，没有需要催报的单位。"
    due = sum(reminder.due for reminder in reminders)
    return f"截至{moment_text(now, now)}，{len(reminders)} 个单位还有事项没有办结，其中 {due} 个今天催报；急的在前。"


def _contact(reminder: Reminder) -> str:
    contact = reminder.unit.contact
    if contact is None:
        return "未登记联络员"
    told = [f"联系人：{one_line(contact.name)}"]
    told += [f"电话：{one_line(contact.phone)}"] if contact.phone else []
    told += [f"邮箱：{contact.email}"] if contact.email else ["未登记邮箱"]
    return "　".join(told)


def _table(progress: CampaignProgress, reminders: Sequence[Reminder]) -> Table:
    return Table(
        name="call-list",
        title="催报名单",
        columns=(
            "序号", "单位", "单位全称", "紧急程度", "联系人", "电话", "电子邮箱",
            "尚缺", "期限", "时间", "催报函", "催报事由",
        ),
        rows=tuple(_row(number, reminder) for number, reminder in enumerate(reminders, 1)),
        notes=(_standing(progress, reminders), *demo_notes(progress.campaign)),
    )  # fmt: skip


def _row(number: int, reminder: Reminder) -> tuple[Value, ...]:
    unit, contact, call = reminder.unit, reminder.unit.contact, reminder.progress.call
    owed = [f"{duty.title}：{duty.needed}" for duty in reminder.duties]
    owed += [f"{title}：逾期未报，视为放弃" for title in reminder.lapsed]
    return (
        number,
        one_line(unit.name),
        one_line(unit.bureau),
        call.urgency.label if call else _NOT_YET,
        one_line(contact.name) if contact else None,
        one_line(contact.phone) if contact else None,
        contact.email if contact else None,
        one_line("".join(f"{text}。" for text in owed)),
        reminder.deadline.astimezone(reminder.now.tzinfo),
        time_left(reminder.deadline, reminder.now),
        sending_text(reminder),
        one_line(call.reason) if call else None,
    )


def _body(progress: CampaignProgress, reminders: Sequence[Reminder]) -> dict[str, Any]:
    campaign = progress.campaign
    return {
        "campaign": {
            "id": campaign.id,
            "title": campaign.title,
            "demo": campaign.demo_note if campaign.is_demo else None,
        },
        "moment": progress.now.isoformat(),
        "units": [_unit(reminder) for reminder in reminders],
    }


def _unit(reminder: Reminder) -> dict[str, Any]:
    unit, call = reminder.unit, reminder.progress.call
    return {
        "unit": unit.slug,
        "name": unit.name,
        "bureau": unit.bureau,
        "contact": asdict(unit.contact) if unit.contact else None,
        "call": {"urgency": int(call.urgency), "label": call.urgency.label, "reason": call.reason}
        if call
        else None,
        "duties": [_duty(duty) for duty in reminder.duties],
        "lapsed": list(reminder.lapsed),
        "deadline": reminder.deadline.isoformat(),
        "day": reminder.day.isoformat() if reminder.day else None,
        "due": reminder.due,
    }


def _duty(duty: Duty) -> dict[str, Any]:
    return {
        "title": duty.title,
        "needed": duty.needed,
        "deadline": duty.deadline.isoformat(),
        "extended": duty.extended,
        "day": duty.day.isoformat() if duty.day else None,
    }
