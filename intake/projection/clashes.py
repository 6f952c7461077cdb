"""Clashes with other units: looked for over the whole campaign, which takes as long as the campaign is large.

What a unit's own files show is told at once; clashes follow, never so often that they take the worker's time from
what waits.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from time import monotonic

from django.db.models import Max

from build_tools.reporters.origins import CLASHES
from intake.journal.models import Submission
from intake.place import place
from intake.projection.judging import judge_alone, judge_lines
from intake.projection.tree import Folder

_REST = 5.0
_SHARE = 9
"""While something waits, at most a tenth of the time goes into looking for clashes."""


def freed(slugs: Collection[str]) -> list[Submission]:
    """The newest versions that may have become sound because a document of one of these units was taken out: the
    units' own, and whatever clashed with another."""
    newest = Submission.objects.values("unit", "document").annotate(last=Max("id")).values("last")
    lines = Submission.objects.filter(pk__in=newest).exclude(recorded_at=None)
    return [
        line
        for line in lines
        if line.unit in slugs or any(found.get("code") in CLASHES for found in line.findings or ())
    ]


class Clashes:
    """The lines that are yet to be held against the whole campaign; they outlive the process."""

    def __init__(self) -> None:
        self._file = place().var / "clashes.json"
        self._waiting: dict[int, Submission] = Submission.objects.in_bulk(self._kept())
        self._fresh: list[Submission] = []
        self._began, self._took = float("-inf"), 0.0

    @property
    def waiting(self) -> bool:
        """Whether there are any."""
        return bool(self._waiting)

    def expect(self, lines: Iterable[Submission]) -> None:
        """Judge ``lines`` at the next look."""
        self._fresh += lines
        if self._fresh:
            self._waiting |= {line.pk: line for line in self._fresh}
            self._keep()

    def look(self, folder: Folder, *, busy: bool) -> None:
        """Judge what is expected in ``folder``: against the whole campaign if it is time, else by its own unit's files.

        ``busy``: whether something else is likely to wait.
        """
        fresh, self._fresh = self._fresh, []
        rest = max(_REST, self._took * (_SHARE if busy else 1))
        begin = monotonic()
        if self._waiting and begin - self._began - self._took >= rest:
            judge_lines(self._waiting.values(), folder.named())
            self._waiting.clear()
            self._keep()
            self._began, self._took = begin, monotonic() - begin
        elif fresh:
            judge_alone(fresh)

    def _kept(self) -> list[int]:
        with suppress(OSError, ValueError):
            told = json.loads(self._file.read_text(encoding="ascii"))
            return [key for key in told if isinstance(key, int)] if isinstance(told, list) else []
        return []

    def _keep(self) -> None:
        passing = self._file.with_name("clashes.passing")
        passing.write_text(json.dumps(list(self._waiting)), encoding="ascii")
        passing.replace(self._file)
