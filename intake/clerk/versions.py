"""A unit's own versions of a document: how each reads, and what changed from one to another."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from intake.answers import Refused, file_answer
from intake.clerk.standing import file_of_tree
from intake.clerk.views import own_line
from intake.current import campaign
from intake.files.store import Missing, read
from intake.journal import spool
from intake.journal.difference import compare, compare_files
from intake.journal.models import Submission
from intake.journal.reading import Reading
from intake.journal.reading import read as read_document
from intake.people.access import Door, door


@dataclass(frozen=True)
class Side:
    """One version on the page: what it is called, where its pictures are found, and how it reads."""

    title: str
    files_at: str
    reading: Reading


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
    other = _side(before, places[before.number]) if before else None
    told = {"line": line, "mine": mine, "other": other, "against": before}
    if before and other and not (mine.reading.fault or other.reading.fault):
        found = compare(other.reading, mine.reading, before.files, line.files)
        told |= {
            "changed": [change for change in found if change.changed],
            "file_changes": compare_files(before.files, line.files),
        }
    told["others"] = [(one.number, places[one.number], one.received_at) for one in every if one.pk != line.pk]
    return render(request, "clerk/changes.html", told)


def _side(line: Submission, place: int) -> Side:
    try:
        data = spool.document(line.spool)
    except (OSError, ValueError, KeyError) as error:
        raise Refused(503, "这一版暂时读不出来，请致电活动办公室。收到的记录和回执不受影响。") from error
    reading = read_document(campaign(), campaign().item_by_id[line.item], data)
    return Side(f"第 {place} 版", f"/my/receipts/{line.number}/files/", reading)


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
