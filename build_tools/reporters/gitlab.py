"""Findings as GitLab's code quality report, which compares the branches of a merge request."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from build_tools.findings import Finding
from build_tools.reporters.foreign import printable, visible
from build_tools.reporters.json import written
from build_tools.reporters.report import Report, weight

_SEVERITIES = ("critical", "minor", "info")


def as_gitlab(report: Report) -> str:
    """A JSON array with an entry for every finding, the main branch's included: GitLab itself tells the new ones by
    their fingerprints.

    Shape: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    entries = []
    for finding, _ in report.every():
        same = (finding.code, finding.place.path, finding.pointer)
        entries.append(_entry(finding, _fingerprint(*same, seen[same])))
        seen[same] += 1
    return written(entries)


def _entry(finding: Finding, fingerprint: str) -> dict[str, Any]:
    return {
        "description": printable(f"{finding.message}怎么改：{finding.hint}"),
        "check_name": finding.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[weight(finding)],
        "location": {"path": visible(finding.place.path), "lines": {"begin": finding.place.line}},
    }


def _fingerprint(*parts: str | int) -> str:
    """The same wherever in the file it stands, so that a line put in above makes no finding new.

    The last part counts the findings that are equal in the others.
    """
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
