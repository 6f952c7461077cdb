"""纸质材料: copies and seals, one line after another, and the list that is printed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from build_tools.ledger import Kind
from build_tools.recording import Request, record
from intake.current import campaign, now
from intake.journal.models import Action
from intake.people.models import Audit

SEAL = "所在单位党组织"


def register(client, unit: str = "shenzhen", document: str = "individual-01", **more):
    told = {"unit": unit, "document": document, "copies": "3", "seal": [SEAL], "seen": 0, **more}
    return client.post("/desk/paper/", told)


def keys(page) -> list[str]:
    return [sheet.key for sheet in page.context["page"].rows]


def test_what_is_not_complete_by_unit_in_official_order(officer):
    page = officer.get("/desk/paper/")
    assert keys(page)[:3] == ["shenzhen-collective-01", "shenzhen-individual-01", "shantou-individual-01"]
    assert "0/3" in page.content.decode()
    assert "guangzhou-individual-01" not in keys(page)  # complete by the ledger
    assert "guangzhou-individual-01" in keys(officer.get("/desk/paper/?all=1"))
    assert keys(officer.get("/desk/paper/?unit=shenzhen")) == [
        "shenzhen-collective-01",
        "shenzhen-individual-01",
    ]


def test_copies_and_seals_are_recorded_and_the_cursor_goes_on(officer):
    answer = register(officer, "shenzhen", "collective-01", seal=["上级党组织"])
    action = Action.objects.get()
    assert (action.kind, action.copies, action.seals, action.state) == ("paper", 3, ["上级党组织"], "done")
    page = officer.get(answer["Location"])
    assert "已登记：深圳 先进集体推荐表（第 1 名），3 份，已盖：上级党组织" in page.content.decode()
    assert page.context["focus"] == "shenzhen-individual-01"
    assert page.content.decode().count(" autofocus") == 1
    assert Audit.objects.get(action="office-paper").detail == {
        "number": "", "decision": action.pk, "copies": 3, "seals": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"copies": "-1"}, 422),
        ({"copies": "1.5"}, 422),
        ({"copies": "4"}, 422),  # three are asked for
        ({"copies": "9999999999"}, 422),
        ({"copies": "三"}, 422),
        ({"copies": "0", "seal": []}, 422),
        ({"copies": "", "seal": []}, 422),
        ({"copies": "0"}, 302),
        ({"copies": "２", "seal": []}, 302),  # as an input method types it
        ({"copies": "٢", "seal": []}, 422),
        ({"copies": "0", "seal": ["不要的章"]}, 422),
        ({"unit": "nowhere"}, 404),
        ({"document": "individual-09"}, 404),
        ({"unit": "yangjiang"}, 404),
        ({"unit": "yangjiang", "document": "summary"}, 404),
    ],
)
def test_what_can_be_recorded(told, status, officer):
    assert register(officer, **told).status_code == status
    assert Action.objects.exists() is (status == 302)


def test_pressed_twice_it_is_once(officer):
    first, second = (register(officer, copies="1", seal=[]) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Action.objects.count() == 1
    # The page drawn anew takes the second batch.
    seen = Action.objects.get().pk
    assert register(officer, copies="1", seal=[], seen=seen).status_code == 302
    assert Action.objects.count() == 2
    drawn = {
        sheet.key: sheet.seen for sheet in officer.get("/desk/paper/?unit=shenzhen").context["page"].rows
    }
    assert drawn["shenzhen-individual-01"] == Action.objects.latest("pk").pk


def test_the_last_copies_pressed_twice_are_once_and_no_more_are_taken(officer, worker):
    worker.idle = True
    first, second = (register(officer) for _ in range(2))
    assert first["Location"] == second["Location"]
    more = register(officer, copies="1", seal=[], seen=Action.objects.get().pk)
    assert more.status_code == 422
    assert "还差 0 份" in more.content.decode()


def correct(client, unit: str = "guangzhou", document: str = "individual-01", **more):
    told = {"copies": "2", "seal": [], "seen": 0, "reason": "上次多记一份", **more}
    return client.post(f"/desk/paper/{unit}/{document}/", told)


def test_a_wrong_entry_is_corrected_and_stays_in_the_trail(officer, tree):
    assert (
        "现在登记的是 3 份，已盖：所在单位党组织"
        in officer.get("/desk/paper/guangzhou/individual-01/").content.decode()
    )
    for more, status in (({"copies": "4"}, 422), ({"reason": " "}, 422), ({"unit": "yangjiang"}, 404)):
        assert correct(officer, **more).status_code == status
    nothing = correct(officer, copies="3", seal=[SEAL])
    assert (nothing.status_code, "没有可更正的" in nothing.content.decode()) == (422, True)
    assert not Action.objects.exists()
    answer = correct(officer, copies="２")
    assert (
        "已登记：广州 先进个人推荐表（第 1 名），更正为共 2 份"
        in officer.get(answer["Location"]).content.decode()
    )
    action = Action.objects.get()
    assert (action.kind, action.copies, action.seals, action.reason) == ("paper", 2, [], "上次多记一份")
    register(officer)
    Action.objects.create(
        kind="paper", unit="guangzhou", document="individual-01", account=action.account, at=action.at,
        state="refused", copies=1,
    )  # fmt: skip
    entries = officer.get("/desk/paper/guangzhou/individual-01/").context["entries"]
    told = [entry.more for entry in entries]
    assert told == [f"3 份；已盖：{SEAL}"], "neither another unit's nor what is not in the ledger"
    assert "更正 是" in officer.get("/desk/audit/").content.decode()


def test_a_correction_in_the_ledger_counts_anew(tree, officer, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:00:00+08:00")
    names, by = ["guangzhou/individual-01"], ("示例登记员",)
    record(tree, campaign(), now(), Request(Kind.PAPER, by, copies=1, reason="上次多记两份"), names)
    [sheet] = [
        one
        for one in officer.get("/desk/paper/?unit=guangzhou").context["page"].rows
        if one.key == "guangzhou-individual-01"
    ]
    assert (sheet.document.copies_received, sheet.document.seals_missing) == (1, (SEAL,))
    record(tree, campaign(), now(), Request(Kind.PAPER, by, copies=2, seals=(SEAL,)), names)
    assert "guangzhou-individual-01" not in keys(officer.get("/desk/paper/"))
    unit = officer.get("/desk/units/guangzhou/").content.decode()
    assert "更正为共 1 份" in unit
    # Whatever the ledger holds is told, by whichever way it came there.
    [latest, corrected, first] = officer.get("/desk/paper/guangzhou/individual-01/").context["entries"]
    assert (latest.more, corrected.more) == (f"2 份；已盖：{SEAL}", "上次多记两份；更正为共 1 份")
    assert first.more.startswith("3 份")


def line_of(client, key: str):
    page = client.get("/desk/paper/?all=1")
    [sheet] = [sheet for sheet in page.context["page"].rows if sheet.key == key]
    return sheet


def test_what_is_being_written_counts_already(officer, worker):
    worker.idle = True
    register(officer, copies="2", seal=[])
    sheet = line_of(officer, "shenzhen-individual-01")
    assert (sheet.copies, sheet.left, sheet.seals_missing, sheet.written) == (2, 1, [SEAL], True)
    register(officer, copies="1", seen=sheet.seen)
    sheet = line_of(officer, "shenzhen-individual-01")
    assert (sheet.copies, sheet.left, sheet.seals_missing) == (3, 0, [])
    assert '3/3 <span class="soft">办理中' in officer.get("/desk/paper/?unit=shenzhen").content.decode()


def test_a_correction_that_is_being_written_counts_already(officer, worker):
    worker.idle = True
    correct(officer, copies="1")
    sheet = line_of(officer, "guangzhou-individual-01")
    assert (sheet.copies, sheet.left, sheet.seals_missing) == (1, 2, [SEAL])
    assert "guangzhou-individual-01" in keys(officer.get("/desk/paper/"))
    again = correct(officer, copies="1", seen=sheet.seen)
    assert (again.status_code, "没有可更正的" in again.content.decode()) == (422, True)
    assert "现在登记的是 1 份（正在写入台账）" in again.content.decode()


def test_what_was_typed_wrong_is_told_in_its_line_and_stays(officer):
    page = officer.post(
        "/desk/paper/?unit=shenzhen",
        {"unit": "shenzhen", "document": "individual-01", "copies": "99", "seal": [SEAL], "seen": 0},
    )
    text = page.content.decode()
    assert (page.status_code, page.context["unit_chosen"]) == (422, "shenzhen")
    assert 'value="99" aria-invalid="true" aria-describedby="fault"' in text
    assert 'id="fault" role="alert">份数多了：还差 3 份' in text
    assert text.count(" checked") == 1
    wrong = correct(officer, copies="abc", reason="多记").content.decode()
    assert 'value="abc"' in wrong
    assert "多记</textarea>" in wrong


def test_the_cursor_goes_on_from_a_line_that_is_complete_and_gone(tree, officer, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:00:00+08:00")
    before = keys(officer.get("/desk/paper/"))
    answer = register(officer, "dongguan", copies="1")
    names = ["dongguan/individual-01"]
    record(tree, campaign(), now(), Request(Kind.PAPER, ("示例登记员",), copies=1, seals=(SEAL,)), names)
    page = officer.get(answer["Location"])
    assert "dongguan-individual-01" not in keys(page)
    assert before[0] != "dongguan-individual-01"  # so that the next is not the first
    assert page.context["focus"] == before[before.index("dongguan-individual-01") + 1]


def test_what_was_refused_is_told(officer, worker):
    worker.message = "台账正在维护。"
    page = officer.get(register(officer)["Location"]).content.decode()
    assert "没有登记成" in page
    assert "台账正在维护。" in page
    assert "没有登记成：台账正在维护。" in officer.get("/desk/paper/").content.decode(), "whoever looks later"
    worker.message = ""
    register(officer, seen=Action.objects.get().pk)
    assert "没有登记成" not in officer.get("/desk/paper/").content.decode(), "it has been done since"


def test_what_the_ledger_says_is_what_counts(tree, officer, monkeypatch):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:00:00+08:00")
    assert "heyuan-individual-01" in keys(officer.get("/desk/paper/"))
    names = ["heyuan/individual-01"]
    record(tree, campaign(), now(), Request(Kind.PAPER, ("示例登记员",), copies=3, seals=(SEAL,)), names)
    assert "heyuan-individual-01" not in keys(officer.get("/desk/paper/"))


def test_the_list_to_print_holds_all_on_one_page(officer):
    page = officer.get("/desk/paper/list/").content.decode()
    assert page.count("<tr>") - 1 == len(keys(officer.get("/desk/paper/")))
    assert "□ 所在单位党组织" in page
    assert "示例" in page
    guangzhou = officer.get("/desk/paper/list/?unit=guangzhou&all=1").content.decode()
    assert guangzhou.count("<tr>") - 1 == 4
    assert "□" not in guangzhou.partition("<tbody>")[2]


def test_as_many_queries_for_one_as_for_all(officer):
    officer.get("/desk/paper/")
    with CaptureQueriesContext(connection) as one:
        officer.get("/desk/paper/?unit=shenzhen")
    with CaptureQueriesContext(connection) as every:
        officer.get("/desk/paper/?all=1")
    assert len(one) == len(every) <= 6
