"""Small campaigns for tests of what is derived: the base, changed in memory, written to a folder and examined.

See ``harness.py`` for what may be changed; here the changes are given as a mapping instead of a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from harness import Case, lay_out

from build_tools.checks import Examination, examine
from build_tools.progress import CampaignProgress, assess
from build_tools.tree import WorkTree

DEADLINE = "2012-08-22T23:59:59+08:00"
AFTER = "2012-08-23T10:00:00+08:00"
NOWHERE = Path("no-such-case")


@dataclass(frozen=True)
class Changed(Case):
    """A case whose changes are given, not read."""

    folder: Path = NOWHERE
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def changes(self) -> dict[str, Any]:  # type: ignore[override]
        return self.given


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def event(moment: str, kind: str, document: str, **more: Any) -> dict[str, Any]:
    """A ledger event of the office; receipts and acceptances carry the digest of the file as it lies there."""
    if kind in ("received", "accepted"):
        more.setdefault("digest", "auto")
    if kind == "received":
        more.setdefault("source", "收文窗口")
    people = ["示例处长", "示例收文员"] if kind == "extended" else ["示例收文员"]
    return {"at": moment, "kind": kind, "document": document, "by": people, **more}


RECEIVED = "2012-08-20T09:00:00+08:00"
LEDGER = {
    "jia": [
        event(RECEIVED, "received", "summary"),
        event(RECEIVED, "received", "statistics"),
        event(RECEIVED, "received", "collective-01"),
        event(RECEIVED, "received", "individual-01"),
        event(RECEIVED, "received", "individual-02"),
        event(RECEIVED, "received", "materials"),
        event("2012-08-21T10:30:00+08:00", "paper", "collective-01", copies=3, seals=["上级党组织"]),
        event("2012-08-21T16:00:00+08:00", "accepted", "summary"),
    ],
    "yi": [event(RECEIVED, "received", "summary"), event(RECEIVED, "received", "statistics")],
}
"""jia: everything received, one report accepted, paper for one of three nominations; yi: both reports."""


def lay(root: Path, *, ledger: dict[str, list[dict[str, Any]]] | None = None, **changes: Any) -> Path:
    """Write the base with ``changes`` below ``root``; ``ledger`` in place of :data:`LEDGER`."""
    empty = {f"data/ledger/{slug}.yml": f"unit: {slug}\nevents: []\n" for slug in ("jia", "yi")}
    changes["write"] = {**empty, **changes.get("write", {})}
    changes["ledger"] = LEDGER if ledger is None else ledger
    root.mkdir(parents=True, exist_ok=True)
    lay_out(root, Changed(given=changes))
    return root


def judged(root: Path, now: str) -> Examination:
    """The campaign at ``root`` as it stands at ``now``."""
    return examine(WorkTree(root), at(now))


def standing_at(root: Path, now: str) -> CampaignProgress:
    """How the units of the campaign at ``root`` stand at ``now``."""
    return assess(judged(root, now))


def edit(file: str, find: str, replace: str) -> dict[str, str]:
    return {"file": file, "find": find, "replace": replace}


def campaign_edit(find: str, replace: str) -> dict[str, str]:
    return edit("data/campaign.yml", find, replace)
