"""Run every rule over a campaign.

Documents are read and checked in worker processes when there are many; what needs a wider view (a
unit, all units) runs afterwards in this one. Findings come back sorted by path and line.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from typing import NamedTuple

from build_tools.campaign import BrokenCampaign, Campaign, load_campaign
from build_tools.checks import registry
from build_tools.checks.rule import Context
from build_tools.clock import moment
from build_tools.findings import Finding, Severity, errors
from build_tools.ledger import Ledger
from build_tools.schema import validate
from build_tools.submissions import (
    Document,
    Listed,
    Submissions,
    UnitFolder,
    list_submissions,
    read_document,
    read_ledger,
)
from build_tools.tree import Entry, Tree

Progress = Callable[[int, int], None]
"""Called with (files done, files in all)."""

_MANY, _CHUNK, _CHUNK_OF_LEDGERS = 600, 250, 20


@dataclass(frozen=True)
class Examination:
    """A campaign as read and judged at one moment: the input of everything that shows it."""

    campaign: Campaign
    submissions: Submissions
    findings: tuple[Finding, ...]
    now: datetime

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return errors(self.findings)

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return len(self.findings) - self.errors


def examine(
    tree: Tree,
    now: datetime | None = None,
    *,
    campaign: Campaign | None = None,
    proposed: frozenset[str] = frozenset(),
    progress: Progress | None = None,
) -> Examination:
    """Read and check the campaign in ``tree``; raises ``BrokenCampaign``.

    ``now`` is the moment it is judged at; without one, the campaign's clock (see ``clock``). ``proposed``
    are the paths of documents that are not received yet (see :class:`Context`).
    """
    campaign = campaign or load_campaign(tree)
    now = moment(campaign) if now is None else now
    with _without_collector():
        return _examine(tree, now, campaign, proposed, progress)


@contextmanager
def _without_collector() -> Iterator[None]:
    """No cycle collection meanwhile: reading makes millions of objects and no cycles, and looking for
    some among all that is kept would take most of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _examine(
    tree: Tree, now: datetime, campaign: Campaign, proposed: frozenset[str], progress: Progress | None
) -> Examination:
    submissions = list_submissions(tree, campaign)
    listed = [entry for folder in submissions.folders.values() for entry in folder.listed]
    total = len(listed) + len(submissions.ledger_files)
    context = Context(campaign, submissions, now, proposed)
    found: list[Finding] = []
    broken: list[Finding] = []
    done = 0
    for part in _examined(tree, campaign, submissions.ledger_files, listed):
        for ledger in part.ledgers:
            submissions.folders[ledger.unit].ledger = ledger.at(now)
        found.extend(part.findings)
        broken.extend(part.broken)
        for document in part.documents:
            folder = submissions.folders[document.unit]
            folder.documents.append(document)
            if len(folder.documents) == len(folder.listed) and not broken:
                # Ledgers came first, so this unit is complete; the workers are busy with the next ones.
                found.extend(_of_unit(folder, context))
        done += part.size
        if progress:
            progress(done, total)
    if broken:
        raise BrokenCampaign(broken)
    for folder in submissions.folders.values():
        if not folder.listed:
            found.extend(_of_unit(folder, context))
    for campaign_rule in registry.CAMPAIGN_WIDE_RULES:
        found.extend(campaign_rule.check(context))
    answered = _answered(found, submissions)
    return Examination(campaign, submissions, tuple(sorted(answered, key=Finding.sort_key)), now)


def _of_unit(folder: UnitFolder, context: Context) -> Iterator[Finding]:
    for rule in registry.UNIT_RULES:
        yield from rule.check(folder, context)


def check_document(document: Document, campaign: Campaign) -> list[Finding]:
    """Everything that can be said of one freshly read document on its own."""
    source = document.source
    if source is None:
        raise AssertionError("the document was just read")
    if source.findings:
        return list(source.findings)
    item = campaign.item_by_id[document.item]
    found = list(validate(source, item.schema))
    if found:
        return found
    for rule in registry.DOCUMENT_RULES:
        found.extend(rule.check(document, item, campaign))
    return found


class _Part(NamedTuple):
    """What one process read: documents and their findings, ledgers, and what breaks the campaign."""

    size: int
    documents: list[Document]
    findings: list[Finding]
    ledgers: list[Ledger]
    broken: list[Finding]


def _examine_part(tree: Tree, campaign: Campaign, files: Sequence[Entry | Listed]) -> _Part:
    part = _Part(len(files), [], [], [], [])
    for file in files:
        if isinstance(file, Listed):
            document, _ = read_document(tree, file)
            part.findings.extend(check_document(document, campaign))
            document.source = None
            part.documents.append(document)
        else:
            ledger, broken = read_ledger(tree, campaign, file)
            part.ledgers.extend([ledger] if ledger else [])
            part.broken.extend(broken)
    return part


_shared: tuple[Tree, Campaign] | None = None


def _in_worker(files: Sequence[Entry | Listed]) -> _Part:
    if _shared is None:
        raise AssertionError("set before the fork")
    return _examine_part(*_shared, files)


def _examined(
    tree: Tree, campaign: Campaign, ledgers: Sequence[Entry], listed: Sequence[Listed]
) -> Iterator[_Part]:
    global _shared  # noqa: PLW0603 - forked workers inherit the campaign instead of receiving a copy
    cores = os.cpu_count() or 1
    if len(ledgers) + len(listed) < _MANY or cores < 2 or not hasattr(os, "fork"):
        yield _examine_part(tree, campaign, [*ledgers, *listed])
        return
    parts: list[Sequence[Entry | Listed]] = [
        *(ledgers[start : start + _CHUNK_OF_LEDGERS] for start in range(0, len(ledgers), _CHUNK_OF_LEDGERS)),
        *(listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK)),
    ]
    _shared = (tree, campaign)
    try:
        with ProcessPoolExecutor(cores, mp_context=get_context("fork")) as pool:
            yield from pool.map(_in_worker, parts)
    finally:
        _shared = None


def _answered(found: list[Finding], submissions: Submissions) -> list[Finding]:
    """Mark the warnings that the unit explained in its ``notes`` at the same field."""
    notes = {d.path: d.notes for d in submissions.documents() if d.notes}
    if not notes:
        return found
    return [
        finding.answer()
        if finding.severity is Severity.WARNING
        and finding.pointer.split("/")[1:2]
        and finding.pointer.split("/")[1] in notes.get(finding.place.path, {})
        else finding
        for finding in found
    ]
