"""撤回 and 不予受理: by the office, by the unit itself; what stands in git afterwards, and sending it again."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import pytest
from service.journalled import NoSites, sample, submit, with_values
from service.test_projection import AFTER

from build_tools.source import parse
from intake.clerk.versions import versions
from intake.current import campaign, now
from intake.journal.models import Action, Submission
from intake.journal.reviews import State, newest
from intake.office.campaign_tree import ledger_of
from intake.people.models import Audit, Role
from intake.projection.clashes import freed
from intake.projection.worker import Worker

REASON = "市局 8 月 21 日来函"


def take_out(client, line: Submission, *, seen: int = 0, ground: str = "unit", reason: str = REASON):
    return client.post(f"/desk/{line.number}/take-out/", {"seen": seen, "ground": ground, "reason": reason})


def withdraw(client, line: Submission, *, seen: int = 0, reason: str = "材料有误"):
    told = {"seen": seen, "number": line.number, "reason": reason}
    return client.post(f"/my/documents/{line.document}/withdraw/", told)


def page(client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_office_takes_out_what_the_unit_asks_back(officer, sent):
    line = sent()
    assert f"/desk/{line.number}/take-out/" in page(officer, f"/desk/{line.number}/")
    answer = take_out(officer, line)
    assert take_out(officer, line)["Location"] == answer["Location"]  # pressed twice
    [action] = Action.objects.all()
    assert (action.kind, action.reason, action.submission) == ("withdrawn", f"单位要求撤回：{REASON}", line)
    assert "已登记撤回。" in page(officer, answer["Location"])
    noted = Audit.objects.get(action="office-withdrawn")
    assert noted.detail == {"number": line.number, "decision": action.pk, "ground": "unit"}
    assert "事由 单位要求撤回" in page(officer, "/desk/audit/")
    assert "收到的都已办结" in page(officer, "/desk/")
    assert take_out(officer, line, seen=action.pk).status_code == 409


def test_what_is_beyond_the_quota_is_closed_as_not_taken(officer, sent, signed_in):
    for number in range(3, 8):  # 广州 has six places, and two took one before
        line = sent(document=f"individual-{number:02d}", text=sample())
    line.findings = [{"code": "Q01", "severity": "error", "message": "超出名额。", "pointer": ""}]
    line.save()
    form = officer.get(f"/desk/{line.number}/take-out/")
    assert form.context["chosen"] == "quota"
    assert "名额 6，已推荐 7。" in form.content.decode()
    assert "可以在 2012年8月22日 23:59:59 前重新提交" in form.content.decode()
    assert "maxlength" not in form.content.decode()
    told = page(officer, take_out(officer, line, ground="quota")["Location"])
    assert "已登记不予受理。" in told
    assert Action.objects.get().reason == f"不予受理（超出名额）：{REASON}"
    assert "不予受理</span>" in page(officer, "/desk/?state=all")
    within = page(officer, f"/desk/{Submission.objects.all()[0].number}/take-out/")
    assert "名额 6，已推荐 6，没有超出。" in within
    assert ('value="twice"' in within, 'value="quota"' in within) == (True, False)
    box = page(officer, f"/desk/{line.number}/").partition('id="act"')[2].partition("</section>")[0]
    assert "不予受理，已经办结。" in box
    assert f"理由：超出名额：{REASON}" in box
    assert "撤回" not in box
    assert f"不予受理，不用再办。理由：超出名额：{REASON}" in page(
        signed_in(), f"/my/documents/{line.document}/withdraw/"
    )


def test_nothing_is_promised_that_the_deadline_has_taken(officer, sent, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:00:00+08:00")
    told = page(officer, f"/desk/{sent('yangjiang', 'individual-01', sample()).number}/take-out/")
    assert "截止时间已过，单位再报的按逾期处理。" in told
    assert "前重新提交" not in told


@pytest.mark.parametrize(
    ("document", "more", "said"),
    [
        ("summary", {"ground": "quota"}, "没有选择事由"),  # no place is taken by a summary
        ("individual-01", {"ground": ""}, "没有选择事由"),
        ("individual-01", {"reason": "  "}, "没有写说明"),
        ("individual-01", {"reason": "长" * 495}, "说明有 495 字，最多 493 字"),
        ("individual-01", {"ground": "quota"}, "没有超出名额"),
    ],
)
def test_it_needs_a_ground_and_a_reason(officer, sent, document: str, more: dict[str, str], said: str):
    answer = take_out(officer, sent(document=document), **more)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Action.objects.exists()


def test_whoever_comes_second_reads_who_was_first_and_when(officer, sent, signed_in, account):
    line = sent()
    take_out(officer, line)
    late = signed_in("officer-2", Role.OFFICER).post(f"/desk/{line.number}/accept/", {"seen": 0})
    assert late.status_code == 409
    told = late.content.decode()
    assert f"{account('officer').name}已在 2012年8月21日 10:00:00 办过：撤回。" in told
    assert Action.objects.count() == 1


def test_the_unit_takes_its_own_out_and_no_other(signed_in, worker, sent):
    line, clerk = sent(), signed_in()
    assert "/my/documents/individual-01/withdraw/" in page(clerk, "/my/documents/individual-01/")
    assert "2012年8月22日" in page(clerk, "/my/documents/individual-01/withdraw/")  # until when to send again
    other = signed_in("shenzhen-1")
    assert withdraw(other, line).status_code == 404
    assert withdraw(clerk, line, reason=" ").status_code == 422
    worker.idle = True
    answer = withdraw(clerk, line)
    told = page(clerk, "/my/documents/individual-01/")
    assert "撤回，正在登记" in told
    assert "<b>" not in told  # no version counts
    worker.idle = False
    assert withdraw(clerk, line)["Location"] == answer["Location"] == "/my/documents/individual-01/"
    told = page(clerk, "/my/documents/individual-01/")
    assert 'data-label="是否有效"><span class="soft">已撤回</span>' in told
    assert "示例guangzhou-1撤回：材料有误</li>" in told  # each word once
    [action] = Action.objects.all()
    assert (action.kind, action.reason) == ("withdrawn", "单位自行撤回：材料有误")
    assert Audit.objects.get(action="unit-withdrawn").account == line.account
    assert "（单位）" in page(signed_in("officer", Role.OFFICER), f"/desk/{line.number}/")


@pytest.mark.parametrize(
    ("unit", "document", "seconds", "said"),
    [
        ("yangjiang", "individual-01", 0, "可以在 2012年8月22日 23:59:59 前重新提交"),
        ("yangjiang", "individual-01", 1, "撤回以后再报的按通知视为放弃"),
        ("yangjiang", "summary", 1, "截止时间已过，再报的按逾期登记。"),
        ("heyuan", "individual-01", 1, "前重新提交"),  # extended
    ],
)
def test_the_unit_reads_what_a_withdrawal_costs_before_it_presses(
    tree, signed_in, sent, monkeypatch, unit: str, document: str, seconds: int, said: str
):
    line = sent(unit, document, sample("guangzhou", document))
    at = AFTER if unit == "heyuan" else (campaign().deadline + timedelta(seconds=seconds)).isoformat()
    monkeypatch.setenv("SHENBAO_NOW", at)
    told = page(signed_in(f"{unit}-1"), f"/my/documents/{line.document}/withdraw/")
    assert said in told
    assert sum(one in told for one in ("前重新提交", "再报的按通知视为放弃", "再报的按逾期登记")) == 1


def test_what_is_accepted_is_taken_out_by_the_office_alone(officer, signed_in, sent, account):
    line, clerk = sent(), signed_in()
    officer.post(f"/desk/{line.number}/accept/", {"seen": 0})
    seen = Action.objects.get().pk
    assert "请联系活动办公室" in page(clerk, "/my/documents/individual-01/withdraw/")
    refused = withdraw(clerk, line, seen=seen)
    assert refused.status_code == 409
    assert account("officer").name not in refused.content.decode()
    assert take_out(officer, line, seen=seen).status_code == 302


def test_a_version_that_was_replaced_meanwhile_is_not_taken_out(signed_in, worker, sent):
    line, clerk = sent(), signed_in()
    sent(text=with_values(sample(), post="合伙人"))
    assert withdraw(clerk, line).status_code == 409
    assert not Action.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_in_git_it_is_gone_and_may_be_sent_again(service, account, signed_in, monkeypatch):
    """Accepted, taken out, sent again as it was: nothing of the nominee lies on the main branch in between."""
    monkeypatch.setenv("SHENBAO_NOW", AFTER)
    clerk, officer = account("heyuan-1"), account("officer", Role.OFFICER)
    work = Worker(NoSites())
    path = "data/cities/heyuan/nominations/individual-01.yml"

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(service.repository), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def done(kind: Action.Kind, by, line: Submission, reason: str = "") -> None:
        Action.objects.create(
            kind=kind,
            unit="heyuan",
            document=line.document,
            submission=line,
            account=by,
            at=now(),
            reason=reason,
        )
        work.round()

    def state() -> State:
        return newest(campaign(), ledger_of)[0].state

    text = f"{sample('heyuan')}# 改动\n"
    first = submit(clerk, text=text, judged=False)
    work.round()
    done(Action.Kind.ACCEPTED, officer, first)
    assert git("show", f"main:{path}")
    done(Action.Kind.WITHDRAWN, officer, first, "不予受理（超出名额）：来函")
    assert [action.message for action in Action.objects.all()] == ["", ""]
    listed = git("ls-tree", "-r", "--name-only", "main", "data/cities/heyuan").splitlines()
    assert path not in listed
    photo = f"data/cities/heyuan/{parse(path, text.encode()).value['photo']}"
    assert photo not in listed  # the picture went with the form that named it
    assert not (service.tree / path).exists()
    assert state() is State.WITHDRAWN
    item = campaign().item_by_id["individual"]
    assert next(iter(versions("heyuan", "individual-01", item))).fate == "不予受理"
    told = signed_in("heyuan-1").get("/intake/state").json()["documents"]["individual-01"]
    assert (told["stage"], told["word"]) == ("withdrawn", "不予受理"), "as the form calls it"
    receipt = page(signed_in("heyuan-1"), f"/my/receipts/{first.number}/")
    assert "不予受理，不算报送。理由：超出名额：来函" in receipt
    assert (
        "处错误"
        not in page(signed_in("heyuan-1"), "/my/").partition("先进个人推荐表")[2].partition("</tr>")[0]
    )

    monkeypatch.setenv("SHENBAO_NOW", AFTER.replace("10:30", "10:40"))
    again = submit(clerk, text=text, judged=False)
    assert again.pk != first.pk
    work.round()
    assert (service.tree / path).read_text(encoding="utf-8") == text
    assert state() in (State.JUDGING, State.WAITING, State.FAULTY)
    done(Action.Kind.WITHDRAWN, clerk, again, "单位自行撤回：再核")
    assert signed_in("heyuan-1").get("/intake/state").json()["documents"]["individual-01"]["word"] == "已撤回"
    author = git("log", "-1", "--format=%an %s", "main")
    assert author == f"{campaign().unit_by_slug['heyuan'].bureau} 撤回：河源 先进个人推荐表（第 1 名）"
    kinds = [
        line.split(": ")[1]
        for line in git("show", "main:data/ledger/heyuan.yml").splitlines()
        if "kind:" in line
    ]
    assert kinds[-5:] == ["received", "accepted", "withdrawn", "received", "withdrawn"]


def test_the_list_of_versions_says_which_one_counts_and_knows_those_that_came_on_paper(signed_in, sent):
    """广州's sample was received before the service was there."""
    clerk = signed_in()
    told = page(clerk, "/my/documents/individual-01/")
    assert "不是网上提交的" in told
    assert "<b>有效</b>" in told
    line = sent()
    told = page(clerk, "/my/documents/individual-01/")
    assert "刚收到，正在登记" in told
    assert line.number in told


def test_what_may_have_become_sound_is_judged_again(sent):
    """The unit's own, and whatever of another unit clashed; an old version and what never clashed are left alone."""
    sent("heyuan", "summary")
    own = sent("heyuan", "summary", with_values(sample("heyuan", "summary"), title="改过的总结"))
    sent("shenzhen", "summary")
    clashed = sent("shenzhen", "individual-01")
    clashed.findings = [{"code": "D02", "severity": "error", "message": "", "pointer": ""}]
    clashed.save()
    Submission.objects.update(recorded_at=now())
    assert {line.pk for line in freed({"heyuan"})} == {own.pk, clashed.pk}
