"""A remote forge: main and the submission branches are pushed there after projecting, when ``SHENBAO_REMOTE`` says where.

Git runs beside the worker, which never waits for the network. What is pushed only ever adds (no force); credentials
come from ``keys/git-credentials`` (as ``git credential-store`` writes it) or from ssh, never from the address.
"""

from __future__ import annotations

import json
import logging
import os
import shlex
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import IO, Any

from build_tools.history import GitTrouble, Writer
from intake.current import now
from intake.environment import protocol
from intake.journal.models import Submission
from intake.place import Place, place
from intake.projection.merging import merge
from intake.projection.store import BRANCHES, MAIN

_LOG = logging.getLogger("intake.remote")
THEIRS = "refs/forge/main"
"""The forge's main branch as it was last fetched."""

_MOST = 120.0
_FIRST, _LAST = 5.0, 300.0
_AGAIN = 600.0
"""Seconds after which the forge is asked again though nothing happened here: a branch left out may be free again."""

_KEPT = ("GIT_SSH_COMMAND", "GIT_SSL_CAINFO")

DOWN = "连不上代码仓库，程序会自动再试；一直连不上的，请维护人员核对网络、地址和密钥。"
REJECTED = "代码仓库拒绝接收，请维护人员查看它的规则和权限；改好以后程序会自动再推送。"
BRANCH_MOVED = "有人在代码仓库上改动了报送分支，这些分支没有推送：{names}。请维护人员在代码仓库上恢复原样。"


@dataclass(frozen=True)
class State:
    """What the office is told of the forge. ``pushed`` submissions are there; ``since`` when it went wrong."""

    pushed: int = 0
    at: datetime | None = None
    since: datetime | None = None
    trouble: str = ""


def read_state(here: Place) -> State:
    """What was last known of the forge."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads((here.var / "remote.json").read_text(encoding="utf-8"))
        times = {key: datetime.fromisoformat(told[key]) if told[key] else None for key in ("at", "since")}
        return State(int(told["pushed"]), times["at"], times["since"], str(told["trouble"]))
    return State()


def _write_state(here: Place, state: State) -> None:
    told = {
        "pushed": state.pushed,
        "at": state.at.isoformat() if state.at else "",
        "since": state.since.isoformat() if state.since else "",
        "trouble": state.trouble,
    }
    passing = here.var / "remote.passing"
    passing.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    passing.replace(here.var / "remote.json")


class _Running:
    """A git command at work on the network, in a group of its own, with a time limit."""

    def __init__(self, here: Place, address: str, *arguments: str) -> None:
        self.kind = arguments[0]
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - read when the command has ended
        self._process = subprocess.Popen(
            _command(here, address, *arguments),
            env=_environment(here),
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._until = monotonic() + _MOST

    def ended(self) -> tuple[int, str] | None:
        """Its status and what it said; ``None`` while it is at work."""
        status = self._process.poll()
        if status is None and monotonic() > self._until:
            self.stop()
            return -1, ""
        if status is None:
            return None
        with self._said as said:
            said.seek(0)
            return status, said.read().decode("utf-8", "replace")

    def stop(self) -> None:
        """End it with all it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._said.close()


def _command(here: Place, address: str, *arguments: str) -> list[str]:
    credentials = f"store --file={shlex.quote(str(here.keys / 'git-credentials'))}"
    settings: dict[str, Any] = {
        "core.fsync": "all",
        "core.hooksPath": os.devnull,
        "credential.helper": credentials,
        "gc.auto": 0,
        "http.lowSpeedLimit": 100,
        "http.lowSpeedTime": 30,
        "protocol.allow": "never",
        f"protocol.{protocol(address)}.allow": "always",
    }
    words = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
    return ["git", "--git-dir", str(here.repository), *words, *arguments]


def _environment(here: Place) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key in _KEPT}
    ssh = {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=20"}
    fixed = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "LC_ALL": "C",
    }
    return {**ssh, **kept, **fixed, "GIT_CEILING_DIRECTORIES": str(here.var)}


class Remote:
    """Keeps the forge up to date: one command at a time, with growing waits after a failure."""

    def __init__(self, address: str) -> None:
        self._address, self._here = address, place()
        self._running: _Running | None = None
        self._wanted, self._pushing = True, 0
        self._next, self._wait = 0.0, _FIRST
        self._left_out: set[str] = set()
        self.state = read_state(self._here)

    def ask(self) -> None:
        """Something is to be pushed."""
        self._wanted = True

    @property
    def is_idle(self) -> bool:
        """Whether nothing is at work or about to be; what waits for a forge that is down is idle, too."""
        return self._running is None and (not self._wanted or self._next > monotonic())

    def stop(self) -> None:
        """End what is at work: the next start pushes again."""
        if self._running is not None:
            self._running.stop()
            self._running = None

    def tend(self, writer: Writer) -> bool:
        """See whether a command has ended and what is to be done next; says whether what others did on the forge was
        joined with our main branch."""
        if self._running is not None:
            ended = self._running.ended()
            if ended is None:
                return False
            kind, self._running = self._running.kind, None
            if kind == "push":
                self._pushed(*ended)
            else:
                return self._fetched(writer, ended[0])
        elif (self._wanted and monotonic() >= self._next) or monotonic() >= self._next + _AGAIN:
            self._push()
        return False

    def _push(self) -> None:
        self._wanted = False
        self._pushing = Submission.objects.exclude(recorded_at=None).count()
        branches = f"{BRANCHES}/*:{BRANCHES}/*"
        left_out = [f"^{ref}" for ref in sorted(self._left_out)]
        self._running = _Running(
            self._here, self._address, "push", "--porcelain", "--atomic", "--no-verify", "--no-follow-tags",
            self._address, f"{MAIN}:{MAIN}", branches, *left_out,
        )  # fmt: skip

    def _pushed(self, status: int, said: str) -> None:
        refused = dict(_refused(said))
        behind = {ref for ref, why in refused.items() if why in ("fetch first", "non-fast-forward")}
        if not status:
            trouble = BRANCH_MOVED.format(names=_names(self._left_out)) if self._left_out else ""
            self._settle(trouble, pushed=self._pushing)
            self._left_out = set()
            self._wait, self._next = _FIRST, monotonic()
        elif MAIN in behind:
            self._running = _Running(
                self._here, self._address, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
                self._address, f"+{MAIN}:{THEIRS}",
            )  # fmt: skip
        elif behind - self._left_out:
            self._left_out |= behind
            self._wanted = True
        else:
            self._fail(REJECTED if refused else DOWN)

    def _fetched(self, writer: Writer, status: int) -> bool:
        if status:
            self._fail(DOWN)
            return False
        try:
            trouble = merge(writer, MAIN, THEIRS)
        except GitTrouble as error:
            _LOG.error("not merged", exc_info=error)
            trouble = str(error)
        if trouble:
            self._fail(trouble)
        else:
            self._wanted = True
        return not trouble

    def _fail(self, trouble: str) -> None:
        self._settle(trouble)
        _LOG.warning("not pushed", extra={"seconds": self._wait})
        self._wanted, self._next = True, monotonic() + self._wait
        self._wait = min(self._wait * 2, _LAST)

    def _settle(self, trouble: str, *, pushed: int | None = None) -> None:
        at = now()
        since = (self.state.since or at) if trouble else None
        state = replace(self.state, trouble=trouble, since=since)
        self.state = state if pushed is None else replace(state, pushed=pushed, at=at)
        _write_state(self._here, self.state)


def _refused(said: str) -> list[tuple[str, str]]:
    """The branches that a push was refused for, each with git's reason; those that only went with others left out."""
    found = []
    for line in said.splitlines():
        flag, _, rest = line.partition("\t")
        if flag == "!":
            refs, _, summary = rest.partition("\t")
            why = summary.rpartition("(")[2].rstrip(")")
            if why != "atomic push failed":
                found.append((refs.rpartition(":")[2], why))
    return found


def _names(refs: set[str]) -> str:
    return "、".join(sorted(ref.removeprefix(f"{BRANCHES}/") for ref in refs))
