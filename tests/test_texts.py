"""What texts may say: numbers of a person, words at all, placeholders, stray blanks, lengths and topics."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from one_document import CAMPAIGN, codes_of, form, judged

from build_tools.checks.unit import check_document
from build_tools.source import parse
from build_tools.submissions import Document

IDENTITY = "11010519491231002X"  # the example of GB 11643-1999
PERSONAL: dict[str, list[tuple[str, int]]] = {
    f"身份证{IDENTITY}": [("公民身份证号", 4)],
    f"身份证{IDENTITY.lower()}。": [("公民身份证号", 4)],
    "身份证110105 19491231 002X": [("公民身份证号", 4)],
    "身份证１１０１０５１９４９１２３１００２Ｘ": [("公民身份证号", 4)],
    "身份证110105491231002": [("公民身份证号", 4)],
    "手机13800138000": [("手机号码", 3)],
    "手机138-0013-8000": [("手机号码", 3)],
    "手机138 0013 8000": [("手机号码", 3)],
    "手机+8613800138000": [("手机号码", 3)],
    "手机１３８００１３８０００": [("手机号码", 3)],
    f"{IDENTITY}，13800138000": [("公民身份证号", 1), ("手机号码", 20)],
    "合同110105194912310021号": [],
    "合同110105194913310021号": [],
    "合同110105491331002号": [],
    "账号1101054912310021234": [],
    "账号6222021234567890": [],
    "标的13800138000元": [],
    "标的13800138000.50元": [],
    "标的13800138000 余万元": [],
    "2010-04-01 2012-07-31": [],
    "案号20101380013800012": [],
    "电话020-86351219": [],
}


@pytest.mark.parametrize(("text", "seen"), PERSONAL.items())
def test_numbers_of_a_person_in_a_text(text: str, seen: list[tuple[str, int]]) -> None:
    found = judged(form(field={"title": "事迹", "x-long": True}), {"field": text})
    assert [(finding.code, finding.severity) for finding in found] == [("F18", "warning")] * len(seen)
    for finding, (kind, position) in zip(found, seen, strict=True):
        assert f"第 {position} 个字处像是{kind}" in finding.message
        assert not any(len(number) > 3 for number in re.findall(r"[0-9]+", finding.message + finding.hint))


WORDLESS = ["   ", "\n", "\u200b", "。", "？？", "——", "\u3000", "😀", "·"]
WORDS = ["无", "0", "a", "é", "𠮷", "\U00031350", "\ue863", "〇", "。1"]


@pytest.mark.parametrize("text", WORDLESS + WORDS)
@pytest.mark.parametrize("extra", [{"minLength": 1}, {}])
def test_a_required_text_needs_a_word(text: str, extra: dict[str, Any]) -> None:
    item = form(field={"title": "事迹", "type": "string", "x-long": True, **extra})
    item.schema.root["required"] = ["field"]
    found = [finding.message for finding in judged(item, {"field": text}) if finding.code == "S01"]
    assert found == (["“事迹”没有填写，只有空格或符号。"] if text in WORDLESS else [])


def test_a_text_that_may_be_empty_needs_no_word() -> None:
    assert codes_of({"type": ["string", "null"], "x-long": True}, "。") == []


@pytest.mark.parametrize("bad", ["\u202e", "\x00", "\x85", "\ufeff"])
def test_a_forbidden_character_behind_an_escape_is_found(bad: str) -> None:
    item = form(field={"title": "事迹", "type": "string"})
    source = parse("sample.yml", f'field: "示\\u{ord(bad):04x}例"\n'.encode())
    document = Document("jia", item.id, "sample", 0, "sample.yml", "", source.value, source)
    [found] = check_document(document, replace(CAMPAIGN, items=(item,), constraints=()))
    assert (found.code, found.pointer, found.place.line, found.place.column) == ("Y02", "/field", 1, 8)


PLACEHOLDERS = {
    "×××": True,
    "在×××村": True,
    "XXX律师事务所": True,
    "xxxx年": True,
    "待填": True,
    "（待补充）": True,
    "待完善。": True,
    "此处填写事迹": True,
    "请在此填写": True,
    "单击此处输入文字": True,
    "请输入姓名": True,
    "TODO：补写": True,
    "×✕×村": True,
    "xXx年": True,
    "在此插入照片": True,
    "____件": True,
    "为农民工李××追回工资": False,
    "××市": False,
    "案件待补充侦查": False,
    "待填补空白": False,
    "二○○○年": False,
    "二〇〇〇年": False,
    "XX所": False,
    "ⅩⅩⅩ": False,
    "taxxx是单词": False,
    "snake_case": False,
    "此处风景优美": False,
    "现场点击量": False,
    "TODOS": False,
}


@pytest.mark.parametrize(("text", "left"), PLACEHOLDERS.items())
def test_placeholders(text: str, left: bool) -> None:
    assert codes_of({"x-long": True}, text) == (["F11"] if left else [])


BLANKS = {
    "示例": [],
    "示例 律师": [],
    "示例　律师": [],
    "示例\n": [],
    " 示例": ["F13"],
    "示例 ": ["F13"],
    "　示例": ["F13"],
    "示例\u00a0": ["F13"],
    "示\u200b例": ["F13"],
    "示\u2060例": ["F13"],
    "示\u00ad例": ["F13"],
    "示\u034f例": ["F13"],
    "\n 示例": ["F13"],
    "示例 \n": ["F13"],
    "\u200d示例": ["F13"],
    "示\ue000": ["F14"],
    "示\U000f0000": ["F14"],
    "　示\ue000": ["F14", "F13"],
}


@pytest.mark.parametrize(("text", "codes"), BLANKS.items(), ids=[ascii(text) for text in BLANKS])
def test_stray_blanks_and_private_characters(text: str, codes: list[str]) -> None:
    assert codes_of({}, text) == codes
    assert codes_of({"x-long": True}, text) == [code for code in codes if code == "F14"]


@pytest.mark.parametrize(("words", "codes"), [(9, []), (10, []), (11, ["F12"])])
def test_the_limit_of_words_includes_itself(words: int, codes: list[str]) -> None:
    assert codes_of({"x-max-words": 10}, "字" * words) == codes
    assert codes_of({"x-max-words": 10}, ["字" * (words - 1), {"text": "1+1"}]) == codes


def test_too_many_words_shows_all_three_counts_and_the_limit() -> None:
    found = judged(form(field={"title": "正文", "x-max-words": 2}), {"field": "一二三，a"})
    assert found[0].message == "“正文”共 5 字（不计空格的字符 5，其中汉字 3），超过 2 字。"


TOPICS = [
    (["服务加快转型升级", "三打两建"], []),
    (["（一）服务转型升级", "2. “三打两建”活动情况"], []),
    (["服务转型升级和“三打两建”"], []),
    (["转型升级", "三打两建"], []),
    (["三打两建"], ["服务加快转型升级"]),
    (["升级", "打建"], ["服务加快转型升级", "“三打两建”活动"]),
    (["加快改革步伐"], ["服务加快转型升级", "“三打两建”活动"]),
    ([], ["服务加快转型升级", "“三打两建”活动"]),
]


@pytest.mark.parametrize(("headings", "missing"), TOPICS)
def test_topics(headings: list[str], missing: list[str]) -> None:
    item = form(field={"title": "正文", "x-topics": ["服务加快转型升级", "“三打两建”活动"]})
    found = judged(item, {"field": [{"topic": heading, "text": "示例"} for heading in headings]})
    assert [finding.message for finding in found] == (
        [f"“正文”没有写到：{'；'.join(missing)}。"] if missing else []
    )
