"""What leaves the form pages: files, archives, print, the forge; hostile text stays text on every way."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, unquote_plus

import pdfplumber
import pytest
from browser import keyboard
from browser.filling import (
    CAMPAIGN,
    DOCUMENTS,
    FOLDER,
    HOSTILE,
    ITEMS,
    UNIT,
    address,
    checked,
    download,
    files_of,
    hostile,
    imported,
    opened,
    pasted,
    sample,
    saved,
    words_of,
)
from browser.visitors import Open, served
from PIL import Image
from playwright.sync_api import expect

from build_tools.cli import main
from build_tools.forms.definition import read_form
from build_tools.forms.fill import filled_sheet
from build_tools.forms.sheet import Letter, Register, Statement, Table
from build_tools.forms.written import written
from build_tools.site.build import build
from build_tools.source import parse


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
        first = "".join((pdf.pages[0].extract_text() or "").split())
    assert "全国律师行业创先争优先进个人推荐表" in words
    begun = unicodedata.normalize("NFKC", first)
    assert "".join(value["deeds"].split())[:8] in begun, "a long text begins below what stands before it"
    assert value["name"] in words
    for control in ("检查", "下载", "打印", "返回填写", "草稿", "报送单位", "必填", "截止时间"):
        assert control not in words, control
    page.get_by_role("button", name="返回填写").click()
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator("#preview")).to_be_focused()


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


def test_a_file_that_two_rows_share_is_taken_from_neither(visit: Open) -> None:
    page = visit().go(address("materials"))
    pdf = (FOLDER / "materials/individual-01-study.pdf").read_bytes()
    upload = {"name": "a.pdf", "mimeType": "x", "buffer": pdf}
    page.check('input[name="files/0/kind"][value="study"]')
    page.set_input_files("#p-files-0-file", upload)
    expect(page.locator("#f-files-0-file")).to_have_value("materials/study.pdf")
    page.click("[data-add]")
    page.fill("#f-files-1-file", "materials/study.pdf")  # one file for two nominees
    page.keyboard.press("Tab")
    expect(page.locator("#f-files-1-file")).to_have_value("materials/study.pdf")
    page.check('input[name="files/1/kind"][value="pairing"]')  # the shared file keeps its name
    expect(page.locator("#f-files-1-file")).to_have_value("materials/study.pdf")
    page.set_input_files("#p-files-1-file", upload)  # now it has one of its own
    expect(page.locator("#f-files-1-file")).to_have_value("materials/pairing.pdf")
    with zipfile.ZipFile(download(page, "#download-zip").path()) as archive:
        assert sorted(archive.namelist()) == [
            "foshan/materials.yml", "foshan/materials/pairing.pdf", "foshan/materials/study.pdf",
        ]  # fmt: skip
