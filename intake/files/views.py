"""What the form pages' script asks about drafts and files, as JSON (see ``answers`` for refusals)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from build_tools.checks.content import kind_named
from intake.answers import Refused
from intake.current import campaign
from intake.files import drafts, uploads
from intake.files.bodies import read_json, read_piece
from intake.files.models import Draft, Upload
from intake.people.access import Door, account_of, door
from intake.people.audit import note

_MOST_JSON, _MOST_DRAFT = 4096, 1024 * 1024
_MOST_DIGITS = 12
_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_ODD = "请求的内容不对，请刷新页面后再办。"


@door(Door.UNIT)
@require_http_methods(["GET", "PUT", "DELETE"])
def draft(request: HttpRequest, document: str) -> JsonResponse:
    """The unit's draft of one document: read, saved, removed."""
    account = account_of(request)
    if request.method == "GET":
        return JsonResponse(_draft(drafts.find(account.unit, document)))
    drafts.check_document(document)
    sent = read_json(request, _MOST_DRAFT)
    version = _whole_number(sent.get("version"))
    if request.method == "DELETE":
        if drafts.remove(account, document, version):
            note(request, "draft.removed", unit=account.unit, target=document)
        return JsonResponse({})
    saved = drafts.save(account, document, _text(sent.get("yaml")), version)
    return JsonResponse({"version": saved.version, "saved_at": _iso(saved)})


@door(Door.UNIT)
@require_http_methods(["POST"])
def begin(request: HttpRequest) -> JsonResponse:
    """Begin an upload."""
    account = account_of(request)
    sent = read_json(request, _MOST_JSON)
    upload = uploads.begin(account, _text(sent.get("path")), _whole_number(sent.get("size")))
    return JsonResponse({"id": str(upload.id), "offset": 0, "chunk": uploads.CHUNK}, status=201)


@door(Door.UNIT)
@require_http_methods(["GET", "PATCH", "DELETE"])
def upload(request: HttpRequest, upload_id: UUID) -> JsonResponse:
    """How far an upload is; its next piece; its end before it is complete."""
    unit = account_of(request).unit
    if request.method == "GET":
        return JsonResponse(_state(uploads.progress(unit, upload_id)))
    if request.method == "DELETE":
        uploads.cancel(unit, upload_id)
        return JsonResponse({})
    told = request.headers.get("Upload-Offset", "")
    if not (told.isascii() and told.isdigit() and len(told) <= _MOST_DIGITS):
        raise Refused(400, _ODD)
    uploads.progress(unit, upload_id)  # another unit's is missing before a byte of it is read
    progress = uploads.receive(unit, upload_id, int(told), read_piece(request, uploads.MOST_CHUNK))
    if progress.finished:
        size = progress.upload.size
        note(request, f"upload.{progress.upload.state}", unit=unit, target=str(upload_id), size=size)
    return JsonResponse(_received(progress))


@door(Door.UNIT)
@require_http_methods(["GET"])
def content(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """What is kept of an upload, for a draft that is opened on another computer."""
    found, data = uploads.content(account_of(request).unit, upload_id)
    name = quote(found.path.rpartition("/")[2])
    kind = _TYPES.get(kind_named(found.path), "application/octet-stream")
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _draft(found: Draft) -> dict[str, Any]:
    files = uploads.newest(found.unit, found.yaml)
    return {
        "document": found.document,
        "version": found.version,
        "yaml": found.yaml,
        "saved_at": _iso(found),
        "person": found.account.name,
        "files": {path: _kept(one) for path, one in sorted(files.items())},
    }


def _kept(one: Upload) -> dict[str, Any]:
    return {"id": str(one.id), "size": one.kept_size, "digest": one.digest}


def _state(progress: uploads.Progress) -> dict[str, Any]:
    one = progress.upload
    told = {"offset": progress.offset, "size": one.size, "state": one.state, "digest": one.digest}
    return {**told, "kept_size": one.kept_size, "changed": one.changed, "message": one.message}


def _received(progress: uploads.Progress) -> dict[str, Any]:
    one = progress.upload
    if one.state == Upload.State.REFUSED:
        raise Refused(422, one.message, state=one.state)
    if one.state == Upload.State.RECEIVING:
        return {"offset": progress.offset}
    kept = {"digest": one.digest, "size": one.kept_size, "changed": one.changed}
    return {"offset": one.size, "state": one.state, **kept}


def _iso(found: Draft) -> str:
    return found.saved_at.astimezone(campaign().timezone).isoformat()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Refused(400, _ODD)
    return value


def _whole_number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**_MOST_DIGITS:
        raise Refused(400, _ODD)
    return value
