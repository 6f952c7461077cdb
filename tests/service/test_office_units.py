"""各单位 and 催报: who has sent what, one unit as a whole, and whom to call."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from service.journalled import hours, sample, with_values

from build_tools.ledger import Kind
from build_tools.recording import Request, record
from intake.current import campaign
from intake.journal.models import Action
from intake.office import campaign_tree
from intake.people.models import Audit


def test_every_unit_and_every_item_at_one_look(officer):
    page = officer.get("/desk/units/").content.decode()
    for unit in campaign().units:
        assert f'<a href="/desk/units/{unit.slug}/">{unit.name}</a>' in page
    for item in campaign().items:
        assert f'<th role="columnheader" scope="col">{item.title}</th>' in page
    assert "部分报送 13 个" in page


def test_one_unit_with_what_came_through_the_intake_and_what_came_another_way(officer, sent):
    first = sent()
    second = sent(text=with_values(sample(), post="合伙人"))
    new = sent("guangzhou", "individual-03", with_values(sample(), name="示例杨"))
    Action.objects.create(
        kind="returned", unit="guangzhou", document="individual-01", submission=first, account=first.account,
        at=first.received_at, state="done", reason="请核实职务。", until=hours(5),
    )  # fmt: skip
    Action.objects.create(
        kind="returned", unit="shenzhen", document="summary", account=first.account, at=first.received_at,
        state="done", reason="另一个单位的理由", until=hours(5),
    )  # fmt: skip
    sent("shenzhen", "individual-03", sample())
    answer = officer.get("/desk/units/guangzhou/")
    page = answer.content.decode()
    assert "另一个单位的理由" not in page
    rows = {row.name: row for _, found in answer.context["items"] for row in found}
    assert rows["individual-01"].versions == ((second, 2), (first, 1))
    assert rows["individual-03"].versions == ((new, 1),), "and not the other unit's"
    for line in (first, second):
        assert f'href="/desk/{line.number}/"' in page
    assert f'href="/desk/{second.number}/#changes"' in page
    assert new.number in page
    assert "不是网上提交的" in page
    assert "请核实职务。" in page
    assert "示例联络员甲" in page
    assert 'href="tel:020-00000001"' in page
    assert "收文台账" in page
    assert "示例收文员甲" in page


def test_the_ledger_s_lines_tell_until_when_and_what_is_missing(tree, officer, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:30:00+08:00")
    asked = Request(Kind.RETURNED, ("示例甲",), reason="请核实职务", until=hours(5))
    record(tree, campaign(), hours(0), asked, ["heyuan/individual-01"])
    page = officer.get("/desk/units/heyuan/").content.decode()
    assert "期限 8月23日 15:30" in page
    assert "纸质 0/3 份，缺章：所在单位党组织" in page


def test_a_unit_without_anything(officer):
    page = officer.get("/desk/units/yangjiang/").content.decode()
    assert "台账里还没有这个单位" in page
    assert "未报送" in page
    assert officer.get("/desk/units/nowhere/").status_code == 404


def test_a_unit_without_a_contact(officer, monkeypatch):
    held = campaign()
    bare = replace(held, units=tuple(replace(unit, contact=None) for unit in held.units))
    for room in ("campaign_tree", "desk", "units", "calls"):
        monkeypatch.setattr(f"intake.office.{room}.campaign", lambda: bare)
    campaign_tree._held.clear()
    assert "未登记" in officer.get("/desk/units/yangjiang/").content.decode()
    assert "未登记联络员" in officer.get("/desk/calls/").content.decode()
    campaign_tree._held.clear()


def test_as_many_queries_for_ten_versions_as_for_one(officer, sent):
    sent()
    officer.get("/desk/units/guangzhou/")
    with CaptureQueriesContext(connection) as one:
        officer.get("/desk/units/guangzhou/")
    for count in range(9):
        sent(text=with_values(sample(), post=f"职务{count}"))
        sent("guangzhou", "summary", with_values(sample("guangzhou", "summary"), title=f"总结{count}"))
    with CaptureQueriesContext(connection) as many:
        officer.get("/desk/units/guangzhou/")
    assert len(one) == len(many) <= 8


def test_a_ledger_that_was_changed_is_told(tree, officer):
    file = tree / "data/ledger/guangzhou.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("2012-08-20T09:13:10+08:00", "2012-08-20T09:13:11+08:00"), encoding="utf-8")
    assert "台账对不上" in officer.get("/desk/units/guangzhou/").content.decode()


def test_a_broken_campaign_stops_progress_and_not_the_queue(tree, officer, sent):
    sent()
    (tree / "data/ledger/guangzhou.yml").write_text("unit: [", encoding="utf-8")
    for address in ("/desk/units/", "/desk/units/guangzhou/", "/desk/calls/", "/desk/paper/"):
        answer = officer.get(address)
        assert answer.status_code == 503
        assert "进度算不出来" in answer.content.decode()
    assert "先进个人推荐表" in officer.get("/desk/").content.decode()


def test_what_is_on_the_disk_is_examined_once_until_it_changes(tree, officer, monkeypatch):
    count = 0
    real = campaign_tree.examine

    def counted(*args, **more):
        nonlocal count
        count += 1
        return real(*args, **more)

    monkeypatch.setattr(campaign_tree, "examine", counted)
    for _ in range(3):
        officer.get("/desk/units/")
    assert count == 1
    summary = tree / "data/cities/guangzhou/summary.yml"
    summary.write_text(summary.read_text(encoding="utf-8") + "# 改过\n", encoding="utf-8")
    officer.get("/desk/units/")
    assert count == 2
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-21T10:02:00+08:00")  # deadlines pass without anybody writing
    officer.get("/desk/units/")
    assert count == 3


def test_whom_to_call_and_why(officer):
    page = officer.get("/desk/calls/")
    assert [call.reminder.unit.slug for call in page.context["calls"]] == [
        "yangjiang", "maoming", "zhaoqing", "chaozhou", "jieyang", "yunfu",
    ]  # fmt: skip
    text = page.content.decode()
    assert "截止在即，总结、统计资料尚未报送。" in text
    assert 'href="tel:020-00000014"' in text
    assert len(officer.get("/desk/calls/?all=1").context["calls"]) > 6


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2012-08-15T10:00:00+08:00", "活动还没有开始"),
        ("2012-10-02T10:00:00+08:00", "活动已经结束，不再催报"),
    ],
)
def test_nobody_is_called_before_and_after(moment, told, officer, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", moment)
    assert told in officer.get("/desk/calls/").content.decode()


def test_a_call_is_noted_and_shown(officer):
    answer = officer.post("/desk/calls/yangjiang/", {"result": "reached"})
    page = officer.get(answer["Location"]).content.decode()
    assert "已记下给阳江打电话的结果" in page
    assert page.count("今天已催") == 1
    noted = Audit.objects.get()
    assert (noted.action, noted.unit, noted.account.username, noted.detail) == (
        "office-called", "yangjiang", "officer", {"result": "reached"},
    )  # fmt: skip
    assert officer.post("/desk/calls/nowhere/", {"result": "reached"}).status_code == 404
    assert officer.post("/desk/calls/yangjiang/", {"result": "vanished"}).status_code == 409


def test_who_was_not_reached_is_still_urgent_and_a_call_noted_by_mistake_is_taken_back(officer):
    officer.post("/desk/calls/yangjiang/", {"result": "missed"})
    missed = officer.get("/desk/calls/").content.decode()
    assert "，电话没有打通" in missed
    assert "今天已催" not in missed
    officer.post("/desk/calls/yangjiang/", {"result": "reached"})
    by_mistake = Audit.objects.latest("id").pk
    assert officer.post("/desk/calls/maoming/", {"mistake": by_mistake}).status_code == 409
    officer.post("/desk/calls/yangjiang/", {"mistake": by_mistake})
    page = officer.get("/desk/calls/").content.decode()
    assert "，电话没有打通" in page, "the call before counts again"
    assert "今天已催" not in page
    assert officer.post("/desk/calls/yangjiang/", {"mistake": by_mistake}).status_code == 409
    assert "撤销电话催报的记录" in officer.get("/desk/audit/").content.decode()


def test_the_letter_is_the_one_that_is_mailed(officer):
    page = officer.get("/desk/calls/yangjiang/").content.decode()
    assert "《关于做好律师行业创先争优活动总结及表彰推荐工作的通知》要求8月22日前报送材料" in page
    assert re.search(r"<b>【示例】催报：.*</b>", page)
    assert "这个单位没有要催的" in officer.get("/desk/calls/zhuhai/").content.decode()


def test_as_many_queries_for_one_call_as_for_many(officer):
    officer.get("/desk/calls/")
    with CaptureQueriesContext(connection) as none:
        officer.get("/desk/calls/")
    for slug in ("yangjiang", "maoming", "zhaoqing", "yangjiang"):
        officer.post(f"/desk/calls/{slug}/", {"result": "reached"})
    with CaptureQueriesContext(connection) as many:
        officer.get("/desk/calls/")
    assert len(none) == len(many) <= 8


def test_what_was_written_while_somebody_waited_is_not_taken_for_the_future(service, monkeypatch):
    real = campaign_tree._fingerprint

    def looked(root):
        monkeypatch.setenv("SHENBAO_NOW", "2012-08-21T10:00:30+08:00")
        return real(root)

    monkeypatch.setattr(campaign_tree, "_fingerprint", looked)
    monkeypatch.setattr(campaign_tree, "_held", {})
    assert campaign_tree.state().at.second == 30
