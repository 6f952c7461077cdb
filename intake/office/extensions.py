"""延期: one person proposes, another agrees, where the campaign asks for two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from build_tools.ledger import EVERY_ITEM, people
from build_tools.standing import latest_deadline
from intake.answers import Refused
from intake.current import campaign, now
from intake.journal import acting
from intake.journal.models import Action
from intake.office import wording
from intake.office.campaign_tree import ledger_of
from intake.office.desk import leaf, show
from intake.people.access import Door, account_of, door
from intake.people.audit import note
from intake.people.models import Account, Audit

_BACK = "/desk/extensions/"
_DECIDED = ("office-extension-agreed", "office-extension-declined")
_SAME = "提出的人和审批的人是同一个人，延期须由两人办理，请另一位审批人审批。"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An extension as the list shows it; ``mine``: whoever looks at it proposed it, and cannot agree to it."""

    action: Action
    title: str
    at: str
    until: str
    now_until: str
    mine: bool


def _same_person(one: Account, other: Account) -> bool:
    return one.pk == other.pk or len(people((one.name, other.name))) < 2


@door(Door.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def extensions(request: HttpRequest) -> HttpResponse:
    """What waits for approval, what was decided, and the form of a new one."""
    if request.method == "POST":
        try:
            return _propose(request)
        except Refused as refused:
            if refused.status != 422:
                raise
            return _page(request, refused.message, status=422)
    return _page(request)


def _page(request: HttpRequest, fault: str = "", *, status: int = 200) -> HttpResponse:
    held, me = campaign(), account_of(request)
    asked = (
        Action.objects.filter(kind=Action.Kind.EXTENDED).select_related("account", "second").order_by("-id")
    )
    waiting = [_proposal(action, me) for action in asked.filter(state=Action.State.PROPOSED)[:500]]
    page = leaf(request, asked.exclude(state=Action.State.PROPOSED))
    given = request.POST if request.method == "POST" else request.GET
    last = Action.objects.order_by("-id").values_list("id", flat=True).first() or 0
    context = {
        "waiting": waiting,
        "page": page,
        "decided": [_proposal(action, me) for action in page.rows],
        "units": held.units,
        "items": held.items,
        "given": given,
        "document": given.get("document", ""),
        "known": {EVERY_ITEM, *(item.id for item in held.items)},
        "people": held.extension_people,
        "closes": wording.field_time(held.closes),
        "longest": acting.LONGEST,
        "fault": fault,
        "seen": last,
    }
    return show(request, "extensions", context, "extensions", status=status)


def _proposal(action: Action, me: Account) -> Proposal:
    return Proposal(
        action=action,
        title=campaign().document_title(action.document),
        at=wording.clock(action.at),
        until=wording.clock(action.until),
        now_until=wording.clock(_deadline(action.unit, action.document))
        if action.state == "proposed"
        else "",
        mine=_same_person(action.account, me),
    )


def _deadline(unit: str, document: str) -> datetime:
    """The last second in time now for what an extension names."""
    held = campaign()
    located = held.locate(document)
    names = {EVERY_ITEM, document, *((located[0].id,) if located else ())}
    return latest_deadline(held, ledger_of(unit), names)


def _propose(request: HttpRequest) -> HttpResponse:
    held = campaign()
    slug, document = request.POST.get("unit", ""), request.POST.get("document", "")
    if slug not in held.unit_by_slug:
        raise Refused(422, "没有选报送单位，请选择。")
    if document != EVERY_ITEM and document not in held.item_by_id and held.locate(document) is None:
        raise Refused(422, "没有选延期的材料，请选择；某一份推荐表写成 individual-01 的样子。")
    until = acting.due_of(held, wording.read_time(request.POST.get("until", "")), what="延期后的截止时间")
    reason = acting.reason_of(request.POST.get("reason", ""), what="延期的理由")
    latest = _deadline(slug, document)
    if until <= latest:
        raise Refused(422, f"延期后的时间不晚于现在的截止时间（{wording.clock(latest)}），请改晚。")
    alone = held.extension_people < 2
    wanted = Action(
        kind=Action.Kind.EXTENDED,
        unit=slug,
        document=document,
        reason=reason,
        until=until,
        state=Action.State.PENDING if alone else Action.State.PROPOSED,
    )
    made = acting.settled(acting.ask(request, wanted, until=until.isoformat()))
    return HttpResponseRedirect(f"/desk/actions/{made.pk}/")


def _proposed(action: int) -> Action:
    found = (
        Action.objects.select_related("account").filter(pk=action, kind=Action.Kind.EXTENDED).first()
        if action < 2**63
        else None
    )
    if found is None:
        raise Http404
    return found


@door(Door.APPROVER)
@require_POST
def agree(request: HttpRequest, action: int) -> HttpResponse:
    """The second person agrees: the worker writes the extension."""
    found, me = _proposed(action), account_of(request)
    if _same_person(found.account, me):
        raise Refused(409, _SAME, back=_BACK)
    if found.until is None or found.until <= now():
        raise Refused(409, "延期后的截止时间已经过去，不能同意。请不同意这一件，另提一件。", back=_BACK)
    return _decide(request, found, me, Action.State.PENDING)


@door(Door.APPROVER)
@require_POST
def decline(request: HttpRequest, action: int) -> HttpResponse:
    """An approver does not agree and may say why, or takes an own proposal back: nothing is written."""
    found, why = _proposed(action), request.POST.get("reason", "")
    if why.strip():
        why = acting.reason_of(why, what="不同意的理由")
    return _decide(request, found, account_of(request), Action.State.DECLINED, why.strip())


def _decide(
    request: HttpRequest, found: Action, me: Account, state: Action.State, why: str = ""
) -> HttpResponse:
    declined = state == Action.State.DECLINED
    word = "declined" if declined else "agreed"
    with transaction.atomic():
        changed = Action.objects.filter(pk=found.pk, state=Action.State.PROPOSED).update(
            state=state, second=me, done_at=now() if declined else None, message=why
        )
        if changed:
            note(
                request, f"office-extension-{word}", unit=found.unit, target=found.document, decision=found.pk
            )
    found.refresh_from_db()
    if not changed and (found.second_id != me.pk or (found.state == Action.State.DECLINED) != declined):
        line = Audit.objects.filter(action__in=_DECIDED, detail__decision=found.pk).first()
        at = f"在 {wording.clock(line.at)} " if line else ""
        by = wording.person(found.second) if found.second else "已经有人"
        how = "不同意" if found.state == Action.State.DECLINED else "同意"
        raise Refused(409, f"{by}已{at}审批过这一件延期：{how}。这一次没有办，请看清现在的状态。", back=_BACK)
    acting.settled(found)
    return HttpResponseRedirect(f"/desk/actions/{found.pk}/")
