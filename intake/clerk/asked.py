"""What the form pages' script asks: who is signed in, what is wrong, and to take what is submitted."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from build_tools.campaign import BrokenCampaign
from build_tools.standing import Stage, Standing, word_of
from intake.answers import Refused, file_answer
from intake.clerk.pace import CHECKS
from intake.clerk.standing import file_of_tree, newest, unit_progress
from intake.current import campaign, now, standing_tree
from intake.files.models import Draft, Upload
from intake.files.store import Missing, read
from intake.journal import spool
from intake.journal.incoming import MOST
from intake.journal.incoming import read as read_body
from intake.journal.models import Submission
from intake.journal.receiving import receive
from intake.people.access import Door, account_of, door
from intake.people.models import Account
from intake.projection.judging import judge_before
from intake.receipts.wording import in_time

_LOG = logging.getLogger("intake.submit")
_LATE = {"T08": "已过截止时间，报送照收、给回执，但按通知视为放弃推荐资格。"}
"""What a form says of lateness, by the rule's code."""


@door(Door.OPEN)
@require_http_methods(["GET"])
def state(request: HttpRequest) -> JsonResponse:
    """Who is signed in, and how that unit's documents and drafts stand."""
    account = request.user
    if not isinstance(account, Account):
        return JsonResponse({"signed_in": False, "sign_in": "/my/sign-in/"})
    unit = campaign().unit_by_slug.get(account.unit)
    told: dict[str, Any] = {
        "signed_in": True,
        "unit": unit.slug if unit else "",
        "unit_name": unit.bureau if unit else "",
        "person": account.name,
        "csrf": get_token(request),
        "now": now().isoformat(),
        "drafts": {},
        "documents": {},
    }
    if unit:
        drafts = Draft.objects.filter(unit=unit.slug).values("document", "version", "saved_at")
        told["drafts"] = {
            draft["document"]: {"version": draft["version"], "saved_at": _text(draft["saved_at"])}
            for draft in drafts
        }
        told["documents"] = _documents(unit.slug)
    return JsonResponse(told)


def _documents(slug: str) -> dict[str, Any]:
    """Every document of a unit by how it stands; the receipt, where the intake gave it."""
    receipts = newest(slug)
    try:
        progress = unit_progress(slug)
    except BrokenCampaign:
        progress = None
    found: dict[str, Any] = {}
    for name in receipts:
        document = progress.document(name) if progress else None
        told = _stage(document.standing) if document else {}
        found[name] = _receipt(receipts[name]) | {"stage": "received", "reason": "", "until": None} | told
        if found[name]["stage"] == Stage.NONE:
            found[name]["stage"] = "received"  # the ledger does not know of it yet
    for item in progress.items if progress else ():
        for document in item.documents:
            stands = document.standing
            if document.name not in found and stands.received is not None:
                received = {"at": _text(stands.received), "digest": stands.digest or ""}
                found[document.name] = {"number": "", "url": "", **received, **_stage(stands)}
    return found


def _stage(stands: Standing) -> dict[str, Any]:
    """What was last done with a document, why, and what that is called if it was taken out."""
    until = _text(stands.until) if stands.until else None
    word = word_of("已撤回", stands.reason) if stands.stage is Stage.WITHDRAWN else ""
    return {"stage": stands.stage.value, "word": word, "reason": stands.why, "until": until}


@door(Door.UNIT)
@require_POST
def check(request: HttpRequest) -> JsonResponse:
    """What would be found if this were handed in now, quota and duplicates included."""
    account = account_of(request)
    told = _json(_body(request))
    asked = told.get("document")
    located = campaign().locate(asked) if isinstance(asked, str) else None
    text, files = told.get("yaml"), told.get("files") or {}
    if located is None or not isinstance(text, str) or not _is_files(files):
        raise Refused(400, "要检查的内容不完整，请刷新页面后再试。")
    CHECKS.check(account.pk)
    item, number = located
    folder = campaign().unit_by_slug[account.unit].folder
    path = f"{folder}/{item.path(number)}"
    over = {path: text.encode("utf-8", "replace")}
    uploads = Upload.objects.filter(
        unit=account.unit, state=Upload.State.READY, path__in=[path for path in files if path.isprintable()]
    )
    for upload in uploads:
        if str(upload.id) == files[upload.path]:
            try:
                over[f"{folder}/{upload.path}"] = read(upload.digest)
            except Missing as error:
                raise Refused(409, "有照片或材料没有存好，请重新选择文件。") from error
    try:
        findings = judge_before(path, over)
    except BrokenCampaign as error:
        raise Refused(
            503, "现在不能检查：活动的设置正在调整。可以照常提交，提交后再查看校验意见。"
        ) from error
    findings = [_for_a_form(finding) for finding in findings]
    errors = sum(finding["severity"] == "error" for finding in findings)
    return JsonResponse(
        {
            "findings": findings,
            "errors": errors,
            "warnings": len(findings) - errors,
            "last": _last(account.unit, str(asked)),
        }
    )


def _for_a_form(finding: dict[str, Any]) -> dict[str, Any]:
    """Lateness is no mistake that one could go back and mend; and its advice is for proposals in git."""
    words = _LATE.get(finding["code"])
    return finding | {"severity": "warning", "message": words, "hint": ""} if words else finding


def _is_files(files: object) -> bool:
    """Paths and names of uploads, no more than a campaign has: each is a value of one query."""
    most = campaign().limits["files"]
    return isinstance(files, dict) and len(files) <= most and all(isinstance(v, str) for v in files.values())


@door(Door.UNIT)
@require_http_methods(["GET", "POST"])
def document(request: HttpRequest, document: str) -> HttpResponse:
    """The version of the unit's own document that was sent last, or a new one to be taken."""
    account = account_of(request)
    if request.method == "POST":
        return _submit(request, account, document)
    last = _last(account.unit, document)
    if last is None:
        raise Refused(404, "这份表还没有报过，可以直接填写。")
    return JsonResponse({"document": document, **last})


def _last(slug: str, document: str) -> dict[str, Any] | None:
    """The text that was sent last, through the intake or by git, ``by`` whom and ``at`` what time.

    The latter two are empty of what came by git; ``None`` when nothing was sent.
    """
    located = campaign().locate(document)
    line = Submission.objects.filter(unit=slug, document=document).order_by("-id").first()
    try:
        if located is None:
            return None
        if line is not None:
            text = spool.document(line.spool)
        else:
            folder = campaign().unit_by_slug[slug].folder
            text = standing_tree().read(f"{folder}/{located[0].path(located[1])}")
    except OSError:
        return None
    sender = {"by": line.by, "at": _text(line.received_at)} if line else {"by": "", "at": ""}
    return {"yaml": text.decode("utf-8", "replace"), **sender}


@door(Door.UNIT)
@require_http_methods(["GET"])
def attached(request: HttpRequest, document: str, path: str) -> HttpResponse:
    """A photo or a material of the version that was sent last, of the unit's own documents only."""
    slug = account_of(request).unit
    line = Submission.objects.filter(unit=slug, document=document).order_by("-id").first()
    kept = line.files.get(path) if line else None
    try:
        data = read(kept["digest"]) if kept else file_of_tree(slug, path)
    except (OSError, Missing) as error:
        raise Refused(404, "没有这个文件。") from error
    return file_answer(data, path)


def _submit(request: HttpRequest, account: Account, document: str) -> JsonResponse:
    """Take a submission: answered only when it survives a power cut."""
    body = _body(request)
    received = now()
    came = read_body(campaign(), document, body)
    try:
        line, fresh = receive(request, account, came, body, received)
    except (OSError, Error) as error:
        _LOG.error("not stored", extra={"unit": account.unit, "document": document}, exc_info=error)
        connection.close()
        raise Refused(
            507,
            "服务器暂时存不下，没有收到这次提交。请不要关闭本页，过几分钟再试；仍不行的，请联系活动办公室。",
        ) from error
    if fresh:
        _LOG.info("received", extra={"unit": line.unit, "document": line.document, "number": line.number})
    return JsonResponse(_receipt(line), status=201 if fresh else 200)


def _receipt(line: Submission) -> dict[str, Any]:
    timing = in_time(line)
    return {
        "number": line.number,
        "url": reverse("receipt", args=[line.number]),
        "at": _text(line.received_at),
        "digest": line.digest,
        "late": timing.value in ("late", "forfeited"),
    }


def _body(request: HttpRequest) -> bytes:
    """The whole body; raises :class:`Refused` for one that is too large or broke off."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not str(length).isdecimal() or int(length) > MOST:
        raise Refused(413, "内容太多，没有收下。照片和材料请另外上传。")
    try:
        body = request.read(MOST + 1)
    except OSError as error:
        raise Refused(400, "内容没有传完，请再提交一次。") from error
    if len(body) != int(length):
        raise Refused(400, "内容没有传完，请再提交一次。")
    return body


def _json(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "要检查的内容不完整，请刷新页面后再试。") from error
    if not isinstance(told, dict):
        raise Refused(400, "要检查的内容不完整，请刷新页面后再试。")
    return told


def _text(at: Any) -> str:
    return str(at.astimezone(campaign().timezone).isoformat())
