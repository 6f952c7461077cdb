"""The form pages in a clerk's hands: filled in by keyboard, broken and mended, on a desk and on a telephone."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from browser import keyboard
from browser.filling import (
    CAMPAIGN,
    DOCUMENTS,
    ITEMS,
    UNIT,
    address,
    checked,
    download,
    files_of,
    imported,
    opened,
    sample,
    saved,
)
from browser.test_pages import assert_accessible, assert_fits, resized
from browser.visitors import Open
from playwright.sync_api import expect

from build_tools.forms.written import written
from build_tools.site.assets import form_scripts
from build_tools.source import parse

MOST = 60 * 1024
"""Bytes of script on a page, as they come over the line."""


@pytest.mark.parametrize("item", ITEMS)
def test_filled_by_keyboard_it_gives_the_file_the_repository_wants(
    item: str, visit: Open, campaign_copy: Path, tmp_path: Path
) -> None:
    value = sample(item)
    desk = visit()
    page = desk.go(address(item))
    keyboard.fill(page, value, files_of(value))
    page.keyboard.press("Enter")
    expect(page.locator("#summary")).to_be_focused()
    expect(page.locator("#summary h2")).to_have_text("检查完毕，没有发现问题")

    got = download(page)
    assert got.suggested_filename == f"{UNIT}-{Path(DOCUMENTS[item]).name}"
    target = tmp_path / got.suggested_filename
    got.save_as(target)
    text = target.read_text(encoding="utf-8")
    assert parse("x.yml", text.encode()).value == value
    assert text == written(CAMPAIGN.item_by_id[item], value)

    (campaign_copy / "data" / "cities" / UNIT / DOCUMENTS[item]).unlink()
    assert imported(campaign_copy, target) == 0
    assert checked(campaign_copy) == 0
    assert (campaign_copy / "data" / "cities" / UNIT / DOCUMENTS[item]).read_text(encoding="utf-8") == text
    assert desk.troubles() == []


def test_wrong_then_mended(visit: Open) -> None:
    page = visit().go(address("individual"))
    page.fill("#f-birth", "1970年13月")
    page.keyboard.press("Tab")
    beside = page.locator("#e-birth")
    expect(beside).to_contain_text("错误")
    expect(page.locator("#f-birth")).to_have_attribute("aria-invalid", "true")
    page.click("#check")
    expect(page.locator("#summary")).to_be_focused()
    page.locator("#summary a", has_text="出生年月").click()
    expect(page.locator("#f-birth")).to_be_focused()
    page.fill("#f-birth", "１９７０．５")
    page.keyboard.press("Tab")
    expect(page.locator("#f-birth")).to_have_value("1970-05")
    expect(page.locator("#f-birth").locator("xpath=ancestor::*[@data-field]")).to_contain_text(
        "已写成 1970-05"
    )
    expect(beside).to_be_empty()
    expect(page.locator("#f-birth")).to_have_attribute("aria-invalid", "false")


WRONG = {
    "summary": ("#f-title", "长" * 81, "示例总结"),
    "statistics": ("#f-petition_cases", "约30", "30"),
    "collective": ("#f-phone", "83300000", "0757-00000105"),
    "individual": ("#f-work_start", "1995年17月", "1995.7"),
    "materials": ("#f-files-0-title", "长" * 81, "学习资料汇编"),
}


@pytest.mark.parametrize("item", ITEMS)
def test_of_every_item_one_wrong_field_is_told_found_and_mended(item: str, visit: Open) -> None:
    field, wrong, right = WRONG[item]
    desk = visit()
    page = desk.go(address(item))
    opened(page, item, sample(item))
    page.fill(field, wrong)
    page.keyboard.press("Tab")
    expect(page.locator(field.replace("#f-", "#e-"))).to_contain_text("错误")
    page.click("#check")
    expect(page.locator("#summary h2")).to_contain_text("有 1 处错误")
    page.locator("#summary a").first.press("Enter")
    expect(page.locator(field)).to_be_focused()
    page.fill(field, right)
    page.keyboard.press("Tab")
    expect(page.locator(field.replace("#f-", "#e-"))).to_be_empty()
    page.click("#check")
    expect(page.locator("#summary h2")).to_have_text("检查完毕，没有发现问题")
    assert desk.troubles() == []


def test_a_warning_asks_for_a_note_and_takes_one(visit: Open) -> None:
    page = visit().go(address("statistics"))
    page.fill("#f-pledge_orgs", "12")
    page.fill("#f-pledge_members", "0")
    page.keyboard.press("Tab")
    expect(page.locator("#e-pledge_orgs")).to_contain_text("提示")
    page.fill("#note-pledge_orgs", "示例：党员由上级统一承诺。")
    page.keyboard.press("Tab")
    expect(page.locator("#e-pledge_orgs")).to_contain_text("已说明")
    got = download(page)
    value = parse("x.yml", Path(got.path()).read_bytes()).value
    assert value["notes"] == {"pledge_orgs": "示例：党员由上级统一承诺。"}


def test_a_note_that_is_too_long_is_told_and_not_cut(visit: Open) -> None:
    page = visit().go(address("statistics"))
    page.fill("#f-pledge_orgs", "12")
    page.fill("#f-pledge_members", "0")
    page.keyboard.press("Tab")
    page.fill("#note-pledge_orgs", "甲" * 501)
    page.keyboard.press("Tab")
    expect(page.locator("#e-pledge_orgs")).to_contain_text("501 个字符")
    expect(page.locator("#note-pledge_orgs")).to_have_value("甲" * 501)


def test_an_input_method_is_not_interrupted(visit: Open) -> None:
    page = visit().go(address("individual"))
    page.fill("#f-ethnicity", "x")
    page.keyboard.press("Tab")
    expect(page.locator("#e-ethnicity")).to_contain_text("错误")
    page.focus("#f-name")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "shi'li", "selectionStart": 6, "selectionEnd": 6})
    page.wait_for_timeout(400)  # longer than the checks wait
    expect(page.locator("#e-name")).to_be_empty()
    session.send("Input.insertText", {"text": "示例"})
    expect(page.locator("#f-name")).to_have_value("示例")
    saved(page)
    page.reload()
    expect(page.locator("#f-name")).to_have_value("示例")


def test_pasted_from_word_it_keeps_paragraphs_and_says_what_it_leaves(visit: Open) -> None:
    page = visit().go(address("collective"))
    page.focus("#f-deeds")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData('text/plain', '第一段\\r\\n第二段\\u000b换行\\u200b');
          data.setData('text/html', '<p>第一段</p><img src="x">');
          const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
          if (document.activeElement.dispatchEvent(event)) {
            document.execCommand('insertText', false, data.getData('text/plain'));
          }
        }"""
    )
    expect(page.locator('#entry [data-field="deeds"]')).to_contain_text("粘贴的图片没有收进来")
    page.keyboard.press("Tab")
    expect(page.locator("#f-deeds")).to_have_value("第一段\n第二段\n换行")
    expect(page.locator('#entry [data-field="deeds"]')).to_contain_text("已去掉 1 个看不见的控制字符")


def test_rows_are_moved_and_removed_by_keyboard_and_come_back(visit: Open) -> None:
    page = visit().go(address("individual"))
    for index, year in enumerate((1990, 2000)):
        if index:
            page.focus("[data-add]")
            page.keyboard.press("Enter")
        page.fill(f"#f-resume-{index}-from", f"{year}-01")
    page.focus(".row:nth-child(2) [data-up]")
    page.keyboard.press("Enter")
    expect(page.locator("#f-resume-0-from")).to_have_value("2000-01")
    assert (
        page.evaluate("document.activeElement.closest('.row').querySelector('[data-number]').textContent")
        == "1"
    )
    page.focus(".row:nth-child(1) [data-remove]")
    page.keyboard.press("Enter")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("#f-resume-0-from")).to_have_value("1990-01")
    page.get_by_role("button", name="撤销").press("Enter")
    expect(page.locator("#f-resume-0-from")).to_have_value("2000-01")
    expect(page.locator("#f-resume-1-from")).to_have_value("1990-01")


def test_numbers_as_people_write_them(visit: Open) -> None:
    page = visit().go(address("statistics"))
    for typed, kept in (
        ("１，５８０", "1580"),
        (" 36 名", "36"),
        ("007", "7"),
        ("约30", "约30"),
        ("3.5", "3.5"),
    ):
        page.fill("#f-pledge_members", typed)
        page.keyboard.press("Tab")
        expect(page.locator("#f-pledge_members")).to_have_value(kept)
    expect(page.locator("#e-pledge_members")).to_contain_text("整数")
    expect(page.locator("#e-pledge_members .fault")).to_have_count(1)  # wrong, and not called empty besides
    page.check('[data-field="games_volunteer_members"] [data-na]')
    expect(page.locator("#f-games_volunteer_members")).to_be_disabled()
    got = download(page)
    value = parse("x.yml", Path(got.path()).read_bytes()).value
    assert value["games_volunteer_members"] == "不适用"
    assert list(value) == list(CAMPAIGN.item_by_id["statistics"].counter_keys)
    assert value["petition_cases"] is None  # not filled in: left open, which is not zero


def test_words_are_counted_as_word_counts_them(visit: Open) -> None:
    page = visit().go(address("summary"))
    page.fill("#f-sections-0-topic", "服务")
    page.fill("#f-sections-0-text", "甲" * 2499)
    whole = page.locator('#entry [data-field="sections"] > .field__count')
    expect(whole).to_contain_text("字数 2501 / 2500，超过 1 字")
    page.click("#check")
    expect(page.locator("#e-sections")).to_contain_text("超过 2500 字")
    page.fill("#f-sections-0-text", "甲" * 2498)
    expect(whole).to_contain_text("字数 2500 / 2500，还可以写 0 字")


def test_a_file_that_is_none_is_not_taken(visit: Open) -> None:
    page = visit().go(address("materials"))
    for name, body, told in (
        ("x.pdf", b"MZ\x90\x00" + bytes(99), "只收"),
        ("x.pdf", b"%PDF-1.4" + bytes(11 * 1024 * 1024), "超过 10240 KB"),
    ):
        page.set_input_files("#p-files-0-file", {"name": name, "mimeType": "application/pdf", "buffer": body})
        expect(page.locator("#entry .field__tidied", has_text=told)).to_be_visible()
    expect(page.locator("#f-files-0-file")).to_have_value("")


@pytest.mark.parametrize("item", ITEMS)
def test_half_filled_wrong_and_complete_it_fits_and_is_accessible(item: str, visit: Open) -> None:
    desk = visit("public", width=360)
    page = desk.go(address(item), wait="load")
    page.click("#check")  # empty: everything is missing
    expect(page.locator("#summary")).to_be_visible()
    assert_accessible(page)
    for _ in resized(page, 360, 640, 1280):
        assert_fits(page)
    assert_accessible(page)
    opened(page, item, sample(item))
    page.click("#check")
    expect(page.locator("#summary h2")).to_have_text("检查完毕，没有发现问题")
    for _ in resized(page, 1280, 640, 360):
        assert_fits(page)
    page.click("#preview")
    assert_accessible(page)
    for _ in resized(page, 360, 640, 1280):
        assert_fits(page)
    assert desk.troubles() == []


def test_a_telephone_goes_the_whole_way(visit: Open) -> None:
    desk = visit("public", width=360, has_touch=True, is_mobile=True)
    page = desk.go("submit/")
    page.select_option("#unit", "shanwei")
    page.locator("#overview a", has_text="统计资料").click()
    expect(page.locator("#unit")).to_have_value("shanwei")
    page.fill("#f-pledge_orgs", "3")
    saved(page)
    assert_fits(page)
    page.go_back()
    expect(page.locator("#overview")).to_contain_text("草稿保存于")
    assert desk.troubles() == []


def test_in_one_column_a_fault_stands_below_its_own_field(visit: Open) -> None:
    page = visit("public", width=360).go(address("individual"))
    page.click("#check")
    for key in ("name", "birth", "work_start"):
        field, fault = page.locator(f"#f-{key}").bounding_box(), page.locator(f"#e-{key}").bounding_box()
        assert field
        assert fault
        assert 0 < fault["y"] - field["y"] < 220, key


def test_a_page_loads_little_script() -> None:
    scripts = form_scripts()
    assert len(scripts) == 3
    for name in ("item", "start"):
        assert len(gzip.compress(scripts[name].content.encode(), 9)) <= MOST, name
