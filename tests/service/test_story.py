"""The whole way, as people go it: ``make serve``, a unit enrols and submits, the office returns and accepts."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pdfplumber
import pytest
from browser import keyboard
from playwright.sync_api import Browser, Page, expect

from build_tools.source import parse

ROOT = Path(__file__).parents[2]
UNIT = "heyuan"  # has an extension beyond the demo's clock
FOLDER = ROOT / "data" / "cities" / UNIT
PATIENCE = 120
NUMBER = "SB[0-9]{6}-[0-9A-Z]{5}-[0-9A-Z]{5}"


@dataclass
class Served:
    """The running service: its address, its folder, and the one-time codes it printed."""

    base: str
    var: Path
    codes: dict[str, str]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """``make serve`` with a folder of its own, at a free port, until everything is there."""
    var = tmp_path_factory.mktemp("served") / "intake"
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "SHENBAO", "DJANGO"))}
    environment |= {"SHENBAO_VAR": str(var), "PORT": str(port), "PYTHONIOENCODING": "utf-8"}
    log = var.parent / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["make", "serve"], cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield Served(f"http://127.0.0.1:{port}", var, _codes(log, process))
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        process.wait(60)


def _codes(log: Path, process: subprocess.Popen[bytes]) -> dict[str, str]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        told = log.read_text(encoding="utf-8", errors="replace")
        found = dict(re.findall(r"^\s+(\S+-[0-9])\s+((?:\w{4}-){3}\w{4})", told, re.MULTILINE))
        if "heyuan-2" in found:
            return found
        time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))


def person(browser: Browser, live: Served, username: str) -> Page:
    """A browser of somebody who has just enrolled; fails for any error on the console."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=live.base).new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto("/my/enrol/")
    page.get_by_label("启用码").fill(live.codes[username])
    page.get_by_role("button", name="下一步").click()
    for label in ("新口令", "再输一遍新口令"):
        page.get_by_label(label, exact=True).fill(f"示例口令-只在测试里用 {username}")
    page.get_by_role("button", name="启用并登录").click()
    expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
    return page


def submitted(page: Page, before: str = "-") -> str:
    """Press 提交, say yes, and wait for a receipt other than the one ``before``; gives its number."""
    page.locator("#submit").click()
    page.get_by_role("button", name="确认提交").click()
    told = page.locator(".desk").get_by_text(re.compile(rf"(?!{before}){NUMBER}")).first
    expect(told).to_be_visible(timeout=15_000)
    found = re.search(rf"(?!{before}){NUMBER}", told.inner_text())
    assert found
    return found[0]


def test_from_the_form_to_the_accepted_document(chromium: Browser, live: Served, tmp_path: Path):
    value = parse("individual-01.yml", (FOLDER / "nominations/individual-01.yml").read_bytes()).value
    clerk = person(chromium, live, "heyuan-1")

    # The clerk fills in the individual form, with a photo, breaks it and mends it.
    clerk.goto(f"/submit/individual/?unit={UNIT}&document=individual-01")
    keyboard.fill(clerk, value, lambda name: FOLDER / str(keyboard.at(value, name)))
    clerk.locator('[name="name"]').fill("")
    clerk.locator("#submit").click()
    expect(clerk.get_by_text("还有 1 处错误。仍要提交吗？")).to_be_visible()
    clerk.get_by_role("button", name="回去修改").click()
    clerk.locator('[name="name"]').fill("示例兰")
    first = submitted(clerk)

    # The receipt, on the page and on paper.
    clerk.goto(f"/my/receipts/{first}/")
    expect(clerk.get_by_text("已收到，延期内按时")).to_be_visible()
    answer = clerk.request.get(f"/my/receipts/{first}/receipt.pdf")
    (tmp_path / "receipt.pdf").write_bytes(answer.body())
    with pdfplumber.open(tmp_path / "receipt.pdf") as pdf:
        assert first in "".join((pdf.pages[0].extract_text() or "").split())

    # Anybody can verify it; nothing of the nominee is told.
    anybody = chromium.new_context(base_url=live.base).new_page()
    anybody.goto(f"/verify/{first}/")
    expect(anybody.get_by_text("这份回执属实")).to_be_visible()
    assert "示例兰" not in anybody.content()

    # The office returns it.
    officer = person(chromium, live, "office-1")
    officer.goto("/desk/")
    officer.get_by_role("link", name=re.compile("第 1 名")).first.click()
    expect(officer.get_by_role("heading", level=1)).to_contain_text("先进个人推荐表")
    expect(officer.locator("main")).to_contain_text("示例兰")
    officer.get_by_role("button", name="退回修改……").click()
    officer.locator("[name=reason]").fill("请把主要事迹补写到最近一年。")
    officer.get_by_role("button", name="退回修改", exact=True).click()

    # The clerk sees why, corrects, submits again.
    expect_soon(clerk, "/my/", "请把主要事迹补写到最近一年。")
    clerk.get_by_role("link", name="改正后重新提交").click()
    expect(clerk.locator(".desk")).to_contain_text("请把主要事迹补写到最近一年。")
    clerk.locator('[name="deeds"]').fill(f"{value['deeds'].strip()}\n\n最近一年，她又办结援助案件十二件。")
    second = submitted(clerk, first)
    assert second != first

    # The office compares and accepts.
    expect_soon(officer, f"/desk/{second}/", "受理第 2 版")
    expect(officer.locator("ins").first).to_contain_text("最近一年")
    officer.get_by_role("button", name=re.compile("受理第 2 版")).click()

    # Both sites show it, within seconds; the public one shows no name.
    for visitor, address in ((anybody, f"/units/{UNIT}/"), (officer, f"/office/units/{UNIT}/")):
        expect_soon(visitor, address, "已受理")
    assert "示例兰" not in anybody.content()
    assert "示例兰" in officer.content()
    clerk.goto("/my/")
    expect(clerk.get_by_role("row", name=re.compile("第 1 名"))).to_contain_text("已受理")

    # Git holds clean commits, and the ledger verifies.
    log = git(live, "log", "--first-parent", "--reverse", "--format=%an|%s", "main").splitlines()
    assert [line.split("|")[1] for line in log] == [
        "建立活动：律师行业创先争优总结及推荐",
        "登记收到 1 份",
        "退回修改：河源 先进个人推荐表（第 1 名）",
        "登记收到 1 份",
        "受理：河源 先进个人推荐表（第 1 名）",
    ]
    branch = git(live, "log", "--format=%an|%cn|%s", "main~1..main^2")
    assert branch.splitlines() == ["河源市司法局|申报台|报送：河源 先进个人推荐表（第 1 名）"] * 2
    assert "示例兰" not in git(live, "log", "--all", "--format=%B%an%ae")
    shenbao = Path(sys.executable).with_name("shenbao")
    tree = live.var / "tree"
    subprocess.run([shenbao, "ledger", "verify", "--root", tree], check=True, capture_output=True)
    subprocess.run(
        ["git", "-C", live.var / "repository.git", "fsck", "--strict"], check=True, capture_output=True
    )
    checked = subprocess.run(
        [shenbao, "intake", "verify", "--root", ROOT],
        check=True, capture_output=True, text=True, env={**os.environ, "SHENBAO_VAR": str(live.var)},
    )  # fmt: skip
    assert "收文日志完好" in checked.stdout


def expect_soon(page: Page, address: str, words: str) -> None:
    """The page says ``words`` before long: a site is built meanwhile."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        page.goto(address)
        if words in page.locator("main").first.inner_text():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{address} does not say {words}")


def git(live: Served, *arguments: str) -> str:
    command = ["git", "-C", str(live.var / "repository.git"), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
