"""Taking a submission into the journal: durable, once, in order, and nothing private told."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from service.journalled import body_of, hand_in, sample

from build_tools.ledger import digest
from intake.answers import Refused
from intake.current import campaign, now
from intake.journal import spool
from intake.journal.checking import faults
from intake.journal.incoming import MOST
from intake.journal.models import Action, Submission
from intake.journal.receiving import Received, first_broken
from intake.people.models import Account, Audit, Role

pytestmark = pytest.mark.django_db(transaction=True)


def post(client, document: str, body: bytes, **more):
    return client.post(f"/intake/documents/{document}", body, content_type="application/json", **more)


def test_the_body_is_on_the_disk_as_it_came_and_the_line_names_it(account, service):
    body = body_of("名: 值\r\n")
    line = hand_in(account(), "summary", "名: 值\r\n").submission
    assert spool.document(line.spool) == "名: 值\r\n".encode()
    assert digest(spool.body(line.spool)) == line.body_digest
    assert (service.spool / line.spool).stat().st_mode & 0o777 == 0o600
    assert len(body) == len(spool.body(line.spool))


def test_each_unit_has_a_chain_and_a_changed_line_breaks_it(account):
    lines = [hand_in(account("foshan-1"), "summary", f"a: {n}\n").submission for n in range(3)]
    other = hand_in(account("heyuan-1"), "summary", "a: 1\n").submission
    assert [line.seq for line in lines] == [1, 2, 3]
    assert [line.previous for line in lines] == ["", lines[0].hash, lines[1].hash]
    assert (other.seq, other.previous) == (1, "")
    assert first_broken("foshan") is None
    Submission.objects.filter(pk=lines[1].pk).update(received_at=now() - timedelta(hours=1))
    broken = first_broken("foshan")
    assert broken is not None
    assert broken.pk == lines[1].pk


def test_a_removed_line_breaks_the_chain(account):
    lines = [hand_in(account("foshan-1"), "summary", f"a: {n}\n").submission for n in range(3)]
    lines[1].delete()
    broken = first_broken("foshan")
    assert broken is not None
    assert broken.pk == lines[2].pk


def test_the_journal_tells_what_the_disk_lost_or_changed(account, service):
    lines = [hand_in(account("foshan-1"), "summary", f"a: {n}\n").submission for n in range(3)]
    assert list(faults()) == []
    (service.spool / lines[0].spool).write_bytes(b"{}")
    (service.spool / lines[1].spool).unlink()
    assert [fault.partition(" ")[0] for fault in faults()] == [lines[0].number, lines[1].number]


def test_the_same_attempt_five_times_is_one_receipt(signed_in):
    client, body = signed_in("foshan-1"), body_of("a: 1\n")
    answers = [post(client, "summary", body) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200]
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert Submission.objects.count() == 1


def test_the_same_contents_by_another_attempt_are_the_receipt_there_was(account):
    first = hand_in(account(), "summary", "a: 1\n")
    again = hand_in(account(), "summary", "a: 1\n")
    assert (again.fresh, again.submission.pk) == (False, first.submission.pk)


def test_what_was_received_at_the_counter_keeps_its_better_time(account, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:30:00+08:00")
    with pytest.raises(Refused, match="完全相同，那一份有效，不必再交"):
        hand_in(account("heyuan-1"), "statistics")
    assert Submission.objects.count() == 0
    assert hand_in(account("heyuan-1"), "statistics", sample("heyuan", "statistics") + "# 改\n").fresh


def test_after_a_return_the_same_contents_are_a_new_submission(account):
    first = hand_in(account("foshan-1"), "summary", "a: 1\n").submission
    office = account("office-1", Role.OFFICER)
    Action.objects.create(
        kind=Action.Kind.RETURNED,
        unit="foshan",
        document="summary",
        submission=first,
        account=office,
        at=now(),
    )
    assert hand_in(account("foshan-1"), "summary", "a: 1\n").fresh


def test_an_attempt_used_for_other_contents_is_refused(account):
    attempt = uuid4()
    hand_in(account(), "summary", "a: 1\n", attempt=attempt)
    with pytest.raises(Refused, match="已经用过"):
        hand_in(account(), "summary", "a: 2\n", attempt=attempt)


def at_once(sends: Sequence[tuple[Account, str, str, UUID]]) -> list[Received]:
    """Hand in all of ``sends`` (who, document, text, attempt) at the same moment, each with a connection of its own."""
    start = threading.Barrier(len(sends))

    def send(who: Account, document: str, text: str, attempt: UUID) -> Received:
        start.wait(30)
        try:
            return hand_in(who, document, text, attempt=attempt)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(sends)) as pool:
        return list(pool.map(lambda one: send(*one), sends))


def test_many_of_a_unit_at_once_are_a_chain_without_gaps(account):
    people = [account("foshan-1"), account("foshan-2", unit="foshan")]
    sends = [(people[n % 2], ("summary", "statistics")[n % 3 % 2], f"a: {n}\n", uuid4()) for n in range(12)]
    assert all(done.fresh for done in at_once(sends))
    lines = Submission.objects.order_by("seq")
    assert [line.seq for line in lines] == list(range(1, 13))
    assert [line.pk for line in lines] == sorted(line.pk for line in lines)
    assert first_broken("foshan") is None


def test_an_attempt_sent_five_times_at_once_is_one_receipt_and_one_body(account, service):
    who, attempt = account("foshan-1"), uuid4()
    done = at_once([(who, "summary", "a: 1\n", attempt)] * 5)
    assert sum(one.fresh for one in done) == 1
    assert {one.submission.number for one in done} == {Submission.objects.get().number}
    assert len(list(service.spool.rglob("*.json"))) == 1


def test_the_same_contents_by_two_attempts_at_once_are_one_receipt(account):
    """The ledger would not take the second: nobody may hold a receipt for what the worker refuses."""
    people = [account("foshan-1"), account("foshan-2", unit="foshan")]
    done = at_once([(people[n % 2], "summary", "a: 1\n", uuid4()) for n in range(6)])
    assert {one.submission.number for one in done} == {Submission.objects.get().number}


ATTEMPT = "00000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"yaml": "a: 1"}', 400),
        (b'{"attempt": "x", "yaml": "a: 1"}', 400),
        (json.dumps({"attempt": ATTEMPT, "yaml": 1}).encode(), 400),
        (json.dumps({"attempt": ATTEMPT, "yaml": "  \n"}).encode(), 400),
        (json.dumps({"attempt": ATTEMPT, "yaml": "a: 1", "files": []}).encode(), 400),
        (json.dumps({"attempt": ATTEMPT, "yaml": "a: 1", "files": {"a": "b"}}).encode(), 400),
        (b'{"attempt": "%s", "yaml": "\\ud800"}' % ATTEMPT.encode(), 400),
        (b"[" * 100_000, 400),
        (json.dumps({"attempt": ATTEMPT, "yaml": "a" * 270_000}).encode(), 413),
        (b"x" * (MOST + 1), 413),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(signed_in, body: bytes, status: int):
    answer = post(signed_in("foshan-1"), "summary", body)
    assert (answer.status_code, Submission.objects.count()) == (status, 0)
    assert answer.json()["message"].endswith("。")


def test_a_body_that_broke_off_is_told_so(signed_in):
    body = body_of("a: 1\n")
    cut = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body) + 1)}
    answer = signed_in().post("/intake/documents/summary", body, "application/json", **cut)
    assert (answer.status_code, "没有传完" in answer.json()["message"]) == (400, True)
    assert not Submission.objects.exists()


def test_a_document_that_is_none_of_this_campaign_is_not_there(signed_in):
    client = signed_in("foshan-1")
    for document in ("nothing", "individual-1", "..", "individual-01.yml", "individual-99999", "<b>"):
        answer = post(client, document, body_of("a: 1\n"))
        assert answer.status_code == 404, document


def test_an_upload_that_is_not_there_or_another_unit_s_is_refused(account):
    for path in ("materials/photo-01.jpg", "../foshan/x"):
        with pytest.raises(Refused, match="没有找到"):
            hand_in(account("heyuan-1"), "individual-01", files={path: str(uuid4())})


def test_a_document_that_is_no_yaml_gets_a_receipt_too(signed_in):
    answer = post(signed_in("foshan-1"), "summary", body_of("title: [\n"))
    assert answer.status_code == 201


def test_the_audit_trail_holds_the_number_and_nothing_of_the_contents(signed_in):
    post(signed_in("heyuan-1"), "individual-01", body_of("name: 示例秘密\n"))
    line = Audit.objects.get(action="submitted")
    assert (line.unit, line.target, line.detail) == (
        "heyuan",
        "individual-01",
        {"number": Submission.objects.get().number},
    )
    assert line.account.username == "heyuan-1"
    assert line.address == "127.0.0.1"


def test_here_before_the_deadline_and_stored_after_it_is_flagged(account, monkeypatch):
    at = campaign().deadline
    monkeypatch.setenv("SHENBAO_NOW", (at + timedelta(seconds=2)).isoformat())
    line = hand_in(account("foshan-1"), "summary", "a: 1\n", at=at).submission
    assert (line.flags, line.received_at, line.stored_at) == (["stored_late"], at, at + timedelta(seconds=2))


def test_a_clock_that_was_put_back_never_makes_a_receipt_older(account, monkeypatch):
    hand_in(account("foshan-1"), "summary", "a: 1\n")
    before = now()
    monkeypatch.setenv("SHENBAO_NOW", (before - timedelta(hours=3)).isoformat())
    line = hand_in(account("heyuan-1"), "summary", "a: 1\n").submission
    assert (line.flags, line.received_at) == (["clock"], before)


def test_a_full_disk_is_told_and_nothing_is_acknowledged(signed_in, monkeypatch):
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool, "put", full)
    answer = post(signed_in("foshan-1"), "summary", body_of("a: 1\n"))
    assert (answer.status_code, Submission.objects.count()) == (507, 0)
    assert "没有收到这次提交" in answer.json()["message"]


def test_a_database_that_fails_is_told_and_the_retry_is_received(signed_in, monkeypatch):
    from django.db import OperationalError

    client, body = signed_in("foshan-1"), body_of("a: 1\n")
    with monkeypatch.context() as broken:
        broken.setattr(
            Submission, "save", lambda *_, **__: (_ for _ in ()).throw(OperationalError("disk I/O error"))
        )
        assert post(client, "summary", body).status_code == 507
    assert post(client, "summary", body).status_code == 201


def test_a_unit_reads_back_what_it_sent_last_and_nobody_else_s(signed_in):
    client = signed_in("heyuan-1")
    sent = sample("heyuan", "individual-01") + "# 改\n"
    post(client, "individual-01", body_of(sent))
    assert client.get("/intake/documents/individual-01").json()["yaml"] == sent
    assert client.get("/intake/documents/summary").json()["yaml"] == sample("heyuan", "summary")
    assert client.get("/intake/documents/individual-02").status_code == 404
    assert signed_in("foshan-1").get("/intake/documents/individual-01").json()["yaml"] == sample(
        "foshan", "individual-01"
    )


def test_a_live_check_tells_what_the_next_submission_would_replace_and_who_sent_it(signed_in):
    client = signed_in("heyuan-1")

    def last(document: str):
        asked = json.dumps({"document": document, "yaml": "a: 1\n"})
        return client.post("/intake/check", asked, content_type="application/json").json()["last"]

    sent = sample("heyuan", "individual-01") + "# 改\n"
    receipt = post(signed_in("heyuan-2"), "individual-01", body_of(sent)).json()
    by = Submission.objects.get().by
    assert last("individual-01") == {"yaml": sent, "by": by, "at": receipt["at"]}
    assert last("summary") == {"yaml": sample("heyuan", "summary"), "by": "", "at": ""}, "came by git"
    assert last("individual-02") is None


def test_a_late_nomination_is_told_in_one_sentence_before_it_is_sent(signed_in, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:30:00+08:00")
    asked = json.dumps({"document": "individual-03", "yaml": sample("foshan", "individual-01")})
    answer = signed_in("foshan-1").post("/intake/check", asked, content_type="application/json").json()
    (late,) = [finding for finding in answer["findings"] if finding["code"] == "T08"]
    assert late["message"] == "已过截止时间，报送照收、给回执，但按通知视为放弃推荐资格。"
    assert (late["severity"], late["hint"]) == ("warning", "")
    severities = [finding["severity"] for finding in answer["findings"]]
    assert (answer["errors"], answer["warnings"]) == (severities.count("error"), severities.count("warning"))
    assert answer["warnings"]
    assert "不再接收" not in json.dumps(answer, ensure_ascii=False)


def test_a_live_check_finds_what_the_same_rules_find(signed_in, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:30:00+08:00")
    client = signed_in("heyuan-1")

    def found(document: str, yaml: str) -> list[str]:
        asked = json.dumps({"document": document, "yaml": yaml})
        answer = client.post("/intake/check", asked, content_type="application/json")
        assert answer.status_code == 200, answer.content
        return [finding["code"] for finding in answer.json()["findings"] if finding["severity"] == "error"]

    mine, other = sample("heyuan", "individual-01"), sample("foshan", "individual-01")
    assert found("individual-01", mine) == []
    assert "S01" in found("individual-01", mine.replace("gender:", "gendre:"))
    assert any(code.startswith("D") for code in found("individual-02", other)), "nominated by another unit"
    assert any(code.startswith("Q") for code in found("individual-03", mine)), "beyond the places"
    assert found("individual-01", "a: [\n") != []


def test_times_are_whole_seconds_of_the_campaign(account):
    line = hand_in(account(), "summary", "a: 1\n").submission
    assert line.received_at == datetime.fromisoformat("2012-08-21T10:00:00+08:00")
