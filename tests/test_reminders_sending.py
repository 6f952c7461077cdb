"""Sending reminders to a real mail server on loopback: each once, one by one, and what happens when it fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from campaigns import AFTER, edit, lay, standing_at
from command_line import Ran, Run
from mail_server import OFFICE, MailServer, read, serving, settings

from build_tools.reminders import plan
from build_tools.reminders.record import opened

BING, JIA, YI = "bing@example.invalid", "jia@example.invalid", "yi@example.invalid"
ADDRESSES = [
    edit("data/units.yml", "phone: 020-00000001}", f"phone: 020-00000001, email: {JIA}}}"),
    edit("data/units.yml", "phone: 020-00000002}", f"phone: 020-00000002, email: {YI}}}"),
    edit(
        "data/units.yml",
        "contact: null",
        f"contact: {{name: 示例联络员丙, phone: 020-00000003, email: {BING}}}",
    ),
]
NOTHING_SENT = {"remove": ["data/cities/jia", "data/cities/yi"], "ledger": {}}
"""All three owe both reports; the official order is jia, yi, bing."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay(tmp_path / "campaign", edits=ADDRESSES, **NOTHING_SENT)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A server without encryption and without login, as on an office's own network."""
    with serving(MailServer()) as running:
        settings(monkeypatch, running.port, TLS="none")
        yield running


def send(run: Run, root: Path, *args: str | Path, now: str = AFTER) -> Ran:
    return run("remind", "--root", root, "--now", now, "--send", *args)


def record(root: Path) -> dict[str, dict[str, str]]:
    body = json.loads((root / "var/remind/sent.json").read_text("utf-8"))
    assert body["campaign"] == "gd-2012-lawyers"
    sent: dict[str, dict[str, str]] = body["sent"]
    return sent


ALL_SENT = "已发给甲市。\n已发给乙市。\n已发给丙市。\n发出 3 封。\n"


def test_each_unit_gets_its_own_letter_over_one_connection(
    server: MailServer, root: Path, run: Run, tmp_path: Path
) -> None:
    ran = send(run, root, "--out", tmp_path / "letters")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == f"已写出 3 个单位的催报函，在 {tmp_path / 'letters'}。\n{ALL_SENT}"
    assert server.recipients == [JIA, YI, BING]
    assert server.connections == 1
    assert {taken.mail_from for taken in server.taken} == {OFFICE}
    for slug, mail in zip(("jia", "yi", "bing"), server.taken, strict=True):
        assert mail.original_content == (tmp_path / "letters" / f"{slug}.eml").read_bytes()
    assert server.mails[YI]["Subject"] == "【示例】催报：律师行业创先争优总结及推荐（乙市司法局，已逾期）"
    assert {slug: list(told.values()) for slug, told in record(root).items()} == {
        slug: [AFTER] for slug in ("jia", "yi", "bing")
    }


def test_the_same_is_not_sent_twice(server: MailServer, root: Path, run: Run) -> None:
    send(run, root)
    ran = send(run, root, now="2012-08-24T08:00:00+08:00")
    told = "".join(f"不再发给{name}：同样的内容已于8月23日10时发过。\n" for name in ("甲市", "乙市", "丙市"))
    assert ran == (0, f"{told}没有发出催报函。\n", "")
    assert len(server.taken) == 3
    assert server.connections == 1, "with nothing to send there is nobody to talk to"


def test_each_day_of_reminding_and_each_change_is_sent_once(server: MailServer, root: Path, run: Run) -> None:
    seen = []
    for now in (
        "2012-08-19T12:00:00+08:00", "2012-08-20T09:00:00+08:00", "2012-08-20T17:00:00+08:00",
        "2012-08-21T09:00:00+08:00", "2012-08-22T09:00:00+08:00", "2012-08-23T09:00:00+08:00",
        "2012-08-24T09:00:00+08:00",
    ):  # fmt: skip
        assert send(run, root, now=now).status == 0
        seen.append(len(server.taken))
    assert seen == [0, 3, 3, 6, 9, 12, 12]
    summary = root / "data/cities/bing/summary.yml"
    summary.parent.mkdir(parents=True, exist_ok=True)
    summary.write_bytes((Path(__file__).parent / "base/data/cities/yi/summary.yml").read_bytes())
    send(run, root, now="2012-08-24T10:00:00+08:00")
    assert server.recipients[12:] == [BING]


def test_what_would_be_sent(root: Path, run: Run) -> None:
    """Without any server, and without a trace."""
    everything = {"jia": "甲市", "yi": "乙市", "bing": "丙市"}
    ran = run("remind", "--root", root, "--now", AFTER, "--dry-run")
    assert ran == (0, "".join(f"会发给{name}。\n" for name in everything.values()), "")
    assert not (root / "var").exists()
    early = run("remind", "--root", root, "--now", "2012-08-17T09:00:00+08:00", "--dry-run", "--send")
    assert early == (0, "现在没有要发的催报函。\n", "")
    early = run("remind", "--root", root, "--now", "2012-08-17T09:00:00+08:00", "--dry-run", "--all", "yi")
    assert early.out == "会发给乙市。\n"


def test_a_unit_without_an_address_is_named_and_the_others_are_written_to(
    server: MailServer, tmp_path: Path, run: Run
) -> None:
    root = lay(tmp_path / "campaign", edits=ADDRESSES[:2], **NOTHING_SENT)
    ran = send(run, root)
    assert ran.status == 1
    assert ran.err == "不能发给丙市：data/units.yml 中没有登记邮箱，请打电话，或登记后再发。\n"
    assert server.recipients == [JIA, YI]


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (
            {"refuse": YI, "refuse_code": 450},
            "邮件服务器拒收这个地址（450），请核对 data/units.yml 中的 email",
        ),
        ({"refuse": YI}, "邮件服务器拒收这个地址（550），请核对 data/units.yml 中的 email"),
        ({"refuse_data": YI}, "邮件服务器没有收下（554）"),
    ],
)
def test_a_refused_mail_does_not_stop_the_others(
    server: MailServer, root: Path, run: Run, behaviour: dict[str, str | int], why: str
) -> None:
    for name, value in behaviour.items():
        setattr(server, name, value)
    ran = send(run, root)
    assert (ran.status, ran.out) == (1, "已发给甲市。\n已发给丙市。\n发出 2 封。\n")
    assert ran.err == f"没有发给乙市：{why}。\n"
    assert set(record(root)) == {"jia", "bing"}
    server.refuse = server.refuse_data = ""
    ran = send(run, root)
    assert server.recipients == [JIA, BING, YI]
    assert ran.status == 0


def test_a_refused_sender_is_said_once_and_stops(server: MailServer, root: Path, run: Run) -> None:
    server.refuse_sender = True
    ran = send(run, root)
    assert (ran.status, ran.out, server.taken) == (1, "没有发出催报函。\n", [])
    assert ran.err.splitlines() == [
        "没有发给甲市：邮件服务器不接受发件地址（550），请核对环境变量 SHENBAO_MAIL_FROM。",
        "没有发给乙市：邮件服务器不接受发件地址，没有再发。",
        "没有发给丙市：邮件服务器不接受发件地址，没有再发。",
    ]


def test_a_connection_lost_in_the_middle(server: MailServer, root: Path, run: Run) -> None:
    server.hang_up_after = 1
    ran = send(run, root)
    assert (ran.status, ran.out) == (1, "已发给甲市。\n发出 1 封。\n")
    assert ran.err.splitlines() == [
        "没有发给乙市：与邮件服务器的连接中断，对方可能没有收到，下次会再发。",
        "没有发给丙市：与邮件服务器的连接中断，没有再发。",
    ]
    assert set(record(root)) == {"jia"}
    server.hang_up_after = None
    assert send(run, root).status == 0
    assert server.recipients == [JIA, YI, BING]


def test_a_server_that_closes_down(server: MailServer, root: Path, run: Run) -> None:
    server.refuse, server.refuse_code = YI, 421
    ran = send(run, root)
    assert (ran.status, ran.out) == (1, "已发给甲市。\n发出 1 封。\n")
    assert ran.err.splitlines() == [
        "没有发给乙市：与邮件服务器的连接中断。",
        "没有发给丙市：与邮件服务器的连接中断，没有再发。",
    ]


def test_a_run_killed_between_two_mails_forgets_none_and_repeats_at_most_the_last(
    server: MailServer, root: Path, run: Run
) -> None:
    """Killed after the server took the second mail and before we heard of it: that one is sent again, with its id."""
    command = [
        str(Path(sys.executable).with_name("shenbao")),
        "remind",
        "--root",
        str(root),
        "--now",
        AFTER,
        "--send",
    ]
    started: list[subprocess.Popen[bytes]] = []

    def kill(number: int) -> None:
        if number == 2:
            started[0].send_signal(signal.SIGKILL)
            started[0].wait()

    server.on_data = kill
    started.append(
        subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    )
    assert started[0].wait() == -signal.SIGKILL
    assert set(record(root)) == {"jia"}
    server.on_data = lambda _number: None
    ran = send(run, root)
    assert (
        ran.out == "不再发给甲市：同样的内容已于8月23日10时发过。\n已发给乙市。\n已发给丙市。\n发出 2 封。\n"
    )
    assert server.recipients == [JIA, YI, YI, BING]
    first, again = server.taken[1:3]
    assert first.original_content == again.original_content


def test_only_one_sends_at_a_time(server: MailServer, root: Path, run: Run) -> None:
    campaign = standing_at(root, AFTER).campaign
    with opened(root / "var/remind/sent.json", campaign):
        ran = send(run, root)
    assert ran == (2, "", "另一处正在发催报函，这里没有发；请等它结束再试。\n")
    assert server.taken == []
    assert send(run, root).out == ALL_SENT


DAMAGED = {
    "nothing": "",
    "half": '{"campaign": "gd-2012-lawyers", "sent": {"jia"',
    "a list": "[]",
    "no moment": '{"campaign": "gd-2012-lawyers", "sent": {"jia": {"a": "昨天"}}}',
    "a moment without a zone": '{"campaign": "gd-2012-lawyers", "sent": {"jia": {"a": "2012-08-23T10:00:00"}}}',
    "a number": '{"campaign": "gd-2012-lawyers", "sent": {"jia": {"a": 1}}}',
    "not text": '{"campaign": "gd-2012-lawyers", "sent": {"jia": []}}',
    "very deep": "[" * 100_000,
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_record_stops_all(
    server: MailServer, root: Path, run: Run, kind: str, tmp_path: Path
) -> None:
    file = tmp_path / "sent.json"
    file.write_text(DAMAGED[kind], encoding="utf-8")
    for extra in ("--send", "--dry-run"):
        ran = run("remind", "--root", root, "--now", AFTER, extra, "--record", file)
        assert (ran.status, ran.err.count("\n")) == (2, 1)
        assert "不是发送记录，或已损坏" in ran.err
    assert server.taken == []
    assert file.read_text("utf-8") == DAMAGED[kind]


def test_a_record_of_another_campaign_is_refused(
    server: MailServer, root: Path, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "sent.json"
    file.write_text('{"campaign": "shili-fire-2024", "sent": {}}', encoding="utf-8")
    ran = send(run, root, "--record", file)
    assert ran == (
        2,
        "",
        f"发送记录“{file}”是另一次活动（shili-fire-2024）的，请用 --record 另指一个文件。\n",
    )
    assert server.taken == []


def test_a_record_that_cannot_be_written_stops_before_the_first_mail(
    server: MailServer, root: Path, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("示例\n", encoding="utf-8")
    ran = send(run, root, "--record", tmp_path / "file" / "sent.json")
    assert (ran.status, ran.err.count("\n"), server.taken) == (2, 1, [])
    (tmp_path / ".sent.json.new").mkdir()  # as a disk that takes no new file
    ran = send(run, root, "--record", tmp_path / "sent.json")
    assert (ran.status, ran.err.count("\n"), server.taken) == (2, 1, [])
    ran = send(run, root, "--record", tmp_path)
    assert (ran.status, ran.err.count("\n"), server.taken) == (2, 1, [])


def test_the_record_names_no_address(server: MailServer, root: Path, run: Run) -> None:
    send(run, root)
    (file,) = (path for path in (root / "var/remind").iterdir() if path.suffix == ".json")
    text = file.read_text("utf-8")
    assert not any(private in text for private in ("@", "示例联络员", "020-", "总结"))


def test_no_sentence_repeats_what_the_server_says_or_whom_it_is_about(
    server: MailServer, root: Path, run: Run
) -> None:
    server.refuse = YI
    ran = send(run, root)
    for private in ("canary", "@", "示例联络员", "020-0000", OFFICE):
        assert private not in ran.out + ran.err


def test_without_a_sender_nothing_is_sent(
    server: MailServer, root: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice's own address is history: nobody may write in its name."""
    monkeypatch.delenv("SHENBAO_MAIL_FROM")
    ran = send(run, root)
    assert ran == (2, "", "没有发件地址，请设环境变量 SHENBAO_MAIL_FROM。\n")
    assert server.taken == []


def test_a_mail_s_id_is_that_of_what_it_says(server: MailServer, root: Path, run: Run) -> None:
    send(run, root)
    ids = {read(bytes(mail.original_content or b""))["Message-ID"] for mail in server.taken}
    assert ids == {
        f"<{told.fingerprint[:32]}.{told.unit.slug}@office.example.invalid>"
        for told in plan(standing_at(root, AFTER))
    }
