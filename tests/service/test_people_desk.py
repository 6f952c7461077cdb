"""Accounts at the office's desk, and the audit trail."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from service.people_steps import clock, opened, sign_in, signed_in_as, written

from intake import current
from intake.answers import Refused
from intake.people import accounts, audit, codes, enrolment
from intake.people.models import Account, Audit, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("service", "telephone")]

PEOPLE = Path(__file__).parents[2] / "intake" / "people"


@pytest.fixture
def officer(signed_in) -> Client:
    return signed_in("officer-1", Role.OFFICER)


@pytest.fixture
def approver(signed_in) -> Client:
    return signed_in("approver-1", Role.APPROVER)


def new(client: Client, **sent: str):
    return client.post(
        "/desk/accounts/new/", {"role": "unit", "unit": "guangzhou", "name": "示例新人", **sent}
    )


def shown_code(page: str) -> str:
    return re.search(r'class="code-to-read"><code>([^<]+)</code>', page).group(1)  # type: ignore[union-attr]


def told(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# ------------------------------------------------------------------------------------------ the list


def test_units_stand_in_official_order_with_what_they_lack(officer: Client):
    opened()
    invited = accounts.create("", "示例已邀", Role.UNIT, "guangzhou")
    enrolment.issue(invited, None)
    accounts.create("", "示例未邀", Role.UNIT, "shenzhen")
    accounts.deactivate(opened("shenzhen-2"))
    opened("shenzhen-3")
    found = {staff.slug: staff.lacking for staff in accounts.staffs()}
    assert list(found) == ["", *(unit.slug for unit in current.campaign().units)]
    assert (found[""], found["guangzhou"], found["shenzhen"], found["zhuhai"]) == (0, 0, 1, 2)
    text = told(officer.get("/desk/accounts/").content.decode())
    assert "现有 21 个单位不足两人，共 22 个单位" in text
    assert text.index("广州") < text.index("深圳 缺 1 人") < text.index("珠海 缺 2 人") < text.index("顺德区")
    assert all(word in text for word in ("已启用", "未启用", "已停用", "从未", "没有有效的启用码"))
    only = told(officer.get("/desk/accounts/?lacking=1").content.decode())
    assert "广州" not in only
    assert "深圳 缺 1 人" in only


def test_a_code_that_expired_is_no_invitation(officer: Client, monkeypatch: pytest.MonkeyPatch):
    for _ in range(2):
        enrolment.issue(accounts.create("", "示例", Role.UNIT, "guangzhou"), None)
    assert accounts.staffs()[1].lacking == 0
    clock(monkeypatch, "24T10:00")
    assert accounts.staffs()[1].lacking == 2


def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    officer: Client, django_assert_max_num_queries
):
    for unit in current.campaign().units:
        for _ in range(3):
            accounts.create("", "示例", Role.UNIT, unit.slug)
    with django_assert_max_num_queries(5):
        officer.get("/desk/accounts/")


# ------------------------------------------------------------------------------------------ new accounts and codes


def test_a_new_account_comes_with_a_code_that_works(officer: Client, client: Client):
    page = new(officer).content.decode()
    account = Account.objects.get(unit="guangzhou")
    assert (account.username, account.name, account.role) == ("guangzhou-1", "示例新人", "unit")
    assert client.post("/my/enrol/", {"code": shown_code(page)}).status_code == 302
    assert all(
        words in told(page)
        for words in ("示例新人", "广州", "2012年8月24日 10:00:00", "/my/enrol/", "guangzhou-1")
    )
    line = Audit.objects.get(action="code-issued")
    assert (line.account.username, line.unit, line.target, line.address) == (  # type: ignore[union-attr]
        "officer-1",
        "guangzhou",
        "guangzhou-1",
        "127.0.0.1",
    )


def test_a_code_is_shown_once(officer: Client):
    code = shown_code(new(officer).content.decode())
    again = officer.get("/desk/accounts/of/guangzhou-1/").content.decode()
    assert code not in again
    assert code not in str(dict(officer.session))
    second = shown_code(officer.post("/desk/accounts/of/guangzhou-1/code/").content.decode())
    with pytest.raises(Refused):
        enrolment.account_for(codes.digest(code))
    assert enrolment.account_for(codes.digest(second)).username == "guangzhou-1"


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"unit": ""}, "报送单位的账号要选单位"),
        ({"unit": "atlantis"}, "没有这个单位"),
        ({"name": " "}, "请写姓名"),
        ({"name": "字" * 41}, "最多 40 个字"),
        ({"name": "甲\u202e乙"}, "控制字符"),
        ({"username": "officer-1"}, "已经有人用了"),
        ({"username": "广州一号"}, "小写字母"),
        ({"username": "a"}, "小写字母"),
        ({"username": "-abc"}, "小写字母"),
    ],
)
def test_what_makes_no_account(sent: dict[str, str], why: str, officer: Client):
    answer = new(officer, **sent)
    assert answer.status_code == 400
    assert why in answer.content.decode()
    assert Account.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"role": "king"}, "请选择账号类别"),
        ({"role": "officer"}, "办公室的账号不选单位"),
        ({"role": "officer", "unit": ""}, "小写字母"),
    ],
)
def test_what_makes_no_account_of_the_offices(sent: dict[str, str], why: str, approver: Client):
    answer = new(approver, **sent)
    assert answer.status_code == 400
    assert why in answer.content.decode()


def test_only_an_approver_makes_and_opens_office_accounts(officer: Client, approver: Client):
    sent = {"role": "officer", "unit": "", "username": "officer-2"}
    assert new(officer, **sent).status_code == 400
    assert 'value="officer"' not in officer.get("/desk/accounts/new/").content.decode()
    assert new(approver, **sent).status_code == 200
    page = "/desk/accounts/of/officer-2/"
    assert "code/" not in officer.get(page).content.decode()
    for action in ("code", "deactivate", "reactivate"):
        assert officer.post(f"{page}{action}/").status_code == 403
    assert shown_code(approver.post(f"{page}code/").content.decode())
    assert approver.post(f"{page}deactivate/").status_code == 302


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER])
@pytest.mark.parametrize("by", ["officer-1", "guangzhou-1"])
def test_the_functions_hold_it_too(role: Role, by: str, account):
    who = account(by, Role.OFFICER if by == "officer-1" else Role.UNIT)
    target = account("office-9", role)
    for call in (
        lambda: accounts.create("office-8", "示例", role, "", by=who),
        lambda: enrolment.issue(target, who),
        lambda: accounts.deactivate(target, who),
        lambda: accounts.reactivate(target, who),
    ):
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.status == 403


def test_nobody_hands_oneself_a_code_or_shuts_oneself(approver: Client):
    page = "/desk/accounts/of/approver-1/"
    assert approver.post(f"{page}code/").status_code == 409
    assert approver.post(f"{page}deactivate/").status_code == 409
    assert "这是您自己的账号" in approver.get(page).content.decode()


def test_a_shut_account_is_out_at_once(officer: Client, client: Client):
    opened()
    sign_in(client)
    assert officer.post("/desk/accounts/of/guangzhou-1/deactivate/").status_code == 302
    assert "账号已停用" in officer.get("/desk/accounts/of/guangzhou-1/").content.decode()
    assert signed_in_as(client) == ""
    assert sign_in(Client()).status_code == 401
    assert officer.post("/desk/accounts/of/guangzhou-1/code/").status_code == 409
    officer.post("/desk/accounts/of/guangzhou-1/reactivate/")
    assert signed_in_as(client) == ""
    assert sign_in(Client()).status_code == 302
    assert [action for action in written() if "activated" in action] == ["deactivated", "reactivated"]


def test_the_names_of_units_go_on_where_they_stopped():
    for _ in range(3):
        accounts.create("", "示例", Role.UNIT, "guangzhou")
    assert accounts.next_username("guangzhou") == "guangzhou-4"


def test_an_account_that_is_not_there_is_missing(officer: Client):
    assert officer.get("/desk/accounts/of/nobody-1/").status_code == 404


# ------------------------------------------------------------------------------------------ the trail


def test_the_trail_is_read_by_unit_action_and_time(monkeypatch: pytest.MonkeyPatch):
    for time, unit, action in [
        ("10:00", "guangzhou", "signed-in"),
        ("10:10", "shenzhen", "signed-in"),
        ("10:20", "guangzhou", "signed-out"),
    ]:
        clock(monkeypatch, time)
        audit.note(None, action, unit=unit)

    def read(**wanted: object) -> list[str]:
        return [f"{line.at:%M} {line.unit}" for line in audit.read(**wanted)]  # type: ignore[arg-type]

    end = current.now()
    assert read() == ["20 guangzhou", "10 shenzhen", "00 guangzhou"]
    assert read(unit="guangzhou") == ["20 guangzhou", "00 guangzhou"]
    assert read(action="signed-in") == ["10 shenzhen", "00 guangzhou"]
    assert read(start=end - timedelta(minutes=10)) == ["20 guangzhou", "10 shenzhen"]
    assert read(end=end - timedelta(minutes=10)) == ["10 shenzhen", "00 guangzhou"]
    assert read(size=2, page=2) == ["00 guangzhou"]
    assert read(size=2, page="nonsense") == ["20 guangzhou", "10 shenzhen"]


def test_every_action_of_this_room_has_a_name():
    """And every name an action: ``note(request, "…")``, ``failed(request, tried, "…")``, ``_done(request, person, "…")``."""
    place = {"note": 1, "failed": 2, "_done": 2}
    words, called = set(), set()
    for file in PEOPLE.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and file != PEOPLE / "audit.py":
                words.add(node.value)
            if isinstance(node, ast.Call) and file.parent == PEOPLE:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                action = node.args[place[name]] if len(node.args) > place.get(name, 99) else None
                called |= {action.value} if isinstance(action, ast.Constant) else set()
    assert len(called) > 12
    assert called <= set(audit.LABELS) <= words
