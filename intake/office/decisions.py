"""受理, 退回修改, and 撤回 or 不予受理: the decisions on a version, and what became of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from build_tools.checks.duplicates import SameNomineeElsewhere
from build_tools.checks.quota import OverQuota, counting
from build_tools.progress import moment_text
from build_tools.reminders.wording import one_line
from build_tools.standing import NOT_TAKEN
from intake.answers import Refused
from intake.current import campaign, now
from intake.journal import acting
from intake.journal.models import Action
from intake.journal.reviews import State, newest
from intake.office import wording
from intake.office.campaign_tree import ledger_of, state
from intake.office.desk import show
from intake.office.queue import next_to_do
from intake.office.submission import Finding, Opened, findings_of, opened
from intake.people.access import Door, account_of, door

WHY = {
    "phoned": "已电话核实，内容无误",
    "paper": "以盖章的纸质材料为准",
    "rule": "校验规则不适用于这份材料",
    "minor": "差错不影响汇总和评比，由办公室备注",
    "agreed": "经负责人同意，先受理后补正",
}
"""Why a document with errors is accepted all the same: fixed words, because the audit trail holds them."""

GROUNDS = {
    "unit": "单位要求撤回",
    "quota": f"{NOT_TAKEN}（超出名额）",
    "twice": f"{NOT_TAKEN}（已由其他单位推荐）",
}
"""Why a document is taken out: the ledger's reason begins with it. All but the first are for nominations only."""

_MORE = "其余见校验意见"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence made of a finding, to be ticked: errors are ticked already."""

    value: int
    text: str
    ticked: bool
    severity: str


def phrases(findings: Sequence[Finding]) -> list[Phrase]:
    """A sentence for each finding; answered warnings ask for nothing."""
    return [
        Phrase(place, _sentence(found), found.severity == "error", found.severity)
        for place, found in enumerate(findings)
        if not found.answered
    ]


def _sentence(found: Finding) -> str:
    said = one_line(f"{found.where}：{found.message}" if found.where else found.message).removesuffix("。")
    return f"{said}（{one_line(found.hint).removesuffix('。')}）" if found.hint else said


def composed(chosen: Sequence[Phrase]) -> str:
    """The phrases as one numbered text that the ledger can hold; what does not fit is left to the findings."""
    text = ""
    for place, phrase in enumerate(chosen, 1):
        more = f"{'；' if text else ''}{place}. {phrase.text}" if len(chosen) > 1 else phrase.text
        if len(text) + len(more) + len(_MORE) + 2 > acting.LONGEST:
            return f"{text}；{_MORE}。" if text else f"{more[: acting.LONGEST - 1]}。"
        text += more
    return f"{text}。" if text else ""


def _must_allow(one: Opened, obstacle: str) -> None:
    """Refuse what is meant for a version that is not the newest, or that has an ``obstacle`` (empty for none)."""
    if not one.is_newest:
        raise acting.superseded(one.newest, back=f"/desk/{one.newest.number}/")
    if obstacle:
        raise Refused(409, obstacle, back=f"/desk/{one.line.number}/")


@door(Door.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, number: str) -> HttpResponse:
    """Accept the newest version; one with errors only by somebody who says why."""
    one = opened(number)
    if request.method != "POST":
        return _accept_page(request, one)
    if (again := _again(request, one, Action.Kind.ACCEPTED)) is not None:
        return _to(again)
    _must_allow(one, one.review.obstacle)
    errors, why = one.review.errors, request.POST.get("why", "")
    if errors and (request.POST.get("although") != "yes" or why not in WHY):
        return _accept_page(request, one, "这份材料有错误：请勾选“仍然受理”，并选择理由。", status=422)
    wanted = Action(
        kind=Action.Kind.ACCEPTED, unit=one.line.unit, document=one.line.document, submission=one.line
    )
    detail: dict[str, object] = {"errors": errors, "why": why} if errors else {}
    return _to(acting.ask(request, wanted, number=number, **detail))


def _accept_page(request: HttpRequest, one: Opened, fault: str = "", *, status: int = 200) -> HttpResponse:
    context = {
        "one": one,
        "line": one.line,
        "review": one.review,
        "findings": [found for found in findings_of(one.line, one.item) if found.severity == "error"],
        "why": WHY,
        "why_chosen": request.POST.get("why", ""),
        "although": request.POST.get("although") == "yes",
        "fault": fault,
        "seen": acting.last_action(one.line.unit, one.line.document, Action.Kind.ACCEPTED),
    }
    return show(request, "accept", context, "queue", status=status)


@door(Door.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: HttpRequest, number: str) -> HttpResponse:
    """Return the newest version: choose phrases, edit them, look once more, then send."""
    one = opened(number)
    if request.method != "POST":
        return _return_page(request, one)
    if (again := _again(request, one, Action.Kind.RETURNED)) is not None:
        return _to(again)
    _must_allow(one, one.review.unreturnable)
    try:
        reason = acting.reason_of(request.POST.get("reason", ""), what="退回的理由")
        until = acting.due_of(campaign(), wording.read_time(request.POST.get("until", "")), what="修改的期限")
    except Refused as refused:
        return _return_page(request, one, refused.message, status=refused.status)
    wanted = Action(
        kind=Action.Kind.RETURNED,
        unit=one.line.unit,
        document=one.line.document,
        submission=one.line,
        reason=reason,
        until=until,
    )
    return _to(acting.ask(request, wanted, number=number, until=until.isoformat()))


def _return_page(request: HttpRequest, one: Opened, fault: str = "", *, status: int = 200) -> HttpResponse:
    found = phrases(findings_of(one.line, one.item))
    ticked = {int(value) for value in request.GET.getlist("p") if value.isdecimal() and len(value) < 6}
    asked = "p" in request.GET or "chosen" in request.GET
    chosen = [phrase for phrase in found if (phrase.value in ticked if asked else phrase.ticked)]
    reason = request.POST.get("reason") if request.method == "POST" else composed(chosen)
    stand = one.review.standing
    granted = stand.deadline if stand and stand.extended else None
    due = wording.field_time(wording.return_due(campaign(), now(), granted))
    context = {
        "one": one,
        "line": one.line,
        "review": one.review,
        "phrases": [(phrase, phrase in chosen) for phrase in found],
        "reason": reason,
        "longest": acting.LONGEST,
        "until": request.POST.get("until", due),
        "granted": granted,
        "closes": wording.field_time(campaign().closes),
        "fault": fault,
        "seen": acting.last_action(one.line.unit, one.line.document, Action.Kind.RETURNED),
    }
    return show(request, "return", context, "queue", status=status)


@door(Door.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def take_out(request: HttpRequest, number: str) -> HttpResponse:
    """Take the document out: the unit asked for it, or the office does not take the nomination."""
    one = opened(number)
    if request.method != "POST":
        return _take_out_page(request, one)
    if (again := _again(request, one, Action.Kind.WITHDRAWN)) is not None:
        return _to(again)
    _must_allow(one, one.review.stays)
    chosen = request.POST.get("ground", "")
    ground = _grounds(one, _places(one)).get(chosen)
    if ground is None:
        known = (
            chosen == "quota" and one.item in campaign().nominations
        )  # it was beyond when the form was drawn
        fault = "这个单位没有超出名额，请改选别的事由。" if known else "没有选择事由，请选择后再提交。"
        return _take_out_page(request, one, fault, status=422)
    try:
        told = request.POST.get("reason", "")
        reason = acting.reason_of(told, what="说明", before=f"{ground}：")
    except Refused as refused:
        return _take_out_page(request, one, refused.message, status=refused.status)
    line = one.line
    wanted = Action(
        kind=Action.Kind.WITHDRAWN, unit=line.unit, document=line.document, submission=line, reason=reason
    )
    return _to(acting.ask(request, wanted, number=number, ground=chosen))


def _grounds(one: Opened, places: tuple[int, int] | None) -> dict[str, str]:
    """What may be chosen: a summary takes no place, and a unit within its ``places`` has none too many."""
    possible = {"unit"}
    if one.item in campaign().nominations:
        possible |= {"twice", "quota"} if places and places[1] > places[0] else {"twice"}
    return {key: text for key, text in GROUNDS.items() if key in possible}


def _places(one: Opened) -> tuple[int, int] | None:
    """How many places the unit has for such a nomination, and how many nominations take one; ``None`` without a table."""
    held, unit = campaign(), one.line.unit
    quota = held.quota(unit, one.item)
    if quota is None:
        return None
    folder = state().examination.submissions.folders.get(unit)
    named = {document.name for document in counting(folder, one.item, held)} if folder else set()
    for review in newest(held, ledger_of, unit):
        if review.submission.item == one.item.id:
            out = review.state is State.WITHDRAWN or not (review.standing and review.standing.counts)
            (named.discard if out else named.add)(review.submission.document)
    return quota, len(named)


def _take_out_page(request: HttpRequest, one: Opened, fault: str = "", *, status: int = 200) -> HttpResponse:
    places = _places(one) if one.item in campaign().nominations else None
    grounds, codes = _grounds(one, places), {found.code for found in findings_of(one.line, one.item)}
    likely = "quota" if OverQuota.code in codes else "twice" if SameNomineeElsewhere.code in codes else "unit"
    context = {
        "one": one,
        "line": one.line,
        "review": one.review,
        "grounds": grounds,
        "chosen": request.POST.get("ground", likely if likely in grounds else "unit"),
        "reason": request.POST.get("reason", ""),
        "longest": acting.LONGEST - max(map(len, GROUNDS.values())) - 1,
        "places": places,
        "again_until": stand.deadline if (stand := one.review.standing) and now() <= stand.deadline else None,
        "fault": fault,
        "seen": acting.last_action(one.line.unit, one.line.document, Action.Kind.WITHDRAWN),
    }
    return show(request, "take_out", context, "queue", status=status)


def _again(request: HttpRequest, one: Opened, kind: str) -> Action | None:
    """What this very form did already: the button was pressed twice, and the first time counts.

    Raises :class:`Refused` when somebody decided otherwise since the form was drawn.
    """
    seen = acting.seen_of(request)
    first = next((action for action in one.actions if action.pk > seen), None)
    if first is None:
        return None
    account = account_of(request)
    if (first.account_id, first.kind, first.submission_id) != (account.pk, kind, one.line.pk):
        raise acting.moved(first, account, back=f"/desk/{one.line.number}/")
    return first


def _to(action: Action) -> HttpResponseRedirect:
    acting.settled(action)
    return HttpResponseRedirect(f"/desk/actions/{action.pk}/")


@door(Door.OFFICE)
@require_safe
def outcome(request: HttpRequest, action: int) -> HttpResponse:
    """What became of something the office did, and what is to be done next."""
    found = (
        Action.objects.select_related("account", "second", "submission").filter(pk=action).first()
        if action < 2**63
        else None
    )
    if found is None:
        raise Http404
    moment = now()
    reviews = newest(campaign(), ledger_of) if found.submission_id else []
    following = next_to_do(reviews, moment)
    context = {
        "action": found,
        "title": campaign().document_title(found.document),
        "until": moment_text(found.until, moment) if found.until else "",
        "next": following,
        "pending": found.state == Action.State.PENDING,
        "done": found.state == Action.State.DONE,
    }
    return show(request, "action", context, "queue")
