"""收件: what an officer sees first."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from service.journalled import hours, sample, with_values

from build_tools.ledger import Kind
from build_tools.recording import Request, record
from intake.current import campaign, now
from intake.journal.models import Action, Submission
from intake.journal.reviews import State, newest
from intake.office.campaign_tree import ledger_of


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def shown(page) -> list[str]:
    """The lines of the queue, as words."""
    rows = re.findall(r'<tr role="row"(?: class="urgent")?>(.*?)</tr>', page.content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows if 'scope="row"' in row]


def acted(line: Submission, kind: str, officer, state: str = "done", **more) -> Action:
    account = more.pop("account", line.account)
    return Action.objects.create(
        kind=kind, unit=line.unit, document=line.document, submission=line, account=account,
        at=more.pop("at", now()), state=state, **more,
    )  # fmt: skip


def test_nothing_was_sent_yet(officer):
    page = officer.get("/desk/").content.decode()
    assert "还没有单位在网上提交" in page
    assert "<table" not in page


def test_a_line_tells_unit_document_version_time_findings_state_and_what_to_do(officer, sent):
    sent("guangzhou", "summary")
    assert shown(officer.get("/desk/")) == ["广州 总结 8月21日 10:00 按时 无错误 待审 审核，受理或退回"]


def test_a_document_is_one_line_however_many_versions_it_has(officer, sent):
    for count in range(10):
        sent("guangzhou", "individual-01", with_values(sample(), post=f"合伙人{'甲' * count}"))
    [line] = shown(officer.get("/desk/"))
    assert line.startswith("广州 先进个人推荐表（第 1 名） 第 10 版 ")


def test_errors_and_warnings_are_counted_and_what_is_not_judged_says_so(officer, sent):
    sent("guangzhou", "individual-01", with_values(sample(), birth="1968-13", gender="未知"))
    sent("shenzhen", "summary", judged=False)
    wrong, waiting = shown(officer.get("/desk/"))
    assert "1 错误" in wrong
    assert "有错误 退回修改" in wrong
    assert "校验中 校验中 等校验完" in waiting


def test_the_most_urgent_comes_first(officer, sent):
    """Trouble, an overdue correction, the longest wait, errors, judging, waiting for the unit, done."""
    lines = {
        "done": sent("dongguan", "summary"),
        "for the unit": sent("foshan", "summary"),
        "judging": sent("shantou", "summary", judged=False),
        "errors": sent("zhuhai", "statistics", with_values(sample("zhuhai", "statistics"), good_deeds="多")),
        "waits": sent("zhuhai", "summary", at=at("2012-08-20T09:00:00+08:00")),
        "waits less": sent("zhuhai", "individual-01", at=at("2012-08-20T15:00:00+08:00")),
        "overdue": sent("shenzhen", "summary"),
        "trouble": sent("guangzhou", "summary"),
    }
    acted(lines["done"], "accepted", officer)
    acted(lines["for the unit"], "returned", officer, until=hours(5), reason="请补充。")
    acted(lines["overdue"], "returned", officer, until=hours(-1), reason="请补充。")
    Submission.objects.filter(pk=lines["trouble"].pk).update(trouble="版本库没有空间。")
    order = [review.submission.pk for review in officer.get("/desk/?state=all").context["page"].rows]
    expected = (
        "trouble", "overdue", "waits", "waits less", "errors", "judging", "for the unit", "done",
    )  # fmt: skip
    assert order == [lines[name].pk for name in expected]


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("open", {"summary", "statistics", "individual-01"}),
        ("waiting", {"summary"}),
        ("faulty", {"individual-01"}),
        ("returned", {"statistics"}),
        ("accepted", {"materials"}),
        ("late", set()),
        ("all", {"summary", "statistics", "individual-01", "materials"}),
        ("nonsense", {"summary", "statistics", "individual-01"}),
    ],
)
def test_filters_by_state(state, wanted, officer, sent):
    sent("guangzhou", "summary")
    acted(sent("guangzhou", "statistics"), "returned", officer, until=hours(5), reason="请核实。")
    sent("guangzhou", "individual-01", with_values(sample(), birth="1968-13"))
    acted(sent("guangzhou", "materials"), "accepted", officer)
    page = officer.get("/desk/", {"state": state})
    assert {review.submission.document for review in page.context["page"].rows} == wanted
    counted = {tab.value: tab.count for tab in page.context["tabs"]}
    assert counted == {
        "open": 3,
        "waiting": 1,
        "faulty": 1,
        "returned": 1,
        "accepted": 1,
        "late": 0,
        "all": 4,
    }


def test_filters_by_unit_and_item(officer, sent):
    for unit in ("guangzhou", "shenzhen"):
        for document in ("summary", "individual-01"):
            sent(unit, document)
    page = officer.get("/desk/?unit=shenzhen&item=individual")
    assert [(r.submission.unit, r.submission.document) for r in page.context["page"].rows] == [
        ("shenzhen", "individual-01")
    ]
    assert shown(officer.get("/desk/?unit=<script>&item=x")) == []


def test_flags_and_trouble_are_told_in_words(officer, sent):
    line = sent("guangzhou", "summary")
    Submission.objects.filter(pk=line.pk).update(flags=["stored_late", "clock", "未知"], trouble="磁盘已满。")
    [told] = shown(officer.get("/desk/"))
    for words in ("截止前收到、截止后存盘", "服务器时钟倒退", "！ 未知", "系统没有办成：磁盘已满。"):
        assert words.replace("！ ", "！") in told
    assert "联系维护人员" in told


def test_a_late_nomination_is_forfeited_and_a_late_summary_counts(officer, sent, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:00:00+08:00")
    sent("yangjiang", "individual-01", sample())
    sent("yangjiang", "summary", sample("guangzhou", "summary"))
    told = {line.split()[1]: line for line in shown(officer.get("/desk/?state=late"))}
    assert "视为放弃 " in told["先进个人推荐表（第"]
    assert "先办延期" in told["先进个人推荐表（第"]
    assert "逾期 " in told["总结"]
    assert "审核，受理或退回" in told["总结"]


def test_the_ledger_is_the_truth(tree, officer, sent):
    """What was recorded by command is seen here; a correction after it waits again, and so does an old one sent anew."""
    first = sent("yangjiang", "summary", sample("guangzhou", "summary"), at=at("2012-08-20T10:00:00+08:00"))
    names = ["yangjiang/summary"]

    def write(kind: Kind, moment: str, **more):
        asked = Request(kind, ("示例登记员",), at=at(moment), **more)
        record(tree, campaign(), now(), asked, names)

    def state() -> State:
        [review] = newest(campaign(), ledger_of)
        return review.state

    assert state() is State.WAITING
    write(Kind.RECEIVED, "2012-08-20T10:00:00+08:00", digest=first.digest, source="申报台")
    assert state() is State.WAITING
    write(Kind.RETURNED, "2012-08-20T11:00:00+08:00", reason="请补充", until=at("2012-08-22T17:00:00+08:00"))
    assert state() is State.RETURNED
    second = sent("yangjiang", "summary", with_values(sample("guangzhou", "summary"), title="改过的总结"))
    assert state() is State.WAITING
    write(Kind.RECEIVED, "2012-08-21T10:00:00+08:00", digest=second.digest, source="申报台")
    write(Kind.ACCEPTED, "2012-08-21T10:00:00+08:00")
    assert state() is State.ACCEPTED


def test_what_was_recorded_after_the_desk_decided_counts(tree, officer, sent):
    line = sent("yangjiang", "summary", sample("guangzhou", "summary"), at=at("2012-08-20T10:00:00+08:00"))
    acted(line, "accepted", officer, at=at("2012-08-20T11:00:00+08:00"))

    def state() -> State:
        [review] = newest(campaign(), ledger_of)
        return review.state

    assert state() is State.ACCEPTED  # though the ledger does not tell of it yet
    for kind, moment, more in (
        (Kind.RECEIVED, "2012-08-20T10:00:00+08:00", {"digest": line.digest, "source": "申报台"}),
        (Kind.RETURNED, "2012-08-20T12:00:00+08:00", {"reason": "请补充", "until": hours(5)}),
    ):
        asked = Request(kind, ("示例登记员",), at=at(moment), **more)
        record(tree, campaign(), now(), asked, ["yangjiang/summary"])
    assert state() is State.RETURNED


def test_what_came_after_the_deadline_is_set_aside_where_one_in_time_stands(tree, officer, sent, monkeypatch):
    first = sent("yangjiang", "individual-01", sample())
    asked = Request(Kind.RECEIVED, ("示例登记员",), digest=first.digest, source="申报台")
    record(tree, campaign(), now(), asked, ["yangjiang/individual-01"])
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:00:00+08:00")
    sent("yangjiang", "individual-01", with_values(sample(), post="合伙人"))
    opened = officer.get("/desk/")
    assert shown(opened) == []  # the deadline has decided
    assert "另有 1 份过了截止时间才收到" in opened.content.decode()
    [line] = shown(officer.get("/desk/?state=late"))
    assert "截止后另交" in line
    assert "不采用" in line


def rows(count: int, account) -> list[Submission]:
    """So many documents, one version each, without a spool: for lists only."""
    person, moment = account("guangzhou-1"), now()
    units = [unit.slug for unit in campaign().units]
    return [
        Submission(
            number=f"SB120821-{index:05d}-AAAAA", unit=units[index % len(units)],
            document=f"individual-{index // len(units) + 1:02d}", item="individual", seq=index, attempt=uuid4(),
            account=person, by=person.name, received_at=moment - timedelta(seconds=index), stored_at=moment,
            digest=f"sha256:{index:064d}", body_digest="sha256:0", size=1, hash=f"sha256:{index}", findings=[],
        )
        for index in range(count)
    ]  # fmt: skip


def test_three_thousand_documents_are_paged_and_asked_for_in_as_many_queries_as_three(officer, account):
    every = rows(3000, account)
    Submission.objects.bulk_create(every[:3])
    officer.get("/desk/")
    with CaptureQueriesContext(connection) as few:
        assert len(shown(officer.get("/desk/"))) == 3
    Submission.objects.bulk_create(every[3:])
    with CaptureQueriesContext(connection) as many:
        page = officer.get("/desk/?page=60")
    assert len(many) == len(few) <= 6
    assert page.context["page"].pages == 60
    assert len(shown(page)) == 50
    assert 'rel="prev"' in page.content.decode()
    assert 'rel="next"' not in page.content.decode()
    # A page that is not there is the nearest one.
    assert officer.get("/desk/?page=999").context["page"].number == 60
    assert officer.get("/desk/?page=x").context["page"].number == 1
