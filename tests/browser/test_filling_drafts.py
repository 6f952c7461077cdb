"""Nothing is lost on the form pages: reload, crash, two tabs, no network, no room, another computer, a public one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from browser import keyboard
from browser.filling import (
    CAMPAIGN,
    DOCUMENTS,
    FOLDER,
    ITEMS,
    UNIT,
    address,
    download,
    files_of,
    opened,
    sample,
    saved,
    without_script,
)
from browser.visitors import Open
from playwright.sync_api import expect

from build_tools.forms.written import written
from build_tools.source import parse

TEXTS = {
    "summary": "#f-title",
    "statistics": "#f-pledge_orgs",
    "collective": "#f-name",
    "individual": "#f-firm",
    "materials": "#f-files-0-title",
}
"""A text of each item; what is typed into it is a number, which every field holds."""


@pytest.mark.parametrize("item", ITEMS)
def test_of_every_item_a_draft_outlives_reload_tabs_and_network(item: str, visit: Open) -> None:
    field = TEXTS[item]
    desk = visit()
    page = desk.go(address(item))
    opened(page, item, sample(item))
    page.fill(field, "11")
    saved(page)
    page.reload()
    expect(page.locator(field)).to_have_value("11")
    expect(page.locator("#notice")).to_contain_text("已恢复上次的草稿")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator(field)).to_have_value("11")
    other.fill(field, "12")
    expect(page.locator(field)).to_have_value("12")  # nothing of its own: it shows the newer one
    other.close()
    page.context.set_offline(True)
    page.fill(field, "13")
    page.keyboard.press("Tab")
    page.click("#check")
    expect(page.locator("#summary")).to_be_focused()
    value = parse("x.yml", Path(download(page).path()).read_bytes()).value
    expected = sample(item)
    assert list(value) == list(expected)
    assert "13" in str(value)
    page.context.set_offline(False)
    page.wait_for_timeout(600)
    page.reload()
    expect(page.locator(field)).to_have_value("13")
    assert desk.troubles() == []


def test_a_note_of_the_last_moment_is_not_left_on_a_public_computer(visit: Open) -> None:
    desk = visit()
    page = desk.go(address("collective"))
    page.fill("#f-name", "示例甲党支部")
    saved(page)
    page.evaluate('localStorage.setItem(\'shenbao-last\', \'{"key": "x", "yaml": "name: 示例"}\')')
    clean = page.context.new_page()
    clean.on("dialog", lambda dialog: dialog.accept())
    clean.goto(desk.base + "submit/")
    clean.click("#forget-all")
    expect(clean.locator("#notice")).to_contain_text("已清除")
    assert clean.evaluate("localStorage.getItem('shenbao-last')") is None
    clean.evaluate("localStorage.setItem('shenbao-last', '{}')")
    clean.click("#forget-all")  # no draft any more
    expect(clean.locator("#notice")).to_contain_text("本机没有草稿")
    assert clean.evaluate("localStorage.length") == 0


def test_an_undo_never_reaches_another_document(visit: Open) -> None:
    page = visit().go(address("individual"))
    opened(page, "individual", sample("individual"))
    page.click(".row:nth-child(1) [data-remove]")
    expect(page.get_by_role("button", name="撤销")).to_have_count(2)  # of the row, and of the file
    page.select_option("#unit", "zhuhai")
    expect(page.locator("#f-name")).to_have_value("")
    expect(page.get_by_role("button", name="撤销")).to_have_count(0)


def test_what_was_removed_comes_back_and_later_changes_stay(visit: Open) -> None:
    page = visit().go(address("individual"))
    value = sample("individual")
    opened(page, "individual", value)
    page.click(".row:nth-child(1) [data-remove]")
    page.fill("#f-firm", "后来改的示例律师事务所")
    page.locator(".rows__said").get_by_role("button", name="撤销").click()
    expect(page.locator("#f-firm")).to_have_value("后来改的示例律师事务所")
    got = parse("x.yml", Path(download(page).path()).read_bytes()).value
    assert got == {**value, "firm": "后来改的示例律师事务所"}


def test_of_a_units_archive_the_document_that_is_open_is_taken(visit: Open, tmp_path: Path) -> None:
    item = CAMPAIGN.item_by_id["individual"]
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for number in (1, 2):
            value = {**sample("individual"), "firm": f"示例第{number}律师事务所"}
            archive.writestr(f"{UNIT}/nominations/individual-0{number}.yml", written(item, value))
    page = visit().go(f"{address('individual')}&document=individual-02")
    page.set_input_files("#open", tmp_path / "x.zip")
    expect(page.locator("#f-firm")).to_have_value("示例第2律师事务所")


def test_nothing_is_lost_by_a_reload_or_a_closed_browser(visit: Open) -> None:
    page = visit().go(address("individual"))
    page.fill("#f-name", "𠮷示例䶮")
    page.fill("#f-deeds", "第一段\n\n第二段")
    saved(page)
    page.reload()
    expect(page.locator("#f-name")).to_have_value("𠮷示例䶮")
    expect(page.locator("#f-deeds")).to_have_value("第一段\n\n第二段")
    expect(page.locator("#notice")).to_contain_text("已恢复上次的草稿")
    page.fill("#f-firm", "广东示例律师事务所")
    context = page.context
    page.close(run_before_unload=True)  # without waiting: what was typed last must be there, too
    again = context.new_page()
    again.goto(page.url)
    expect(again.locator("#f-name")).to_have_value("𠮷示例䶮")
    expect(again.locator("#f-firm")).to_have_value("广东示例律师事务所")


def test_a_conflict_is_put_to_the_person(visit: Open) -> None:
    page = visit().go(address("collective"))
    page.fill("#f-name", "示例甲党支部")
    saved(page)
    # Another tab that this one does not hear of: an old browser without BroadcastChannel.
    page.evaluate(
        """() => new Promise((done) => {
          const asked = indexedDB.open('shenbao');
          asked.onsuccess = () => {
            const store = asked.result.transaction('drafts', 'readwrite').objectStore('drafts');
            const key = 'gd-2012-lawyers/foshan/collective-01';
            store.get(key).onsuccess = (event) => {
              const draft = event.target.result;
              draft.revision += 1;
              draft.value = {name: '示例乙党支部'};
              store.put(draft, key).onsuccess = done;
            };
          };
        })"""
    )
    page.fill("#f-leader", "示例丙")
    message = page.locator("#notice .message--bad")
    expect(message).to_contain_text("另一个标签页")
    expect(page.locator("#f-name")).to_have_value("示例甲党支部")  # nothing was taken away meanwhile
    message.get_by_role("button", name="用另一个标签页的内容").click()
    expect(page.locator("#f-name")).to_have_value("示例乙党支部")
    expect(page.locator("#f-leader")).to_have_value("")


def test_a_draft_moves_to_another_computer(visit: Open, tmp_path: Path) -> None:
    value = sample("materials")
    page = visit().go(address("materials"))
    keyboard.fill(page, value, files_of(value))
    page.locator("details", has=page.locator("#save-draft")).locator("summary").click()
    got = download(page, "#save-draft")
    target = tmp_path / got.suggested_filename
    got.save_as(target)

    other = visit().go("submit/materials/")
    other.locator("details", has=other.locator("#open")).locator("summary").click()
    other.set_input_files("#open", target)
    expect(other.locator("#unit")).to_have_value(UNIT)
    expect(other.locator("#notice")).to_contain_text("可以接着填")
    again = download(other)
    assert parse("x.yml", Path(again.path()).read_bytes()).value == value
    with zipfile.ZipFile(download(other, "#download-zip").path()) as archive:
        for entry in value["files"]:
            assert archive.read(f"{UNIT}/{entry['file']}") == (FOLDER / entry["file"]).read_bytes()


def test_no_unit_was_chosen(visit: Open) -> None:
    page = visit().go("submit/collective/")
    page.fill("#f-name", "示例甲党支部")
    page.click("#download")
    expect(page.locator("#notice")).to_contain_text("请先选择报送单位")
    expect(page.locator("#unit")).to_be_focused()
    page.select_option("#unit", "foshan")  # what was typed becomes the unit's
    saved(page)
    expect(page.locator("#f-name")).to_have_value("示例甲党支部")
    page.reload()
    expect(page.locator("#f-name")).to_have_value("示例甲党支部")
    page.select_option("#unit", "zhuhai")
    expect(page.locator("#f-name")).to_have_value("")
    page.select_option("#number", "2")
    page.fill("#f-name", "示例乙党支部")
    saved(page)
    page.select_option("#number", "1")
    expect(page.locator("#f-name")).to_have_value("")
    page.select_option("#unit", "foshan")
    expect(page.locator("#f-name")).to_have_value("示例甲党支部")


def test_nothing_typed_is_thrown_away_without_a_question(visit: Open) -> None:
    desk = visit()
    page = desk.go("submit/summary/")
    page.fill("#f-title", "示例")
    with page.expect_event("dialog") as asked:
        page.evaluate("location.reload()")
    assert asked.value.type == "beforeunload"


def test_a_browser_that_keeps_nothing_is_said_and_asked_before_a_change(visit: Open) -> None:
    desk = visit()
    desk.page.add_init_script(
        "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    page = desk.go(address("collective"))
    page.fill("#f-name", "示例甲党支部")
    expect(page.locator("#notice")).to_contain_text("浏览器不让本页保存草稿")
    with page.expect_event("dialog") as asked:
        page.select_option("#unit", "zhuhai")  # the visitor says no
    assert "会丢失" in asked.value.message
    expect(page.locator("#unit")).to_have_value("foshan")
    expect(page.locator("#f-name")).to_have_value("示例甲党支部")


def test_what_was_typed_before_the_script_came_is_kept(visit: Open) -> None:
    desk = visit()
    script = without_script(desk, "submit/statistics/?unit=maoming")
    page = desk.page
    page.fill("#f-pledge_orgs", "31")
    expect(page.locator("#check")).to_be_hidden()
    script.continue_()
    expect(page.locator("#check")).to_be_visible()
    expect(page.locator("#f-pledge_orgs")).to_have_value("31")
    expect(page.locator("#unit")).to_have_value("maoming")
    saved(page)


def test_without_a_unit_what_was_typed_before_the_script_came_is_kept_and_rows_are_there(visit: Open) -> None:
    desk = visit()
    script = without_script(desk, "submit/summary/")
    page = desk.page
    page.fill("#f-title", "示例总结")
    script.continue_()
    expect(page.locator("#f-sections-0-topic")).to_be_visible()
    expect(page.locator("#f-title")).to_have_value("示例总结")
    page.select_option("#unit", "maoming")
    saved(page)
    expect(page.locator("#f-title")).to_have_value("示例总结")
    expect(page.locator("#f-sections-0-topic")).to_be_visible()


def test_clearing_a_public_computer_warns_first(visit: Open) -> None:
    desk = visit()
    page = desk.go(address("collective"))
    page.fill("#f-name", "示例甲党支部")
    saved(page)
    desk.go(f"submit/?unit={UNIT}")
    expect(page.locator("#overview")).to_contain_text("草稿保存于")
    with page.expect_event("dialog") as asked:
        page.click("#forget-all")  # the visitor says no
    assert "不能找回" in asked.value.message
    expect(page.locator("#overview")).to_contain_text("草稿保存于")

    sure = page.context.new_page()
    sure.on("dialog", lambda dialog: dialog.accept())
    sure.goto(page.url)
    sure.click("#forget-all")
    expect(sure.locator("#notice")).to_contain_text("已清除本机上的 1 份草稿")
    expect(sure.locator("#overview")).not_to_contain_text("草稿保存于")
    sure.reload()
    expect(sure.locator("#unit")).to_have_value("")  # not even the unit is remembered
    page.reload()
    expect(page.locator("#overview")).not_to_contain_text("草稿保存于")


def test_another_units_file_is_not_opened_unasked(visit: Open) -> None:
    page = visit().go(address("statistics"))
    page.fill("#f-pledge_orgs", "7")
    body = written(CAMPAIGN.item_by_id["statistics"], sample("statistics")).encode()
    with page.expect_event("dialog") as asked:  # the visitor says no
        page.set_input_files("#open", {"name": "zhuhai-statistics.yml", "mimeType": "x", "buffer": body})
    assert "珠海" in asked.value.message
    expect(page.locator("#unit")).to_have_value(UNIT)
    expect(page.locator("#f-pledge_orgs")).to_have_value("7")
    wrong = (FOLDER / "summary.yml").read_bytes()
    page.set_input_files("#open", {"name": "x.yml", "mimeType": "x", "buffer": wrong})
    expect(page.locator("#notice .message--bad")).to_contain_text("没有“统计资料”的栏目")
    expect(page.locator("#f-pledge_orgs")).to_have_value("7")


def test_what_cannot_be_read_is_refused_with_its_place(visit: Open) -> None:
    page = visit().go(address("statistics"))
    page.fill("#f-pledge_orgs", "5")
    for body, told in (
        (b"pledge_orgs: &a 1\n", "第 1 行第 14 列"),
        ("pledge_orgs：1\n".encode(), "冒号"),
        ("示例: 甲\n".encode("gb18030"), "ANSI"),
        (b"PK\x03\x04broken", "ZIP"),
        ((FOLDER / DOCUMENTS["collective"]).read_bytes().replace(b"name:", b"name: [", 1), "第"),
    ):
        page.set_input_files("#open", {"name": "foshan-statistics.yml", "mimeType": "x", "buffer": body})
        expect(page.locator("#notice .message--bad")).to_contain_text(told)
    expect(page.locator("#f-pledge_orgs")).to_have_value("5")  # nothing was lost by it


@pytest.mark.parametrize("item", ITEMS)
def test_opened_and_written_again_a_file_is_the_same(item: str, visit: Open) -> None:
    value = {**sample(item), "stranger": {"a": ["x", {"b": "010"}], "c": None}}
    page = visit().go(f"submit/{item}/")
    page.set_input_files("#open", {"name": f"{UNIT}-{Path(DOCUMENTS[item]).name}", "mimeType": "text/yaml",
                                   "buffer": written(CAMPAIGN.item_by_id[item], value).encode()})  # fmt: skip
    expect(page.locator("#kept")).to_contain_text("stranger")
    got = download(page)
    assert Path(got.path()).read_text(encoding="utf-8") == written(CAMPAIGN.item_by_id[item], value)


def test_the_office_opens_what_stands_in_the_repository(visit: Open) -> None:
    desk = visit()
    page = desk.go(f"units/{UNIT}/")
    page.locator("a", has_text="修改").first.click()
    page.wait_for_url("**/submit/**")
    expect(page.locator("#notice")).to_contain_text("已打开仓库中的这份表")
    got = download(page)
    assert parse("x.yml", Path(got.path()).read_bytes()).value == sample("summary")
    assert desk.troubles() == []
