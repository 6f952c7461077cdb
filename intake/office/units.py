"""单位: who has sent what at one look, and everything of one unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from build_tools.ledger import Event, Kind
from build_tools.progress import ItemProgress
from intake.current import campaign, now
from intake.journal.models import Action, Submission
from intake.journal.reading import visible
from intake.journal.reviews import Review, newest
from intake.office import wording
from intake.office.campaign_tree import ledger_of, state
from intake.office.desk import leaf, show, unit_called
from intake.people.access import Door, door


@dataclass(frozen=True, slots=True)
class Row:
    """One document of a unit: what the ledger says, and its versions in the journal."""

    name: str
    title: str
    mark: str
    label: str
    timing: str
    needed: tuple[str, ...]
    review: Review | None
    versions: tuple[tuple[Submission, int], ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of the ledger, in words."""

    at: str
    what: str
    document: str
    by: str
    more: str


@door(Door.OFFICE)
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Every unit and every item: who has sent what."""
    progress = state().progress
    page = leaf(request, progress.units, 100)
    context = {
        "page": page,
        "items": campaign().items,
        "progress": progress,
        "counts": progress.counts.items(),
    }
    return show(request, "units", context, "units")


@door(Door.OFFICE)
@require_safe
def unit(request: HttpRequest, slug: str) -> HttpResponse:
    """One unit."""
    found, held = unit_called(slug), campaign()
    progress = state().progress.by_slug[found.slug]
    sent: dict[str, list[Submission]] = {}
    for line in Submission.objects.filter(unit=slug).defer("findings").order_by("id"):
        sent.setdefault(line.document, []).append(line)
    reviews = {review.submission.document: review for review in newest(held, ledger_of, slug)}
    actions = (
        Action.objects.filter(unit=slug).select_related("account", "second", "submission").order_by("-id")
    )
    ledger = ledger_of(slug)
    context = {
        "found": found,
        "progress": progress,
        "items": [(item, list(_rows(item, sent, reviews))) for item in progress.items],
        "actions": [
            (action, wording.clock(action.at), held.document_title(action.document))
            for action in actions[:200]
        ],
        "events": [happened(event) for event in reversed(ledger.events)],
        "call": progress.call,
        "broken": ledger.broken is not None,
        "next_step": progress.next_office_step,
        "now": now(),
    }
    return show(request, "unit", context, "units")


def _rows(item: ItemProgress, sent: dict[str, list[Submission]], reviews: dict[str, Review]) -> Iterator[Row]:
    """The documents of an item: those the tree or the ledger knows, then those only the journal knows yet."""
    held = campaign()
    known = {document.name: document for document in item.documents}
    new = [
        name for name in sent if name not in known and (at := held.locate(name)) and at[0].id == item.item.id
    ]
    for name in (*known, *new):
        first = name == next(iter((*known, *new)))
        review, document = reviews.get(name), known.get(name)
        lines = sent.get(name, [])
        paper = ""
        if document and (document.copies_owed or document.copies_received):
            seals = f"，缺章：{'、'.join(document.seals_missing)}" if document.seals_missing else ""
            paper = f"纸质 {document.copies_received}/{document.copies_owed} 份{seals}"
        yield Row(
            name=name,
            title=held.document_title(name),
            mark=str(review.state if review else document.state if document else "received"),
            label=review.word if review else document.state.label if document else "",
            timing=wording.timing(review) if review else document.timing_label if document else "",
            needed=tuple(filter(None, (paper, *((item.needed, item.remark) if first else ())))),
            review=review,
            versions=tuple((line, place) for place, line in enumerate(lines, 1))[::-1],
        )


def happened(event: Event) -> Happened:
    """``event`` in words."""
    more = [visible(event.reason)] if event.reason else []
    if event.until:
        more.append(f"期限 {wording.clock(event.until)}")
    if event.kind is Kind.PAPER:
        more.append(f"更正为共 {event.copies} 份" if event.reason else f"{event.copies} 份")
    more += [f"已盖：{'、'.join(map(visible, event.seals))}"] if event.seals else []
    more += [visible(event.source)] if event.source else []
    return Happened(
        wording.clock(event.at),
        event.kind.label,
        campaign().document_title(event.document),
        "、".join(map(visible, event.by)),
        "；".join(more),
    )
