"""How often one account may ask for a live check, which costs a fifth of a second of a processor each time.

Counted in the memory of each process: a check is asked before each submission, and must not cost a write of the disk
in the rush. With several processes somebody has as many times more; that is still no flood.
"""

from __future__ import annotations

from collections import deque
from threading import Lock
from time import monotonic

from intake.answers import Refused

MOST, SECONDS = 30, 60.0
"""So many checks in so many seconds. The form asks once each time 提交 is pressed."""


class Pace:
    """When each account asked, as far back as it matters."""

    def __init__(self) -> None:
        self._asked: dict[int, deque[float]] = {}
        self._lock = Lock()

    def check(self, account: int) -> None:
        """Count one for ``account``, a key; raises :class:`Refused` (429) when that is too many."""
        moment = monotonic()
        with self._lock:
            for one in [key for key, times in self._asked.items() if times[-1] <= moment - SECONDS]:
                del self._asked[one]
            times = self._asked.setdefault(account, deque())
            while times and times[0] <= moment - SECONDS:
                times.popleft()
            if len(times) >= MOST:
                raise Refused(429, "检查得太频繁，请过一分钟再检查。提交不受影响。")
            times.append(moment)


CHECKS = Pace()
