"""What could not be recorded is tried again by itself, stops no other, and comes out as if nothing had been."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import rush
from repositories import CLEAN
from service.journalled import NoSites, sample, submit

from build_tools.checks import spread
from intake.current import now
from intake.journal import spool
from intake.journal.models import Action, Submission
from intake.people.models import Role
from intake.place import Place
from intake.projection import clashes, lagging, submitting, tree
from intake.projection.sites import Builder
from intake.projection.store import open_store
from intake.projection.worker import Worker, alone

pytestmark = pytest.mark.django_db(transaction=True)
AFTER = "2012-08-23T10:30:00+08:00"


def lagging_now() -> list[str]:
    """What the desk says."""
    return lagging.sentences(Action.objects.filter(lagging.actions_waiting()).count())


@pytest.fixture
def place(service: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("SHENBAO_NOW", AFTER)
    return service


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock of the retries, and of the looks for clashes."""
    at = [1000.0]
    monkeypatch.setattr(submitting, "monotonic", lambda: at[0])
    monkeypatch.setattr(clashes, "monotonic", lambda: at[0])
    return at


@pytest.fixture
def worker(place: Place, clock) -> Worker:
    return Worker(NoSites())


@pytest.fixture
def report(account) -> Callable[..., Submission]:
    def send(unit: str, mark: str, document: str = "summary") -> Submission:
        text = sample(unit, document) + f"# {mark}\n"
        return submit(account(f"{unit}-1"), document, text, judged=False)

    return send


def git(place: Place, *arguments: str) -> str:
    command = ["git", "-C", str(place.repository), *arguments]
    return subprocess.run(command, env=CLEAN, check=True, capture_output=True, text=True).stdout.strip()


def standing_files(place: Place) -> dict[str, bytes]:
    """Everything in the folder that the sites are built from."""
    return {
        str(file.relative_to(place.tree)): file.read_bytes()
        for folder in ("data", "docs", "schemas")
        for file in (place.tree / folder).rglob("*")
        if file.is_file()
    }


def test_a_body_that_comes_back_is_recorded_half_a_minute_later(worker, place, report, clock):
    line = report("heyuan", "一")
    away = (place.spool / line.spool).rename(place.var / "away")
    worker.round()
    line.refresh_from_db()
    assert "读不出来" in line.trouble
    assert lagging_now() == ["1 份报送登记时遇到问题，程序每半分钟再试一次，原因写在各份的页面上。"]
    away.rename(place.spool / line.spool)
    clock[0] += 29
    assert worker.round() is False
    clock[0] += 1
    assert worker.round()
    line.refresh_from_db()
    assert (line.trouble, line.recorded_at) == ("", now())
    assert lagging_now() == []


def test_an_older_version_that_comes_back_joins_its_branch_which_shows_the_newer(
    worker, place, report, clock
):
    first = report("heyuan", "一")
    away = (place.spool / first.spool).rename(place.var / "away")
    second = report("heyuan", "二")
    worker.round()
    away.rename(place.spool / first.spool)
    clock[0] += 30
    worker.round()
    for line in (first, second):
        line.refresh_from_db()
        assert line.recorded_at
    ref = "submissions/heyuan/summary"
    assert git(place, "show", f"{ref}:data/cities/heyuan/summary.yml").endswith("# 二")
    assert git(place, "show", "-s", "--format=%P", ref) == f"{second.commit} {first.commit}"
    assert git(place, "show", f"{first.commit}:data/cities/heyuan/summary.yml").endswith("# 一")
    assert git(place, "rev-parse", f"{first.commit}^") != second.commit
    third = report("heyuan", "三")
    worker.round()
    third.refresh_from_db()
    assert git(place, "rev-parse", ref) == third.commit
    assert git(place, "show", f"{ref}:data/cities/heyuan/summary.yml").endswith("# 三")


def test_a_damaged_branch_stops_no_other_and_mends_with_the_repository(worker, place, report, clock):
    first = report("heyuan", "一")
    worker.round()
    first.refresh_from_db()
    lost = place.repository / "objects" / first.commit[:2] / first.commit[2:]
    away = lost.rename(place.var / "away")
    worker.begin_anew()
    second, other = report("heyuan", "二"), report("foshan", "一")
    worker.round()
    second.refresh_from_db()
    other.refresh_from_db()
    assert (second.trouble, other.trouble) == (submitting._UNWRITABLE, "")
    assert other.recorded_at
    away.rename(lost)
    clock[0] += 30
    worker.round()
    second.refresh_from_db()
    assert git(place, "rev-parse", f"{second.commit}^") == first.commit
    assert git(place, "fsck", "--strict", "--no-dangling") == ""


def test_a_clock_put_back_for_the_worker_delays_and_mends_itself(worker, place, report, clock, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-20T09:00:00+08:00")
    line = report("foshan", "一")
    worker.round()
    line.refresh_from_db()
    assert "晚于现在" in line.trouble
    commit = line.commit
    monkeypatch.setenv("SHENBAO_NOW", AFTER)
    clock[0] += 30
    worker.round()
    line.refresh_from_db()
    assert (line.trouble, line.recorded_at, line.commit) == ("", now(), commit)
    assert git(place, "rev-list", "--count", "main..submissions/foshan/summary") == "1"


def test_a_version_of_which_git_knows_already_is_never_committed_again(
    worker, place, report, clock, account, monkeypatch
):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-20T09:00:00+08:00")
    first = report("heyuan", "一")
    worker.round()
    monkeypatch.setenv("SHENBAO_NOW", AFTER)
    second = report("heyuan", "二")
    clock[0] -= 1
    worker.round()
    second.refresh_from_db()
    officer = account("office-1", Role.OFFICER)
    Action.objects.create(
        kind=Action.Kind.ACCEPTED, unit="heyuan", document="summary", submission=second, account=officer, at=now()
    )  # fmt: skip
    worker.round()
    clock[0] += 31
    worker.round()
    first.refresh_from_db()
    assert (first.trouble, bool(first.recorded_at)) == ("", True)
    subjects = git(place, "log", "--all", "--format=%s").splitlines()
    assert sum(subject.startswith("报送：") for subject in subjects) == 2


def test_more_troubles_than_a_round_takes_are_all_tried(worker, place, report, clock, monkeypatch):
    monkeypatch.setattr(submitting, "BATCH", 2)
    lines = [report("heyuan", str(n)) for n in range(5)]
    for line in lines:
        (place.spool / line.spool).rename(place.spool / f"{line.spool}.away")
    while worker.round():
        pass
    assert Submission.objects.exclude(trouble="").count() == 5
    for line in lines:
        (place.spool / f"{line.spool}.away").rename(place.spool / line.spool)
    clock[0] += 30
    while worker.round():
        pass
    assert Submission.objects.exclude(recorded_at=None).count() == 5


def test_what_waits_longer_than_a_minute_is_counted_for_the_office(place, report, account, monkeypatch):
    line = report("heyuan", "一")
    officer = account("office-1", Role.OFFICER)
    Action.objects.create(
        kind=Action.Kind.PAPER, unit="heyuan", document="summary", submission=line, account=officer, at=now(),
        copies=1,
    )  # fmt: skip
    assert lagging_now() == []
    monkeypatch.setenv("SHENBAO_NOW", (now() + timedelta(seconds=61)).isoformat())
    assert lagging_now() == [
        "后台没有跟上：1 份报送还没有登记，1 件办理还没有生效。收件不受影响；几分钟后仍这样的，请找维护人员。"
    ]


def test_the_desk_says_what_lags(place, report, officer, monkeypatch):
    report("heyuan", "一")
    assert "后台没有跟上" not in officer.get("/desk/").content.decode()
    monkeypatch.setenv("SHENBAO_NOW", (now() + timedelta(seconds=61)).isoformat())
    assert "后台没有跟上：1 份报送还没有登记。" in officer.get("/desk/").content.decode()


def test_the_second_worker_says_so_and_ends_and_the_first_goes_on(worker, place, report):
    with alone():
        done = subprocess.run(
            [sys.executable, "-m", "intake.cli.worker"], env=rush.environment(place.root, place.var),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (3, "已有一个后台程序在办理，这一个不再启动。\n")
        line = report("heyuan", "一")
        worker.round()
    line.refresh_from_db()
    assert line.recorded_at


def test_the_folder_brought_up_to_date_part_by_part_is_the_one_made_as_a_whole(
    worker, place, report, account, officer
):
    worker.round()
    clerk = account("office-1", Role.OFFICER)
    first, second = report("heyuan", "一"), report("foshan", "一", "individual-01")
    worker.round()
    for line, kind, more in (
        (first, Action.Kind.ACCEPTED, {}),
        (second, Action.Kind.WITHDRAWN, {"reason": "单位申请撤回"}),
    ):
        line.refresh_from_db()
        Action.objects.create(
            kind=kind, unit=line.unit, document=line.document, submission=line, account=clerk, at=now(), **more
        )  # fmt: skip
    report("heyuan", "二", "individual-01")
    worker.round()
    report("heyuan", "三")
    worker.round()
    parts, listed = standing_files(place), json.loads((place.var / "tree.json").read_text())
    assert parts["data/cities/heyuan/summary.yml"].endswith("# 三\n".encode())
    assert "data/cities/foshan/nominations/individual-01.yml" not in parts
    shutil.rmtree(place.tree)
    (place.var / "tree.json").unlink()
    tree.refresh(open_store())
    assert standing_files(place) == parts
    assert json.loads((place.var / "tree.json").read_text()) == listed


def test_clashes_are_looked_for_seconds_later_and_outlive_the_worker(worker, place, report, account):
    report("heyuan", "一")
    worker.round()  # the first look is at the whole campaign, the next not before five seconds have passed
    line = submit(account("heyuan-1"), "individual-01", sample("foshan", "individual-01"), judged=False)
    worker.round()
    line.refresh_from_db()
    told = {finding["code"] for finding in line.findings}
    assert line.judged_at
    assert not {code for code in told if code.startswith("D")}
    assert not worker.is_idle
    again = Worker(NoSites())
    again.round()
    line.refresh_from_db()
    assert {finding["code"] for finding in line.findings} > told
    assert again.is_idle


def test_clashes_are_looked_for_when_the_time_has_come(worker, place, report, account, clock):
    report("heyuan", "一")
    worker.round()
    line = submit(account("heyuan-1"), "individual-01", sample("foshan", "individual-01"), judged=False)
    worker.round()
    clock[0] += 4
    worker.round()
    assert not worker.is_idle
    clock[0] += 2
    worker.round()
    assert worker.is_idle
    line.refresh_from_db()
    assert {finding["code"] for finding in line.findings if finding["code"].startswith("D")}
    assert json.loads((place.var / "clashes.json").read_text()) == []


def test_only_units_that_changed_are_read_again_to_look_for_clashes(
    worker, place, report, account, clock, monkeypatch
):
    report("heyuan", "一")
    worker.round()
    read: list[str] = []
    judged = spread.judge_unit
    monkeypatch.setattr(
        spread, "judge_unit", lambda folder, context: (read.append(folder.slug), judged(folder, context))[1]
    )
    other = submit(account("guangzhou-1"), "summary", "title: 改\n", judged=False)
    worker.round()
    clock[0] += 6
    worker.round()
    assert worker.is_idle
    assert {slug for slug in read if (place.tree / "data/cities" / slug).is_dir()} == {"guangzhou"}
    other.refresh_from_db()
    assert other.findings


def test_a_units_folder_has_a_name_that_changes_with_what_lies_in_it(worker, place, report):
    names = []
    for text in ("一", "二"):
        report("heyuan", text)
        worker.round()
        names.append(
            [worker._folder.named().fingerprint(f"data/cities/{slug}") for slug in ("heyuan", "foshan")]
        )
    assert names[0][0] != names[1][0]
    assert names[0][1] == names[1][1] != ""


def test_a_build_that_is_ended_takes_those_that_print_for_it_along(tmp_path, monkeypatch):
    build, printer = tmp_path / "build", tmp_path / "printer"
    build.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {printer}.new\nmv {printer}.new {printer}\nwait\n")
    build.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(build))
    builder = Builder()
    builder.ask()
    builder.tend()
    while not printer.exists():
        time.sleep(0.01)
    at_work = Path(f"/proc/{int(printer.read_text())}/cmdline")
    assert b"sleep" in at_work.read_bytes()
    builder.stop()
    end = time.monotonic() + 30
    while at_work.exists() and at_work.read_bytes() and time.monotonic() < end:
        time.sleep(0.01)
    assert not at_work.exists() or not at_work.read_bytes()


def test_unfinished_bodies_are_cleared_an_hour_later(place, report):
    line = report("heyuan", "一")
    day = (place.spool / line.spool).parent
    old, young = day / ".1.json.tmp", day / ".2.json.tmp"
    for file in (old, young):
        file.touch()
    os.utime(old, (time.time() - 3700,) * 2)
    spool.clear_unfinished()
    assert sorted(day.iterdir()) == sorted([young, place.spool / line.spool])


def test_what_a_killed_git_left_is_cleared_by_the_next_worker(worker, place, report):
    worker.round()
    worker.begin_anew()
    for name in ("storing-abc", "objects/tmp_obj_abc", "objects/00/tmp_obj_abc", "refs/heads/main.lock"):
        (place.repository / name).parent.mkdir(exist_ok=True)
        (place.repository / name).touch()
    report("heyuan", "一")
    worker.round()
    worker.begin_anew()
    assert not [*place.repository.rglob("tmp_*"), *place.repository.rglob("*.lock")]
    assert not list(place.repository.glob("storing-*"))
