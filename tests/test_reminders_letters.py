"""How the call list and the letters say who owes what, to whom they may say it, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from campaigns import AFTER, LEDGER, campaign_edit, edit, judged, lay, standing_at
from command_line import Run
from reminded import (
    BACK,
    BING_EXTENDED,
    BING_TOO,
    COMPLETE,
    MATERIALS_LOST,
    RETURNED,
    ROOT,
    SECOND,
    reminded,
)

from build_tools.campaign import BrokenCampaign, load_campaign
from build_tools.progress import assess
from build_tools.reminders import plan
from build_tools.reminders.letter import letter
from build_tools.site.gate.needles import private_values
from build_tools.tree import WorkTree

PAPER_OWED = "；".join(
    f"第 {number} 名纸质材料还差 3 份；第 {number} 名尚缺盖章：所在单位党组织" for number in (1, 2)
)
LIST = f"""\
催报名单：律师行业创先争优总结及推荐
截至8月23日10时，2 个单位还有事项没有办结，其中 2 个今天催报；急的在前。
演示活动：时钟固定在2012年8月23日10时，报送内容和名额均为示例，纯属虚构，非官方数据。

□ 1. 丙市（丙市司法局）［逾期未报］
  未登记联络员
  总结：逾期未报，仍应补报。
  统计资料：逾期未报，仍应补报。
  期限：8月22日24时，已过 10 小时 0 分。
  催报函：今天发。

□ 2. 甲市（甲市司法局）［退回修改］
  联系人：示例联络员甲　电话：020-00000001　邮箱：jia@example.invalid
  总结：按退回意见修改，8月24日10时前重报。期限8月24日10时，还有 1 天 0 小时 0 分。
  先进个人推荐表：{PAPER_OWED}。期限8月22日24时，已过 10 小时 0 分。
  催报函：今天发。
"""


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    returned = {**RETURNED, "at": "2012-08-21T17:00:00+08:00", "until": "2012-08-24T10:00:00+08:00"}
    return lay(
        tmp_path / "campaign",
        ledger={**LEDGER, "jia": [*LEDGER["jia"], returned]},
        edits=[
            edit("data/units.yml", "phone: 020-00000001}", "phone: 020-00000001, email: jia@example.invalid}")
        ],
    )


def test_the_list_on_the_screen(listed: Path, run: Run) -> None:
    ran = run("remind", "--root", listed, "--now", AFTER)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == LIST


@pytest.mark.parametrize(("form", "encoding"), [("text", "gbk"), ("csv", "utf-8-sig"), ("json", "utf-8")])
def test_on_a_terminal_in_gbk_a_list_is_read_and_a_file_stays_a_file(
    listed: Path, form: str, encoding: str
) -> None:
    command = [
        Path(sys.executable).with_name("shenbao"),
        "remind",
        "--root",
        listed,
        "--now",
        AFTER,
        "--format",
        form,
    ]
    environment = {**os.environ, "PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "丙市司法局" in done.stdout.decode(encoding)


def test_the_list_as_a_table_and_as_json_says_the_same(listed: Path, run: Run) -> None:
    table = run("remind", "--root", listed, "--now", AFTER, "--format", "csv").out
    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"))))
    heading, bing, jia = rows[:3]
    assert table.startswith("\ufeff")
    assert dict(zip(heading, jia, strict=True))["电子邮箱"] == "jia@example.invalid"
    assert dict(zip(heading, bing, strict=True)) | {"尚缺": "", "催报事由": ""} == {
        "序号": "1", "单位": "丙市", "单位全称": "丙市司法局", "紧急程度": "逾期未报", "联系人": "", "电话": "",
        "电子邮箱": "", "尚缺": "", "期限": "2012-08-22 23:59:59", "时间": "已过 10 小时 0 分",
        "催报函": "今天发", "催报事由": "",
    }  # fmt: skip
    body = json.loads(run("remind", "--root", listed, "--now", AFTER, "--format", "json").out)
    assert [unit["unit"] for unit in body["units"]] == ["bing", "jia"]
    assert body["units"][1]["contact"] == {
        "name": "示例联络员甲", "phone": "020-00000001", "email": "jia@example.invalid",
    }  # fmt: skip
    assert body["units"][1]["duties"][0] == {
        "title": "总结",
        "needed": "按退回意见修改，8月24日10时前重报",
        "deadline": "2012-08-24T10:00:00+08:00",
        "extended": False,
        "day": "2012-08-23",
    }
    assert "示例理由" not in table + json.dumps(body, ensure_ascii=False)


QUIET = [
    (AFTER, COMPLETE, "截至8月23日10时，没有需要催报的单位。"),
    ("2012-08-15T10:00:00+08:00", {}, "活动自8月16日开始，现在没有需要催报的单位。"),
    ("2012-10-01T10:00:00+08:00", {}, "活动已于9月30日24时结束，不再催报。"),
]


@pytest.mark.parametrize(("now", "changes", "sentence"), QUIET)
def test_nobody_to_call_is_said(
    tmp_path: Path, run: Run, now: str, changes: dict[str, Any], sentence: str
) -> None:
    lay(tmp_path, **changes)
    ran = run("remind", "--root", tmp_path, "--now", now)
    assert (ran.status, ran.out.splitlines()[1]) == (0, sentence)
    assert "□" not in ran.out
    assert json.loads(run("remind", "--root", tmp_path, "--now", now, "--format", "json").out)["units"] == []
    assert sentence in run("remind", "--root", tmp_path, "--now", now, "--format", "csv").out


def test_only_the_units_asked_for(listed: Path, run: Run) -> None:
    ran = run("remind", "--root", listed, "--now", AFTER, "jia")
    assert ("甲市" in ran.out, "丙市" in ran.out) == (True, False)
    assert (
        run("remind", "--root", listed, "--now", AFTER, "yi")
        .out.splitlines()[1]
        .endswith("没有需要催报的单位。")
    )


LETTER = """\
【示例】催报：律师行业创先争优总结及推荐（丙市司法局，8月25日18时截止）

【示例】演示活动：时钟固定在2012年8月23日10时，报送内容和名额均为示例，纯属虚构，非官方数据。

丙市司法局：

　　《关于做好律师行业创先争优活动总结及表彰推荐工作的通知》要求8月22日前报送材料。截至8月24日9时，贵单位还有以下 2 项没有办结，请抓紧办理：

　　1. 总结：尚未报送。期限8月25日18时（已延期），还有 1 天 9 小时 0 分。
　　2. 统计资料：尚未报送。期限8月25日18时（已延期），还有 1 天 9 小时 0 分。

　　名额：先进集体 1 名，已推荐 0 名，还可推荐 1 名；先进个人 0 名，已推荐 0 名，还可推荐 0 名。
　　通知规定：未按时上交总结和推荐材料的，视为放弃推荐资格。
　　材料已经报送的，请与我们核对收文登记。

　　　　　　　　　　　　　　　省律师行业创先争优活动指导小组办公室
　　　　　　　　　　　　　　　　　　　　　　　　　　2012年8月24日
"""


def test_the_letter(tmp_path: Path) -> None:
    bing = reminded(tmp_path, "2012-08-24T09:00:00+08:00", **BING_EXTENDED)["bing"]
    assert letter(bing).text == LETTER


def test_a_letter_of_a_real_campaign(tmp_path: Path) -> None:
    """A forge's address, a living contact, no sample; and what is given up is said."""
    root = lay(
        tmp_path,
        copy=BING_TOO,
        ledger=MATERIALS_LOST["ledger"],
        remove=[*MATERIALS_LOST["remove"], "data/cities/jia/summary.yml"],
        edits=[
            campaign_edit("repo_url: null", "repo_url: https://forge.example.invalid/office/campaign"),
            campaign_edit("historical: true", "historical: false"),
            campaign_edit("demo:\n  now: 2012-08-23T10:00:00+08:00\n  note: 演示活动：时钟固定在2012年8月23日10时，"
                          "报送内容和名额均为示例，纯属虚构，非官方数据。", "demo: null"),
        ],
    )  # fmt: skip
    (jia,) = plan(standing_at(root, AFTER))
    text = letter(jia).text
    assert "示例" not in text
    for sentence in (
        "佐证材料逾期未报，视为放弃；如有特殊情况，请与我们联系。",
        "报送的文件和校验意见见 https://forge.example.invalid/office/campaign ，贵单位的文件夹是 data/cities/jia 。",
        "联系人：肖宇文，电话：020-86351219，传真：020-86350793，电子邮箱：lgc@gdsf.gov.cn。",
    ):
        assert sentence in text
    assert "名额" not in text, "late nominations are forfeited: no place can be used any more"


def test_too_many_nominations_are_to_be_fewer(tmp_path: Path) -> None:
    fewer = [
        edit("data/quotas.yml", "jia: {collective: 2, individual: 3}", "jia: {collective: 2, individual: 1}")
    ]
    jia = reminded(tmp_path, BACK, edits=fewer)["jia"]
    assert "先进个人 1 名，已推荐 2 名，超出 1 名，请核减。" in letter(jia).body


def test_a_history_s_contact_is_not_to_be_called(tmp_path: Path) -> None:
    text = letter(reminded(tmp_path, AFTER)["bing"]).text
    assert not any(part in text for part in ("肖宇文", "020-86351219", "lgc@gdsf.gov.cn"))


@pytest.mark.parametrize("now", [AFTER, "2012-08-22T10:00:00+08:00"])
def test_no_letter_quotes_anything_private(now: str) -> None:
    """The shipped samples: nominees, careers, reasons of returns, who recorded what, logins, contacts."""
    examination = judged(ROOT, now)
    letters = [letter(reminder).text for reminder in plan(assess(examination)) if reminder.duties]
    assert len(letters) > 10
    public = {
        text for item in examination.campaign.items for kind in item.kinds for text in (kind.id, kind.title)
    }
    private = {value.text for value in private_values(examination)} - public
    private = {
        text for text in private if len(text) > (2 if text.isascii() else 1)
    }  # 25 members are not a date
    assert len(private) > 500
    assert {text for text in private if text in "\n".join(letters)} == set()


def test_a_hostile_name_breaks_no_line(tmp_path: Path, run: Run) -> None:
    name = '"丙市司法局\\r\\nBcc: x@example.invalid\\u200b[2J\\u200b（一）"'
    root = lay(tmp_path, edits=[edit("data/units.yml", "bureau: 丙市司法局", f"bureau: {name}")])
    bing = next(r for r in plan(standing_at(root, AFTER)) if r.unit.slug == "bing")
    assert "丙市司法局 Bcc: x@example.invalid [2J （一）：\n" in letter(bing).body
    # No file may hold these (Y02); a letter would stand them all the same.
    bureau = "丙市司法局\r\nBcc: x@example.invalid\u2028\x1b[2J\u200b（一）"
    worse = replace(bing, progress=replace(bing.progress, unit=replace(bing.unit, bureau=bureau)))
    assert "丙市司法局 Bcc: x@example.invalid [2J （一）：\n" in letter(worse).body
    ran = run("remind", "--root", root, "--now", AFTER)
    assert "□ 1. 丙市（丙市司法局 Bcc: x@example.invalid [2J （一））［逾期未报］\n" in ran.out
    assert not any(line.startswith("Bcc") for line in ran.out.splitlines())
    assert "\x1b" not in ran.out


def test_a_formula_stays_text_in_the_table(tmp_path: Path, run: Run) -> None:
    root = lay(tmp_path, edits=[edit("data/units.yml", "name: 丙市\n", 'name: "=HYPERLINK(1)"\n')])
    assert ",'=HYPERLINK(1)," in run("remind", "--root", root, "--now", AFTER, "--format", "csv").out


ADDRESSES = {
    "a@example.invalid": True,
    "first.last+tag@mail.example.invalid": True,
    "a@b": False,
    "a b@example.invalid": False,
    "甲@example.invalid": False,
    "a@example.invalid, b@example.invalid": False,
    "<a@example.invalid>": False,
    "a@example.invalid\\n": False,
    "a@example.invalid\\r\\nBcc: b@example.invalid": False,
    ".a@example.invalid": False,
    f"a@{'x' * 250}.invalid": False,
    "": False,
}


@pytest.mark.parametrize(("address", "passes"), ADDRESSES.items())
def test_an_address_is_checked_where_it_is_written(tmp_path: Path, address: str, passes: bool) -> None:
    contact = f'contact: {{name: 示例, phone: 020-1, email: "{address}"}}'
    root = lay(tmp_path, edits=[edit("data/units.yml", "contact: null", contact)])
    if passes:
        found = load_campaign(WorkTree(root)).unit_by_slug["bing"].contact
        assert found is not None
        assert found.email == address
        return
    with pytest.raises(BrokenCampaign) as caught:
        load_campaign(WorkTree(root))
    assert {f.pointer for f in caught.value.findings} == {"/units/2/contact/email"}
    assert all(
        "电子邮箱" in f.message and address[:12] not in f.message for f in caught.value.findings if address
    )


@pytest.mark.parametrize("now", ["2024-11-14T09:00:00+08:00", "2024-11-18T09:00:00+08:00"])
def test_another_campaign_is_reminded_in_its_own_words(now: str, run: Run, tmp_path: Path) -> None:
    ran = run("remind", "--root", SECOND, "--now", now)
    assert ran.status == 0
    assert "北片学区（示例县北片学区管理办公室）" in ran.out
    assert "示范班组推荐表：至少推荐 1 名，还差 1 名" in ran.out
    ran = run("remind", "--root", SECOND, "--now", now, "--out", tmp_path / "letters")
    text = (tmp_path / "letters" / "beipian.txt").read_text("utf-8")
    assert "联系人：示例联系人，电话：0000-0000000。" in text
    assert "通知规定：逾期报送的照常汇总，并在全县通报。" in text
    assert "【示例】" not in text
    assert not any(word in text for word in ("律师", "司法", "先进集体", "视为放弃"))


USAGE = [
    (["nowhere"], "没有“nowhere”这个单位"),
    (["--out", "data/letters"], "活动自己的文件夹"),
    (["--out", "data/units.yml"], "活动自己的文件夹"),
    (["--record", "var/a.json"], "--record 只与 --send 或 --dry-run 同用"),
    (["--send", "--record", "schemas/a.json"], "活动自己的文件夹"),
    (["--format", "csv", "--send"], "--format 是名单的格式"),
    (["--format", "xml"], "可用的有：text、csv、json"),
]


@pytest.mark.parametrize(("args", "sentence"), USAGE, ids=[" ".join(args) for args, _ in USAGE])
def test_wrong_usage(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, args: list[str], sentence: str
) -> None:
    monkeypatch.chdir(lay(tmp_path))
    ran = run("remind", *args)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert sentence in ran.err
