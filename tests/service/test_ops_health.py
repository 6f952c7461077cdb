"""How the service is: what it says of itself, to whom, and that it says nothing private."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import time
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from service.journalled import NoSites, sample
from service.people_steps import opened, sign_in

from intake.current import now
from intake.files import store
from intake.files.models import Draft, Upload
from intake.health import counting
from intake.health.heartbeat import Heart, last_beat
from intake.health.tidying import tidy
from intake.journal.models import Action, Submission
from intake.people.models import Role
from intake.place import Place

FAR = "203.0.113.9"


def ready(**where: str) -> tuple[int, dict]:
    answer = Client().get("/health/ready", **where)
    return answer.status_code, json.loads(answer.content)


def figures() -> dict[str, float]:
    """Every figure by its name and labels; fails for a line that Prometheus would not read."""
    answer = Client().get("/metrics")
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    found: dict[str, float] = {}
    told: set[str] = set()
    for line in answer.content.decode().splitlines():
        if match := re.fullmatch(r"# (HELP|TYPE) (shenbao_[a-z_]+) (.+)", line):
            told.add(match[2])
            continue
        match = re.fullmatch(
            r'((shenbao_[a-z_]+)(?:\{[a-z]+="[^"]+"(?:,[a-z]+="[^"]+")*\})?) ([0-9.]+)', line
        )
        assert match, line
        assert match[2] in told
        assert match[1] not in found
        found[match[1]] = float(match[3])
    return found


@pytest.fixture
def built(service: Place) -> None:
    """Both sites stand, and the worker was just seen."""
    for audience in ("public", "office"):
        (service.sites / audience).mkdir()
        (service.sites / audience / "index.html").write_text("")
    Heart().beat(failed=False)


@pytest.mark.django_db
class TestReady:
    def test_all_is_well(self, built):
        names = ("database", "spool", "worker", "sites", "lag", "projection")
        assert ready() == (200, {"status": "ok", "checks": dict.fromkeys(names, "ok")})

    def test_without_worker_and_sites_it_still_receives(self, service):
        status, told = ready()
        assert (status, told["status"]) == (200, "degraded")
        assert (told["checks"]["worker"], told["checks"]["sites"]) == ("missing", "not built")

    def test_a_worker_that_was_not_seen_for_long_is_missing_and_one_that_fails_says_so(self, service, built):
        file = service.var / "worker.json"
        beat = json.loads(file.read_text())
        file.write_text(json.dumps(beat | {"at": time.time() - 121}))
        assert ready()[1]["checks"]["worker"] == "missing"
        file.write_text(json.dumps(beat | {"failures": 2}))
        assert ready()[1]["checks"]["worker"] == "failing"
        file.write_text("{")
        assert ready()[1]["checks"]["worker"] == "missing"

    def test_what_waits_too_long_is_told(self, built, sent):
        line = sent()
        assert ready()[1]["checks"]["lag"] == "ok"
        Submission.objects.filter(pk=line.pk).update(stored_at=now() - timedelta(seconds=61))
        sent("shenzhen")
        assert ready() == (200, ready()[1])
        assert (ready()[1]["status"], ready()[1]["checks"]["lag"]) == ("degraded", "behind")
        Submission.objects.filter(pk=line.pk).update(stored_at=now(), trouble="磁盘上读不出来")
        assert ready()[1]["checks"]["projection"] == "trouble"

    def test_so_is_a_decision_that_waits_though_newer_things_do_too(self, built, sent, account):
        line = sent()
        old, new = now() - timedelta(seconds=61), now()
        for at in (old, new):
            Action.objects.create(
                kind=Action.Kind.ACCEPTED, unit=line.unit, document=line.document, submission=line,
                account=account("office-1", Role.OFFICER), at=at,
            )  # fmt: skip
        assert ready()[1]["checks"]["lag"] == "behind"

    def test_nothing_can_be_received_where_nothing_can_be_written(self, service, built):
        service.spool.rmdir()
        service.spool.write_text("a file where the folder was")
        status, told = ready()
        assert (status, told["status"], told["checks"]["spool"]) == (503, "failing", "not writable")

    def test_nor_without_a_database(self, built, monkeypatch):
        def gone():
            raise DatabaseError("could not connect to host=secret")

        monkeypatch.setattr("intake.health.looking.waiting", gone)
        monkeypatch.setattr("intake.health.figures.waiting", gone)
        status, told = ready()
        assert (status, told["status"], told["checks"]["database"]) == (503, "failing", "unreachable")
        answer = Client().get("/metrics")
        assert (answer.status_code, answer.content) == (503, b"")

    def test_one_site_of_two_is_not_built(self, service, built):
        (service.sites / "office" / "index.html").unlink()
        assert ready()[1]["checks"]["sites"] == "not built"

    def test_looking_leaves_nothing_behind(self, service, built):
        ready()
        assert list(service.spool.iterdir()) == []


@pytest.mark.django_db
class TestWhoMayAsk:
    def test_that_the_server_lives_is_no_secret(self, service):
        answer = Client().get("/health/live", REMOTE_ADDR=FAR)
        assert (answer.status_code, json.loads(answer.content)) == (200, {"status": "ok"})

    @pytest.mark.parametrize("path", ["/health/ready", "/metrics"])
    def test_the_rest_is_for_the_machine_itself(self, service, settings, path: str):
        assert Client().get(path).status_code == 200
        assert Client().get(path, REMOTE_ADDR="::1").status_code == 200
        for where in (
            {"REMOTE_ADDR": FAR},
            {"REMOTE_ADDR": FAR, "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
            {"REMOTE_ADDR": ""},
        ):
            answer = Client().get(path, **where)
            assert answer.status_code == 403
            assert "只供本机和监控使用" in answer.content.decode()
        settings.PROXIES = 1
        forged = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": f"127.0.0.1, {FAR}"}
        assert Client().get(path, **forged).status_code == 403

    def test_or_for_the_networks_that_are_named(self, service, settings):
        settings.METRICS_FROM = (ip_network("203.0.113.0/24"), ip_network("198.51.100.7"))
        for address, status in ((FAR, 200), ("198.51.100.7", 200), ("198.51.100.8", 403), ("127.0.0.1", 403)):
            assert Client().get("/metrics", REMOTE_ADDR=address).status_code == status

    @pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
    def test_nobody_can_send_anything(self, service, path: str):
        assert Client().post(path).status_code == 405


@pytest.mark.django_db
class TestFigures:
    def test_they_are_what_happened(self, service, built, sent, account):
        before = figures()
        opened("foshan-1")
        line = sent()
        sign_in(Client(), "foshan-1", "nicht-das-richtige-wort")
        Action.objects.create(
            kind=Action.Kind.ACCEPTED, unit=line.unit, document=line.document, submission=line,
            account=account("office-1", Role.OFFICER), at=now(),
        )  # fmt: skip
        client = Client()
        client.force_login(account("guangzhou-1"))
        client.post("/intake/documents/individual-01", b"{}", content_type="application/json")
        after = figures()
        grown = {
            name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)
        }
        assert grown["shenbao_receipts_total"] == 1
        assert grown['shenbao_sign_in_failures_total{kind="sign-in-failed"}'] == 1
        assert grown['shenbao_actions_total{kind="accepted",state="pending"}'] == 1
        assert (after['shenbao_waiting{kind="submission"}'], after['shenbao_waiting{kind="action"}']) == (
            1,
            1,
        )
        assert grown["shenbao_refused_submissions_total"] == 1
        assert grown['shenbao_answers_total{class="4xx"}'] >= 1
        assert (after["shenbao_ready"], after["shenbao_troubles"]) == (1, 0)
        assert after["shenbao_worker_seen_seconds"] < 60

    def test_they_hold_no_name(self, service, built, sent):
        line = sent()
        told = Client().get("/metrics").content.decode() + Client().get("/health/ready").content.decode()
        for private in (line.number, line.by, line.unit, line.digest, str(service.var)):
            assert private not in told

    def test_all_processes_of_a_server_count_together(self):
        before = counting.counted()["2xx"]
        context = multiprocessing.get_context("fork")
        for _ in range(2):
            child = context.Process(target=lambda: [counting.add("2xx") for _ in range(5)])
            child.start()
            child.join()
            assert child.exitcode == 0
        counting.add("2xx")
        assert counting.counted()["2xx"] - before == 11


class TestHeart:
    def test_it_beats_now_and_then_and_at_once_when_something_fails(self, service: Place, monkeypatch):
        clock = [100.0]
        monkeypatch.setattr("intake.health.heartbeat.time.monotonic", lambda: clock[0])
        heart = Heart()
        heart.beat(failed=False, builds=1)
        heart.beat(failed=False, builds=2)
        beat = last_beat()
        assert beat
        assert (beat.builds, beat.failures, beat.pid) == (1, 0, os.getpid())
        heart.beat(failed=True)
        heart.beat(failed=True)
        beat = last_beat()
        assert beat
        assert beat.failures == 1
        clock[0] += 4
        heart.beat(failed=False, builds=2)
        beat = last_beat()
        assert beat
        assert (beat.builds, beat.failures) == (2, 0)

    def test_a_disk_that_is_full_does_not_stop_it(self, service: Place):
        (service.var / ".worker.json").mkdir()
        Heart().beat(failed=False)
        assert last_beat() is None


@pytest.mark.django_db(transaction=True)
def test_the_worker_beats_and_tidies(service: Place, monkeypatch):
    from intake.projection import worker

    tidied: list[int] = []
    packed: list[bool] = []
    pack = worker.Worker.pack

    def packing(at_work: worker.Worker) -> None:
        pack(at_work)
        packed.append((service.repository / "HEAD").exists())

    monkeypatch.setattr(worker.Worker, "pack", packing)
    monkeypatch.setattr(worker, "Builder", NoSites)
    monkeypatch.setattr(worker, "EVERY", -1.0)
    monkeypatch.setattr(worker, "tidy", lambda: tidied.append(1) or 1)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        worker.run(until_idle=True)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    beat = last_beat()
    assert beat
    assert (beat.failures, beat.pid) == (0, os.getpid())
    assert tidied
    assert set(packed) == {True}, "after a round, so that there is a repository"


@pytest.mark.django_db
def test_tidying_takes_what_ended_and_never_a_draft(service: Place, account):
    clerk, moment = account("guangzhou-1"), now()
    Draft.objects.create(
        unit="guangzhou", document="summary", yaml="x", account=clerk, saved_at=moment - timedelta(days=900)
    )
    for age in (1, 3):
        Upload.objects.create(
            unit="guangzhou",
            account=clerk,
            path="materials/a.pdf",
            size=9,
            created_at=moment - timedelta(days=age),
        )
    for name, days in (("old", -1), ("new", 1)):
        Session.objects.create(
            session_key=name, session_data="", expire_date=timezone.now() + timedelta(days=days)
        )
    assert tidy() == 2
    assert [session.session_key for session in Session.objects.all()] == ["new"]
    assert (Draft.objects.count(), Upload.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_tidying_takes_bytes_that_nothing_names_and_never_those_of_a_receipt(service: Place, sent, account):
    """Of four files one went with a version that another has followed, one is uploaded only, one was just cancelled."""
    named = [store.keep(data) for data in (b"received", b"uploaded", b"nobody's", b"just now")]
    received, uploaded, _nobodys, cancelled = named
    sent(files={"photos/individual-01.png": received}, text=sample() + "# photos/individual-01.png\n")
    sent(text=sample() + "# 不再附照片\n")
    Upload.objects.all().delete()
    for digest in (uploaded, cancelled):
        Upload.objects.create(
            unit="guangzhou", account=account(), path="materials/a.pdf", size=1, state=Upload.State.READY,
            digest=digest, kept_size=1, created_at=now(), finished_at=now(),
        )  # fmt: skip
    for digest in named:
        os.utime(next(service.files.rglob(digest[7:])), (0, 0))
    lately = store.keep(b"lately")
    os.utime(next(service.files.rglob(lately[7:])), (0, time.time() - 6 * 86_400))
    assert tidy() == 1
    assert store.exists(lately), "somebody may be about to name it"
    assert [store.exists(digest) for digest in named] == [True, True, False, True]
    Upload.objects.filter(digest=cancelled).delete()
    assert tidy() == 0, "who cancels while somebody else submits it takes nothing away"
    assert store.exists(cancelled)
