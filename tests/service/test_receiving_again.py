"""What comes again: a retry, a colleague's, another version, one that the office asked for. Each gets the receipt that is its own."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client
from service.journalled import ROOT, hand_in, sample, with_values

from build_tools.campaign import BrokenCampaign
from build_tools.standing import Stage, standing
from intake.answers import Refused
from intake.current import campaign, ledger_of, now
from intake.files import store
from intake.files.models import Upload
from intake.journal import receiving
from intake.journal.incoming import read
from intake.journal.models import Action, Submission
from intake.journal.receiving import first_broken
from intake.people.models import Account, Audit, Role

pytestmark = pytest.mark.django_db(transaction=True)
PHOTO = "photos/individual-01.png"
DOCUMENT = "individual-01"


def text(mark: str = "", *, photo: bool = False) -> str:
    return f"{sample('heyuan')}# {mark}{PHOTO if photo else ''}\n"


@pytest.fixture
def clerk(account) -> Account:
    return account("heyuan-1")


@pytest.fixture
def afterwards(service, monkeypatch: pytest.MonkeyPatch) -> None:
    """When all that the sample campaign's ledger tells has happened."""
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:30:00+08:00")


@pytest.fixture
def photo(clerk):
    """Uploads ``data`` as the photo; gives what a submission names."""

    def make(data: bytes) -> dict[str, str]:
        made = Upload.objects.create(
            unit="heyuan", account=clerk, path=PHOTO, size=1, state=Upload.State.READY, digest=store.keep(data),
            kept_size=len(data), created_at=now(),
        )  # fmt: skip
        return {PHOTO: str(made.pk)}

    return make


def test_a_retry_gets_its_receipt_though_its_upload_is_tidied_away(clerk, photo):
    attempt, files = uuid.uuid4(), photo(b"a")
    first = hand_in(clerk, text=text("一", photo=True), attempt=attempt, files=files)
    hand_in(clerk, text=text("二", photo=True))
    Upload.objects.all().delete()
    again = hand_in(clerk, text=text("一", photo=True), attempt=attempt, files=files)
    assert (again.submission, again.fresh) == (first.submission, False)


def test_the_same_name_of_an_attempt_is_another_units_own(clerk, account):
    attempt = uuid.uuid4()
    mine = hand_in(clerk, text=text("一"), attempt=attempt)
    theirs = hand_in(account("foshan-1"), text=text("一"), attempt=attempt)
    assert theirs.fresh
    assert theirs.submission.unit == "foshan"
    assert theirs.submission.number != mine.submission.number


@pytest.mark.parametrize(("document", "mark"), [("individual-02", "一"), (DOCUMENT, "二")])
def test_the_name_of_an_attempt_is_not_taken_for_anything_else(clerk, document: str, mark: str):
    attempt = uuid.uuid4()
    hand_in(clerk, text=text("一"), attempt=attempt)
    with pytest.raises(Refused, match="已经用过") as refused:
        hand_in(clerk, document, text(mark), attempt=attempt)
    assert refused.value.status == 409
    assert Submission.objects.count() == 1


def test_two_that_come_at_once_are_one_and_leave_one_body(clerk, service, monkeypatch: pytest.MonkeyPatch):
    """The second looked before the first was there, and met it when it wrote."""
    attempt = uuid.uuid4()
    first = hand_in(clerk, text=text("一"), attempt=attempt)
    hand_in(clerk, text=text("二"))
    known, looks = receiving._known, [None]
    monkeypatch.setattr(receiving, "_known", lambda *told: looks.pop() if looks else known(*told))
    again = hand_in(clerk, text=text("一"), attempt=attempt)
    assert (again.submission, again.fresh) == (first.submission, False)
    assert len(list(service.spool.rglob("*.json"))) == Submission.objects.count() == 2


def test_a_line_without_its_place_in_the_trail_is_none(clerk, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: Any, **__: Any) -> None:
        raise OSError("full")

    monkeypatch.setattr(receiving, "note", fails)
    with pytest.raises(OSError, match="full"):
        hand_in(clerk, text=text("一"))
    assert Submission.objects.count() == 0


def test_each_line_has_its_place_in_the_trail(clerk):
    line = hand_in(clerk, text=text("一")).submission
    noted = Audit.objects.get(action="submitted")
    assert (noted.unit, noted.target, noted.detail["number"]) == ("heyuan", DOCUMENT, line.number)


def test_the_same_text_with_another_photo_is_another_version(clerk, photo):
    first = hand_in(clerk, text=text(photo=True), files=photo(b"a"))
    second = hand_in(clerk, text=text(photo=True), files=photo(b"b"))
    assert second.fresh
    assert (
        second.submission.files[PHOTO]["digest"]
        == store.keep(b"b")
        != first.submission.files[PHOTO]["digest"]
    )


def test_a_photo_is_carried_over_only_as_long_as_it_is_named(clerk, photo):
    hand_in(clerk, text=text("一", photo=True), files=photo(b"a"))
    named = hand_in(clerk, text=text("二", photo=True)).submission
    unnamed = hand_in(clerk, text=text("三")).submission
    assert named.files == {PHOTO: {"digest": store.keep(b"a"), "size": 1}}
    assert unnamed.files == {}


def test_what_was_accepted_by_git_is_not_taken_again_either(account, afterwards):
    held = campaign()
    files = [(one, file.stem) for one in held.units for file in (ROOT / one.folder).rglob("*.yml")]
    for unit, name in files:
        located = held.locate(name)
        if located and standing(held, ledger_of(unit.slug), located[0], name).stage is Stage.ACCEPTED:
            break
    else:
        raise AssertionError("the sample has an accepted document")
    with pytest.raises(Refused, match="完全相同"):
        hand_in(account(f"{unit.slug}-1"), name)


def test_who_was_overtaken_keeps_the_time_at_which_all_was_here(clerk, account):
    """Another body was stored while this one was being read: no clock was set back."""
    hand_in(account("foshan-1"), text=text("一"))
    line = hand_in(clerk, text=text("一"), at=now() - timedelta(seconds=5)).submission
    assert (line.received_at, line.stored_at, line.flags) == (now() - timedelta(seconds=5), now(), [])


def test_what_stands_by_git_is_not_taken_again_but_with_a_new_photo_it_is(afterwards, clerk, photo):
    with pytest.raises(Refused, match="完全相同"):
        hand_in(clerk)
    assert hand_in(clerk, files=photo(b"a")).fresh


@pytest.mark.parametrize(
    ("kind", "hours", "state", "fresh"),
    [
        (Action.Kind.RETURNED, 1, Action.State.DONE, True),
        (Action.Kind.WITHDRAWN, 1, Action.State.PENDING, True),
        (Action.Kind.RETURNED, -1, Action.State.DONE, False),
        (Action.Kind.RETURNED, 1, Action.State.REFUSED, False),
        (Action.Kind.ACCEPTED, 1, Action.State.DONE, False),
        (Action.Kind.PAPER, 1, Action.State.DONE, False),
    ],
)
def test_the_very_same_version_is_taken_again_only_if_the_office_asked_for_it_since(
    clerk, account, kind: str, hours: int, state: str, fresh: bool
):
    line = hand_in(clerk, text=text("一")).submission
    Action.objects.create(
        kind=kind, state=state, unit="heyuan", document=DOCUMENT, submission=line, reason="请补写",
        account=account("office-1", Role.OFFICER), at=line.received_at + timedelta(hours=hours),
    )  # fmt: skip
    again = hand_in(clerk, text=text("一"), at=line.received_at + timedelta(hours=2))
    assert again.fresh is fresh


def test_a_body_may_name_only_so_many_files_and_an_attempt_is_a_name(clerk):
    most = campaign().limits["files"]
    for told in (
        {"files": {f"materials/{n}.pdf": str(uuid.uuid4()) for n in range(most + 1)}},
        {"attempt": 7},
        {"attempt": None},
        {"files": {"materials/a.pdf": 7}},
        {"yaml": " \n "},
    ):
        body = json.dumps({"attempt": str(uuid.uuid4()), "yaml": "a: 1", "files": {}} | told).encode()
        with pytest.raises(Refused) as refused:
            read(campaign(), DOCUMENT, body)
        assert refused.value.status == 400


def test_a_list_that_nests_without_end_is_refused(clerk):
    with pytest.raises(Refused):
        read(campaign(), DOCUMENT, b"[" * 200_000)


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "SB120821-00000-00000"}, {"document": "individual-02"}, {"by": "别人"}, {"nonce": "0" * 32},
        {"received_at": "2012-08-20T10:00:00+08:00"}, {"stored_at": "2012-08-20T10:00:00+08:00"},
        {"digest": "sha256:" + "0" * 64}, {"body_digest": "sha256:" + "0" * 64}, {"files": {PHOTO: {}}},
        {"previous": "sha256:" + "0" * 64}, {"seq": 7},
    ],
)  # fmt: skip
def test_whatever_is_changed_in_a_line_breaks_the_chain_there(clerk, changed: dict[str, Any]):
    hand_in(clerk, text=text("一"))
    line = hand_in(clerk, text=text("二")).submission
    assert first_broken("heyuan") is None
    Submission.objects.filter(pk=line.pk).update(**changed)
    assert first_broken("heyuan") == line


def test_a_check_looks_at_the_very_upload_that_the_page_names(clerk, signed_in, photo, monkeypatch):
    """Another one for the same place is not what will be submitted."""
    seen: list[set[str]] = []
    monkeypatch.setattr("intake.clerk.asked.judge_before", lambda _path, over: seen.append(set(over)) or [])
    named, place = photo(b"a"), f"data/cities/heyuan/{PHOTO}"
    client, stranger = signed_in("heyuan-1"), signed_in("foshan-1")

    def status(by: Client, files: dict[str, str]) -> int:
        told = {"document": DOCUMENT, "yaml": text(), "files": files}
        return int(by.post("/intake/check", told, "application/json").status_code)

    assert [status(client, files) for files in (named, {PHOTO: str(uuid.uuid4())})] == [200, 200]
    assert [place in over for over in seen] == [True, False]
    assert status(stranger, named) == 200
    assert len(seen.pop()) == 1, "another unit's is nobody's"
    monkeypatch.setattr("intake.clerk.asked.read", Mock(side_effect=store.Missing))
    assert status(client, named) == 409
    Upload.objects.update(state=Upload.State.RECEIVING)
    assert status(client, named) == 200
    monkeypatch.setattr("intake.clerk.asked.judge_before", Mock(side_effect=BrokenCampaign(())))
    assert status(client, named) == 503


def test_the_form_reads_back_the_files_of_its_own_last_version_alone(clerk, signed_in, photo, tree):
    """What was uploaded; else what lies in the unit's folder by git; nothing beside that folder."""
    for mark in ("old", "new"):
        line = hand_in(clerk, text=text(mark), files=photo(mark.encode())).submission
        own = signed_in("heyuan-1").get(f"/my/receipts/{line.number}/files/{PHOTO}")
        assert own.content == mark.encode()
    start = f"/intake/documents/{DOCUMENT}/files/"
    client = signed_in("heyuan-1")
    assert client.get(f"/intake/documents/{DOCUMENT}").json()["yaml"] == text("new")
    assert client.get(start + PHOTO).content == b"new"
    assert signed_in("foshan-1").get(start + PHOTO).status_code == 404
    folder = tree / "data/cities/foshan/materials"
    (folder / "link.jpg").symlink_to(tree / "data/cities/heyuan/summary.yml")
    stranger = signed_in("foshan-1")
    kept = (ROOT / "data/cities/foshan/materials/individual-01.jpg").read_bytes()
    assert stranger.get(f"{start}materials/individual-01.jpg").content == kept
    for path in (
        "materials/link.jpg",
        "../heyuan/summary.yml",
        "%2e%2e/heyuan/summary.yml",
        "../../campaign.yml",
    ):
        assert stranger.get(start + path).status_code == 404, path


def test_another_day_has_another_number_and_it_is_the_day_of_receipt(clerk):
    line = hand_in(clerk, text=with_values(text(), post="x"), at=now() - timedelta(days=2)).submission
    assert line.number.startswith("SB120819-")
