"""Uploads: which paths, which sizes, how many, and how long they wait."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from uploading import PAPER, PHOTO, begin, patch

from build_tools.campaign import load_campaign
from build_tools.tree import WorkTree
from intake import current
from intake.answers import Refused
from intake.files import uploads
from intake.files.models import Draft, Upload
from intake.files.names import check_path
from intake.people.models import Account
from intake.place import Place


@pytest.fixture
def clerk(signed_in: Callable[..., Client]) -> Client:
    return signed_in()


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
        (PHOTO, 2048 * 1024 + 1, 413, "照片有 2049 KB，超过 2048 KB 的上限"),
        (PAPER, 10240 * 1024 + 1, 413, "文件有 10241 KB，超过 10240 KB 的上限"),
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
    assert (answer.status_code, "128 MB" in answer.json()["message"]) == (409, True)


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


def test_a_campaign_that_asks_for_no_attachments_takes_no_file():
    second = load_campaign(WorkTree(Path(__file__).parents[1] / "second"))
    with pytest.raises(Refused, match="这次活动不收照片和附件"):
        check_path("materials/a.pdf", second.units[0], second)
