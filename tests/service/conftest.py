"""The service in a test: a folder of its own, the sample campaign, a fixed clock, and people to sign in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Playwright
from service.journalled import Submit, Worker, submit

from intake import current
from intake.clerk.pace import Pace
from intake.people.models import Account, Role
from intake.place import Place

# Playwright runs a loop in this thread, and Django, seeing one, would refuse the database to the tests of a browser.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

ROOT = Path(__file__).parents[2]
NOW = "2012-08-21T10:00:00+08:00"
AUTHENTICATOR = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret of every approver's second factor."""
PASSPHRASE = "示例口令-不要在别处使用-7"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """In memory SQLite's connections share a cache, where a reader is turned away while another one writes; in a file, as
    in production, it reads on. So it does here."""
    for database in settings.DATABASES.values():
        if database["ENGINE"].endswith("sqlite3"):
            database["OPTIONS"]["init_command"] += " PRAGMA read_uncommitted=1;"


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    )
    yield browser
    browser.close()


@pytest.fixture
def service(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Where the service keeps what it holds; the campaign is the repository's own, the day before the deadline."""
    place = Place(ROOT, tmp_path / "intake")
    place.prepare()
    settings.PLACE = place
    monkeypatch.setenv("SHENBAO_NOW", NOW)
    monkeypatch.setattr("intake.clerk.asked.CHECKS", Pace())
    return place


@pytest.fixture
def account(db, service) -> Callable[..., Account]:
    """Makes an account; the same name gives the same one."""

    def make(username: str = "guangzhou-1", role: Role = Role.UNIT, unit: str = "") -> Account:
        known = Account.objects.filter(username=username).first()
        if known:
            return known
        slug = "" if role is not Role.UNIT else unit or username.rpartition("-")[0]
        made = Account(
            username=username, name=f"示例{username}", role=role, unit=slug, created_at=current.now()
        )
        made.set_unusable_password()
        made.totp_secret = AUTHENTICATOR if role is Role.APPROVER else ""
        made.save()
        return made

    return make


@pytest.fixture
def signed_in(account) -> Callable[..., Client]:
    """A browser in which somebody is signed in."""

    def make(username: str = "guangzhou-1", role: Role = Role.UNIT, unit: str = "") -> Client:
        client = Client()
        client.force_login(account(username, role, unit))
        return client

    return make


@pytest.fixture
def telephone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The authenticators' clock stands still in the middle of a step, so that no test meets its edge."""
    monkeypatch.setattr("intake.people.totp.seconds", lambda: 1_800_000_015)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    """Does what the office asked for while a page of the desk waits for it."""
    made = Worker()
    monkeypatch.setattr("intake.journal.acting.pause", made)
    return made


@pytest.fixture
def officer(signed_in, worker) -> Client:
    """An officer at the desk, and a worker that does its part."""
    return signed_in("officer", Role.OFFICER)


@pytest.fixture
def approver(signed_in, worker) -> Client:
    """An approver at the desk."""
    return signed_in("approver", Role.APPROVER)


@pytest.fixture
def sent(account) -> Submit:
    """Submits as the clerk of a unit: ``sent("guangzhou", "individual-01", text)``."""

    def send(unit: str = "guangzhou", document: str = "individual-01", text: str | None = None, **more):
        return submit(account(f"{unit}-1"), document, text, **more)

    return send


@pytest.fixture
def tree(service: Place) -> Path:
    """The campaign's tree in the service's own folder, so that a test may write its ledgers."""
    for folder in ("data", "schemas"):
        shutil.copytree(ROOT / folder, service.tree / folder)
    return service.tree
