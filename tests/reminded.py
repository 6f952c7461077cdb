"""Campaigns whose units owe this or that, and what they are reminded of; for the tests of reminders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from campaigns import LEDGER, campaign_edit, event, lay, standing_at
from harness import BASE

from build_tools.reminders import Reminder, plan

ROOT = Path(__file__).parents[1]
SECOND = Path(__file__).parent / "second"
SENT, BACK = "2012-08-20T09:00:00+08:00", "2012-08-21T09:00:00+08:00"
YI = "data/cities/yi"
DEADLINE_LINE = "deadline: 2012-08-22T23:59:59+08:00"
PAPER = [
    event(BACK, "paper", "individual-01", copies=3, seals=["所在单位党组织"]),
    event(BACK, "paper", "individual-02", copies=3, seals=["所在单位党组织"]),
]
BING_TOO = {f"data/cities/bing/{name}.yml": f"{YI}/{name}.yml" for name in ("summary", "statistics")}
BING_SENT = [event(SENT, "received", "summary"), event(SENT, "received", "statistics")]
COMPLETE: dict[str, Any] = {
    "copy": BING_TOO,
    "ledger": {**LEDGER, "jia": [*LEDGER["jia"], *PAPER], "bing": BING_SENT},
}
"""Everybody has sent everything, on paper too."""


def with_ledger(slug: str, *events: dict[str, Any]) -> dict[str, Any]:
    """:data:`COMPLETE`, and then something happened to a document of the unit."""
    before = COMPLETE["ledger"][slug]
    return {**COMPLETE, "ledger": {**COMPLETE["ledger"], slug: [*before, *events]}}


def reminded(root: Path, now: str, **changes: Any) -> dict[str, Reminder]:
    lay(root, **changes)
    return {reminder.unit.slug: reminder for reminder in plan(standing_at(root, now))}


RETURNED = event(BACK, "returned", "summary", reason="示例理由，不得外传", until="2012-08-24T12:00:00+08:00")
EXTENDED = event(BACK, "extended", "*", reason="道路中断", until="2012-08-25T18:00:00+08:00")
BING_EXTENDED = {"ledger": {**LEDGER, "bing": [EXTENDED]}}


MATERIALS_LOST: dict[str, Any] = {
    **COMPLETE,
    "remove": [
        "data/cities/jia/materials.yml",
        *(str(file.relative_to(BASE)) for file in sorted(BASE.glob("data/cities/jia/materials/*.pdf"))),
    ],
    "ledger": {
        **COMPLETE["ledger"],
        "jia": [e for e in COMPLETE["ledger"]["jia"] if e["document"] != "materials"],
    },
}


def days(text: str) -> dict[str, Any]:
    return {"edits": [campaign_edit("grace_minutes: 0", f"grace_minutes: 0\nreminders: {text}")]}
