"""受理 and 退回修改: once, of the newest version only, and never without the person knowing what comes of it."""

from __future__ import annotations

from datetime import datetime

import pytest
from service.journalled import Worker, hours, sample, submit, with_values

from intake.current import campaign, now
from intake.journal import acting
from intake.journal.models import Action, Submission
from intake.office.decisions import WHY, Phrase, composed
from intake.office.wording import return_due
from intake.people.models import Audit, Role

WRONG = {"birth": "1968-13"}


def accept(client, line, seen: int = 0, **more):
    return client.post(f"/desk/{line.number}/accept/", {"seen": seen, **more})


def send_back(client, line, seen: int = 0, **more):
    told = {"seen": seen, "reason": "请核实职务。", "until": "2012-08-22T17:00", **more}
    return client.post(f"/desk/{line.number}/return/", told)


def outcome(client, answer) -> str:
    assert answer.status_code == 302, answer.content.decode()
    return client.get(answer["Location"]).content.decode()


def test_one_press_accepts_what_has_no_errors(officer, sent):
    line = sent()
    other = sent("shenzhen", "summary")
    page = outcome(officer, accept(officer, line))
    assert "已受理" in page
    assert f"/desk/{other.number}/" in page  # the next one to do
    [action] = Action.objects.all()
    assert (action.kind, action.unit, action.document, action.submission, action.state) == (
        "accepted", "guangzhou", "individual-01", line, "done",
    )  # fmt: skip
    assert action.account.username == "officer"
    assert action.reason == ""


def test_the_audit_trail_knows_who_did_what_and_never_why(officer, sent):
    line = sent()
    send_back(officer, line, reason="请核实示例松的出生年月。")
    noted = Audit.objects.get(action="office-returned")
    assert (noted.account.username, noted.unit, noted.target, noted.address) == (
        "officer", "guangzhou", "individual-01", "127.0.0.1",
    )  # fmt: skip
    assert noted.detail == {
        "number": line.number, "decision": Action.objects.get().pk, "until": "2012-08-22T17:00:00+08:00"
    }  # fmt: skip


def test_a_return_tells_the_unit_why_and_by_when(officer, sent):
    line = sent()
    page = outcome(officer, send_back(officer, line, reason="一、请核实\r\n职务。"))
    assert "已退回修改" in page
    action = Action.objects.get()
    assert (action.kind, action.reason) == ("returned", "一、请核实 职务。")
    assert action.until == datetime.fromisoformat("2012-08-22T17:00:00+08:00")
    assert "退回未改" in officer.get(f"/desk/{line.number}/").content.decode()


def test_while_the_worker_is_busy_the_page_says_so_and_looks_again(officer, sent, worker):
    worker.idle = True
    page = outcome(officer, accept(officer, sent()))
    assert "办理中……" in page
    assert '<meta http-equiv="refresh"' in page
    assert worker.pauses == 30  # three seconds, and no longer


def test_what_the_worker_refuses_is_told_with_the_reason(officer, sent, worker):
    worker.message = "已经由别的途径受理。"
    line = sent()
    page = outcome(officer, accept(officer, line))
    assert "没有办成" in page
    assert "已经由别的途径受理。" in page
    # It is at the top of the queue, and may be done again.
    assert "上次办理没有办成：已经由别的途径受理。" in officer.get("/desk/").content.decode()
    worker.message = ""
    assert "已受理" in outcome(officer, accept(officer, line, seen=Action.objects.get().pk))


@pytest.mark.parametrize("act", [accept, send_back])
def test_the_button_pressed_twice_is_one_action(act, officer, sent):
    line = sent()
    first, second = act(officer, line), act(officer, line)
    assert first["Location"] == second["Location"]
    assert Action.objects.count() == 1
    assert Audit.objects.filter(action__startswith="office-").count() == 1


@pytest.mark.parametrize("act", [accept, send_back])
def test_a_newer_version_stops_the_old_ones_form(act, officer, sent):
    old = sent()
    sent(text=with_values(sample(), post="合伙人"))
    answer = act(officer, old)
    assert answer.status_code == 409
    assert "单位在 2012年8月21日 10:00:00 又交了新的一版，这一版没有办理。" in answer.content.decode()
    new = Submission.objects.latest("id")
    assert f'href="/desk/{new.number}/"' in answer.content.decode()
    assert not Action.objects.exists()


def test_a_version_that_comes_between_reading_and_writing_stops_it_too(officer, sent, account, monkeypatch):
    """The last look is inside the transaction that writes."""
    line = sent()
    real = acting.seen_of

    def late(request):
        submit(account("guangzhou-1"), text=with_values(sample(), post="合伙人"))
        monkeypatch.setattr(acting, "seen_of", real)
        return real(request)

    monkeypatch.setattr("intake.office.decisions._again", lambda *_: None)
    monkeypatch.setattr(acting, "seen_of", late)
    assert accept(officer, line).status_code == 409
    assert Submission.objects.count() == 2
    assert not Action.objects.exists()


def test_two_officers_at_one_document(officer, sent, signed_in):
    line = sent()
    accept(officer, line)
    other = signed_in("officer-2", Role.OFFICER)
    answer = send_back(other, line)  # drawn before the first one's press
    assert answer.status_code == 409
    assert "已在 2012年8月21日 10:00:00 办过：受理。" in answer.content.decode()
    assert f'href="/desk/{line.number}/"' in answer.content.decode()
    assert Action.objects.count() == 1
    # Seen and known, a document that is accepted may be returned all the same.
    assert send_back(other, line, seen=Action.objects.get().pk).status_code == 302


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({}, 422),
        ({"although": "yes"}, 422),
        ({"although": "yes", "why": "因为想受理"}, 422),
        ({"why": "phoned"}, 422),
        ({"although": "yes", "why": "phoned"}, 302),
    ],
)
def test_errors_are_accepted_only_by_somebody_who_says_why(told, status, officer, sent):
    line = sent(text=with_values(sample(), **WRONG))
    answer = accept(officer, line, **told)
    assert answer.status_code == status
    assert Action.objects.exists() is (status == 302)
    if status == 302:
        detail = Audit.objects.get(action="office-accepted").detail
        assert (detail["errors"], detail["why"]) == (1, "phoned")
        assert WHY["phoned"] in officer.get("/desk/audit/").content.decode()
    else:
        assert "请勾选“仍然受理”" in answer.content.decode()


def test_what_is_forfeited_cannot_be_accepted_and_leads_to_an_extension(officer, sent, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:00:00+08:00")
    line = sent("yangjiang", "individual-01", sample())
    page = officer.get(f"/desk/{line.number}/").content.decode()
    assert "视为放弃，不能受理" in page
    assert "/desk/extensions/?unit=yangjiang&amp;document=individual-01" in page
    assert f'action="/desk/{line.number}/accept/"' not in page
    answer = accept(officer, line)
    assert answer.status_code == 409
    assert "先办延期" in answer.content.decode()
    # Nor is it returned: whatever comes after it is too late as well.
    assert "不能退回修改" in page
    assert f'action="/desk/{line.number}/return/"' not in page
    assert f'href="/desk/{line.number}/take-out/"' in page
    assert "不能退回修改" in officer.get(f"/desk/{line.number}/return/").content.decode()
    answer = send_back(officer, line, until="2012-08-24T17:00")
    assert (answer.status_code, "先办延期" in answer.content.decode()) == (409, True)
    assert not Action.objects.exists()


@pytest.mark.parametrize("state", ["judging", "pending", "accepted", "returned"])
def test_what_cannot_be_accepted_now(state, officer, sent, worker):
    line = sent(judged=state != "judging")
    seen = 0
    if state != "judging":
        worker.idle = state == "pending"
        (send_back if state == "returned" else accept)(officer, line)
        seen = Action.objects.get().pk
    answer = accept(officer, line, seen=seen)
    assert answer.status_code == 409
    assert Action.objects.count() == (state != "judging")


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"reason": ""}, "没有写退回的理由"),
        ({"reason": " \r\n\u200b"}, "没有写退回的理由"),
        ({"reason": "长" * 501}, "最多 500 字"),
        ({"until": ""}, "没有写修改的期限"),
        ({"until": "明天"}, "没有写修改的期限"),
        ({"until": "0001-01-01T00:00"}, "已经过去"),
        ({"until": "2012-08-21T09:59"}, "已经过去"),
        ({"until": "2012-10-01T00:00"}, "晚于活动结束"),
    ],
)
def test_what_is_wrong_with_a_return_is_told_and_nothing_typed_is_lost(told, fault, officer, sent):
    answer = send_back(officer, sent(), **told)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert fault in page
    assert ("请核实职务。" in page) is ("reason" not in told)
    assert not Action.objects.exists()


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30])
def test_a_form_without_what_it_knew_is_refused(seen, officer, sent):
    assert accept(officer, sent(), seen=seen).status_code == 400


def test_the_reason_is_made_of_the_findings_that_are_ticked(officer, sent):
    line = sent(text=with_values(sample(), birth="1968-13", work_start="1990-14"))
    page = officer.get(f"/desk/{line.number}/return/")
    reason = page.context["reason"]
    assert reason.startswith("1. 文件第 4 行：“出生年月”的月份应在 01 至 12 之间")
    assert "；2. " in reason
    # Other ticks, another text; and none, none.
    page = officer.get(f"/desk/{line.number}/return/?chosen=1&p=1")
    assert "参加工作时间" in page.context["reason"]
    assert "出生年月" not in page.context["reason"].partition("（")[0]
    assert officer.get(f"/desk/{line.number}/return/?chosen=1").context["reason"] == ""
    assert officer.get(f"/desk/{line.number}/return/?p=99999999&p=x").context["reason"] == ""


def test_many_findings_never_make_a_reason_that_is_too_long():
    many = [Phrase(n, f"第 {n} 处：{'写法不对' * 12}", True, "error") for n in range(40)]
    text = composed(many)
    assert len(text) <= acting.LONGEST
    assert text.endswith("；其余见校验意见。")
    assert len(composed([Phrase(0, "长" * 900, True, "error")])) == acting.LONGEST
    assert composed([]) == ""


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2012-08-21T10:00:00+08:00", "2012-08-22T17:00:00+08:00"),
        ("2012-08-23T23:30:00+08:00", "2012-08-24T17:00:00+08:00"),
        ("2012-08-24T10:00:00+08:00", "2012-08-27T17:00:00+08:00"),  # a Friday
        ("2012-08-25T10:00:00+08:00", "2012-08-27T17:00:00+08:00"),
        ("2012-08-23T20:00:00+00:00", "2012-08-27T17:00:00+08:00"),  # it is Friday in the campaign's zone
        ("2012-09-28T10:00:00+08:00", "2012-09-30T23:59:59+08:00"),  # not beyond the end
    ],
)
def test_a_correction_is_due_on_the_next_working_day(moment, due, service):
    assert return_due(campaign(), datetime.fromisoformat(moment)) == datetime.fromisoformat(due)


def test_what_a_unit_was_granted_is_not_taken_back_by_a_return(service):
    today = datetime.fromisoformat("2012-08-21T10:00:00+08:00")
    for granted, due in (
        ("2012-08-25T18:00:00+08:00",) * 2,
        ("2012-08-22T09:00:00+08:00", "2012-08-22T17:00:00+08:00"),
    ):
        assert return_due(campaign(), today, datetime.fromisoformat(granted)) == datetime.fromisoformat(due)


def test_a_correction_waits_again_and_says_that_it_was_returned(officer, sent):
    send_back(officer, sent())
    new = sent(text=with_values(sample(), post="合伙人"))
    page = officer.get("/desk/").content.decode()
    assert "退回后重交" in page
    assert "核对修改处" in page
    assert "已受理" in outcome(officer, accept(officer, new, seen=Action.objects.get().pk))


def test_an_outcome_that_is_not_there(officer):
    for number in (1, 2**63, 10**30):
        assert officer.get(f"/desk/actions/{number}/").status_code == 404


def test_the_worker_of_these_tests_does_what_is_pending(account, sent):
    line = sent()
    action = Action.objects.create(
        kind="accepted",
        unit=line.unit,
        document=line.document,
        submission=line,
        account=line.account,
        at=now(),
    )
    Worker()(0)
    action.refresh_from_db()
    assert (action.state, action.done_at) == ("done", hours(0))
