"""How the service is: what it needs to receive, and whether what follows keeps up."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass

from django.db import DatabaseError, connection

from intake.current import now
from intake.health.heartbeat import SEEN_LATELY, last_beat
from intake.journal.models import Action, Submission
from intake.place import place

LAG = 60.0
"""Seconds that a line may wait before somebody should look."""


@dataclass(frozen=True)
class Waiting:
    """What the worker has yet to do: lines without trouble, decisions, lines in trouble, and how old the oldest is."""

    lines: int = 0
    decisions: int = 0
    troubles: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Health:
    """Word by word what holds (``ok``) and what does not; ``status`` of all of it.

    ``failing``: nothing can be received. ``degraded``: what is received is safe, and what follows has fallen behind.
    """

    checks: dict[str, str]

    @property
    def status(self) -> str:
        """``ok``, ``degraded`` or ``failing``."""
        if any(self.checks[name] != "ok" for name in ("database", "spool")):
            return "failing"
        return "ok" if set(self.checks.values()) == {"ok"} else "degraded"


def waiting() -> Waiting:
    """What waits now; raises ``DatabaseError``."""
    lines = Submission.objects.filter(recorded_at=None)
    decisions = Action.objects.filter(state=Action.State.PENDING)
    oldest = [
        *lines.order_by("id").values_list("stored_at", flat=True)[:1],
        *decisions.order_by("id").values_list("at", flat=True)[:1],
    ]
    return Waiting(
        lines.filter(trouble="").count(),
        decisions.count(),
        lines.exclude(trouble="").count(),
        max(0.0, (now() - min(oldest)).total_seconds()) if oldest else 0.0,
    )


def look() -> Health:
    """Look at everything."""
    checks = {"database": "ok", "spool": _spool(), "worker": _worker(), "sites": _sites()}
    try:
        connection.ensure_connection()
        lagging = waiting()
        checks["lag"] = "ok" if lagging.seconds <= LAG else "behind"
        checks["projection"] = "ok" if not lagging.troubles else "trouble"
    except DatabaseError:
        checks |= {"database": "unreachable", "lag": "unknown", "projection": "unknown"}
    return Health(checks)


def _spool() -> str:
    """Whether a file can be written, and synced, where bodies are."""
    probe = place().spool / f".health.{secrets.token_hex(6)}"
    try:
        handle = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, b"ok")
            os.fsync(handle)
        finally:
            os.close(handle)
            probe.unlink(missing_ok=True)
    except OSError:
        return "not writable"
    return "ok"


def _worker() -> str:
    beat = last_beat()
    if beat is None or beat.age > SEEN_LATELY:
        return "missing"
    return "ok" if not beat.failures else "failing"


def _sites() -> str:
    built = all((place().sites / audience / "index.html").is_file() for audience in ("public", "office"))
    return "ok" if built else "not built"
