"""What every format tells: the findings of one check, and how the units concerned stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from build_tools.campaign import Campaign
from build_tools.findings import Finding, Severity, errors
from build_tools.progress import UnitProgress


@dataclass(frozen=True)
class Report:
    """A check's outcome.

    ``own`` are the findings it is about: all of a campaign's, or what a pull request brings. ``rest`` is on the main
    branch already and no doing of the pull request. ``files`` counts the documents that were read, ``units`` say how
    the units concerned would stand after the merge. ``campaign`` is ``None`` when it could not be used; then ``own``
    says why, and ``now`` may be unknown.
    """

    own: tuple[Finding, ...]
    rest: tuple[Finding, ...] = ()
    files: int = 0
    units: tuple[UnitProgress, ...] = ()
    campaign: Campaign | None = None
    now: datetime | None = None

    @property
    def errors(self) -> int:
        """How many of the check's own findings are errors: what its verdict and its exit status rest on."""
        return errors(self.own)

    @property
    def warnings(self) -> int:
        """How many of its own findings are warnings, those a unit explained included."""
        return len(self.own) - self.errors

    @property
    def answered(self) -> int:
        """How many of these warnings a unit explained in a note."""
        return sum(finding.answered for finding in self.own)

    def every(self) -> Iterator[tuple[Finding, bool]]:
        """Each finding, and whether it is the check's own, by path and line."""
        both = [(finding, True) for finding in self.own] + [(finding, False) for finding in self.rest]
        yield from sorted(both, key=lambda told: (told[0].sort_key(), not told[1]))

    def ranked(self) -> list[tuple[Finding, bool]]:
        """The same, the most important first: errors, open warnings, answered ones; the check's own before the rest."""
        return sorted(self.every(), key=lambda told: (weight(told[0]), not told[1], told[0].sort_key()))


def weight(finding: Finding) -> int:
    """0 for an error, 1 for a warning, 2 for one the unit explained."""
    return 0 if finding.severity is Severity.ERROR else 2 if finding.answered else 1
