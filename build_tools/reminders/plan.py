"""Which unit is reminded of what, and on which day. Who owes what is ``progress``' to say; here it is put in order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from build_tools.campaign import Campaign, Unit
from build_tools.progress import LOOSE, CampaignProgress, ItemProgress, Phase, UnitProgress

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing the unit still has to bring, in words, and the last second for it.

    ``day`` is the next day on which the unit is reminded of it, today when it is overdue; ``None`` when no day
    of reminding is left and what comes late is taken for given up.
    """

    title: str
    needed: str
    deadline: datetime
    extended: bool
    day: date | None


@dataclass(frozen=True)
class Reminder:
    """What one unit is told, or why the office calls it, at the moment ``now`` in the campaign's zone.

    ``duties`` is empty where there is nothing left to bring; ``lapsed`` names the items that are taken for given up.
    """

    campaign: Campaign
    progress: UnitProgress
    now: datetime
    duties: tuple[Duty, ...]
    lapsed: tuple[str, ...] = ()

    @property
    def unit(self) -> Unit:
        """Who is reminded."""
        return self.progress.unit

    @property
    def deadline(self) -> datetime:
        """The next deadline still open, else the last one missed."""
        dates = [duty.deadline for duty in self.duties] or [self.progress.deadline]
        return min((moment for moment in dates if self.now <= moment), default=max(dates))

    @property
    def day(self) -> date | None:
        """The next day on which a message is due; ``None`` when none is."""
        return min((duty.day for duty in self.duties if duty.day), default=None)

    @property
    def due(self) -> bool:
        """Whether a message is due today."""
        return self.day == self.now.date()

    @property
    def fingerprint(self) -> str:
        """What is said, to whom, and on which day, as a digest: what has been sent once is not sent again.

        While something is still open, each day of reminding is a moment of its own. What is only overdue is told
        once, until it changes.
        """
        today = self.now.date()
        still_open = [duty for duty in self.duties if self.now <= duty.deadline]
        overdue_only = self.due and not any(duty.day == today for duty in still_open)
        said = {
            "campaign": self.campaign.id,
            "unit": self.unit.slug,
            "to": self.unit.contact.email if self.unit.contact else "",
            "owed": [[duty.title, duty.needed, duty.deadline.isoformat()] for duty in self.duties],
            "day": None if overdue_only else today.isoformat(),
        }
        return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def plan(progress: CampaignProgress, slugs: Collection[str] = ()) -> tuple[Reminder, ...]:
    """Every unit that has something left to do, or is to be called, of ``slugs`` or of all; most urgent first.

    Nobody before the campaign opens and after it is closed.
    """
    if progress.phase in (Phase.BEFORE, Phase.CLOSED):
        return ()
    called = {unit.unit.slug: place for place, unit in enumerate(progress.call_list)}
    found = [
        reminder
        for unit in progress.units
        if not slugs or unit.unit.slug in slugs
        if (reminder := _reminder(progress, unit)).duties or unit.call
    ]
    last = len(called)
    return tuple(
        sorted(found, key=lambda reminder: (called.get(reminder.unit.slug, last), reminder.deadline))
    )


def _reminder(progress: CampaignProgress, unit: UnitProgress) -> Reminder:
    now = progress.now.astimezone(progress.campaign.timezone)
    return Reminder(
        campaign=progress.campaign,
        progress=unit,
        now=now,
        duties=tuple(_duties(progress, unit, now)),
        lapsed=tuple(item.item.title for item in unit.items if item.lapsed(now)),
    )


def _duties(progress: CampaignProgress, unit: UnitProgress, now: datetime) -> Iterator[Duty]:
    campaign = progress.campaign
    for item in unit.items:
        if item.waits_for_unit and not item.lapsed(now):
            until = item.due(now)
            yield Duty(
                item.item.title, item.needed, until, _moved(item, until), _day(campaign, now, until, item)
            )
    if unit.loose_errors:
        materials = unit.item(campaign.materials.id) if campaign.materials else None
        until, extended = (
            (materials.deadline, materials.extended) if materials else (unit.deadline, unit.extended)
        )
        needed = f"有 {unit.loose_errors} 处错误待改正"
        yield Duty(LOOSE, needed, until, extended, _day(campaign, now, until, None))


def _moved(item: ItemProgress, until: datetime) -> bool:
    """Whether an extension gave ``until``, to the item or to one of its documents."""
    standings = [document.standing for document in item.counting]
    return (item.extended and until == item.deadline) or any(
        standing.extended and until == standing.deadline for standing in standings
    )


def _day(campaign: Campaign, now: datetime, until: datetime, item: ItemProgress | None) -> date | None:
    """The next day of reminding, in the campaign's zone, of what is due at ``until``.

    A deadline at midnight belongs to the day that it ends.
    """
    today = now.date()
    if now > until:
        return today
    last = (until - _SECOND).astimezone(campaign.timezone).date()
    days = [last - timedelta(days=before) for before in campaign.reminders]
    if not (item and item.lapsed(until + _SECOND)):
        days.append((until + _SECOND).astimezone(campaign.timezone).date())
    return min((day for day in days if day >= today), default=None)
