"""What changed between two versions: field by field, word by word, row by row, and never more work than is bounded."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service.journalled import ROOT, with_values

from build_tools.campaign import load_campaign
from build_tools.tree import WorkTree
from intake.journal import difference
from intake.journal.difference import Piece, compare, compare_files, pieces
from intake.journal.reading import read

CAMPAIGN = load_campaign(WorkTree(ROOT))
TEXT = (ROOT / "data/cities/guangzhou/nominations/individual-01.yml").read_text(encoding="utf-8")
DEEDS = "他先后查阅档案八百多页，找到当年的改制批复和会议记录，逐条核算补偿数额。"


def reading(text: str, item: str = "individual"):
    return read(CAMPAIGN, CAMPAIGN.item_by_id[item], text.encode())


def changes(old: str, new: str, item: str = "individual", old_files=None, new_files=None):
    return compare(reading(old, item), reading(new, item), old_files or {}, new_files or {})


def marked(side) -> str:
    """A side with what only it has in brackets."""
    return "".join(f"[{piece.text}]" if piece.changed else piece.text for piece in side)


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("同样", "同样", "同样", "同样"),
        ("", "新写的", "", "[新写的]"),
        ("删掉的", "", "[删掉的]", ""),
        ("合伙人、党支部副书记", "合伙人、党支部书记", "合伙人、党支部[副]书记", "合伙人、党支部书记"),
        ("参与案件1580件", "参与案件1590件", "参与案件[1580]件", "参与案件[1590]件"),
        ("查阅八百多页", "查阅九百余页", "查阅[八百多]页", "查阅[九百余]页"),
        ("第一段\n第二段", "第一段\n\n第二段", "第一段[\n]第二段", "第一段[\n\n]第二段"),
        # Rare characters are characters, also outside the first plane, and keep the marks that belong to them.
        ("示例𠮷", "示例𠮶", "示例[𠮷]", "示例[𠮶]"),
        ("邊\U000e0101塞", "邊\U000e0102塞", "[邊\U000e0101]塞", "[邊\U000e0102]塞"),
        ("<b>旧</b>", "<b>新</b>", "<b>[旧]</b>", "<b>[新]</b>"),
    ],
)
def test_texts_are_compared_by_characters_and_numbers_as_a_whole(old, new, before, after):
    left, right = pieces(old, new)
    assert (marked(left), marked(right)) == (before, after)


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_of_either_text_is_lost(old, new):
    left, right = pieces(old, new)
    assert "".join(piece.text for piece in left) == old
    assert "".join(piece.text for piece in right) == new
    shared = ["".join(p.text for p in side if not p.changed) for side in (left, right)]
    assert shared[0] == shared[1]


def test_chance_agreements_do_not_cut_a_change_into_crumbs():
    left, right = pieces("他的工作很好", "我们的干劲十足")
    assert [piece.changed for piece in left] == [True]
    assert [piece.changed for piece in right] == [True]


@pytest.mark.parametrize("length", [2_500, 80_000])
def test_the_work_is_bounded_whatever_the_length(length, monkeypatch):
    """The size of every table that is filled, not the time it takes."""
    asked: list[int] = []
    real = difference.Indel.opcodes

    def counted(a, b):
        asked.append(len(a) * len(b))
        return real(a, b)

    monkeypatch.setattr(difference.Indel, "opcodes", counted)
    draw = random.Random(7)  # noqa: S311 - seeded, to have the same text each time
    text = "".join(chr(0x4E00 + draw.randrange(2000)) for _ in range(length))
    other = "".join(chr(0x4E00 + draw.randrange(2000)) for _ in range(length))
    left, right = pieces(text, other)
    assert "".join(p.text for p in left) == text
    assert "".join(p.text for p in right) == other
    assert asked
    assert max(asked) <= difference.MOST
    sentences = [f"{text[i : i + 20]}。" for i in range(0, length, 20)]
    changed = [*sentences]
    changed[3] = "这一句改了。"
    left, _ = pieces("".join(sentences), "".join(changed))
    assert sum(piece.changed for piece in left) <= 3
    assert max(asked) <= difference.MOST


def test_lists_too_long_to_line_up_stand_place_by_place(monkeypatch):
    monkeypatch.setattr(difference, "MOST", 100)
    rows = [{"from": "1990-07", "to": "1996-09", "text": f"单位{n}"} for n in range(30)]
    other = [*rows[:10], {"from": "1990-07", "to": "1996-09", "text": "别处"}, *rows[11:]]
    [resume] = [
        c for c in changes(with_values(TEXT, resume=rows), with_values(TEXT, resume=other)) if c.changed
    ]
    assert [row.word for row in resume.rows].count("修改") == 1


def test_changed_fields_come_first_in_the_words_and_order_of_the_form():
    found = changes(TEXT, with_values(TEXT, post="合伙人", gender="女"))
    assert [change.title for change in found[:2]] == ["性别", "职务"]
    assert [change.changed for change in found] == [True] * 2 + [False] * 11
    assert [change.title for change in found if not change.changed] == [
        "姓名", "民族", "照片", "出生年月", "参加工作时间", "入党时间", "文化程度", "执业机构", "个人简历", "曾受奖励", "主要事迹",
    ]  # fmt: skip


def test_only_the_writing_changed_and_no_field():
    assert not any(change.changed for change in changes(TEXT, with_values(TEXT)))


def test_rows_are_lined_up_by_likeness():
    first = {"from": "1990-07", "to": "1996-09", "text": "示例市第二机床厂法律顾问室干部"}
    second = {"from": "1996-09", "to": "2003-01", "text": "示例律师事务所律师"}
    third = {"from": "2003-01", "to": "至今", "text": "广东示例启明律师事务所合伙人"}
    between = {"from": "2003-02", "to": "2005-01", "text": "赴西部志愿服务"}
    old = with_values(TEXT, resume=[first, second, third])
    new = with_values(TEXT, resume=[first, {**second, "text": "示例律师事务所专职律师"}, between])
    [resume] = [change for change in changes(old, new) if change.changed]
    assert [(row.word, bool(row.old), bool(row.new)) for row in resume.rows] == [
        ("", True, True), ("修改", True, True), ("删去", True, False), ("新增", False, True),
    ]  # fmt: skip
    assert marked(resume.rows[1].new[2]) == "示例律师事务所[专职]律师"
    assert resume.columns == ("起始年月", "截止年月", "单位及职务")


def test_a_field_that_came_or_went_is_a_change():
    found = {
        c.title: c
        for c in changes(with_values(TEXT, awards=None), with_values(TEXT, 身份证="不该有"))
        if c.changed
    }
    assert set(found) == {"曾受奖励", "表上没有的栏目：身份证"}
    assert marked(found["表上没有的栏目：身份证"].after) == "[不该有]"


def test_a_list_where_a_text_was_and_the_other_way_round():
    for old, new in (
        (TEXT, with_values(TEXT, resume="写成了文字")),
        (with_values(TEXT, resume="文字"), TEXT),
    ):
        [resume] = [change for change in changes(old, new) if change.changed]
        assert resume.title == "个人简历"
        assert {row.word for row in resume.rows} <= {"新增", "删去", "修改"}


def test_the_same_name_with_another_picture_is_a_change():
    path = "materials/individual-01.jpg"
    old, new = {path: {"digest": "sha256:1"}}, {path: {"digest": "sha256:2"}}
    assert [c.title for c in changes(TEXT, TEXT, old_files=old, new_files=new) if c.changed] == ["照片"]
    assert not [c for c in changes(TEXT, TEXT, old_files=old, new_files=old) if c.changed]


def test_files_that_came_went_or_were_exchanged():
    old = {"a.pdf": {"digest": "1"}, "b.pdf": {"digest": "2"}, "c.pdf": {"digest": "3"}}
    new = {"b.pdf": {"digest": "2"}, "c.pdf": {"digest": "4"}, "d.pdf": {"digest": "5"}}
    assert compare_files(old, new) == (("a.pdf", "去掉"), ("c.pdf", "换了内容"), ("d.pdf", "新增"))


@pytest.mark.parametrize("item", ["summary", "statistics", "collective", "materials"])
def test_every_form_reads_in_its_own_words(item):
    path = CAMPAIGN.item_by_id[item].path(1)
    text = (ROOT / "data/cities/guangzhou" / path).read_text(encoding="utf-8")
    found = reading(text, item)
    assert not found.fault
    assert all(field.known and field.title and not field.title.isascii() for field in found.fields)
    assert not any(change.changed for change in changes(text, text, item))


def test_materials_are_told_by_their_kind_and_nominee():
    text = (ROOT / "data/cities/guangzhou/materials.yml").read_text(encoding="utf-8")
    [files] = reading(text, "materials").fields
    assert files.columns == ("材料类别", "材料名称", "推荐对象", "文件")
    assert files.rows[0][0] == "自活动开展以来的学习资料和记录材料"
    assert files.rows[0][2] == "先进集体推荐表（第 1 名）"


@pytest.mark.parametrize("text", ["name: [", "a: &x 1", "只有一句话", "- 甲\n- 乙", "name: \u202e反", ""])
def test_what_cannot_be_read_is_shown_as_it_came(text):
    found = reading(text)
    assert found.fault.endswith("。")
    assert found.fields == ()
    assert found.raw == text.replace("\u202e", "[U+202E]")


def test_nothing_in_a_row_is_lost():
    rows = [{"from": "1990-07", "to": "1996-09", "text": "单位", "多出": "内容"}, "一句话"]
    resume = reading(with_values(TEXT, resume=rows)).by_key["resume"]
    assert resume.rows == (("1990.07", "1996.09", "单位 多出：内容"), ("一句话", "", ""))


def test_notes_stand_with_the_field_they_explain():
    notes = reading(with_values(TEXT, notes={"resume": "确属实情"})).by_key["notes"]
    assert notes.rows == (("个人简历", "确属实情"),)
    assert Piece("甲", changed=True).text == "甲"
