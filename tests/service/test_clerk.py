"""A unit's own pages: how it stands, receipts, versions; verifying for everybody."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils.html import escape
from service.journalled import ROOT, NoSites, sample, submit, with_values

from build_tools.ledger import Kind
from build_tools.recording import Request, record
from intake.clerk.standing import is_aside, unit_progress
from intake.clerk.versions import versions
from intake.current import campaign, now
from intake.files.models import Draft
from intake.journal.models import Action, Submission
from intake.people.models import Role
from intake.projection.worker import Worker
from intake.receipts import signature, wording

pytestmark = pytest.mark.django_db(transaction=True)
AFTER = "2012-08-23T10:30:00+08:00"


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def test_home_tells_what_is_owed_and_what_was_sent(signed_in, account):
    line = submit(account("foshan-1"), "summary", sample("foshan", "summary") + "# 改\n")
    just_now = submit(
        account("foshan-1"), "individual-03", sample("foshan")
    )  # the folder does not hold it yet
    page = text(signed_in("foshan-1").get("/my/"))
    assert f"/my/receipts/{just_now.number}/" in page
    assert "/submit/individual/?unit=foshan&amp;document=individual-03" in page
    assert "佛山市司法局" in page
    assert "下一步" in page
    assert f"/my/receipts/{line.number}/" in page
    for item in campaign().items:
        assert item.title in page


def test_home_lists_a_draft_only_while_it_says_something_newer_than_what_was_received(
    signed_in, account, monkeypatch
):
    client, text_of = signed_in("foshan-1"), sample("foshan", "summary") + "# 改\n"

    def save(told: str, version: int) -> None:
        asked = json.dumps({"yaml": told, "version": version})
        answer = client.put("/intake/drafts/summary", asked, content_type="application/json")
        assert answer.status_code == 200, answer.content

    save("title: 一\n", 0)
    assert "服务器上有草稿：" in text(client.get("/my/"))
    save(text_of, 1)
    submit(account("foshan-1"), "summary", text_of)
    assert not Draft.objects.exists(), "what was submitted is a draft no longer"
    save(text_of, 0)  # another tab had it still
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-21T10:00:01+08:00")
    assert "服务器上有草稿" not in text(client.get("/my/"))
    save("title: 二\n", 4)
    assert "服务器上有草稿：" in text(client.get("/my/"))
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-21T10:00:02+08:00")
    submit(account("foshan-2"), "summary", text_of + "# 再改\n")
    assert Draft.objects.exists(), "a colleague's text stays"
    assert "服务器上有草稿" not in text(client.get("/my/")), "and is older than what was received"


def test_signing_out_tidies_this_browser_for_units_only(signed_in):
    """What the script on the page goes by; an office account has no drafts."""
    page = text(signed_in("foshan-1").get("/my/"))
    assert f'action="/my/sign-out/" data-campaign="{campaign().id}" data-unit="foshan"' in page
    assert '<script src="/static/leaving.js" defer>' in page
    assert "leaving.js" not in text(signed_in("officer", Role.OFFICER).get("/desk/"))


def test_a_unit_that_sent_nothing_is_led_to_the_forms(signed_in):
    unit = next(u for u in campaign().units if not (ROOT / "data/cities" / u.slug).exists())
    page = text(signed_in(f"{unit.slug}-1").get("/my/"))
    assert f"/submit/summary/?unit={unit.slug}" in page
    assert "未报" in page


def test_the_receipt_says_that_it_came_in_time_and_what_is_wrong(signed_in, account):
    client = signed_in("foshan-1")
    line = submit(account("foshan-1"), "summary", "title: 一\n")
    page = text(client.get(f"/my/receipts/{line.number}/"))
    assert "已收到，按时" in page
    assert f"有 {line.errors} 处错误" in page
    assert line.errors
    odd = {"code": "V01", "severity": "warning", "message": "数字偏大。", "pointer": "", "hint": ""}
    line.findings = [odd, odd | {"message": "已说明的一处。", "answered": True}]
    line.save(update_fields=["findings"])
    odd_page = text(client.get(f"/my/receipts/{line.number}/"))
    assert "数字偏大。" in odd_page
    assert "已说明的一处。" not in odd_page, "the unit has answered it"
    assert line.digest in page


def test_a_late_nomination_is_told_what_lateness_does(signed_in, account, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", AFTER)
    line = submit(account("foshan-1"), "individual-03", sample("foshan", "individual-01"))
    page = text(signed_in("foshan-1").get(f"/my/receipts/{line.number}/"))
    assert campaign().effect_text in page
    report = submit(account("shaoguan-1"), "summary", sample("foshan", "summary"))
    assert "按逾期登记" in text(signed_in("shaoguan-1").get(f"/my/receipts/{report.number}/"))
    extended = submit(account("heyuan-1"), "individual-02", sample("heyuan", "individual-01"))
    assert "已收到，延期内按时" in text(signed_in("heyuan-1").get(f"/my/receipts/{extended.number}/"))
    for receipt, late in ((line, True), (report, True), (extended, False)):
        told = signed_in(f"{receipt.unit}-1").get("/intake/state").json()["documents"]
        assert told[receipt.document]["late"] is late, receipt.unit


def test_an_older_receipt_leads_to_the_newer(signed_in, account):
    first = submit(account("foshan-1"), "summary", "title: 一\n")
    second = submit(account("foshan-1"), "summary", "title: 二\n")
    client = signed_in("foshan-1")
    assert f"/my/receipts/{second.number}/" in text(client.get(f"/my/receipts/{first.number}/"))
    assert "以新的为准" not in text(client.get(f"/my/receipts/{second.number}/"))


def test_the_file_and_its_signature_verify(signed_in, account, service):
    line = submit(account("foshan-1"), "summary")
    client = signed_in("foshan-1")
    message = client.get(f"/my/receipts/{line.number}/receipt.txt").content
    signed = client.get(f"/my/receipts/{line.number}/receipt.txt.sig").content.decode()
    assert message == wording.text(line).encode()
    assert signature.verify(service, message, signed)
    printed = client.get(f"/my/receipts/{line.number}/receipt.pdf")
    assert (printed.content[:5], printed["Content-Type"]) == (b"%PDF-", "application/pdf")


def test_history_shows_every_version_and_what_the_office_said(signed_in, account):
    clerk = account("foshan-1")
    lines = [submit(clerk, "summary", f"title: {n}\n") for n in "一二三"]
    office = account("office-1", Role.OFFICER)
    Action.objects.create(
        kind=Action.Kind.RETURNED, unit="foshan", document="summary", submission=lines[1], account=office,
        at=now(), reason="请补写<b>经验</b>", until=now() + timedelta(days=1), state=Action.State.DONE,
    )  # fmt: skip
    for unit, document, state, reason in (
        ("foshan", "summary", Action.State.PENDING, "还没有生效"),
        ("foshan", "summary", Action.State.REFUSED, "没有办成"),
        ("foshan", "statistics", Action.State.DONE, "别的材料"),
        ("heyuan", "summary", Action.State.DONE, "别的单位"),
    ):
        Action.objects.create(
            kind=Action.Kind.RETURNED, unit=unit, document=document, account=office, at=now(), reason=reason,
            state=state,
        )  # fmt: skip
    other = submit(account("heyuan-1"), "summary")
    page = text(signed_in("foshan-1").get("/my/documents/summary/"))
    assert all(line.number in page for line in lines)
    places = [page.index(f"/my/receipts/{line.number}/") for line in reversed(lines)]
    assert places == sorted(places), "the newest first"
    for hidden in ("还没有生效", "没有办成", "别的材料", "别的单位", other.number):
        assert hidden not in page
    assert "请补写&lt;b&gt;经验&lt;/b&gt;" in page
    assert signed_in("foshan-1").get("/my/documents/nothing/").status_code == 404


def test_what_changed_is_shown_field_by_field(signed_in, account, service):
    clerk = account("foshan-1")
    old = with_values(sample("foshan", "individual-01"), post="示例职务")
    first = submit(clerk, "individual-01", old)
    second = submit(clerk, "individual-01", with_values(old, education="研究生<script>"))
    page = text(signed_in("foshan-1").get(f"/my/receipts/{second.number}/changes/"))
    assert "改了 1 栏" in page
    assert "文化程度" in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "以前没有报过" in text(signed_in("foshan-1").get(f"/my/receipts/{first.number}/changes/"))
    back = text(signed_in("foshan-1").get(f"/my/receipts/{first.number}/changes/?against={second.number}"))
    assert "改了 1 栏" in back
    third = submit(clerk, "individual-01", with_values(old, education="研究生<script>", post="另一职务"))
    for against in ("", f"?against={third.number}", "?against=SB120821-00000-00000"):
        page = text(signed_in("foshan-1").get(f"/my/receipts/{third.number}/changes/{against}"))
        assert "改了 1 栏" in page, "since the one before"
    (service.spool / third.spool).unlink()
    lost = signed_in("foshan-1").get(f"/my/receipts/{third.number}/changes/")
    assert (lost.status_code, "收到的记录和回执不受影响" in lost.content.decode()) == (503, True)


def test_a_version_that_is_no_yaml_is_shown_as_it_came(signed_in, account):
    line = submit(account("foshan-1"), "summary", "title: [未完\n", judged=False)
    page = text(signed_in("foshan-1").get(f"/my/receipts/{line.number}/changes/"))
    assert "title: [未完" in page


def test_one_nomination_too_many_takes_no_page_away(signed_in, account):
    for number in range(1, 8):
        text_of = with_values(sample("foshan", "individual-01"), name=f"示例{'一二三四五六七'[number - 1]}")
        line = submit(account("foshan-1"), f"individual-{number:02d}", text_of)
    client = signed_in("foshan-1")
    assert "名额" in text(client.get("/my/"))
    assert client.get("/intake/state").status_code == 200
    assert client.get(f"/my/receipts/{line.number}/").status_code == 200


def test_a_version_that_came_too_late_beside_one_in_time_is_told_not_to_count(
    signed_in, account, service, monkeypatch
):
    monkeypatch.setenv("SHENBAO_NOW", AFTER)
    line = submit(account("shenzhen-1"), "collective-01", sample("shenzhen", "collective-01") + "# 改\n")
    submit(account("foshan-1"), "individual-03", sample("foshan"))
    Worker(NoSites()).round()
    assert "逾期，视为放弃" in text(signed_in("foshan-1").get("/my/documents/individual-03/"))
    fates = [one.fate for one in versions("shenzhen", "collective-01", campaign().item_by_id["collective"])]
    assert fates == ["过了截止时间，不采用", "有效"], "each once, though the ledger knows both"
    stands = unit_progress("shenzhen").document("collective-01").standing
    assert is_aside(line, stands)
    assert not is_aside(line, replace(stands, digest=line.digest)), "the same text was in time as well"
    client = signed_in("shenzhen-1")
    assert "这一份不采用" in text(client.get(f"/my/receipts/{line.number}/"))
    assert "过了截止时间，不采用" in text(client.get("/my/documents/collective-01/"))
    assert "/withdraw/" not in text(client.get("/my/documents/collective-01/"))
    form = client.get("/my/documents/collective-01/withdraw/").content.decode()
    assert "要撤回按时报的那一份，请联系活动办公室。" in form
    forged = {"seen": 0, "number": line.number, "reason": "x"}
    assert client.post("/my/documents/collective-01/withdraw/", forged).status_code == 409
    assert "按时报来的仍然有效" in text(client.get("/my/"))


def test_a_broken_ledger_takes_no_page_and_no_receipt_away(tree, signed_in, account):
    line = submit(account("foshan-1"), "summary")
    (tree / "data/ledger/foshan.yml").write_text("unit: [", encoding="utf-8")
    client = signed_in("foshan-1")
    assert "活动的设置正在调整" in text(client.get("/my/"))
    assert line.digest in text(client.get(f"/my/receipts/{line.number}/"))
    told = client.get("/intake/state").json()["documents"]["summary"]
    assert (told["number"], told["stage"]) == (line.number, "received")


def test_the_form_is_told_what_came_another_way_why_it_was_returned_and_until_when(
    tree, signed_in, monkeypatch
):
    monkeypatch.setenv("SHENBAO_NOW", AFTER)
    until = now() + timedelta(days=1)
    asked = Request(Kind.RETURNED, ("示例收文员甲",), reason="请补写事迹", until=until)
    record(tree, campaign(), now(), asked, ["guangzhou/individual-01"])
    told = signed_in().get("/intake/state").json()["documents"]
    assert (told["summary"]["number"], told["summary"]["stage"]) == ("", "accepted")
    returned = told["individual-01"]
    assert (returned["stage"], returned["reason"]) == ("returned", "请补写事迹")
    assert datetime.fromisoformat(returned["until"]) == until
    asked = Request(Kind.WITHDRAWN, ("示例收文员甲",), reason="不予受理（超出名额）：只能推荐 1 个")
    record(tree, campaign(), now(), asked, ["guangzhou/individual-01"])
    out = signed_in().get("/intake/state").json()["documents"]["individual-01"]
    assert (out["word"], out["reason"]) == ("不予受理", "超出名额：只能推荐 1 个"), "each word once"


@pytest.mark.parametrize(("places", "offered"), [(1, False), (2, True), (None, True)])
def test_what_was_taken_out_is_not_asked_for_again_where_no_place_is_left(
    places: int | None, offered: bool, tree, signed_in, monkeypatch
):
    monkeypatch.setenv("SHENBAO_NOW", AFTER)
    asked = Request(Kind.WITHDRAWN, ("示例收文员甲",), reason="不予受理（超出名额）：只能推荐 1 个")
    record(tree, campaign(), now(), asked, ["guangzhou/individual-01"])  # 广州 has another one
    held = campaign()
    held = replace(held, quotas={**(held.quotas or {}), "guangzhou": {"individual": places}})
    monkeypatch.setattr("intake.clerk.standing.campaign", lambda: held)
    page = text(signed_in().get("/my/"))
    assert ("重新填报" in page, "名额已用满，再报的也不受理" in page) == (offered, not offered)


def test_a_clash_that_only_the_receipt_shows_waits_until_the_office_has_decided(
    signed_in, account, monkeypatch
):
    line, client = submit(account("guangzhou-1"), "summary"), signed_in()
    line.digest = unit_progress("guangzhou").document("summary").standing.digest  # as if this one stood
    line.findings = [{"code": "D02", "severity": "error", "message": "", "pointer": ""}]
    line.save()
    assert "有 1 处错误，请改正或撤回" in text(client.get("/my/"))
    monkeypatch.setenv("SHENBAO_NOW", AFTER)  # it was accepted meanwhile
    assert "请改正或撤回" not in text(client.get("/my/"))


def test_the_last_second_is_still_time_left(signed_in, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-22T23:59:59+08:00")
    assert "还有" in text(signed_in("foshan-1").get("/my/"))
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T00:00:00+08:00")
    assert "还有" not in text(signed_in("foshan-1").get("/my/"))


OWN = ("", "changes/", "receipt.pdf", "receipt.txt", "receipt.txt.sig", "files/materials/individual-01.jpg")


@pytest.mark.parametrize("part", OWN)
def test_another_unit_and_the_office_find_no_receipt_of_this_one(signed_in, account, part: str):
    line = submit(account("foshan-1"), "individual-01")
    address = f"/my/receipts/{line.number}/{part}"
    assert signed_in("foshan-1").get(address).status_code == 200
    assert signed_in("heyuan-1").get(address).status_code == 404
    assert signed_in("office-1", Role.OFFICER).get(address).status_code == 403
    assert Client().get(address)["Location"].startswith("/my/sign-in/")


def test_anybody_with_the_number_verifies_and_reads_nothing_of_the_document(account, client):
    line = submit(account("foshan-1"), "individual-01")
    page = text(client.get(f"/verify/{line.number}/"))
    assert "这份回执属实" in page
    assert line.digest in page
    assert line.by not in page
    spoken = line.number.lower().replace("0", "o").replace("1", "l")
    assert "这份回执属实" in text(client.get(f"/verify/{spoken}/"))
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in line.number)
    for typed in (f" {line.number} ", wide, " ".join(line.number.lower()), line.number.replace("-", ""),
                  f"回执编号：{line.number}。"):  # fmt: skip
        assert client.post("/verify/", {"number": typed})["Location"] == f"/verify/{line.number}/", typed
    for wrong in ("SB120821-00000-00000", "-", "SB", "x" * 200):
        answer = client.get(f"/verify/{wrong}/")
        assert answer.status_code == 404
        assert "没有这个编号的回执" in answer.content.decode()
    for typed, status, sentence in (
        ("sb120821 00000 00000", 404, "没有编号是 SB120821-00000-00000 的回执"),
        ("<SB12>", 422, "编号写得不对"),
    ):
        answer = client.post("/verify/", {"number": typed})
        assert (answer.status_code, sentence in answer.content.decode()) == (status, True)
        assert f'value="{escape(typed)}"' in answer.content.decode(), "what was typed is still there"


def test_a_receipt_s_text_and_signature_are_verified_as_pasted(account, client, service):
    line = submit(account("foshan-1"), "summary")
    message = wording.text(line)
    signed = signature.sign(service, message.encode())
    windows = message.replace("\n", "\r\n").strip()
    assert "签名属实" in text(client.post("/verify/", {"text": windows, "signature": signed}))
    changed = message.replace("10:00:00", "09:00:00")
    assert "签名对不上" in text(client.post("/verify/", {"text": changed, "signature": signed}))
    assert "请填写回执编号" in text(client.post("/verify/", {}))
    assert "签名对不上" in text(client.post("/verify/", {"text": "x" * 30_000, "signature": signed}))
    assert client.get("/verify/allowed_signers").content.decode() == signature.allowed_signers(service)


def test_state_tells_nobody_nothing_and_a_unit_its_own(signed_in, account, client):
    assert client.get("/intake/state").json() == {"signed_in": False, "sign_in": "/my/sign-in/"}
    line = submit(account("foshan-1"), "summary")
    for days, unit in enumerate(("foshan", "heyuan"), 6):
        Draft.objects.create(
            unit=unit, document="individual-03", yaml="", account=account(f"{unit}-1"), version=days,
            saved_at=now() - timedelta(days=days),
        )  # fmt: skip
    told = signed_in("foshan-1").get("/intake/state").json()
    assert told["drafts"] == {"individual-03": {"version": 6, "saved_at": "2012-08-15T10:00:00+08:00"}}
    assert (told["unit"], told["documents"]["summary"]["number"]) == ("foshan", line.number)
    assert told["now"] == "2012-08-21T10:00:00+08:00"
    other = signed_in("heyuan-1").get("/intake/state").json()
    assert line.number not in str(other)
    assert signed_in("office-1", Role.OFFICER).get("/intake/state").json()["unit"] == ""
    assert Submission.objects.count() == 1
