"""Several at the same moment, each with its own connection to a database on the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from service.people_steps import OTHER, PASSPHRASE, now_code, opened, send_code, sign_in, written

from intake.people import accounts, codes, enrolment
from intake.people.models import Account, Role

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("service", "telephone", "on_disk"),
]


@pytest.fixture
def on_disk(transactional_db, tmp_path: Path) -> Iterator[None]:
    """The embedded database as it really is, in a file: threads do not share one in memory."""
    if connection.vendor != "sqlite":  # SHENBAO_DATABASE_URL names another, which is shared as it is
        yield
        return
    settings, before = connections.settings["default"], connections["default"]
    name = settings["NAME"]
    settings["NAME"] = str(tmp_path / "intake.sqlite3")
    connections["default"] = connections.create_connection("default")
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connections["default"].close()
        connections["default"] = before
        settings["NAME"] = name


def at_once(count: int, call: Callable[[int], Any]) -> list[Any]:
    """Call so many times from as many threads, each with a connection of its own, starting together."""
    results: list[Any] = [None] * count
    start = Barrier(count)

    def run(number: int) -> None:
        try:
            start.wait(30)
            results[number] = call(number)
        except BaseException as error:  # noqa: BLE001  the main thread looks at it
            results[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_guesses_at_once_are_each_counted():
    opened()
    told = at_once(12, lambda _: sign_in(Client(), passphrase=OTHER).status_code)
    assert sorted(told) == [401] * 5 + [429] * 7


def test_an_enrolment_code_opens_one_account_once_also_under_many_at_once():
    account = accounts.create("", "示例", Role.UNIT, "guangzhou")
    digest = codes.digest(enrolment.issue(account, None))
    told = at_once(6, lambda number: enrolment.redeem(digest, f"{PASSPHRASE}第{number}个人").pk)
    assert sum(one == account.pk for one in told) == 1
    assert {type(one).__name__ for one in told if one != account.pk} == {"Refused"}
    winner = next(number for number, one in enumerate(told) if one == account.pk)
    held = Account.objects.get()
    assert sign_in(Client(), held.username, f"{PASSPHRASE}第{winner}个人").status_code == 302
    assert written().count("enrolled") == 1


def test_an_authenticators_code_opens_one_session_also_under_many_at_once():
    opened(second=True)
    browsers = [Client() for _ in range(4)]
    for browser in browsers:
        sign_in(browser)
    code = now_code()
    told = at_once(4, lambda number: send_code(browsers[number], code).status_code)
    assert sorted(told) == [302, 401, 401, 401]


def test_of_codes_issued_at_once_only_one_is_good():
    account = accounts.create("", "示例", Role.UNIT, "guangzhou")
    issued = at_once(4, lambda _: enrolment.issue(account, None))
    assert (
        sum(bool(enrolment.valid(account.enrolments.filter(code_hash=codes.digest(code)))) for code in issued)
        == 1
    )
