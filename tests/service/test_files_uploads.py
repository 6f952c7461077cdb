"""Uploads: where a file goes on, what is kept of it, and that it is nobody else's."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Callable
from typing import Any

import hostile_files as made
import pytest
from django.test import Client
from uploading import PAPER, PHOTO, begin, patch, sent

from intake.answers import Refused
from intake.files import uploads
from intake.people.models import Audit, Role
from intake.place import Place

GONE = "没有找到这个文件"


@pytest.fixture
def clerk(signed_in: Callable[..., Client]) -> Client:
    return signed_in()


def test_a_file_comes_in_pieces_and_is_kept_as_it_came(clerk: Client, service: Place):
    data = made.large_pdf(600_000)
    answer = begin(clerk, PAPER, len(data))
    assert (answer.status_code, answer.json()["offset"], answer.json()["chunk"]) == (201, 0, 262_144)
    name = answer.json()["id"]
    assert patch(clerk, name, 0, data[:262_144]).json() == {"offset": 262_144}
    state = clerk.get(f"/intake/files/{name}").json()
    assert (state["offset"], state["size"], state["state"]) == (262_144, len(data), "receiving")
    assert patch(clerk, name, 262_144, data[262_144:524_288]).json() == {"offset": 524_288}
    told = patch(clerk, name, 524_288, data[524_288:]).json()
    digest = uploads.store.keep(data)
    assert told == {
        "offset": len(data),
        "state": "ready",
        "digest": digest,
        "size": len(data),
        "changed": False,
    }
    content = clerk.get(f"/intake/files/{name}/content")
    assert content.content == data
    assert content["Content-Type"] == "application/pdf"
    assert content["Content-Disposition"].startswith("attachment")
    assert list(service.uploads.iterdir()) == []


def test_a_photo_is_kept_changed_and_without_the_place_it_was_taken(clerk: Client):
    came = made.from_a_telephone()
    answer, name = sent(clerk, PHOTO, came)
    told = answer.json()
    assert (told["state"], told["changed"], told["offset"]) == ("ready", True, len(came))
    content = clerk.get(f"/intake/files/{name}/content").content
    assert b"CANARY" not in content
    assert (told["digest"], told["size"]) == (uploads.store.keep(content), len(content))


def test_the_last_piece_sent_twice_gives_the_same_answer_and_one_file(clerk: Client, service: Place):
    answer, name = sent(clerk, PAPER, made.pdf())
    for _ in range(3):
        assert patch(clerk, name, 0, made.pdf()).json() == answer.json()
    assert len([file for file in service.files.rglob("*") if file.is_file()]) == 1
    assert Audit.objects.filter(action="upload.ready", target=name).count() == 1
    service.uploads.rmdir()
    assert patch(clerk, name, 0, made.pdf()).json() == answer.json(), "nothing is written for it"


def test_a_piece_from_another_place_is_told_where_to_go_on(clerk: Client):
    data = made.large_pdf(100_000)
    name = begin(clerk, PAPER, len(data)).json()["id"]
    patch(clerk, name, 0, data[:40_000])
    for wrong in (0, 39_999, 40_001, len(data)):
        answer = patch(clerk, name, wrong, data[:10])
        assert (answer.status_code, answer.json()["offset"]) == (409, 40_000), wrong
    too_long = patch(clerk, name, 40_000, data)
    assert (too_long.status_code, too_long.json()["offset"]) == (413, 40_000)
    assert patch(clerk, name, 40_000, data[40_000:]).json()["state"] == "ready"


def test_the_last_piece_with_other_content_is_not_taken_for_the_same(clerk: Client, monkeypatch):
    data = made.pdf()
    name = begin(clerk, PAPER, len(data)).json()["id"]
    monkeypatch.setattr(uploads, "examine", failing(Refused(503, "忙。")))
    assert patch(clerk, name, 0, data).status_code == 503
    assert patch(clerk, name, 0, bytes(len(data))).status_code == 409
    monkeypatch.undo()


def failing(error: Exception) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        raise error

    return fail


def test_a_file_nobody_could_look_at_waits_complete_and_is_finished_by_asking_again(
    clerk: Client, service, monkeypatch
):
    data = made.pdf()
    name = begin(clerk, PAPER, len(data)).json()["id"]
    with monkeypatch.context() as patched:
        patched.setattr(uploads, "examine", failing(Refused(503, "忙。")))
        assert patch(clerk, name, 0, data).status_code == 503
    assert clerk.get(f"/intake/files/{name}").json()["offset"] == len(data)
    assert patch(clerk, name, len(data), b"").json()["state"] == "ready"


def test_a_refused_file_says_why_every_time_it_is_asked(clerk: Client, service: Place):
    answer, name = sent(clerk, PAPER, made.pdf(made.on_opening))
    assert (answer.status_code, answer.json()["state"]) == (422, "refused")
    assert "脚本" in answer.json()["message"]
    assert patch(clerk, name, 0, b"").json() == answer.json()
    state = clerk.get(f"/intake/files/{name}").json()
    assert (state["state"], state["message"], state["digest"]) == ("refused", answer.json()["message"], "")
    assert clerk.get(f"/intake/files/{name}/content").status_code == 409
    assert list(service.uploads.iterdir()) == []


def test_another_unit_finds_nothing_under_the_id(clerk: Client, signed_in, service):
    _, name = sent(clerk, PAPER, made.pdf())
    waiting = begin(clerk, PAPER, 100).json()["id"]
    other = signed_in("shenzhen-1")
    for one in (name, waiting, str(uuid.uuid4())):
        for answer in (
            other.get(f"/intake/files/{one}"),
            other.get(f"/intake/files/{one}/content"),
            other.delete(f"/intake/files/{one}"),
            patch(other, one, 0, b"a"),
            patch(other, one, 0, bytes(2 * 1024 * 1024)),
        ):
            assert (answer.status_code, GONE in answer.json()["message"]) == (404, True)
    assert clerk.get(f"/intake/files/{name}").json()["state"] == "ready"
    with pytest.raises(Refused, match="没有找到"):
        uploads.ready("shenzhen", PAPER, name)


def test_the_second_officer_of_the_unit_goes_on_where_the_first_stopped(clerk: Client, signed_in, service):
    data = made.pdf()
    name = begin(clerk, PAPER, len(data)).json()["id"]
    patch(clerk, name, 0, data[:100])
    assert patch(signed_in("guangzhou-2"), name, 100, data[100:]).json()["state"] == "ready"


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_nobody_gets_in_who_is_not_a_unit(db, service, signed_in, method: str):
    name = uuid.uuid4()
    for client, status in (
        (Client(), 401),
        (signed_in("desk-1", Role.OFFICER), 403),
        (signed_in("desk-2", Role.APPROVER), 403),
    ):
        assert getattr(client, method)(f"/intake/files/{name}").status_code == status
        assert begin(client, PAPER, 1).status_code == status


def test_without_the_token_of_the_page_nothing_is_changed(clerk: Client):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = clerk.cookies
    name = begin(clerk, PAPER, 10).json()["id"]
    for answer in (
        begin(strict, PAPER, 10),
        patch(strict, name, 0, b"a"),
        strict.delete(f"/intake/files/{name}"),
    ):
        assert (answer.status_code, "过期" in answer.json()["message"]) == (403, True)
    assert clerk.get(f"/intake/files/{name}").json()["offset"] == 0


def test_a_full_disk_is_told_and_the_file_goes_on_when_there_is_room(clerk: Client, service, monkeypatch):
    data = made.large_pdf(100_000)
    name = begin(clerk, PAPER, len(data)).json()["id"]
    patch(clerk, name, 0, data[:30_000])
    write = os.pwrite

    def full(handle: int, piece: Any, offset: int) -> int:
        if offset > 30_000:
            raise OSError(errno.ENOSPC, "full")
        return write(handle, piece[:5_000], offset)

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", full)
        answer = patch(clerk, name, 30_000, data[30_000:60_000])
    assert (answer.status_code, "存储空间已满" in answer.json()["message"]) == (507, True)
    assert clerk.get(f"/intake/files/{name}").json()["offset"] == 30_000
    with monkeypatch.context() as patched:
        patched.setattr(uploads.store, "write_all", failing(OSError(errno.ENOSPC, "full")))
        assert patch(clerk, name, 30_000, data[30_000:]).status_code == 507
    assert patch(clerk, name, 30_000, data[30_000:]).json()["state"] == "ready"
    assert clerk.get(f"/intake/files/{name}/content").content == data


def test_a_file_that_the_disk_has_changed_is_not_given_out(clerk: Client, service: Place):
    answer, name = sent(clerk, PAPER, made.pdf())
    kept = next(service.files.rglob(answer.json()["digest"][7:]))
    kept.write_bytes(b"other")
    assert clerk.get(f"/intake/files/{name}/content").status_code == 410
    kept.unlink()
    with pytest.raises(Refused, match="不完整"):
        uploads.ready("guangzhou", PAPER, name)


def test_what_may_go_with_a_submission(clerk: Client):
    answer, name = sent(clerk, PAPER, made.pdf())
    kept = uploads.ready("guangzhou", PAPER, name)
    assert kept == (answer.json()["digest"], answer.json()["size"])
    _, refused = sent(clerk, PAPER, made.pdf(made.launching))
    waiting = begin(clerk, PAPER, 10).json()["id"]
    for path, one, says in (
        (PHOTO, name, "另一栏"),
        (PAPER, refused, "没有收下"),
        (PAPER, waiting, "还没有传完"),
        (PAPER, str(uuid.uuid4()), "没有找到"),
        (PAPER, "a", "没有找到"),
    ):
        with pytest.raises(Refused, match=says) as raised:
            uploads.ready("guangzhou", path, one)
        assert raised.value.status == 409
    with pytest.raises(Refused, match="没有找到"):
        uploads.ready("", PAPER, name)


def test_no_path_and_no_content_gets_into_logs_or_the_audit_trail(clerk: Client, caplog, capfd):
    _, name = sent(clerk, "materials/张三.pdf", made.pdf(made.on_opening))
    clerk.get(f"/intake/files/{name}/content")
    said = caplog.text + capfd.readouterr().err
    said += "".join(f"{line.target}{line.detail}" for line in Audit.objects.all())
    assert name in said
    assert "张三" not in said
