"""The form pages in a clerk's hands: filled in, broken and mended, left and taken up again, handed in."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from browser import keyboard
from browser.visitors import ROOT, Open
from PIL import Image
from playwright.sync_api import Page, expect

from build_tools.campaign import Campaign, load_campaign
from build_tools.cli import main
from build_tools.forms.written import written
from build_tools.source import parse
from build_tools.tree import WorkTree

UNIT = "foshan"  # has sent every item, with a photo
DOCUMENTS = {
    "summary": "summary.yml",
    "statistics": "statistics.yml",
    "collective": "nominations/collective-01.yml",
    "individual": "nominations/individual-01.yml",
    "materials": "materials.yml",
}
ITEMS = tuple(DOCUMENTS)
FOLDER = ROOT / "data" / "cities" / UNIT


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return load_campaign(WorkTree(ROOT))


def sample(item: str) -> dict[str, Any]:
    path = FOLDER / DOCUMENTS[item]
    return parse(path.name, path.read_bytes()).value


def address(item: str, unit: str = UNIT) -> str:
    return f"submit/{item}/?unit={unit}"


def saved(page: Page) -> None:
    """Wait until what was typed is in the browser's own database."""
    expect(page.locator("#saved")).to_contain_text("草稿已保存在本机")


def download(page: Page, button: str = "#download") -> Any:
    with page.expect_download() as started:
        page.focus(button)
        page.keyboard.press("Enter")
    return started.value


def files_of(value: dict[str, Any]) -> keyboard.Files:
    def choose(name: str) -> Path | None:
        path = keyboard.at(value, name)
        return FOLDER / path if isinstance(path, str) else None

    return choose


def imported(root: Path, *files: Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["import", "--root", str(root), "--replace", *map(str, files)])
    return int(stop.value.code or 0)


def checked(root: Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["check", "--root", str(root)])
    return int(stop.value.code or 0)


@pytest.mark.parametrize("item", ITEMS)
def test_filled_by_keyboard_it_gives_the_file_the_repository_wants(
    item: str, visit: Open, campaign: Campaign, campaign_copy: Path, tmp_path: Path
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
    assert text == written(campaign.item_by_id[item], value)

    (campaign_copy / "data" / "cities" / UNIT / DOCUMENTS[item]).unlink()
    assert imported(campaign_copy, target) == 0
    assert checked(campaign_copy) == 0
    assert (campaign_copy / "data" / "cities" / UNIT / DOCUMENTS[item]).read_text(encoding="utf-8") == text
    assert desk.troubles() == []


def test_photo_and_materials_come_along_in_a_zip(visit: Open, campaign_copy: Path, tmp_path: Path) -> None:
    value = sample("individual")
    page = visit().go(address("individual"))
    keyboard.fill(page, value, files_of(value))
    got = download(page, "#download-zip")
    target = tmp_path / got.suggested_filename
    got.save_as(target)
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        photo = archive.read(f"{UNIT}/materials/individual-01.jpg")
    assert names == [f"{UNIT}/materials/individual-01.jpg", f"{UNIT}/nominations/individual-01.yml"]
    with Image.open(BytesIO(photo)) as picture:
        assert (picture.size, picture.format) == ((413, 579), "JPEG")
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "icc_profile"}
    assert imported(campaign_copy, target) == 0
    assert checked(campaign_copy) == 0


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


def test_two_tabs_do_not_overwrite_each_other(visit: Open) -> None:
    first = visit()
    page = first.go(address("collective"))
    page.fill("#f-name", "示例甲党支部")
    saved(page)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#f-name")).to_have_value("示例甲党支部")
    other.fill("#f-name", "示例乙党支部")
    expect(page.locator("#f-name")).to_have_value(
        "示例乙党支部"
    )  # nothing of its own: it shows the newer one


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


def test_without_a_network_everything_goes_on(visit: Open) -> None:
    desk = visit()
    page = desk.go(address("summary"))
    page.context.set_offline(True)
    page.fill("#f-title", "示例总结")
    page.click("[data-topic] >> nth=0")
    page.keyboard.insert_text("示例：走访企业三十家。")
    saved(page)
    page.click("#check")
    expect(page.locator("#summary")).to_be_focused()
    got = download(page)
    assert "示例：走访企业三十家。" in Path(got.path()).read_text(encoding="utf-8")
    assert desk.troubles() == []


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


@pytest.mark.parametrize("item", ITEMS)
def test_opened_and_written_again_a_file_is_the_same(
    item: str, visit: Open, campaign: Campaign, tmp_path: Path
) -> None:
    value = {**sample(item), "stranger": {"a": ["x", {"b": "010"}], "c": None}}
    page = visit().go(f"submit/{item}/")
    page.set_input_files("#open", {"name": f"{UNIT}-{Path(DOCUMENTS[item]).name}", "mimeType": "text/yaml",
                                   "buffer": written(campaign.item_by_id[item], value).encode()})  # fmt: skip
    expect(page.locator("#kept")).to_contain_text("stranger")
    got = download(page)
    assert Path(got.path()).read_text(encoding="utf-8") == written(campaign.item_by_id[item], value)


def test_the_office_opens_what_stands_in_the_repository(visit: Open, campaign: Campaign) -> None:
    desk = visit()
    page = desk.go(f"units/{UNIT}/")
    page.locator("a", has_text="修改").first.click()
    page.wait_for_url("**/submit/**")
    expect(page.locator("#notice")).to_contain_text("已打开仓库中的这份表")
    got = download(page)
    assert parse("x.yml", Path(got.path()).read_bytes()).value == sample("summary")
    assert desk.troubles() == []


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
