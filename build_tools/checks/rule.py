"""The three scopes of a check. A rule is a class: attributes, a docstring for people, one generator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from build_tools.campaign import Campaign, Item
from build_tools.checks.similar import Compared
from build_tools.findings import Finding, Pointer, Related, Rule
from build_tools.submissions import Document, Submissions, UnitFolder


class Context(NamedTuple):
    """What every check may look at: the campaign, everything sent, and the clock.

    ``proposed`` are paths that a pull request brings, changes or removes, and when: their documents are judged as if
    they were received, or withdrawn, at that moment. ``compared``: what is known of texts that were compared before.
    """

    campaign: Campaign
    submissions: Submissions
    now: datetime
    proposed: Mapping[str, datetime] = MappingProxyType({})
    compared: Compared | None = None


class DocumentRule(Rule):
    """Looks at one document that its schema found valid; runs in any process, sees nothing else."""

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """Yield a finding for each breach."""
        raise NotImplementedError


class DocumentFamily(DocumentRule):
    """Several rules that share one pass over a document; ``rules`` are the ones people see."""

    code = title = message = hint = ""
    rules: tuple[Rule, ...] = ()


class UnitRule(Rule):
    """Looks at one unit's folder as a whole."""

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """Yield a finding for each breach."""
        raise NotImplementedError


class UnitFamily(UnitRule):
    """Several rules that share one pass over a unit; ``rules`` are the ones people see."""

    code = title = message = hint = ""
    rules: tuple[Rule, ...] = ()


class CampaignRule(Rule):
    """Looks across units, in two steps: what it needs of each is gathered where the unit's documents are
    at hand, in any process, and is small; then all of it is checked at once."""

    def gather(self, folder: UnitFolder, context: Context) -> Any:
        """What :meth:`check` must know of one unit."""

    def check(self, context: Context, gathered: Sequence[Any]) -> Iterator[Finding]:
        """Yield a finding for each breach. ``gathered`` is in the units' official order."""
        raise NotImplementedError


class CampaignFamily(CampaignRule):
    """Several rules that share one pass over the campaign; ``rules`` are the ones people see."""

    code = title = message = hint = ""
    rules: tuple[Rule, ...] = ()


def breach(
    rule: Rule,
    document: Document,
    item: Item,
    pointer: Pointer,
    *,
    key: bool = False,
    related: tuple[Related, ...] = (),
    **words: Any,
) -> Finding:
    """The finding of ``rule`` at ``pointer`` of ``document``, with the schema's title and clause for it.

    ``key`` points at the field's name instead of its value. For document rules: the positions must
    still be at hand.
    """
    if document.source is None:
        raise AssertionError("document rules run while the source is at hand")
    return rule.finding(
        document.source.place(pointer, key=key),
        pointer,
        related=related,
        clause=item.schema.clause_at(pointer),
        **{"title": item.schema.title_at(pointer), **words},
    )
