"""Judge a pull request: its own faults first, then the whole campaign as it would be after the merge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from build_tools.campaign import Campaign
from build_tools.checks import Examination, Memory, Progress, examine, judge
from build_tools.checks.duplicates import DUPLICATES
from build_tools.checks.ledger_rules import REWRITTEN
from build_tools.findings import Finding, errors
from build_tools.history import GitTree
from build_tools.progress import UnitProgress, assess
from build_tools.proposal.locks import locked
from build_tools.proposal.proposal import Proposal
from build_tools.submissions import LEDGER

_CLASHES = frozenset(rule.code for rule in DUPLICATES.rules)


@dataclass(frozen=True)
class Verdict:
    """``own`` is what the pull request has to answer for, ``rest`` what the base shows without it.

    ``files`` documents were read; ``examination`` holds the units concerned, and nothing else, as they would be after
    the merge, with what would be found at them; ``None`` where nothing was let through.
    """

    campaign: Campaign
    now: datetime
    own: tuple[Finding, ...]
    rest: tuple[Finding, ...] = ()
    files: int = 0
    examination: Examination | None = None

    @property
    def units(self) -> tuple[UnitProgress, ...]:
        """How the units concerned would stand after the merge, in official order."""
        return assess(self.examination).units if self.examination else ()

    @property
    def errors(self) -> int:
        """How many of its own findings are errors."""
        return errors(self.own)


def judge_proposal(
    proposal: Proposal,
    now: datetime,
    *,
    times: Mapping[str, datetime] = MappingProxyType({}),
    memory: Memory | None = None,
    progress: Progress | None = None,
) -> Verdict:
    """Judge ``proposal`` at ``now``; ``memory`` knows units that were judged before.

    ``times`` says when a forge saw each path first; what it does not name, or names later than ``now``, came now.

    A finding is the pull request's own when it stands at a changed file or points to one, or when a unit concerned
    did not have it before; any unit, where the office changes what all are judged by. A clash between files is its own
    when it is new, and is told once, at its own file. Raises :class:`BrokenCampaign`.
    """
    campaign, paths = proposal.campaign, proposal.paths
    if not paths:
        return Verdict(campaign, now, _sorted(proposal.refused))
    came = {path: min(times.get(path, now), now) for path in paths}
    if proposal.sender.queued:  # each was in time when it was judged by itself; waiting makes none late
        came = dict.fromkeys(paths, min(now, campaign.deadline))
    before = _examined(proposal, proposal.base, now, {})
    after = _examined(proposal, proposal.merged, now, came)
    whole = judge(proposal.merged, now, campaign=campaign, proposed=came, memory=memory, progress=progress)
    clashes = [f for f in whole.findings if f.code in _CLASHES and _places(f) & paths]
    former = set()
    if clashes or proposal.touches_office:
        former = {_key(finding) for finding in judge(proposal.base, now, memory=memory).findings}
    if proposal.touches_office:
        fresh = {_key(finding) for finding in whole.findings} - former
    else:
        fresh = {_key(finding) for finding in after.findings} - {_key(finding) for finding in before.findings}
    own = [*proposal.refused, *locked(before, proposal.allowed, came)]
    for slug in proposal.concerned:
        ledgers = (examined.submissions.folders[slug].ledger for examined in (before, after))
        own += REWRITTEN.compare(*ledgers)
    rest: list[Finding] = []
    told = {finding.place.path for finding in clashes} & paths
    for finding in whole.findings:
        touched = _places(finding) & paths
        if finding.code not in _CLASHES:
            (own if touched or _key(finding) in fresh else rest).append(finding)
        elif not touched or _key(finding) in former:
            rest.append(finding)
        elif finding.place.path in paths or not touched & told:
            own.append(finding)
        # The other side of a clash that is told at the changed file already is not told again.
    folders = tuple(f"{unit.folder}/" for unit in after.campaign.units)
    about = (finding for finding in (*own, *rest) if finding.place.path.startswith(folders))
    after = replace(after, findings=_sorted(tuple(about)))
    return Verdict(campaign, now, _sorted(own), tuple(rest), whole.files, after)


def _examined(
    proposal: Proposal, tree: GitTree, now: datetime, proposed: Mapping[str, datetime]
) -> Examination:
    """The units concerned alone, with what they sent."""
    units = tuple(proposal.campaign.unit_by_slug[slug] for slug in proposal.concerned)
    folders = [unit.folder for unit in units] + [f"{LEDGER}/{unit.slug}.yml" for unit in units]
    narrow = replace(proposal.campaign, units=units)
    return examine(tree.only(*folders), now, campaign=narrow, proposed=proposed)


def _places(finding: Finding) -> set[str]:
    """Every file that the finding stands at or points to."""
    return {finding.place.path, *(related.place.path for related in finding.related)}


def _key(finding: Finding) -> tuple[str, str, str, str]:
    return (finding.code, finding.place.path, finding.pointer, finding.message)


def _sorted(findings: list[Finding] | tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=Finding.sort_key))
