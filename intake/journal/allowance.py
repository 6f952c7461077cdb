"""How much one unit may add to the spool in a day, so that nobody who is signed in can fill the disk.

No submission that is wanted is ever refused: the first version of each document, and one the office asked for, do not
count. What is bounded is the same document again and again, unasked; normal ones fit in some thousands of times.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Sum, Value
from django.db.models.functions import Greatest

from intake.answers import Refused
from intake.journal.models import Submission

A_DAY = 128 * 1024 * 1024
"""Bytes of documents in 24 hours."""
LEAST = 16 * 1024
"""What a version counts at least: its row, its commit and its file take room, too."""
_WRAPPED, _A_FILE = 6, 1024
"""A body is at most so many times its document (every character escaped), and so much for each file it names."""


def check_room(unit: str, received: datetime) -> None:
    """Raises :class:`Refused` when the unit has sent as much as it may since a day before ``received``."""
    today = Submission.objects.filter(unit=unit, received_at__gt=received - timedelta(days=1))
    sent = today.aggregate(sent=Sum(Greatest("size", Value(LEAST))))["sent"] or 0
    if sent >= A_DAY:
        raise Refused(
            429,
            "本单位一天内重复提交的内容太多，这一次没有收下，先前收到的都在。确要再交的，请联系活动办公室退回这份表后提交。",
        )


def check_wrapping(body: int, document: int, files: int) -> None:
    """Raises :class:`Refused` for a body that is mostly something else than its document; sizes in bytes, ``files`` a count."""
    if body > _WRAPPED * document + LEAST + _A_FILE * files:
        raise Refused(400, "提交的内容不完整，请刷新页面后再提交。")
