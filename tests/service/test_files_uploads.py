"""Uploads: what may come, where it goes on, what is kept, and that it is nobody else's."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import hostile_files as made
import pytest
from django.test import Client

from build_tools.campaign import load_campaign
from build_tools.tree import WorkTree
from intake import current
from intake.answers import Refused
from intake.files import uploads
from intake.files.models import Draft, Upload
from intake.files.names import check_path
from intake.people.models import Account, Audit, Role
from intake.place import Place

PHOTO, PAPER = "materials/individual-01.jpg", "materials/individual-01-study.pdf"
GONE = "没有找到这个文件"


def begin(client: Client, path: str, size: Any) -> Any:
    return client.post("/intake/files", {"path": path, "size": size}, content_type="application/json")


def patch(client: Client, name: str, offset: int, data: bytes, **headers: str) -> Any:
    headers = {"Upload-Offset": str(offset), **headers}
    return client.patch(
        f"/intake/files/{name}", data, content_type="application/octet-stream", headers=headers
    )


def sent(client: Client, path: str, data: bytes) -> Any:
    """The answer to the last piece; the upload's id with it."""
    answer = begin(client, path, len(data))
    assert answer.status_code == 201, answer.content
    name, piece, offset = answer.json()["id"], answer.json()["chunk"], 0
    while True:
        answer = patch(client, name, offset, data[offset : offset + piece])
        offset += piece
        if offset >= len(data):
            return answer, name


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


@pytest.mark.parametrize(
    "path",
    [
        "",
        "materials/",
        "materials/../../../etc/passwd.pdf",
        "../guangzhou/materials/a.pdf",
        "/materials/a.pdf",
        "materials//a.pdf",
        "materials/./a.pdf",
        "materials\\a.pdf",
        "materials/a.pdf\0.jpg",
        "materials/a\n.pdf",
        "materials/a b.pdf",
        "materials/a (1).pdf",
        "materials/-rf.pdf",
        "materials/con.pdf",
        "materials/.gitkeep",
        "materials/~$a.docx",
        "materials/._a.pdf",
        "materials/.git/config",
        "materials/a",
        "materials/a.exe",
        "materials/a.docm",
        "materials/a.pdf/",
        "materials/individual-01.pdf",
        "nominations/individual-01.yml",
        "nominations/a.pdf",
        "summary.yml",
        "a.pdf",
        "shenzhen/materials/a.pdf",
        "materials/shenzhen/materials/a.pdf",
        "materials/guangzhou/materials/a.pdf",
        "materials/" + "a" * 120 + ".pdf",
        "materials/\ud800.pdf",
    ],
)
def test_a_path_that_no_document_can_name_is_refused(clerk: Client, path: str):
    answer = begin(clerk, path, 10)
    assert answer.status_code == 422, answer.content
    assert answer.json()["message"].endswith("。")
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        PHOTO,
        "materials/individual-02.jpeg",
        PAPER,
        "materials/pairing/a.docx",
        "materials/学习资料.pdf",
        "materials/a.JPG",
    ],
)
def test_a_path_that_a_document_can_name_is_taken(clerk: Client, path: str):
    assert begin(clerk, path, 10).status_code == 201


@pytest.mark.parametrize(
    ("path", "size", "status", "says"),
    [
        (PHOTO, 2048 * 1024 + 1, 413, "照片有 2049 KiB，超过 2048 KiB 的上限"),
        (PAPER, 10240 * 1024 + 1, 413, "文件有 10241 KiB，超过 10240 KiB 的上限"),
        (PAPER, 0, 422, "文件是空的"),
        (PAPER, 10**13, 400, "请求的内容不对"),
        (PAPER, -1, 400, "请求的内容不对"),
        (PAPER, "10", 400, "请求的内容不对"),
        (PAPER, 1.5, 400, "请求的内容不对"),
        (PAPER, True, 400, "请求的内容不对"),
        (PAPER, None, 400, "请求的内容不对"),
    ],
)
def test_a_size_out_of_bounds_is_refused(clerk: Client, path: str, size: Any, status: int, says: str):
    answer = begin(clerk, path, size)
    assert (answer.status_code, says in answer.json()["message"]) == (status, True)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("", "text/plain", 415),
        (" ", "application/json", 400),
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("[" * 4000, "application/json", 400),
        ("1" * 4000, "application/json", 400),
        (b"\xff{}", "application/json", 400),
        ('{"path": 1, "size": 1}', "application/json", 400),
        ("{}" + " " * 5000, "application/json", 413),
        ("path=a", "application/x-www-form-urlencoded", 415),
        ('{"path": "materials/a.pdf", "size": 1}', "text/plain", 415),
    ],
)
def test_a_request_that_makes_no_sense_gets_a_sentence(clerk: Client, body: Any, kind: str, status: int):
    answer = clerk.post("/intake/files", body, content_type=kind)
    assert (answer.status_code, answer.json()["message"][-1]) == (status, "。")


def test_a_piece_that_is_too_large_or_tells_no_place_is_refused(clerk: Client):
    name = begin(clerk, PAPER, 5 * 1024 * 1024).json()["id"]
    assert patch(clerk, name, 0, bytes(1024 * 1024 + 1)).status_code == 413
    for wrong in ("", "-1", "a", "１", "1" * 13):
        assert patch(clerk, name, 0, b"a", **{"Upload-Offset": wrong}).status_code == 400, wrong
    assert patch(clerk, name, 0, bytes(1024 * 1024)).json() == {"offset": 1024 * 1024}


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


def test_too_many_and_too_much_at_once_is_told(clerk: Client, monkeypatch):
    for number in range(uploads.MOST_UNFINISHED):
        assert begin(clerk, f"materials/a{number}.pdf", 10).status_code == 201
    full = begin(clerk, PAPER, 10)
    assert (full.status_code, "有 20 个文件还没有传完" in full.json()["message"]) == (409, True)
    one = Upload.objects.first()
    assert one
    assert clerk.delete(f"/intake/files/{one.id}").json() == {}
    assert begin(clerk, PAPER, 10).status_code == 201
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-21T12:00:00+08:00")
    assert begin(clerk, PAPER, 10).status_code == 201, "what never got a byte makes room"


def test_what_is_announced_together_has_a_bound(clerk: Client):
    for number in range(12):
        assert begin(clerk, f"materials/a{number}.pdf", 10 * 1024 * 1024).status_code == 201
    answer = begin(clerk, PAPER, 10 * 1024 * 1024)
    assert (answer.status_code, "128 MiB" in answer.json()["message"]) == (409, True)


def finished(account: Account, path: str) -> Upload:
    moment = current.now()
    return Upload.objects.create(
        unit=account.unit, account=account, path=path, size=1, state="ready", created_at=moment, finished_at=moment,
        digest=uploads.store.keep(b"a"), kept_size=1,
    )  # fmt: skip


def test_a_unit_keeps_as_many_files_as_the_campaign_allows(clerk: Client, account):
    person = account()
    paths = [f"materials/a{number:02}.pdf" for number in range(60)]
    for path in paths:
        finished(person, path)
    text = "\n".join(paths)
    draft = Draft.objects.create(
        unit="guangzhou", document="materials", yaml=text, account=person, saved_at=current.now()
    )
    assert begin(clerk, paths[3], 10).status_code == 201, "a file in place of another"
    full = begin(clerk, PAPER, 10)
    assert (full.status_code, "文件已有 60 个，达到上限" in full.json()["message"]) == (409, True)
    Draft.objects.filter(id=draft.id).update(yaml=text.replace(paths[7], ""))
    assert begin(clerk, PAPER, 10).status_code == 201
    assert not Upload.objects.filter(path=paths[7]).exists(), "what no draft names any more makes room"


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


def test_what_was_left_unfinished_is_removed_after_two_days(
    clerk: Client, service: Place, account, monkeypatch
):
    old = begin(clerk, PAPER, 10).json()["id"]
    patch(clerk, old, 0, b"12345")
    never = begin(clerk, PAPER, 10).json()["id"]
    named, unnamed = finished(account(), PAPER), finished(account(), PHOTO)
    Draft.objects.create(
        unit="guangzhou", document="materials", yaml=PAPER, account=account(), saved_at=current.now()
    )
    stray = service.uploads / str(uuid.uuid4())
    stray.write_bytes(b"a")
    os.utime(stray, (0, 0))
    just_now = service.uploads / str(uuid.uuid4())
    just_now.write_bytes(b"")
    assert uploads.tidy() == 1
    assert not stray.exists()
    just_now.unlink()
    later = current.now() + timedelta(days=3)
    monkeypatch.setenv("SHENBAO_NOW", later.isoformat())
    fresh = begin(clerk, PAPER, 10).json()["id"]
    assert uploads.tidy() == 2
    assert [clerk.get(f"/intake/files/{one}").status_code for one in (old, never, fresh)] == [404, 404, 200]
    assert list(service.uploads.iterdir()) == []
    monkeypatch.setenv("SHENBAO_NOW", (later + timedelta(days=30)).isoformat())
    uploads.tidy()
    assert set(Upload.objects.values_list("id", flat=True)) == {named.id}
    assert unnamed.id != named.id


def test_an_upload_in_the_middle_of_a_piece_is_not_tidied_away(clerk: Client, service: Place, monkeypatch):
    name = begin(clerk, PAPER, 10).json()["id"]
    patch(clerk, name, 0, b"12345")
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-25T10:00:00+08:00")
    one = Upload.objects.get(id=name)
    with uploads._locked(one):
        assert uploads.tidy() == 0
    assert uploads.tidy() == 1


def test_no_path_and_no_content_gets_into_logs_or_the_audit_trail(clerk: Client, caplog, capfd):
    _, name = sent(clerk, "materials/张三.pdf", made.pdf(made.on_opening))
    clerk.get(f"/intake/files/{name}/content")
    said = caplog.text + capfd.readouterr().err
    said += "".join(f"{line.target}{line.detail}" for line in Audit.objects.all())
    assert name in said
    assert "张三" not in said


def test_a_campaign_that_asks_for_no_attachments_takes_no_file():
    second = load_campaign(WorkTree(Path(__file__).parents[1] / "second"))
    with pytest.raises(Refused, match="这次活动不收照片和附件"):
        check_path("materials/a.pdf", second.units[0], second)
