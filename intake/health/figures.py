"""The figures of the service in Prometheus' text format.

Nearly all of them are lines in the database, counted when asked, so that every process and every restart tells the
same. ``prometheus_client`` keeps its numbers in each process, and needs a folder of files to add them up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.db.models import Count

from intake.files.models import Upload
from intake.health.counting import counted
from intake.health.heartbeat import last_beat
from intake.health.looking import look, waiting
from intake.journal.models import Action, Submission
from intake.people.models import Audit

_FAILED = ("sign-in-failed", "second-factor-failed", "enrolment-failed", "guessing-paused")


class Figure(NamedTuple):
    """A name, what it is, ``counter`` or ``gauge``, and its values by label."""

    name: str
    told: str
    kind: str
    values: Mapping[str, float]


def figures() -> str:
    """All of them; raises ``DatabaseError``."""
    return "".join(f"{line}\n" for figure in _figures() for line in _lines(figure))


def _figures() -> Iterator[Figure]:
    lagging, health, beat, answers = waiting(), look(), last_beat(), counted()
    refused = answers.pop("refused")
    yield Figure(
        "shenbao_ready", "1 when submissions can be received", "gauge", {"": health.status != "failing"}
    )
    yield Figure(
        "shenbao_check", "1 for what is well", "gauge",
        {f'check="{name}"': word == "ok" for name, word in sorted(health.checks.items())},
    )  # fmt: skip
    yield Figure(
        "shenbao_receipts_total", "Submissions received", "counter", {"": Submission.objects.count()}
    )
    yield Figure(
        "shenbao_refused_submissions_total",
        "Submissions refused since the server started",
        "counter",
        {"": refused},
    )
    yield Figure(
        "shenbao_refused_uploads_total",
        "Uploads refused",
        "counter",
        {"": Upload.objects.filter(state=Upload.State.REFUSED).count()},
    )
    yield Figure(
        "shenbao_waiting",
        "What the worker has yet to do",
        "gauge",
        {'kind="submission"': lagging.lines, 'kind="action"': lagging.decisions},
    )
    yield Figure(
        "shenbao_troubles", "Submissions that the worker could not record", "gauge", {"": lagging.troubles}
    )
    yield Figure(
        "shenbao_lag_seconds",
        "Age of the oldest thing that waits for the worker",
        "gauge",
        {"": lagging.seconds},
    )
    yield Figure("shenbao_actions_total", "Decisions of the office", "counter", _actions())
    yield Figure(
        "shenbao_sign_in_failures_total", "Failed sign-ins, codes and enrolments", "counter", _failures()
    )
    yield Figure(
        "shenbao_answers_total",
        "Answers by class of status since the server started",
        "counter",
        {f'class="{kind}"': count for kind, count in answers.items()},
    )
    if beat is not None:
        yield Figure(
            "shenbao_worker_seen_seconds",
            "Seconds since the worker was seen",
            "gauge",
            {"": round(beat.age, 1)},
        )
        yield Figure(
            "shenbao_builds_total",
            "Builds of the sites since the worker started",
            "counter",
            {'result="built"': beat.builds, 'result="failed"': beat.failed_builds},
        )


def _actions() -> dict[str, float]:
    found = Action.objects.values_list("kind", "state").annotate(many=Count("id")).order_by("kind", "state")
    return {f'kind="{kind}",state="{state}"': many for kind, state, many in found}


def _failures() -> dict[str, float]:
    found = dict(
        Audit.objects.filter(action__in=_FAILED).order_by().values_list("action").annotate(many=Count("id"))
    )
    return {f'kind="{kind}"': found.get(kind, 0) for kind in _FAILED}


def _lines(figure: Figure) -> Iterator[str]:
    yield f"# HELP {figure.name} {figure.told}"
    yield f"# TYPE {figure.name} {figure.kind}"
    for labels, value in figure.values.items():
        yield f"{figure.name}{{{labels}}} {_number(value)}" if labels else f"{figure.name} {_number(value)}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.1f}"
