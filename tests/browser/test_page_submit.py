"""提交 on the form pages: checked, confirmed, sent once whatever happens on the way, and a receipt in the end."""

from __future__ import annotations

import pytest
from browser.desks import CONFIRM, DOCUMENT, RETRY, Desk, bring, confirm, panel, press, stop_clock, submit
from browser.filling import CAMPAIGN, sample
from playwright.sync_api import expect

from build_tools.forms.written import written

DOCUMENTS = f"documents/{DOCUMENT}"


def attempts(desk: Desk) -> list[str]:
    return [asked.json["attempt"] for asked in desk.fake.came("POST", "documents/")]


def test_by_keyboard_from_the_form_to_the_receipt(desk: Desk) -> None:
    page = desk.form()
    page.focus("#submit")
    page.keyboard.press("Enter")
    expect(panel(page)).to_be_focused()
    expect(panel(page)).to_contain_text(
        "将提交：佛山市司法局 · 先进集体推荐表（第 1 名） · 没有新附照片和材料"
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    expect(panel(page)).to_be_focused()
    expect(panel(page)).to_contain_text("SB120821-00001-M2XTN")
    expect(panel(page)).to_contain_text("2012年8月21日 10:32:05")
    receipt = panel(page).get_by_role("link", name="查看并打印回执")
    expect(receipt).to_have_attribute("href", "/my/receipts/SB120821-00001-M2XTN/")
    (sent,) = desk.fake.came("POST", "documents/")
    assert sent.path == DOCUMENTS
    assert sent.json["yaml"] == written(CAMPAIGN.item_by_id["collective"], sample("collective"))
    assert sent.json["files"] == {}


def test_the_receipt_is_still_shown_after_a_reload_and_a_change_has_to_be_submitted_anew(desk: Desk) -> None:
    page = desk.form()
    submit(page)
    expect(page.locator("#submit")).to_have_text("已提交")
    page.reload()
    stage = page.locator("#stage")
    expect(stage).to_contain_text("已提交 10:32:05，回执 SB120821-00001-M2XTN；改动以后要重新提交。")
    expect(page.locator("#submit")).to_have_text("已提交")
    page.press("#submit", "Enter")
    expect(panel(page)).to_contain_text("没有改动，不必再提交")
    page.fill("#f-name", "后来改的示例党支部")
    expect(page.locator("#submit")).to_have_text("重新提交")
    submit(page)
    assert len(set(attempts(desk))) == 2
    other = desk.form(context=desk.computer(), filled=False)
    bring(other, "collective", name="后来改的示例党支部")  # known by its digest, where nothing else is known
    expect(other.locator("#submit")).to_have_text("已提交")


def test_when_the_network_is_back_the_check_is_made_up_for(desk: Desk) -> None:
    page = desk.form(clock=True)
    desk.fake.drop("POST check")
    page.click("#submit")
    expect(panel(page)).to_contain_text("名额和重复没有核对（网络不通）")
    page.clock.fast_forward(5000)
    expect(panel(page)).not_to_contain_text("网络不通")
    expect(panel(page)).to_contain_text("将提交")


def test_a_page_that_is_too_old_is_loaded_anew_and_goes_on(desk: Desk) -> None:
    page = desk.form()
    desk.fake.fail("POST documents", 403, "这个页面已经过期，请刷新后再办。填写的内容还在本页。")
    confirm(page)
    expect(panel(page)).to_contain_text("没有提交成功这个页面已经过期，请刷新后再办。填写的内容还在本页。")
    expect(panel(page)).not_to_contain_text("没有丢")
    press(page, "刷新本页")
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    assert len(set(attempts(desk))) == 1


def test_errors_are_asked_about_and_a_receipt_is_to_be_had_all_the_same(desk: Desk) -> None:
    page = desk.form()
    page.fill("#f-name", "")
    page.fill("#f-phone", "1")
    page.click("#submit")
    summary = page.locator("#summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("还有 2 处错误。仍要提交吗？")
    expect(summary.locator("button").first).to_have_text("回去修改")
    press(page, "回去修改")
    expect(page.locator("#f-name")).to_be_focused()
    assert attempts(desk) == []
    page.click("#submit")
    press(page, "仍然提交")
    panel(page).get_by_role("button", name=CONFIRM).click()
    expect(panel(page)).to_contain_text("提交成功，已经收到")


def test_a_file_of_another_unit_is_an_error_before_anything_is_sent(desk: Desk) -> None:
    page = desk.form("materials", filled=False)
    elsewhere = "../../guangzhou/materials/individual-01.jpg"
    bring(page, "materials", files=sample("materials")["files"][:1])
    page.fill("#f-files-0-file", elsewhere)
    page.click("#check")
    expect(page.locator("#entry .field__tidied", has_text="本机没有这个文件")).to_have_count(0)
    summary = page.locator("#summary")
    expect(summary).to_contain_text("有 1 处错误")
    expect(summary).to_contain_text("“文件”写到的位置不在材料文件夹之内，或写法不对。")
    page.click("#submit")
    press(page, "仍然提交")
    expect(panel(page)).to_contain_text("将提交")
    expect(panel(page)).not_to_contain_text("guangzhou")


def test_the_services_own_check_tells_what_a_form_cannot_know(desk: Desk) -> None:
    over = {"code": "Q01", "severity": "error", "pointer": "", "message": "推荐的先进集体超过名额 2 个。", "hint": "请核对。"}  # fmt: skip
    desk.fake.findings = [over]
    page = desk.form()
    page.click("#submit")
    expect(panel(page)).to_contain_text("核对发现 1 处错误。仍要提交吗？")
    expect(panel(page)).to_contain_text("推荐的先进集体超过名额 2 个。")
    expect(panel(page).locator("button").first).to_have_text("回去修改")
    panel(page).get_by_role("button", name="仍然提交").click()
    expect(panel(page)).to_contain_text("提交成功，已经收到")


def test_what_was_proposed_is_withdrawn_when_the_form_changes(desk: Desk) -> None:
    page = desk.form()
    other = desk.form(context=page.context, filled=False)
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    page.fill("#f-leader", "示例丙")
    assert panel(page).is_hidden(), "at once"
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    other.fill("#f-leader", "示例丁")
    expect(panel(page)).to_be_hidden()
    submit(page)
    (sent,) = desk.fake.came("POST", "documents/")
    assert "示例丁" in sent.json["yaml"]


def test_a_check_that_does_not_come_stops_nobody(desk: Desk) -> None:
    page = desk.form()
    desk.fake.drop("POST check")
    page.click("#submit")
    expect(panel(page)).to_contain_text("名额和重复没有核对（网络不通），提交后在回执页上查看。")
    panel(page).get_by_role("button", name=CONFIRM).click()
    expect(panel(page)).to_contain_text("提交成功，已经收到")


def test_a_double_click_is_one_submission(desk: Desk) -> None:
    page = desk.form()
    page.dblclick("#submit")
    held = desk.fake.hold("POST documents")
    panel(page).get_by_role("button", name=CONFIRM).dblclick()
    expect(panel(page)).to_contain_text("正在提交……")
    page.press("#submit", "Enter")
    held.set()
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    assert len(attempts(desk)) == 1


def test_a_service_that_dies_before_it_answers_is_asked_again_and_gives_one_receipt(desk: Desk) -> None:
    page = desk.form(clock=True)
    stop_clock(page)
    desk.fake.drop("POST documents", after=True)
    desk.fake.fail("POST documents", 503)
    confirm(page)
    expect(panel(page)).to_contain_text("没有送到，请不要关闭本页")
    expect(panel(page)).to_be_focused()
    press(page, RETRY)
    expect(panel(page)).to_contain_text("服务暂时没有正常应答")
    page.clock.run_for(10_000)  # nobody presses
    expect(panel(page)).to_contain_text("SB120821-00001-M2XTN")
    assert len(attempts(desk)) == 3
    assert len(set(attempts(desk))) == len(desk.fake.attempts) == 1


def test_half_a_minute_of_silence_is_a_failure_and_the_same_is_sent_again(desk: Desk) -> None:
    page = desk.form(clock=True)
    stop_clock(page)
    held = desk.fake.hold("POST documents")
    confirm(page)
    expect(panel(page)).to_contain_text("正在提交……")
    page.clock.fast_forward(29_000)
    expect(panel(page)).to_contain_text("正在提交……")
    page.clock.fast_forward(2_000)
    expect(panel(page)).to_contain_text("很久没有回音")
    held.set()
    press(page, RETRY)
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    assert len(set(attempts(desk))) == 1


@pytest.mark.parametrize("way", ["reload", "back"])
def test_an_attempt_without_a_receipt_goes_on_when_the_page_is_there_again(way: str, desk: Desk) -> None:
    page = desk.form(clock=True)
    stop_clock(page)
    desk.fake.drop("POST documents", after=True)
    confirm(page)
    expect(panel(page)).to_contain_text("没有送到")
    if way == "reload":
        page.reload()
    else:
        page.goto(desk.fake.address + "submit/")
        page.go_back()
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    assert len(set(attempts(desk))) == len(desk.fake.attempts) == 1


def test_an_attempt_is_not_sent_over_what_somebody_submitted_since(desk: Desk) -> None:
    page = desk.form(clock=True)
    stop_clock(page)
    desk.fake.drop("POST documents")
    confirm(page)
    expect(panel(page)).to_contain_text("没有送到")
    submit(desk.form(context=desk.computer()))
    desk.fake.documents[DOCUMENT]["digest"] = "sha256:of-something-else"
    page.reload()
    expect(page.locator("#notice")).to_contain_text("这份表已有回执 SB120821-00001-M2XTN")
    expect(panel(page)).to_be_hidden()
    assert len(desk.fake.attempts) == 1


def test_an_old_attempt_is_asked_about(desk: Desk) -> None:
    page = desk.form(clock=True)
    stop_clock(page)
    desk.fake.drop("POST documents")
    confirm(page)
    expect(panel(page)).to_contain_text("没有送到")
    again = page.context.new_page()
    again.clock.install(time=page.evaluate("Date.now()") / 1000 + 3600)
    again.goto(page.url)
    expect(again.locator("#notice")).to_contain_text("上次确认提交的内容没有等到回执。现在提交吗？")
    again.get_by_role("button", name="不提交了").click()
    again.reload()
    expect(again.locator("#submit")).to_have_text("提交")
    expect(again.locator("#notice")).not_to_contain_text("没有等到回执")


def test_two_tabs_that_send_the_same_send_one_attempt(desk: Desk) -> None:
    first = desk.form()
    second = desk.form(context=first.context, filled=False)
    expect(second.locator("#f-name")).to_have_value(sample("collective")["name"])
    first_held, second_held = desk.fake.hold("POST documents"), desk.fake.hold("POST documents")
    confirm(first)
    confirm(second)
    expect(panel(second)).to_contain_text("正在提交……")
    first_held.set()
    second_held.set()
    for page in (first, second):
        expect(panel(page)).to_contain_text("SB120821-00001-M2XTN")
    assert len(attempts(desk)) == 2
    assert len(set(attempts(desk))) == 1


def test_when_the_sign_in_has_expired_one_signs_in_elsewhere_and_it_goes_on(desk: Desk) -> None:
    page = desk.form()
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    desk.fake.signed_in = False
    panel(page).get_by_role("button", name=CONFIRM).click()
    expect(panel(page)).to_contain_text("登录已过期，还没有提交")
    link = panel(page).get_by_role("link", name="在新窗口登录")
    with page.context.expect_page() as opened:
        link.click()
    assert opened.value.evaluate("window.back") == f"/submit/collective/?unit=foshan&document={DOCUMENT}"
    desk.fake.signed_in = True
    opened.value.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # a headless browser does not tell it
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    assert len(set(attempts(desk))) == 1


def test_or_signs_in_in_the_same_tab_and_comes_back(desk: Desk) -> None:
    page = desk.form()
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    desk.fake.signed_in = False
    panel(page).get_by_role("button", name=CONFIRM).click()
    panel(page).get_by_role("link", name="在本页登录").click()
    expect(page.locator("h1")).to_have_text("/my/sign-in/")
    desk.fake.signed_in = True
    page.goto(desk.fake.address.rstrip("/") + page.evaluate("window.back"))
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    expect(page.locator("#f-name")).to_have_value(sample("collective")["name"])
    assert len(set(attempts(desk))) == 1


def test_a_check_that_finds_nobody_signed_in_says_so(desk: Desk) -> None:
    page = desk.form()
    desk.fake.signed_in = False
    page.click("#submit")
    expect(panel(page)).to_contain_text("提交要先登录")
    expect(panel(page).get_by_role("link", name="登录")).to_be_visible()


def test_signed_in_as_another_unit_nothing_is_sent(desk: Desk) -> None:
    page = desk.form()
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    desk.fake.signed_in = False
    panel(page).get_by_role("button", name=CONFIRM).click()
    expect(panel(page)).to_contain_text("登录已过期")
    desk.fake.signed_in, desk.fake.unit, desk.fake.unit_name = True, "zhuhai", "珠海市司法局"
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#signed")).to_contain_text("本页打开的是另一个单位的表，不能提交")
    assert desk.fake.attempts == {}


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (507, "服务器磁盘已满，没有收下，请立即电话联系活动办公室。"),
    ],
)
def test_what_the_service_refuses_is_said_in_its_words_and_can_be_tried_again(
    status: int, message: str, desk: Desk
) -> None:
    page = desk.form()
    desk.fake.fail("POST documents", status, message)
    confirm(page)
    expect(panel(page)).to_contain_text(message)
    press(page, "重试")
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    assert len(set(attempts(desk))) == 1


@pytest.mark.parametrize("status", [400, 409, 413])
def test_what_is_refused_for_good_is_not_sent_again_and_what_the_page_says_then_is(
    status: int, desk: Desk
) -> None:
    page = desk.form()
    desk.fake.fail("POST documents", status, "内容太多，没有收下。")
    confirm(page)
    expect(panel(page)).to_contain_text("没有提交成功")
    expect(panel(page).get_by_role("button")).to_have_count(0)
    page.fill("#f-name", "改短了的示例党支部")
    submit(page)
    first, second = desk.fake.came("POST", "documents/")
    assert first.json["attempt"] != second.json["attempt"]
    assert "改短了的示例党支部" in second.json["yaml"]
    page.reload()
    expect(page.locator("#stage")).to_contain_text("已提交")
    assert len(attempts(desk)) == 2


def test_what_was_changed_while_it_waited_is_told_to_be_unsent(desk: Desk) -> None:
    page = desk.form()
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    page.context.set_offline(True)
    panel(page).get_by_role("button", name=CONFIRM).click()
    expect(panel(page)).to_contain_text("没有送到")
    page.fill("#f-name", "等的时候改的示例党支部")
    page.context.set_offline(False)
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    expect(panel(page)).to_contain_text("提交以后表上又有改动，还没有提交。")
    expect(page.locator("#submit")).to_have_text("重新提交")
    submit(page)
    expect(panel(page)).not_to_contain_text("又有改动")


def test_a_page_that_is_too_old_gets_a_new_key_by_itself(desk: Desk) -> None:
    page = desk.form()
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    desk.fake.csrf = "key-2"
    press(page, CONFIRM)
    expect(panel(page)).to_contain_text("提交成功，已经收到")


def test_an_answer_that_is_none_of_the_services_is_no_receipt(desk: Desk) -> None:
    page = desk.form(clock=True)
    stop_clock(page)
    desk.fake.faults.append(("POST documents", "fail", (200, b"<html>Wi-Fi</html>")))
    confirm(page)
    expect(panel(page)).to_contain_text("没有送到")
    press(page, RETRY)
    expect(panel(page)).to_contain_text("提交成功，已经收到")


def test_without_a_network_it_waits_and_goes_on_by_itself(desk: Desk) -> None:
    page = desk.form()
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    page.context.set_offline(True)
    panel(page).get_by_role("button", name=CONFIRM).click()
    expect(panel(page)).to_contain_text("没有送到，请不要关闭本页")
    expect(panel(page)).to_contain_text("网络不通")
    page.context.set_offline(False)
    expect(panel(page)).to_contain_text("提交成功，已经收到")


def test_given_up_it_is_not_sent_later(desk: Desk) -> None:
    page = desk.form(clock=True)
    stop_clock(page)
    desk.fake.drop("POST documents")
    confirm(page)
    press(page, "先不提交")
    expect(panel(page)).to_be_hidden()
    page.clock.fast_forward(300_000)
    page.reload()
    expect(page.locator("#submit")).to_have_text("提交")
    assert len(attempts(desk)) == 1


def test_late_is_said_with_the_receipt(desk: Desk) -> None:
    desk.fake.late = True
    page = desk.form()
    submit(page)
    expect(panel(page)).to_contain_text("收到时已过截止时间，记为逾期。")
