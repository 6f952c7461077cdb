"""What may no longer change: documents that were accepted, or whose deadline is over.

The ledger on the base decides. A file beside the documents is as closed as the document that lists it: an
attachment as the list of materials, a photo as the nomination it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from build_tools.campaign import Item
from build_tools.checks import Examination
from build_tools.checks import proposals as rules
from build_tools.checks.timeliness import when
from build_tools.findings import Finding, Place
from build_tools.history import Change
from build_tools.ledger import Event, Kind
from build_tools.standing import Stage, standing
from build_tools.submissions import CITIES, UnitFolder

_PROBE = "?"


def locked(
    before: Examination, changes: tuple[Change, ...], came: Mapping[str, datetime]
) -> Iterator[Finding]:
    """A finding for each change of something closed; ``before`` is the base at the moment of judging, ``came`` says
    when each path was sent."""
    for folder in before.submissions.folders.values():
        start = f"{CITIES}/{folder.slug}/"
        for change in changes:
            if change.path.startswith(start):
                yield from _closed(before, folder, change, came[change.path])


def _closed(before: Examination, folder: UnitFolder, change: Change, came: datetime) -> Iterator[Finding]:
    campaign = before.campaign
    path = change.path.removeprefix(f"{CITIES}/{folder.slug}/")
    what = "删去" if change.new is None else "改动"
    for item, name in _documents(before, folder, path):
        now = folder.standing(campaign, item, name)
        place = Place(change.path)
        title = campaign.document_title(name)
        if now.stage is Stage.ACCEPTED:
            yield rules.ALREADY_ACCEPTED.finding(place, clause=item.clause, document=title, what=what)
            return
        probe = Event(10**6, came, Kind.RECEIVED, name, (), _PROBE)
        then = standing(campaign, folder.ledger.expecting([probe]), item, name)
        refused = any(event.digest == _PROBE for event in then.set_aside)
        listed = campaign.item_of(path) is None  # what comes too late itself is said by the rules of time
        if refused or (listed and then.forfeited and not now.forfeited):
            deadline = when(then.deadline, campaign)
            yield rules.DEADLINE_PASSED.finding(
                place, clause=item.clause, document=title, what=what, deadline=deadline
            )
            return


def _documents(before: Examination, folder: UnitFolder, path: str) -> Iterator[tuple[Item, str]]:
    """The documents that ``path`` is, or belongs to."""
    campaign = before.campaign
    located = campaign.item_of(path)
    if located is not None:
        yield located[0], located[0].document(located[1])
        return
    for document in folder.documents:
        item = campaign.item_by_id[document.item]
        if item.photo and document.field(item.photo) == path:
            yield item, document.name
    materials = campaign.materials
    if materials is not None and materials.attachments and path.startswith(f"{materials.attachments}/"):
        yield materials, materials.document()
