"""Drafts: nobody overwrites another, nothing is lost, and only the own unit reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hostile_files as made
import pytest
from django.db import DatabaseError
from django.test import Client

from intake.answers import Refused
from intake.files import drafts
from intake.files.models import Draft
from intake.people.models import Audit, Role

ADDRESS = "/intake/drafts/individual-01"
TEXT = "name: 示例甲\nphoto: materials/individual-01.jpg\n"


def put(client: Client, text: Any, version: Any, address: str = ADDRESS) -> Any:
    return client.put(address, {"yaml": text, "version": version}, content_type="application/json")


def remove(client: Client, version: int) -> Any:
    return client.delete(ADDRESS, {"version": version}, content_type="application/json")


@pytest.fixture
def clerk(signed_in: Callable[..., Client]) -> Client:
    return signed_in()


def test_a_draft_is_saved_and_found_on_another_computer(clerk: Client, signed_in):
    assert clerk.get(ADDRESS).status_code == 404
    saved = put(clerk, TEXT, 0).json()
    assert saved == {"version": 1, "saved_at": "2012-08-21T10:00:00+08:00"}
    assert put(clerk, TEXT + "a: b\n", 1).json()["version"] == 2
    found = signed_in("guangzhou-2").get(ADDRESS).json()
    assert found == {
        "document": "individual-01",
        "version": 2,
        "yaml": TEXT + "a: b\n",
        "saved_at": "2012-08-21T10:00:00+08:00",
        "person": "示例guangzhou-1",
        "files": {},
    }


def test_the_newest_file_of_each_path_comes_with_the_draft(clerk: Client, service, monkeypatch):
    put(clerk, TEXT, 0)
    names = []
    for minute, width in (("00", 413), ("01", 414)):
        monkeypatch.setenv("SHENBAO_NOW", f"2012-08-21T10:{minute}:00+08:00")
        for path, data in (
            ("materials/individual-01.jpg", made.picture(size=(width, 579))),
            ("materials/individual-02.jpg", made.picture()),
        ):
            begun = clerk.post(
                "/intake/files", {"path": path, "size": len(data)}, content_type="application/json"
            )
            names.append(begun.json()["id"])
            told = clerk.patch(f"/intake/files/{names[-1]}", data, headers={"Upload-Offset": "0"}).json()
            if width == 414 and path.endswith("01.jpg"):
                newest = {"id": names[-1], "size": told["size"], "digest": told["digest"]}
    begun = clerk.post(
        "/intake/files", {"path": "materials/individual-01.jpg", "size": 9}, content_type="application/json"
    )
    assert begun.status_code == 201
    assert clerk.get(ADDRESS).json()["files"] == {"materials/individual-01.jpg": newest}


def test_two_who_save_at_once_are_told_of_each_other(clerk: Client, signed_in):
    other = signed_in("guangzhou-2")
    put(clerk, "a: 1\n", 0)
    assert put(other, "a: 2\n", 1).json()["version"] == 2
    told = put(clerk, "a: 3\n", 1)
    assert told.status_code == 409
    assert told.json() == {
        "message": "示例guangzhou-2已于8月21日 10:00保存了较新的草稿。请选择用对方的还是用自己的，两份都不会丢。",
        "version": 2,
        "saved_at": "2012-08-21T10:00:00+08:00",
        "person": "示例guangzhou-2",
    }
    assert clerk.get(ADDRESS).json()["yaml"] == "a: 2\n"
    assert put(clerk, "a: 3\n", 2).json()["version"] == 3, "having read it, one's own can be saved"


@pytest.mark.parametrize("version", [0, 2, 7])
def test_a_version_that_is_not_the_last_saves_nothing(clerk: Client, version: int):
    put(clerk, "a: 1\n", 0)
    assert put(clerk, "a: 2\n", version).status_code == 409
    assert clerk.get(ADDRESS).json()["yaml"] == "a: 1\n"


def test_saving_again_after_the_answer_was_lost_is_no_conflict(clerk: Client):
    for text, based_on in (("a: 1\n", 0), ("a: 2\n", 1)):
        answers = [put(clerk, text, based_on) for _ in range(3)]
        assert {(answer.status_code, answer.json()["version"]) for answer in answers} == {(200, based_on + 1)}


def test_a_draft_removed_elsewhere_is_told_and_what_is_written_can_be_saved(clerk: Client, signed_in):
    other = signed_in("guangzhou-2")
    put(clerk, "a: 1\n", 0)
    assert remove(other, 1).json() == {}
    assert clerk.get(ADDRESS).status_code == 404
    told = put(clerk, "a: 2\n", 1)
    assert (told.status_code, told.json()["version"], told.json()["person"]) == (409, 0, "示例guangzhou-2")
    assert "删去" in told.json()["message"]
    again = put(clerk, "a: 2\n", 0)
    assert again.json()["version"] > 2, "no version comes twice: an old page cannot overwrite a new draft"
    assert put(other, "a: 9\n", 1).status_code == 409


def test_a_draft_that_changed_meanwhile_is_not_removed(clerk: Client):
    put(clerk, "a: 1\n", 0)
    put(clerk, "a: 2\n", 1)
    assert remove(clerk, 1).status_code == 409
    assert clerk.get(ADDRESS).json()["yaml"] == "a: 2\n"
    assert remove(clerk, 2).json() == {}
    assert remove(clerk, 2).json() == {}, "twice is no error"


def test_nothing_of_a_removed_draft_is_left(clerk: Client):
    put(clerk, "a: CANARY\n", 0)
    remove(clerk, 1)
    assert not Draft.rows.filter(yaml__contains="CANARY").exists()
    assert drafts.held("guangzhou") == {}


def test_other_units_and_the_office_read_nothing(clerk: Client, signed_in):
    put(clerk, "a: CANARY\n", 0)
    other = signed_in("shenzhen-1")
    assert other.get(ADDRESS).status_code == 404
    assert put(other, "b: 1\n", 0).json()["version"] == 1
    assert clerk.get(ADDRESS).json()["yaml"] == "a: CANARY\n"
    for client, status in (
        (signed_in("desk-1", Role.OFFICER), 403),
        (signed_in("desk-2", Role.APPROVER), 403),
        (Client(), 401),
    ):
        for answer in (client.get(ADDRESS), put(client, "a", 1), remove(client, 1)):
            assert (answer.status_code, b"CANARY" in answer.content) == (status, False)
    assert drafts.held("") == {}
    assert set(drafts.held("guangzhou")) == {"individual-01"}


@pytest.mark.parametrize(
    "document", ["individual-00001", "individual", "nothing", "campaign", "individual-01.yml", "..", "个人"]
)
def test_a_document_that_the_campaign_does_not_have_is_missing(clerk: Client, document: str):
    address = f"/intake/drafts/{document}"
    for answer in (clerk.get(address), put(clerk, "a", 0, address)):
        assert (answer.status_code, "没有这份表" in answer.json()["message"]) == (404, True)
    assert not Draft.rows.exists()


@pytest.mark.parametrize(
    ("text", "version", "status"),
    [
        ("a" * (256 * 1024), 0, 200),
        ("a" * (256 * 1024 + 1), 0, 413),
        ("示" * (86 * 1024), 0, 413),
        ("a" * (1024 * 1024), 0, 413),
        ("a\0b", 0, 422),
        ("\ud800", 0, 422),
        ("not: [yaml", 0, 200),
        ("", 0, 200),
        (None, 0, 400),
        (["a"], 0, 400),
        ("a", -1, 400),
        ("a", 2**31, 400),
        ("a", "0", 400),
        ("a", None, 400),
        ("a", False, 400),
    ],
    ids=str,
)
def test_what_may_be_saved(clerk: Client, text: Any, version: Any, status: int):
    answer = put(clerk, text, version)
    assert answer.status_code == status, answer.content
    if status != 200:
        assert answer.json()["message"].endswith("。")
    else:
        assert clerk.get(ADDRESS).json()["yaml"] == text


@pytest.mark.parametrize(
    ("says", "status"), [("database or disk is full", 507), ("attempt to write a readonly database", 503)]
)
def test_a_full_disk_is_told_and_the_draft_before_stays(clerk: Client, monkeypatch, says: str, status: int):
    put(clerk, "a: 1\n", 0)

    def fail(*_: object, **__: object) -> None:
        raise DatabaseError(says)

    with monkeypatch.context() as patched:
        patched.setattr(drafts, "_save", fail)
        assert put(clerk, "a: 2\n", 1).status_code == status
    assert clerk.get(ADDRESS).json()["yaml"] == "a: 1\n"


def test_no_text_of_a_draft_gets_into_logs_or_the_audit_trail(clerk: Client, caplog, capfd):
    put(clerk, "a: CANARY\n", 0)
    put(clerk, "a: CANARY2\n", 9)
    remove(clerk, 1)
    assert "CANARY" not in caplog.text + capfd.readouterr().err
    assert [(line.action, line.target, line.detail) for line in Audit.objects.all()] == [
        ("draft.removed", "individual-01", {})
    ]


def test_a_refusal_quotes_nothing_that_was_written(account, service):
    with pytest.raises(Refused) as refused:
        drafts.save(account(), "individual-01", "CANARY" * 60_000, 0)
    assert "CANARY" not in refused.value.message
