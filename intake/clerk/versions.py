"""A unit's own versions of a document: which one counts, how each reads, and what changed from one to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from build_tools.campaign import Item
from build_tools.ledger import INTAKE, Kind
from build_tools.standing import Stage, Standing, standing, word_of
from intake.answers import Refused, file_answer
from intake.clerk.standing import file_of_tree
from intake.clerk.views import own_line
from intake.clerk.withdrawing import obstacle
from intake.current import campaign, ledger_of
from intake.files.store import Missing, read
from intake.journal import spool
from intake.journal.difference import compare, compare_files
from intake.journal.models import Action, Submission
from intake.journal.reading import Reading
from intake.journal.reading import read as read_document
from intake.journal.reviews import Review, State, newest
from intake.people.access import Door, account_of, door
from intake.projection.earlier import TITLE as EARLIER
from intake.projection.earlier import earlier


@dataclass(frozen=True)
class Side:
    """One version on the page: what it is called, where its pictures are found, and how it reads."""

    title: str
    files_at: str
    reading: Reading


@dataclass(frozen=True)
class Version:
    """A version as the ledger or the journal knows it; ``line`` is ``None`` for one that came on another way.

    ``fate``: what became of it, in words; ``counts``: whether it is the one that stands.
    """

    at: datetime
    by: str
    fate: str
    counts: bool
    line: Submission | None = None


def versions(slug: str, document: str, item: Item, review: Review | None = None) -> list[Version]:
    """Every version received, the newest first: those of the intake, and those by git or at the counter.

    ``review`` is of the newest one: what is being done with it, or was just done, the ledger does not know yet.
    """
    ledger = ledger_of(slug)
    stand = standing(campaign(), ledger, item, document)
    lines = list(Submission.objects.filter(unit=slug, document=document).order_by("-id"))
    came: list[tuple[datetime, str, str, Submission | None]] = [
        (line.received_at, line.by, line.digest, line) for line in lines
    ]
    came += [
        (event.at, "、".join(event.by), event.digest or "", None)
        for event in ledger.of(document)
        if event.kind is Kind.RECEIVED and not event.source.startswith(INTAKE)
    ]
    found: list[Version] = []
    for at, by, version, line in sorted(came, key=lambda one: one[0], reverse=True):
        counts = version == stand.digest and not any(known.counts for known in found)
        known_yet = line is None or line.recorded_at is not None
        fate = _fate(stand, version, counts=counts, known_yet=known_yet)
        if review and (counts or line == review.submission) and (out := _taken_out(review)):
            fate, counts = out, False
        found.append(Version(at, by, fate, counts, line))
    return found


def _taken_out(review: Review) -> str:
    """That a version is being taken out, or was; empty for every other."""
    if review.state is State.WITHDRAWN:
        return review.word
    action = review.action if review.state is State.PENDING else None
    return f"{action.word}，正在登记" if action and action.kind == Action.Kind.WITHDRAWN else ""


def _fate(stand: Standing, version: str, *, counts: bool, known_yet: bool) -> str:
    if not known_yet:
        return "刚收到，正在登记"
    if any(event.digest == version for event in stand.set_aside) and not counts:
        return "过了截止时间，不采用"
    if not counts:
        return "已由后来的一份代替"
    if stand.stage is Stage.WITHDRAWN:
        return word_of("已撤回", stand.reason)
    if stand.forfeited:
        return "逾期，视为放弃"
    return {Stage.RETURNED: "已退回修改", Stage.ACCEPTED: "有效，已受理"}.get(stand.stage, "有效")


@door(Door.UNIT)
@require_safe
def history(request: HttpRequest, document: str) -> HttpResponse:
    """Every version of one document, newest first, with what the office said of it."""
    slug = account_of(request).unit
    located = campaign().locate(document)
    if located is None:
        raise Http404
    actions = Action.objects.filter(unit=slug, document=document, state=Action.State.DONE).order_by("-id")
    review = next(
        (one for one in newest(campaign(), ledger_of, slug) if one.submission.document == document), None
    )
    told = {
        "document": document,
        "versions": versions(slug, document, located[0], review),
        "actions": actions.select_related("account"),
        "may_withdraw": review is not None and not obstacle(review),
        "waiting": review is not None and review.state is State.PENDING,
    }
    return render(request, "clerk/history.html", told)


@door(Door.UNIT)
@require_safe
def changes(request: HttpRequest, number: str) -> HttpResponse:
    """One version as it reads, and what changed since the one before, or since the one ``against``."""
    line = own_line(request, number)
    every = list(Submission.objects.filter(unit=line.unit, document=line.document).order_by("id"))
    places = {other.number: place for place, other in enumerate(every, 1)}
    asked = request.GET.get("against", "")
    before = next((other for other in every if other.number == asked and other.pk != line.pk), None)
    if before is None and places[line.number] > 1:
        before = every[places[line.number] - 2]
    mine = _side(line, places[line.number])
    other = _side(before, places[before.number]) if before else _earlier(line)
    told = {"line": line, "mine": mine, "other": other, "against": before}
    if other and not (mine.reading.fault or other.reading.fault):
        found = compare(other.reading, mine.reading, before.files if before else {}, line.files)
        told |= {
            "changed": [change for change in found if change.changed],
            "file_changes": compare_files(before.files, line.files) if before else (),
        }
    told["others"] = [(one.number, places[one.number], one.received_at) for one in every if one.pk != line.pk]
    return render(request, "clerk/changes.html", told)


def _side(line: Submission, place: int) -> Side:
    try:
        data = spool.document(line.spool)
    except (OSError, ValueError, KeyError) as error:
        raise Refused(503, "这一版暂时读不出来，请联系活动办公室。收到的记录和回执不受影响。") from error
    reading = read_document(campaign(), campaign().item_by_id[line.item], data)
    return Side(f"第 {place} 版", f"/my/receipts/{line.number}/files/", reading)


def _earlier(first: Submission) -> Side | None:
    """What stood before the first version of the intake; its pictures may have been replaced since."""
    data = earlier(first)
    if data is None:
        return None
    return Side(EARLIER, "", read_document(campaign(), campaign().item_by_id[first.item], data))


@door(Door.UNIT)
@require_safe
def file(request: HttpRequest, number: str, path: str) -> HttpResponse:
    """A photo or a material of one of the unit's own versions."""
    line = own_line(request, number)
    kept = line.files.get(path)
    try:
        data = read(kept["digest"]) if kept else file_of_tree(line.unit, path)
    except (OSError, ValueError, Missing) as error:
        raise Http404 from error
    return file_answer(data, path)
