"""Photos and materials go to the service while one goes on writing: piece by piece, over a line that breaks, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.desks import Desk, panel, press
from browser.filling import sample
from playwright.sync_api import Page, expect
from service.fake_intake import CHUNK

SIZE = 4 * CHUNK + 100
PDF = b"%PDF-1.7\n" + b"x" * (SIZE - 9)
FIELD = "#f-files-0-file"
TITLE = "#f-files-0-title"


def choose(page: Page, data: bytes = PDF) -> None:
    file = {"name": "材料.pdf", "mimeType": "application/pdf", "buffer": data}
    page.set_input_files("#p-files-0-file", files=[file])  # type: ignore[list-item]


def path_of(page: Page) -> str:
    return page.input_value(FIELD)


def ready(page: Page) -> None:
    expect(page.locator(".upload").first).to_contain_text("已上传到服务器")


def test_a_file_is_sent_when_it_is_chosen_and_named_in_the_submission(desk: Desk) -> None:
    page = desk.form("materials")
    held = desk.fake.hold("PATCH files")
    choose(page)
    upload = page.locator(".upload")
    expect(upload).to_contain_text("已上传 0%，共 256 KB")
    expect(upload.get_by_role("progressbar", name="上传进度")).to_be_visible()
    held.set()
    ready(page)
    (stored,) = desk.fake.uploads.values()
    assert (stored.path, stored.data) == (path_of(page), PDF)
    assert [len(asked.body) for asked in desk.fake.came("PATCH", "files/")] == [CHUNK] * 4 + [100]
    page.click("#submit")
    if page.get_by_role("button", name="仍然提交").is_visible():
        press(page, "仍然提交")
    expect(panel(page)).to_contain_text(f"照片和材料 1 个：{path_of(page)}（256 KB）")
    press(page, "确认提交")
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    (sent,) = desk.fake.came("POST", "documents/")
    assert sent.json["files"] == {path_of(page): "upload-1"}
    page.fill("#f-files-0-title", "改了标题的示例材料")
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    press(page, "确认提交")
    expect(panel(page)).to_contain_text("SB120821-00002")
    assert desk.fake.came("POST", "documents/")[1].json["files"] == {}  # carried over


@pytest.mark.parametrize("after", [False, True])
def test_a_line_that_breaks_in_the_middle_goes_on_where_it_broke(after: bool, desk: Desk) -> None:
    page = desk.form("materials", clock=True)
    held = desk.fake.hold("PATCH files")
    desk.fake.drop("PATCH files", after=after)
    choose(page)
    held.set()
    expect(page.locator(".upload")).to_contain_text("网络不通，会自动接着传")
    page.clock.fast_forward(5000)
    ready(page)
    (stored,) = desk.fake.uploads.values()
    assert stored.data == PDF
    assert len(desk.fake.came("POST", "files")) == 1


def test_a_reload_in_the_middle_goes_on_and_does_not_begin_anew(desk: Desk) -> None:
    page = desk.form("materials")
    choose(page)
    ready(page)
    desk.fake.asked.clear()
    page.reload()
    ready(page)
    assert desk.fake.came("POST", "files") == []  # what is there is there
    page.evaluate("document.querySelector('#f-files-0-title').focus()")
    with page.expect_response("**/intake/files"):
        choose(page, PDF[:-1])  # another file
    ready(page)
    assert len(desk.fake.uploads) == 2


def test_after_a_reload_only_the_rest_is_sent(desk: Desk) -> None:
    page = desk.form("materials")
    page.route("**/intake/files/*", lambda route: route.continue_() if ahead(desk) else route.abort())
    choose(page)
    expect(page.locator(".upload")).to_contain_text("会自动接着传")
    expect(page.locator("#saved")).to_contain_text("草稿已保存在本机")
    (stored,) = desk.fake.uploads.values()
    assert 0 < len(stored.data) < SIZE
    page.unroute("**/intake/files/*")
    page.reload()
    ready(page)
    assert stored.data == PDF
    assert len(desk.fake.uploads) == 1


def ahead(desk: Desk) -> bool:
    """Whether less than half of the file is there."""
    return all(len(upload.data) < SIZE // 2 for upload in desk.fake.uploads.values())


def test_a_refused_file_stays_out_and_the_field_says_why(desk: Desk) -> None:
    desk.fake.refuse_files = "这个 PDF 里有脚本，请另存为不含脚本的 PDF 再选。"
    page = desk.form("materials")
    page.fill(FIELD, "")
    page.fill(TITLE, "")
    choose(page)
    expect(page.locator("#entry")).to_contain_text(
        "没有收下：这个 PDF 里有脚本，请另存为不含脚本的 PDF 再选。"
    )
    expect(page.locator(FIELD)).to_have_value("")
    expect(page.locator(TITLE)).to_have_value("")  # it came of the file's name
    expect(page.locator(".upload")).to_have_count(0)
    page.fill(TITLE, "示例报告")
    choose(page)
    expect(page.locator("#entry")).to_contain_text("没有收下")
    expect(page.locator(TITLE)).to_have_value("示例报告")


def test_a_file_that_is_chosen_over_another_on_its_way_takes_its_place_at_once(desk: Desk) -> None:
    page = desk.form("materials")
    choose(page)
    ready(page)
    held = desk.fake.hold("PATCH files")
    choose(page, PDF[:-1])
    expect(page.locator(".upload")).to_contain_text("已上传 0%")
    page.evaluate("""() => {
      const { arrayBuffer } = Response.prototype;
      const read = new Promise((done) => { window.read = done; });
      Response.prototype.arrayBuffer = async function () {
        const bytes = await arrayBuffer.call(this);
        if (bytes.byteLength > 8) await read; // a large file on a slow computer
        return bytes;
      };
    }""")
    choose(page, PDF[:-2])
    expect(page.locator(".upload")).to_have_count(0)
    held.set()
    desk.fake.refuse_files = "这个文件打不开。"
    page.evaluate("window.read()")
    expect(page.get_by_role("alert")).to_have_text("没有收下：这个文件打不开。原来的文件没有换掉。")


def test_a_refused_file_leaves_the_good_one_in_its_place_and_is_said_in_red(desk: Desk) -> None:
    page = desk.form("materials")
    choose(page)
    ready(page)
    path = path_of(page)
    expect(page.locator(FIELD)).to_have_value(path)
    desk.fake.refuse_files = "这个文件打不开。"
    choose(page, PDF[:-1])
    told = page.get_by_role("alert")
    expect(told).to_have_text("没有收下：这个文件打不开。原来的文件没有换掉。")
    expect(told).to_have_css("color", "rgb(173, 21, 25)")
    desk.fake.refuse_files = ""
    ready(page)
    expect(page.locator(FIELD)).to_have_value(path)
    file = {"name": "空.pdf", "mimeType": "application/pdf", "buffer": b""}
    page.set_input_files("#p-files-0-file", files=[file])  # type: ignore[list-item]
    expect(told).to_have_text("文件是空的，请重新选择。")
    page.click("#submit")
    expect(panel(page)).to_contain_text(f"{path}（256 KB）")
    press(page, "确认提交")
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    (sent,) = desk.fake.came("POST", "documents/")
    assert desk.fake.uploads[sent.json["files"][path]].data == PDF


def test_a_file_that_is_not_on_its_way_yet_is_said_to_go_along(desk: Desk) -> None:
    """The line broke, and nothing was asked of the service since the file was chosen."""
    desk.fake.signed_in = False
    page = desk.form("materials")
    choose(page)
    desk.fake.signed_in = True
    held = desk.fake.hold("POST files")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#signed")).to_contain_text("已登录")
    page.click("#submit")
    expect(panel(page)).to_contain_text(f"照片和材料 1 个：{path_of(page)}（256 KB）")
    held.set()


def test_an_upload_can_be_cancelled(desk: Desk) -> None:
    page = desk.form("materials")
    held = desk.fake.hold("PATCH files")
    page.fill(FIELD, "")
    choose(page)
    press(page, "取消上传")
    held.set()
    expect(page.locator("#entry")).to_contain_text("已取消上传，这个文件没有选入。")
    expect(page.locator(FIELD)).to_have_value("")
    expect(page.locator(".upload")).to_have_count(0)
    desk.fake.wait("DELETE", "files/upload-1")
    assert desk.fake.uploads == {}


def test_a_file_the_service_has_no_room_for_is_said_and_can_be_sent_again(desk: Desk) -> None:
    page = desk.form("materials")
    desk.fake.fail("POST files", 507, "服务器磁盘已满，请稍后再传。")
    choose(page)
    expect(page.locator(".upload")).to_contain_text("没有传上去：服务器磁盘已满，请稍后再传。")
    press(page, "重新上传")
    ready(page)


def test_submitting_waits_for_the_files_and_goes_on_by_itself(desk: Desk) -> None:
    page = desk.form("materials")
    held = desk.fake.hold("PATCH files")
    choose(page)
    expect(page.locator(".upload")).to_contain_text("0%")
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    press(page, "确认提交")
    expect(panel(page)).to_contain_text("附件传完后自动提交")
    expect(panel(page)).to_contain_text("还有 1 个附件没有传完，已传 0%")
    assert desk.fake.attempts == {}
    held.set()
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    (sent,) = desk.fake.came("POST", "documents/")
    assert list(sent.json["files"].values()) == ["upload-1"]


def test_at_the_last_minute_one_need_not_wait_for_the_files(desk: Desk) -> None:
    page = desk.form("materials")
    held = desk.fake.hold("PATCH files")
    choose(page)
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    press(page, "确认提交")
    press(page, "不等附件，先提交")
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    assert desk.fake.came("POST", "documents/")[0].json["files"] == {}
    held.set()
    ready(page)
    expect(page.locator("#submit")).to_have_text("重新提交")


def test_what_is_gone_from_the_server_is_sent_anew_before_submitting(desk: Desk) -> None:
    page = desk.form("materials")
    choose(page)
    ready(page)
    page.reload()
    ready(page)
    desk.fake.uploads["upload-0"] = desk.fake.uploads.pop("upload-1")
    page.click("#submit")
    expect(panel(page)).to_contain_text("将提交")
    press(page, "确认提交")
    expect(panel(page)).to_contain_text("提交成功，已经收到")
    (sent,) = desk.fake.came("POST", "documents/")
    assert list(sent.json["files"].values()) == ["upload-2"]


def test_another_computer_gets_the_draft_with_its_photo(desk: Desk, tmp_path: Path) -> None:
    page = desk.form("individual", filled=False)
    value = sample("individual")
    page.fill("#f-name", "示例甲")
    folder = Path(__file__).parents[2] / "data/cities/foshan"
    page.set_input_files("#p-photo", folder / value["photo"])
    press(page, "用这张照片")
    ready(page)
    expect(page.locator("#served")).to_contain_text("已存到服务器")
    other = desk.form("individual", filled=False)
    expect(other.locator("#f-name")).to_have_value("示例甲")
    photos = [tab.locator("[data-photo] img") for tab in (page, other)]
    first, second = (photo.get_attribute("src") or "" for photo in photos)
    assert first.partition(",")[2] == second.partition(",")[2]
    assert photos[1].evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    ready(other)
    assert len(desk.fake.uploads) == 1
    press(page, "删去照片")
    expect(page.locator("#p-photo")).to_be_focused()
