"""Judging units in several processes when there are many files.

A unit is read, judged and, unless its contents are wanted, forgotten in one process; only its report
crosses to the other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

from build_tools.checks.memory import Memory
from build_tools.checks.rule import Context
from build_tools.checks.unit import UnitReport, judge_unit
from build_tools.submissions import UnitFolder

_MANY, _BATCH = 600, 100
"""Files from which other processes are worth starting, and about how many one of them takes at a time."""


def reports(
    context: Context,
    *,
    contents: bool,
    meanwhile: Callable[[], None] | None = None,
    memory: Memory | None = None,
) -> Iterator[UnitReport]:
    """A report on each unit, in no order; with ``contents`` also what it sent.

    ``meanwhile`` is called before the first report, while other processes read, if there are any. ``memory`` knows
    units that were judged before; it holds no contents.
    """
    folders = list(context.submissions.folders.values())
    if memory is not None:
        unknown = []
        for folder in folders:
            known = memory.known(folder, context)
            if known is None:
                unknown.append(folder)
            else:
                yield known
        folders = unknown
    for report in _judged(context, folders, meanwhile or _nothing, contents=contents):
        if memory is not None:
            memory.keep(context.submissions.folders[report.slug], context, report)
        yield report


def _judged(
    context: Context, folders: list[UnitFolder], meanwhile: Callable[[], None], *, contents: bool
) -> Iterator[UnitReport]:
    cores = os.cpu_count() or 1
    listed = sum(len(folder.listed) for folder in folders)
    if listed < _MANY or cores < 2 or not hasattr(os, "fork"):
        meanwhile()
        yield from (judge_unit(folder, context) for folder in folders)
    else:
        yield from _from_workers(context, folders, cores, meanwhile, contents=contents)


def _nothing() -> None:
    """What is to be done meanwhile, when nobody said."""


_shared: tuple[Context, bool] | None = None


def _from_workers(
    context: Context,
    folders: list[UnitFolder],
    cores: int,
    meanwhile: Callable[[], None],
    *,
    contents: bool,
) -> Iterator[UnitReport]:
    global _shared  # noqa: PLW0603 - forked workers inherit the campaign instead of receiving a copy
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    _shared = (context, contents)
    batches = _batches(folders)
    try:
        with ProcessPoolExecutor(cores - 1, mp_context=get_context("fork")) as pool:
            futures = [pool.submit(_judge, batch) for batch in batches]
            meanwhile()
            # This process takes its share from the end; what it cannot cancel, another has begun.
            for future, batch in zip(reversed(futures), reversed(batches), strict=True):
                if future.cancel():
                    yield from _judge(batch)
            for future in futures:
                if not future.cancelled():
                    yield from future.result()
    finally:
        _shared = None


def _batches(folders: list[UnitFolder]) -> list[list[str]]:
    """Slugs of neighbouring units, with at least so many files together."""
    batches: list[list[str]] = [[]]
    files = 0
    for folder in folders:
        if files >= _BATCH:
            batches.append([])
            files = 0
        batches[-1].append(folder.slug)
        files += len(folder.listed) + 1
    return batches


def _judge(slugs: list[str]) -> list[UnitReport]:
    if _shared is None:
        raise AssertionError("set before the fork")
    context, contents = _shared
    folders = context.submissions.folders
    found = []
    for slug in slugs:  # on a copy of the folder, which is forgotten with what was read into it
        report = judge_unit(replace(folders[slug], documents=[], _standings={}), context)
        found.append(report if contents else report.without_contents())
    return found
