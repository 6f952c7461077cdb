"""Every address of the service, for everybody, by every method: what is answered, and that nothing leaks."""

from __future__ import annotations

import json
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from service.security_matrix import METHODS, VISITORS, table
from service.security_world import OWN, World, leaks, patterns, plant

from intake.files.models import Draft, Upload
from intake.journal.models import Action, Submission

TOKEN = "a" * 32
ATTEMPT = "0c4c1f5e-0000-4000-8000-000000000001"
STRANGERS = ("nobody", "other unit", "shut", "reset")
VERIFICATION = "verify/<str:number>/"


@pytest.fixture
def world(db, service, telephone, worker) -> World:
    return plant(service)


def ask(browser: Client, method: str, address: str, *, token: bool = True) -> Any:
    """One request, after which everything is as before. ``token``: it comes from a page of ours."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = SimpleCookie(browser.cookies.output(header="", sep=";"))
    more: dict[str, Any] = {}
    if token and method not in ("GET", "HEAD", "OPTIONS"):
        client.cookies["shenbao_csrf"] = TOKEN
        more = {"headers": {"X-CSRFToken": TOKEN}}
    with transaction.atomic():
        answer = client.generic(method, address, **more)
        transaction.set_rollback(True)
    return answer


def test_the_table_holds_every_address():
    assert sorted(table()) == sorted(patterns()), "an address is missing, or no longer there"
    assert all(len(row) == len(VISITORS) for one in table().values() for row in one.values())


@pytest.mark.parametrize("method", METHODS)
def test_everybody_is_answered_as_the_table_has_it(method: str, world: World):
    wanted, told = {}, {}
    for pattern, row in table().items():
        wanted[pattern], told[pattern] = row[method], []
        for visitor in VISITORS:
            answer = ask(world.browsers[visitor], method, world.address(pattern))
            answer.close()
            told[pattern].append(answer.status_code)
    assert told == wanted


@pytest.mark.parametrize("visitor", STRANGERS)
@pytest.mark.parametrize("method", METHODS)
def test_nobody_reads_of_another_unit(method: str, visitor: str, world: World):
    """A receipt's number opens its verification to whoever holds it: only that, and nothing of the contents."""
    found = {}
    for pattern in patterns():
        address = world.address(pattern)
        shown = leaks(world, address, ask(world.browsers[visitor], method, address))
        allowed = (
            {world.line.number, world.line.digest} if pattern == VERIFICATION and method == "GET" else set()
        )
        if set(shown) - allowed:
            found[pattern] = shown
    assert found == {}


def test_what_could_leak_is_there(world: World):
    """The unit itself and the office do see the canaries: the tests above look at something."""
    seen = {name: set() for name in ("own unit", "approver")}
    for name, secrets in seen.items():
        for pattern in patterns():
            address = world.address(pattern)
            if leaks(world, address, ask(world.browsers[name], "GET", address)):
                secrets.add(pattern)
    assert {"intake/state", "intake/drafts/<str:document>", "my/documents/<str:document>/"} <= seen[
        "own unit"
    ]
    assert {"my/receipts/<str:number>/receipt.pdf", "my/pages/<path:path>"} <= seen["own unit"]
    assert {"desk/", "desk/audit/", "desk/audit.csv", "office/<path:path>"} <= seen["approver"]
    assert {"desk/<number:number>/", "desk/<number:number>/files/<path:path>"} <= seen["approver"]


def test_every_unsafe_method_needs_the_token_of_a_page_of_ours(world: World):
    """By list: no address at all takes POST, PUT, PATCH or DELETE without it, whoever sends."""
    taken = []
    for pattern in patterns():
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            for visitor in ("nobody", "own unit", "approver"):
                answer = ask(world.browsers[visitor], method, world.address(pattern), token=False)
                taken += [(pattern, method, visitor)] if answer.status_code != 403 else []
    assert taken == []


def test_a_token_from_another_site_is_refused_by_its_origin(world: World):
    for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
        client = Client(enforce_csrf_checks=True)
        client.cookies = SimpleCookie(world.browsers["own unit"].cookies.output(header="", sep=";"))
        client.cookies["shenbao_csrf"] = TOKEN
        headers = {"X-CSRFToken": TOKEN, "Origin": origin}
        assert client.post("/my/account/elsewhere/", headers=headers).status_code == 403


SOUND: list[tuple[str, str, Any, int]] = [
    ("PATCH", "/intake/files/{upload}", b"x", 404),
    ("DELETE", "/intake/files/{upload}", None, 404),
    ("PATCH", "/intake/files/{waiting}", b"x", 404),
    ("DELETE", "/intake/files/{waiting}", None, 404),
    ("DELETE", "/intake/drafts/individual-01", {"version": 1}, 200),
    ("PUT", "/intake/drafts/individual-01", {"version": 1, "yaml": "name: x"}, 409),
    ("POST", "/intake/documents/individual-01", {"attempt": "{attempt}", "yaml": "a: b", "files": {}}, 201),
    ("POST", "/intake/documents/individual-01", {"attempt": ATTEMPT, "yaml": "a: b",
        "files": {"materials/individual-01.jpg": "{upload}"}}, 409),
    ("POST", "/intake/check", {"document": "individual-01", "yaml": "name: x",
        "files": {"materials/individual-01.jpg": "{upload}"}}, 200),
]  # fmt: skip


@pytest.mark.parametrize(("method", "address", "body", "status"), SOUND)
def test_sound_requests_reach_only_the_own_unit(
    method: str, address: str, body: Any, status: int, world: World
):
    """With the names of the other unit's things in them, and with the very attempt it used."""
    waiting = Upload.objects.get(unit=OWN, state=Upload.State.RECEIVING)
    names = {
        "{upload}": str(world.upload),
        "{waiting}": str(waiting.pk),
        "{attempt}": str(world.line.attempt),
    }
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    for name, value in names.items():
        address, sent = address.replace(name, value), sent.replace(name.encode(), value.encode())
    before = held()
    client = world.browsers["other unit"]
    client.cookies["shenbao_csrf"] = TOKEN
    kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    headers = {"X-CSRFToken": TOKEN, "Upload-Offset": "0"}
    answer = client.generic(method, address, sent, kind, headers=headers)
    assert answer.status_code == status
    assert leaks(world, str(world.upload), answer) == []
    assert held() == before


def held() -> list[Any]:
    """Everything of the first unit."""
    models = (Draft, Upload, Submission, Action)
    return [list(model.objects.filter(unit=OWN).order_by("pk").values()) for model in models]
