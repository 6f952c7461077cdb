"""Submissions as they really come: through ``receive``, from the sample campaign's own files."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from build_tools.checks.unit import check_document
from build_tools.source import parse
from build_tools.submissions import Document
from intake.current import campaign, now
from intake.files.models import Upload
from intake.journal import incoming, spool
from intake.journal.models import Action, Submission
from intake.journal.receiving import Received, receive
from intake.people.models import Account
from intake.projection.sites import Builder

ROOT = Path(__file__).parents[2]


def sample(unit: str = "guangzhou", document: str = "individual-01") -> str:
    """The YAML text of a sample document."""
    item, number = campaign().locate(document) or (None, 0)
    assert item is not None
    return (ROOT / "data/cities" / unit / item.path(number)).read_text(encoding="utf-8")


def with_values(text: str, **values: Any) -> str:
    """The document in ``text`` with other values."""
    value = yaml.safe_load(text) | values
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=10_000)


def submit(
    account: Account,
    document: str = "individual-01",
    text: str | None = None,
    *,
    at: datetime | None = None,
    files: dict[str, str] | None = None,
    judged: bool = True,
) -> Submission:
    """Receive ``text`` as ``document``; ``files`` maps paths to digests of kept bytes.

    Without a text it is the unit's sample with a remark: the very sample was received by git, and is not taken again.
    ``judged``: with its findings, as the worker leaves it.
    """
    moment = at or now()
    uploads = {}
    for path, digest in (files or {}).items():
        made = Upload.objects.create(
            unit=account.unit, account=account, path=path, size=1, state=Upload.State.READY,
            digest=digest, kept_size=1, created_at=moment,
        )  # fmt: skip
        uploads[path] = str(made.pk)
    told = {
        "attempt": str(uuid.uuid4()),
        "yaml": text or f"{sample(account.unit, document)}# 改动\n",
        "files": uploads,
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    line = receive(None, account, incoming.read(campaign(), document, body), body, moment).submission
    if judged:
        judge(line)
    return line


def judge(line: Submission) -> Submission:
    """Fill in what the rules of one document find, in the shape of ``shenbao check --format json``."""
    item, number = campaign().locate(line.document) or (None, 0)
    assert item is not None
    data = spool.document(line.spool)
    path = f"data/cities/{line.unit}/{item.path(number)}"
    source = parse(path, data)
    document = Document(line.unit, item.id, line.document, number, path, line.digest, source.value, source)
    line.findings = [finding.as_dict() for finding in check_document(document, campaign())]
    line.judged_at = now()
    line.save(update_fields=["findings", "judged_at"])
    return line


class NoSites(Builder):
    """Remembers that a build was asked for: what is built is another test's."""

    asked = 0

    def ask(self) -> None:
        self.asked += 1


class Worker:
    """Stands for the worker: at each pause of a page that waits, it does what is pending, or refuses it."""

    def __init__(self) -> None:
        self.message = ""
        self.idle = False
        self.pauses = 0

    def __call__(self, _seconds: float) -> None:
        self.pauses += 1
        if self.idle:
            return
        for action in Action.objects.filter(state=Action.State.PENDING):
            action.state = Action.State.REFUSED if self.message else Action.State.DONE
            action.message, action.done_at = self.message, now()
            action.save()


Submit = Callable[..., Submission]


def hours(count: float) -> datetime:
    """So many hours from now, in the test's clock."""
    return now() + timedelta(hours=count)


def body_of(yaml: str, attempt: uuid.UUID | None = None, files: dict[str, str] | None = None) -> bytes:
    return json.dumps({"attempt": str(attempt or uuid.uuid4()), "yaml": yaml, "files": files or {}}).encode()


def hand_in(
    account: Account,
    document: str = "individual-01",
    text: str | None = None,
    *,
    attempt: uuid.UUID | None = None,
    at: datetime | None = None,
    files: dict[str, str] | None = None,
) -> Received:
    """As :func:`submit`, with what ``receive`` says; ``files`` maps paths to uploads."""
    body = body_of(sample(account.unit, document) if text is None else text, attempt, files)
    return receive(None, account, incoming.read(campaign(), document, body), body, at or now())
