"""A pull request as it lies in git: the base, what changes, and the base with what may change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from build_tools.campaign import Campaign, load_campaign
from build_tools.findings import Finding
from build_tools.history import Change, GitTree, Repository, compare
from build_tools.proposal.fence import fence, too_much
from build_tools.proposal.sender import Sender
from build_tools.submissions import CITIES, LEDGER


@dataclass(frozen=True)
class Proposal:
    """What a pull request would do.

    ``campaign`` is the base's, but where the office itself changes it. ``merged`` is the base with the changes that
    were let through (``allowed``); ``refused`` says why the others were not. Use as a context: it ends the processes
    that read git's objects.
    """

    campaign: Campaign
    sender: Sender
    base: GitTree
    merged: GitTree
    allowed: tuple[Change, ...]
    refused: tuple[Finding, ...]

    @property
    def paths(self) -> frozenset[str]:
        """The paths of what was let through."""
        return frozenset(change.path for change in self.allowed)

    @property
    def touches_office(self) -> bool:
        """Whether something changes that every unit is judged by."""
        return any(not path.startswith((f"{CITIES}/", f"{LEDGER}/")) for path in self.paths)

    @property
    def concerned(self) -> tuple[str, ...]:
        """The slugs of the units whose folders or ledgers change, in official order."""
        return tuple(
            unit.slug
            for unit in self.campaign.units
            if f"{LEDGER}/{unit.slug}.yml" in self.paths
            or any(path.startswith(f"{unit.folder}/") for path in self.paths)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.base.close()


def open_proposal(root: Path, base: str, head: str, who: Callable[[Campaign], Sender]) -> Proposal:
    """Compare ``head`` with ``base`` (revisions of the repository around ``root``) and fence it in.

    ``who`` finds the sender in the base's campaign. Raises :class:`BrokenCampaign` and :class:`GitTrouble`.
    """
    repository = Repository.around(root)
    comparison = compare(repository, base, head)
    tree = GitTree(repository, comparison.base)
    campaign = load_campaign(tree)
    sender = who(campaign)
    allowed, refused = fence(comparison, sender, campaign)
    merged = tree.with_changes(change for change in allowed if not change.path.startswith("../"))
    heavy = tuple(too_much(comparison, allowed, merged))
    if heavy:
        allowed, merged = (), tree
    elif sender.anything and allowed:
        campaign = load_campaign(merged)
    return Proposal(campaign, sender, tree, merged, allowed, (*refused, *heavy))
