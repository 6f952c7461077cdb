"""The desk in a real browser: with the keyboard alone, on a phone, at twice the size, without a fault axe knows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from django.conf import settings as configured
from playwright.sync_api import Browser, Page, Playwright, expect
from service.journalled import hours, sample, submit, with_values

import intake
from intake.journal.models import Action
from intake.people.models import Role

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
# Playwright runs a loop in this thread, and Django, seeing one, would refuse the database to these tests.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

POLICY = "Content-Security-Policy"


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
    )
    yield browser
    browser.close()


@pytest.fixture
def desk(chromium, live_server, signed_in, worker, settings) -> Iterator[Callable[..., Page]]:
    """Opens the desk for an officer who is signed in; whatever a page complains of fails the test."""
    settings.STATICFILES_DIRS = [str(Path(intake.__file__).with_name("static"))]
    contexts, complaints = [], []

    def enter(width: int = 1280, role: Role = Role.OFFICER, **options: Any) -> Page:
        key = signed_in(str(role), role).cookies[configured.SESSION_COOKIE_NAME].value
        options.setdefault("viewport", {"width": width, "height": 900})
        context = chromium.new_context(locale="zh-CN", base_url=live_server.url, **options)
        contexts.append(context)
        context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if POLICY in said.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield enter
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def full(account) -> dict[str, str]:
    """A desk with something on every page; gives the addresses."""
    clerk = account("guangzhou-1")
    first = submit(clerk)
    Action.objects.create(
        kind="returned", unit="guangzhou", document="individual-01", submission=first, account=clerk,
        at=first.received_at, state="done", reason="请核实。", until=hours(9),
    )  # fmt: skip
    text = with_values(sample(), birth="1968-13", post="合伙人", awards="很长" * 300)
    line = submit(clerk, "individual-01", text)
    good = submit(clerk, "summary")
    Action.objects.create(
        kind="extended", unit="zhuhai", document="*", account=clerk, at=first.received_at, state="proposed",
        reason="台风。", until=hours(90),
    )  # fmt: skip
    return {
        "queue": "/desk/", "submission": f"/desk/{line.number}/", "good": f"/desk/{good.number}/",
        "accept": f"/desk/{line.number}/accept/", "return": f"/desk/{line.number}/return/",
        "action": f"/desk/actions/{Action.objects.get(kind='returned').pk}/", "units": "/desk/units/",
        "unit": "/desk/units/guangzhou/", "extensions": "/desk/extensions/", "paper": "/desk/paper/",
        "list": "/desk/paper/list/", "calls": "/desk/calls/", "letter": "/desk/calls/yangjiang/", "audit": "/desk/audit/",
    }  # fmt: skip


def focused(page: Page) -> str:
    """What the keyboard is on, by its words."""
    told: str = page.evaluate(
        "() => { const e = document.activeElement; return e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText }"
    )
    return told.strip()


def tab_to(page: Page, words: str, most: int = 80) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page) == words:
            return
    raise AssertionError(f"{words} is not reached")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_sticks_out(width, desk, full):
    page = desk(width, role=Role.APPROVER)
    found = {}
    for name, address in full.items():
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.evaluate(AXE)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found[name] = [
            (one["id"], [node["html"][:120] for node in one["nodes"][:2]]) for one in result["violations"]
        ]
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, name
    if width < 400:
        page.goto(full["units"])
        assert page.evaluate("document.querySelector('.scroll').scrollWidth") <= width, "units are cards"
        assert page.locator(".top").bounding_box()["height"] < 100
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.django_db(transaction=True)
def test_at_twice_the_size_nothing_is_lost(desk, full):
    """200 % zoom is half the width in pixels of the page."""
    page = desk(640, device_scale_factor=2)
    for name, address in full.items():
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name
        assert page.locator("h1").is_visible()


@pytest.mark.django_db(transaction=True)
def test_returning_and_accepting_with_the_keyboard_alone(desk, full):
    page = desk()
    page.goto("/desk/?state=faulty")
    tab_to(page, "广州 先进个人推荐表（第 1 名）")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{full['submission']}")
    tab_to(page, "退回修改……")
    page.keyboard.press("Enter")
    page.wait_for_url("**/return/?")
    tab_to(page, "退回的理由")
    page.keyboard.press("Control+End")
    page.keyboard.type("谢谢。")
    tab_to(page, "退回修改")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/actions/*/")
    assert "已退回修改" in page.locator("[role=status]").inner_text()
    action = Action.objects.filter(kind="returned").latest("id")
    assert action.reason.startswith("文件第 4 行：“出生年月”的月份应在 01 至 12 之间")
    assert action.reason.endswith("谢谢。")
    tab_to(page, "下一份：广州 总结")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{full['good']}")
    tab_to(page, "受理第 1 版")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/actions/*/")
    assert "已受理" in page.locator("[role=status]").inner_text()


@pytest.mark.django_db(transaction=True)
def test_paper_is_recorded_line_by_line_with_the_enter_key(desk, full):
    page = desk()
    page.goto("/desk/paper/?unit=shenzhen")
    page.get_by_label("深圳 先进集体推荐表（第 1 名）收到的份数").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**told=*")
    expect(page.get_by_label("深圳 先进个人推荐表（第 1 名）收到的份数")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.wait_for_url("**individual-01*")
    assert list(Action.objects.filter(kind="paper").values_list("document", "copies")) == [
        ("collective-01", 3),
        ("individual-01", 2),
    ]


@pytest.mark.django_db(transaction=True)
def test_the_head_of_the_queue_stays_in_sight_and_the_printed_list_has_no_buttons(desk, full, account):
    page = desk()
    for unit in ("shenzhen", "zhuhai", "foshan", "dongguan"):
        for document in ("summary", "statistics", "collective-01", "individual-01", "materials"):
            submit(account(f"{unit}-1"), document)
    page.goto("/desk/")
    page.mouse.wheel(0, 600)
    page.wait_for_function("window.scrollY > 300")
    assert page.locator(".desk-list thead th").first.bounding_box()["y"] == pytest.approx(0, abs=2)
    page.goto("/desk/paper/list/")
    page.emulate_media(media="print")
    for hidden in (".desk-tabs", ".top", ".foot", ".crumbs"):
        assert not page.locator(hidden).is_visible()
    assert page.locator(".check").is_visible()


@pytest.mark.django_db(transaction=True)
def test_on_paper_nothing_is_cut_off_folded_or_to_be_pressed(desk, full):
    page = desk(role=Role.APPROVER)
    page.emulate_media(media="print")
    lists = ("queue", "units", "unit", "extensions", "paper", "list", "calls", "audit", "submission")
    for name, address in {**{name: full[name] for name in lists}, "accounts": "/desk/accounts/"}.items():
        # What a sheet of A4 holds between its margins, upright or across.
        page.set_viewport_size({"width": 1030 if name in ("units", "calls", "audit") else 703, "height": 900})
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        assert page.evaluate(
            "[...document.querySelectorAll('.scroll')].every(box => getComputedStyle(box).overflowX === 'visible')"
        ), name
        assert page.locator(":is(button, .button, select, input, textarea):visible").count() == 0, name
        assert page.evaluate(
            "[...document.querySelectorAll('details:not(.screen) :is(li, td)')].every(one => one.checkVisibility())"
        ), name
        orientation = page.evaluate("getComputedStyle(document.body).page")
        assert orientation == ("across" if name in ("units", "calls", "audit") else "auto"), name
    page.goto(full["calls"])
    assert page.locator(".desk-list--calls td:nth-child(3)").first.bounding_box()["width"] > 300
