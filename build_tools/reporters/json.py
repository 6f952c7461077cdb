"""Findings as JSON, whole and sorted: the shape of the command contract."""

from __future__ import annotations

import json

from build_tools.reporters.report import Report


def as_json(report: Report) -> str:
    """``{"findings": [...], "summary": {"errors", "warnings", "files"}}`` as indented text.

    Each finding says whether it is the check's ``own``; the summary counts these only, as the exit status does.
    """
    found = [{**finding.as_dict(), "own": own} for finding, own in report.every()]
    summary = {"errors": report.errors, "warnings": report.warnings, "files": report.files}
    return written({"findings": found, "summary": summary})


def written(body: object) -> str:
    """``body`` as JSON that obeys nobody: a log's ``##[`` is spelled with an escape, which reads back as itself."""
    return json.dumps(body, ensure_ascii=False, indent=2).replace("##", r"\u0023\u0023") + "\n"
