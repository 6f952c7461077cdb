"""Signing in: who gets in, who does not, and what nobody can tell from outside."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import get_hasher
from django.contrib.sessions.models import Session
from django.test import Client
from service.people_steps import (
    OTHER,
    PASSPHRASE,
    clock,
    now_code,
    opened,
    send_code,
    sign_in,
    signed_in_as,
    written,
)

from intake.people import accounts, machine, passphrases, sessions
from intake.people.models import Account, Audit, Guess, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("service", "telephone")]


def test_the_right_passphrase_opens_a_session(client: Client):
    opened()
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/my/")
    assert signed_in_as(client) == "guangzhou-1"
    assert written()[-1] == "signed-in"


def test_an_office_account_goes_to_its_desk(client: Client):
    opened("officer-1", Role.OFFICER)
    assert sign_in(client, "officer-1")["Location"] == "/desk/"


@pytest.mark.parametrize("typed", ["guangzhou-1", " GuangZhou-1 ", "ｇｕａｎｇｚｈｏｕ－１"])
def test_a_user_name_may_be_typed_as_the_input_method_writes_it(typed: str, client: Client):
    opened()
    assert sign_in(client, typed).status_code == 302


def test_a_passphrase_is_the_same_from_another_input_method(client: Client):
    opened()
    assert sign_in(client, passphrase=PASSPHRASE.replace("7", "７")).status_code == 302


def known_states() -> list[tuple[str, str]]:
    """User names and passphrases that open nothing."""
    opened()
    accounts.create("shenzhen-1", "示例未启用", Role.UNIT, "shenzhen")
    accounts.deactivate(opened("foshan-1"))
    return [
        ("guangzhou-1", OTHER),
        ("nobody-1", PASSPHRASE),
        ("shenzhen-1", PASSPHRASE),
        ("foshan-1", PASSPHRASE),
        ("guangzhou-1", PASSPHRASE + "x" * 400),
        ("x" * 200, PASSPHRASE),
    ]


def test_known_and_unknown_accounts_get_the_same_answer_for_the_same_work(monkeypatch: pytest.MonkeyPatch):
    """The work is what takes the time: one call to the hasher, as many questions to the database."""
    states = known_states()
    passphrases.warm()
    hashed: list[str] = []
    verify = passphrases.Hasher.verify

    def count(self: object, password: str, encoded: str) -> bool:
        hashed.append("verify" if len(password) <= 200 else "too much to hash")
        return verify(self, password, encoded)  # type: ignore[arg-type]

    monkeypatch.setattr(passphrases.Hasher, "verify", count)
    monkeypatch.setattr(passphrases.Hasher, "encode", lambda *_: hashed.append("encode"))
    answers = []
    for number, (username, passphrase) in enumerate(states):
        hashed.clear()
        answer = sign_in(Client(), username, passphrase, address=f"192.0.2.{number}")
        body = answer.content.decode().replace(username, "USERNAME")
        body = "".join(line for line in body.splitlines() if "csrfmiddlewaretoken" not in line)
        answers.append((answer.status_code, body, tuple(hashed)))
    assert len(set(answers)) == 1
    assert answers[0][0] == 401
    assert answers[0][2] == ("verify",)
    assert "用户名或口令不对" in answers[0][1]
    assert written()[-6:] == ["sign-in-failed"] * 6


def test_what_was_typed_is_written_nowhere(client: Client):
    opened()
    sign_in(client, "mistyped-name", "mistyped-passphrase")
    lines = [str(line.__dict__) for line in Audit.objects.all()]
    rows = [str(guess.__dict__) for guess in Guess.objects.all()]
    assert len(rows) == 2
    assert not [line for line in lines + rows if "mistyped" in line]


def test_the_hasher_has_the_parameters_of_owasp():
    hasher = get_hasher()
    assert hasher.algorithm == "argon2"
    assert passphrases.sealed(PASSPHRASE).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


# ------------------------------------------------------------------------------------------ where to go on


@pytest.mark.parametrize("path", ["/my/account/", "/my/history/?a=1&b=2", "/desk/"])
def test_one_goes_on_to_the_page_one_asked_for(path: str, client: Client):
    opened()
    assert sign_in(client, next=path)["Location"] == path


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "///evil.example",
        "/\t/evil.example",
        "/my/\r\nSet-Cookie:a=b",
        "http:///evil.example",
        " /my/",
        "/my/" + "x" * 600,
        "my/",
    ],
)
def test_one_is_never_sent_elsewhere(path: str, client: Client):
    opened()
    assert sign_in(client, next=path)["Location"] == "/my/"


def test_a_wrong_passphrase_keeps_where_to_go(client: Client):
    opened()
    page = sign_in(client, passphrase=OTHER, next="/my/account/?x=1&y=2").content.decode()
    assert 'name="next" value="/my/account/?x=1&amp;y=2"' in page


def test_the_door_sends_to_sign_in_and_back(client: Client):
    opened()
    sent = client.get("/my/account/?a=1&b=2")
    assert sent["Location"] == "/my/sign-in/?next=%2Fmy%2Faccount%2F%3Fa%3D1%26b%3D2"
    page = client.get(sent["Location"]).content.decode()
    assert 'name="next" value="/my/account/?a=1&amp;b=2"' in page


def test_an_address_that_takes_forms_only_is_no_place_to_come_back_to(client: Client):
    assert client.post("/my/account/elsewhere/")["Location"] == "/my/sign-in/"


def test_who_is_signed_in_already_goes_on(client: Client):
    opened()
    sign_in(client)
    assert client.get("/my/sign-in/")["Location"] == "/my/"
    assert client.get("/my/sign-in/?next=/my/account/")["Location"] == "/my/account/"


# ------------------------------------------------------------------------------------------ the second factor


def test_a_passphrase_alone_opens_nothing_where_there_is_a_second_factor(client: Client):
    opened(second=True)
    answer = sign_in(client, next="/my/account/")
    assert answer["Location"] == "/my/sign-in/code/"
    assert signed_in_as(client) == ""
    assert "signed-in" not in written()
    assert send_code(client, now_code())["Location"] == "/my/account/"
    assert signed_in_as(client) == "guangzhou-1"


@pytest.mark.parametrize(("step", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_good_one_step_either_way(step: int, taken: bool, client: Client):
    account = opened(second=True)
    Account.objects.filter(pk=account.pk).update(totp_last=0)
    sign_in(client)
    assert (send_code(client, now_code(step)).status_code == 302) is taken


def test_no_code_is_taken_twice(client: Client):
    opened(second=True)
    code = now_code()
    sign_in(client)
    assert send_code(client, code).status_code == 302
    second = Client()
    sign_in(second)
    answer = send_code(second, code)
    assert answer.status_code == 401
    assert "已经用过" in answer.content.decode()
    assert signed_in_as(second) == ""


def test_a_code_may_have_blanks_and_full_width_digits(client: Client):
    opened(second=True)
    sign_in(client)
    code = now_code().translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    assert send_code(client, f" {code[:3]} {code[3:]} ").status_code == 302


@pytest.mark.parametrize("code", ["", "000000", "12345", "abcdef", "¹²³⁴⁵⁶", "1" * 4000, "٠٠٠٠٠٠"])
def test_what_is_no_code_opens_nothing(code: str, client: Client):
    opened(second=True)
    sign_in(client)
    assert send_code(client, code).status_code in (400, 401)
    assert signed_in_as(client) == ""


def test_nobody_is_half_signed_in_for_longer_than_five_minutes(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    opened(second=True)
    sign_in(client)
    later = machine.seconds() + 301
    monkeypatch.setattr("intake.people.entering.seconds", lambda: later)
    assert send_code(client, now_code())["Location"] == "/my/sign-in/"
    assert signed_in_as(client) == ""


def test_a_half_sign_in_is_void_when_the_passphrase_changed_since(client: Client):
    account = opened(second=True)
    sign_in(client)
    Account.objects.filter(pk=account.pk).update(password=passphrases.sealed(OTHER))
    assert send_code(client, now_code())["Location"] == "/my/sign-in/"


def test_the_page_for_the_code_is_for_nobody_else(client: Client):
    assert client.get("/my/sign-in/code/")["Location"] == "/my/sign-in/"


def test_an_approver_without_second_factor_gets_no_session(client: Client):
    account = opened("approver-1", Role.APPROVER)
    Account.objects.filter(pk=account.pk).update(totp_secret="")
    answer = sign_in(client, "approver-1")
    assert answer.status_code == 403
    assert "身份验证器" in answer.content.decode()
    assert signed_in_as(client) == ""


@pytest.mark.parametrize("path", ["/desk/accounts/", "/office/", "/my/account/"])
def test_a_session_of_an_approver_without_second_factor_passes_no_door(path: str, signed_in, account):
    browser = signed_in("approver-1", Role.APPROVER)
    assert browser.get(path).status_code in (200, 404)
    held = account("approver-1")
    held.totp_secret = ""
    held.save()
    browser.force_login(held)
    assert browser.get(path).status_code == 403


# ------------------------------------------------------------------------------------------ sessions


@pytest.mark.parametrize("second", [False, True])
def test_the_key_of_a_session_changes_when_somebody_signs_in(second: bool, client: Client):
    opened(second=second)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    keys = [session.session_key]
    client.cookies["shenbao_session"] = session.session_key
    for step in (lambda: sign_in(client), lambda: send_code(client, now_code()))[: 1 + second]:
        step()
        keys.append(client.cookies["shenbao_session"].value)
        assert "planted" not in client.session
    assert len(set(keys)) == 2 + second
    assert Session.objects.filter(session_key__in=keys[:-1]).count() == 0


def test_signing_out_ends_the_session_for_good(client: Client):
    opened()
    sign_in(client)
    key = client.cookies["shenbao_session"].value
    assert client.get("/my/sign-out/").status_code == 405
    assert client.post("/my/sign-out/")["Location"] == "/my/sign-in/"
    client.cookies["shenbao_session"] = key
    assert signed_in_as(client) == ""
    assert written()[-1] == "signed-out"


@pytest.mark.parametrize(
    ("visits", "still"),
    [([7100, 7100, 7100], True), ([7201], False), ([7000] * 6 + [1300], False), ([299, 6900], True)],
    ids=["busy", "idle", "a whole day", "not yet written down"],
)
def test_a_session_ends_when_idle_or_old(
    visits: list[int], still: bool, client: Client, monkeypatch: pytest.MonkeyPatch
):
    opened()
    sign_in(client)
    moment = machine.seconds()
    for passed in visits:
        moment += passed
        monkeypatch.setattr(sessions, "seconds", lambda at=moment: at)
        found = signed_in_as(client)
    assert bool(found) is still


def test_a_session_without_its_beginning_is_none(client: Client):
    opened()
    sign_in(client)
    session = client.session
    del session["since"]
    session.save()
    assert signed_in_as(client) == ""


@pytest.mark.parametrize(
    "change",
    [
        {"password": "argon2$other"},
        {"totp_secret": "OTHER"},
        {"role": "officer"},
        {"unit": "shenzhen"},
        {"is_active": False},
        {"sessions_ended": 7},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_session_ends_when_its_account_changes(change: dict[str, object], client: Client):
    account = opened()
    sign_in(client)
    assert signed_in_as(client)
    Account.objects.filter(pk=account.pk).update(**change)
    assert signed_in_as(client) == ""


def test_the_last_sign_in_is_told_by_the_campaigns_clock(client: Client, monkeypatch: pytest.MonkeyPatch):
    account = opened()
    clock(monkeypatch, "11:22")
    sign_in(client)
    account.refresh_from_db()
    assert account.last_login is not None
    assert account.last_login.isoformat() == "2012-08-21T03:22:00+00:00"


def test_a_sign_in_needs_the_token_of_its_page():
    opened()
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403
    page = strict.get("/my/sign-in/")
    token = page.content.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert sign_in(strict, csrfmiddlewaretoken=token).status_code == 302
