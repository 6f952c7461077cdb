"""Reading one unit's folder and judging it: all that can be said without looking at other units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from build_tools.campaign import Campaign
from build_tools.checks import registry
from build_tools.checks.answers import answered, unanswered
from build_tools.checks.rule import Context
from build_tools.checks.texts import forbidden
from build_tools.findings import Finding
from build_tools.ledger import Event, Kind, Ledger
from build_tools.schema import validate
from build_tools.submissions import CITIES, Document, UnitFolder, read_document, read_ledger

_LAST = 1_000_000
"""The number of an event that is only expected: behind every other of the same second."""


@dataclass(frozen=True, slots=True)
class UnitReport:
    """What is known of one unit.

    ``findings`` are the unit's own; ``broken`` says why its ledger cannot be read; ``explained`` holds the
    fields with a note by document path; ``gathered`` is what each campaign-wide rule needs, in their order.
    ``future``: the ledger tells of what has not happened yet; ``next_change`` is the last moment at which judging
    again would say the same, ``None`` if it always would.
    """

    slug: str
    files: int
    findings: list[Finding] = field(default_factory=list)
    broken: list[Finding] = field(default_factory=list)
    explained: dict[str, frozenset[str]] = field(default_factory=dict)
    gathered: tuple[Any, ...] = ()
    documents: list[Document] = field(default_factory=list)
    ledger: Ledger | None = None
    future: bool = False
    next_change: datetime | None = None

    def without_contents(self) -> UnitReport:
        """The same without what the unit sent, which is most of it."""
        return replace(self, documents=[], ledger=None)


def judge_unit(folder: UnitFolder, context: Context) -> UnitReport:
    """Read the unit's ledger and documents into ``folder`` and run every rule that looks no further."""
    campaign, tree = context.campaign, context.submissions.tree
    found: list[Finding] = []
    files = len(folder.listed)
    if folder.ledger_file is not None:
        files += 1
        ledger, broken = read_ledger(tree, campaign, folder.ledger_file)
        if ledger is None:
            return UnitReport(folder.slug, files, broken=broken)
        folder.ledger = ledger.at(context.now)
    for listed in folder.listed:
        document = read_document(tree, listed)
        found.extend(check_document(document, campaign))
        document.let_go()
        folder.documents.append(document)
    folder.ledger = folder.ledger.expecting(_expected(folder, context))
    for rule in registry.UNIT_RULES:
        found.extend(rule.check(folder, context))
    return UnitReport(
        folder.slug,
        files,
        findings=found,
        explained={d.path: answered(d) for d in folder.documents if d.notes},
        gathered=tuple(rule.gather(folder, context) for rule in registry.CAMPAIGN_WIDE_RULES),
        documents=folder.documents,
        ledger=folder.ledger,
        future=any(event.at > context.now for event in folder.ledger.written),
        next_change=min(
            (event.until for event in folder.ledger.written if event.until and event.until >= context.now),
            default=None,
        ),
    )


def _expected(folder: UnitFolder, context: Context) -> Iterator[Event]:
    """What the ledger will say of the unit's documents that are proposed, once they are taken.

    One that is removed is withdrawn, if it was ever received.
    """
    if not context.proposed:
        return
    there = {document.path: document for document in folder.documents}
    known = set(folder.ledger.named)
    start = f"{CITIES}/{folder.slug}/"
    for path, at in sorted(context.proposed.items()):
        located = context.campaign.item_of(path.removeprefix(start)) if path.startswith(start) else None
        if located is None:
            continue
        item, number = located
        document, name = there.get(path), item.document(number)
        if document is not None:
            yield Event(_LAST, at, Kind.RECEIVED, name, (), document.digest)
        elif name in known and path.removeprefix(start) not in folder.entries:
            yield Event(_LAST, at, Kind.WITHDRAWN, name, ())


def check_document(document: Document, campaign: Campaign) -> list[Finding]:
    """Everything that can be said of one freshly read document on its own."""
    source = document.source
    if source is None:
        raise AssertionError("the document was just read")
    if source.findings:
        return list(source.findings)
    item = campaign.item_by_id[document.item]
    if "\\" in source.text and (found := list(forbidden(document, item))):
        return found
    found = list(validate(source, item.schema))
    document.value = source.value
    if not found:
        found = list(unanswered(document, item))
    if found:
        return found
    for rule in registry.DOCUMENT_RULES:
        found.extend(rule.check(document, item, campaign))
    return found
