"""Exports as the programs that open them read them, and nothing private in what is for everybody."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from campaigns import AFTER, DEADLINE, LEDGER, at, campaign_edit, edit, event, judged, lay

from build_tools.checks import Examination
from build_tools.exports import export, render
from build_tools.exports.csv import as_csv, cell
from build_tools.exports.tables import Month, Table
from build_tools.progress import assess
from build_tools.rollup import roll_up

REASON = "退回理由之金丝雀"
RETURNED = event("2012-08-21T09:00:00+08:00", "returned", "individual-01", reason=REASON, until="2012-08-24T12:00:00+08:00")  # fmt: skip
WITH_A_RETURN = {**LEDGER, "jia": [*LEDGER["jia"], RETURNED]}


@pytest.fixture
def examination(tmp_path: Path) -> Examination:
    """The base with a return, an error and a warning, each with a text that must not get out."""
    broken = edit("data/cities/yi/statistics.yml", "pledge_orgs: 12", "pledge_orgs: -12")
    return judged(lay(tmp_path / "campaign", ledger=WITH_A_RETURN, edits=[broken]), AFTER)


def written(examination: Examination, audience: str, form: str, out: Path) -> list[Path]:
    return export(assess(examination), roll_up(examination), audience, form, out)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def column(rows: list[list[str]], heading: str) -> list[str]:
    index = rows[0].index(heading)
    return [row[index] for row in rows[1:] if len(row) > index]


def test_csv_is_a_folder_and_json_a_file(examination: Examination, tmp_path: Path) -> None:
    office = written(examination, "office", "csv", tmp_path / "内部")
    assert [path.name for path in office] == ["statistics.csv", "progress.csv", "nominees.csv"]
    public = written(examination, "public", "csv", tmp_path / "公开")
    assert [path.name for path in public] == ["statistics.csv", "progress.csv"]
    assert written(examination, "public", "json", tmp_path / "new" / "a.json") == [
        tmp_path / "new" / "a.json"
    ]
    for path in office + public:
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.count(b"\n") == data.count(b"\r\n")


def test_an_unknown_format_is_refused(examination: Examination, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="xml"):
        written(examination, "office", "xml", tmp_path)


CELLS = [
    ("甲", "甲"),
    ("", ""),
    (None, ""),
    (0, "0"),
    (-5, "-5"),
    (Decimal("0.10"), "0.10"),
    (at(DEADLINE), "2012-08-22 23:59:59"),
    (Month(1970, 5), "1970年5月"),
    ("=1+1", "'=1+1"),
    ("+86", "'+86"),
    ("-1", "'-1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'\t=1"),
    ("\r=1", "'\r=1"),
    ("\n=1", "'\n=1"),
    ("＝1+1", "'＝1+1"),
    ("＠x", "'＠x"),
    ("甲=乙", "甲=乙"),
    ("'甲", "'甲"),
]


@pytest.mark.parametrize(("value", "text"), CELLS)
def test_text_is_never_a_formula_and_numbers_stay_numbers(value: Any, text: str) -> None:
    assert cell(value) == text
    table = Table("t", "t", ("=heading",), ((value,),), ("=note",))
    rows = list(csv.reader(as_csv(table).decode("utf-8-sig").splitlines(keepends=True)))
    assert rows[0] == ["'=heading"]
    assert rows[-1] == ["'=note"]


def test_city_text_survives_commas_quotes_and_lines(tmp_path: Path) -> None:
    firm = 'firm: \'=HYPERLINK("http://x","甲, 乙")\'\n'
    lay(tmp_path / "c")
    path = tmp_path / "c/data/cities/jia/nominations/individual-01.yml"
    lines = [
        firm if line.startswith("firm:") else line
        for line in path.read_text("utf-8").splitlines(keepends=True)
    ]
    path.write_text("".join(lines), encoding="utf-8")
    written(judged(tmp_path / "c", AFTER), "office", "csv", tmp_path)
    firms = column(rows_of(tmp_path / "nominees.csv"), "执业机构")
    assert '\'=HYPERLINK("http://x","甲, 乙")' in firms


def test_statistics_hold_totals_coverage_and_notes(tmp_path: Path) -> None:
    excludes = edit("data/units.yml", "name: 甲市\n", "name: 甲市\n    excludes: 乙区\n")
    root = lay(tmp_path / "c", edits=[excludes])
    written(judged(root, AFTER), "public", "csv", tmp_path)
    rows = rows_of(tmp_path / "statistics.csv")
    cases = column(rows, "参与信访案件（个）")
    jia, yi = int(cases[0]), int(cases[1])
    assert cases[2:] == ["", str(jia + yi), "2", "0", "0", "1"]
    games = rows[0].index("亚运、大运期间参加志愿服务活动的党员（名）")
    assert rows[2][games] == "不适用"
    assert column(rows, "报送情况")[:3] == ["已计入", "已计入", "未报送"]
    assert [row[0] for row in rows if len(row) == 1] == [
        "未填报不等于零；合计只含已计入的单位。",
        "甲市的数字不含乙区，合计按各单位报送的数字相加，不作扣减。",
        "演示活动：时钟固定在2012年8月23日10时，报送内容和名额均为示例，纯属虚构，非官方数据。",
    ]


def test_a_counter_nobody_reported_has_no_total(tmp_path: Path) -> None:
    remove = [f"data/cities/{slug}/statistics.yml" for slug in ("jia", "yi")]
    examination = judged(lay(tmp_path / "c", remove=remove), AFTER)
    written(examination, "public", "csv", tmp_path)
    assert column(rows_of(tmp_path / "statistics.csv"), "参与信访案件（个）")[3:5] == ["", "0"]
    body = json.loads(render(assess(examination), roll_up(examination), "public", "json").popitem()[1])
    assert body["statistics"]["counters"][0]["total"] is None


def test_progress_shows_states_to_all_and_calls_to_the_office(
    examination: Examination, tmp_path: Path
) -> None:
    written(examination, "office", "csv", tmp_path)
    rows = rows_of(tmp_path / "progress.csv")
    assert column(rows, "状态")[:3] == ["退回修改", "校验未通过", "逾期"]
    assert column(rows, "先进个人推荐表")[:3] == ["退回修改", "未推荐", "未推荐"]
    assert column(rows, "催报事由")[2] == "总结、统计资料逾期未报。"
    assert column(rows, "联系电话")[0] == "020-00000001"
    assert column(rows, "完成百分比")[2] == "0"


def test_nominees_are_in_order_with_months_in_words_and_reasons(tmp_path: Path) -> None:
    quota = edit(
        "data/quotas.yml", "jia: {collective: 2, individual: 3}", "jia: {collective: 2, individual: 1}"
    )
    written(judged(lay(tmp_path / "c", edits=[quota]), AFTER), "office", "csv", tmp_path)
    rows = rows_of(tmp_path / "nominees.csv")
    assert [row[:4] for row in rows[1:4]] == [
        ["先进集体", "1", "甲市", "1"],
        ["先进个人", "1", "甲市", "1"],
        ["先进个人", "", "甲市", "2"],
    ]
    assert column(rows, "未列入原因")[:3] == ["", "", "超出名额"]
    year, _, month = column(rows, "出生年月")[1].partition("年")
    assert year.isdigit()
    assert month.rstrip("月").isdigit()
    assert "示例名额，非官方数据" in [row[0] for row in rows if len(row) == 1]


def test_without_a_quota_table_the_list_says_so(tmp_path: Path) -> None:
    quotas = {"data/quotas.yml": "source: 附件1\nofficial: false\nnote: x\nquotas: null\n"}
    written(judged(lay(tmp_path / "c", write=quotas), AFTER), "office", "csv", tmp_path)
    assert "名额表未提供。" in [row[0] for row in rows_of(tmp_path / "nominees.csv") if len(row) == 1]


def test_json_for_the_office_holds_everything(examination: Examination, tmp_path: Path) -> None:
    (path,) = written(examination, "office", "json", tmp_path / "all.json")
    body = json.loads(path.read_text(encoding="utf-8"))
    assert body["moment"] == AFTER
    assert [unit["state"] for unit in body["progress"]["units"]] == ["returned", "faulty", "overdue"]
    individual = body["nominees"][1]
    assert individual["columns"]["name"] == "姓名"
    assert [nominee["rank"] for nominee in individual["nominees"]] == [1, 2]
    assert body["progress"]["call"] == ["bing", "yi", "jia"]
    jia = body["progress"]["units"][0]
    document = next(d for item in jia["items"] for d in item["documents"] if d["document"] == "individual-01")
    assert document["returned"] == {"reason": REASON, "until": "2012-08-24T12:00:00+08:00"}


def private_texts(examination: Examination) -> Iterator[str]:
    """Every text of two characters or more that is not marked public, and what only the office may know."""
    for document in examination.submissions.documents():
        schema = examination.campaign.item_by_id[document.item].schema
        for pointer, text in leaves(document.value, ()):
            if not schema.is_public(pointer) and len(text) > 1:
                yield text
    for unit in examination.campaign.units:
        if unit.contact:
            yield from filter(None, (unit.contact.name, unit.contact.phone, unit.contact.email))
    for finding in examination.findings:
        yield finding.message
    yield from (REASON, "示例收文员")


def text_of(files: dict[str, bytes]) -> str:
    """All text in the files; a workbook is a zip of XML files."""
    found: list[bytes] = []
    for name, data in files.items():
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(data)) as members:
                found.extend(members.read(member) for member in members.namelist())
        else:
            found.append(data)
    return b"\n".join(found).decode()


def leaves(value: Any, pointer: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, (*pointer, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from leaves(child, (*pointer, index))
    elif isinstance(value, str):
        yield pointer, value


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_the_public_export_holds_no_private_text(examination: Examination, form: str) -> None:
    progress, rollup = assess(examination), roll_up(examination)
    public, office = (text_of(render(progress, rollup, audience, form)) for audience in ("public", "office"))
    private = set(private_texts(examination))
    assert len(private) > 50
    # The campaign's own words are nobody's secret: a city's file may carry the title of its kind.
    known = {
        word for item in examination.campaign.items for kind in item.kinds for word in (kind.id, kind.title)
    }
    assert {text for text in private - known if text in public} == set()
    assert {text for text in private if text in office} >= {"示例联络员甲", "020-00000001"}


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_a_counter_not_marked_public_stays_with_the_office(tmp_path: Path, form: str) -> None:
    schema = lay(tmp_path) / "schemas" / "statistics.schema.json"
    text = schema.read_text(encoding="utf-8")
    start = text.index('"petition_cases": {')
    schema.write_text(
        text[:start] + text[start:].replace('"x-public": true', '"x-public": false', 1), "utf-8"
    )
    examination = judged(tmp_path, AFTER)
    progress, rollup = assess(examination), roll_up(examination)
    for audience, there in (("office", True), ("public", False), ("anybody else", False)):
        assert ("参与信访案件" in text_of(render(progress, rollup, audience, form))) is there


def test_a_public_export_takes_away_the_offices_list(examination: Examination, tmp_path: Path) -> None:
    written(examination, "office", "csv", tmp_path / "out")
    written(examination, "public", "csv", tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["progress.csv", "statistics.csv"]


START = "from build_tools.cli import main; main()"


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two processes with different hash seeds and time zones, so that nothing depends on a set or the machine."""
    root = lay(tmp_path / "c", edits=[campaign_edit("grace_minutes: 0", "grace_minutes: 5")])
    for seed in ("1", "2"):
        for form, out in (("csv", "csv"), ("json", "all.json"), ("xlsx", "all.xlsx")):
            command = [sys.executable, "-c", START, "export", "--root", root, "--format", form]
            environment = os.environ | {"PYTHONHASHSEED": seed, "SHENBAO_NOW": AFTER, "TZ": f"UTC-{seed}"}
            subprocess.run(
                [*command, "--out", tmp_path / seed / out], check=True, env=environment, capture_output=True
            )
    files = sorted(path.relative_to(tmp_path / "1") for path in (tmp_path / "1").rglob("*") if path.is_file())
    assert len(files) == 5
    assert all((tmp_path / "1" / path).read_bytes() == (tmp_path / "2" / path).read_bytes() for path in files)
