"""The files that came with a document: pictures in the page, everything else to be saved."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from build_tools.submissions import CITIES
from intake.answers import Refused, file_answer
from intake.files.store import Missing, read
from intake.journal.models import Submission
from intake.office.campaign_tree import tree
from intake.office.desk import unit_called
from intake.people.access import Door, door


@door(Door.OFFICE)
@require_safe
def of_submission(request: HttpRequest, number: str, path: str) -> HttpResponse:
    """A file as it came with a submission, or with the version before it."""
    line = Submission.objects.filter(number=number).only("unit", "files").first()
    kept = line.files.get(path) if line else None
    if line is None:
        raise Http404
    if kept is None:
        return file_answer(_of_tree(line.unit, path), path)
    try:
        return file_answer(read(kept["digest"]), path)
    except (OSError, ValueError, Missing) as error:
        raise Refused(503, "这个文件暂时读不出来，请联系维护人员核对 files 文件夹。") from error


@door(Door.OFFICE)
@require_safe
def of_unit(request: HttpRequest, slug: str, path: str) -> HttpResponse:
    """A file of the unit's folder as it lies in the campaign's tree."""
    return file_answer(_of_tree(unit_called(slug).slug, path), path)


def _of_tree(unit: str, path: str) -> bytes:
    """The bytes of a plain file in the unit's folder; whatever else the path means is not there."""
    name = PurePosixPath(path)
    if "\0" in path or "\\" in path or name.is_absolute() or ".." in name.parts or not name.parts:
        raise Http404
    found, folder = tree(), f"{CITIES}/{unit}"
    inside = (found.root / folder).resolve()
    try:
        if not (inside / name).resolve().is_relative_to(inside):
            raise Http404
        return found.read(f"{folder}/{name}")
    except (OSError, ValueError) as error:
        raise Http404 from error
