"""The pages of this room, all of them: who may open them, what their headers say, and how they are used by keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import axe_playwright_python
import pyotp
import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from service.people_steps import OTHER, PASSPHRASE, SECRET, now_code, opened, send_code, sign_in

from intake.current import campaign
from intake.people import accounts, enrolment, totp
from intake.people.models import Role

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
ONE = "/desk/accounts/of/guangzhou-2/"
OPEN = ["/my/sign-in/", "/my/sign-in/code/", "/my/enrol/", "/my/enrol/passphrase/"]
OWN = ["/my/account/", "/my/account/passphrase/"]
AUTHENTICATOR = "/my/account/authenticator/"
DESK = ["/desk/accounts/", "/desk/accounts/new/", ONE]
FORMS_ONLY = [
    "/my/sign-out/",
    "/my/account/elsewhere/",
    f"{ONE}code/",
    f"{ONE}lift/",
    f"{ONE}deactivate/",
    f"{ONE}reactivate/",
]
EVERY = [*OPEN, *OWN, AUTHENTICATOR, *DESK, *FORMS_ONLY]


@pytest.mark.parametrize(("historical", "shown"), [(True, 0), (False, 2)])
def test_a_number_of_history_is_not_to_be_called(historical: bool, shown: int, db, service, monkeypatch):
    held = campaign()
    held = replace(held, contact=held.contact | {"historical": historical})
    monkeypatch.setattr("intake.pages.campaign", lambda: held)
    page = Client().get("/my/sign-in/").content.decode()
    assert "还没有的，请联系活动办公室" in page
    assert page.count(held.contact["phone"]) == shown, "beside the sentence, and at the foot of every page"


# ------------------------------------------------------------------------------------------ doors and headers


def visitors(account, signed_in) -> dict[str, Client]:
    account("guangzhou-2")
    return {
        "nobody": Client(),
        "unit": signed_in("guangzhou-1"),
        "other unit": signed_in("shenzhen-1"),
        "officer": signed_in("officer-1", Role.OFFICER),
        "approver": signed_in("approver-1", Role.APPROVER),
    }


@pytest.mark.parametrize("path", EVERY)
def test_who_may_open_what(path: str, account, signed_in):
    told = {name: client.get(path).status_code for name, client in visitors(account, signed_in).items()}
    between = path in ("/my/sign-in/code/", "/my/enrol/passphrase/")
    wanted = dict.fromkeys(told, 405 if path in FORMS_ONLY else 302 if between else 200)
    if path == "/my/sign-in/":
        wanted = dict.fromkeys(told, 302) | {"nobody": 200}
    elif path.startswith("/desk/"):
        wanted |= {"nobody": 302, "unit": 403, "other unit": 403}
    elif path.startswith("/my/account/"):
        wanted |= {"nobody": 302}
    if path == AUTHENTICATOR:
        wanted |= {"approver": 403}
    assert told == wanted


@pytest.mark.parametrize("path", [path for path in EVERY if path.startswith("/desk/")])
def test_a_unit_does_nothing_at_the_desk(path: str, account, signed_in):
    account("guangzhou-2")
    assert signed_in("shenzhen-1").post(path).status_code == 403
    assert Client().post(path)["Location"] == "/my/sign-in/"


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
@pytest.mark.parametrize("path", EVERY)
def test_other_methods_are_refused(method: str, path: str, account, signed_in):
    account("guangzhou-2")
    client = signed_in("officer-1", Role.OFFICER)
    assert getattr(client, method)(path).status_code == 405


@pytest.mark.parametrize("path", EVERY)
def test_every_form_needs_the_token_of_its_page(path: str, account):
    account("guangzhou-2")
    client = Client(enforce_csrf_checks=True)
    client.force_login(account("approver-1", Role.APPROVER))
    answer = client.post(path)
    assert answer.status_code in (403, 405)
    if path not in DESK and path != "/my/account/":
        assert answer.status_code == 403


@pytest.mark.parametrize("path", EVERY)
@pytest.mark.parametrize("who", ["nobody", "unit", "officer"])
def test_every_answer_has_its_headers(path: str, who: str, account, signed_in):
    client = visitors(account, signed_in)[who]
    for answer in (client.get(path), client.post(path, {"code": "x", "username": "x", "passphrase": "x"})):
        assert answer["Cache-Control"] == "no-store"
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        body = answer.content.decode()
        assert "<script" not in body.replace('<script src="/static/leaving.js" defer></script>', "")
        assert " style=" not in body
        assert " on" not in "".join(part.split(">")[0] for part in body.split("<")[1:] if part[:4] != "meta")
        for cookie in (cookie for cookie in answer.cookies.values() if cookie.value):
            assert cookie["httponly"]
            assert cookie["samesite"] == "Lax"


# ------------------------------------------------------------------------------------------ in a real browser


@pytest.fixture
def page(chromium: Browser, service, transactional_db, live_server, settings) -> Iterator[Page]:
    """A fresh visitor at the real server; what the browser complains about fails the test."""
    settings.URL = live_server.url
    context = chromium.new_context(base_url=live_server.url, locale="zh-CN")
    context.set_default_timeout(15_000)
    complaints: list[str] = []
    found = context.new_page()
    found.on("console", lambda message: complaints.append(message.text))
    found.on("pageerror", lambda error: complaints.append(str(error)))
    yield found
    context.close()
    foreign = [text for text in complaints if "Failed to load resource" not in text]
    assert foreign == []


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, and see that it can be seen."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            seen = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert seen != "none"
            return
    raise AssertionError(f"not reached by keyboard: {selector}")


def type_into(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.insert_text(text)


def press(page: Page, selector: str = "main button.main") -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")


def test_an_approver_enrols_and_signs_in_by_keyboard_only(page: Page):
    account = accounts.create("approver-1", "示例审批人", Role.APPROVER)
    code = enrolment.issue(account, None)
    page.goto("/my/sign-in/")
    press(page, "main a[href='/my/enrol/']")
    page.wait_for_url("**/my/enrol/")
    type_into(page, "#id_code", "0000-0000-0000-0000")
    press(page)
    expect(page.get_by_role("alert")).to_contain_text("启用码不对")
    page.goto("/my/enrol/")
    type_into(page, "#id_code", code.lower().replace("-", " "))
    press(page)
    page.wait_for_url("**/my/enrol/passphrase/")
    expect(page.locator("main")).to_contain_text("示例审批人")
    secret = page.locator("code").inner_text().replace(" ", "")
    type_into(page, "#id_passphrase", PASSPHRASE)
    type_into(page, "#id_again", PASSPHRASE)
    type_into(page, "#id_totp_code", pyotp.TOTP(secret).now())
    press(page)
    page.wait_for_url("**/my/account/")
    expect(page.get_by_role("status")).to_contain_text("账号已启用")
    press(page, ".top__out button")
    page.wait_for_url("**/my/sign-in/")
    type_into(page, "#id_username", "approver-1")
    type_into(page, "#id_passphrase", PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/sign-in/code/")
    account.refresh_from_db()
    type_into(page, "#id_code", pyotp.TOTP(secret).generate_otp(account.totp_last + 1))
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    page.goto("/desk/accounts/")
    expect(page.get_by_role("heading", level=1)).to_have_text("人员账号")


def test_the_picture_can_be_seen_under_the_policy(page: Page):
    account = accounts.create("approver-1", "示例审批人", Role.APPROVER)
    page.goto("/my/enrol/")
    page.fill("#id_code", enrolment.issue(account, None))
    page.keyboard.press("Enter")
    page.wait_for_url("**/passphrase/")
    assert page.locator("img.qr").evaluate("image => image.complete && image.naturalWidth") > 100


SCREENS = {
    "sign-in": ("", "/my/sign-in/"),
    "enrol": ("", "/my/enrol/"),
    "account": ("guangzhou-1", "/my/account/"),
    "passphrase": ("guangzhou-1", "/my/account/passphrase/"),
    "authenticator": ("guangzhou-1", AUTHENTICATOR),
    "accounts": ("officer-1", "/desk/accounts/"),
    "new account": ("officer-1", "/desk/accounts/new/"),
    "one account": ("officer-1", "/desk/accounts/of/guangzhou-1/"),
    "forbidden": ("guangzhou-1", "/desk/accounts/"),
}


def enter(page: Page, live_server: Any, username: str) -> None:
    """Sign somebody in without the page, and hand the browser the session."""
    client = Client()
    sign_in(client, username)
    if username.startswith("approver"):
        send_code(client, now_code())
    value = client.cookies["shenbao_session"].value
    page.context.add_cookies([{"name": "shenbao_session", "value": value, "url": live_server.url}])


def assert_sound(page: Page) -> None:
    """axe finds nothing at all, and nothing sticks out of the page, which has its style; 320 pixels are 1280 at 400%."""
    assert page.locator(".top").evaluate("top => getComputedStyle(top).backgroundColor") == "rgb(154, 27, 30)"
    page.evaluate(AXE)
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        if width == 390:
            continue
        result = page.evaluate("axe.run(document)")
        assert not result["violations"], json.dumps(result["violations"], ensure_ascii=False)[:2000]
        assert len(result["passes"]) > 10


@pytest.mark.parametrize("name", SCREENS)
def test_axe_finds_nothing_and_nothing_sticks_out(name: str, page: Page, live_server):
    opened()
    opened("officer-1", Role.OFFICER)
    username, path = SCREENS[name]
    if username:
        enter(page, live_server, username)
    page.goto(path)
    assert_sound(page)
    if page.locator("main form").count() and name not in ("account", "one account"):
        page.locator("main button.main").click()
        page.wait_for_selector("[role=alert]")
        assert_sound(page)
        faulty = page.locator("[aria-invalid=true]").first
        described = (faulty.get_attribute("aria-describedby") or "").split()
        assert any(page.locator(f"#{place}").inner_text() for place in described if place.endswith("_error"))
        assert page.title().startswith("有误：")


def test_the_pages_between_are_sound_too(page: Page, live_server, monkeypatch: pytest.MonkeyPatch):
    opened("guangzhou-1", second=True)
    opened("approver-1", Role.APPROVER)
    page.goto("/my/sign-in/")
    page.fill("#id_username", "guangzhou-1")
    page.fill("#id_passphrase", PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/code/")
    assert_sound(page)
    enter(page, live_server, "approver-1")
    page.goto("/desk/accounts/new/?unit=shenzhen")
    page.fill("#id_name", "示例新人")
    page.get_by_role("button", name="新建并发启用码").click()
    page.wait_for_selector(".code-to-read")
    assert_sound(page)
    code = page.locator(".code-to-read code")
    assert code.evaluate("node => node.getClientRects().length") == 1
    text = code.inner_text()
    page.context.clear_cookies()
    page.goto("/my/enrol/")
    page.fill("#id_code", text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/passphrase/")
    assert_sound(page)
    page.fill("#id_passphrase", OTHER)
    page.fill("#id_again", OTHER)
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/account/")
    assert_sound(page)


def test_a_passphrase_can_be_pasted(page: Page, live_server):
    opened()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/my/sign-in/")
    page.fill("#id_username", PASSPHRASE)
    page.focus("#id_username")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")
    page.fill("#id_username", "guangzhou-1")
    page.focus("#id_passphrase")
    page.keyboard.press("Control+V")
    assert page.input_value("#id_passphrase") == PASSPHRASE


def test_the_authenticator_reads_what_the_picture_says():
    account = accounts.Account(username="approver-1")
    held = pyotp.parse_uri(totp.address(SECRET, account))
    assert (held.secret, held.name, held.issuer) == (SECRET, "approver-1", totp.ISSUER)
    assert held.now() == pyotp.TOTP(SECRET).now()
