"""Findings as JSON, whole and sorted: the shape of the command contract."""

from __future__ import annotations

import json
from collections.abc import Sequence

from build_tools.findings import Finding, errors


def as_json(findings: Sequence[Finding], files: int) -> str:
    """``{"findings": [...], "summary": {"errors", "warnings", "files"}}`` as indented text."""
    wrong = errors(tuple(findings))
    summary = {"errors": wrong, "warnings": len(findings) - wrong, "files": files}
    body = {"findings": [finding.as_dict() for finding in findings], "summary": summary}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"
