"""字数 as Word counts it, and the two other counts people compare it with."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.wordcount import count, texts

NOTICE = Path(__file__).parent / "fixtures" / "notice-2012.txt"

COUNTS = [
    ("", 0, 0, 0),
    (" \n\t　", 0, 0, 0),
    ("创先争优", 4, 4, 4),
    ("创先争优。", 5, 5, 4),
    ("“三打两建”", 6, 6, 4),
    ("1+1", 1, 3, 0),
    ("“1+1”活动", 5, 7, 2),
    ("2012年8月16日", 6, 10, 3),
    ("020-86351219", 1, 12, 0),
    ("two words", 2, 8, 0),
    ("律师 党员", 4, 4, 4),
    ("律师　党员", 4, 4, 4),
    ("Word文档Word", 4, 10, 2),
    ("A，B", 3, 3, 0),
    ("A,B", 1, 3, 0),
    ("(一)", 3, 3, 1),
    ("（一）", 3, 3, 1),
    ("１２", 2, 2, 0),
    ("𠮷", 1, 1, 1),
    ("𠮷野家", 3, 3, 3),
    ("二〇一二", 4, 4, 4),
    ("😀", 1, 1, 0),
    ("é", 1, 1, 0),
    ("一\n\n二", 2, 2, 2),
    ("……", 2, 2, 0),
    ("——", 2, 2, 0),
]


@pytest.mark.parametrize(("text", "words", "characters", "han"), COUNTS, ids=[repr(row[0]) for row in COUNTS])
def test_count(text: str, words: int, characters: int, han: int) -> None:
    assert count(text) == (words, characters, han)


def test_the_notice_itself() -> None:
    assert count(NOTICE.read_text(encoding="utf-8")) == (1658, 1720, 1501)


def test_all_three_counts_are_shown() -> None:
    assert str(count("“1+1”活动")) == "5 字（不计空格的字符 7，其中汉字 2）"


def test_texts_are_gathered_in_order_from_any_depth() -> None:
    assert texts({"a": ["一", {"b": "二", "c": 3}], "d": None, "e": "三"}) == ["一", "二", "三"]
