"""Mails to units: the reminders that the desk asked for (``reminding``), and a short one about each decision; only where
a mail server is set.

That one names the unit, the document and what was decided. Why something is returned, and whom it is about, is read behind
the sign-in only. A mail is sent after the decision is in the ledger, once: the audit trail remembers it.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from build_tools.reminders.mail import is_address, reply_address
from build_tools.reminders.post import HOST, BadPost, NoServer, deliver, post, sender
from build_tools.reminders.wording import one_line
from build_tools.standing import NOT_TAKEN
from intake.current import campaign, now
from intake.journal.models import Action, Submission
from intake.people.audit import note
from intake.people.models import Audit
from intake.place import place
from intake.projection import reminding
from intake.projection.notice import Notice
from intake.tags import moment

_LOG = logging.getLogger("intake.mail")
MAILED, NOT_MAILED = "decision-mailed", "decision-not-mailed"
_KINDS = (Action.Kind.RETURNED, Action.Kind.ACCEPTED, Action.Kind.WITHDRAWN)
_BACK = timedelta(days=1)
"""What was decided earlier is not told any more: a mail server that is set up late tells no old stories."""

_EVERY, _LONGEST, _TRIES = 5.0, 900.0, 5


class Teller:
    """Sends what is to be told in a thread of its own, so that a slow mail server holds up nothing."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._next = 0.0
        self._wait = _EVERY
        self._tries: Counter[object] = Counter()

    def tend(self) -> None:
        """Begin to send, unless that is going on or nothing can be sent."""
        if not os.environ.get(HOST):
            _mailing_ended()
            return
        if time.monotonic() < self._next:
            return
        if self._thread is None or not self._thread.is_alive():
            self._next = time.monotonic() + self._wait
            self._thread = threading.Thread(target=self._run, name="mail", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            well = self.tell()
        except Exception as error:  # noqa: BLE001 - whatever it is, the worker goes on, and the next time is another try
            _LOG.error("mail failed", exc_info=error)
            well = False
        finally:
            connection.close()
        self._wait = _EVERY if well else min(self._wait * 2, _LONGEST)

    def tell(self) -> bool:
        """Send what is to be told now; says whether the server took all of it, or will never take it."""
        notices = [*_decided(), *reminding.waiting()]
        if not notices:
            return True
        try:
            outcomes = list(deliver(post(os.environ), notices))
        except (NoServer, BadPost) as trouble:
            _LOG.error("no mail server", extra={"count": len(notices)}, exc_info=trouble)
            return False
        well = True
        for outcome in outcomes:
            notice = outcome.mail
            if outcome.accepted:
                note(None, notice.mailed, unit=notice.unit, target=notice.target, **notice.detail)
                continue
            self._tries[notice.key] += 1
            _LOG.warning("mail refused", extra={"unit": notice.unit})
            if self._tries[notice.key] < _TRIES:
                well = False
            else:
                note(None, notice.not_mailed, unit=notice.unit, target=notice.target, **notice.detail)
        return well


def _mailing_since() -> datetime:
    """Since when a mail server is set: what was decided before is told by nobody."""
    file = place().var / "mailing"
    with suppress(OSError, ValueError):
        return datetime.fromisoformat(file.read_text(encoding="ascii"))
    since = now()
    file.write_text(since.isoformat(), encoding="ascii")
    return since


def _mailing_ended() -> None:
    (place().var / "mailing").unlink(missing_ok=True)


def _decided() -> Iterator[Notice]:
    """The mails of the decisions of the last day, since a mail server is set, that are not told yet, that still hold,
    and have somebody to be told."""
    since = max(now() - _BACK, _mailing_since())
    told = {
        line.detail.get("decision")
        for line in Audit.objects.filter(action__in=(MAILED, NOT_MAILED), at__gte=since)
    }
    same = Q(unit=OuterRef("unit"), document=OuterRef("document"))
    decided_anew = Action.objects.filter(
        same, kind__in=_KINDS, state__in=(Action.State.PENDING, Action.State.DONE), id__gt=OuterRef("id")
    )
    sent_anew = Submission.objects.filter(same, id__gt=OuterRef("submission_id"))
    done = Action.objects.filter(
        ~Exists(decided_anew),
        ~Exists(sent_anew),
        kind__in=_KINDS,
        state=Action.State.DONE,
        done_at__gte=since,
    ).order_by("id")
    held = campaign()
    by = sender(os.environ, held)
    for action in done:
        contact = held.unit_by_slug[action.unit].contact
        if action.pk not in told and by and contact and is_address(contact.email):
            yield Notice(
                by, contact.email, _data(action, by, contact.email), action.unit, MAILED, NOT_MAILED,
                target=action.document, detail={"decision": action.pk},
            )  # fmt: skip


def _data(action: Action, by: str, recipient: str) -> bytes:
    held = campaign()
    decided = action.word
    sample = "【示例】" if held.is_demo else ""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(one_line(held.receiver), addr_spec=by)
    if reply := reply_address(held):
        message["Reply-To"] = Address(addr_spec=reply)
    message["To"] = Address(addr_spec=recipient)
    title = held.document_title(action.document)
    message["Subject"] = one_line(f"{sample}{decided}：{title}（{held.short_title}）").replace("=?", "＝?")
    message["Date"] = action.done_at or action.at
    message["Message-ID"] = f"<decision-{action.pk}.{action.unit}@{by.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("".join(f"{line}\n" for line in _lines(action, title)), charset="utf-8", cte="base64")
    message["Content-Language"] = "zh-CN"
    return message.as_bytes()


def _lines(action: Action, title: str) -> Iterator[str]:
    held = campaign()
    yield f"{one_line(held.unit_by_slug[action.unit].bureau)}："
    yield ""
    if action.kind == Action.Kind.RETURNED:
        until = f"，请在{moment(action.until)}前重新提交" if action.until else ""
        yield f"　　贵单位报送的{title}已退回修改{until}。退回的理由请登录后查看："
    elif action.kind == Action.Kind.WITHDRAWN:
        told = "" if action.word == NOT_TAKEN else "已"
        yield f"　　贵单位报送的{title}{told}{action.word}。理由和可否重报请登录后查看："
    else:
        yield f"　　贵单位报送的{title}已受理。办理情况请登录后查看："
    yield ""
    yield f"{settings.URL}/my/"
    yield ""
    yield "　　本邮件由系统发出，请勿回复；有疑问的，请与活动办公室联系。"
    if held.is_demo:
        yield f"　　{one_line(held.demo_note)}"
    yield ""
    yield f"　　　　{one_line(held.receiver)}"
