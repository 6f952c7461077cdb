"""What the form pages say of who is signed in, what became of a document, and how long is left; for everybody's eyes and hands."""

from __future__ import annotations

import gzip
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from browser.desks import DOCUMENT, UNIT, Desk, bring, panel, press, submit
from browser.filling import DOCUMENTS, FOLDER, ITEMS, words_of
from browser.test_pages import assert_accessible, assert_fits, resized
from playwright.sync_api import Page, expect

from build_tools.site.assets import form_scripts

MOST = 72 * 1024
"""Bytes of script on a page of a site with an intake, as they come over the line."""


def standing(desk: Desk, stage: str, **more: Any) -> None:
    number = "SB120820-00009-M2XTN"
    url = f"/my/receipts/{number}/"
    known = {"number": number, "at": "2012-08-20T16:05:09+08:00", "digest": "sha256:x", "url": url}
    desk.fake.documents[DOCUMENT] = {**known, "stage": stage, "reason": "", "until": None, **more}


def stage(page: Page) -> Any:
    return page.locator("#stage")


def test_signed_in_the_unit_is_chosen_and_fixed(desk: Desk) -> None:
    page = desk.tab("submit/collective/?unit=guangzhou")
    expect(page.locator("#signed")).to_have_text("佛山市司法局 · 示例甲 已登录")
    expect(page.locator("#unit")).to_have_value(UNIT)
    expect(page.locator("#unit")).to_be_disabled()


@pytest.mark.parametrize("unit", ["", "&unit=foshan", "&unit=guangzhou"])
def test_the_address_says_which_document_is_opened(unit: str, desk: Desk) -> None:
    page = desk.tab(f"submit/individual/?document=individual-03{unit}")
    expect(page.locator("#unit")).to_have_value(UNIT)
    expect(page.locator("#number")).to_have_value("3")
    expect(page.locator("#signed")).to_contain_text("已登录")
    assert page.url.endswith("?unit=foshan&document=individual-03")


def test_who_signs_in_late_gets_the_document_of_the_address(desk: Desk) -> None:
    held = desk.fake.hold("GET state")
    page = desk.tab("submit/individual/?document=individual-03")
    expect(page.locator("#number")).to_have_value("3")
    held.set()
    expect(page.locator("#unit")).to_have_value(UNIT)
    expect(page.locator("#number")).to_have_value("3")


def test_signed_out_one_fills_in_and_is_led_to_sign_in_by_submitting(desk: Desk) -> None:
    desk.fake.signed_in = False
    page = desk.form()
    expect(page.locator("#signed")).to_contain_text("登录后可以直接提交；不登录也可以填写、检查、下载。")
    expect(page.locator("#unit")).to_be_enabled()
    page.click("#check")
    expect(page.locator("#summary")).to_contain_text("提交时还要核对名额、重复推荐和附件。")
    page.click("#submit")
    expect(panel(page)).to_contain_text("提交要先登录")
    panel(page).get_by_role("link", name="登录").click()
    expect(page.locator("h1")).to_have_text("/my/sign-in/")
    assert page.evaluate("window.back") == f"/submit/collective/?unit={UNIT}&document={DOCUMENT}"


def test_what_was_received_meanwhile_counts_above_the_form(desk: Desk) -> None:
    standing(desk, "withdrawn")
    page = desk.form()
    owes = page.locator("#owes")
    expect(owes).to_contain_text("已收到 0 份，还可以推荐 2 个。")
    submit(page)
    expect(owes).to_contain_text("已收到 1 份，还可以推荐 1 个。这份表已经收到过，再报就是修改。")


def test_an_office_account_is_told_that_it_cannot_submit(desk: Desk) -> None:
    desk.fake.unit = desk.fake.unit_name = ""
    page = desk.form()
    expect(page.locator("#signed")).to_contain_text("办公室账号不能提交")
    page.click("#submit")
    expect(panel(page)).to_contain_text("办公室账号不能提交")
    assert desk.fake.came("POST", "") == []


def test_without_the_service_one_fills_in_as_ever_and_it_is_found_again(desk: Desk) -> None:
    for _ in range(3):
        desk.fake.drop("GET state")
    page = desk.form(clock=True)
    expect(page.locator("#signed")).to_contain_text("没有连上报送服务（网络不通），会自动重试。可以照常填写")
    page.click("#submit")
    expect(panel(page)).to_contain_text("没有连上报送服务，正在重试")
    signed = page.locator("#signed")
    for _ in range(60):  # less at a time than a question may take, so that none is given up
        page.clock.fast_forward(5_000)
        if "已登录" in (signed.text_content() or ""):
            break
        page.wait_for_timeout(100)
    expect(signed).to_contain_text("已登录")


def test_another_units_document_cannot_be_submitted(desk: Desk) -> None:
    page = desk.form(filled=False)
    file = {"name": "zhuhai-collective-01.yml", "mimeType": "text/yaml", "buffer": b"name: x\n"}
    page.set_input_files("#open", files=[file])  # type: ignore[list-item]
    expect(page.locator("#signed")).to_contain_text("本页打开的是另一个单位的表，不能提交")
    page.click("#submit")
    expect(panel(page)).to_contain_text("您登录的是佛山市司法局，只能提交本单位的表。")
    press(page, "换到本单位")
    expect(page.locator("#unit")).to_have_value(UNIT)
    expect(page.locator("#signed")).to_have_text("佛山市司法局 · 示例甲 已登录")


def test_what_was_returned_is_said_on_top_with_its_reason_and_its_due_time(desk: Desk) -> None:
    standing(desk, "returned", reason="事迹材料缺少时间", until="2012-08-25T18:00:59+08:00")
    page = desk.form()
    expect(stage(page)).to_contain_text("退回修改")
    expect(stage(page)).to_contain_text("事迹材料缺少时间。请在 8月25日 18:00:59 前改正后重新提交。")
    expect(page.locator("#submit")).to_have_text("改正后重新提交")
    expect(page.locator("#deadline")).to_contain_text("距退回修改的期限（8月25日 18:00:59）还有 4 天 8 小时")
    page.click("#submit")
    press(page, "确认提交")
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    expect(stage(page)).to_contain_text("已提交 10:32:05")
    expect(page.locator("#submit")).to_have_text("已提交")


def test_what_was_accepted_needs_the_office_to_be_changed(desk: Desk) -> None:
    standing(desk, "accepted")
    page = desk.form()
    expect(stage(page)).to_contain_text(
        "已受理（回执 SB120820-00009-M2XTN）。还要改动的，请先联系活动办公室。"
    )
    expect(page.locator("#submit")).to_have_text("已受理")
    page.press("#submit", "Enter")
    expect(panel(page)).to_contain_text("这份表已受理")
    assert desk.fake.attempts == {}


def test_what_came_by_other_ways_has_no_receipt_here(desk: Desk) -> None:
    standing(desk, "received", number="", url="")
    page = desk.form(filled=False)
    expect(stage(page)).to_have_text("已收到 8月20日 16:05:09；改动以后要重新提交。")
    expect(stage(page).locator("a")).to_have_count(0)
    start = desk.tab("submit/", page.context)
    expect(start.locator("tr", has_text="先进集体推荐表（第 1 名）")).to_contain_text(
        "已收到 8月20日 16:05:09"
    )
    standing(desk, "accepted", number="", url="")
    page.reload()
    expect(stage(page)).to_have_text("已受理。还要改动的，请先联系活动办公室。")
    expect(page.locator("#deadline")).to_be_empty()


def test_where_there_is_no_draft_one_goes_on_from_what_was_received(desk: Desk) -> None:
    standing(desk, "returned", reason="缺少时间")
    desk.fake.received[DOCUMENT] = "name: 上次报的示例支部\n"
    page = desk.form(filled=False, clock=True)
    expect(page.locator("#f-name")).to_have_value("上次报的示例支部")
    expect(page.locator("#notice")).to_contain_text("已打开上次报送的内容，可以在这上面改。")
    page.clock.fast_forward(20_000)
    expect(page.locator("#saved")).to_have_text("本机还没有草稿")
    assert desk.fake.came("PUT", "drafts/") == []  # nobody changed anything
    page.fill("#f-name", "改正的示例支部")
    page.clock.fast_forward(3100)
    expect(page.locator("#served")).to_contain_text("已存到服务器")


@pytest.mark.parametrize("item", ITEMS)
def test_what_came_by_git_is_the_same_until_it_is_changed(item: str, desk: Desk) -> None:
    """However it is written down there: with remarks, in another order, with its photo or materials."""
    name = Path(DOCUMENTS[item]).stem
    desk.fake.received[name] = (FOLDER / DOCUMENTS[item]).read_text("utf-8") + "# 附注\n"
    standing(desk, "received", number="", url="")
    desk.fake.documents[name] = desk.fake.documents.pop(DOCUMENT)
    page = desk.form(item, filled=False)
    expect(page.locator("#notice")).to_contain_text("已打开上次报送的内容")
    expect(page.locator("#submit")).to_have_text("已提交")
    expect(stage(page)).to_have_text("已收到 8月20日 16:05:09；改动以后要重新提交。")
    field = page.locator("#entry :is(input[type=text], textarea):visible").first
    was = field.input_value()
    field.fill(was + "1")
    expect(stage(page)).to_contain_text("本页的内容与这一份不同，要报送的请重新提交。")
    field.fill(was)
    expect(page.locator("#submit")).to_have_text("已提交")
    assert len(desk.fake.came("GET", f"documents/{name}")) == 1


def test_what_was_withdrawn_can_be_submitted_again(desk: Desk) -> None:
    standing(desk, "withdrawn")
    page = desk.form()
    expect(stage(page)).to_contain_text(
        "8月20日 16:05:09 提交的（回执 SB120820-00009-M2XTN），可以重新提交。"
    )
    expect(page.locator("#submit")).to_have_text("提交")


def test_what_the_office_did_not_take_is_not_called_withdrawn(desk: Desk) -> None:
    standing(desk, "withdrawn", word="不予受理", reason="超出名额：只能推荐 1 个。")
    page = desk.form()
    expect(stage(page)).to_have_text(
        "不予受理 8月20日 16:05:09 提交的（回执 SB120820-00009-M2XTN），超出名额：只能推荐 1 个。有疑问的，请联系活动办公室。"
    )
    start = desk.tab("submit/", page.context)
    expect(start.locator("tr", has_text="先进集体推荐表（第 1 名）")).to_contain_text("不予受理 8月20日")


@pytest.mark.parametrize(
    ("item", "means"),
    [
        ("collective", "逾期报送的，视为放弃，不列入推荐汇总"),
        ("summary", "逾期报送的，数据仍计入汇总，记为逾期"),
    ],
)
def test_the_deadline_passes_while_one_types_and_submitting_stays_possible(
    item: str, means: str, desk: Desk
) -> None:
    desk.fake.now = "2012-08-22T23:58:30+08:00"
    page = desk.form(item, clock=True)
    expect(page.locator("#deadline")).to_contain_text("距截止时间还有 1 分")
    page.clock.run_for(95_000)
    expect(page.locator("#deadline")).to_contain_text(f"已过截止时间。{means}")
    expect(page.locator("#notice")).to_contain_text("仍可提交，收到时间以回执为准。")
    expect(page.locator("#owes")).to_contain_text("已过")
    page.click("#submit")
    press(page, "确认提交")
    expect(panel(page)).to_contain_text("提交成功，已经收到")


def test_the_first_page_tells_of_each_document_what_became_of_it(desk: Desk) -> None:
    standing(desk, "returned", reason="缺少时间", until="2012-08-25T18:00:00+08:00")
    for name, became in (("summary", "accepted"), ("individual-01", "received")):
        desk.fake.documents[name] = {**desk.fake.documents[DOCUMENT], "stage": became, "until": None}
    desk.fake.put("individual-02", "name: 示例\n")
    page = desk.tab("submit/")
    expect(page.locator("#unit")).to_have_value(UNIT)
    expect(page.locator("#unit")).to_be_disabled()

    def row(title: str) -> Any:
        return page.locator("tr", has=page.get_by_role("rowheader", name=title))

    expect(row("总结")).to_contain_text("已受理")
    expect(row("总结").get_by_role("link", name="填写")).to_have_text("查看或修改")
    expect(row("先进集体推荐表（第 1 名）")).to_contain_text("退回修改，8月25日 18:00:00 前改正")
    expect(row("先进个人推荐表（第 1 名）")).to_contain_text("已提交 8月20日 16:05:09")
    expect(row("先进个人推荐表（第 2 名）")).to_contain_text("服务器上有草稿 09:30:00")
    link = row("总结").get_by_role("link", name="回执 SB120820-00009-M2XTN")
    expect(link).to_have_attribute("href", "/my/receipts/SB120820-00009-M2XTN/")
    assert_accessible(page)


def test_axe_finds_nothing_and_nothing_runs_over_the_edge(desk: Desk) -> None:
    def looked_at() -> None:
        for width in resized(page, 390, 640, 1280):
            assert_fits(page)
            if width != 640:
                assert_accessible(page)

    standing(desk, "returned", reason="事迹材料缺少时间", until="2012-08-25T18:00:00+08:00")
    page = desk.form(filled=False)
    page.click("#submit")
    expect(page.locator("#summary")).to_contain_text("仍要提交吗")
    looked_at()
    bring(page, "collective")
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    looked_at()
    for _ in range(30):
        desk.fake.drop("POST documents")  # it tries again by itself while it is looked at
    press(page, "确认提交")
    expect(panel(page)).to_contain_text("没有送到")
    looked_at()
    desk.fake.faults.clear()
    expect(panel(page)).to_contain_text("提交成功，已经收到", timeout=20_000)
    looked_at()


def test_the_statistics_are_printed_as_running_text_on_one_page(desk: Desk) -> None:
    page = desk.form("statistics")
    with pdfplumber.open(BytesIO(page.pdf(prefer_css_page_size=True))) as pdf:
        assert len(pdf.pages) == 1
        assert "个基层党组织、342名共产党员作出公开承诺" in words_of(pdf)


def test_a_page_loads_little_script() -> None:
    scripts = form_scripts(intake=True)
    assert scripts.keys() == {"item", "start", "licences", "style"}
    for name in ("item", "start"):
        assert len(gzip.compress(scripts[name].content.encode(), 9)) <= MOST, name
