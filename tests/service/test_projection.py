"""From the journal into git: branches, ledger, the main branch, and the folder the sites are built from."""

from __future__ import annotations

import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db.models.signals import post_save
from service.journalled import NoSites, hand_in, sample, submit

from build_tools.cli import main as shenbao
from intake.current import now
from intake.files import store
from intake.journal.models import Action, Submission
from intake.office import campaign_tree
from intake.people.models import Role
from intake.place import Place
from intake.projection import deciding, submitting, tree
from intake.projection.sites import Builder
from intake.projection.store import MAIN, open_store
from intake.projection.worker import AlreadyRunning, Worker, alone

pytestmark = pytest.mark.django_db(transaction=True)
AFTER = "2012-08-23T10:30:00+08:00"  # after everything in the sample's ledger; 河源 has an extension


@pytest.fixture
def place(service: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("SHENBAO_NOW", AFTER)
    return service


@pytest.fixture
def worker(place: Place) -> Worker:
    return Worker(NoSites())


def git(place: Place, *arguments: str) -> str:
    command = ["git", "-C", str(place.repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def events(place: Place, unit: str) -> list[str]:
    text = git(place, "show", f"main:data/ledger/{unit}.yml")
    return [line.partition(": ")[2] for line in text.splitlines() if line.strip().startswith("kind:")]


def told(place: Place, unit: str) -> list[dict[str, Any]]:
    return yaml.safe_load(git(place, "show", f"main:data/ledger/{unit}.yml"))["events"]


def decided(account, kind: Action.Kind, line: Submission | None = None, **rest) -> Action:
    unit, document = (line.unit, line.document) if line else (rest.pop("unit"), rest.pop("document"))
    return Action.objects.create(
        kind=kind, unit=unit, document=document, submission=line, account=account, at=now(), **rest
    )


@pytest.fixture
def officer(account):
    return account("office-1", Role.OFFICER)


def test_the_repository_begins_with_the_campaign_as_the_office_keeps_it(place: Place, worker: Worker):
    worker.round()
    assert git(place, "log", "--format=%an|%cn|%s", "main") == (
        "活动办公室|申报台|建立活动：律师行业创先争优总结及推荐"
    )
    assert (
        git(place, "show", "main:data/campaign.yml") == (place.root / "data/campaign.yml").read_text().strip()
    )
    assert (place.tree / "data/cities/foshan/summary.yml").read_bytes() == (
        place.root / "data/cities/foshan/summary.yml"
    ).read_bytes()


def test_a_submission_is_a_commit_on_its_own_branch_and_an_event_in_the_ledger(place, worker, account):
    text = sample("heyuan", "individual-01") + "# 改\n"
    line = submit(account("heyuan-1"), "individual-01", text, judged=False)
    assert worker.round()
    line.refresh_from_db()
    ref = "submissions/heyuan/individual-01"
    assert git(place, "rev-parse", ref) == line.commit
    assert git(place, "show", "-s", "--format=%an|%ae|%cn|%aI", ref) == (
        f"河源市司法局|heyuan@intake.invalid|申报台|{AFTER}"
    )
    assert git(place, "show", "-s", "--format=%B", ref) == (
        f"报送：河源 先进个人推荐表（第 1 名）\n\nReceipt: {line.number}\nDigest: {line.digest}"
    )
    assert (
        git(place, "diff", "--name-only", f"{ref}~1", ref)
        == "data/cities/heyuan/nominations/individual-01.yml"
    )
    assert git(place, "show", f"{ref}:data/cities/heyuan/nominations/individual-01.yml").endswith("# 改")
    assert git(place, "show", "main:data/ledger/heyuan.yml").count(f"申报台 {line.number}") == 1
    assert not git(place, "show", "main:data/cities/heyuan/nominations/individual-01.yml").endswith("# 改")
    assert (place.tree / "data/cities/heyuan/nominations/individual-01.yml").read_text().endswith("# 改\n")
    assert line.findings is not None
    assert worker.builder.asked


def test_a_resubmission_goes_on_the_same_branch_and_after_acceptance_it_begins_anew(
    place, worker, account, officer
):
    clerk = account("heyuan-1")
    first = submit(clerk, "summary", sample("heyuan", "summary") + "# 一\n")
    second = submit(clerk, "summary", sample("heyuan", "summary") + "# 二\n")
    worker.round()
    ref = "submissions/heyuan/summary"
    assert git(place, "log", "--format=%B", "main..summary".replace("summary", ref)).count("Receipt") == 2
    assert git(place, "rev-parse", f"{ref}~1") == Submission.objects.get(pk=first.pk).commit
    second.refresh_from_db()
    action = decided(officer, Action.Kind.ACCEPTED, second)
    worker.round()
    action.refresh_from_db()
    assert action.state == Action.State.DONE, action.message
    assert git(place, "rev-parse", "main^2") == second.commit
    assert git(place, "show", "main:data/cities/heyuan/summary.yml").endswith("# 二")
    assert git(place, "show", "-s", "--format=%an|%s", "main") == "示例office-1|受理：河源 总结"
    third = submit(clerk, "summary", sample("heyuan", "summary") + "# 三\n")
    worker.round()
    third.refresh_from_db()
    assert git(place, "rev-parse", f"{third.commit}^") == action.commit
    assert events(place, "heyuan")[-4:] == ["received", "received", "accepted", "received"]


def test_only_the_newest_version_is_accepted(place, worker, account, officer):
    clerk = account("heyuan-1")
    first = submit(clerk, "summary")
    worker.round()
    first.refresh_from_db()
    action = decided(officer, Action.Kind.ACCEPTED, first)
    submit(clerk, "summary", sample("heyuan", "summary") + "# 新\n")
    worker.round()
    action.refresh_from_db()
    assert (action.state, action.message) == (
        Action.State.REFUSED,
        "单位已经报来新的版本，没有受理；请看过新版本再办。",
    )


def test_a_return_a_paper_and_an_extension_are_events(place, worker, account, officer):
    line = submit(account("heyuan-1"), "individual-01", sample("heyuan", "individual-01") + "# 改\n")
    worker.round()
    until = now() + timedelta(days=2)
    decided(officer, Action.Kind.RETURNED, line, reason="请补写", until=until)
    decided(officer, Action.Kind.PAPER, line, copies=3, seals=["所在单位党组织"])
    decided(
        officer, Action.Kind.EXTENDED, unit="shaoguan", document="*", reason="机房停电", until=until,
        second=account("office-2", Role.APPROVER),
    )  # fmt: skip
    worker.round()
    assert [a.state for a in Action.objects.all()] == [Action.State.DONE] * 3, [
        a.message for a in Action.objects.all()
    ]
    received, returned, paper = told(place, "heyuan")[-3:]
    assert received["kind"] == "received"
    assert (returned["kind"], returned["reason"], returned["until"]) == ("returned", "请补写", until)
    assert (paper["kind"], paper["copies"], paper["seals"]) == ("paper", 3, ["所在单位党组织"])
    extended = told(place, "shaoguan")[-1]
    assert (extended["kind"], extended["reason"], extended["until"]) == ("extended", "机房停电", until)
    assert extended["by"] == ["示例office-1", "示例office-2"], "who proposed, then who agreed"


def test_an_extension_by_one_person_is_refused_with_the_reason(place, worker, officer):
    action = decided(
        officer, Action.Kind.EXTENDED, unit="shaoguan", document="*", reason="机房停电",
        until=now() + timedelta(days=2),
    )  # fmt: skip
    worker.round()
    action.refresh_from_db()
    assert (action.state, "须由 2 人经办" in action.message) == (Action.State.REFUSED, True)


def test_a_withdrawn_document_leaves_the_folder(place, worker, account, officer):
    """The picture stays as long as another document names it."""
    text = sample("heyuan", "individual-01") + "# 改\n"
    line, other = (submit(account("heyuan-1"), f"individual-{number}", text) for number in ("01", "02"))
    worker.round()
    other.refresh_from_db()
    decided(officer, Action.Kind.ACCEPTED, other)
    decided(officer, Action.Kind.WITHDRAWN, line, reason="单位申请撤回")
    worker.round()
    assert not (place.tree / "data/cities/heyuan/nominations/individual-01.yml").exists()
    photo = f"data/cities/heyuan/{yaml.safe_load(text)['photo']}"
    assert git(place, "ls-tree", "--name-only", "main", photo) == photo
    assert events(place, "heyuan")[-1] == "withdrawn"


def test_the_ledger_verifies_and_the_repository_is_sound(place, worker, account, officer, capsys):
    for unit, document in (("heyuan", "individual-01"), ("heyuan", "materials"), ("heyuan", "summary")):
        line = submit(account(f"{unit}-1"), document, sample(unit, document) + "# 改\n")
        worker.round()
        line.refresh_from_db()
        decided(officer, Action.Kind.ACCEPTED, line)
    worker.round()
    assert [a.state for a in Action.objects.all()] == [Action.State.DONE] * 3
    with pytest.raises(SystemExit) as stop:
        shenbao(["ledger", "verify", "--root", str(place.tree)])
    assert stop.value.code == 0, capsys.readouterr()
    assert git(place, "fsck", "--strict") == ""
    assert (
        "建立活动"
        in subprocess.run(
            ["git", "-C", str(place.tree), "log", "--format=%s"], check=True, capture_output=True, text=True
        ).stdout
    )


class Killed(BaseException):
    """The process ends here."""


def test_what_was_cut_off_after_the_branches_moved_is_not_done_twice(
    place, worker, account, officer, monkeypatch
):
    line = submit(account("heyuan-1"), "summary", sample("heyuan", "summary") + "# 改\n")
    with monkeypatch.context() as cut:
        cut.setattr(Submission, "save", lambda *_, **__: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            worker.round()
    before = git(place, "for-each-ref")
    again = Worker(NoSites())
    again.round()
    line.refresh_from_db()
    assert git(place, "for-each-ref") == before
    assert line.commit == git(place, "rev-parse", "submissions/heyuan/summary")
    action = decided(officer, Action.Kind.ACCEPTED, line)
    with monkeypatch.context() as cut:
        cut.setattr(Action, "save", lambda *_, **__: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            again.round()
    before = git(place, "for-each-ref")
    Worker(NoSites()).round()
    action.refresh_from_db()
    assert (git(place, "for-each-ref"), action.state, action.commit) == (
        before,
        Action.State.DONE,
        git(place, "rev-parse", "main"),
    )


def test_what_was_cut_off_before_the_branches_moved_is_done_again(place, worker, account, monkeypatch):
    line = submit(account("heyuan-1"), "summary", sample("heyuan", "summary") + "# 改\n")
    with monkeypatch.context() as cut:
        cut.setattr("build_tools.history.Writer.move", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            worker.round()
    Worker(NoSites()).round()
    line.refresh_from_db()
    assert line.commit == git(place, "rev-parse", "submissions/heyuan/summary")
    assert events(place, "heyuan").count("received") == 1 + (
        place.root / "data/ledger/heyuan.yml"
    ).read_text().count("kind: received")


def test_somebody_else_s_commit_on_main_is_kept(place, worker, account, officer, tmp_path: Path):
    worker.round()
    writer = open_store()
    blob = writer.blob(b"note")
    from build_tools.history import Move
    from intake.projection.store import service

    main = writer.tip(MAIN)
    other = writer.commit(
        writer.tree(main, {"docs/note.md": blob}),
        [main],
        "x",
        author=service(now()),
        committer=service(now()),
    )
    writer.move([Move(MAIN, other, main)])
    submit(account("heyuan-1"), "summary", sample("heyuan", "summary") + "# 改\n")
    worker.round()
    assert git(place, "show", "main:docs/note.md") == "note"


def test_contents_that_are_lost_are_told_and_stop_no_other(place, worker, account, officer):
    lost = submit(account("heyuan-1"), "summary", sample("heyuan", "summary") + "# 改\n")
    (place.spool / lost.spool).unlink()
    digest = store.keep(b"photo")
    photo = submit(
        account("heyuan-1"), files={"photos/a.png": digest}, text="photo: photos/a.png\n", judged=False
    )
    next(place.files.rglob(digest[7:])).unlink()
    kept = submit(account("foshan-1"), "summary", sample("foshan", "summary") + "# 改\n")
    worker.round()
    lost.refresh_from_db()
    kept.refresh_from_db()
    photo.refresh_from_db()
    assert "读不出来" in lost.trouble
    assert "读不出来" in photo.trouble
    assert kept.commit
    action = decided(officer, Action.Kind.ACCEPTED, lost)
    worker.round()
    action.refresh_from_db()
    assert (action.state, action.message) == (Action.State.REFUSED, "这一版本还没有登记完，请稍候再办。")


def test_a_stale_lock_is_cleared_by_the_next_worker(place, worker, account):
    worker.round()
    (place.repository / "refs/heads/main.lock").write_text("")
    line = submit(account("heyuan-1"), "summary", sample("heyuan", "summary") + "# 改\n")
    from build_tools.history import GitTrouble

    with pytest.raises(GitTrouble):
        worker.round()
    worker.begin_anew()
    worker.round()
    line.refresh_from_db()
    assert line.commit


def test_a_second_worker_is_turned_away(place):
    with alone(), pytest.raises(AlreadyRunning), alone():
        pass


def test_the_office_s_own_files_follow_its_folder(place, worker, settings, tmp_path: Path):
    import shutil

    from intake import current

    root = tmp_path / "root"
    for folder in ("data", "schemas", "docs"):
        shutil.copytree(place.root / folder, root / folder)
    settings.PLACE = moved = Place(root, tmp_path / "var")
    moved.prepare()
    Worker(NoSites()).round()
    (root / "docs/new.md").write_text("新")
    (root / "docs/architecture.md").unlink()
    (root / "data/cities/foshan/summary.yml").unlink()
    (root / "data/ledger/foshan.yml").unlink()
    current._campaign.cache_clear()
    Worker(NoSites()).round()
    told = git(moved, "show", "--name-status", "--format=%s", "main")
    assert told.split("\n", 1)[0] == "更新活动：律师行业创先争优总结及推荐"
    assert "A\tdocs/new.md" in told
    assert "D\tdocs/architecture.md" in told
    assert "foshan" not in told
    assert (moved.tree / "docs/new.md").read_text() == "新"
    assert not (moved.tree / "docs/architecture.md").exists()


def test_a_lost_list_of_the_folder_is_made_anew(place, worker, account):
    worker.round()
    (place.var / "tree.json").write_text("{broken")
    (place.tree / "data/cities/foshan/summary.yml").write_text("changed by hand")
    tree.refresh(open_store())
    assert (place.tree / "data/cities/foshan/summary.yml").read_bytes() == (
        place.root / "data/cities/foshan/summary.yml"
    ).read_bytes()


def test_an_old_clock_in_the_ledger_is_told_and_mended_by_time(place, worker, account, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-20T09:00:00+08:00")
    line = hand_in(account("foshan-1"), "summary", sample("foshan", "summary") + "# 改\n").submission
    worker.round()
    line.refresh_from_db()
    assert "晚于现在" in line.trouble
    assert line.commit
    monkeypatch.setenv("SHENBAO_NOW", AFTER)
    Worker(NoSites()).round()
    line.refresh_from_db()
    assert (line.trouble, line.recorded_at) == ("", datetime.fromisoformat(AFTER))
    assert submitting.waiting() == []
    assert deciding.waiting() == []


def test_what_is_told_as_done_is_in_the_folder_the_desk_reads(place, worker, officer):
    worker.round()
    named = {"unit": "heyuan", "document": "individual-01", "copies": 3}
    action, seen = decided(officer, Action.Kind.PAPER, **named), []

    def look(instance: Action, **_: object) -> None:
        held = campaign_tree.ledger_of("heyuan").of("individual-01")
        seen.append((instance.state, sum(event.copies for event in held)))

    post_save.connect(look, sender=Action)
    try:
        worker.round()
    finally:
        post_save.disconnect(look, sender=Action)
    assert seen == [(Action.State.DONE, 3)]
    action.refresh_from_db()
    assert action.commit == git(place, "rev-parse", "main")


def test_a_build_that_is_ended_leaves_nothing_and_the_next_clears_what_a_killed_one_left(
    place: Place, worker: Worker, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SHENBAO_VAR", str(place.var))
    worker.round()
    killed = place.sites / ".public-1-left"
    (killed / "site").mkdir(parents=True)
    builder = Builder()
    builder.ask()
    builder.tend()
    try:
        while not (begun := set(place.sites.glob(".*-*")) - {killed}):
            builder.tend()
            assert not builder.is_idle
            time.sleep(0.01)
        assert begun
        assert not killed.exists()
    finally:
        builder.stop()
    assert list(place.sites.iterdir()) == []
