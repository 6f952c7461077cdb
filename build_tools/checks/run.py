"""Run every rule over a campaign.

Documents are read and checked in worker processes when there are many; what needs a wider view (a
unit, all units) runs afterwards in this one. Findings come back sorted by path and line.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context

from build_tools.campaign import Campaign, load_campaign
from build_tools.checks import registry
from build_tools.checks.rule import Context
from build_tools.clock import moment
from build_tools.findings import Finding, Severity, errors
from build_tools.schema import validate
from build_tools.submissions import Document, Listed, Submissions, list_submissions, read_document
from build_tools.tree import Tree

Progress = Callable[[int, int], None]
"""Called with (documents done, documents in all)."""

_MANY, _CHUNK = 600, 250


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
    progress: Progress | None = None,
) -> Examination:
    """Read and check the campaign in ``tree``; raises ``BrokenCampaign``.

    ``now`` is the moment it is judged at; without one, the campaign's clock (see ``clock``).
    """
    campaign = campaign or load_campaign(tree)
    now = moment(campaign) if now is None else now
    submissions = list_submissions(tree, campaign)
    listed = [entry for folder in submissions.folders.values() for entry in folder.listed]
    found: list[Finding] = []
    done = 0
    for documents, findings in _examined(tree, campaign, listed):
        for document in documents:
            submissions.folders[document.unit].documents.append(document)
        found.extend(findings)
        done += len(documents)
        if progress:
            progress(done, len(listed))
    context = Context(campaign, submissions, now)
    for folder in submissions.folders.values():
        for unit_rule in registry.UNIT_RULES:
            found.extend(unit_rule.check(folder, context))
    for campaign_rule in registry.CAMPAIGN_WIDE_RULES:
        found.extend(campaign_rule.check(context))
    answered = _answered(found, submissions)
    return Examination(campaign, submissions, tuple(sorted(answered, key=Finding.sort_key)), now)


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


_Part = tuple[list[Document], list[Finding]]


def _examine_part(tree: Tree, campaign: Campaign, part: Sequence[Listed]) -> _Part:
    documents, findings = [], []
    for listed in part:
        document, _ = read_document(tree, listed)
        findings.extend(check_document(document, campaign))
        document.source = None
        documents.append(document)
    return documents, findings


_shared: tuple[Tree, Campaign] | None = None


def _in_worker(part: Sequence[Listed]) -> _Part:
    if _shared is None:
        raise AssertionError("set before the fork")
    return _examine_part(*_shared, part)


def _examined(tree: Tree, campaign: Campaign, listed: list[Listed]) -> Iterator[_Part]:
    global _shared  # noqa: PLW0603 - forked workers inherit the campaign instead of receiving a copy
    cores = os.cpu_count() or 1
    if len(listed) < _MANY or cores < 2 or not hasattr(os, "fork"):
        yield _examine_part(tree, campaign, listed)
        return
    parts = [listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK)]
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
