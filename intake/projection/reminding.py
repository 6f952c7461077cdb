"""催报函 by mail, as the desk asked for them: written when they are sent, so that nobody is reminded of what has come.

That one was asked for is a line of the audit trail; another line says what became of it. Of several that wait for a
unit, because the mail server was down, only the last is sent.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from django.db.models import Max, QuerySet

from build_tools.checks import examine
from build_tools.progress import assess
from build_tools.reminders.letter import letter
from build_tools.reminders.mail import is_address, mail
from build_tools.reminders.plan import Reminder, plan
from build_tools.reminders.post import sender
from build_tools.submissions import LEDGER
from intake.current import campaign, now, standing_tree
from intake.people.audit import note
from intake.people.models import Audit
from intake.projection.judging import Part
from intake.projection.notice import Notice

ASKED, MAILED, NOT_MAILED, DROPPED = (
    "office-reminded",
    "reminder-mailed",
    "reminder-not-mailed",
    "reminder-dropped",
)
OUTCOMES = (MAILED, NOT_MAILED, DROPPED)
_BACK = timedelta(days=1)
"""What was asked for earlier is not sent any more."""


def last_asked() -> QuerySet[Audit]:
    """The last line of each unit that asked for a reminder."""
    last = Audit.objects.filter(action=ASKED).order_by().values("unit").annotate(last=Max("id"))
    return Audit.objects.filter(pk__in=last.values("last"))


def waiting() -> Iterator[Notice]:
    """The reminders of the last day that are not sent yet; raises ``BrokenCampaign`` where nothing can be told."""
    since = now() - _BACK
    settled = {line.detail.get("asked") for line in Audit.objects.filter(action__in=OUTCOMES, at__gte=since)}
    asked = {line.unit: line.pk for line in last_asked().filter(at__gte=since) if line.pk not in settled}
    by = sender(os.environ, campaign()) if asked else ""
    if not by:
        return
    reminders = {reminder.unit.slug: reminder for reminder in _reminders(set(asked))}
    for slug, number in asked.items():
        reminder = reminders.get(slug)
        contact = reminder.unit.contact if reminder and reminder.duties else None
        if reminder is None or contact is None or not is_address(contact.email):
            note(None, DROPPED, unit=slug, asked=number)
            continue
        made = mail(letter(reminder), by, occasion=str(number))
        yield Notice(by, contact.email, made.data, slug, MAILED, NOT_MAILED, detail={"asked": number})


def _reminders(slugs: set[str]) -> tuple[Reminder, ...]:
    """What these units still owe, by their own files: no other unit's are read."""
    held = campaign()
    units = tuple(unit for unit in held.units if unit.slug in slugs)
    starts = tuple(start for unit in units for start in (f"{unit.folder}/", f"{LEDGER}/{unit.slug}.yml"))
    narrow = replace(held, units=units)
    return plan(assess(examine(Part(standing_tree(), starts), now(), campaign=narrow))) if units else ()
