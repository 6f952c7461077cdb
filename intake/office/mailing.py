"""发催报邮件: to one unit, or to all that still owe something. The worker sends them; here they are asked for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from build_tools.campaign import Unit
from build_tools.reminders.mail import is_address
from build_tools.reminders.plan import Reminder, plan
from build_tools.reminders.post import HOST, BadPost, sender
from intake.answers import Refused
from intake.current import campaign, now
from intake.office import wording
from intake.office.campaign_tree import state
from intake.office.desk import show, unit_called
from intake.people.access import Door, door
from intake.people.audit import note
from intake.people.models import Account, Audit, Role
from intake.projection.reminding import ASKED, MAILED, NOT_MAILED, OUTCOMES, last_asked

REST = timedelta(hours=1)
"""How long a unit is left alone after it was sent one."""

_BACK = "/desk/calls/"
_FATE = {MAILED: "已发出", NOT_MAILED: "没有发出，请打电话"}


@dataclass(frozen=True, slots=True)
class Mailed:
    """The last reminder of a unit: when it was asked for, by whom, and what became of it; ``fresh`` for an hour."""

    at: str
    by: str
    fate: str
    fresh: bool


def obstacle() -> str:
    """Why no mail can be sent from here at all; empty when it can."""
    try:
        able = bool(os.environ.get(HOST) and sender(os.environ, campaign()))
    except BadPost:
        able = False
    return "" if able else "没有设好邮件服务器，不能发催报邮件。请打电话，或者复制催报函另发。"


def has_address(unit: Unit) -> bool:
    """Whether there is an address to write to."""
    return unit.contact is not None and is_address(unit.contact.email)


def last_mails() -> dict[str, Mailed]:
    """The last reminder of each unit. Two queries."""
    outcomes = Audit.objects.filter(action__in=OUTCOMES).values_list("detail", "action")
    fates = {detail.get("asked"): action for detail, action in outcomes}
    since = now() - REST
    return {
        line.unit: Mailed(
            at=wording.clock(line.at),
            by=line.account.name if line.account else "",
            fate=_FATE.get(fates[line.pk], "不用发了，已办结") if line.pk in fates else "正在发",
            fresh=line.at > since,
        )
        for line in last_asked().select_related("account")
    }


def to_remind() -> list[Reminder]:
    """The units that still have something to bring, in official order of urgency."""
    return [reminder for reminder in plan(state().progress) if reminder.duties]


def _queue() -> None:
    """Let nobody else of the office ask at the same time: an hour has one reminder."""
    list(Account.objects.select_for_update().exclude(role=Role.UNIT).order_by("pk").values_list("pk"))


@door(Door.OFFICE)
@require_POST
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the unit its reminder."""
    unit = unit_called(slug)
    back = f"/desk/calls/{slug}/"
    if why := obstacle():
        raise Refused(409, why, back=back)
    if not has_address(unit):
        raise Refused(409, "这个单位没有登记电子邮箱，请打电话。", back=back)
    if not any(reminder.unit.slug == slug for reminder in to_remind()):
        raise Refused(409, "这个单位没有要再报的材料，没有发。", back=back)
    with transaction.atomic():
        _queue()
        last = last_mails().get(slug)
        if last and last.fresh:
            raise Refused(409, f"{last.by}在 {last.at} 发过，一小时内不再发。急的请打电话。", back=back)
        note(request, ASKED, unit=slug)
    return HttpResponseRedirect(f"{_BACK}?sent=1")


@door(Door.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def everybody(request: HttpRequest) -> HttpResponse:
    """Say how many it will be and who cannot be reached; then send them all."""
    if request.method != "POST":
        return _page(request)
    if why := obstacle():
        raise Refused(409, why, back=_BACK)
    with transaction.atomic():
        _queue()
        ready = _sorted()[0]
        if request.POST.get("count") != str(len(ready)):
            return _page(request, "名单刚刚有变，还没有发。请再看一次，再按发送。", status=409)
        for reminder in ready:
            note(request, ASKED, unit=reminder.unit.slug)
    return HttpResponseRedirect(f"{_BACK}?sent={len(ready)}")


def _sorted() -> tuple[list[Reminder], list[Reminder], list[Reminder]]:
    """Who is written to, who was within the hour, and who has no address."""
    ready: list[Reminder] = []
    rested: list[Reminder] = []
    unreachable: list[Reminder] = []
    known = last_mails()
    for reminder in to_remind():
        last = known.get(reminder.unit.slug)
        if not has_address(reminder.unit):
            unreachable.append(reminder)
        elif last and last.fresh:
            rested.append(reminder)
        else:
            ready.append(reminder)
    return ready, rested, unreachable


def _page(request: HttpRequest, fault: str = "", *, status: int = 200) -> HttpResponse:
    ready, rested, unreachable = _sorted()
    context = {
        "ready": ready, "rested": rested, "unreachable": unreachable, "fault": fault, "obstacle": obstacle(),
    }  # fmt: skip
    return show(request, "reminders", context, "calls", status=status)
