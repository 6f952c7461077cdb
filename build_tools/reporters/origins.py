"""Which commits let a clash in: files that are well by themselves and do not go together.

Two units' pull requests may each be green and clash once both are merged. What is found then names, for each
file involved, the commit its content came with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from build_tools.checks.duplicates import DUPLICATES
from build_tools.checks.quota import NumberWrittenOtherwise, OverQuota
from build_tools.findings import Finding, Place, Related
from build_tools.history import GitTrouble, History, read_history

CLASHES = frozenset({*(rule.code for rule in DUPLICATES.rules), OverQuota.code, NumberWrittenOtherwise.code})
"""The rules that hold files against each other."""

_SHOWN = 12


def with_origins(findings: Sequence[Finding], root: Path, revision: str = "HEAD") -> tuple[Finding, ...]:
    """``findings`` with the commits behind each clash up to ``revision``.

    No date of theirs is shown: a commit may bear any, and who came first is for the ledger to say. Git is asked only
    when there is a clash. Where it cannot tell (no repository, a shallow clone) nothing is added.
    """
    if not any(finding.code in CLASHES for finding in findings):
        return tuple(findings)
    try:
        history = read_history(root, revision=revision)
    except GitTrouble:
        return tuple(findings)
    return tuple(_traced(finding, history) for finding in findings)


def _traced(finding: Finding, history: History) -> Finding:
    if finding.code not in CLASHES:
        return finding
    paths = dict.fromkeys((finding.place.path, *(related.place.path for related in finding.related)))
    origins = (_origin(path, history) for path in paths)
    return replace(finding, related=(*finding.related, *filter(None, origins)))


def _origin(path: str, history: History) -> Related | None:
    """The last change: it brought what stands there now, be it new or edited until it clashed."""
    known = history.of(path)
    if known is None or known.deleted:
        return None
    return Related(Place(path), f"现在的内容来自提交 {known.last.commit[:_SHOWN]}")
