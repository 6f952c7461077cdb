"""The draft on the server: saved when typing stops, carried to another computer, and never overwritten behind anybody's back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from browser.desks import CONFIRM, DOCUMENT, UNIT, Desk, panel, press, stop_clock
from browser.filling import CAMPAIGN, sample
from playwright.sync_api import Page, expect

from build_tools.forms.written import written
from build_tools.source import parse

ADDRESS = f"drafts/{DOCUMENT}"


def yaml(**changes: Any) -> str:
    return written(CAMPAIGN.item_by_id["collective"], {**sample("collective"), **changes})


def name_in(text: str) -> str:
    return str(parse("x.yml", text.encode()).value["name"])


def served(page: Page, words: str = "已存到服务器 10:32:00") -> None:
    """Typing stops for a while; then this is what the page says."""
    page.clock.fast_forward(3100)
    expect(page.locator("#served")).to_contain_text(words)


def stored(page: Page, desk: Desk, words: str) -> None:
    """Time passes until the service holds a draft with these words."""
    for _ in range(50):
        if words in desk.fake.drafts[DOCUMENT].yaml:
            return
        page.clock.fast_forward(3100)
        page.wait_for_timeout(100)
    raise AssertionError(desk.fake.drafts[DOCUMENT].yaml)


def typed(page: Page, name: str) -> None:
    page.fill("#f-name", name)
    expect(page.locator("#saved")).to_contain_text("草稿已保存在本机")


def test_it_is_saved_when_typing_stops_and_not_with_each_key(desk: Desk) -> None:
    page = desk.form(filled=False, clock=True)
    for part in ("示例", "示例甲", "示例甲党", "示例甲党支部"):
        page.fill("#f-name", part)
        page.clock.fast_forward(1000)
    assert desk.fake.came("PUT", "drafts/") == []
    page.clock.fast_forward(3000)
    served(page)
    page.fill("#f-name", "示例乙党支部")
    with page.expect_response("**/intake/drafts/**"):
        page.clock.fast_forward(3100)
    first, second = desk.fake.came("PUT", ADDRESS)
    assert (name_in(first.json["yaml"]), first.json["version"]) == ("示例甲党支部", 0)
    assert (name_in(second.json["yaml"]), second.json["version"]) == ("示例乙党支部", 1)


def test_what_was_typed_last_is_saved_when_the_page_is_left(desk: Desk) -> None:
    page = desk.form(filled=False, clock=True)
    typed(page, "示例甲党支部")
    page.goto(desk.fake.address + "submit/")
    desk.fake.wait("PUT", ADDRESS)
    assert name_in(desk.fake.drafts[DOCUMENT].yaml) == "示例甲党支部"


def test_on_a_poor_line_it_stays_here_and_is_tried_ever_more_rarely(desk: Desk) -> None:
    page = desk.form(filled=False, clock=True)
    for _ in range(40):
        desk.fake.drop("PUT drafts")
    typed(page, "示例甲党支部")
    served(page, "只存在本机：网络不通，会自动重试")
    for _ in range(30):
        page.clock.run_for(10_000)
    assert 4 <= len(desk.fake.came("PUT", "drafts/")) <= 12  # five minutes
    desk.fake.faults.clear()
    page.context.set_offline(True)
    page.context.set_offline(False)  # the network is back: at once
    served(page)
    assert name_in(desk.fake.drafts[DOCUMENT].yaml) == "示例甲党支部"


def test_a_reload_finds_both_the_same_and_asks_nothing(desk: Desk) -> None:
    page = desk.form(filled=False, clock=True)
    typed(page, "示例甲党支部")
    served(page)
    page.reload()
    served(page)
    expect(page.locator("#notice")).to_contain_text("已恢复上次的草稿")
    assert len(desk.fake.came("PUT", "drafts/")) == 1
    assert desk.fake.came("GET", "drafts/") == []


def test_another_computer_without_a_draft_opens_the_servers(desk: Desk) -> None:
    desk.fake.put(DOCUMENT, yaml(name="在办公室写的示例支部"))
    page = desk.form(filled=False, clock=True)
    expect(page.locator("#f-name")).to_have_value("在办公室写的示例支部")
    expect(page.locator("#notice")).to_contain_text("已打开服务器上的草稿（示例乙 09:30:00 保存）")
    assert desk.fake.drafts[DOCUMENT].version == 1


def another_computer(desk: Desk) -> Page:
    """A draft of its own on this computer, another one on the server."""
    desk.fake.signed_in = False
    page = desk.form(filled=False, clock=True)
    typed(page, "在家里写的示例支部")
    desk.fake.signed_in = True
    desk.fake.put(DOCUMENT, yaml(name="在办公室写的示例支部"))
    page.reload()
    expect(page.locator("#notice")).to_contain_text("服务器上有这份表的另一份草稿（示例乙 09:30:00 保存）")
    expect(page.locator("#notice")).not_to_contain_text("已恢复上次的草稿")
    expect(page.locator("#f-name")).to_have_value("在家里写的示例支部")
    return page


def test_of_two_drafts_the_servers_is_taken_when_asked_for_and_mine_can_be_had_back(desk: Desk) -> None:
    page = another_computer(desk)
    press(page, "用服务器上的")
    expect(page.locator("#f-name")).to_have_value("在办公室写的示例支部")
    press(page, "撤销")
    expect(page.locator("#f-name")).to_have_value("在家里写的示例支部")


def test_of_two_drafts_mine_is_taken_when_asked_for_and_the_other_can_be_downloaded(
    desk: Desk, tmp_path: Path
) -> None:
    page = another_computer(desk)
    assert name_in(desk.fake.drafts[DOCUMENT].yaml) == "在办公室写的示例支部"  # nothing before the answer
    press(page, "用本机的")
    served(page)
    assert name_in(desk.fake.drafts[DOCUMENT].yaml) == "在家里写的示例支部"
    with page.expect_download() as started:
        press(page, "下载服务器上的")
    assert started.value.suggested_filename == f"{UNIT}-服务器草稿-{DOCUMENT}.yml"
    assert name_in(Path(started.value.path()).read_text(encoding="utf-8")) == "在办公室写的示例支部"


def clash(desk: Desk) -> Page:
    """Somebody saved while this page was open."""
    page = desk.form(filled=False, clock=True)
    typed(page, "示例甲党支部")
    served(page)
    desk.fake.put(DOCUMENT, yaml(name="同事写的示例支部"))
    typed(page, "我写的示例支部")
    expect(page.locator("#notice")).to_contain_text("这份表刚有人改过并存到服务器（示例乙 09:30:00 保存）")
    served(page, "暂停存到服务器")
    return page


def test_when_a_colleague_saved_in_between_theirs_can_be_taken(desk: Desk) -> None:
    page = clash(desk)
    press(page, "用对方的")
    expect(page.locator("#f-name")).to_have_value("同事写的示例支部")
    expect(page.locator("#served")).to_contain_text("已存到服务器")
    press(page, "撤销")
    expect(page.locator("#f-name")).to_have_value("我写的示例支部")


def test_when_a_colleague_saved_in_between_mine_can_be_kept_and_theirs_downloaded(desk: Desk) -> None:
    page = clash(desk)
    press(page, "用我的")
    served(page)
    assert name_in(desk.fake.drafts[DOCUMENT].yaml) == "我写的示例支部"
    with page.expect_download() as started:
        press(page, "下载对方的")
    assert name_in(Path(started.value.path()).read_text(encoding="utf-8")) == "同事写的示例支部"


def test_nothing_is_submitted_before_one_of_two_is_chosen(desk: Desk) -> None:
    page = clash(desk)
    expect(page.locator("#notice")).to_contain_text("与本页的内容不同，相差 7 栏：党组织名称、")
    expect(page.locator("#undecided")).to_contain_text("有两份不同的内容，请先选用哪一份。")
    expect(page.locator("#undecided")).to_be_in_viewport()
    page.click("#submit")
    expect(panel(page)).to_contain_text("还没有提交：请先选用哪一份")
    press(page, "去选")
    expect(page.locator("#notice")).to_be_focused()
    expect(page.locator("#notice")).to_be_in_viewport()
    press(page, "用我的")
    expect(panel(page)).to_be_hidden()
    expect(page.locator("#undecided")).to_have_count(0)
    submit_with_errors(page)
    assert name_in(desk.fake.came("POST", "documents/")[0].json["yaml"]) == "我写的示例支部"
    assert len(desk.fake.came("POST", "documents/")) == 1


def test_what_a_colleague_saved_a_moment_ago_is_seen_before_it_is_submitted(desk: Desk) -> None:
    """Typed and submitted at once, before the draft is saved by itself."""
    page = desk.form(filled=False, clock=True)
    typed(page, "示例甲党支部")
    served(page)
    stop_clock(page)
    page.fill("#f-name", "我写的示例支部")
    desk.fake.put(DOCUMENT, yaml(name="同事写的示例支部"))
    page.click("#submit")
    press(page, "仍然提交")
    expect(panel(page)).to_contain_text("还没有提交：请先选用哪一份")
    expect(page.locator("#notice")).to_contain_text("这份表刚有人改过并存到服务器")
    assert desk.fake.came("POST", "documents/") == []


def test_a_new_clash_leaves_no_box_of_the_one_before(desk: Desk) -> None:
    page = clash(desk)
    press(page, "用对方的")
    press(page, "撤销")
    expect(page.locator("#notice")).to_contain_text("已换回原来的内容。")
    desk.fake.put(DOCUMENT, yaml(name="同事又写的示例支部"))
    typed(page, "我又写的示例支部")
    served(page, "暂停存到服务器")
    expect(page.locator("#notice .message")).to_have_count(1)


def submit_with_errors(page: Page) -> None:
    """The form is not complete; it is submitted all the same."""
    page.click("#submit")
    press(page, "仍然提交")
    expect(panel(page)).to_contain_text("将提交")
    press(page, CONFIRM)
    expect(panel(page)).to_contain_text("提交成功，已经收到")


def test_two_tabs_of_one_browser_are_nobody_else(desk: Desk) -> None:
    first = desk.form(filled=False, clock=True)
    typed(first, "示例甲党支部")
    served(first)
    second = desk.form(context=first.context, filled=False, clock=True)
    served(second)
    typed(second, "第二个标签页写的示例支部")
    expect(first.locator("#f-name")).to_have_value("第二个标签页写的示例支部")
    second.clock.fast_forward(3100)
    expect(second.locator("#served")).to_contain_text("已存到服务器")
    first.clock.fast_forward(9000)
    for words in ("又在第一个标签页写的示例支部", "又在第一个标签页写的示例支部二"):
        typed(first, words)
        stored(first, desk, words)
    for page in (first, second):
        expect(page.locator("#notice")).not_to_contain_text("用哪一份")


def test_taken_off_this_computer_it_does_not_come_back_by_itself(desk: Desk) -> None:
    desk.fake.put(DOCUMENT, yaml(name="在服务器上的示例支部"))
    page = desk.form(filled=False, clock=True)
    expect(page.locator("#f-name")).to_have_value("在服务器上的示例支部")
    typed(page, "示例甲党支部")
    served(page)
    page.click("details:has(#forget) summary")
    page.click("#forget")
    expect(page.locator("#notice")).to_contain_text("已清除本机上这份表的草稿")
    expect(page.locator("#f-name")).to_have_value("")
    page.select_option("#number", "2")
    expect(page).to_have_url(re.compile("collective-02"))
    page.select_option("#number", "1")
    expect(page).to_have_url(re.compile("collective-01"))
    expect(page.locator("#f-name")).to_have_value("")
    assert [key for key in page.evaluate(KEYS) if DOCUMENT in key] == []
    assert name_in(desk.fake.drafts[DOCUMENT].yaml) == "示例甲党支部"
    assert len(desk.fake.came("GET", ADDRESS)) == 1
    typed(page, "从头再写的示例支部")  # which is not to be lost, nor what lies there
    expect(page.locator("#notice")).to_contain_text("服务器上有这份表的另一份草稿")


KEYS = """async () => {
  const open = indexedDB.open('shenbao-intake');
  const database = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const keys = database.transaction('kept').objectStore('kept').getAllKeys();
  return new Promise((done) => { keys.onsuccess = () => done(keys.result); });
}"""


def test_when_the_sign_in_has_expired_it_stays_here_until_somebody_signs_in(desk: Desk) -> None:
    page = desk.form(filled=False, clock=True)
    desk.fake.signed_in = False
    typed(page, "示例甲党支部")
    expect(page.locator("#signed")).to_contain_text("登录后可以直接提交")
    desk.fake.signed_in = True
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    served(page)
    assert name_in(desk.fake.drafts[DOCUMENT].yaml) == "示例甲党支部"


def test_what_was_typed_before_anybody_signed_in_comes_along(desk: Desk) -> None:
    desk.fake.signed_in = False
    page = desk.tab("submit/collective/?document=collective-02", clock=True)
    expect(page.locator("#signed")).to_contain_text("登录后可以直接提交；不登录也可以填写、检查、下载。")
    page.fill("#f-name", "还没有登录时写的示例支部")
    page.click("#signed a")
    expect(page.locator("h1")).to_have_text("/my/sign-in/")
    assert page.evaluate("window.back") == "/submit/collective/"
    desk.fake.signed_in = True
    page.goto(desk.fake.address + "submit/collective/")
    expect(page.locator("#f-name")).to_have_value("还没有登录时写的示例支部")
    expect(page.locator("#unit")).to_have_value(UNIT)
    expect(page.locator("#unit")).to_be_disabled()
    expect(page.locator("#number")).to_have_value("2")
    served(page)
    assert name_in(desk.fake.drafts["collective-02"].yaml) == "还没有登录时写的示例支部"
