"""Codes, and what a person sets with one."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.test import Client
from service.people_steps import (
    OTHER,
    PASSPHRASE,
    clock,
    now_code,
    opened,
    sign_in,
    signed_in_as,
    written,
)

from intake.answers import Refused
from intake.people import accounts, codes, enrolment, passphrases
from intake.people.models import Account, Audit, Enrolment, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("service", "telephone")]


def invited(role: Role = Role.UNIT) -> tuple[Account, str]:
    name = {Role.UNIT: "guangzhou-1", Role.OFFICER: "officer-1", Role.APPROVER: "approver-1"}[role]
    account = accounts.create(name, "示例人员", role, "guangzhou" if role is Role.UNIT else "")
    return account, enrolment.issue(account, None)


def give(client: Client, code: str) -> int:
    return client.post("/my/enrol/", {"code": code}).status_code


def settle(client: Client, passphrase: str = PASSPHRASE, again: str | None = None, **more: str):
    sent = {"passphrase": passphrase, "again": passphrase if again is None else again, **more}
    return client.post("/my/enrol/passphrase/", sent)


# ------------------------------------------------------------------------------------------ codes


def test_a_code_has_eighty_random_bits_in_four_groups():
    made = {codes.fresh() for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code) for code in made)
    letters = "".join(made).replace("-", "")
    assert set(letters) == set(codes.ALPHABET)
    assert len(codes.ALPHABET) ** codes.LENGTH == 2**80


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ABCD-EFGH-JKMN-0123", "ABCDEFGHJKMN0123"),
        ("abcd efgh jkmn 0123", "ABCDEFGHJKMN0123"),
        ("  abcdefghjkmn0123\n", "ABCDEFGHJKMN0123"),
        ("abcd—efgh–jkmn－０１２３", "ABCDEFGHJKMN0123"),
        ("oOiI-lL01-abcd-efgh", "00111101ABCDEFGH"),
        ("ABCD-EFGH-JKMN-012", ""),
        ("ABCD-EFGH-JKMN-01234", ""),
        ("ABCD-EFGH-JKMN-012U", ""),
        ("中" * 16, ""),
        ("", ""),
        ("A" * 100_000, ""),
    ],
)
def test_a_code_is_read_as_it_was_meant(typed: str, meant: str):
    assert codes.meant(typed) == meant
    assert codes.digest(typed) == (hashlib.sha256(meant.encode()).hexdigest() if meant else "")


def test_of_a_code_only_its_digest_is_kept():
    _account, code = invited()
    row = Enrolment.objects.get()
    assert row.code_hash == codes.digest(code)
    kept = str(row.__dict__) + "".join(str(line.__dict__) for line in Audit.objects.all())
    assert code not in kept
    assert codes.meant(code) not in kept


# ------------------------------------------------------------------------------------------ using one


def test_a_code_opens_an_account(client: Client):
    invited_, code = invited()
    assert give(client, code.lower().replace("-", " ")) == 302
    page = client.get("/my/enrol/passphrase/").content.decode()
    assert "示例人员" in page
    assert "广州" in page
    assert settle(client)["Location"] == "/my/account/"
    page = client.get("/my/account/").content.decode()
    assert "账号已启用" in page
    assert "账号已启用" not in client.get("/my/account/").content.decode()
    assert written() == ["account-created", "code-issued", "enrolled", "signed-in"]
    assert Audit.objects.get(action="enrolled").account == invited_
    assert sign_in(Client()).status_code == 302


def test_a_code_works_once(client: Client):
    _, code = invited()
    give(client, code)
    settle(client)
    assert give(Client(), code) == 400
    with pytest.raises(Refused):
        enrolment.redeem(codes.digest(code), OTHER)


def test_a_code_that_is_only_looked_at_is_not_used_up(client: Client):
    _, code = invited()
    assert give(client, code) == 302
    assert give(Client(), code) == 302


def test_a_code_used_elsewhere_meanwhile_is_told(client: Client):
    _, code = invited()
    give(client, code)
    enrolment.redeem(codes.digest(code), OTHER)
    answer = settle(client)
    assert answer.status_code == 400
    assert "启用码不对、已经用过或者过期了" in answer.content.decode()
    assert signed_in_as(client) == ""


@pytest.mark.parametrize(("time", "good"), [("24T09:59", True), ("24T10:00", False), ("30T10:00", False)])
def test_a_code_expires_after_three_days(
    time: str, good: bool, client: Client, monkeypatch: pytest.MonkeyPatch
):
    _, code = invited()
    clock(monkeypatch, time)
    assert (give(client, code) == 302) is good


def test_a_code_expires_while_somebody_thinks(client: Client, monkeypatch: pytest.MonkeyPatch):
    _, code = invited()
    give(client, code)
    clock(monkeypatch, "24T10:00")
    assert settle(client).status_code == 400
    assert not Account.objects.get().has_usable_password()


def test_a_new_code_voids_the_ones_before(client: Client):
    account, first = invited()
    second = enrolment.issue(account, None)
    assert give(client, first) == 400
    assert give(client, second) == 302


def test_a_passphrase_set_voids_what_is_still_out(client: Client):
    account, code = invited()
    enrolment.redeem(codes.digest(code), PASSPHRASE)
    late = enrolment.issue(account, None)
    sign_in(client)
    client.post("/my/account/passphrase/", {"old": PASSPHRASE, "passphrase": OTHER, "again": OTHER})
    assert give(Client(), late) == 400


def test_a_shut_account_opens_with_no_code(client: Client):
    account, code = invited()
    give(client, code)
    accounts.deactivate(account)
    assert settle(client).status_code == 400
    accounts.reactivate(account)
    assert give(Client(), code) == 400
    accounts.deactivate(account)
    with pytest.raises(Refused, match="已经停用"):
        enrolment.issue(account, None)


def test_whatever_is_wrong_with_a_code_the_answer_is_the_same(monkeypatch: pytest.MonkeyPatch):
    account, voided = invited()
    used = enrolment.issue(account, None)
    enrolment.redeem(codes.digest(used), PASSPHRASE)
    told = set()
    for code in (voided, used, "0000-0000-0000-0000", "nonsense"):
        page = Client().post("/my/enrol/", {"code": code}).content.decode()
        told.add(re.search(r'role="alert">(.*?)</p>', page).group(1))  # type: ignore[union-attr]
    assert len(told) == 1


def test_the_second_page_is_for_nobody_without_a_code(client: Client, monkeypatch: pytest.MonkeyPatch):
    assert client.get("/my/enrol/passphrase/")["Location"] == "/my/enrol/"
    assert settle(client)["Location"] == "/my/enrol/"
    _, code = invited()
    give(client, code)
    later = client.session["enrolling"][2] + 1801
    monkeypatch.setattr("intake.people.enrolling.seconds", lambda: later)
    assert settle(client)["Location"] == "/my/enrol/"


# ------------------------------------------------------------------------------------------ a forgotten passphrase


def test_a_code_resets_a_forgotten_passphrase_and_ends_every_session(client: Client):
    account = opened()
    elsewhere = Client()
    sign_in(elsewhere)
    give(client, enrolment.issue(account, None))
    assert "重设口令" in client.get("/my/enrol/passphrase/").content.decode()
    settle(client, OTHER)
    assert "口令已重设" in client.get("/my/account/").content.decode()
    assert signed_in_as(elsewhere) == ""
    assert sign_in(Client()).status_code == 401
    assert sign_in(Client(), passphrase=OTHER).status_code == 302
    assert "passphrase-reset" in written()


def test_until_the_code_is_used_nothing_changes(client: Client):
    account = opened()
    sign_in(client)
    enrolment.issue(account, None)
    assert signed_in_as(client)
    assert sign_in(Client()).status_code == 302


def test_a_lost_telephone_is_forgotten_with_the_passphrase(client: Client):
    account = opened(second=True)
    give(client, enrolment.issue(account, None))
    assert "动态码会关闭" in client.get("/my/enrol/passphrase/").content.decode()
    settle(client, OTHER)
    assert sign_in(Client(), passphrase=OTHER)["Location"] == "/my/"
    assert written()[-4:-1] == ["passphrase-reset", "totp-off", "signed-in"]


# ------------------------------------------------------------------------------------------ an approver's


def shown_secret(client: Client) -> str:
    page = client.get("/my/enrol/passphrase/").content.decode()
    return re.search(r"密钥：<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")  # type: ignore[union-attr]


def test_an_approver_sets_up_the_authenticator_with_the_passphrase(client: Client):
    _, code = invited(Role.APPROVER)
    give(client, code)
    secret = shown_secret(client)
    assert shown_secret(client) == secret
    wrong = settle(client, totp_code="00000x")
    assert wrong.status_code == 400
    assert "动态码不对" in wrong.content.decode()
    assert settle(client).status_code == 400
    assert not Account.objects.get().has_usable_password()
    assert settle(client, totp_code=now_code(0, secret)).status_code == 302
    assert client.get("/desk/accounts/").status_code == 200
    held = Account.objects.get()
    assert held.totp_secret == secret
    assert "totp-on" in written()


def test_the_code_of_the_set_up_does_not_sign_in_again(client: Client):
    _, code = invited(Role.APPROVER)
    give(client, code)
    secret = shown_secret(client)
    settle(client, totp_code=now_code(0, secret))
    again = Client()
    sign_in(again, "approver-1")
    assert again.post("/my/sign-in/code/", {"code": now_code(0, secret)}).status_code == 401


def test_an_approver_is_not_opened_without_second_factor():
    _, code = invited(Role.APPROVER)
    with pytest.raises(Refused, match="身份验证器"):
        enrolment.redeem(codes.digest(code), PASSPHRASE)
    assert not Account.objects.get().has_usable_password()


def test_the_secret_of_a_session_is_its_own():
    _, code = invited(Role.APPROVER)
    secrets = set()
    for client in (Client(), Client()):
        give(client, code)
        secrets.add(shown_secret(client))
    assert len(secrets) == 2


# ------------------------------------------------------------------------------------------ passphrases


@pytest.mark.parametrize(
    "good",
    [
        "一片冰心在玉壶洛阳亲友",
        "correct horse battery",
        "x7#Qm2!vLp",
        "水" + "山川湖海日月星辰风云" * 19,
        "  两边的空格也算  ",
    ],
)
def test_a_good_passphrase_is_taken(good: str, client: Client):
    _, code = invited()
    give(client, code)
    assert settle(client, good).status_code == 302
    assert sign_in(Client(), passphrase=good).status_code == 302


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("春江水暖鸭先知二月", "太短"),
        ("a1b2c3d4e", "太短"),
        ("山川湖海日月星辰风云" * 20 + "x", "太长"),
        ("1234567890", "太常见"),
        ("0987654321", "太常见"),
        ("abcdefghijkl", "太常见"),
        ("qwertyuiop", "太常见"),
        ("QwertyUiop123", "太常见"),
        ("passwordpassword", "太常见"),
        ("password2012", "太常见"),
        ("一二一二一二一二一二", "太常见"),
        ("aaaaaaaaaaaa", "太常见"),
        ("guangzhou-1guangzhou", "用户名、单位"),
        ("guangzhou2012", "用户名、单位"),
        ("广州市司法局2012", "用户名、单位"),
        ("示例人员20120822", "用户名、单位"),
        ("shenbao-20120822", "用户名、单位"),
        ("一片冰心在玉壶\x00洛阳亲友", "控制字符"),
    ],
)
def test_a_bad_passphrase_is_refused_and_the_code_kept(bad: str, why: str, client: Client):
    account, code = invited()
    assert why in passphrases.fault(bad, account)
    give(client, code)
    answer = settle(client, bad)
    assert answer.status_code == 400
    assert bad not in answer.content.decode()
    assert settle(client).status_code == 302


def test_both_have_to_be_the_same(client: Client):
    _, code = invited()
    give(client, code)
    answer = settle(client, again=OTHER)
    assert answer.status_code == 400
    assert "两次输入的口令不一样" in answer.content.decode()
