"""操作记录, and who may open which page of the desk."""

from __future__ import annotations

import csv
import io
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from intake.journal.models import Action
from intake.office.audit import detail_of
from intake.people.access import Door
from intake.people.audit import note
from intake.people.models import Account, Audit, Role


def table(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.fixture
def trail(officer, account):
    """A few lines of different people, units and days."""
    note(None, "submitted", unit="guangzhou", target="summary", number="SB120821-AAAAA-AAAAA")
    note(None, "submitted", unit="shenzhen", target="individual-01")
    Audit.objects.create(  # a day of the campaign, and no day of Greenwich
        at="2012-08-20T00:30:00+08:00", account=account("approver", Role.APPROVER), address="10.0.0.1",
        action="office-accepted", unit="guangzhou", target="statistics", detail={"errors": 2, "why": "paper"},
    )  # fmt: skip
    return officer


@pytest.mark.parametrize(
    ("query", "targets"),
    [
        ("", ["statistics", "individual-01", "summary"]),
        ("unit=guangzhou", ["statistics", "summary"]),
        ("action=submitted", ["individual-01", "summary"]),
        ("from=2012-08-21", ["individual-01", "summary"]),
        ("to=2012-08-20", ["statistics"]),
        ("to=2012-08-19", []),
        ("from=2012-08-20&to=2012-08-20", ["statistics"]),
        ("from=x&to=99999-01-01&who=y&page=z", ["statistics", "individual-01", "summary"]),
        ("from=0001-01-01&to=9999-12-31", ["statistics", "individual-01", "summary"]),
        ("unit=<script>", []),
    ],
)
def test_filters(query, targets, trail):
    page = trail.get(f"/desk/audit/?{query}")
    assert [line.target for line, *_ in page.context["lines"]] == targets
    assert [row[7] for row in table(trail.get(f"/desk/audit.csv?{query}"))[1:]] == [
        {"statistics": "统计资料", "summary": "总结", "individual-01": "先进个人推荐表（第 1 名）"}[one]
        for one in targets
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", []),
        ("from=2012-08-20&to=2012-08-20&action=office-accepted&unit=guangzhou", []),
        ("action=upload.refused", []),  # a word there is, and no such line yet
        ("from=2012-08-24&to=2012-08-20", ["“到”早于“从”"]),
        ("from=x&to=99999-01-01", ["“从”的日期不对", "“到”的日期不对"]),
        ("who=y&action=z&unit=x", ["“单位”的内容不对", "“操作”的内容不对", "“谁”的内容不对"]),
        ("who=999999", ["“谁”的内容不对"]),
    ],
)
def test_a_filter_that_is_wrong_is_told(query, said, trail):
    page = trail.get(f"/desk/audit/?{query}")
    assert [sentence.partition("，")[0] for sentence in page.context["faults"]] == said
    told = page.content.decode()
    assert [sentence in told for sentence in said] == [True] * len(said)
    assert ("没有符合的记录" in told) == (not said and not page.context["lines"])


def test_by_person(trail):
    who = Account.objects.get(username="approver").pk
    page = trail.get(f"/desk/audit/?who={who}")
    assert [line.target for line, *_ in page.context["lines"]] == ["statistics"]
    assert "错误数 2；理由 以盖章的纸质材料为准" in page.content.decode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t"])
def test_no_cell_of_the_download_is_a_formula(start, officer, account):
    text = f"{start}1+1"
    person = account("guangzhou-1")
    Account.objects.filter(pk=person.pk).update(name=text, username=text)
    Audit.objects.create(
        at="2012-08-19T10:00:00+08:00", account=person, address=text, action=text, unit=text, target=text, detail={text: text},
    )  # fmt: skip
    [_, row] = table(officer.get("/desk/audit.csv"))
    assert [cell for cell in row if cell.startswith(start)] == []
    assert row[1] == f"'{text}"


def test_the_download_opens_in_a_spreadsheet(trail):
    answer = trail.get("/desk/audit.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="audit-20120821-100000.csv"'
    written = b"".join(answer.streaming_content)
    assert written.startswith(b"\xef\xbb\xbf")
    assert written.decode().splitlines()[1] == (
        "2012-08-20 00:30:00,示例approver,approver,10.0.0.1,受理,广州,,统计资料,错误数 2；理由 以盖章的纸质材料为准"
    )


def test_the_trail_is_paged_in_as_many_queries_as_one_line(officer):
    note(None, "submitted", unit="guangzhou")
    with CaptureQueriesContext(connection) as one:
        officer.get("/desk/audit/")
    for _ in range(250):
        note(None, "submitted", unit="guangzhou")
    Audit.objects.update(account=Account.objects.get(username="officer"))
    with CaptureQueriesContext(connection) as many:
        pages = [officer.get(f"/desk/audit/?page={page}") for page in (1, 2, 3)]
    assert len(many) == 3 * len(one)
    assert [len(page.context["lines"]) for page in pages] == [100, 100, 51]
    numbers = [line.pk for page in pages for line, *_ in page.context["lines"]]
    assert all(before > after for before, after in pairwise(numbers))


def addresses() -> dict[str, Door]:
    """Every address of the desk, with the door before it."""
    [desk] = [pattern for pattern in get_resolver().url_patterns if str(pattern.pattern) == "desk/"]
    return {
        str(one.pattern): one.callback.door
        for one in desk.url_patterns
        if one.callback.__module__.startswith("intake.office")
    }


FILLED = {
    "<slug:slug>": "guangzhou",
    "<int:action>": "1",
    "<slug:name>": "individual-01",
    "<path:path>": "materials/individual-01.jpg",
}


def test_the_desk_is_the_offices_and_approving_is_the_approvers():
    found = addresses()
    assert len(found) == 22
    assert {address for address, door in found.items() if door is Door.APPROVER} == {
        "extensions/<int:action>/agree/",
        "extensions/<int:action>/decline/",
    }
    assert set(found.values()) == {Door.OFFICE, Door.APPROVER}


@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "patch"])
def test_nobody_else_passes_any_door_of_the_desk(method, officer, approver, signed_in, sent):
    line = sent()
    Action.objects.create(
        pk=1,
        kind="extended",
        unit="guangzhou",
        document="*",
        account=line.account,
        at=line.received_at,
        state="proposed",
    )
    for pattern, door in addresses().items():
        address = f"/desk/{pattern.replace('<number:number>', line.number)}"
        for name, value in FILLED.items():
            address = address.replace(name, value)
        assert "<" not in address
        before = (Action.objects.count(), Audit.objects.count())
        anonymous = getattr(Client(), method)(address)
        assert (anonymous.status_code, anonymous["Location"].partition("?")[0]) == (302, "/my/sign-in/"), (
            address
        )
        for unit in ("guangzhou-1", "shenzhen-1"):
            assert getattr(signed_in(unit), method)(address).status_code == 403, address
        if door is Door.APPROVER:
            assert getattr(officer, method)(address).status_code == 403, address
        assert (Action.objects.count(), Audit.objects.count()) == before, address
        if method in ("get", "put", "delete", "patch"):
            passed = getattr(approver, method)(address)
            allowed = method == "get" and door is Door.OFFICE and not pattern.endswith("/mail/")
            assert passed.status_code == (200 if allowed else 405), (address, passed.status_code)


def test_nothing_is_done_without_the_pages_own_token(account, sent):
    line = sent()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account("officer", Role.OFFICER))
    addresses = (
        f"{line.number}/accept/",
        f"{line.number}/return/",
        "extensions/",
        "paper/",
        "calls/guangzhou/",
        "calls/yangjiang/mail/",
        "reminders/",
        f"{line.number}/take-out/",
    )
    for address in addresses:
        assert strict.post(f"/desk/{address}", {"seen": 0}).status_code == 403
    assert not Action.objects.exists()
    assert not Audit.objects.exclude(action="submitted").exists()


def test_a_detail_without_a_value_is_left_out(service):
    assert detail_of(Audit(detail={"number": "", "decision": 6})) == "办理号 6"


def test_a_date_in_a_detail_is_told_as_people_tell_it(service):
    assert detail_of(Audit(detail={"until": "2012-08-28T18:00:00+08:00"})) == "期限 8月28日 18:00"
