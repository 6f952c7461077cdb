"""Two officers of one unit at one document: nobody replaces what the other one submitted, or wrote, without knowing it."""

from __future__ import annotations

from browser.desks import Desk, bring, panel, press, submit
from playwright.sync_api import expect


def test_who_replaces_a_colleagues_submission_is_told_whose_and_in_which_fields(desk: Desk) -> None:
    desk.fake.person = "示例乙"
    submit(desk.form())
    desk.fake.person = "示例甲"
    desk.fake.drafts.clear()
    page = desk.form(context=desk.computer(), filled=False)
    bring(page, "collective", name="另一个示例党支部", leader="示例丙")
    expect(page.locator("#stage")).to_contain_text("本页的内容与这一份不同，要报送的请重新提交。")
    page.click("#submit")
    expect(panel(page)).to_contain_text(
        "将代替 示例乙 于 10:32:05 提交的一份，改了 2 栏：党组织名称、党组织负责人。"
    )
    press(page, "确认提交")
    expect(panel(page)).to_contain_text("SB120821-00002")
    expect(page.locator("#stage")).to_contain_text("改动以后要重新提交")
