"""Nobody who is signed in can fill the disk, and nobody at all the memory; what is wanted is always taken."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import hostile_files as made
import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from service.journalled import hand_in, sample, with_values

from intake import current
from intake.answers import Refused
from intake.clerk import pace
from intake.files import allowance as uploading
from intake.files.models import Draft, Upload
from intake.headers import MOST_BODY
from intake.journal import allowance, incoming
from intake.journal.models import Action, Submission
from intake.people.audit import note
from intake.people.models import Audit

DOCUMENT = "/intake/documents/individual-01"
FORM = "application/x-www-form-urlencoded"


def version(number: int) -> str:
    return with_values(sample("guangzhou"), post=f"职务{number}")


@pytest.fixture
def full(account, monkeypatch: pytest.MonkeyPatch):
    """A unit that has sent one document as often as it may: the allowance is three versions here."""
    monkeypatch.setattr(allowance, "A_DAY", 3 * allowance.LEAST)
    clerk = account("guangzhou-1")
    for number in range(3):
        hand_in(clerk, text=version(number))
    return clerk


# ------------------------------------------------------------------------------------------------- submissions


def test_the_same_document_again_and_again_is_refused_with_the_way_out(full):
    with pytest.raises(Refused, match="联系活动办公室") as refused:
        hand_in(full, text=version(9))
    assert refused.value.status == 429
    assert Submission.objects.count() == 3


def test_nothing_is_put_into_the_spool_for_it(full, service):
    before = sorted(service.spool.rglob("*.json"))
    with pytest.raises(Refused):
        hand_in(full, text=version(9))
    assert sorted(service.spool.rglob("*")) == sorted([*before, *{file.parent for file in before}])


def test_the_first_version_of_another_document_is_always_taken(full):
    assert hand_in(full, "individual-02", text=version(1)).fresh


def test_what_the_office_asked_for_is_always_taken(full, signed_in, account):
    last = Submission.objects.order_by("-id")[0]
    Action.objects.create(
        kind=Action.Kind.RETURNED, unit="guangzhou", document="individual-01", submission=last, reason="请改",
        account=account("guangzhou-2"), at=current.now(), state=Action.State.DONE,
    )  # fmt: skip
    assert hand_in(full, text=version(9)).fresh


def test_a_retry_of_what_was_received_is_answered_with_its_receipt(full):
    line = Submission.objects.order_by("-id")[0]
    again = hand_in(full, text=version(2), attempt=line.attempt)
    assert (again.submission, again.fresh) == (line, False)


def test_another_unit_and_the_next_day_are_not_touched(full, account):
    assert hand_in(account("shenzhen-1"), text=version(1)).fresh
    assert hand_in(full, text=version(9), at=current.now() + timedelta(days=1, seconds=1)).fresh


def test_a_busy_unit_is_far_from_the_limit():
    """Two officers who correct every document of a full set a hundred times in one day, each of an ordinary size."""
    documents, corrections, size = 40, 100, 20 * 1024
    assert documents * corrections * max(size, allowance.LEAST) < allowance.A_DAY


def test_a_body_that_is_mostly_padding_is_refused(signed_in, service):
    told = {"attempt": str(uuid.uuid4()), "yaml": "a: b", "files": {}, "more": "x" * 100_000}
    for body in (json.dumps(told), json.dumps({**told, "more": ""}) + " " * 100_000):
        assert signed_in().post(DOCUMENT, body, "application/json").status_code == 400
    assert not list(service.spool.rglob("*.json"))


def test_a_document_of_which_every_letter_is_escaped_is_taken(signed_in):
    text = json.dumps({"attempt": str(uuid.uuid4()), "yaml": "a: " + "事" * 30_000, "files": {}})
    assert signed_in().post(DOCUMENT, text, "application/json").status_code == 201


# ------------------------------------------------------------------------------------------------------ uploads


def upload(client: Client, data: bytes, path: str = "materials/study.pdf") -> Any:
    sent = json.dumps({"path": path, "size": len(data)})
    begun = client.post("/intake/files", sent, "application/json")
    if begun.status_code != 201:
        return begun
    where, head = f"/intake/files/{begun.json()['id']}", {"Upload-Offset": "0"}
    return client.patch(where, data, "application/octet-stream", headers=head)


def test_one_path_again_and_again_comes_to_an_end(signed_in, monkeypatch: pytest.MonkeyPatch, service):
    """Rows of before go when another takes their place; what counts is the trail."""
    client, data = signed_in(), made.pdf()
    monkeypatch.setattr(uploading, "_TIMES", 3 * len(data) / (60 * 10_240 * 1024))
    for number in range(3):
        assert upload(client, data, f"materials/study-{number}.pdf").status_code == 200
        Upload.objects.all().delete()
    answer = upload(client, data)
    assert answer.status_code == 429
    assert "请明天再传" in answer.json()["message"]
    assert upload(signed_in("shenzhen-1"), data).status_code == 200


def test_files_that_are_refused_count_too(signed_in, monkeypatch: pytest.MonkeyPatch):
    """Each keeps the process that looks at files busy."""
    monkeypatch.setattr(uploading, "_TRIES", 3 / 60)
    client = signed_in()
    assert [upload(client, b"MZ").status_code for _ in range(4)] == [422, 422, 422, 429]


def test_an_upload_of_yesterday_does_not_count(signed_in, account, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uploading, "_TRIES", 1 / 60)
    note(None, "upload.ready", unit="guangzhou", account=account(), size=5)
    Audit.objects.update(at=current.now() - timedelta(days=1, seconds=1))
    assert upload(signed_in(), made.pdf()).status_code == 200


def test_twice_the_full_set_of_files_fits_into_a_day(account):
    held = current.campaign()
    whole = held.limits["files"] * held.limits["file_kib"] * 1024
    note(None, "upload.ready", unit="guangzhou", account=account(), size=whole)
    uploading.check_day("guangzhou", whole, held)
    with pytest.raises(Refused):
        uploading.check_day("guangzhou", whole + 1, held)


# ------------------------------------------------------------------------------------------------------- drafts


def test_drafts_are_as_many_as_there_are_documents_and_each_is_bounded(signed_in):
    client = signed_in()
    for version_ in range(4):
        body = {"version": version_, "yaml": "a: " + "x" * 200_000 + str(version_)}
        assert client.put("/intake/drafts/individual-01", body, "application/json").status_code == 200
    assert Draft.rows.count() == 1
    large = {"version": 4, "yaml": "x" * 300_000}
    assert client.put("/intake/drafts/individual-01", large, "application/json").status_code == 413
    assert (
        client.put("/intake/drafts/x-1", {"version": 0, "yaml": "a"}, "application/json").status_code == 404
    )


def test_removing_what_is_not_there_leaves_nothing_behind(signed_in):
    client = signed_in()
    before = Audit.objects.count()
    for _ in range(5):
        answer = client.delete("/intake/drafts/individual-01", {"version": 0}, "application/json")
        assert answer.status_code == 200
    assert Audit.objects.count() == before


# -------------------------------------------------------------------------------------------------- live checks


def test_a_flood_of_checks_is_refused_and_never_a_submission(signed_in, monkeypatch: pytest.MonkeyPatch):
    """What is asked for in vain costs nothing and does not count; a minute later one may check again."""
    judged: list[str] = []
    moment = [1000.0]
    monkeypatch.setattr("intake.clerk.asked.judge_before", lambda path, _over: judged.append(path) or [])
    monkeypatch.setattr(pace, "monotonic", lambda: moment[0])
    clerk, colleague = signed_in(), signed_in("guangzhou-2")
    told = {"document": "individual-01", "yaml": version(1), "files": {}}

    def status(client: Client, **more: str) -> int:
        answer = client.post("/intake/check", told | more, "application/json")
        assert answer.status_code != 429 or answer.json()["message"] == (
            "检查得太频繁，请过一分钟再检查。提交不受影响。"
        )
        return int(answer.status_code)

    for _ in range(pace.MOST):
        moment[0] += 0.5
        assert status(clerk, document="nothing") == 400
        assert status(clerk) == 200
    assert status(clerk) == 429
    assert len(judged) == pace.MOST
    assert status(colleague) == 200
    body = {"attempt": str(uuid.uuid4()), "yaml": version(1), "files": {}}
    assert clerk.post(DOCUMENT, body, "application/json").status_code == 201
    moment[0] += pace.SECONDS - pace.MOST * 0.5
    assert status(clerk) == 429
    moment[0] += 0.5
    assert (status(clerk), status(clerk)) == (200, 429)
    moment[0] += pace.SECONDS
    assert status(clerk) == 200


# ------------------------------------------------------------------------------------------------ bodies of all


@pytest.mark.parametrize(
    "address", ["/my/sign-in/", "/verify/", "/desk/", "/intake/check", "/intake/files", "/", "/x"]
)
def test_no_address_takes_more_than_a_bound(address: str, signed_in):
    for length in (str(MOST_BODY + 1), "9" * 30, "9" * 5000, "-1", "x", "٣"):
        client = signed_in()
        client.raise_request_exception = False
        answer = client.post(address, b"", FORM, CONTENT_LENGTH=length)
        assert answer.status_code == 413, length[:9]
        assert "没有收下" in (
            answer.json()["message"] if address.startswith("/intake") else answer.content.decode()
        )


def test_the_bound_lets_everything_pass_that_is_wanted():
    from intake.files.uploads import MOST_CHUNK

    assert max(incoming.MOST, MOST_CHUNK) < MOST_BODY


def test_a_file_in_a_form_never_reaches_the_disk(
    client: Client, service, db, monkeypatch: pytest.MonkeyPatch
):
    """Everybody can get the token of the sign-in page; what is sent with it stays in memory, within the bound."""
    written: list[str] = []
    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", lambda *a, **k: written.append("file"))
    path = Path(__file__).with_name("made-up.bin")
    body = (
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="' + path.name.encode()
        + b'"\r\n\r\n' + bytes(1_900_000) + b"\r\n--x--\r\n"
    )  # fmt: skip
    answer = client.post("/my/sign-in/", body, "multipart/form-data; boundary=x")
    assert answer.status_code == 400
    assert written == []
