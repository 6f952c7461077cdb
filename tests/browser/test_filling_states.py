"""How the form pages look and behave in each state: hostile, half-filled, wrong, complete, on a telephone, on paper."""

from __future__ import annotations

import gzip
import re
import unicodedata
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_plus

import pdfplumber
import pytest
from browser.test_filling import DOCUMENTS, FOLDER, ITEMS, UNIT, address, download, imported, sample, saved
from browser.test_pages import assert_accessible, assert_fits
from browser.visitors import ROOT, Open, served
from playwright.sync_api import Page, expect

from build_tools.campaign import load_campaign
from build_tools.cli import main
from build_tools.forms.definition import read_form
from build_tools.forms.fill import filled_sheet
from build_tools.forms.sheet import Letter, Register, Statement, Table
from build_tools.forms.written import written
from build_tools.site.assets import form_scripts
from build_tools.site.build import build
from build_tools.source import parse
from build_tools.tree import WorkTree

MOST = 60 * 1024
"""Bytes of script on a page, as they come over the line."""

HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}"
CAMPAIGN = load_campaign(WorkTree(ROOT))


def test_a_page_loads_little_script() -> None:
    scripts = form_scripts()
    assert len(scripts) == 3
    for name in ("item", "start"):
        assert len(gzip.compress(scripts[name].content.encode(), 9)) <= MOST, name


def words_of(pdf: Any) -> str:
    """What is printed, without blanks; Chromium's PDF names some characters by their radicals."""
    text = "".join(page.extract_text() or "" for page in pdf.pages).replace("\u200b", "")
    return unicodedata.normalize("NFKC", "".join(text.split()))


def opened(page: Page, item: str, value: dict[str, Any]) -> None:
    """Open ``value`` as a file that somebody brings."""
    name = f"foshan-{Path(DOCUMENTS[item]).name}"
    body = written(CAMPAIGN.item_by_id[item], value).encode()
    page.set_input_files("#open", {"name": name, "mimeType": "text/yaml", "buffer": body})
    expect(page.locator("#notice")).to_contain_text("可以接着填")


def hostile(value: Any) -> Any:
    """The same document with an attack in each of its texts."""
    if isinstance(value, str):
        return f"{HOSTILE}{value}"
    if isinstance(value, list):
        return [hostile(part) for part in value]
    if isinstance(value, dict):
        return {key: hostile(part) for key, part in value.items()}
    return value


@pytest.mark.parametrize("item", ITEMS)
def test_hostile_text_stays_text_in_every_field(
    item: str, visit: Open, campaign_copy: Path, tmp_path: Path
) -> None:
    value = hostile(sample(item))
    desk = visit()
    page = desk.go(address(item))
    opened(page, item, value)
    page.click("#check")
    page.click("#preview")
    assert page.locator("img[src=x], #zhengwen script:not([src]):not([type]), #entry script").count() == 0
    text = page.locator("#zhengwen").inner_text()
    assert "49" not in re.findall(r"onerror=alert\(1\)>(.{0,6})", text)
    if item != "statistics":  # that one holds numbers only
        assert HOSTILE in page.locator("#sheet").inner_text().replace("\n", "")
    got = download(page)
    again = parse("x.yml", Path(got.path()).read_bytes())
    assert again.value == value
    assert desk.troubles() == []


def test_hostile_text_reaches_the_printed_form_as_text(
    visit: Open, campaign_copy: Path, tmp_path: Path
) -> None:
    value = {
        **sample("collective"),
        "name": f"示例{HOSTILE}",
        "leader": "示例乙",
        "deeds": f"事迹{HOSTILE}\n",
    }
    page = visit().go(address("collective"))
    opened(page, "collective", value)
    got = download(page)
    target = tmp_path / got.suggested_filename
    got.save_as(target)
    assert imported(campaign_copy, target) == 0
    with pytest.raises(SystemExit) as stop:
        main(["print", "--root", str(campaign_copy), "foshan/collective-01", "--format", "pdf", "--out",
              str(tmp_path / "print")])  # fmt: skip
    assert not stop.value.code
    with pdfplumber.open(tmp_path / "print/foshan/collective-01.pdf") as pdf:
        words = words_of(pdf)
    assert words.count("".join(HOSTILE.split())) == 2


@pytest.mark.parametrize("item", ITEMS)
def test_the_preview_is_the_form_as_it_is_printed(item: str, visit: Open) -> None:
    value = sample(item)
    page = visit().go(address(item))
    opened(page, item, value)
    page.click("#preview")
    expect(page.locator("#sheet")).to_be_visible()
    form = read_form(CAMPAIGN, CAMPAIGN.item_by_id[item])
    assert form is not None
    sheet = filled_sheet(CAMPAIGN, form, Path(DOCUMENTS[item]).stem, value)
    body = sheet.body
    shown = page.locator("#sheet")
    if isinstance(body, Table):
        cells = [cell for row in body.rows for cell in row.cells if cell.keys and cell.kind != "photo"]
        found = shown.locator("td[data-field]:not(.form__photo), td[data-fields]")
        assert found.count() == len(cells)
        for index, cell in enumerate(cells):
            assert found.nth(index).inner_text().split() == " ".join(cell.lines).split()
    elif isinstance(body, Statement):
        blanks = [part for sentence in body.sentences for part in sentence.parts if not isinstance(part, str)]
        assert [node.inner_text() for node in shown.locator(".form__blank").all()] == [b.text for b in blanks]
    elif isinstance(body, Letter):
        paragraphs = shown.locator("p.form__section, p.form__text")
        assert [node.inner_text() for node in paragraphs.all()] == [p.text for p in body.paragraphs]
        assert shown.locator(".form__title").inner_text() == sheet.title
    else:
        assert isinstance(body, Register)
        rows = shown.locator("tbody tr")
        assert [row.locator("td").all_inner_texts() for row in rows.all()] == [list(row) for row in body.rows]


def test_only_the_form_is_printed(visit: Open, tmp_path: Path) -> None:
    value = sample("individual")
    page = visit().go(address("individual"))
    opened(page, "individual", value)
    page.click("#preview")
    expect(page.locator("#sheet")).to_contain_text(value["firm"])
    page.pdf(path=tmp_path / "print.pdf", prefer_css_page_size=True)
    with pdfplumber.open(tmp_path / "print.pdf") as pdf:
        words = words_of(pdf)
    assert "全国律师行业创先争优先进个人推荐表" in words
    assert value["name"] in words
    for control in ("检查", "下载", "打印", "返回填写", "草稿", "报送单位", "必填", "截止时间"):
        assert control not in words, control
    page.get_by_role("button", name="返回填写").click()
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator("#preview")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 640, 360])
@pytest.mark.parametrize("item", ITEMS)
def test_half_filled_wrong_and_complete_it_fits_and_is_accessible(item: str, width: int, visit: Open) -> None:
    desk = visit("public", width=width)
    page = desk.go(address(item))
    page.click("#check")  # empty: everything is missing
    expect(page.locator("#summary")).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
    opened(page, item, sample(item))
    page.click("#check")
    expect(page.locator("#summary h2")).to_have_text("检查完毕，没有发现问题")
    assert_fits(page)
    page.click("#preview")
    assert_fits(page)
    assert_accessible(page)
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


def test_a_file_that_is_none_is_not_taken(visit: Open) -> None:
    page = visit().go(address("materials"))
    for name, body, told in (
        ("x.pdf", b"MZ\x90\x00" + bytes(99), "只收"),
        ("x.pdf", b"%PDF-1.4" + bytes(11 * 1024 * 1024), "超过 10240 KiB"),
    ):
        page.set_input_files("#p-files-0-file", {"name": name, "mimeType": "application/pdf", "buffer": body})
        expect(page.locator("#entry .field__tidied", has_text=told)).to_be_visible()
    expect(page.locator("#f-files-0-file")).to_have_value("")


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


def pasted(page: Page) -> str:
    """What lies on the clipboard."""
    other = page.context.new_page()
    other.set_content("<textarea></textarea>")
    other.focus("textarea")
    other.keyboard.press("Control+V")
    return other.input_value("textarea")


@pytest.mark.parametrize(
    ("kind", "start"),
    [("github", "/new/main?filename="), ("gitlab", "/-/new/main"), ("gitea", "/_new/main")],
)
def test_the_forge_is_opened_with_the_file_or_the_file_is_copied(
    kind: str, start: str, visit: Open, campaign_copy: Path, tmp_path: Path
) -> None:
    repo = "https://code.example/org/repo"
    settings = campaign_copy / "data/campaign.yml"
    text = settings.read_text(encoding="utf-8").replace("repo_url: null", f"repo_url: {repo}\nforge: {kind}")
    settings.write_text(text, encoding="utf-8")
    (campaign_copy / "data/cities/shanwei/statistics.yml").unlink()
    build(campaign_copy, "public", tmp_path / "site")
    with served(tmp_path / "site") as base:
        page = visit(base=base, permissions=["clipboard-read", "clipboard-write"]).go(
            "submit/statistics/?unit=shanwei"
        )
        page.evaluate("window.open = (url) => { window.opened = url; return null; }")
        page.fill("#f-pledge_orgs", "3")
        page.click("#forge")
        expect(page.locator("#notice")).to_contain_text("代码托管平台")
        url = page.evaluate("window.opened")
        assert url.startswith(repo + start)
        assert re.search("data/cities/shanwei[/?].*statistics[.]yml", unquote(url))
        shown = pasted(page) if kind == "gitlab" else unquote_plus(url)
        assert "pledge_orgs: 3\n" in shown


def test_what_was_sent_is_edited_not_made_anew(visit: Open, campaign_copy: Path, tmp_path: Path) -> None:
    settings = campaign_copy / "data/campaign.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("repo_url: null", "repo_url: https://github.example/o/r"), encoding="utf-8"
    )
    build(campaign_copy, "public", tmp_path / "site")
    with served(tmp_path / "site") as base:
        page = visit(base=base, permissions=["clipboard-read", "clipboard-write"]).go(address("statistics"))
        page.evaluate("window.open = (url) => { window.opened = url; return null; }")
        opened(page, "statistics", sample("statistics"))
        page.click("#forge")
        expect(page.locator("#notice")).to_contain_text("替换原有的全部内容")
        assert page.evaluate("window.opened") == (
            "https://github.example/o/r/edit/main/data/cities/foshan/statistics.yml"
        )
        assert pasted(page) == written(CAMPAIGN.item_by_id["statistics"], sample("statistics"))


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
    waiting: list[Any] = []

    def hold(route: Any) -> None:
        waiting.append(route)

    desk.page.route("**/assets/form/*.js", hold)
    page = desk.page
    page.goto(desk.base + "submit/statistics/?unit=maoming", wait_until="commit")
    page.fill("#f-pledge_orgs", "31")
    expect(page.locator("[data-waiting]")).to_be_visible()
    expect(page.locator("#check")).to_be_hidden()
    waiting.pop().continue_()
    expect(page.locator("#check")).to_be_visible()
    expect(page.locator("#f-pledge_orgs")).to_have_value("31")
    expect(page.locator("#unit")).to_have_value("maoming")
    saved(page)


def test_the_file_of_a_row_that_was_removed_stays_here(visit: Open) -> None:
    page = visit().go(address("materials"))
    pdf = (FOLDER / "materials/individual-01-study.pdf").read_bytes()
    for index, kind in enumerate(("study", "pairing")):
        if index:
            page.click("[data-add]")
        page.check(f'input[name="files/{index}/kind"][value="{kind}"]')
        page.set_input_files(f"#p-files-{index}-file", {"name": "a.pdf", "mimeType": "x", "buffer": pdf})
        expect(page.locator(f"#f-files-{index}-file")).to_have_value(f"materials/{kind}.pdf")
    page.click(".row:nth-child(1) [data-remove]")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("#entry .field__tidied", has_text="改名")).to_have_count(0)
    with zipfile.ZipFile(download(page, "#download-zip").path()) as archive:
        assert archive.namelist() == ["foshan/materials.yml", "foshan/materials/pairing.pdf"]
    page.fill("#f-files-0-file", "materials/xieyi.pdf")  # the file follows its path
    page.keyboard.press("Tab")
    with zipfile.ZipFile(download(page, "#download-zip").path()) as archive:
        assert archive.namelist() == ["foshan/materials.yml", "foshan/materials/xieyi.pdf"]
    page.fill("#f-files-0-file", "../x.exe")
    page.keyboard.press("Tab")
    expect(page.locator("#f-files-0-file")).to_have_value("materials/xieyi.pdf")
    expect(page.locator("#entry .field__tidied", has_text="应以 materials/ 开头")).to_be_visible()


def test_everything_of_a_unit_tells_what_is_wrong_and_missing(visit: Open) -> None:
    page = visit("public").go("submit/statistics/?unit=yangjiang")
    page.fill("#f-petition_cases", "abc")
    page.keyboard.press("Tab")
    saved(page)
    page.goto(page.url.replace("statistics/", ""))
    expect(page.locator("#overview")).to_contain_text("有 1 处错误")
    got = download(page, "#download-all")
    assert got.suggested_filename == "yangjiang.zip"
    expect(page.locator("#notice")).to_contain_text("统计资料有 1 处错误")
    expect(page.locator("#notice")).to_contain_text("总结、佐证材料还没有填写")


def test_a_note_that_is_too_long_is_told_and_not_cut(visit: Open) -> None:
    page = visit().go(address("statistics"))
    page.fill("#f-pledge_orgs", "12")
    page.fill("#f-pledge_members", "0")
    page.keyboard.press("Tab")
    page.fill("#note-pledge_orgs", "甲" * 501)
    page.keyboard.press("Tab")
    expect(page.locator("#e-pledge_orgs")).to_contain_text("501 个字符")
    expect(page.locator("#note-pledge_orgs")).to_have_value("甲" * 501)


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


def test_in_one_column_a_fault_stands_below_its_own_field(visit: Open) -> None:
    page = visit("public", width=360).go(address("individual"))
    page.click("#check")
    for key in ("name", "birth", "work_start"):
        field, fault = page.locator(f"#f-{key}").bounding_box(), page.locator(f"#e-{key}").bounding_box()
        assert field
        assert fault
        assert 0 < fault["y"] - field["y"] < 220, key
