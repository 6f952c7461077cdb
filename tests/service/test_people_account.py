"""One's own account."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from service.people_steps import (
    OTHER,
    PASSPHRASE,
    SECRET,
    now_code,
    opened,
    send_code,
    sign_in,
    signed_in_as,
    written,
)

from intake.people.models import Account, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("service", "telephone")]

PASSPHRASE_PAGE = "/my/account/passphrase/"
AUTHENTICATOR = "/my/account/authenticator/"


@pytest.fixture
def here() -> Client:
    opened()
    client = Client()
    sign_in(client)
    return client


@pytest.fixture
def elsewhere(here: Client) -> Client:
    client = Client()
    sign_in(client)
    return client


def change(client: Client, old: str = PASSPHRASE, new: str = OTHER, again: str = OTHER):
    return client.post(PASSPHRASE_PAGE, {"old": old, "passphrase": new, "again": again})


def test_who_knows_the_old_passphrase_sets_another(here: Client, elsewhere: Client):
    key = here.cookies["shenbao_session"].value
    assert change(here)["Location"] == "/my/account/"
    assert "口令已修改" in here.get("/my/account/").content.decode()
    assert here.cookies["shenbao_session"].value != key
    assert signed_in_as(elsewhere) == ""
    assert sign_in(Client()).status_code == 401
    assert sign_in(Client(), passphrase=OTHER).status_code == 302
    assert "passphrase-changed" in written()


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"old": OTHER}, "现在的口令不对"),
        ({"new": "短", "again": "短"}, "太短"),
        ({"again": PASSPHRASE}, "不一样"),
        ({"old": ""}, "请输入现在的口令"),
    ],
)
def test_otherwise_nothing_changes(sent: dict[str, str], why: str, here: Client, elsewhere: Client):
    answer = change(here, **sent)
    assert answer.status_code == 400
    assert why in answer.content.decode()
    assert signed_in_as(elsewhere)
    assert sign_in(Client()).status_code == 302


def test_one_signs_out_everywhere_but_here(here: Client, elsewhere: Client):
    assert here.post("/my/account/elsewhere/").status_code == 302
    assert "本机仍在登录" in here.get("/my/account/").content.decode()
    assert signed_in_as(elsewhere) == ""
    assert "sessions-ended" in written()


def shown_secret(client: Client) -> str:
    page = client.get(AUTHENTICATOR).content.decode()
    return re.search(r"密钥：<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")  # type: ignore[union-attr]


def test_a_unit_turns_its_second_factor_on_and_off(here: Client, elsewhere: Client):
    secret = shown_secret(here)
    on = {"old": PASSPHRASE, "totp_code": now_code(-1, secret)}
    assert here.post(AUTHENTICATOR, on)["Location"] == "/my/account/"
    assert signed_in_as(elsewhere) == ""
    other = Client()
    assert sign_in(other)["Location"] == "/my/sign-in/code/"
    off = {"old": PASSPHRASE, "totp_code": now_code(0, secret)}
    assert here.post(AUTHENTICATOR, off)["Location"] == "/my/account/"
    assert sign_in(Client())["Location"] == "/my/"
    assert [action for action in written() if action.startswith("totp")] == ["totp-on", "totp-off"]


def test_the_secret_on_the_page_is_the_one_in_the_picture(here: Client):
    page = here.get(AUTHENTICATOR).content.decode()
    assert 'src="data:image/svg+xml' in page
    assert shown_secret(here) == shown_secret(here)


@pytest.mark.parametrize("wrong", [{"old": OTHER}, {"totp_code": "00000x"}])
def test_on_takes_both_passphrase_and_code(wrong: dict[str, str], here: Client):
    sent = {"old": PASSPHRASE, "totp_code": now_code(0, shown_secret(here))} | wrong
    assert here.post(AUTHENTICATOR, sent).status_code == 400
    assert Account.objects.get().totp_secret == ""


@pytest.mark.parametrize("wrong", [{"old": OTHER}, {"totp_code": "00000x"}, {"totp_code": now_code(-1)}])
def test_off_takes_both_passphrase_and_a_fresh_code(wrong: dict[str, str]):
    opened(second=True)
    client = Client()
    sign_in(client)
    send_code(client, now_code())
    sent = {"old": PASSPHRASE, "totp_code": now_code(1)} | wrong
    assert client.post(AUTHENTICATOR, sent).status_code == 400
    assert Account.objects.get().totp_secret == SECRET


def test_a_secret_from_the_browser_is_not_taken(here: Client):
    shown_secret(here)
    sent = {"old": PASSPHRASE, "totp_code": now_code(), "secret": SECRET, "totp_secret": SECRET}
    assert here.post(AUTHENTICATOR, sent).status_code == 400


def test_an_approver_cannot_switch_it_off():
    opened("approver-1", Role.APPROVER)
    client = Client()
    sign_in(client, "approver-1")
    send_code(client, now_code())
    sent = {"old": PASSPHRASE, "totp_code": now_code(1)}
    assert client.get(AUTHENTICATOR).status_code == 403
    assert client.post(AUTHENTICATOR, sent).status_code == 403
    assert Account.objects.get().totp_secret == SECRET
    assert AUTHENTICATOR not in client.get("/my/account/").content.decode()


def test_one_sees_from_where_one_signed_in(here: Client):
    opened("guangzhou-2")
    sign_in(Client(), address="203.0.113.9")
    sign_in(Client(), "guangzhou-2", address="203.0.113.77")
    page = here.get("/my/account/").content.decode()
    assert "203.0.113.9" in page
    assert "203.0.113.77" not in page
