"""Letters as files: what an officer's mail program and the standard library read in them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from campaigns import AFTER, LEDGER, campaign_edit, edit, event, lay
from command_line import Run
from mail_server import person, read

JIA_MAIL = edit("data/units.yml", "phone: 020-00000001}", "phone: 020-00000001, email: jia@example.invalid}")


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHENBAO_MAIL_FROM", raising=False)


def written(run: Run, root: Path, *args: str, now: str = AFTER) -> dict[str, bytes]:
    out = root.parent / "letters"
    ran = run("remind", "--root", root, "--now", now, "--out", out, *args)
    assert ran.status == 0, ran.err
    return {file.name: file.read_bytes() for file in sorted(out.iterdir())}


def test_a_letter_reads_back_as_it_was_written(tmp_path: Path, run: Run) -> None:
    files = written(run, lay(tmp_path / "campaign", edits=[JIA_MAIL]))
    assert list(files) == ["bing.eml", "bing.txt", "jia.eml", "jia.txt"]
    mail = read(files["jia.eml"])
    assert mail.defects == []
    subject, _, body = files["jia.txt"].decode().partition("\n\n")
    assert mail["Subject"] == subject == "【示例】催报：律师行业创先争优总结及推荐（甲市司法局，已逾期）"
    assert mail.get_content().replace("\r\n", "\n") == body
    assert mail.get_content_type() == "text/plain"
    (to,) = mail["To"].addresses
    assert (to.display_name, to.addr_spec) == ("示例联络员甲", "jia@example.invalid")
    (author,) = mail["From"].addresses
    assert author.addr_spec == "noreply@example.invalid"
    assert person(files["jia.eml"], "From") == "省律师行业创先争优活动指导小组办公室"
    assert mail["Date"].datetime == datetime.fromisoformat(AFTER)
    assert mail["Reply-To"] is None, "the notice's own address is history"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_letter_keeps_to_what_every_mail_server_takes(tmp_path: Path, run: Run) -> None:
    data = written(run, lay(tmp_path / "campaign", edits=[JIA_MAIL]))["jia.eml"]
    data.decode("ascii")
    lines = data.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 78
    assert lines[-1] == b""


def test_the_same_run_gives_the_same_bytes_and_another_moment_the_same_id(tmp_path: Path, run: Run) -> None:
    root = lay(tmp_path / "campaign", edits=[JIA_MAIL])
    first = written(run, root)
    assert written(run, root) == first
    later = written(run, root, now="2012-08-23T11:00:00+08:00")
    assert later["jia.eml"] != first["jia.eml"]
    ids = {read(files[f"{slug}.eml"])["Message-ID"] for files in (first, later) for slug in ("jia", "bing")}
    assert len(ids) == 2
    assert all(name.endswith(("jia@example.invalid>", "bing@example.invalid>")) for name in ids)


def test_a_unit_without_an_address_gets_a_draft(tmp_path: Path, run: Run) -> None:
    root = lay(tmp_path / "campaign", edits=[JIA_MAIL])
    ran = run("remind", "--root", root, "--now", AFTER, "--out", tmp_path / "letters")
    assert ran.out == f"已写出 2 个单位的催报函，在 {tmp_path / 'letters'}。\n"
    assert ran.err == "没有登记邮箱，.eml 中收件人空着：丙市。\n"
    mail = read((tmp_path / "letters" / "bing.eml").read_bytes())
    assert mail["To"] is None
    assert mail.defects == []


def test_who_it_is_from(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    living = campaign_edit("historical: true", "historical: false")
    root = lay(tmp_path / "campaign", edits=[JIA_MAIL, living])
    mail = read(written(run, root)["jia.eml"])
    (author,), (reply,) = mail["From"].addresses, mail["Reply-To"].addresses
    assert (author.addr_spec, reply.addr_spec, reply.display_name) == (
        "lgc@gdsf.gov.cn",
        "lgc@gdsf.gov.cn",
        "肖宇文",
    )
    monkeypatch.setenv("SHENBAO_MAIL_FROM", "cuibao@mail.example.invalid")
    mail = read(written(run, root)["jia.eml"])
    (author,), (reply,) = mail["From"].addresses, mail["Reply-To"].addresses
    assert (author.addr_spec, reply.addr_spec) == ("cuibao@mail.example.invalid", "lgc@gdsf.gov.cn")
    assert mail["Message-ID"].endswith("@mail.example.invalid>")
    monkeypatch.setenv("SHENBAO_MAIL_FROM", "cuibao@example.invalid\r\nBcc: x@example.invalid")
    ran = run("remind", "--root", root, "--now", AFTER, "--out", tmp_path / "letters")
    assert (ran.status, ran.err) == (
        2,
        "环境变量 SHENBAO_MAIL_FROM 有误：应是一个电子邮箱地址，例如 banlu@example.invalid。\n",
    )


LONG = "甲" * 60
HOSTILE: dict[str, tuple[list[dict[str, str]], str, str]] = {
    "line breaks in the bureau": (
        [
            edit(
                "data/units.yml",
                "bureau: 甲市司法局",
                r'bureau: "甲市司法局\r\nBcc: x@example.invalid\r\n\r\n正文"',
            )
        ],
        "甲市司法局 Bcc: x@example.invalid 正文",
        "示例联络员甲",
    ),
    "line breaks and a list of addresses in the contact": (
        [edit("data/units.yml", "name: 示例联络员甲", r'name: "甲\n>, <x@a.invalid>, \"y"')],
        "甲市司法局",
        '甲 >, <x@a.invalid>, "y',
    ),
    "marks of nothing": (
        [edit("data/units.yml", "name: 示例联络员甲", r'name: "甲\u200b乙\u2060\u200b丙"')],
        "甲市司法局",
        "甲 乙 丙",
    ),
    "words that look encoded": (
        [edit("data/units.yml", "name: 示例联络员甲", 'name: "=?utf-8?b?55Sy?="')],
        "甲市司法局",
        "＝?utf-8?b?55Sy?=",
    ),
    "as long as the schema lets it be": (
        [
            edit("data/units.yml", "bureau: 甲市司法局", f"bureau: {LONG}"),
            edit("data/units.yml", "name: 示例联络员甲", f"name: {LONG[:30]}"),
        ],
        LONG,
        LONG[:30],
    ),
    "beyond the first plane, and a space that paper has": (
        [
            edit("data/units.yml", "bureau: 甲市司法局", "bureau: 𠮷市　司法局"),
            edit("data/units.yml", "name: 示例联络员甲", "name: 䶮　𠮷"),
        ],
        "𠮷市　司法局",
        "䶮　𠮷",
    ),
    "Latin with a comma": (
        [edit("data/units.yml", "name: 示例联络员甲", 'name: "Doe, Jane \\\\ \\"J\\""')],
        "甲市司法局",
        'Doe, Jane \\ "J"',
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_or_a_long_name_makes_no_header(kind: str, tmp_path: Path, run: Run) -> None:
    edits, bureau, name = HOSTILE[kind]
    data = written(run, lay(tmp_path / "campaign", edits=[JIA_MAIL, *edits]))["jia.eml"]
    mail = read(data)
    assert mail.defects == []
    assert set(mail.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "Content-Type",
        "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    assert mail["Subject"] == f"【示例】催报：律师行业创先争优总结及推荐（{bureau}，已逾期）"
    (to,) = mail["To"].addresses
    assert to.addr_spec == "jia@example.invalid"
    assert person(data, "To") == name
    assert f"\n{bureau}：\r\n" in mail.get_content()


def test_whom_the_day_has_not_come_for_gets_none_unless_all_are_asked_for(tmp_path: Path, run: Run) -> None:
    extended = event(
        "2012-08-21T09:00:00+08:00", "extended", "*", reason="道路中断", until="2012-08-29T18:00:00+08:00"
    )
    root = lay(tmp_path / "campaign", ledger={**LEDGER, "bing": [extended]})
    assert list(written(run, root)) == ["jia.eml", "jia.txt"]
    assert list(written(run, root, "--all")) == ["bing.eml", "bing.txt", "jia.eml", "jia.txt"]


def test_a_letter_nobody_is_to_send_any_more_is_taken_away(tmp_path: Path, run: Run) -> None:
    root = lay(tmp_path / "campaign")
    assert set(written(run, root)) == {"bing.eml", "bing.txt", "jia.eml", "jia.txt"}
    for name in ("notes.txt", "yi.txt"):
        (tmp_path / "letters" / name).write_text("示例\n", encoding="utf-8")
    assert set(written(run, root, "bing")) == {
        "bing.eml",
        "bing.txt",
        "jia.eml",
        "jia.txt",
        "notes.txt",
        "yi.txt",
    }
    gone = run("remind", "--root", root, "--now", "2012-08-17T10:00:00+08:00", "--out", tmp_path / "letters")
    assert gone.out == "现在没有要写催报函的单位。\n"
    assert [file.name for file in (tmp_path / "letters").iterdir()] == ["notes.txt"]


def test_the_shipped_campaign_says_sample_in_subject_and_body(run: Run, tmp_path: Path) -> None:
    root: Any = Path(__file__).parents[1]
    ran = run("remind", "--root", root, "--out", tmp_path / "letters")
    assert (ran.status, ran.err) == (0, "")
    mails = [read(file.read_bytes()) for file in sorted((tmp_path / "letters").glob("*.eml"))]
    assert len(mails) == 12
    for mail in mails:
        assert mail["Subject"].startswith("【示例】")
        assert mail.get_content().startswith("【示例】演示活动")
        assert mail["To"].addresses[0].domain == "example.invalid"
