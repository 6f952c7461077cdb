"""发催报邮件: asked for at the desk, sent by the worker through a real server; one an hour, and never in vain."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from typing import cast

import pytest
from mail_server import MailServer, serving, settings

from intake.current import campaign
from intake.office import mailing
from intake.people.models import Audit, Role
from intake.projection.telling import Teller

pytestmark = pytest.mark.django_db(transaction=True)
UNIT = "yangjiang"
LATER = "2012-08-21T11:00:01+08:00"


@pytest.fixture
def server(monkeypatch):
    with serving(MailServer()) as running:
        settings(monkeypatch, running.port, TLS="none")
        yield running


def remind(client, slug: str = UNIT):
    return client.post(f"/desk/calls/{slug}/mail/")


def trail() -> list[str]:
    return [line.action for line in Audit.objects.filter(action__contains="remind").order_by("id")]


def test_one_unit_is_sent_its_letter_and_the_list_says_by_whom(server, officer, account):
    assert "正在发" in officer.get(remind(officer)["Location"]).content.decode()
    assert Teller().tell()
    assert Teller().tell()  # once
    (mail,) = server.mails.values()
    contact = campaign().unit_by_slug[UNIT].contact
    assert contact
    assert server.recipients == [contact.email]
    assert "阳江市" in mail.get_content()
    assert trail() == ["office-reminded", "reminder-mailed"]
    page = officer.get("/desk/calls/").content.decode()
    assert f"8月21日 10:00</span> {account('officer').name}，邮件" in page
    assert "已发出" in page
    assert "发催报邮件" in officer.get("/desk/audit/").content.decode()


def test_an_hour_has_one(server, officer, signed_in, account, monkeypatch):
    remind(officer)
    again = remind(signed_in("officer-2", Role.OFFICER))
    assert again.status_code == 409
    assert f"{account('officer').name}在 8月21日 10:00 发过，一小时内不再发" in again.content.decode()
    assert trail() == ["office-reminded"]
    monkeypatch.setenv("SHENBAO_NOW", LATER)
    remind(officer)
    assert Teller().tell()
    assert len(server.taken) == 1  # of two that waited, the last


def test_two_that_are_meant_are_two_mails_to_their_reader(server, officer, monkeypatch):
    remind(officer)
    Teller().tell()
    monkeypatch.setenv("SHENBAO_NOW", LATER)
    remind(officer)
    Teller().tell()
    first, second = (message_from_bytes(cast("bytes", taken.original_content)) for taken in server.taken)
    assert "".join(first["Message-ID"].split()) != "".join(second["Message-ID"].split())


def test_all_at_once_after_a_page_that_says_how_many_and_who_has_no_address(server, officer, monkeypatch):
    held = campaign()
    mute = tuple(replace(unit, contact=None) if unit.slug == "maoming" else unit for unit in held.units)
    without = replace(held, units=mute)
    for room in ("intake.office.mailing", "intake.office.campaign_tree", "intake.office.desk"):
        monkeypatch.setattr(f"{room}.campaign", lambda: without)
    remind(officer)
    page = officer.get("/desk/reminders/")
    ready = len(page.context["ready"])
    assert ready > 5
    assert [one.unit.slug for one in page.context["unreachable"]] == ["maoming"]
    assert [one.unit.slug for one in page.context["rested"]] == [UNIT]
    assert f"发送 {ready} 封" in page.content.decode()
    other = officer.post("/desk/reminders/", {"count": ready + 1})
    assert other.status_code == 409
    assert "名单刚刚有变" in other.content.decode()
    assert trail() == ["office-reminded"]
    answer = officer.post("/desk/reminders/", {"count": ready})
    assert f"{ready} 封催报邮件已交给后台发送" in officer.get(answer["Location"]).content.decode()
    assert Teller().tell()
    assert len(server.taken) == ready + 1
    assert not officer.get("/desk/reminders/").context["ready"]


def test_without_a_server_or_an_address_or_anything_owed_nothing_is_asked(officer, monkeypatch):
    settings(monkeypatch)
    assert "没有设好邮件服务器" in officer.get("/desk/calls/").content.decode()
    assert remind(officer).status_code == 409
    settings(monkeypatch, 1, TLS="none")
    assert "没有要再报的材料" in remind(officer, "zhuhai").content.decode()
    monkeypatch.setattr(mailing, "has_address", lambda _unit: False)
    assert "没有登记电子邮箱" in remind(officer).content.decode()
    assert trail() == []


def test_what_came_meanwhile_is_not_asked_for_any_more(server, officer, monkeypatch):
    remind(officer)
    monkeypatch.setattr("intake.projection.reminding.plan", lambda _progress: ())
    assert Teller().tell()
    assert server.taken == []
    assert trail() == ["office-reminded", "reminder-dropped"]
    assert "不用发了" in officer.get("/desk/calls/").content.decode()
