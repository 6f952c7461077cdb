"""From reminders to letters on disk or in the post, each said once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from build_tools.campaign import Campaign, Unit
from build_tools.reminders.letter import letter
from build_tools.reminders.mail import Mail, mail
from build_tools.reminders.plan import Reminder
from build_tools.reminders.post import Outcome, Post, deliver
from build_tools.reminders.record import Record, opened


def to_write(reminders: Iterable[Reminder], *, everybody: bool) -> list[Reminder]:
    """Those who are written to: who has something left to do and is due today, or ``everybody`` who has."""
    return [reminder for reminder in reminders if reminder.duties and (everybody or reminder.due)]


def write(reminders: Sequence[Reminder], units: Iterable[Unit], sender: str, out: Path) -> None:
    """Write ``<slug>.txt`` and ``<slug>.eml`` of each reminder into the folder ``out``; raises :class:`OSError`.

    Letters of ``units`` that an earlier run left there and that nobody is to send any more are taken away.
    """
    out.mkdir(parents=True, exist_ok=True)
    files: dict[str, bytes] = {}
    for reminder in reminders:
        written = letter(reminder)
        files[f"{reminder.unit.slug}.txt"] = written.text.encode()
        files[f"{reminder.unit.slug}.eml"] = mail(written, sender).data
    for unit in units:
        for name in (f"{unit.slug}.txt", f"{unit.slug}.eml"):
            if name not in files:
                (out / name).unlink(missing_ok=True)
    for name, data in files.items():
        (out / name).write_bytes(data)


class Told(NamedTuple):
    """A unit that was sent exactly this already, and when."""

    reminder: Reminder
    at: datetime


class Turn(NamedTuple):
    """Whose turn it is: who is to be sent a mail, who was sent it already, who has no address."""

    ready: tuple[Reminder, ...]
    told: tuple[Told, ...]
    unreachable: tuple[Reminder, ...]


def whose_turn(reminders: Iterable[Reminder], record: Record) -> Turn:
    """Sort those who are written to by what ``record`` holds."""
    ready: list[Reminder] = []
    told: list[Told] = []
    unreachable: list[Reminder] = []
    for reminder in reminders:
        at = record.sent_at(reminder)
        if at is not None:
            told.append(Told(reminder, at))
        elif reminder.unit.contact and reminder.unit.contact.email:
            ready.append(reminder)
        else:
            unreachable.append(reminder)
    return Turn(tuple(ready), tuple(told), tuple(unreachable))


def send(
    reminders: Sequence[Reminder], campaign: Campaign, post: Post, sender: str, path: Path
) -> Iterator[Turn | Outcome[Mail]]:
    """First whose turn it is, then what became of each mail; the record at ``path`` is locked meanwhile.

    Raises :class:`NoServer`, :class:`RecordTrouble` or :class:`OSError`.
    """
    with opened(path, campaign) as record:
        turn = whose_turn(reminders, record)
        yield turn
        if not turn.ready:
            return
        for outcome in deliver(post, (mail(letter(reminder), sender) for reminder in turn.ready)):
            if outcome.accepted:
                record.note(outcome.mail.letter.reminder)
            yield outcome
