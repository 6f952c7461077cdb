"""What fields may say: the values that must pass, beside those that must not (see also ``cases/F*``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from harness import lay_out
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema
from one_document import CAMPAIGN, codes_of, form, judged

from build_tools.campaign import Item
from build_tools.checks import examine
from build_tools.checks.unit import check_document
from build_tools.schema import validate
from build_tools.source import parse
from build_tools.submissions import Document
from build_tools.tree import WorkTree

MONTHS = [
    ("1970-05", []),
    ("1900-01", []),
    ("2012-08", []),
    ("2012-09", ["F02"]),
    ("1899-12", ["F02"]),
    ("1970-00", ["F01"]),
    ("1970-13", ["F01"]),
    ("1970-5", ["F01"]),
    ("197005", ["F01"]),
    ("1970.05", ["F01"]),
    ("1970/05", ["F01"]),
    ("1970年5月", ["F01"]),
    ("1970-05-01", ["F01"]),
    ("1970-05\n", ["F01"]),
    ("１９７０-05", ["F01"]),
    ("至今", ["F01"]),
]


@pytest.mark.parametrize(("text", "codes"), MONTHS)
def test_months(text: str, codes: list[str]) -> None:
    assert codes_of({"format": "month"}, text) == codes
    assert codes_of({"format": "month-or-present"}, text) == ([] if text == "至今" else codes)


NAMES = [
    "王伟", "欧阳示例", "𠮷野", "㐂乐", "𬭚𫖯", "〇一", "买买提·艾力", "阿卜杜拉·买买提·艾力", "亚历山大·示例",
    "John", "John Smith", "Anne-Marie O'Neill", "José", "示例·Ali", "吕\ue863",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_that_pass(name: str) -> None:
    assert "F09" not in codes_of({"format": "person-name"}, name)


NAME_FAULTS = [
    ("王 伟", "中有空格"),
    ("王　伟", "中有空格"),
    ("王\n伟", "中有空格"),
    ("买买提•艾力", "的间隔号不对"),
    ("买买提・艾力", "的间隔号不对"),
    ("买买提.艾力", "的间隔号不对"),
    ("买买提．艾力", "的间隔号不对"),
    ("王伟(女)", "中有括号"),
    ("王伟【党员】", "中有括号"),
    ("王伟2", "中有数字"),
    ("王伟２", "中有数字"),
    ("王伟、李强", "像是写了不止一人"),
    ("王伟/李强", "像是写了不止一人"),
    ("王伟同志", "后面带了称谓或职务"),
    ("王伟书记", "后面带了称谓或职务"),
    ("·王伟", "中有不能用于姓名的符号"),
    ("王··伟", "中有不能用于姓名的符号"),
    ("王伟！", "中有不能用于姓名的符号"),
    ("王伟😀", "中有不能用于姓名的符号"),
    ("⿰亻示", "中有不能用于姓名的符号"),
    ("同志", "后面带了称谓或职务"),
]


@pytest.mark.parametrize(("name", "reason"), NAME_FAULTS)
def test_names_that_do_not(name: str, reason: str) -> None:
    found = judged(form(field={"title": "姓名", "format": "person-name"}), {"field": name})
    assert [(finding.code, reason in finding.message) for finding in found] == [("F09", True)]
    assert name not in found[0].message + found[0].hint


def test_blanks_and_invisible_characters_around_a_name_have_one_finding() -> None:
    assert codes_of({"format": "person-name"}, " 王伟") == ["F13"]
    assert codes_of({"format": "person-name"}, "王\u200b伟") == ["F13"]


PHONES = {
    "13800138000": True,
    13800138000: True,
    4008301234: True,
    "+8613800138000": True,
    "86-13800138000": True,
    "008613800138000": True,
    "+86 138 0013 8000": True,
    "138-0013-8000": True,
    "138 0013 8000": True,
    "020-00000000": True,
    "020 83300000": True,
    "02083300000": True,
    "020-8635-1219": True,
    "(020)83300000": True,
    "(0757) 22222222": True,
    "（0757）22830000": True,
    "+86-20-86351219": True,
    "+86 (020) 86351219": True,
    "0757-22830000": True,
    "0757-22830000-801": True,
    "0757-22830000转801": True,
    "020-86351219 转 801": True,
    "020-86351219 分机801": True,
    "020-86351219（801）": True,
    "400-800-1234": True,
    "400 830 1234": True,
    "０２０－８３３０００００": True,
    "１３８００１３８０００": True,
    "020—83300000": True,
    "12000000000": False,
    "1380013800": False,
    1380013800: False,
    "138001380000": False,
    "138-001-38000": False,
    "83300000": False,
    83300000: False,
    "020-83300000、83300001": False,
    "020-83300000／13800138000": False,
    "020-83300000 13800138000": False,
    "13800138000 13800138001": False,
    "020-83300000-83300001": False,
    "无": False,
    "电话13800138000": False,
    "13800138000（手机）": False,
}


@pytest.mark.parametrize(("phone", "passes"), PHONES.items())
def test_phones(phone: str | int, passes: bool) -> None:
    assert codes_of({"type": "string", "format": "phone"}, phone) == ([] if passes else ["F10"])


@pytest.mark.parametrize(
    ("group", "passes"),
    [("汉族", True), ("维吾尔族", True), ("基诺族", True), ("汉", False), ("汉 族", False), ("高山", False), ("华族", False),
     ("其它", False), ("穿青", False)],
)  # fmt: skip
def test_ethnicities(group: str, passes: bool) -> None:
    assert codes_of({"format": "ethnicity"}, group) == ([] if passes else ["F08"])


@pytest.mark.parametrize("group", ["其他", "穿青人", "外国血统中国籍人士", "未识别民族"])
def test_what_registers_hold_beside_the_ethnic_groups_is_asked_about(group: str) -> None:
    found = judged(form(field={"title": "民族", "format": "ethnicity"}), {"field": group})
    assert [(finding.code, finding.severity) for finding in found] == [("F21", "warning")]


def test_a_telephone_s_number_may_stand_in_its_field_alone() -> None:
    item = form(phone={"title": "联系电话", "format": "phone"}, post={"title": "职务"})
    assert [f.pointer for f in judged(item, {"phone": "13800138000", "post": "合伙人"})] == []
    both = {"phone": "13800138000", "post": "13800138000"}
    assert [f"{f.code} {f.pointer}" for f in judged(item, both)] == ["F18 /post"]


def test_a_plain_telephone_number_reaches_the_document_as_text(tmp_path: Path) -> None:
    lay_out(tmp_path)
    file = tmp_path / "data/cities/jia/nominations/collective-01.yml"
    file.write_text(file.read_text("utf-8").replace("020-00000000", "13800138000"), "utf-8")
    documents = examine(WorkTree(tmp_path)).submissions.documents()
    assert [d.field("phone") for d in documents if d.path.endswith("collective-01.yml")] == ["13800138000"]


GAMES = {"title": "人数", "x-not-applicable": "games"}


@pytest.mark.parametrize(
    ("first", "second", "pointers"),
    [
        ("不适用", "不适用", []),
        (1, 2, []),
        ("不适用", None, []),
        ("不适用", 240, ["/first"]),
        (0, "不适用", ["/second"]),
    ],
)
def test_a_task_is_refused_as_a_whole(first: Any, second: Any, pointers: list[str]) -> None:
    item = form(first=GAMES, second={**GAMES, "title": "人次"})
    found = judged(item, {"first": first, "second": second}, unit="yi")
    assert [f"{finding.code} {finding.pointer}" for finding in found] == [f"F19 {at}" for at in pointers]


def test_a_plain_number_is_a_text_where_only_text_may_stand() -> None:
    root = form(field={"title": "奖励", "type": ["string", "null"]}, number={"type": ["integer", "string"]})
    source = parse("sample.yml", b"field: 2011\nnumber: 12\n")
    assert validate(source, root.schema) == ()
    assert source.value == {"field": "2011", "number": 12}


CAREERS = [
    ([("1990-01", "至今")], []),
    ([("1990-01", "1990-01"), ("1990-01", "2012-07")], []),
    ([("1990-01", "2012-06")], ["F20 /field/0/to"]),
    ([("1990-01", "2012-08")], []),
    ([("1990-01", "2001-06"), ("2001-06", "2005-01")], ["F20 /field/1/to"]),
    ([("1990-01", "至今"), ("2001-06", "2005-01")], ["F07 /field/1/from"]),
    ([("1990-01", "2001-06"), ("2001-06", "不详")], []),
    ([("1990-01", "1995-06"), ("1995-06", "至今")], []),
    ([("1990-01", "1995-06"), ("1995-07", "至今")], []),
    ([("1990-12", "1995-12"), ("1996-01", "至今")], []),
    ([("1990-01", "1995-06"), ("1995-08", "至今")], ["F05 /field/1/from"]),
    ([("1990-01", "1995-06"), ("1995-05", "至今")], ["F06 /field/1/from"]),
    ([("1990-01", "2012-08"), ("1989-01", "1989-12")], ["F04 /field/1/from"]),
    ([("1990-01", "至今"), ("1995-01", "至今")], ["F07 /field/1/from"]),
    ([("1990-01", "1989-01")], ["F03 /field/0/to"]),
    ([("1990-01", "1989-01"), ("1980-01", "至今")], ["F03 /field/0/to"]),
    ([("1990-01", "1999-12"), ("1992-01", "1993-12"), ("2000-01", "至今")], ["F06 /field/1/from"]),
    ([("1990-01", "不详"), ("2000-01", "至今")], []),
    ([], []),
]


@pytest.mark.parametrize(("months", "lines"), CAREERS)
def test_careers(months: list[tuple[str, str]], lines: list[str]) -> None:
    item = form(field={"title": "简历", "x-career": True})
    found = judged(item, {"field": [{"from": first, "to": last, "text": "示例"} for first, last in months]})
    assert [f"{finding.code} {finding.pointer}" for finding in found] == lines


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["至今", "1970-05", "不适用"]),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(["from", "to", "topic", "a"]), part, max_size=3),
    max_leaves=6,
)  # fmt: skip
ANNOTATIONS = [
    {"format": name} for name in ("month", "month-or-present", "person-name", "phone", "ethnicity")
] + [
    {"x-career": True},
    {"x-topics": ["示例"]},
    {"x-max-words": 3},
    {"x-not-applicable": "games"},
    {"minLength": 1},
]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ANNOTATIONS), ODD)
def test_no_value_makes_a_rule_raise(annotation: dict[str, Any], value: Any) -> None:
    if not parse("sample.yml", json.dumps({"field": value}, ensure_ascii=False).encode()).findings:
        codes_of(annotation, value)


@pytest.mark.parametrize("item", CAMPAIGN.items, ids=lambda item: item.id)
def test_no_valid_document_makes_a_rule_raise(item: Item) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(from_schema(item.schema.root))
    def check(value: Any) -> None:
        source = parse("sample.yml", json.dumps(value).encode())
        if source.findings or validate(source, item.schema):
            return
        document = Document("yi", item.id, "sample", 1, "sample.yml", "", source.value, source)
        for finding in check_document(document, CAMPAIGN):
            assert finding.code[0] in "FAM" or finding.code in ("S01", "Y02")

    check()
