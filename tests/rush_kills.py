"""Kills the service again and again while it is being used, and then looks whether anything was lost or done twice."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from rush import HERE, Caller, Try, asked, callers, environment, hand_in, wait_for

DOCUMENTS = ("summary", "statistics", "nominations/individual-01", "nominations/individual-02")
BIN = Path(sys.executable).parent
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}


@dataclass
class Report:
    """What happened. ``faults`` are sentences; none means that nothing was lost and nothing done twice."""

    kills: Counter[str] = field(default_factory=Counter)
    handed_in: int = 0
    acknowledged: int = 0
    again: int = 0
    """Receipts that were given for a version that was there already, by another try."""
    lines: int = 0
    tries: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    under_fire: float = 0.0
    caught_up: float = 0.0
    spare_bodies: int = 0
    """Bodies on the disk of which nobody was told: the process ended between the body and the line."""
    faults: list[str] = field(default_factory=list)


class Service:
    """The web server and the worker of one place, ended and begun at will; the door stays open meanwhile."""

    def __init__(
        self, root: Path, var: Path, seed: int, door: socket.socket, zygote: subprocess.Popen[str]
    ) -> None:
        self.root, self.var, self.port = root, var, door.getsockname()[1]
        self._zygote = zygote
        self.pids: dict[str, int] = {}

    def start(self, kind: str) -> None:
        assert self._zygote.stdin
        assert self._zygote.stdout
        self._zygote.stdin.write(f"{kind}\n")
        self._zygote.stdin.flush()
        self.pids[kind] = int(self._zygote.stdout.readline())

    def kill(self, what: str, chance: random.Random) -> None:
        """``web``, ``worker``: with all they started; ``worker alone``; ``web process``: one of the server's."""
        kind = what.partition(" ")[0]
        pid = self.pids[kind]
        if what == "web process":
            with suppress(OSError, IndexError):
                if not self._lives(pid):
                    return
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
                os.kill(int(chance.choice(children)), signal.SIGKILL)
            return
        while self._lives(pid):
            with suppress(ProcessLookupError):
                if what != "worker alone":
                    os.killpg(pid, signal.SIGKILL)  # there is no group yet in the first moment after the fork
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.001)
        self.start(kind)

    def lives(self, kind: str) -> bool:
        """Whether the process that was started last is there."""
        return self._lives(self.pids[kind])

    def _lives(self, pid: int) -> bool:
        """Whether ``pid`` is one of ours: numbers of processes that ended are soon given to others."""
        try:
            told = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            return False
        return f"SHENBAO_VAR={self.var}".encode() in told

    def end(self, kind: str) -> None:
        """Kill it and all it started, if it is there."""
        pid = self.pids[kind]
        if self._lives(pid):
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)


@contextmanager
def service(root: Path, var: Path, seed: int, **more: str) -> Iterator[Service]:
    """The web server, the worker and an officer at work."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as door:
        number = door.fileno()
        env = environment(
            root, var, SHENBAO_PROCESSES="2", PORT=str(door.getsockname()[1]), RUSH_DOOR=str(number),
            RUSH_SEED=str(seed), **more,
        )  # fmt: skip
        with (
            (var / "service.log").open("ab") as log,
            subprocess.Popen(
                [sys.executable, str(HERE / "rush_zygote.py")],
                env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, pass_fds=[number],
                start_new_session=True,
            ) as zygote,
        ):  # fmt: skip
            made = Service(root, var, seed, door, zygote)
            try:
                for kind in ("web", "worker", "office"):
                    made.start(kind)
                yield made
            finally:
                for kind in made.pids:
                    made.end(kind)
                zygote.kill()


WEIGHTS = {"worker": 3, "worker alone": 3, "web": 2, "web process": 3}


async def _use(
    made: Service, people: Sequence[Caller], seed: float, until: asyncio.Event, pause: float
) -> list[Try]:
    """One clerk after another hands something in, often again, sometimes twice at the same moment."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    sent: list[Try] = []
    while not until.is_set():
        await asyncio.sleep(chance.uniform(0, 2 * pause))
        one = new_try(made.root, chance.choice(people), chance.choice(DOCUMENTS))
        sent.append(one)
        if chance.random() < 0.2:
            twin = Try(one.caller, one.document, one.body)
            sent.append(twin)
            await asyncio.gather(
                hand_in(made.port, one, patience=600), hand_in(made.port, twin, patience=600)
            )
        else:
            await hand_in(made.port, one, patience=600)
    return sent


def new_try(root: Path, caller: Caller, document: str) -> Try:
    """A new version of a document: the unit's sample with a remark."""
    text = (root / "data/cities" / caller.unit / f"{document}.yml").read_text(encoding="utf-8")
    body = {"attempt": str(uuid4()), "yaml": f"{text}# {uuid4()}\n", "files": {}}
    return Try(caller, document.rpartition("/")[2], json.dumps(body).encode())


async def _under_fire(
    made: Service,
    people: Sequence[Caller],
    kills: int,
    chance: random.Random,
    report: Report,
    every: float,
    pause: float,
) -> list[Try]:
    until, begin = asyncio.Event(), time.monotonic()
    seeds = [chance.random() for _ in range(6)]
    users = [asyncio.create_task(_use(made, people, seed, until, pause)) for seed in seeds]
    kinds = list(WEIGHTS)
    for _ in range(kills):
        await asyncio.sleep(min(chance.expovariate(1 / every), every * 8))
        what = chance.choices(kinds, list(WEIGHTS.values()))[0]
        made.kill(what, chance)
        report.kills[what] += 1
    report.under_fire = time.monotonic() - begin
    until.set()
    return [one for sent in await asyncio.gather(*users) for one in sent]


def fire(
    root: Path,
    var: Path,
    *,
    kills: int,
    seed: int = 1,
    every: float = 0.4,
    pause: float = 1.0,
    patience: float = 900.0,
) -> Report:
    """Kill ``kills`` times, ``every`` so many seconds on average; then wait until the worker is idle, and look."""
    chance, report = random.Random(seed), Report()  # noqa: S311 - repeatable, no secret
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    units = sorted(folder.name for folder in (root / "data/cities").iterdir() if folder.is_dir())
    people = callers(root, var, units)
    with service(root, var, seed) as made:
        sent = wait_for(_under_fire(made, people, kills, chance, report, every, pause))
        made.end("office")
        begin = time.monotonic()
        while waiting(var) and time.monotonic() - begin < patience:
            time.sleep(0.1)
            if not made.lives("worker"):
                made.start("worker")
        report.caught_up = time.monotonic() - begin
        if waiting(var):
            report.faults.append(f"{waiting(var)} wait after {patience} s")
        if made.lives("worker"):
            os.kill(made.pids["worker"], signal.SIGTERM)
        while made.lives("worker"):
            time.sleep(0.01)
    report.handed_in, report.tries = len(sent), sum(one.tries for one in sent)
    report.slowest = max((one.seconds for one in sent), default=0)
    look(root, var, sent, report)
    return report


def waiting(var: Path) -> int:
    """Lines that git or the findings do not know of, and actions that are not settled."""
    lines, actions = asked(
        var,
        "select count(*) from journal_submission where recorded_at is null or judged_at is null",
        "select count(*) from journal_action where state = 'pending'",
    )
    return int(lines[0][0] + actions[0][0])


def look(root: Path, var: Path, sent: Sequence[Try], report: Report) -> None:
    """Add to ``report`` what is lost, doubled or left over."""
    columns = "number", "attempt", "spool", "trouble"
    found = asked(var, *(f"select {column} from journal_submission" for column in columns))  # noqa: S608 - ours
    numbers, tried, spools, told = ([row[0] for row in rows] for rows in found)
    attempts, spooled, troubles = Counter(tried), set(spools), sum(map(bool, told))
    states = dict(asked(var, "select id, state from journal_action")[0])
    report.lines, report.actions = len(numbers), Counter(states.values())
    answered = [one for one in sent if one.number]
    report.acknowledged = len({one.number for one in answered})
    faults = report.faults
    faults += [f"unanswered: {one.refusals}" for one in sent if not one.number]
    in_journal = Counter(numbers)
    faults += [
        f"{one.number} is {in_journal[one.number]} times in the journal"
        for one in answered
        if in_journal[one.number] != 1
    ]
    faults += [f"attempt {attempt} is {times} lines" for attempt, times in attempts.items() if times != 1]
    numbers_by_attempt: dict[str, set[str]] = {}
    for one in answered:
        numbers_by_attempt.setdefault(json.loads(one.body)["attempt"], set()).add(one.number)
    faults += [
        f"two receipts for one attempt: {found}" for found in numbers_by_attempt.values() if len(found) > 1
    ]
    report.again = len(answered) - report.acknowledged
    if troubles:
        faults.append(f"{troubles} lines in trouble")
    faults += in_git(var, numbers, states)
    for command in (
        ["intake", "verify", "--root", str(root)],
        ["ledger", "verify", "--root", str(var / "tree")],
    ):
        done = subprocess.run(
            [BIN / "shenbao", *command],
            env=environment(root, var),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            faults.append(f"{command}: {done.stdout[-300:]}{done.stderr[-300:]}")
    on_disk = {f"{file.parent.name}/{file.name}" for file in (var / "spool").rglob("*.json")}
    report.spare_bodies = len(on_disk - spooled)
    faults += [f"body lost: {name}" for name in spooled - on_disk]
    faults += [f"left over: {name}" for name in left_over(var)]


def in_git(var: Path, numbers: Sequence[str], states: dict[int, str]) -> Iterator[str]:
    """What git holds less or more than once of the receipts and the settled actions."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(var / "repository.git"), *arguments]
        done = subprocess.run(command, env=CLEAN, capture_output=True, text=True, check=False)
        return done.stdout + (done.stderr if done.returncode or arguments[0] == "fsck" else "")

    form = "--format=%x00%s%n%(trailers:key=Receipt,valueonly)%x01%(trailers:key=Action,valueonly)"
    branches, main, acted = Counter[str](), Counter[str](), Counter[str]()
    for told in git("log", "--all", form).split("\0")[1:]:
        head, _, actions = told.partition("\1")
        subject, *receipts = head.split("\n")
        acted.update(actions.split())
        if subject.startswith("报送："):
            branches.update(filter(None, receipts))
        elif subject.startswith("登记收到"):
            main.update(filter(None, receipts))
    ledgers = Counter(
        re.findall(r"SB\d{6}-\w{5}-\w{5}", git("grep", "-h", "申报台 SB", "main", "--", "data/ledger"))
    )
    for name, found in (("on branches", branches), ("on main", main), ("in the ledgers", ledgers)):
        for number in {*numbers, *found}:
            if found[number] != (number in numbers):
                yield f"{number} is {found[number]} times {name}"
    for key, state in states.items():
        if acted[str(key)] != (state == "done"):
            yield f"action {key} ({state}) is {acted[str(key)]} times in git"
    if fault := git("fsck", "--strict", "--no-dangling", "--no-progress").strip():
        yield f"git fsck: {fault[:300]}"


def left_over(var: Path) -> list[str]:
    """Passing files and locks; those that the next process overwrites, or clears at its start, are told, too."""
    found = [*var.glob(".*"), *(var / "tree").rglob(".*.tmp"), *(var / "repository.git").rglob("*.lock")]
    found += [*(var / "repository.git").rglob("tmp_*"), *(var / "repository.git").glob("storing-*")]
    return [str(file.relative_to(var)) for file in found if file.name != ".gitignore"]
