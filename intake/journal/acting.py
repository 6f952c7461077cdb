"""Doing something with a document: one line in the journal for each decision, however often the button is pressed.

Every form carries the version it was drawn for and the last action it knew of. Where either is no longer the newest,
nothing happens, and the page says what came between. The worker writes the decision into the ledger; we wait for it a moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from build_tools.campaign import Campaign
from build_tools.reminders.wording import one_line
from intake.answers import Refused
from intake.current import now
from intake.journal.models import Action, Submission
from intake.people.access import account_of
from intake.people.audit import note
from intake.people.models import Account
from intake.tags import moment

UNCLEAR = 422
"""The status of a refusal that whoever typed it can mend in the form."""

LONGEST = 500
"""Characters of a reason, as the ledger holds it."""

STAGES = (Action.Kind.RETURNED, Action.Kind.ACCEPTED, Action.Kind.WITHDRAWN)
"""What decides on a version of a document."""

_PATIENCE = 3.0
_STEP = 0.1
pause: Callable[[float], None] = time.sleep
"""How we wait between two looks at the line."""


def reason_of(text: str, *, what: str = "理由", before: str = "") -> str:
    """What was typed, on one line as the ledger keeps it, behind the words ``before``; raises :class:`Refused`."""
    told, most = one_line(text.replace("\r\n", " ")), LONGEST - len(before)
    if not told:
        raise Refused(422, f"没有写{what}，请写明后再提交。")
    if len(told) > most:
        raise Refused(422, f"{what}有 {len(told)} 字，最多 {most} 字，请删减后再提交。")
    return f"{before}{told}"


def due_of(held: Campaign, until: datetime | None, *, what: str) -> datetime:
    """The date that was given, which lies ahead and within the campaign; raises :class:`Refused`."""
    if until is None:
        raise Refused(422, f"没有写{what}，或者写法不对，请从日历中选择日期和时间。")
    if until <= now():
        raise Refused(422, f"{what}已经过去，请改到现在以后。")
    if held.closes is not None and until > held.closes:
        raise Refused(422, f"{what}晚于活动结束的时间，请改早。")
    return until


def alike(kind: str) -> tuple[str, ...]:
    """The kinds of action that get in each other's way: what decides on a version; others only with themselves."""
    return STAGES if kind in STAGES else (kind,)


def last_action(unit: str, document: str, kind: str) -> int:
    """The number of the last action on a document that is :func:`alike`; 0 when there is none. A form carries it."""
    asked = Action.objects.filter(unit=unit, document=document, kind__in=alike(kind)).order_by("-id")
    return asked.values_list("id", flat=True).first() or 0


def seen_of(request: HttpRequest) -> int:
    """The number of the last action that the form knew of."""
    text = request.POST.get("seen", "")
    if not text.isdecimal() or len(text) > 18:
        raise Refused(400, "表单不完整，请刷新页面后再办。")
    return int(text)


def ask(request: HttpRequest, wanted: Action, *, number: str = "", **detail: Any) -> Action:
    """Put ``wanted`` into the journal unless the same person's form did so already; raises :class:`Refused`.

    ``wanted`` has no time and no person yet: it is whoever is signed in, of the office or of the document's own unit.
    ``detail`` goes into the audit trail: numbers and fixed words only.
    """
    account, seen = account_of(request), seen_of(request)
    with transaction.atomic():
        # Where writers do not queue by themselves (PostgreSQL), they queue here: for the document, and for the person.
        if wanted.submission_id is not None:
            Submission.objects.select_for_update().get(pk=wanted.submission_id)
        Account.objects.select_for_update().get(pk=account.pk)
        later = (
            Action.objects.filter(
                unit=wanted.unit, document=wanted.document, kind__in=alike(wanted.kind), id__gt=seen
            )
            .order_by("id")
            .first()
        )
        if later is not None:
            if _same(later, wanted, account):
                return later
            raise moved(later, account, back=_back(wanted, account))
        _only_newest(wanted.submission, account)
        wanted.account, wanted.at = account, now()
        wanted.save(force_insert=True)
        note(
            request, f"{'office' if account.is_office else 'unit'}-{wanted.kind}", unit=wanted.unit, target=wanted.document,
            number=number, decision=wanted.pk, **detail,
        )  # fmt: skip
    return wanted


def _same(known: Action, wanted: Action, account: Account) -> bool:
    """Whether ``known`` came of the same form: the button was pressed twice."""
    told = ("kind", "submission_id", "reason", "until", "copies", "seals")
    return known.account_id == account.pk and all(getattr(known, k) == getattr(wanted, k) for k in told)


def moved(known: Action, reader: Account, *, back: str) -> Refused:
    """The refusal of whoever comes second: who was first, and when. A unit is told no name of the office's."""
    by = known.account
    who = by.name if reader.is_office or by.unit == reader.unit else "活动办公室"
    told = f"{who}已在 {moment(known.at)} 办过：{known.word}。这一次没有办，请看清现在的状态再办。"
    return Refused(409, told, back=back)


def _back(wanted: Action, reader: Account) -> str:
    """The page on which the state of what was wanted is seen."""
    if not reader.is_office:
        return f"/my/documents/{wanted.document}/"
    if wanted.submission is not None:
        return f"/desk/{wanted.submission.number}/"
    return "/desk/paper/" if wanted.kind == Action.Kind.PAPER else "/desk/extensions/"


def _only_newest(line: Submission | None, reader: Account) -> None:
    if line is None:
        return
    newer = Submission.objects.filter(unit=line.unit, document=line.document, id__gt=line.pk)
    if (newest := newer.order_by("-id").first()) is not None:
        back = f"/desk/{newest.number}/" if reader.is_office else f"/my/documents/{line.document}/"
        raise superseded(newest, back=back)


def superseded(newest: Submission, *, back: str) -> Refused:
    """The refusal of whoever decides on a version after which the unit sent another one: when that was."""
    told = f"单位在 {moment(newest.received_at)} 又交了新的一版，这一版没有办理。请打开新的一版，看过再办。"
    return Refused(409, told, back=back)


def settled(action: Action) -> Action:
    """``action`` as it stands once the worker has done its part, or after three seconds."""
    waited = 0.0
    while action.state == Action.State.PENDING and waited < _PATIENCE:
        pause(_STEP)
        waited += _STEP
        action.refresh_from_db()
    return action
