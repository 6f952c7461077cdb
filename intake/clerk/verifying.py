"""Verifying a receipt: for everybody who holds its number, or its text and signature. No account is needed.

A number is fifty random bits: who does not hold the receipt does not find it. What is shown is what the receipt says of
itself and nothing of the document.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from intake.journal.models import Submission
from intake.people.access import Door, door
from intake.place import place
from intake.receipts import signature, wording

_NUMBER = re.compile(r"SB[0-9]{6}-[0-9A-Z]{5}-[0-9A-Z]{5}")
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SHOWN = ("回执编号", "活动", "报送单位", "报送内容", "收到时间", "存盘时间", "内容摘要", "说明")
_MOST = 20_000
_LONGEST = 60
"""Characters of a number, with every blank that somebody may type."""


@door(Door.OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a number, or for a receipt's text and its signature."""
    told: dict[str, Any] = {"signer": signature.SIGNER, "namespace": signature.NAMESPACE}
    if request.method == "POST":
        number, text = request.POST.get("number", ""), request.POST.get("text", "")
        if number.strip():
            plain = _number(number)
            if plain and Submission.objects.filter(number=plain).exists():
                return HttpResponseRedirect(reverse("verified", args=[plain]))
            told |= {"number": number[:_LONGEST], "unknown": plain, "wrong": not plain}
            return render(request, "clerk/verify.html", told, status=404 if plain else 422)
        signed = request.POST.get("signature", "")
        if len(text) > _MOST or len(signed) > _MOST:
            told["holds"] = False
        elif text and signed:
            message = text.replace("\r\n", "\n").strip("\n") + "\n"
            told["holds"] = signature.verify(place(), message.encode("utf-8", "replace"), signed)
        else:
            told["empty"] = True
    return render(request, "clerk/verify.html", told)


@door(Door.OPEN)
@require_safe
def verified(request: HttpRequest, number: str) -> HttpResponse:
    """What the journal holds under this number."""
    line = Submission.objects.filter(number=_number(number)).first()
    if line is None:
        return render(request, "clerk/verified.html", {"number": ""}, status=404)
    facts = [fact for fact in wording.lines(line) if fact.label in _SHOWN]
    return render(request, "clerk/verified.html", {"number": line.number, "facts": facts})


@door(Door.OPEN)
@require_safe
def signers(request: HttpRequest) -> HttpResponse:
    """The public key, as ``ssh-keygen -Y verify`` wants it."""
    response = HttpResponse(signature.allowed_signers(place()), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="allowed_signers"'
    return response


def _number(given: str) -> str:
    """The number as it is written, however it was typed: blanks, hyphens, width and case do not matter, and letters that
    look like figures are figures."""
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", given[:_LONGEST]).upper()))
    plain = plain[max(0, plain.find("SB")) :]  # and not what may be copied with it: 回执编号：
    day, rest = plain[2:8].translate(_ALIKE), plain[8:].translate(_ALIKE)
    found = _NUMBER.fullmatch(f"{plain[:2]}{day}-{rest[:5]}-{rest[5:]}")
    return found[0] if found else ""
