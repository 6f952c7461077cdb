"""What git and the ledger say of a submission is what the journal says: its time, its order, its author, its bytes."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import pytest
import yaml
from service.journalled import NoSites, sample, submit
from service.kept import AFTER

from intake.current import now
from intake.journal.models import Action, Submission
from intake.people.models import Role
from intake.place import Place
from intake.projection.store import open_store
from intake.projection.submitting import project, troubled, waiting
from intake.projection.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)
BRANCH = "submissions/heyuan/summary"


@pytest.fixture
def place(service: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("SHENBAO_NOW", AFTER)
    return service


@pytest.fixture
def worker(place: Place):
    made = Worker(NoSites())
    yield made
    made.stop()


def git(place: Place, *arguments: str) -> str:
    command = ["git", "-C", str(place.repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def version(mark: str, unit: str = "heyuan") -> str:
    return f"{sample(unit, 'summary')}# {mark}\n"


def received(place: Place, unit: str = "heyuan") -> list[dict[str, object]]:
    ledger = yaml.safe_load(git(place, "show", f"main:data/ledger/{unit}.yml"))
    return [event for event in ledger["events"] if str(event.get("source", "")).startswith("申报台 SB")]


def test_the_ledger_tells_when_it_was_received_and_not_when_it_was_written_down(
    place, worker, account, monkeypatch
):
    """It was stored two seconds after it was received, and the worker was down for an hour."""
    clerk = account("heyuan-1")
    monkeypatch.setenv("SHENBAO_NOW", (now() + timedelta(seconds=2)).isoformat())
    line = submit(clerk, "summary", version("一"), at=now() - timedelta(seconds=2), judged=False)
    assert line.received_at < line.stored_at
    monkeypatch.setenv("SHENBAO_NOW", (now() + timedelta(hours=1)).isoformat())
    worker.round()
    (event,) = received(place)
    line.refresh_from_db()
    assert event["at"] == line.received_at
    assert (event["digest"], event["source"]) == (line.digest, f"申报台 {line.number}")
    assert event["by"] in (line.by, [line.by])
    assert (
        git(place, "show", "-s", "--format=%an|%aI|%cn|%cI", BRANCH) == f"河源市司法局|{AFTER}|申报台|{AFTER}"
    )
    assert line.recorded_at == now()


def test_lines_become_commits_in_the_order_received(place, worker, account):
    clerk = account("heyuan-1")
    lines = [submit(clerk, "summary", version(mark), judged=False) for mark in "一二三"]
    assert [line.pk for line in waiting()] == [line.pk for line in lines]
    worker.round()
    told = git(place, "log", "--reverse", "--format=%(trailers:key=Receipt,valueonly)", f"main..{BRANCH}")
    assert told.split() == [line.number for line in lines]
    assert [event["source"] for event in received(place)] == [f"申报台 {line.number}" for line in lines]
    assert git(place, "show", f"{BRANCH}:data/cities/heyuan/summary.yml").endswith("# 三")


def test_projecting_again_changes_nothing(place, worker, account):
    """The row was not marked any more when the power went: everything is there, and is found."""
    submit(account("heyuan-1"), "summary", version("一"), judged=False)
    worker.round()
    before = git(place, "for-each-ref")
    for forgotten in ({"recorded_at": None}, {"recorded_at": None, "commit": ""}):
        Submission.objects.update(**forgotten)
        worker.round()
        assert Submission.objects.exclude(recorded_at=None).exclude(commit="").count() == 1
    assert git(place, "for-each-ref") == before
    assert len(received(place)) == 1


def test_what_the_ledger_refuses_is_in_trouble_and_stops_no_other(place, account):
    """One comes from the future of the worker's clock: its commit is there, its event is not."""
    other = submit(account("foshan-1"), "summary", version("一", "foshan"), judged=False)
    early = submit(account("heyuan-1"), "summary", version("一"), at=now() + timedelta(hours=2), judged=False)
    writer = open_store()
    try:
        recorded = project(writer, waiting())
    finally:
        writer.close()
    early.refresh_from_db()
    other.refresh_from_db()
    assert recorded == [other]
    assert (bool(early.commit), early.recorded_at, bool(early.trouble)) == (True, None, True)
    assert other.recorded_at is not None
    assert [line.pk for line in troubled()] == [early.pk]


def test_an_accepted_document_is_corrected_from_the_main_branch_on(place, worker, account):
    clerk, officer = account("heyuan-1"), account("office-1", Role.OFFICER)
    line = submit(clerk, "summary", version("一"), judged=False)
    worker.round()
    Action.objects.create(
        kind=Action.Kind.ACCEPTED,
        unit="heyuan",
        document="summary",
        submission=line,
        account=officer,
        at=now(),
    )
    worker.round()
    accepted = git(place, "rev-parse", "main")
    again = submit(clerk, "summary", version("二"), judged=False)
    worker.round()
    again.refresh_from_db()
    assert git(place, "rev-parse", f"{again.commit}^") == accepted
