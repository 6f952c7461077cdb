"""延期: two people, a reason, and a date that moves something."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from build_tools.ledger import Kind
from build_tools.recording import Request, record
from intake import current
from intake.journal.models import Action
from intake.people.models import Account, Audit, Role

ASKED = {
    "unit": "zhuhai",
    "document": "individual",
    "until": "2012-08-25T18:00",
    "reason": "台风影响，道路中断。",
}


def propose(client, **more):
    return client.post("/desk/extensions/", {"seen": 0, **ASKED, **more})


def decide(client, word: str, action: Action | None = None):
    return client.post(f"/desk/extensions/{(action or Action.objects.get()).pk}/{word}/")


@pytest.fixture
def people(monkeypatch):
    """How many people the campaign asks for."""

    def ask(count: int) -> None:
        held = replace(current.campaign(), extension_people=count)
        monkeypatch.setattr("intake.office.extensions.campaign", lambda: held)

    return ask


def test_an_officer_proposes_and_an_approver_agrees(officer, approver):
    page = officer.get(propose(officer)["Location"]).content.decode()
    assert "已提出，等另一位审批" in page
    action = Action.objects.get()
    assert (action.kind, action.state, action.unit, action.document) == (
        "extended",
        "proposed",
        "zhuhai",
        "individual",
    )
    assert "1 件待审批" in approver.get("/desk/").content.decode()
    page = approver.get(decide(approver, "agree")["Location"]).content.decode()
    assert "延期已生效" in page
    action.refresh_from_db()
    assert (action.state, action.account.username, action.second.username) == ("done", "officer", "approver")
    assert list(
        Audit.objects.filter(action__startswith="office").values_list("action", "account__username")
    ) == [
        ("office-extension-agreed", "approver"),
        ("office-extended", "officer"),
    ]
    assert "道路" not in str(list(Audit.objects.values_list("detail", flat=True)))


def test_an_approver_declines_and_the_proposer_reads_why(officer, approver, signed_in):
    propose(officer)
    assert "不同意的理由（可以不写）" in approver.get("/desk/extensions/").content.decode()
    one = f"/desk/extensions/{Action.objects.get().pk}/decline/"
    assert approver.post(one, {"reason": "长" * 501}).status_code == 422
    page = approver.get(approver.post(one, {"reason": " 道路已通 "})["Location"]).content.decode()
    assert "不同意延期。</strong>理由：道路已通。原来的截止时间不变" in page
    assert "不同意：道路已通" in officer.get("/desk/extensions/").content.decode()
    assert (
        f'<a href="/desk/actions/{Action.objects.get().pk}/">' in officer.get("/desk/audit/").content.decode()
    )
    assert "道路已通" not in str(list(Audit.objects.values_list("detail", flat=True)))
    late = decide(signed_in("approver-2", Role.APPROVER), "agree").content.decode()
    assert "示例approver已在 8月21日 10:00 审批过这一件延期：不同意。这一次没有办" in late
    action = Action.objects.get()
    assert (action.state, action.done_at, action.reason) == ("declined", current.now(), ASKED["reason"])
    line = Audit.objects.get(action="office-extension-declined")
    assert (line.unit, line.target, line.account.username) == ("zhuhai", "individual", "approver")


def test_an_officer_neither_agrees_nor_declines(officer, signed_in):
    propose(officer)
    for word in ("agree", "decline"):
        assert decide(officer, word).status_code == 403
    assert Action.objects.get().state == "proposed"
    assert "同意延期</button>" not in officer.get("/desk/extensions/").content.decode()


def test_nobody_agrees_to_an_own_proposal_but_may_take_it_back(approver):
    propose(approver)
    answer = decide(approver, "agree")
    assert answer.status_code == 409
    assert "同一个人" in answer.content.decode()
    assert Action.objects.get().state == "proposed"
    assert "已撤回延期的申请" in approver.get(decide(approver, "decline")["Location"]).content.decode()


@pytest.mark.parametrize("name", ["张示例", "张 示例", "ＺＨＡＮＧ", " zhang"])
def test_one_person_under_two_accounts_is_one_person(name, officer, approver):
    Account.objects.filter(username="officer").update(name="张示例" if "张" in name else "Zhang")
    Account.objects.filter(username="approver").update(name=name)
    propose(officer)
    assert decide(approver, "agree").status_code == 409
    assert Action.objects.get().state == "proposed"


def test_two_approvers_at_once(officer, approver, signed_in):
    propose(officer)
    decide(approver, "agree")
    other = signed_in("approver-2", Role.APPROVER)
    for word in ("decline", "agree"):
        assert decide(other, word).status_code == 409
    assert Action.objects.get().second.username == "approver"
    # Pressed twice it is the same answer.
    assert decide(approver, "agree").status_code == 302
    assert decide(approver, "decline").status_code == 409
    assert Audit.objects.filter(action="office-extension-agreed").count() == 1


def test_where_one_person_is_enough_it_takes_effect_at_once(officer, people):
    people(1)
    assert "提出后立即生效" in officer.get("/desk/extensions/").content.decode()
    page = officer.get(propose(officer)["Location"]).content.decode()
    assert "延期已生效" in page
    assert Action.objects.get().second is None


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"unit": "nowhere"}, "没有选报送单位"),
        ({"document": "x"}, "没有选延期的材料"),
        ({"document": "individual-1"}, "没有选延期的材料"),
        ({"until": ""}, "没有写延期后的截止时间"),
        ({"until": "2012-08-20T18:00"}, "已经过去"),
        ({"until": "2012-08-22T18:00"}, "不晚于现在的截止时间（8月22日 23:59）"),
        ({"until": "2012-12-01T18:00"}, "晚于活动结束"),
        ({"reason": " "}, "没有写延期的理由"),
        ({"reason": "长" * 501}, "最多 500 字"),
    ],
)
def test_what_moves_nothing_is_refused_and_what_was_typed_stays(told, fault, officer):
    answer = propose(officer, **told)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert fault in page
    assert ("台风影响" in page) is ("reason" not in told)
    assert not Action.objects.exists()


@pytest.mark.parametrize("document", ["*", "summary", "individual", "individual-07"])
def test_for_everything_an_item_or_one_document(document, officer):
    assert propose(officer, document=document).status_code == 302
    assert Action.objects.get().document == document


def test_an_extension_of_everything_is_the_deadline_that_another_has_to_move(tree, officer, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-22T12:00:00+08:00")
    until = datetime.fromisoformat("2012-08-25T18:00:00+08:00")
    asked = Request(Kind.EXTENDED, ("示例甲", "示例乙"), reason="停电", until=until)
    record(tree, current.campaign(), current.now(), asked, ["zhuhai/*"])
    answer = propose(officer)
    assert (answer.status_code, "8月25日 18:00" in answer.content.decode()) == (422, True)
    assert propose(officer, until="2012-08-25T18:01").status_code == 302


def test_a_proposal_pressed_twice_is_one(officer):
    first, second = propose(officer), propose(officer)
    assert first["Location"] == second["Location"]
    assert Action.objects.count() == 1


def test_a_document_is_chosen_already_where_the_officer_comes_from_it(officer):
    page = officer.get("/desk/extensions/?unit=zhuhai&document=individual-03").content.decode()
    assert '<option value="individual-03" selected>先进个人推荐表（第 3 名）</option>' in page
    assert '<option value="zhuhai" selected>' in page


def test_what_lies_in_the_past_by_now_cannot_be_agreed_to(officer, approver, monkeypatch):
    propose(officer)
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-25T18:00:00+08:00")
    answer = decide(approver, "agree")
    assert answer.status_code == 409
    assert "已经过去" in answer.content.decode()
    assert Action.objects.get().state == "proposed"


def test_only_extensions_are_agreed_to(approver, sent):
    line = sent()
    action = Action.objects.create(
        kind="accepted",
        unit=line.unit,
        document=line.document,
        account=line.account,
        at=line.received_at,
        state="proposed",
    )
    for number in (action.pk, 999, 2**63):
        assert approver.post(f"/desk/extensions/{number}/agree/").status_code == 404
