"""Run every rule over a campaign.

What can be said of a unit alone is said where the unit is read, in worker processes when there are many;
what needs a wider view runs afterwards in this one. Findings come back sorted by path and line.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType

from build_tools.campaign import BrokenCampaign, Campaign, load_campaign
from build_tools.checks import registry
from build_tools.checks.memory import Memory
from build_tools.checks.rule import Context
from build_tools.checks.similar import Compared
from build_tools.checks.spread import reports
from build_tools.checks.unit import UnitReport
from build_tools.clock import moment
from build_tools.findings import Finding, Severity, errors
from build_tools.submissions import Submissions, list_submissions, misplaced_ledger
from build_tools.tree import Tree

Progress = Callable[[int, int], None]
"""Called with (files done, files in all)."""


@dataclass(frozen=True)
class Judgement:
    """A campaign as judged at one moment. ``files`` is the number of documents that were read."""

    campaign: Campaign
    now: datetime
    findings: tuple[Finding, ...]
    files: int

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return errors(self.findings)

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return len(self.findings) - self.errors


@dataclass(frozen=True)
class Examination(Judgement):
    """A judgement with all that was read: the input of everything that shows the campaign."""

    submissions: Submissions


def examine(
    tree: Tree,
    now: datetime | None = None,
    *,
    campaign: Campaign | None = None,
    proposed: Mapping[str, datetime] = MappingProxyType({}),
    progress: Progress | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> Examination:
    """Read and check the campaign in ``tree``; raises ``BrokenCampaign``.

    ``now`` is the moment it is judged at; without one, the campaign's clock (see ``clock``). ``proposed``
    are the paths of documents that are not received yet, and when they came (see :class:`Context`). ``meanwhile`` is called
    once: work for this process while others read, where there are others.
    """
    read = partial(reports, contents=True, meanwhile=meanwhile)
    context, findings = _run(tree, now, campaign, proposed=proposed, progress=progress, read=read)
    submissions = context.submissions
    return Examination(context.campaign, context.now, findings, submissions.listed, submissions)


def judge(
    tree: Tree,
    now: datetime | None = None,
    *,
    campaign: Campaign | None = None,
    proposed: Mapping[str, datetime] = MappingProxyType({}),
    memory: Memory | None = None,
    progress: Progress | None = None,
) -> Judgement:
    """:func:`examine` for whoever wants the findings only: nothing that was sent is kept.

    ``memory`` knows units that were judged before, where the tree can name them without reading.
    """
    read = partial(reports, contents=False, memory=memory)
    compared = memory.compared() if memory else {}
    context, findings = _run(
        tree, now, campaign, proposed=proposed, progress=progress, read=read, compared=compared
    )
    if memory:
        memory.keep_compared(compared)
        memory.tidy()
    return Judgement(context.campaign, context.now, findings, context.submissions.listed)


def _run(
    tree: Tree,
    now: datetime | None,
    campaign: Campaign | None,
    *,
    proposed: Mapping[str, datetime],
    progress: Progress | None,
    read: Callable[[Context], Iterator[UnitReport]],
    compared: Compared | None = None,
) -> tuple[Context, tuple[Finding, ...]]:
    campaign = campaign or load_campaign(tree)
    with without_collector():
        submissions = list_submissions(tree, campaign)
        context = Context(campaign, submissions, now or moment(campaign), proposed, compared)
        return context, _findings(context, read(context), progress)


@contextmanager
def without_collector() -> Iterator[None]:
    """No cycle collection meanwhile: reading makes millions of objects and no cycles, and looking for
    some among all that is kept would take most of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _findings(
    context: Context, units: Iterator[UnitReport], progress: Progress | None
) -> tuple[Finding, ...]:
    submissions = context.submissions
    total = submissions.listed + sum(
        folder.ledger_file is not None for folder in submissions.folders.values()
    )
    judged: list[UnitReport] = []
    done = 0
    for report in units:
        judged.append(report)
        folder = submissions.folders[report.slug]
        folder.documents, folder.ledger = report.documents, report.ledger or folder.ledger
        done += report.files
        if progress:
            progress(done, total)
    order = {slug: place for place, slug in enumerate(submissions.folders)}
    judged.sort(key=lambda report: order[report.slug])
    broken = [misplaced_ledger(entry) for entry in submissions.stray_ledgers]
    broken += [finding for report in judged for finding in report.broken]
    if broken:
        raise BrokenCampaign(broken, submissions.tree)
    found = [finding for report in judged for finding in report.findings]
    for index, rule in enumerate(registry.CAMPAIGN_WIDE_RULES):
        found.extend(rule.check(context, [report.gathered[index] for report in judged]))
    explained = {path: fields for report in judged for path, fields in report.explained.items()}
    return tuple(sorted(_answered(found, explained), key=Finding.sort_key))


def _answered(found: list[Finding], explained: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """Mark the warnings that the unit explained in its ``notes`` at the same field."""
    for finding in found:
        field = finding.pointer.split("/")[1:2]
        known = field and field[0] in explained.get(finding.place.path, ())
        yield finding.answer() if known and finding.severity is Severity.WARNING else finding
