"""What may no longer change: documents that were accepted, or whose deadline is over.

The ledger on the base decides. A file beside the documents is as closed as the documents that name it: an attachment
as the list of materials, a photo as the nomination it belongs to. While one of them is open, so is the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from build_tools.campaign import Item
from build_tools.checks import Examination
from build_tools.checks import proposals as rules
from build_tools.checks.materials import references
from build_tools.checks.timeliness import limit_of
from build_tools.findings import Finding, Place, Rule
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
    """A finding when each document that the file is, or belonged to, is closed; a new file belongs to none yet."""
    path = change.path.removeprefix(f"{CITIES}/{folder.slug}/")
    campaign = before.campaign
    findings = []
    for item, name in _documents(before, folder, path):
        now = folder.standing(campaign, item, name)
        words = {"document": campaign.document_title(name), "what": "改动" if change.new else "删去"}
        if now.stage is Stage.ACCEPTED:
            closed: Finding | None = _told(rules.ALREADY_ACCEPTED, change, item, words)
        else:
            probe = Event(10**6, came, Kind.RECEIVED, name, (), _PROBE)
            then = standing(campaign, folder.ledger.expecting([probe]), item, name)
            refused = any(event.digest == _PROBE for event in then.set_aside)
            # What comes too late itself is said by the rules of time.
            beside = campaign.item_of(path) is None and then.forfeited and not now.forfeited
            limit, deadline = limit_of(campaign, now, then.deadline)
            late = {**words, "limit": limit, "deadline": deadline}
            closed = _told(rules.DEADLINE_PASSED, change, item, late) if refused or beside else None
        findings.append(closed)
    if findings and all(findings):
        yield from filter(None, findings[:1])


def _told(rule: Rule, change: Change, item: Item, words: dict[str, Any]) -> Finding:
    return rule.finding(Place(change.path), clause=item.clause, **words)


def _documents(before: Examination, folder: UnitFolder, path: str) -> list[tuple[Item, str]]:
    """The documents that ``path`` is, or that name it."""
    campaign = before.campaign
    located = campaign.item_of(path)
    if located is not None:
        return [(located[0], located[0].document(located[1]))]
    named = {one.document.name: one.document for one in references(folder, campaign) if one.path == path}
    return [(campaign.item_by_id[document.item], name) for name, document in named.items()]
