"""Receipts come first: while many submit at once, git waits, so that disk and processors are theirs."""

from __future__ import annotations

from collections import deque
from time import monotonic

from django.db.models import Max

from intake.journal.models import Submission

_MANY = 10
"""Lines within a second."""
_PATIENCE = 30.0
"""Seconds after which git is carried on all the same: in a rush that does not end, both go slowly."""


class Rush:
    """What came within the last second, as seen from one look to the next."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int]] = deque()
        self._since: float | None = None

    def comes_first(self) -> bool:
        """Whether so many come that what is to be done in git is better left for a moment. One query."""
        at, newest = monotonic(), Submission.objects.aggregate(last=Max("id"))["last"] or 0
        self._looks.append((at, newest))
        while at - self._looks[0][0] > 1 and len(self._looks) > 2:
            self._looks.popleft()
        if newest - self._looks[0][1] < _MANY:
            self._since = None
            return False
        self._since = at if self._since is None else self._since
        return at - self._since < _PATIENCE
