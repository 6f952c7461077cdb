"""The letter (催报函) to one unit, as plain text. It names items, dates and the office; never a nominee or a finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from build_tools.campaign import Campaign, Late
from build_tools.progress import ItemProgress, date_text, moment_text, names
from build_tools.reminders.plan import Reminder
from build_tools.reminders.wording import deadline_text, one_line
from build_tools.reporters.text import display_width

SAMPLE = "【示例】"
_INDENT = "　　"
_COLUMNS = 66


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be sent: its subject on one line, its body with a final line break."""

    reminder: Reminder
    subject: str
    body: str

    @property
    def text(self) -> str:
        """Subject and body together, to be pasted elsewhere."""
        return f"{self.subject}\n\n{self.body}"


def letter(reminder: Reminder) -> Letter:
    """The letter to the unit of ``reminder``, which has at least one duty."""
    return Letter(reminder, _subject(reminder), "".join(f"{line}\n" for line in _lines(reminder)))


def _subject(reminder: Reminder) -> str:
    campaign, now = reminder.campaign, reminder.now
    sample = SAMPLE if campaign.is_demo else ""
    late = now > reminder.deadline
    when = "已逾期" if late else f"{moment_text(reminder.deadline, now)}截止"
    return f"{sample}催报：{one_line(campaign.short_title)}（{one_line(reminder.unit.bureau)}，{when}）"


def _lines(reminder: Reminder) -> Iterator[str]:
    campaign, now = reminder.campaign, reminder.now
    if campaign.is_demo:
        yield f"{SAMPLE}{one_line(campaign.demo_note)}"
        yield ""
    yield f"{one_line(reminder.unit.bureau)}："
    yield ""
    yield (
        f"{_INDENT}《{one_line(campaign.title)}》要求{one_line(campaign.deadline_text)}报送材料。"
        f"截至{moment_text(now, now)}，贵单位还有以下 {len(reminder.duties)} 项没有办结，请抓紧办理："
    )
    yield ""
    for number, duty in enumerate(reminder.duties, 1):
        needed = one_line(duty.needed)
        yield f"{_INDENT}{number}. {one_line(duty.title)}：{needed}。期限{deadline_text(duty, now)}。"
    yield ""
    yield from (f"{_INDENT}{sentence}" for sentence in _remarks(reminder))
    yield ""
    for line in (one_line(campaign.receiver), date_text(now.date().isoformat())):
        yield "　" * max(2, (_COLUMNS - display_width(line)) // 2) + line


def _remarks(reminder: Reminder) -> Iterator[str]:
    campaign, unit = reminder.campaign, reminder.unit
    if reminder.lapsed:
        lapsed = one_line(names(reminder.lapsed))
        yield f"{lapsed}逾期未报，视为放弃；如有特殊情况，请与我们联系。"
    places = [text for item in reminder.progress.items if (text := _places(item, reminder))]
    if places:
        yield f"名额：{'；'.join(places)}。"
    yield f"通知规定：{one_line(campaign.effect_text)}"
    if campaign.repo_url:
        yield f"报送的文件和校验意见见 {campaign.repo_url} ，贵单位的文件夹是 {unit.folder} 。"
    yield f"材料已经报送的，请与我们核对收文登记。{_contact(campaign)}"


def _places(item: ItemProgress, reminder: Reminder) -> str:
    """The places of a nomination that may still be used or are too many; nothing where no table was supplied."""
    if item.quota is None or item.quota_left is None:
        return ""
    if reminder.now > item.deadline and item.item.late is Late.FORFEITS:
        return ""
    left = f"还可推荐 {item.quota_left} 名" if item.quota_left >= 0 else f"超出 {-item.quota_left} 名，请核减"
    return f"{one_line(item.item.nominee)} {item.quota} 名，已推荐 {item.quota - item.quota_left} 名，{left}"


def _contact(campaign: Campaign) -> str:
    """Whom to call; what is only history is not to be called."""
    contact = campaign.contact
    if not contact or contact["historical"]:
        return ""
    told = [f"联系人：{contact['name']}"]
    for key, label in (("phone", "电话"), ("fax", "传真"), ("email", "电子邮箱")):
        if contact.get(key):
            told.append(f"{label}：{contact[key]}")
    return one_line(f"{'，'.join(told)}。")
