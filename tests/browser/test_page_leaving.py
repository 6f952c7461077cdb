"""退出 on a computer that others use, too: what the service holds leaves the browser, of the rest the person decides."""

from __future__ import annotations

import re

import pytest
from browser.desks import DOCUMENT, UNIT, Desk, press
from browser.filling import CAMPAIGN
from browser.visitors import ROOT
from playwright.sync_api import Page, expect

KEYS = """async () => {
  const found = [];
  for (const [name, part] of [['shenbao', 'drafts'], ['shenbao-intake', 'kept']]) {
    const open = indexedDB.open(name);
    const database = await new Promise((done) => { open.onsuccess = () => done(open.result); });
    const keys = database.transaction(part).objectStore(part).getAllKeys();
    found.push(...await new Promise((done) => { keys.onsuccess = () => done(keys.result); }));
    database.close();
  }
  return [...found, ...(localStorage.getItem('shenbao-last') ? ['last'] : [])];
}"""


PUT = """async ([store, part, key, change]) => {
  const open = indexedDB.open(store);
  const database = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const kept = database.transaction(part, 'readwrite').objectStore(part);
  const get = kept.get(key);
  const old = await new Promise((done) => { get.onsuccess = () => done(get.result); });
  kept.put({ ...old, ...change, ...(change.files ? { files: { 'materials/a.pdf': new Blob(['x']) } } : {}) }, key);
  database.close();
}"""
KEY = f"{CAMPAIGN.id}/{UNIT}/{DOCUMENT}"


@pytest.fixture
def page(desk: Desk) -> Page:
    """A draft is typed and saved on this computer, and not yet on the server."""
    form = f"""<form class="top__out" method="post" action="/my/sign-out/" data-campaign="{CAMPAIGN.id}"
      data-unit="{UNIT}"><button>退出</button></form>"""
    desk.fake.pages["/my/"] = (
        f'<!doctype html><title>x</title>{form}<main id="main"></main><script src="/static/leaving.js"></script>'
    ).encode()
    desk.fake.pages["/static/leaving.js"] = (ROOT / "intake/static/leaving.js").read_bytes()
    page = desk.form(filled=False, clock=True)
    page.fill("#f-name", "示例甲党支部")
    expect(page.locator("#saved")).to_contain_text("草稿已保存在本机")
    return page


def saved(page: Page) -> None:
    page.clock.fast_forward(3100)
    expect(page.locator("#served")).to_contain_text("已存到服务器")


def sign_out(page: Page, desk: Desk) -> None:
    page.goto(desk.fake.address + "my/")
    assert [key for key in page.evaluate(KEYS) if DOCUMENT in key]
    press(page, "退出")


def left_behind(page: Page) -> list[str]:
    expect(page.locator("h1")).to_have_text("已退出")
    return list(page.evaluate(KEYS))


def test_what_the_service_holds_is_taken_off_this_computer(page: Page, desk: Desk) -> None:
    saved(page)
    sign_out(page, desk)
    assert left_behind(page) == []
    assert DOCUMENT in desk.fake.drafts, "and stays there"


def test_so_is_what_was_received(page: Page, desk: Desk) -> None:
    saved(page)
    desk.fake.received[DOCUMENT] = desk.fake.drafts.pop(DOCUMENT).yaml
    sign_out(page, desk)
    assert left_behind(page) == []


@pytest.mark.parametrize(("answer", "stays"), [("删除，退出", False), ("留下，退出", True)])
def test_of_what_it_does_not_hold_the_person_decides(
    answer: str, stays: bool, page: Page, desk: Desk
) -> None:
    saved(page)
    desk.fake.drafts[DOCUMENT].yaml = "name: 同事后来写的"
    sign_out(page, desk)
    expect(page.get_by_role("alert")).to_have_text(
        re.compile(
            r"这台电脑上还有 1 份草稿没有存到服务器：先进集体推荐表（第 1 名）（\d\d:\d\d:\d\d 存）。留下还是删除？"
        )
    )
    assert desk.fake.signed_in, "nobody is signed out before the answer"
    press(page, "先不退出")
    expect(page.get_by_role("alert")).to_have_count(0)
    press(page, "退出")
    press(page, answer)
    assert bool([key for key in left_behind(page) if DOCUMENT in key]) is stays


@pytest.mark.parametrize("trouble", ["no answer", "a file that is not there yet", "sent without an answer"])
def test_in_doubt_it_is_not_held(trouble: str, page: Page, desk: Desk) -> None:
    saved(page)
    page.goto(desk.fake.address + "my/")
    if trouble == "no answer":
        desk.fake.drop("GET drafts")
    elif trouble == "a file that is not there yet":
        page.evaluate(PUT, ["shenbao", "drafts", KEY, {"files": True}])
    else:
        page.evaluate(PUT, ["shenbao-intake", "kept", f"{KEY}/attempt/", {}])
    sign_out(page, desk)
    expect(page.get_by_role("alert")).to_contain_text("没有存到服务器")


@pytest.mark.parametrize("state", ["ready", "sending"])
def test_a_file_is_held_when_all_of_it_is_there(state: str, page: Page, desk: Desk) -> None:
    saved(page)
    page.goto(desk.fake.address + "my/")
    page.evaluate(PUT, ["shenbao", "drafts", KEY, {"files": True}])
    upload = {"state": state, "print": "f18e3794ea43fc5a"}
    page.evaluate(PUT, ["shenbao-intake", "kept", f"{KEY}/upload/materials/a.pdf", upload])
    sign_out(page, desk)
    if state == "ready":
        assert left_behind(page) == []
    else:
        expect(page.get_by_role("alert")).to_contain_text("没有存到服务器")


def test_another_units_draft_is_nobodys_business(page: Page, desk: Desk) -> None:
    saved(page)
    desk.fake.pages["/my/"] = desk.fake.pages["/my/"].replace(UNIT.encode(), b"guangzhou")
    sign_out(page, desk)
    assert [key for key in left_behind(page) if DOCUMENT in key]


def test_what_was_only_opened_is_not_asked_about(desk: Desk, page: Page) -> None:
    """Another document of the unit, as it was received in another spelling, was looked at."""
    saved(page)
    other = "collective-02"
    receipt = {"number": "", "url": "", "at": "2012-08-20T16:05:09+08:00", "digest": "sha256:x"}
    desk.fake.documents[other] = {**receipt, "stage": "received", "reason": "", "until": None}
    desk.fake.received[other] = "name: '示例乙党支部'\n"
    page.goto(desk.fake.address + f"submit/collective/?unit={UNIT}&document={other}")
    expect(page.locator("#f-name")).to_have_value("示例乙党支部")
    page.clock.fast_forward(20_000)
    sign_out(page, desk)
    assert left_behind(page) == []
