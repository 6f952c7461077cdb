"""What counts as the same name, and which texts count as nearly the same."""

from __future__ import annotations

import random

import pytest

from build_tools.checks import similar
from build_tools.checks.duplicates import bare, bare_organisation
from build_tools.checks.similar import Fingerprint, Pair, fingerprint

SAME_NAMES = [
    ("示例乙", "示例乙"),
    ("示例乙", " 示 例　乙 "),
    ("示例乙", "示例\u200b乙\ufeff"),
    ("示例·丙", "示例•丙"),
    ("示例·丙", "示例・丙"),
    ("示例·丙", "示例．丙"),
    ("示例·丙", "示例丙"),
    ("𠮷丙", "𠮷丙"),
    ("ＡＢＣ１２", "abc12"),
    ("葛\U000e0100", "葛"),
]
OTHER_NAMES = [("示例乙", "示例丙"), ("𠮷丙", "吉丙"), ("示例甲乙", "示例乙")]


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
def test_the_same_name_written_otherwise(one: str, other: str) -> None:
    assert bare(one) == bare(other)


@pytest.mark.parametrize(("one", "other"), OTHER_NAMES)
def test_another_name(one: str, other: str) -> None:
    assert bare(one) != bare(other)


BRANCH = "示例律师事务所党支部"


@pytest.mark.parametrize(
    "written",
    [
        "示例律师事务所党支部",
        "中共示例律师事务所党支部",
        "中国共产党示例律师事务所支部委员会",
        "中共示例律师事务所支部",
        "示例律师事务所党支部委员会",
        "示例律师事务所 党支部",
        "（示例）律师事务所党支部",
    ],
)
def test_the_same_branch_written_otherwise(written: str) -> None:
    assert bare_organisation(written) == bare_organisation(BRANCH)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (BRANCH, "示例律师事务所党总支"),
        (BRANCH, "示例律师事务所党委"),
        (BRANCH, "第二示例律师事务所党支部"),
        (BRANCH, "示例律师事务所"),
        ("示例律师事务所第一党支部", "示例律师事务所第二党支部"),
        ("示例市律师协会党总支部", "示例市律师协会党委"),
    ],
)
def test_another_body(one: str, other: str) -> None:
    assert bare_organisation(one) != bare_organisation(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("示例市律师协会党总支", "中共示例市律师协会总支部委员会"),
        ("示例市律师协会党委", "中国共产党示例市律师协会委员会"),
        ("示例市律师协会党总支", "示例市律师协会党总支部"),
    ],
)
def test_larger_bodies_written_otherwise(one: str, other: str) -> None:
    assert bare_organisation(one) == bare_organisation(other)


# Texts

HAN = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 1200))


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - invents texts


def invented(seed: int, characters: int = 600, phrases: tuple[str, ...] = ()) -> str:
    """Random clauses with punctuation; every third one of ``phrases``, when there are any."""
    dice = seeded(seed)
    text = ""
    while len(text) < characters:
        own = "".join(dice.choices(HAN, k=dice.randint(9, 18)))
        text += dice.choice(phrases) if phrases and dice.random() < 0.34 else own
        text += dice.choice("，，，。，\n")
    return text


def changed(text: str, characters: int, seed: int = 1) -> str:
    """``text`` with so many characters replaced, anywhere."""
    dice = seeded(seed)
    letters = list(text)
    for place in dice.sample(range(len(letters)), characters):
        letters[place] = "改"
    return "".join(letters)


def prints(texts: list[str]) -> list[Fingerprint]:
    """The fingerprints of ``texts``, none of which is too short for one."""
    return [known for text in texts if (known := fingerprint(text, len(texts))) is not None]


def near_identical(texts: list[str], groups: list[str] | None = None) -> list[Pair]:
    long = [text for text in texts if len(text) >= similar.SHORTEST]
    return similar.near_identical(prints(texts), long.__getitem__, groups=groups)


def candidates(texts: list[str]) -> list[tuple[int, int]]:
    return similar.candidates([known.clauses for known in prints(texts)])


ORIGINAL = invented(1)


@pytest.mark.parametrize(
    ("copy", "percent"),
    [
        (ORIGINAL, 100),
        ("\n  ".join(ORIGINAL.split("，", 1)).replace("\n  ", "，\n  ", 1), 100),
        (ORIGINAL.replace("。", "。\n\n"), 100),
        (changed(ORIGINAL, 6), 99),
        (changed(ORIGINAL, 30), 95),
        (ORIGINAL[:-40], 97),
        (ORIGINAL[:300] + invented(9, 60) + ORIGINAL[300:], 95),
        (ORIGINAL.replace("，", ","), 95),
    ],
    ids=["same", "broken-once", "broken-often", "6-changed", "30-changed", "cut", "inserted", "half-width"],
)
def test_a_copy_is_found(copy: str, percent: int) -> None:
    found = near_identical([invented(2), ORIGINAL, invented(3), copy])
    assert [(pair.first, pair.second) for pair in found] == [(1, 3)]
    assert abs(found[0].percent - percent) <= 2


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [ORIGINAL],
        [ORIGINAL, invented(2)],
        [ORIGINAL, ORIGINAL[:300] + invented(2, 300)],
        ["短文，" * 5, "短文，" * 5],
        ["", ""],
    ],
    ids=["none", "one", "different", "half-the-same", "too-short", "empty"],
)
def test_no_copy_is_invented(texts: list[str]) -> None:
    assert near_identical(texts) == []


def test_texts_of_one_group_are_not_compared() -> None:
    assert near_identical([ORIGINAL, ORIGINAL], groups=["甲", "甲"]) == []
    assert near_identical([ORIGINAL, ORIGINAL], groups=["甲", "乙"]) == [Pair(0, 1, 100)]


def test_turns_of_phrase_in_many_texts_make_no_pairs() -> None:
    phrases = tuple(invented(seed, 12)[:14].strip("，。\n") for seed in range(100, 140))
    texts = [invented(seed, 600, phrases) for seed in range(300)]
    assert near_identical(texts) == []
    assert len(candidates(texts)) <= len(texts)


def test_a_text_sent_by_a_crowd_is_found_everywhere() -> None:
    texts = [changed(ORIGINAL, 12, seed) for seed in range(200)] + [invented(seed) for seed in range(50, 60)]
    found = near_identical(texts)
    assert {pair.second for pair in found} >= set(range(1, 200))
    assert all(pair.second < 200 for pair in found)
    assert len(found) < 200 + 10  # one finding for each copy, not one for each two


def test_comparisons_grow_with_the_number_of_texts_only() -> None:
    for number in (100, 200, 400):
        texts = [changed(ORIGINAL, 12, seed) for seed in range(number)]
        assert number - 1 <= len(candidates(texts)) <= 3 * number


def test_the_order_of_the_texts_decides_nothing() -> None:
    texts = [invented(seed) for seed in range(30)] + [changed(invented(7), 20)]
    dice = seeded(3)
    for _ in range(5):
        order = list(range(len(texts)))
        dice.shuffle(order)
        found = near_identical([texts[index] for index in order])
        assert [{order[pair.first], order[pair.second]} for pair in found] == [{7, 30}]


def test_many_texts_are_sampled_and_copies_still_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "_LARGE", 10)
    texts = [invented(seed) for seed in range(40)] + [changed(invented(5), 20)]
    assert [(pair.first, pair.second) for pair in near_identical(texts)] == [(5, 40)]
