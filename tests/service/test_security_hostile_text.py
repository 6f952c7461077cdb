"""Text made to be run, in every field that somebody writes, read wherever somebody else sees it."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from pathlib import Path
from typing import Any

import hostile_files as made
import pdfplumber
import pytest
from service.journalled import hand_in, sample, with_values
from service.security_world import OWN, World, patterns, plant
from service.test_files_attacks import ATTACKS
from service.test_security_limits import upload

from intake.files.models import Draft, Upload
from intake.journal.models import Action, Submission
from intake.people.models import Account

ROOT = Path(__file__).parents[2]
TAG = "<img src=x onerror=a(1)>"
NAME = f"{TAG}\"'{{{{7*7}}}}"
FORMULA = '=HYPERLINK("http://e.example")'
TYPST = "#eval(1) *x* _y_ $z$ @a //b"


@pytest.fixture
def world(db, service, telephone, worker) -> World:
    """As for the matrix, but whatever anybody may write is hostile."""
    found = plant(service)
    Account.objects.update(name=NAME)
    Draft.objects.filter(unit=OWN).update(yaml=NAME)
    Upload.objects.filter(unit=OWN).update(message=NAME, path=f"materials/{TAG}.pdf")
    Action.objects.update(reason=NAME, message=NAME)
    text = with_values(sample(OWN), name=NAME, deeds=NAME, firm=NAME, post=NAME, phone=NAME, **{TAG: NAME})
    line = hand_in(Account.objects.get(username=f"{OWN}-1"), text=text).submission
    told = {
        "code": "F01",
        "severity": "error",
        "message": NAME,
        "hint": NAME,
        "clause": NAME,
        "pointer": f"/{TAG}",
    }
    line.findings = [{**told, "path": TAG, "line": 1, "column": 1, "related": []}]
    line.trouble = NAME
    line.save()
    found.line = line
    for file in (service.tree / "data/cities" / OWN / "nominations").glob("*.yml"):
        file.write_text(with_values(file.read_text(encoding="utf-8"), name=NAME), encoding="utf-8")
    return found


def test_no_page_runs_what_somebody_wrote(world: World):
    """Clerk, officer and approver open everything there is, filters and comparison included."""
    seen = 0
    number = world.line.number
    more = [f"/desk/{number}/?against={TAG}", f"/desk/?unit={TAG}&item={TAG}", f"/desk/audit/?who={TAG}&unit={TAG}",
            f"/desk/calls/?done={TAG}", f"/desk/extensions/?document={TAG}", f"/desk/paper/?unit={TAG}&after={TAG}",
            f"/desk/units/?page=2&{TAG}={TAG}", f"/my/sign-in/?next=/{TAG}", f"/{TAG}", f"/verify/{TAG}/"]  # fmt: skip
    for visitor in ("own unit", "officer", "approver", "nobody"):
        for address in [*map(world.address, patterns()), *more]:
            answer = world.browsers[visitor].get(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if answer.get("Content-Type", "").startswith("text/html"):
                text = body.decode()
                assert "<img src=x" not in text, address
                assert "49" not in re.findall(r"&#x27;(\d+)", text), address
                seen += "&lt;img src=x" in text
            answer.close()
    assert seen > 20, "the hostile text is on many pages, escaped"


def test_no_cell_of_the_audit_table_is_a_formula(world: World):
    Account.objects.update(name=FORMULA)
    Account.objects.filter(username=f"{OWN}-1").update(name="\t=1+1")
    answer = world.browsers["approver"].get("/desk/audit.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) > 2
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert any("HYPERLINK" in cell for row in rows for cell in row)


def test_a_receipt_prints_what_was_written_and_runs_nothing(world: World):
    Submission.objects.filter(pk=world.line.pk).update(by=TYPST)
    answer = world.browsers["own unit"].get(f"/my/receipts/{world.line.number}/receipt.pdf")
    with pdfplumber.open(io.BytesIO(answer.content)) as paper:
        text = "".join(page.extract_text() for page in paper.pages)
    assert TYPST.replace(" ", "") in text.replace(" ", "").replace("\n", "")


def test_a_line_break_in_a_name_adds_no_line_to_the_signed_text(world: World):
    """``create`` takes no control characters; here is what would come of one that got in by another way."""
    from intake.people import accounts

    for name in ("甲\n收到时间：2012年1月1日", "甲\r乙", "甲\u2028乙", "甲\u202e乙", "甲\0"):
        with pytest.raises(Exception, match="控制字符"):
            accounts.create("guangzhou-9", name, "unit", "guangzhou")


@pytest.mark.parametrize(
    ("what", "path", "data", "says"), ATTACKS[::5], ids=[attack[0] for attack in ATTACKS[::5]]
)
def test_a_hostile_file_is_refused_at_the_real_address(
    what: str, path: str, data: bytes, says: str, signed_in, service
):
    answer = upload(signed_in(), data, path)
    assert answer.status_code == 422, what
    assert says in answer.json()["message"]
    assert [file for file in service.files.rglob("*") if file.is_file()] == []
    assert list(service.uploads.iterdir()) == []


def test_a_name_that_leads_elsewhere_is_refused_at_the_real_address(signed_in, service):
    odd = ["../x.pdf", "/etc/x.pdf", "materials/../../x.pdf", "materials\\x.pdf", "materials/x.pdf\0.jpg",
           "data/ledger/guangzhou.yml", "../shenzhen/materials/x.pdf", "materials/x.svg", "materials/x.html",
           "materials/x.pdf\r\nX: y", "materials/" + "a" * 200 + ".pdf", "", ".", "materials/", "nominations/individual-01.yml",
           "materials/\u202efdp.exe.pdf", "https://e.example/x.pdf", "materials/con.pdf:x"]  # fmt: skip
    for path in odd:
        sent = json.dumps({"path": path, "size": 10})
        assert signed_in().post("/intake/files", sent, "application/json").status_code == 422, path
    assert Upload.objects.count() == 0


def _patterns(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        own = [schema["pattern"]] if isinstance(schema.get("pattern"), str) else []
        return own + [one for part in schema.values() for one in _patterns(part)]
    return [one for part in schema for one in _patterns(part)] if isinstance(schema, list) else []


def test_no_pattern_of_a_schema_takes_long_over_a_long_text():
    """Of a document's 256 KiB one field may be nearly all; Python's own expressions are the slow ones."""
    found = {
        one for file in ROOT.glob("schemas/**/*.json") for one in _patterns(json.loads(file.read_text()))
    }
    assert len(found) > 5
    for pattern in found:
        for letters in ("a", "1", " ", "中", "-", ".", "1-", "a ", "/", "0"):
            start = time.process_time()
            re.search(pattern, letters * (50_000 // len(letters)) + "!\n")
            assert time.process_time() - start < 1, (pattern, letters)


def test_a_bomb_in_the_middle_of_an_upload_leaves_the_next_one_served(signed_in, service):
    client = signed_in()
    bomb = made.with_part("word/a.bmp", bytes(300 << 20))
    assert upload(client, bomb, "materials/study.docx").status_code == 422
    assert upload(client, made.pdf()).status_code == 200
