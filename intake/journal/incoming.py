"""What a submission's body says, and whether it can be taken at all. Its contents are not judged here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from build_tools.campaign import Campaign
from build_tools.source import MAX_BYTES
from intake.answers import Refused

MOST = MAX_BYTES * 3
"""Bytes of a body: a document, whose every line break may be written as two characters, and names of files."""

_FORM = "提交的内容不完整，请刷新页面后再提交。"
_NO_DOCUMENT = "没有这份表，请从填报页提交。"


@dataclass(frozen=True)
class Incoming:
    """A body as read: which try it is (``attempt``), the document's bytes, and the new files' uploads by path."""

    attempt: UUID
    item: str
    document: str
    data: bytes = field(repr=False)
    uploads: Mapping[str, UUID] = field(default_factory=dict)


def read(campaign: Campaign, document: str, body: bytes) -> Incoming:
    """What ``body``, of at most ``MOST`` bytes, submits as ``document``; raises :class:`Refused`."""
    located = campaign.locate(document)
    if located is None:
        raise Refused(404, _NO_DOCUMENT)
    told = _mapping(body)
    text, files = told.get("yaml"), told.get("files", {})
    if not isinstance(text, str) or not isinstance(files, dict) or len(files) > campaign.limits["files"]:
        raise Refused(400, _FORM)
    try:
        data = text.encode()
        attempt = UUID(told.get("attempt"))
        uploads = {path: UUID(upload) for path, upload in files.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise Refused(400, _FORM) from error
    if len(data) > MAX_BYTES:
        raise Refused(413, f"内容超过 {MAX_BYTES // 1024} KB，请删减后再提交；照片和材料另外上传。")
    if not text.strip():
        raise Refused(400, "这份表是空的，请填写后再提交。")
    return Incoming(attempt, located[0].id, document, data, uploads)


def _mapping(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, _FORM) from error
    if not isinstance(told, dict):
        raise Refused(400, _FORM)
    return told
