"""The campaign that is served, and the moment it is."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from build_tools.campaign import Campaign, load_campaign
from build_tools.clock import moment
from build_tools.ledger import Ledger
from build_tools.submissions import LEDGER, read_ledger
from build_tools.tree import PLAIN, Entry, WorkTree
from intake.place import place


@lru_cache(maxsize=4)
def _campaign(root: Path) -> Campaign:
    return load_campaign(WorkTree(root))


def campaign() -> Campaign:
    """The campaign as this process read it when it was first asked; raises ``BrokenCampaign``."""
    return _campaign(place().root)


def now() -> datetime:
    """The moment it is, in the campaign's time zone, to the second.

    A demo campaign's clock starts where the campaign fixes it and runs on from when the intake was set up, so that
    what happens here happens in order. ``SHENBAO_NOW`` overrules everything, as it does for the commands.
    """
    held = campaign()
    started = _demo_start(place().var / "clock.json") if held.demo_now else None
    fixed = moment(held)
    if started is None or held.demo_now is None or fixed != held.demo_now.astimezone(held.timezone):
        return fixed
    passed = max(datetime.now(UTC) - started, timedelta())
    return (held.demo_now + passed).astimezone(held.timezone).replace(microsecond=0)


def standing_tree() -> WorkTree:
    """The campaign as it stands: received versions over the main branch, or before the first projection the office's."""
    here = place()
    return WorkTree(here.tree if (here.tree / "data").is_dir() else here.root)


def ledger_of(slug: str) -> Ledger:
    """The unit's ledger as known now; an empty one where it cannot be read."""
    tree, path = standing_tree(), f"{LEDGER}/{slug}.yml"
    with suppress(OSError):
        found, _ = read_ledger(tree, campaign(), Entry(path, PLAIN, 0))
        if found is not None:
            return found.at(now())
    return Ledger(slug)


def start_demo_clock() -> None:
    """Let the demo's clock run from now on, unless it runs already."""
    file = place().var / "clock.json"
    with suppress(FileExistsError), file.open("x", encoding="utf-8") as stream:
        json.dump({"started": datetime.now(UTC).isoformat()}, stream)


def _demo_start(file: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(file.read_text(encoding="utf-8"))["started"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
