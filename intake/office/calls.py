"""催报: whom to call and why, the letter, what came of a call, and when a mail was sent last (``mailing``)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from build_tools.progress import Phase
from build_tools.reminders.letter import letter
from build_tools.reminders.plan import Reminder, plan
from build_tools.reminders.wording import deadline_text, sending_text, time_left
from intake.answers import Refused
from intake.current import campaign, now
from intake.office import wording
from intake.office.campaign_tree import state
from intake.office.desk import leaf, show, unit_called
from intake.office.mailing import Mailed, has_address, last_mails, obstacle
from intake.people.access import Door, door
from intake.people.audit import note
from intake.people.models import Audit

CALLED, UNCALLED = "office-called", "office-uncalled"
"""What the audit trail calls a telephone call, and one that was noted by mistake."""
RESULTS = {"reached": "电话打通", "missed": "电话没有打通"}


@dataclass(frozen=True, slots=True)
class Call:
    """A unit on the list. ``called`` tells when somebody last called and ``result`` what came of it; ``today`` says whether
    somebody got through today, and ``call`` is the number of that line of the audit trail.
    """

    reminder: Reminder
    urgency: str
    level: int
    reason: str
    duties: tuple[str, ...]
    until: str
    left: str
    sending: str
    called: str
    caller: str
    result: str
    call: int
    today: bool
    mailed: Mailed | None
    reachable: bool


def _calls(request: HttpRequest) -> tuple[list[Reminder], dict[str, Audit]]:
    mistaken = Audit.objects.filter(action=UNCALLED).values_list("detail__call", flat=True)
    last = (
        Audit.objects.filter(action=CALLED)
        .exclude(pk__in=list(mistaken))
        .values("unit")
        .annotate(last=Max("id"))
        .values_list("last", flat=True)
    )
    told = {line.unit: line for line in Audit.objects.filter(id__in=last).select_related("account")}
    return list(plan(state().progress)), told


def _call(reminder: Reminder, line: Audit | None, mailed: Mailed | None) -> Call:
    moment, reason = reminder.now, reminder.progress.call
    duties = [f"{duty.title}：{duty.needed}（期限{deadline_text(duty, moment)}）" for duty in reminder.duties]
    duties += [f"{title}：逾期未报，视为放弃" for title in reminder.lapsed]
    zone = campaign().timezone
    return Call(
        reminder=reminder,
        urgency=reason.urgency.label if reason else "未到期",
        level=int(reason.urgency) if reason else 9,
        reason=reason.reason if reason else "",
        duties=tuple(duties),
        until=wording.clock(reminder.deadline),
        left=time_left(reminder.deadline, moment),
        sending=sending_text(reminder),
        called=wording.clock(line.at) if line else "",
        caller=line.account.name if line and line.account else "",
        result=RESULTS.get(line.detail.get("result", ""), "") if line else "",
        call=line.pk if line else 0,
        today=bool(line and _got_through(line) and line.at.astimezone(zone).date() == moment.date()),
        mailed=mailed,
        reachable=bool(reminder.duties) and has_address(reminder.unit),
    )


def _got_through(line: Audit) -> bool:
    return bool(line.detail.get("result") == "reached")


@door(Door.OFFICE)
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """The list, most urgent first; with ``all`` those that are not due, too."""
    reminders, told = _calls(request)
    every = request.GET.get("all") == "1"
    mine = [reminder for reminder in reminders if every or reminder.progress.call]
    page = leaf(request, mine)
    progress, mails = state().progress, last_mails()
    sent = request.GET.get("sent", "")
    context = {
        "page": page,
        "calls": [
            _call(reminder, told.get(reminder.unit.slug), mails.get(reminder.unit.slug))
            for reminder in page.rows
        ],
        "every": every,
        "others": len(reminders) - len([r for r in reminders if r.progress.call]),
        "before": progress.phase is Phase.BEFORE,
        "closed": progress.phase is Phase.CLOSED,
        "obstacle": obstacle(),
        "sent": sent if sent.isdecimal() and len(sent) < len("10000") else "",
        "done": request.GET.get("done", ""),
    }
    return show(request, "calls", context, "calls")


@door(Door.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """One unit's letter and contact; a POST says what came of a call, or which call was noted by mistake."""
    unit = unit_called(slug)
    reminders, told = _calls(request)
    if request.method == "POST":
        result, line = request.POST.get("result", ""), told.get(unit.slug)
        if result in RESULTS:
            note(request, CALLED, unit=unit.slug, result=result)
        elif line and request.POST.get("mistake") == str(line.pk):
            note(request, UNCALLED, unit=unit.slug, call=line.pk)
        else:
            raise Refused(409, "这次通话的记录刚刚有变，没有改动；请看清楚以后再操作。", back="/desk/calls/")
        return HttpResponseRedirect(f"/desk/calls/?done={unit.slug}")
    found = next((reminder for reminder in reminders if reminder.unit.slug == unit.slug), None)
    context = {
        "found": unit,
        "call": _call(found, told.get(unit.slug), last_mails().get(unit.slug)) if found else None,
        "letter": letter(found) if found and found.duties else None,
        "obstacle": obstacle(),
        "now": now(),
    }
    return show(request, "letter", context, "calls")
