"""A schema answers by path; a fault becomes a Chinese sentence that quotes nothing private."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from build_tools.findings import Finding
from build_tools.schema import Schema, SchemaBroken, validate
from build_tools.schema.schema import values
from build_tools.source import parse

ROOT: dict[str, Any] = {
    "title": "示例表",
    "x-clause": "附件1",
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"title": "名称", "type": "string", "minLength": 2, "maxLength": 4, "x-public": True},
        "count": {"title": "数量", "type": ["integer", "null"], "minimum": 0, "maximum": 9},
        "least": {"title": "下限", "type": "integer", "minimum": 3},
        "kind": {"title": "类别", "enum": ["甲", "乙"], "type": "string"},
        "code": {"title": "编号", "type": "string", "pattern": "^[0-9]+$", "examples": ["007"]},
        "month": {"title": "年月", "type": "string", "minLength": 7, "maxLength": 7, "format": "month"},
        "funds": {"title": "金额", "type": ["integer", "string"], "pattern": r"^[0-9]+\.[0-9]{2}$"},
        "flag": {"title": "是否", "type": "boolean"},
        "either": {"title": "二选一", "oneOf": [{"type": "integer"}, {"const": "无"}]},
        "people": {
            "title": "人员",
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "uniqueItems": True,
            "x-clause": "附件1第2项",
            "items": {"$ref": "#/$defs/person"},
        },
        "notes": {
            "title": "说明",
            "type": "object",
            "propertyNames": {"enum": ["name", "count"]},
            "additionalProperties": {"title": "一条说明", "type": "string", "maxLength": 3},
        },
    },
    "$defs": {
        "person": {
            "title": "人",
            "type": "object",
            "required": ["born"],
            "additionalProperties": False,
            "properties": {"born": {"title": "出生年月", "format": "month", "type": "string"}},
        }
    },
}
SCHEMA = Schema(json.dumps(ROOT))


def found(text: str) -> list[Finding]:
    source = parse("x.yml", text.encode())
    assert source.findings == ()
    return list(validate(source, SCHEMA))


FAULTS = [
    ("count: 1", "S01 /name “名称”没有填写。"),
    ("name:", "S01 /name “名称”没有填写。"),
    ("name: ''", "S01 /name “名称”没有填写。"),
    ("name: 甲乙\npeople: [{}]", "S01 /people/0/born “出生年月”没有填写。"),
    ('name: 甲乙\n"13800000000": 秘', "S02 /? “此项”不是本表的栏目。"),
    ("name: 甲乙\nnmae: 秘", "S02 /nmae “nmae”不是本表的栏目，是否想写 name。"),
    ("name: 甲乙\npople: 秘", "S02 /pople “pople”不是本表的栏目，是否想写 people。"),
    ("name: 甲乙\nname_of_leader: 秘", "S02 /? “此项”不是本表的栏目。"),
    ("name: 甲乙\nname 秘: 秘", "S02 /? “此项”不是本表的栏目，是否想写 name。"),
    ("name: 甲乙\n秘密: 秘", "S02 /? “此项”不是本表的栏目。"),
    ("name: 甲乙\npeople: [{born: 一, died: 秘}]", "S02 /people/0/? “此项”不是本表的栏目。"),
    ("name: 甲乙\nnotes: {nane: 秘}", "S02 /notes/nane “nane”不是本表的栏目，是否想写 name。"),
    ("name: 甲乙\ncount: 秘密", "S03 /count “数量”应填整数，现在是文字。"),
    ("name: true", "S03 /name “名称”应填文字，现在是true 或 false。"),
    ("name: 甲乙\ncount: '12'", "S03 /count “数量”应填整数，现在是带引号的文字。"),
    ("name: 1", "S05 /name “名称”有 1 个字符，应为 2 至 4 个。"),
    ("name: 甲乙\npeople: [1]", "S03 /people/0 “人”应填若干栏目，现在是数字。"),
    ("name: [秘, 密]", "S03 /name “名称”应填文字，现在是逐条列出的内容。"),
    ("name: {秘: 密}", "S03 /name “名称”应填文字，现在是若干栏目。"),
    ("name: 甲乙\npeople: 秘", "S03 /people “人员”应填逐条列出的内容，现在是文字。"),
    ("name: 甲乙\nflag: no", "S03 /flag “是否”应填true 或 false，现在是文字。"),
    ("name: 甲乙\ncount: 3.5", "S03 /count “数量”应填整数，现在是带小数的数字。"),
    ("name: 甲乙\ncount: true", "S03 /count “数量”应填整数，现在是true 或 false。"),
    ("- name: 甲乙", "S03  “示例表”应填若干栏目，现在是逐条列出的内容。"),
    ("秘密", "S03  “示例表”应填若干栏目，现在是文字。"),
    ("name: 甲乙\nkind: 秘", "S04 /kind “类别”的写法不在规定之列。"),
    ("name: 甲乙\nkind:", "S01 /kind “类别”没有填写。"),
    ("name: 秘", "S05 /name “名称”有 1 个字符，应为 2 至 4 个。"),
    ("name: 秘秘秘秘𠮷", "S05 /name “名称”有 5 个字符，应为 2 至 4 个。"),
    ("name: 甲乙\nmonth: 1970-5", "S05 /month “年月”有 6 个字符，应为 7 个。"),
    ("name: 甲乙\nnotes: {name: 秘秘秘秘}", "S05 /notes/name “一条说明”有 4 个字符，应为 0 至 3 个。"),
    ("name: 甲乙\ncode: 秘", "S06 /code “编号”的写法不合规定。"),
    ("name: 甲乙\ncount: -1", "S07 /count “数量”应为 0 至 9 的数。"),
    ("name: 甲乙\ncount: 99999999999999999999", "S07 /count “数量”应为 0 至 9 的数。"),
    ("name: 甲乙\nleast: 2", "S07 /least “下限”应为不小于 3 的数。"),
    ("name: 甲乙\npeople: []", "S08 /people “人员”现有 0 条，至少 1 条。"),
    ("name: 甲乙\npeople: [{born: 一}, {born: 一}]", "S08 /people “人员”现有 2 条，其中有重复。"),
    ("name: 甲乙\npeople: [{born: 一}, {born: 二}, {born: 三}]", "S08 /people “人员”现有 3 条，至多 2 条。"),
    ("name: 甲乙\neither: 秘", "S09 /either “二选一”的内容不合规定。"),
]


@pytest.mark.parametrize(("text", "line"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_fault_is_one_sentence_without_the_value(text: str, line: str) -> None:
    findings = found(text)
    assert [f"{f.code} {f.pointer} {f.message}" for f in findings] == [line]
    assert "秘" not in line + findings[0].hint
    assert findings[0].hint.endswith("。")


def test_a_sound_document_has_no_fault() -> None:
    assert found("name: 甲乙\ncount:\nkind: 甲\npeople: [{born: 1970-05}]\nnotes: {name: 无}") == []


def test_faults_come_in_the_order_of_the_file_with_their_clauses() -> None:
    findings = found("count: -1\npeople: [{}]\nname: 甲")
    assert [(f.place.line, f.code, f.clause) for f in findings] == [
        (1, "S07", "附件1"),
        (2, "S01", "附件1第2项"),
        (3, "S05", "附件1"),
    ]


def test_the_hint_shows_the_schema_s_example() -> None:
    assert "007" in found("name: 甲乙\ncode: 甲")[0].hint


@pytest.mark.parametrize("field", ["count: '12'", "funds: '180000'"])
def test_a_number_in_quotation_marks_is_told_to_lose_them(field: str) -> None:
    assert [finding.hint for finding in found(f"name: 甲乙\n{field}")] == ["去掉数字两边的引号。"]


@pytest.mark.parametrize("entry", ["born：1970-05", "born:1970-05"])
def test_an_entry_whose_colons_are_wrong_is_told_so(entry: str) -> None:
    findings = found(f"name: 甲乙\npeople:\n  - {entry}")
    assert [finding.code for finding in findings] == ["S03"]
    assert "冒号为英文半角，后面空一格" in findings[0].hint


def test_a_plain_number_is_taken_as_text_everywhere() -> None:
    assert found("name: 12\ncode: 7\nnotes: {name: 2011}\npeople: [{born: 197005}]")[0].code == "S05"
    assert found("name: 12\ncode: 7\nnotes: {name: 201}\npeople: [{born: 197005}]") == []


def test_thousands_of_faults_are_cut_off() -> None:
    assert len(found("name: 甲乙\n" + "".join(f"k{number}: 1\n" for number in range(5000)))) == 100


@pytest.mark.parametrize(
    ("pointer", "title", "public", "clause"),
    [
        ((), "示例表", False, "附件1"),
        (("name",), "名称", True, "附件1"),
        (("people",), "人员", False, "附件1第2项"),
        (("people", 3), "人", False, "附件1第2项"),
        (("people", "*", "born"), "出生年月", False, "附件1第2项"),
        (("people", 0, "unknown"), "人", False, "附件1第2项"),
        (("notes", "name"), "一条说明", False, "附件1"),
        (("unknown",), "示例表", False, "附件1"),
    ],
)
def test_a_schema_answers_by_path(pointer: Any, title: str, public: bool, clause: str) -> None:
    assert SCHEMA.title_at(pointer) == title
    assert SCHEMA.is_public(pointer) is public
    assert SCHEMA.clause_at(pointer) == clause


def test_fields_are_found_by_their_annotation() -> None:
    assert [field.path for field in SCHEMA.marked("format", "month")] == [("month",), ("people", "*", "born")]
    assert [field.title for field in SCHEMA.marked("x-public")] == ["名称"]
    assert SCHEMA.marked("x-nothing") == ()


def test_values_follow_a_path_through_lists() -> None:
    document = {"people": [{"born": "一"}, {}, "odd", {"born": None}]}
    assert list(values(document, ("people", "*", "born"))) == [
        (("people", 0, "born"), "一"),
        (("people", 3, "born"), None),
    ]
    assert list(values(document, ("name",))) == []


def test_a_schema_goes_to_another_process_whole() -> None:
    SCHEMA.validator.is_valid({"name": "甲乙"})
    copy = pickle.loads(pickle.dumps(SCHEMA))  # noqa: S301 - our own bytes
    assert copy.root == SCHEMA.root
    assert copy.title_at(("people", "*", "born")) == "出生年月"


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ('{"type": "object",}', "不是合格的 JSON", (1, 19)),
        ("\n\n  nonsense", "不是合格的 JSON", (3, 3)),
        ("[1]", "应是一个 JSON 对象", (1, 1)),
        ('{"type": "objekt"}', "不符合 JSON Schema 2020-12（type）", (1, 2)),
        (
            '{"properties": {"a": {"minimum": "0"}}}',
            "不符合 JSON Schema 2020-12（properties/a/minimum）",
            (1, 23),
        ),
    ],
)
def test_a_broken_schema_says_where(text: str, reason: str, place: tuple[int, int]) -> None:
    with pytest.raises(SchemaBroken) as broken:
        Schema(text).check()
    assert broken.value.reason == reason
    assert (broken.value.line, broken.value.column) == place
