"""Take the forge away for an hour while units submit, give it back, and look how long it takes to have everything."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import remotes
from repositories import CLEAN
from rush import Caller, Try, callers, hand_in, wait_for
from rush_kills import DOCUMENTS, Service, new_try, service, waiting
from timing import run, tool

SEED = 20120824
UNITS = 22


def measure(workshop: Path, seconds: float, pause: float = 5.0) -> str:
    """What happened, as Markdown; ends the benchmark when a submission was refused or the forge lacks something."""
    root, var, forges = workshop / "outage", workshop / "outage-var", workshop / "forges"
    run(
        [tool("shenbao"), "rehearse", str(root), "--units", str(UNITS), "--nominations", "3"], folder=workshop
    )
    var.mkdir(mode=0o700)
    forge = forges / "forge.git"
    run(["git", "init", "-q", "--bare", "--template=", "-b", "main", str(forge)], folder=workshop)
    run(["git", "-C", str(forge), "config", "http.receivepack", "true"], folder=workshop)
    people = callers(root, var, sorted(folder.name for folder in (root / "data/cities").iterdir()))
    with ExitStack() as stack:
        with remotes.served(forges) as address:
            port = int(address.rpartition(":")[2])
            made = stack.enter_context(service(root, var, SEED, SHENBAO_REMOTE=f"{address}/forge.git"))
            made.end("office")
            _until(lambda: _refs(forge) == _refs(var / "repository.git") != "", 60)
        # From here on connections to the forge are refused.
        sent = wait_for(_use(made, people, seconds, pause))
        _until(lambda: not waiting(var), 120)
        behind, told = _behind(forge, var), json.loads((var / "remote.json").read_text(encoding="utf-8"))
        with remotes.served(forges, port):
            back = _until(lambda: _refs(forge) == _refs(var / "repository.git"), 900)
    refused = [one.refusals for one in sent if not one.number]
    fsck = subprocess.run(
        ["git", "-C", str(forge), "fsck", "--strict"], env=CLEAN, check=False, capture_output=True
    )
    if refused or fsck.returncode or not told["trouble"] or not told["since"]:
        sys.exit(f"refused {refused[:3]}, fsck {fsck.returncode}, told {told}")
    return f"""## The forge gone for {seconds / 60:.0f} minutes

{UNITS} units; somebody submits every {pause:.0f} s on average, the web server and the worker run as they do in
production, and every connection to the forge (`git http-backend`) is refused for {seconds:,.0f} s by the clock on the wall.

- {len(sent):,} submissions meanwhile, none refused; the slowest receipt took {max(one.seconds for one in sent):.2f} s.
- At the end {behind} branches were not on the forge; the desk had said since when, and why.
- {back:.0f} s after the forge was back, without a hand on anything, it had main and every branch; `git fsck --strict` clean.
"""


async def _use(made: Service, people: list[Caller], seconds: float, pause: float) -> list[Try]:
    chance, until = random.Random(SEED), time.monotonic() + seconds
    sent = []
    while time.monotonic() < until:
        one = new_try(made.root, chance.choice(people), chance.choice(DOCUMENTS))
        sent.append(one)
        await hand_in(made.port, one)
        await asyncio.sleep(chance.uniform(0, 2 * pause))
    return sent


def _refs(folder: Path) -> str:
    """The branches and where they stand; nothing while there is no repository yet."""
    command = ["git", "-C", str(folder), "for-each-ref", "refs/heads"]
    return subprocess.run(command, env=CLEAN, check=False, capture_output=True, text=True).stdout


def _behind(forge: Path, var: Path) -> int:
    return len({*_refs(var / "repository.git").splitlines()} - {*_refs(forge).splitlines()})


def _until(holds: Callable[[], bool], most: float) -> float:
    begin = time.monotonic()
    while not holds():
        if time.monotonic() - begin > most:
            sys.exit(f"not within {most} s")
        time.sleep(0.2)
    return time.monotonic() - begin
