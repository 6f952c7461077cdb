"""The forge: pushed to when it is there, waited for when it is not, and never guessed about."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import remotes
from repositories import CLEAN
from service.journalled import NoSites, sample, submit

from build_tools.history import Move
from intake.current import now
from intake.environment import protocol
from intake.journal.models import Submission
from intake.place import Place
from intake.projection import lagging, merging, remote
from intake.projection.remote import read_state
from intake.projection.store import MAIN, open_store, service
from intake.projection.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)


def git(folder: Path, *arguments: str) -> str:
    command = [
        "git",
        "-C",
        str(folder),
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@example.invalid",
        *arguments,
    ]
    return subprocess.run(command, env=CLEAN, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def place(service: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:30:00+08:00")
    return service


@pytest.fixture
def forge(tmp_path: Path, settings) -> Path:
    folder = tmp_path / "forge.git"
    subprocess.run(
        ["git", "init", "-q", "--bare", "--template=", "-b", "main", folder], env=CLEAN, check=True
    )
    settings.REMOTE = str(folder)
    return folder


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The remote's monotonic clock, to be moved by the test."""
    at = [1000.0]
    monkeypatch.setattr(remote, "monotonic", lambda: at[0])
    return at


@pytest.fixture
def worker(place: Place, forge: Path, clock) -> Worker:
    return Worker(NoSites())


@pytest.fixture
def report(account) -> Callable[[str, str], Submission]:
    def send(unit: str, mark: str) -> Submission:
        return submit(account(f"{unit}-1"), "summary", sample(unit, "summary") + f"# {mark}\n")

    return send


def settle(worker: Worker) -> None:
    """Rounds until nothing is at work towards the forge."""
    for _ in range(20):
        worker.round()
        running = worker._remote._running
        if running:
            running._process.wait(60)
        elif worker._remote.is_idle:
            return
    raise AssertionError


def refs(folder: Path) -> str:
    return git(folder, "for-each-ref", "refs/heads")


def changed_on(forge: Path, tmp_path: Path, branch: str, path: str, text: str) -> str:
    """Somebody else commits on the forge's branch; gives the commit before."""
    clone = tmp_path / f"clone-{len(list(tmp_path.glob('clone-*')))}"
    git(tmp_path, "clone", "-q", "-b", branch, str(forge), str(clone))
    before = git(clone, "rev-parse", "HEAD")
    (clone / path).write_text(text, encoding="utf-8")
    git(clone, "add", path)
    git(clone, "commit", "-q", "-m", "x")
    git(clone, "push", "-q", "origin", branch)
    return before


def test_main_and_the_branches_are_pushed_after_projecting(worker, place, forge, report):
    report("heyuan", "一")
    settle(worker)
    assert refs(forge) == refs(place.repository)
    assert "submissions/heyuan/summary" in refs(forge)
    assert lagging.forge() == "代码仓库：已同步。"
    report("heyuan", "二")
    report("foshan", "一")
    assert lagging.forge() == "代码仓库：已同步。"
    settle(worker)
    assert refs(forge) == refs(place.repository)
    assert read_state(place).pushed == 3


def test_a_forge_over_http_is_pushed_to(place, forge, settings, report):
    git(forge, "config", "http.receivepack", "true")
    with remotes.served(forge.parent) as address:
        settings.REMOTE = f"{address}/forge.git"
        report("heyuan", "一")
        settle(Worker(NoSites()))
    assert refs(forge) == refs(place.repository)


def test_a_forge_that_is_down_is_asked_with_growing_waits_until_it_is_back(
    worker, place, forge, report, clock
):
    away = forge.rename(forge.with_name("away"))
    line = report("heyuan", "一")
    settle(worker)
    line.refresh_from_db()
    assert line.recorded_at
    assert lagging.forge() == f"代码仓库：落后 1 份，自 10:30 起没有同步。{remote.DOWN}"
    waits = []
    while sum(waits) < 3600:
        assert worker._remote.is_idle
        waits.append(worker._remote._next - clock[0])
        clock[0] = worker._remote._next
        settle(worker)
    assert waits[:4] == [5, 10, 20, 40]
    assert max(waits) == 300
    away.rename(forge)
    clock[0] = worker._remote._next
    settle(worker)
    assert refs(forge) == refs(place.repository)
    assert lagging.forge() == "代码仓库：已同步。"


def test_a_forge_that_rejects_is_told_to_the_office_and_asked_again(
    worker, place, forge, report, clock, officer
):
    hook = forge / "hooks/pre-receive"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    report("heyuan", "一")
    settle(worker)
    assert remote.REJECTED in officer.get("/desk/").content.decode()
    assert refs(forge) == ""
    hook.unlink()
    clock[0] = worker._remote._next
    settle(worker)
    assert refs(forge) == refs(place.repository)
    assert "代码仓库：已同步。" in officer.get("/desk/").content.decode()


def test_the_office_s_files_changed_on_the_forge_are_joined_by_a_real_merge(
    worker, place, forge, report, tmp_path
):
    report("heyuan", "一")
    settle(worker)
    changed_on(forge, tmp_path, "main", "docs/note.md", "新")
    report("foshan", "一")
    settle(worker)
    assert refs(forge) == refs(place.repository)
    assert git(forge, "show", "main:docs/note.md") == "新"
    assert git(forge, "show", "-s", "--format=%an|%s|%P", "main").startswith("申报台|合并代码仓库上的改动|")
    assert "foshan" in git(forge, "log", "--format=", "--name-only", "--first-parent", "-3", "main")
    worker.round()
    assert (place.tree / "docs/note.md").read_text() == "新"
    another = Worker(NoSites())
    another.round()
    another.stop()
    assert git(place.repository, "show", "main:docs/note.md") == "新"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("data/cities/heyuan/summary.yml", merging.UNITS),
        ("data/ledger/heyuan.yml", merging.UNITS),
    ],
)
def test_units_files_changed_on_the_forge_are_told_and_left_alone(
    worker, place, forge, report, tmp_path, clock, path, sentence
):
    report("heyuan", "一")
    settle(worker)
    before = changed_on(forge, tmp_path, "main", path, "x: 1\n")
    report("foshan", "一")
    settle(worker)
    assert sentence.format(paths=path) in lagging.forge()
    assert lagging.forge().startswith("代码仓库：落后 1 份，自 10:30 起")
    assert git(place.repository, "rev-list", "--merges", "--count", "main") == "0"
    git(forge, "update-ref", "refs/heads/main", before)
    clock[0] = worker._remote._next
    settle(worker)
    assert refs(forge) == refs(place.repository)


def test_the_same_file_changed_on_both_sides_is_not_guessed_about(
    worker, place, forge, report, tmp_path, monkeypatch
):
    report("heyuan", "一")
    settle(worker)
    changed_on(forge, tmp_path, "main", "docs/note.md", "那边")
    here = tmp_path / "here"
    git(tmp_path, "clone", "-q", str(place.repository), str(here))
    (here / "docs/note.md").write_text("这边", encoding="utf-8")
    git(here, "add", "docs/note.md")
    git(here, "commit", "-q", "-m", "y")
    git(place.repository, "fetch", "-q", str(here), "+main:refs/x/main")
    git(place.repository, "update-ref", "refs/heads/main", "refs/x/main")
    worker._remote.ask()
    settle(worker)
    assert merging.OVERLAP.format(paths="docs/note.md") in lagging.forge()
    assert git(place.repository, "show", "main:docs/note.md") == "这边"
    assert git(forge, "show", "main:docs/note.md") == "那边"


def test_what_git_cannot_join_is_told_and_nothing_moves(place):
    """No path is the same, and yet: a file there is a folder here."""
    writer = open_store()
    who, base, theirs = service(now()), writer.tip(MAIN), "refs/forge/main"
    for ref, old, path in ((theirs, "", "docs/note"), (MAIN, base, "docs/note/a.md")):
        tree = writer.tree(base, {path: writer.blob(b"x")})
        writer.move([Move(ref, writer.commit(tree, [base], "x\n", author=who, committer=who), old)])
    before = refs(place.repository)
    assert merging.merge(writer, MAIN, theirs) == merging.OVERLAP.format(paths="docs/note")
    assert refs(place.repository) == before
    writer.close()


def test_a_branch_that_was_meddled_with_stops_no_other(worker, place, forge, report, tmp_path):
    report("heyuan", "一")
    settle(worker)
    changed_on(forge, tmp_path, "submissions/heyuan/summary", "docs/note.md", "x")
    report("heyuan", "二")
    report("foshan", "一")
    settle(worker)
    assert "heyuan/summary" in lagging.forge()
    for ref in ("main", "submissions/foshan/summary"):
        assert git(forge, "rev-parse", ref) == git(place.repository, "rev-parse", ref)
    assert git(forge, "show", "submissions/heyuan/summary:docs/note.md") == "x"


def test_another_campaign_s_forge_is_not_written_to(worker, place, forge, report, tmp_path):
    other = tmp_path / "other"
    git(tmp_path, "init", "-q", "-b", "main", str(other))
    git(other, "commit", "-q", "--allow-empty", "-m", "x")
    git(other, "push", "-q", str(forge), "main")
    report("heyuan", "一")
    settle(worker)
    assert merging.FOREIGN in lagging.forge()
    assert git(forge, "rev-list", "--count", "main") == "1"


def test_a_forge_that_never_answers_is_given_up_in_time(place, settings, clock, report):
    report("heyuan", "一")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REMOTE = f"http://127.0.0.1:{silent.getsockname()[1]}/x.git"
        worker = Worker(NoSites())
        worker.round()
        process = worker._remote._running._process
        worker.round()
        assert process.poll() is None
        clock[0] += remote._MOST + 1
        worker.round()
    assert process.poll() is not None
    assert remote.DOWN in lagging.forge()


@pytest.mark.parametrize(
    ("address", "spoken"),
    [
        ("https://forge.example/x.git", "https"),
        ("ssh://git@forge.example/x.git", "ssh"),
        ("git@forge.example:x.git", "ssh"),
        ("file:///srv/x.git", "file"),
        ("/srv/x.git", "file"),
        ("http://127.0.0.1:80/x.git", "http"),
    ],
)
def test_addresses_that_are_pushed_to(address, spoken):
    assert protocol(address) == spoken


@pytest.mark.parametrize(
    "address",
    [
        "http://forge.example/x.git",
        "git://forge.example/x.git",
        "ext::sh -c id",
        "ext::id",
        "-oProxyCommand=id:x",
        "--receive-pack=id",
        "x.git",
        "https://me:geheim@forge.example/x.git",
    ],
)
def test_addresses_that_nothing_is_pushed_to(address):
    with pytest.raises(ValueError, match=r"应是 https|不要写密码") as refused:
        protocol(address)
    assert "geheim" not in str(refused.value)
