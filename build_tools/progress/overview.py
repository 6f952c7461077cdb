"""All units at one moment: from an examination to a :class:`CampaignProgress`. Linear in units."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime, timedelta

from build_tools.campaign import Campaign, Item
from build_tools.checks import Examination
from build_tools.findings import Severity
from build_tools.progress import steps
from build_tools.progress.documents import UnitRecord, by_unit
from build_tools.progress.items import items_of
from build_tools.progress.model import CampaignProgress, Happening, ItemProgress, ItemRate, UnitProgress
from build_tools.progress.states import Phase, State, UnitState

_LATEST = 20


def assess(examination: Examination) -> CampaignProgress:
    """How every unit stands at the examination's moment, and the campaign as a whole.

    Source of the rules: the notice's deadline and its effect as ``campaign.yml`` states them, and
    ``standing`` for what the ledger says.
    """
    campaign, now = examination.campaign, examination.now
    phase = phase_at(campaign, now)
    findings = by_unit(campaign, examination.findings)
    places: dict[str, tuple[Item, int] | None] = {}
    units = []
    for unit in campaign.units:
        folder = examination.submissions.folders[unit.slug]
        record = UnitRecord(campaign, unit, folder, now, findings.get(unit.slug, []), places)
        units.append(_unit(record, phase))
    called = [(unit, index) for index, unit in enumerate(units) if unit.call]
    called.sort(
        key=lambda entry: (entry[0].call.urgency if entry[0].call else 0, -_lacking(entry[0]), entry[1])
    )
    return CampaignProgress(
        campaign=campaign,
        now=now,
        units=tuple(units),
        items=tuple(_rates(campaign, units)),
        phase=phase,
        time_left=max(timedelta(0), campaign.deadline + campaign.grace - now),
        call_list=tuple(unit for unit, _ in called),
        latest=_latest(examination),
    )


def phase_at(campaign: Campaign, now: datetime) -> Phase:
    """Where ``now`` stands; the deadline's own second is still in time, and so is the closing's."""
    last = campaign.deadline + campaign.grace
    if now < campaign.opens:
        return Phase.BEFORE
    if now <= last:
        return Phase.LAST_DAY if last - now < steps.DAY else Phase.OPEN
    return Phase.PAST if campaign.closes is None or now <= campaign.closes else Phase.CLOSED


def _unit(record: UnitRecord, phase: Phase) -> UnitProgress:
    items = items_of(record)
    loose = _loose_errors(record, items)
    state = _state(record, items, loose)
    until, extended = _deadline(items, record.now)
    return UnitProgress(
        unit=record.unit,
        items=items,
        state=state,
        deadline=until,
        extended=extended,
        findings=tuple(record.findings),
        loose_errors=loose,
        last_event=max(record.folder.ledger.events, key=lambda event: (event.at, event.seq), default=None),
        next_step=steps.next_step(record.campaign, record.now, phase, items, state, loose=loose),
        next_office_step=steps.office_step(items, record.now, phase),
        call=steps.call(items, record.now, phase, loose=loose),
    )


def _state(record: UnitRecord, items: tuple[ItemProgress, ...], loose: int) -> UnitState:
    documents = [document for item in items for document in item.documents]
    counting = [document for document in documents if document.counts]
    if steps.overdue(items, record.now):
        return UnitState.OVERDUE
    if loose or any(document.errors for document in counting):
        return UnitState.FAULTY
    if any(document.state is State.RETURNED for document in counting):
        return UnitState.RETURNED
    if not counting:
        return UnitState.NOTHING
    if not all(item.complete for item in items):
        return UnitState.PARTLY
    if any(document.state is not State.ACCEPTED for document in counting):
        return UnitState.WAITING
    return UnitState.DONE


def _loose_errors(record: UnitRecord, items: tuple[ItemProgress, ...]) -> int:
    """How many errors the unit has to mend in files that are none of its documents: materials, strays."""
    documents = {document.path for item in items for document in item.documents}
    return sum(
        finding.severity is Severity.ERROR
        and finding.place.path.startswith(record.unit.folder + "/")
        and finding.place.path not in documents
        for finding in record.findings
    )


def _deadline(items: tuple[ItemProgress, ...], now: datetime) -> tuple[datetime, bool]:
    missing = [(item.deadline, item.extended) for item in items if item.missing]
    still_open = [entry for entry in missing if now <= entry[0]]
    if still_open:
        return min(still_open)
    return max(missing) if missing else min((item.deadline, item.extended) for item in items)


def _lacking(unit: UnitProgress) -> int:
    return unit.parts_owed - unit.parts_done


def _rates(campaign: Campaign, units: list[UnitProgress]) -> Iterable[ItemRate]:
    for index, item in enumerate(campaign.items):
        mine = [(unit.unit, unit.items[index]) for unit in units]
        owing = [(unit, progress) for unit, progress in mine if progress.owed]
        yield ItemRate(
            item=item,
            expected=len(owing),
            reported=sum(progress.reported for _, progress in owing),
            in_time=sum(progress.in_time for _, progress in owing),
            missing=tuple(unit for unit, progress in owing if progress.missing),
        )


def _latest(examination: Examination) -> tuple[Happening, ...]:
    campaign = examination.campaign
    events = (
        (event.at, event.seq, index, event)
        for index, unit in enumerate(campaign.units)
        for event in examination.submissions.folders[unit.slug].ledger.events
    )
    newest = heapq.nlargest(_LATEST, events, key=lambda entry: (entry[0], entry[1], -entry[2]))
    return tuple(
        Happening(campaign.units[index], event, campaign.document_title(event.document))
        for _, _, index, event in newest
    )
