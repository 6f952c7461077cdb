"""One submission on the desk: what it says, what changed, its files, and that nothing in it is ever HTML."""

from __future__ import annotations

import hashlib
import html
import re
import sys
import types

import pytest
import yaml
from service.journalled import ROOT, NoSites, sample, with_values

from intake.journal.models import Action, Submission
from intake.office.submission import opened
from intake.people.audit import note
from intake.people.models import Account
from intake.projection.worker import Worker

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
XSS = "<img src=x onerror=alert(1)>"


@pytest.fixture
def kept(service, monkeypatch):
    """Keeps bytes as the upload does; where that part is not there yet, the same with a dictionary."""
    try:
        from intake.files import store
    except ImportError:
        held: dict[str, bytes] = {}
        store = types.SimpleNamespace(
            keep=lambda data: (
                held.setdefault(name := f"sha256:{hashlib.sha256(data).hexdigest()}", data) and name
            ),
            read=lambda digest: held[digest],
        )
        monkeypatch.setitem(sys.modules, "intake.files.store", store)
    return store.keep


def accept(line: Submission) -> None:
    Action.objects.create(
        kind="accepted", unit=line.unit, document=line.document, submission=line, account=line.account,
        at=line.received_at, state="done",
    )  # fmt: skip


def text_of(page) -> str:
    body = page.content.decode().partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_facts(officer, sent):
    line = sent()
    page = text_of(officer.get(f"/desk/{line.number}/"))
    for told in (
        line.number,
        line.digest,
        "2012年8月21日 10:00:00 按时",
        "示例guangzhou-1",
        "还没有写入版本库",
        "待审",
    ):
        assert told in page


def test_findings_with_line_and_clause(officer, sent):
    line = sent(text=with_values(sample(), birth="1968-13"))
    page = text_of(officer.get(f"/desk/{line.number}/"))
    assert "错误 文件第 4 行：“出生年月”的月份应在 01 至 12 之间。" in page
    assert "F01，附件4" in page


def test_a_first_version_has_nothing_to_be_compared_with(officer, sent):
    line = sent("yangjiang", "individual-01", sample())
    assert "以前没有收到过，没有可对照的" in text_of(officer.get(f"/desk/{line.number}/"))


def test_it_is_compared_with_what_lies_on_the_site_where_that_came_another_way(officer, sent):
    line = sent(text=with_values(sample(), post="合伙人"))
    page = officer.get(f"/desk/{line.number}/")
    assert page.context["other"].title == "网站上现有的一版"
    assert [change.title for change in page.context["changed"]] == ["职务"]


def test_it_is_compared_with_what_stood_before_it_came_when_that_came_another_way(
    officer, sent, signed_in, monkeypatch
):
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-23T10:30:00+08:00")
    line = sent("heyuan", text=with_values(sample("heyuan"), post="合伙人"))
    carrier = Worker(NoSites())
    carrier.round()  # now the site shows this version, and what stood before lies in git alone
    page = officer.get(f"/desk/{line.number}/")
    assert page.context["other"].title == "网上提交以前收到的一版"
    assert [change.title for change in page.context["changed"]] == ["职务"]
    second = sent("heyuan", text=with_values(sample("heyuan"), post="主任"))
    carrier.round()
    carrier.stop()
    assert officer.get(f"/desk/{second.number}/").context["other"].title == "第 1 版"
    chosen = officer.get(f"/desk/{second.number}/?against=tree")
    assert chosen.context["other"].title == "网上提交以前收到的一版"
    assert '<option value="tree" selected>网上提交以前收到的一版' in chosen.content.decode()
    own = signed_in("heyuan-1").get(f"/my/receipts/{line.number}/changes/")
    assert "与网上提交以前收到的一版相比，改了 1 栏" in own.content.decode()


def test_it_is_compared_with_the_last_accepted_else_with_the_one_before(officer, sent):
    lines = [sent(text=with_values(sample(), post=f"职务{n}")) for n in range(10)]

    def other(number: str, against: str = "") -> str:
        return officer.get(f"/desk/{number}/?against={against}").context["other"].title

    assert other(lines[9].number) == "第 9 版"
    accept(lines[2])
    assert other(lines[9].number) == "第 3 版"
    assert other(lines[2].number) == "第 2 版"
    assert other(lines[9].number, lines[5].number) == "第 6 版"
    assert other(lines[1].number, lines[7].number) == "第 8 版"
    assert officer.get(f"/desk/{lines[9].number}/?against=SB000000-AAAAA-AAAAA").context["other"] is None
    assert officer.get(f"/desk/{lines[9].number}/?against={XSS}").status_code == 200


def test_before_and_after_stand_side_by_side_and_are_told_without_colour(officer, sent):
    sent()
    line = sent(text=with_values(sample(), post="合伙人、党支部书记"))
    page = officer.get(f"/desk/{line.number}/").content.decode()
    assert '合伙人、党支部<del><span class="unseen">删去：</span>副</del>书记' in page
    assert "前：第 1 版" in page
    assert "后：第 2 版" in page
    assert "没有变化的 12 栏" in page


def test_another_version_of_another_unit_is_not_compared_with(officer, sent):
    line, other = sent(), sent("shenzhen")
    assert officer.get(f"/desk/{line.number}/?against={other.number}").context["other"] is None


@pytest.mark.parametrize("document", ["individual-01", "collective-01", "summary", "statistics", "materials"])
def test_nothing_that_was_sent_is_ever_html(document, officer, sent, account):
    """A hostile text in every field, in the keys, in the name of the person, before and after, and in the reasons."""

    def hostile(value, mark: str):
        if isinstance(value, dict):
            return {**{k: hostile(v, mark) for k, v in value.items()}, f"{mark}键{XSS}": XSS}
        if isinstance(value, list):
            return [hostile(one, mark) for one in value]
        return f"{mark}{XSS}{value}"

    value = yaml.safe_load(sample("guangzhou", document))
    first = sent("guangzhou", document, with_values("{}", **hostile(value, "甲")))
    line = sent("guangzhou", document, with_values("{}", **hostile(value, "乙")))
    Account.objects.filter(username="guangzhou-1").update(name=XSS)
    Submission.objects.update(by=XSS, trouble=XSS, flags=[XSS])
    Submission.objects.filter(pk=line.pk).update(
        findings=[
            {
                "severity": "error",
                "code": XSS,
                "message": XSS,
                "hint": XSS,
                "clause": XSS,
                "pointer": f"/{XSS}",
                "line": 3,
            }
        ]
    )
    Action.objects.create(
        kind="returned", unit="guangzhou", document=document, submission=first, account=line.account,
        at=line.received_at, state="refused", reason=XSS, message=XSS,
    )  # fmt: skip
    note(None, "submitted", unit=XSS, target=XSS, number=XSS)
    for address in ("", "accept/", "return/"):
        page = officer.get(f"/desk/{line.number}/{address}").content.decode()
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page
    for address in (
        "/desk/",
        "/desk/units/guangzhou/",
        "/desk/audit/",
        f"/desk/actions/{Action.objects.get().pk}/",
    ):
        page = officer.get(address).content.decode()
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def test_a_document_that_cannot_be_read_is_shown_as_it_came(officer, sent):
    line = sent(text="name: [\n<script>alert(1)</script>\n")
    page = officer.get(f"/desk/{line.number}/").content.decode()
    assert "读不成表" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page


def test_rare_characters_and_long_texts(officer, sent):
    deeds = "创先争优𠮷" * 500
    sent(text=with_values(sample(), name="示例𠮷", deeds=deeds))
    line = sent(text=with_values(sample(), name="示例𠮶", deeds=f"{deeds[:1200]}改{deeds[1201:]}"))
    page = officer.get(f"/desk/{line.number}/")
    assert [change.title for change in page.context["changed"]] == ["姓名", "主要事迹"]
    assert "示例𠮶" in page.content.decode()


def test_an_original_that_is_gone_is_told(officer, sent, service):
    line = sent()
    (service.spool / line.spool).unlink()
    page = officer.get(f"/desk/{line.number}/")
    assert page.status_code == 503
    assert "原件暂时读不出来" in text_of(page)


@pytest.mark.parametrize("number", ["SB120821-AAAAA-AAAAA", "SB120821-aaaaa-aaaaa", "x"])
def test_no_such_submission(number, officer):
    assert officer.get(f"/desk/{number}/").status_code == 404


def test_pictures_are_shown_and_everything_else_is_saved(officer, sent, kept):
    contents = {
        "materials/individual-01.jpg": (PNG, "image/png", "inline"),
        "materials/individual-01-study.pdf": (b"%PDF-1.7 x", "application/pdf", "attachment"),
        "materials/individual-01-pairing.jpg": (
            b"<svg onload=alert(1)>",
            "application/octet-stream",
            "attachment",
        ),
    }
    files = {path: kept(data) for path, (data, _, _) in contents.items()}
    text = with_values(sample(), awards=" ".join(files))
    line = sent(text=text, files=files)
    for path, (data, kind, how) in contents.items():
        answer = officer.get(f"/desk/{line.number}/files/{path}")
        assert answer.content == data
        assert answer["Content-Type"] == kind
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"].startswith(how)
        assert "default-src 'none'" in answer["Content-Security-Policy"]
    page = officer.get(f"/desk/{line.number}/").content.decode()
    assert f'<img src="/desk/{line.number}/files/materials/individual-01.jpg"' in page


def test_a_new_picture_stands_beside_the_old_one(officer, sent, kept):
    path = "materials/individual-01.jpg"
    old = sent(files={path: kept(PNG)})
    new = sent(text=with_values(sample(), post="合伙人"), files={path: kept(PNG + b"1")})
    page = officer.get(f"/desk/{new.number}/").content.decode()
    assert f'<img src="/desk/{old.number}/files/{path}" alt="前：照片"' in page
    assert f'<img src="/desk/{new.number}/files/{path}" alt="后：照片"' in page
    assert f"换了内容：{path}" in page


@pytest.mark.parametrize(
    "path",
    ["../../ledger/guangzhou.yml", "..%2f..%2fcampaign.yml", "materials/..%2F..%2Fshenzhen%2Fsummary.yml", "%2Fetc/passwd",
     "materials/none.jpg", "materials", "x%00y", "a%5C..%5Cb", "."],
)  # fmt: skip
def test_no_path_leads_out_of_the_units_folder(path, officer, sent):
    line = sent()
    for start in (f"/desk/{line.number}/files/", "/desk/units/guangzhou/files/"):
        assert officer.get(start + path).status_code == 404


def test_a_link_in_the_tree_is_not_followed(officer, sent, tree):
    line = sent()
    (tree / "data/cities/guangzhou/materials/link.jpg").symlink_to(ROOT / "data/owners.yml")
    assert officer.get(f"/desk/{line.number}/files/materials/link.jpg").status_code == 404
    (tree / "data/cities/guangzhou/more").symlink_to(ROOT / "data/cities/shenzhen/materials")
    assert officer.get(f"/desk/{line.number}/files/more/individual-01.jpg").status_code == 404
    known = officer.get(f"/desk/{line.number}/files/materials/individual-01.jpg")
    assert known.content == (ROOT / "data/cities/guangzhou/materials/individual-01.jpg").read_bytes()


def test_an_older_version_cannot_be_acted_on(officer, sent):
    old = sent()
    new = sent(text=with_values(sample(), post="合伙人"))
    page = text_of(officer.get(f"/desk/{old.number}/"))
    assert "这不是最新的一版" in page
    assert "只能办理最新的一版" in page
    assert opened(new.number).version == 2
