"""Which commits let a clash in: files that are well by themselves and do not go together.

Two units' pull requests may each be green and clash once both are merged. What is found then names, for each
file involved, the commit its content came with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path

from build_tools.checks.duplicates import DUPLICATES
from build_tools.checks.quota import NumberWrittenOtherwise, OverQuota
from build_tools.findings import Finding, Place, Related
from build_tools.history import GitTrouble, History, read_history

CLASHES = frozenset({*(rule.code for rule in DUPLICATES.rules), OverQuota.code, NumberWrittenOtherwise.code})
"""The rules that hold files against each other."""

_SHOWN = 12


def with_origins(
    findings: Sequence[Finding], root: Path, timezone: tzinfo, revision: str = "HEAD"
) -> tuple[Finding, ...]:
    """``findings`` with the commits behind each clash up to ``revision``, dates shown in ``timezone``.

    Git is asked only when there is a clash. Where it cannot tell (no repository, a shallow clone) nothing is added.
    """
    if not any(finding.code in CLASHES for finding in findings):
        return tuple(findings)
    try:
        history = read_history(root, revision=revision)
    except GitTrouble:
        return tuple(findings)
    return tuple(_traced(finding, history, timezone) for finding in findings)


def _traced(finding: Finding, history: History, timezone: tzinfo) -> Finding:
    if finding.code not in CLASHES:
        return finding
    paths = dict.fromkeys((finding.place.path, *(related.place.path for related in finding.related)))
    origins = (_origin(path, history, timezone) for path in paths)
    return replace(finding, related=(*finding.related, *filter(None, origins)))


def _origin(path: str, history: History, timezone: tzinfo) -> Related | None:
    """The last change: it brought what stands there now, be it new or edited until it clashed."""
    known = history.of(path)
    if known is None or known.deleted:
        return None
    commit, authored = known.last
    day = f"（{authored.astimezone(timezone):%Y-%m-%d %H:%M}）" if authored else ""
    return Related(Place(path), f"现在的内容来自提交 {commit[:_SHOWN]}{day}")
