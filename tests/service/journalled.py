"""Real submissions for tests: sample documents of the repository, received as the service receives them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from intake.current import campaign, now
from intake.journal.incoming import read
from intake.journal.models import Submission
from intake.journal.receiving import Received, receive
from intake.people.models import Account

CITIES = Path(__file__).parents[2] / "data" / "cities"


def sample(unit: str, document: str) -> str:
    item, number = campaign().locate(document)
    return (CITIES / unit / item.path(number)).read_text(encoding="utf-8")


def body_of(yaml: str, attempt: UUID | None = None, files: dict[str, str] | None = None) -> bytes:
    return json.dumps({"attempt": str(attempt or uuid4()), "yaml": yaml, "files": files or {}}).encode()


def hand_in(
    account: Account,
    document: str = "individual-01",
    yaml: str | None = None,
    *,
    attempt: UUID | None = None,
    at: datetime | None = None,
    files: dict[str, str] | None = None,
) -> Received:
    body = body_of(sample(account.unit, document) if yaml is None else yaml, attempt, files)
    return receive(None, account, read(campaign(), document, body), body, at or now())


def submitted(account: Account, document: str = "individual-01", yaml: str | None = None) -> Submission:
    return hand_in(account, document, yaml).submission
