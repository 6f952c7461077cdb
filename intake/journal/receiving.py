"""From a body to a line in the journal. On return the line survives a power cut; only then is a receipt given.

The order: the body to the spool, synced; then one transaction with the row, its link in the unit's chain, the audit
line and, because a row without ``recorded_at`` is what the worker looks for, the work that follows. The same attempt
is one line, however often it is sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.http import HttpRequest

from build_tools.ledger import digest, event_hash
from build_tools.standing import Stage, standing
from intake.answers import Refused
from intake.current import campaign, ledger_of, now
from intake.files.drafts import submitted
from intake.files.uploads import ready
from intake.journal import spool
from intake.journal.allowance import check_room, check_wrapping
from intake.journal.incoming import Incoming
from intake.journal.models import Action, Submission
from intake.journal.turn import alone, turn
from intake.people.audit import note
from intake.people.models import Account

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Received(NamedTuple):
    """The line in the journal, and whether this call made it."""

    submission: Submission
    fresh: bool


def receive(
    request: HttpRequest | None, account: Account, came: Incoming, body: bytes, received: datetime
) -> Received:
    """Take what ``came`` in ``body``, whose last byte was here at ``received``, into the journal.

    Raises :class:`Refused` for an attempt that was received with other contents or for a file that is not there, and
    :class:`OSError` or a database error when nothing was stored.
    """
    version = digest(came.data)
    known, last, files = _there(account.unit, came, version)
    if known:
        return Received(known, fresh=False)
    check_wrapping(len(body), len(came.data), len(came.uploads))
    if last is not None and not _asked_again(last):
        check_room(account.unit, received)
    if last is None and not files:
        _refuse_what_stands(account.unit, came, version)
    name = spool.put(body, received)
    with turn(), transaction.atomic():
        alone(account.unit)
        # What came while this one waited for its turn counts as well: the same attempt, the same contents.
        known, _, files = _there(account.unit, came, version)
        if known is None:
            submitted(account.unit, came.document, came.data)
            made = _line(account, came, files, received, name, digest(body))
            note(request, "submitted", unit=account.unit, target=came.document, number=made.number)
            return Received(made, fresh=True)
    spool.drop(name)
    return Received(known, fresh=False)


def _there(
    unit: str, came: Incoming, version: str
) -> tuple[Submission | None, Submission | None, dict[str, Any]]:
    """The line that has what ``came`` already, the document's last line, and the files this version has.

    Raises :class:`Refused`.
    """
    known = _known(unit, came, version)
    last = Submission.objects.filter(unit=unit, document=came.document).order_by("-id").first()
    if known:
        return known, last, known.files
    files = {**_uploaded(unit, came), **_carried(last, came)}
    same = last is not None and (last.digest, last.files) == (version, files) and not _asked_again(last)
    return (last if same else None), last, files


def _known(unit: str, came: Incoming, version: str) -> Submission | None:
    """The line of this very attempt."""
    known = Submission.objects.filter(unit=unit, attempt=came.attempt).first()
    if known and (known.document, known.digest) != (came.document, version):
        raise Refused(409, "这次提交的编号已经用过，内容却不同。请刷新页面后再提交。")
    return known


def _uploaded(unit: str, came: Incoming) -> dict[str, Any]:
    """The files that came with this attempt, each seen to be in the store; raises :class:`Refused`."""
    found = {}
    for path, upload in came.uploads.items():
        kept = ready(unit, path, upload)
        found[path] = {"digest": kept.digest, "size": kept.size}
    return found


def _carried(before: Submission | None, came: Incoming) -> dict[str, Any]:
    """The files of the version before that this one still names and does not send anew."""
    named: Mapping[str, Any] = before.files if before else {}
    return {
        path: kept for path, kept in named.items() if path not in came.uploads and path.encode() in came.data
    }


def _refuse_what_stands(unit: str, came: Incoming, version: str) -> None:
    """Refuse the very document that was received by git or at the counter: its time of receipt is the better one."""
    held = campaign()
    stands = standing(held, ledger_of(unit), held.item_by_id[came.item], came.document)
    if stands.digest == version and stands.received and stands.stage in (Stage.RECEIVED, Stage.ACCEPTED):
        at = stands.received.astimezone(held.timezone)
        raise Refused(
            409,
            f"与 {at.month}月{at.day}日 {at:%H:%M:%S} 收到的一份完全相同，那一份有效，不必再交。改动以后才需要提交。",
        )


def _asked_again(last: Submission) -> bool:
    """Whether the office returned the document, or took it out, since this version came."""
    kinds = (Action.Kind.RETURNED, Action.Kind.WITHDRAWN)
    since = Action.objects.filter(
        unit=last.unit, document=last.document, kind__in=kinds, at__gte=last.received_at
    )
    return since.exclude(state=Action.State.REFUSED).exists()


def _line(
    account: Account,
    came: Incoming,
    files: dict[str, Any],
    received: datetime,
    name: str,
    body: str,
) -> Submission:
    """Add the line; what the clock says may not be earlier than what stands in the journal already."""
    held = campaign()
    last = Submission.objects.order_by("-id").values_list("stored_at", flat=True).first()
    flags = []
    if last is not None and received < last and now() < last:
        received, flags = last.astimezone(held.timezone), ["clock"]
    stored = max(now(), received)
    if received <= held.deadline < stored:
        flags.append("stored_late")
    before = Submission.objects.filter(unit=account.unit).order_by("-seq").first()
    made = Submission(
        number=_number(received),
        unit=account.unit,
        document=came.document,
        item=came.item,
        seq=before.seq + 1 if before else 1,
        attempt=came.attempt,
        account=account,
        by=account.name,
        received_at=received,
        stored_at=stored,
        spool=name,
        body_digest=body,
        digest=digest(came.data),
        size=len(came.data),
        files=files,
        flags=flags,
        nonce=secrets.token_hex(16),
        previous=before.hash if before else "",
    )
    made.hash = link_hash(made)
    made.save(force_insert=True)
    return made


def link_hash(line: Submission) -> str:
    """The hash of a line and, through ``previous``, of all before it: SHA-256 of the canonical JSON of what it says."""
    return event_hash(
        {
            "number": line.number,
            "unit": line.unit,
            "document": line.document,
            "seq": line.seq,
            "by": line.by,
            "received_at": _text(line.received_at),
            "stored_at": _text(line.stored_at),
            "digest": line.digest,
            "body": line.body_digest,
            "files": line.files,
            "nonce": line.nonce,
            "previous": line.previous or None,
        }
    )


def first_broken(unit: str) -> Submission | None:
    """The first line of a unit whose link does not hold; ``None`` for a sound chain."""
    previous = ""
    for seq, line in enumerate(Submission.objects.filter(unit=unit).order_by("seq").iterator(), 1):
        if line.seq != seq or line.previous != previous or line.hash != link_hash(line):
            return line
        previous = line.hash
    return None


def _text(moment: datetime) -> str:
    return moment.astimezone(campaign().timezone).isoformat()


def _number(received: datetime) -> str:
    """``SB120821-7KQ4F-M2XTN``: the day, and fifty random bits that nobody can guess and everybody can read aloud."""
    value = secrets.randbits(50)
    letters = "".join(_LETTERS[value >> shift & 31] for shift in range(0, 50, 5))
    return f"SB{received:%y%m%d}-{letters[:5]}-{letters[5:]}"
