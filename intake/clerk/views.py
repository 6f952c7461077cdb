"""A unit's own pages: how it stands, its receipts, its versions. Every look-up begins with the signed-in unit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from build_tools.campaign import BrokenCampaign
from build_tools.progress import span
from build_tools.standing import word_of
from intake.clerk.standing import is_aside, newest, rows, unit_progress
from intake.current import campaign, now
from intake.files.drafts import to_submit
from intake.journal.models import Submission
from intake.people.access import Door, account_of, door
from intake.place import place
from intake.receipts import printed, signature, wording


@door(Door.UNIT)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is owed, what was sent, what to do next."""
    slug = account_of(request).unit
    receipts = newest(slug)
    received = {name: (line.digest, line.received_at) for name, line in receipts.items()}
    drafts = to_submit(slug, received)
    told: dict[str, Any] = {"receipts": receipts, "drafts": drafts}
    try:
        progress = unit_progress(slug)
        shown = list(rows(progress, receipts))
        told |= {
            "progress": progress,
            "rows": shown,
            "clashing": [row for row in shown if row.clashes],
            "left": _left(progress.deadline),
        }
    except BrokenCampaign:
        told["broken"] = True
    return render(request, "clerk/home.html", told)


def _left(deadline: datetime) -> str:
    """The time until ``deadline`` in words; empty when it has passed."""
    at = now()
    return span(deadline - at) if at <= deadline else ""


def own_line(request: HttpRequest, number: str) -> Submission:
    """The line with this number, if it is the unit's own; to anybody else it is not there."""
    line = Submission.objects.filter(unit=account_of(request).unit, number=number).first()
    if line is None:
        raise Http404
    return line


@door(Door.UNIT)
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """One receipt, with the findings and what is owed now."""
    line = own_line(request, number)
    last = Submission.objects.filter(unit=line.unit, document=line.document).order_by("-id").first()
    told: dict[str, Any] = {
        "line": line,
        "facts": wording.lines(line),
        "timing": wording.in_time(line),
        "newer": last if last and last.pk != line.pk else None,
        "errors": [f for f in line.findings or () if f["severity"] == "error"],
        "warnings": [f for f in line.findings or () if f["severity"] != "error" and not f.get("answered")],
        "item": campaign().item_by_id[line.item],
        "verify": printed.address(line),
    }
    try:
        document = unit_progress(line.unit).document(line.document)
        stands = document.standing if document else None
        told |= {
            "stands": stands,
            "aside": stands is not None and is_aside(line, stands),
            "withdrawn": word_of("已撤回", stands.reason if stands else ""),
        }
    except BrokenCampaign:
        told["stands"] = None
    return render(request, "clerk/receipt.html", told)


@door(Door.UNIT)
@require_safe
def receipt_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt on paper."""
    return _file(printed.pdf(own_line(request, number)), "application/pdf", f"receipt-{number}.pdf", "inline")


@door(Door.UNIT)
@require_safe
def receipt_text(request: HttpRequest, number: str) -> HttpResponse:
    """The bytes that are signed."""
    data = wording.text(own_line(request, number)).encode()
    return _file(data, "text/plain; charset=utf-8", f"receipt-{number}.txt", "attachment")


@door(Door.UNIT)
@require_safe
def receipt_signature(request: HttpRequest, number: str) -> HttpResponse:
    """The signature of those bytes."""
    signed = signature.sign(place(), wording.text(own_line(request, number)).encode())
    return _file(
        signed.encode("ascii"), "application/octet-stream", f"receipt-{number}.txt.sig", "attachment"
    )


def _file(data: bytes, kind: str, name: str, shown: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'{shown}; filename="{name}"'
    return response
