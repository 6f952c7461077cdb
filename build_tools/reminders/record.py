"""What has been sent already, so that no unit is told the same thing twice.

A JSON file: the campaign's id, and for each unit the fingerprints of what it was sent, with the moments. It holds
no address and no word of a letter. It is written anew, in one step, after each mail that the server has accepted;
a run that is killed between two mails has therefore noted every mail but perhaps the last. We err on the side of
*never zero times*: that last one is sent again, under the same Message-ID, because a reminder that comes twice
costs a glance, and one that never comes may cost a unit its right to nominate.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from build_tools.campaign import Campaign
from build_tools.reminders.plan import Reminder


class RecordTrouble(Exception):
    """A record that cannot be used; the text is a Chinese sentence."""


class Record:
    """What was sent: read with :meth:`read`, or with :func:`opened` to add to it."""

    def __init__(self, path: Path, campaign: Campaign, sent: dict[str, dict[str, str]]) -> None:
        self.path = path
        self._campaign = campaign.id
        self._sent = sent

    @classmethod
    def read(cls, path: Path, campaign: Campaign) -> Record:
        """The record at ``path``, empty where there is none; raises :class:`RecordTrouble` or :class:`OSError`."""
        try:
            body = json.loads(path.read_bytes())
        except FileNotFoundError:
            return cls(path, campaign, {})
        except (ValueError, RecursionError) as error:
            raise _damaged(path) from error
        if not _is_record(body):
            raise _damaged(path)
        if body["campaign"] != campaign.id:
            raise RecordTrouble(
                f"发送记录“{path}”是另一次活动（{body['campaign']}）的，请用 --record 另指一个文件。"
            )
        return cls(path, campaign, body["sent"])

    def sent_at(self, reminder: Reminder) -> datetime | None:
        """When the unit was told exactly this; ``None`` when it was not."""
        moment = self._sent.get(reminder.unit.slug, {}).get(reminder.fingerprint)
        return datetime.fromisoformat(moment) if moment else None

    def note(self, reminder: Reminder) -> None:
        """Add what the server has just accepted, and :meth:`write` it."""
        self._sent.setdefault(reminder.unit.slug, {})[reminder.fingerprint] = reminder.now.isoformat()
        self.write()

    def write(self) -> None:
        """Put the whole record in the file's place, or leave the old one; raises :class:`OSError`."""
        body = {"campaign": self._campaign, "sent": self._sent}
        text = json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        beside = self.path.with_name(f".{self.path.name}.new")
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def opened(path: Path, campaign: Campaign) -> Iterator[Record]:
    """The record at ``path`` for one sender alone, proved to be writable before anything is sent.

    Raises :class:`RecordTrouble` when somebody else is sending, and :class:`OSError`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RecordTrouble("另一处正在发催报函，这里没有发；请等它结束再试。") from error
        record = Record.read(path, campaign)
        record.write()
        yield record
    finally:
        os.close(lock)


def _is_record(body: Any) -> bool:
    if not isinstance(body, dict) or not isinstance(body.get("campaign"), str):
        return False
    sent = body.get("sent")
    return isinstance(sent, dict) and all(
        isinstance(told, dict) and all(map(_is_moment, told.values())) for told in sent.values()
    )


def _is_moment(text: Any) -> bool:
    with suppress(TypeError, ValueError):
        return datetime.fromisoformat(text).tzinfo is not None
    return False


def _damaged(path: Path) -> RecordTrouble:
    return RecordTrouble(
        f"“{path}”不是发送记录，或已损坏，因此没有发；请恢复备份，或把它移走（移走后，已发过的会再发一次）。"
    )
