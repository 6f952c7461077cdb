"""Drafts on the server: one a unit and document. Who saves says on which version, so that nobody overwrites another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from build_tools.ledger import digest
from intake.answers import Refused
from intake.current import campaign, now
from intake.files.disk import told
from intake.files.models import Draft
from intake.people.models import Account

MOST_BYTES = 256 * 1024
"""Of a draft's text, as of the document it becomes."""

_MOST_VERSION = 2**31 - 2


def check_document(document: str) -> None:
    """Raises :class:`Refused` unless the campaign has a document of this name."""
    if campaign().locate(document) is None:
        raise Refused(404, "这次活动没有这份表，请从填报首页重新进入。")


def held(unit: str) -> dict[str, Draft]:
    """The unit's drafts, by document; their texts are not loaded."""
    return {draft.document: draft for draft in Draft.objects.filter(unit=unit).defer("yaml")} if unit else {}


def find(unit: str, document: str) -> Draft:
    """The unit's draft of ``document``; raises :class:`Refused`."""
    check_document(document)
    with told():
        draft = Draft.objects.filter(unit=unit, document=document).select_related("account").first()
    if draft is None:
        raise Refused(404, "服务器上没有这份表的草稿。")
    return draft


def save(account: Account, document: str, text: str, based_on: int) -> Draft:
    """Save ``text`` as the version after ``based_on`` (0: there is none yet).

    The same text again is the same version. Raises :class:`Refused`: 409 with what is there when it is another.
    """
    check_document(document)
    _check_text(text)
    _check_version(based_on)
    with told(), transaction.atomic():
        rows = Draft.rows.filter(unit=account.unit, document=document)
        there = _save(rows, account, document, text, based_on)
    if there is None:
        raise _conflict(
            Draft.rows.filter(unit=account.unit, document=document).select_related("account").first()
        )
    return there


def _save(rows: QuerySet[Draft], account: Account, document: str, text: str, based_on: int) -> Draft | None:
    """The draft as saved; ``None`` when something else is there."""
    written = {"yaml": text, "account": account, "saved_at": now()}
    if based_on == 0:
        try:
            with transaction.atomic():
                return Draft.rows.create(unit=account.unit, document=document, **written)
        except IntegrityError:  # there is one, or was one that was removed
            based_on = rows.filter(removed=True).values_list("version", flat=True).first() or 0
    changed = rows.filter(version=based_on).update(version=based_on + 1, removed=False, **written)
    there = rows.filter(removed=False).first()
    return there if there is not None and (changed or there.yaml == text) else None


def remove(account: Account, document: str, based_on: int) -> bool:
    """Remove the draft if it is still the version ``based_on``; says whether it was there: one that is not is no error."""
    check_document(document)
    _check_version(based_on)
    with told():
        rows = Draft.rows.filter(unit=account.unit, document=document)
        gone = rows.filter(version=based_on, removed=False).update(
            version=based_on + 1, yaml="", account=account, saved_at=now(), removed=True
        )
        there = rows.select_related("account").first()
        if not gone and there is not None and not there.removed:
            raise _conflict(there)
    return bool(gone)


def submitted(unit: str, document: str, text: bytes) -> None:
    """What was submitted is a draft no longer; another text, of a colleague, stays. Within the caller's transaction."""
    Draft.objects.filter(unit=unit, document=document, yaml=text.decode("utf-8", "replace")).update(
        version=F("version") + 1, yaml="", removed=True
    )


def to_submit(unit: str, received: Mapping[str, tuple[str, datetime]]) -> dict[str, datetime]:
    """When each of the unit's drafts was saved that says something newer than what was ``received`` of its document.

    ``received`` gives digest and time by document.
    """
    found = {}
    for draft in Draft.objects.filter(unit=unit):
        version, at = received.get(draft.document, ("", None))
        if digest(draft.yaml.encode()) != version and (at is None or draft.saved_at > at):
            found[draft.document] = draft.saved_at
    return found


def _conflict(there: Draft | None) -> Refused:
    if there is None:
        return Refused(
            409,
            "服务器上的这份草稿已经不在了。您写的内容还在本页，可以重新保存。",
            version=0,
            saved_at=None,
            person="",
        )
    local = there.saved_at.astimezone(campaign().timezone)
    when = f"{local.month}月{local.day}日 {local:%H:%M}"
    told_to = {"saved_at": local.isoformat(), "person": there.account.name}
    if there.removed:
        return Refused(
            409,
            f"{there.account.name}已于{when}删去服务器上的这份草稿。您写的内容还在本页，可以重新保存。",
            version=0,
            **told_to,
        )
    return Refused(
        409,
        f"{there.account.name}已于{when}保存了较新的草稿。请选择用对方的还是用自己的，两份都不会丢。",
        version=there.version,
        **told_to,
    )


def _check_text(text: str) -> None:
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise Refused(422, "草稿里有不完整的字符，没有存到服务器。请删去显示不正常的字再试。") from error
    if "\0" in text:
        raise Refused(422, "草稿里有看不见的控制字符，没有存到服务器。请删去显示不正常的字再试。")
    if size > MOST_BYTES:
        raise Refused(
            413, f"草稿超过 {MOST_BYTES // 1024} KB，没有存到服务器。请缩短内容，较长的材料用附件上传。"
        )


def _check_version(version: int) -> None:
    if not 0 <= version <= _MOST_VERSION:
        raise Refused(400, "草稿的版本号不对，请刷新页面后再办。")
