"""Guessing is slowed down, and nobody is locked out by somebody elsewhere."""

from __future__ import annotations

import pytest
from django.test import Client
from service.people_steps import OTHER, PASSPHRASE, clock, now_code, opened, send_code, sign_in, written

from intake.people import accounts, enrolment
from intake.people.models import Audit, Guess, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("service", "telephone")]


def wrong(times: int, username: str = "guangzhou-1", address: str = "192.0.2.1") -> list[int]:
    return [sign_in(Client(), username, OTHER, address=address).status_code for _ in range(times)]


def test_after_five_failures_one_waits_each_time_longer(monkeypatch: pytest.MonkeyPatch):
    opened()
    assert wrong(6) == [401] * 5 + [429]
    for time, minutes in [
        ("10:01", 2),
        ("10:03", 4),
        ("10:07", 8),
        ("10:15", 15),
        ("10:30", 15),
        ("10:45", 15),
    ]:
        clock(monkeypatch, time)
        assert wrong(1) == [401]
        answer = sign_in(Client(), passphrase=PASSPHRASE, address="192.0.2.1")
        assert answer.status_code == 429
        assert f"请过 {minutes} 分钟再试" in answer.content.decode()
    assert written().count("guessing-paused") == 7


def test_the_minutes_are_those_that_are_left(monkeypatch: pytest.MonkeyPatch):
    opened()
    wrong(5)
    clock(monkeypatch, "10:01")
    wrong(1)
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-21T10:02:30+08:00")
    assert "请过 1 分钟再试" in sign_in(Client(), address="192.0.2.1").content.decode()
    clock(monkeypatch, "10:03")
    assert sign_in(Client(), address="192.0.2.1").status_code == 302


def test_an_unknown_account_is_slowed_down_just_the_same():
    opened()
    assert wrong(6, "nobody-9") == wrong(6, address="192.0.2.2")


def test_nobody_is_locked_out_from_another_address():
    opened()
    wrong(6, address="192.0.2.1")
    assert sign_in(Client(), address="192.0.2.2").status_code == 302


def test_a_colleague_in_the_same_office_still_gets_in():
    opened()
    opened("guangzhou-2")
    wrong(6)
    assert sign_in(Client(), "guangzhou-2", address="192.0.2.1").status_code == 302


def test_an_address_that_tries_one_account_after_the_other_has_to_wait():
    opened()
    tried = [wrong(1, f"someone-{number}")[0] for number in range(31)]
    assert tried == [401] * 30 + [429]
    assert sign_in(Client(), address="192.0.2.1").status_code == 429
    assert sign_in(Client(), address="192.0.2.2").status_code == 302


def test_ones_own_success_does_not_forgive_the_address():
    """Otherwise whoever has an account guesses on, signing in now and then."""
    opened()
    for number in range(29):
        wrong(1, f"someone-{number}")
        assert sign_in(Client(), address="192.0.2.1").status_code == 302
    assert wrong(2, "someone-99") == [401, 429]


def test_ones_own_success_leaves_the_address_no_worse(monkeypatch: pytest.MonkeyPatch):
    """Or a large office, signing in one after the other, would keep itself out."""
    opened()
    for number in range(30):
        wrong(1, f"someone-{number}")
    clock(monkeypatch, "10:01")
    assert [sign_in(Client(), address="192.0.2.1").status_code for _ in range(3)] == [302] * 3


def test_success_forgets_ones_own_failures():
    opened()
    wrong(4)
    assert sign_in(Client(), address="192.0.2.1").status_code == 302
    assert wrong(5) == [401] * 5


def test_failures_are_forgotten_after_a_day(monkeypatch: pytest.MonkeyPatch):
    opened()
    wrong(4)
    clock(monkeypatch, "22T10:01")
    assert wrong(5) == [401] * 5


def test_rows_of_before_yesterday_are_removed(monkeypatch: pytest.MonkeyPatch):
    opened()
    wrong(1, "someone-1", "192.0.2.9")
    clock(monkeypatch, "22T10:01")
    sign_in(Client(), address="192.0.2.1")
    assert [guess.failures for guess in Guess.objects.all()] == [0, 0]  # the account's and the address's own


def test_a_clock_set_back_locks_nobody_out_for_longer(monkeypatch: pytest.MonkeyPatch):
    opened()
    wrong(5)
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-21T09:00:00+08:00")
    answer = sign_in(Client(), address="192.0.2.1")
    assert "请过 1 分钟再试" in answer.content.decode()


def test_one_line_of_ipv6_is_one_address():
    opened()
    tried = [wrong(1, address=f"2001:db8:1:2::{number}")[0] for number in range(6)]
    assert tried == [401] * 5 + [429]
    assert wrong(1, address="2001:db8:1:3::1") == [401]


def test_an_ipv4_address_is_the_same_in_ipv6():
    opened()
    assert wrong(5, address="192.0.2.1") + wrong(1, address="::ffff:192.0.2.1") == [401] * 5 + [429]


def test_an_address_that_somebody_claims_does_not_count():
    """Without a proxy of ours in front, what the header says is what anybody writes there."""
    opened()
    client = Client()
    told = [
        client.post(
            "/my/sign-in/",
            {"username": "guangzhou-1", "passphrase": OTHER},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        ).status_code
        for number in range(6)
    ]
    assert told == [401] * 5 + [429]


def test_behind_a_proxy_of_ours_the_address_it_saw_counts(settings):
    settings.PROXIES = 1
    opened()
    told = [
        Client()
        .post(
            "/my/sign-in/",
            {"username": "guangzhou-1", "passphrase": OTHER},
            headers={"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.5"},
        )
        .status_code
        for number in range(6)
    ]
    assert told == [401] * 5 + [429]


def test_the_office_sees_whose_sign_in_fails_and_lifts_the_pause(signed_in):
    opened()
    officer, page = signed_in("officer-1", Role.OFFICER), "/desk/accounts/of/guangzhou-1/"
    wrong(4)
    assert "暂停登录" not in officer.get(page).content.decode()
    wrong(1)
    wrong(5, "guess-my-passphrase", address="192.0.2.2")
    failures = Audit.objects.filter(action__in=("sign-in-failed", "guessing-paused")).order_by("id")
    told = [(line.action, line.unit, line.target, line.detail) for line in failures]
    known, paused = (
        ("sign-in-failed", "guangzhou", "guangzhou-1", {}),
        ("guessing-paused", "guangzhou", "guangzhou-1", {}),
    )
    unknown = [(action, "", "", {}) for action in ["sign-in-failed"] * 5 + ["guessing-paused"]]
    assert told == [*[known] * 5, paused, *unknown]
    shown = officer.get(page).content.decode()
    assert "试错太多，从 192.0.2.1 暂停登录到 2012年8月21日 10:01:00" in shown
    assert "192.0.2.2" not in shown
    trail = officer.get("/desk/audit/").content.decode()
    assert f'<td>广州</td><td class="when"><a href="{page}">guangzhou-1</a></td><td></td>' in trail
    assert (
        "登录未成（用户名或口令不对）,广州,guangzhou-1,,"
        in officer.get("/desk/audit.csv").getvalue().decode()
    )
    assert sign_in(Client(), address="192.0.2.1").status_code == 429
    assert "已解除暂停" in officer.post(f"{page}lift/", follow=True).content.decode()
    assert "暂停登录到" not in officer.get(page).content.decode()
    assert sign_in(Client(), address="192.0.2.1").status_code == 302
    assert Audit.objects.filter(action="guessing-lifted").get().target == "guangzhou-1"


def test_a_pause_of_the_authenticators_code_is_shown_and_lifted_too(signed_in):
    opened("office-9", Role.APPROVER)
    client, page = Client(), "/desk/accounts/of/office-9/"
    sign_in(client, "office-9")
    for _ in range(5):
        send_code(client, "000000", address="192.0.2.7")
    assert signed_in("officer-1", Role.OFFICER).post(f"{page}lift/").status_code == 403
    approver = signed_in("approver-1", Role.APPROVER)
    assert "从 192.0.2.7 暂停登录到 2012年8月21日 10:01:00" in approver.get(page).content.decode()
    assert approver.post("/desk/accounts/of/approver-1/lift/").status_code == 409
    approver.post(f"{page}lift/")
    assert send_code(client, now_code(), address="192.0.2.7")["Location"] == "/desk/"


def test_enrolment_codes_are_guessed_slowly():
    code = enrolment.issue(accounts.create("", "示例", Role.UNIT, "guangzhou"), None)
    client = Client()
    tried = [
        client.post("/my/enrol/", {"code": "0000-0000-0000-0000"}, REMOTE_ADDR="192.0.2.1").status_code
        for _ in range(11)
    ]
    assert tried == [400] * 10 + [429]
    assert client.post("/my/enrol/", {"code": code}, REMOTE_ADDR="192.0.2.1").status_code == 429
    assert client.post("/my/enrol/", {"code": code}, REMOTE_ADDR="192.0.2.2").status_code == 302
    assert "enrolment-failed" in written()


def test_an_authenticators_code_is_guessed_slowly():
    opened(second=True)
    client = Client()
    sign_in(client, address="192.0.2.1")
    assert [send_code(client, "000000", "192.0.2.1").status_code for _ in range(6)] == [401] * 5 + [429]
    again = Client()
    sign_in(again, address="192.0.2.1")
    assert send_code(again, now_code(), "192.0.2.1").status_code == 429
    assert "second-factor-failed" in written()


def test_an_authenticators_code_is_guessed_slowly_from_many_addresses_too():
    """Whoever knows the passphrase could otherwise try all codes; the owner's usual address stays open."""
    opened(second=True)
    owner = Client()
    sign_in(owner, address="192.0.2.200")
    assert send_code(owner, now_code(), "192.0.2.200").status_code == 302
    tried = []
    for number in range(21):
        thief = Client()
        sign_in(thief, address=f"192.0.2.{number}")
        tried.append(send_code(thief, "00000x", f"192.0.2.{number}").status_code)
    assert tried == [401] * 20 + [429]
    sign_in(owner, address="192.0.2.200")
    assert send_code(owner, now_code(1), "192.0.2.200").status_code == 302


def test_the_old_passphrase_is_guessed_slowly_at_an_open_browser(signed_in, account):
    browser = signed_in()
    page = "/my/account/passphrase/"
    sent = {"old": "wrong", "passphrase": OTHER, "again": OTHER}
    assert [browser.post(page, sent).status_code for _ in range(6)] == [400] * 5 + [429]


def test_whoever_is_signed_in_is_never_slowed_down(client: Client):
    opened()
    sign_in(client)
    for number in range(40):
        wrong(1, f"someone-{number}", "127.0.0.1")
    wrong(6, address="127.0.0.1")
    assert client.get("/my/account/").status_code == 200
    assert client.post("/my/account/elsewhere/").status_code == 302
