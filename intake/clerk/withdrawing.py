"""撤回: a unit takes its own document out again, as long as the office has not accepted it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from build_tools.campaign import Late
from build_tools.standing import BY_UNIT
from intake.answers import Refused
from intake.clerk.standing import form_address
from intake.current import campaign, ledger_of, now
from intake.journal import acting
from intake.journal.models import Action
from intake.journal.reviews import Review, State, newest
from intake.people.access import Door, account_of, door


def obstacle(review: Review) -> str:
    """Why the unit cannot take this document out by itself; empty when it can."""
    if review.state is State.ACCEPTED:
        return "活动办公室已经受理，不能自行撤回。确要撤回的，请联系活动办公室。"
    if review.aside:
        return "最近一份过了截止时间，不采用，不用撤回。要撤回按时报的那一份，请联系活动办公室。"
    return review.stays


def is_past(review: Review) -> bool:
    """Whether a version sent after the withdrawal would be late."""
    return review.standing is not None and now() > review.standing.deadline


def closes_for_good(review: Review) -> bool:
    """Whether it would be too late to count."""
    return is_past(review) and campaign().item_by_id[review.submission.item].late is Late.FORFEITS


@door(Door.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, document: str) -> HttpResponse:
    """Say why, look once more, take it out."""
    slug = account_of(request).unit
    every = newest(campaign(), ledger_of, slug)
    review = next((one for one in every if one.submission.document == document), None)
    if review is None or review.standing is None:
        raise Http404
    if request.method != "POST":
        return _page(request, review)
    line = review.submission
    known = review.action
    pressed_twice = known is not None and known.kind == Action.Kind.WITHDRAWN
    if not pressed_twice and obstacle(review):
        raise Refused(409, obstacle(review), back=f"/my/documents/{document}/")
    if request.POST.get("number") != line.number:
        raise Refused(
            409, "这份表刚刚又报了一次，没有撤回。请看过新的一份再办。", back=f"/my/documents/{document}/"
        )
    try:
        told = request.POST.get("reason", "")
        reason = acting.reason_of(told, what="撤回的理由", before=f"{BY_UNIT}：")
    except Refused as refused:
        return _page(request, review, refused.message, status=refused.status)
    wanted = Action(kind=Action.Kind.WITHDRAWN, unit=slug, document=document, submission=line, reason=reason)
    acting.settled(acting.ask(request, wanted, number=line.number))
    return HttpResponseRedirect(f"/my/documents/{document}/")


def _page(request: HttpRequest, review: Review, fault: str = "", *, status: int = 200) -> HttpResponse:
    line = review.submission
    told = {
        "line": line,
        "stand": review.standing,
        "obstacle": obstacle(review),
        "why": review.why,
        "address": form_address(line.unit, line.item, line.document),
        "past": is_past(review),
        "for_good": closes_for_good(review),
        "reason": request.POST.get("reason", ""),
        "longest": acting.LONGEST - len(BY_UNIT) - 1,
        "fault": fault,
        "seen": acting.last_action(line.unit, line.document, Action.Kind.WITHDRAWN),
    }
    return render(request, "clerk/withdraw.html", told, status=status)
