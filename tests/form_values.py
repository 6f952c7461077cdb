"""Documents as clerks, and people who mean no good, might fill them in: sound, nearly sound, and broken. Seeded.

:func:`documents` gives as many as are asked for, and always the same ones: what ``hypothesis-jsonschema`` makes of the
schema, what its titles and formats suggest, and either of them changed in places.
"""

from __future__ import annotations

import copy
import itertools
import unicodedata
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import test_fields
import test_texts
from sound_values import sound_values

from build_tools.checks.ethnicities import ETHNICITIES, OUTSIDE
from build_tools.schema import Schema

MONTHS = [text for text, _ in test_fields.MONTHS]
NAMES = [*test_fields.NAMES, *(name for name, _ in test_fields.NAME_FAULTS)]
PHONES = list(map(str, test_fields.PHONES))
PEOPLE = [*ETHNICITIES[:3], *OUTSIDE, "汉", "高山", "华族", "汉 族"]
TEXTS = [
    *test_texts.PERSONAL, *test_texts.PLACEHOLDERS, *test_texts.BLANKS, *test_texts.WORDLESS, *test_texts.WORDS,
    "1.50", "不适用", "12", "01", "true", "-1", "0.125",
]  # fmt: skip
PATHS = [
    *["materials/individual-01.jpg"] * 6, "materials/a/b.pdf", "../shenzhen/a.jpg", "materials/../a.jpg", "materials", "materials/",
    "materials//a.jpg", "materials\\a.jpg", "/materials/a.jpg", "./materials/a.jpg", "C:/a.jpg", "Materials/a.jpg", "a.jpg", "files/a.jpg",
]  # fmt: skip
FORMATS: dict[str, list[str]] = {
    "month": MONTHS,
    "month-or-present": [*MONTHS, "至今", "至今"],
    "person-name": NAMES,
    "phone": PHONES,
    "ethnicity": PEOPLE,
    "attachment": PATHS,
    "photo": PATHS,
}
CHARACTERS = [
    *"律师党员示例甲乙丙abc, .·•", "𠮷", "䶮", "\U00030edd", "〇", "\u200b", "\u00ad", "\u034f", "\ufe0f", "\ue000", "\U000f0000",
    "　", "\u00a0", "\n", "\t", "１", "Ａ", "٣", "①", "Ⅻ", "ª", "é", "e\u0301", "ß", "😀", "“", "”", "（", "_", "待填", "×××", "{", "}",
]  # fmt: skip
FORBIDDEN = ["\u202e", "\u200e", "\x00", "\x85", "\ufeff", "\ufffd"]
WORDS = "组织党员律师到村居值班，解答群众咨询三百余人次，调解纠纷二十六件，办理法律援助案件十二件。"
KEYS = [
    "身份证号", "备注 张三", "x", "13800138000", "a/b", "~", "__proto__", "constructor", "tames", "名称", "Name", "notes2",
]  # fmt: skip
WRONG: list[Any] = [
    None, True, False, 0, 7, -3, 10**9, 2**53 + 2, 10**30, -(10**400), "", "不适用", "12", "18", "甲", [], {}, ["甲"], [1], {"a": 1},
    "born：1970-05", "born: 1970-05", " 女 ", "女性", "12万", "1.5", "9" * 20, "-" + "9" * 20,
]  # fmt: skip


def documents(schema: Schema, number: int) -> Iterator[Any]:
    """``number`` documents for ``schema`` and more, until nobody asks; each is made by itself."""
    sound = [tame(value) for value in sound_values(schema.root, number // 40)]
    yield from sound
    yield from _sweep(schema)
    for count in itertools.count():
        dice = Random(f"{schema.root.get('$id')} {count}")  # noqa: S311 - not a secret
        clerk = Clerk(schema, dice)
        if count % 4 == 0:
            yield clerk.careful()
            continue
        document = clerk.filled() if dice.random() < 0.8 else copy.deepcopy(dice.choice(sound))
        for _ in range(dice.choice([0, 0, 1, 1, 1, 2, 3, 5])):
            document = clerk.changed(document)
        yield document


def _sweep(schema: Schema) -> Iterator[Any]:
    """Each text that is known to be right or wrong in a field of some form, in every such field by itself."""
    for name, part in schema.root["properties"].items():
        for number, text in enumerate(FORMATS.get(schema.resolve(part).get("format", ""), ())):
            yield {**Clerk(schema, Random(f"{name} {number}")).careful(), name: text}  # noqa: S311 - not a secret
        if limit := part.get("x-max-words", 0):
            for words in range(limit - 1, limit + 2):
                sections = [{"topic": "字", "text": "字" * (words - 1)}]
                yield {**Clerk(schema, Random(words)).careful(), name: sections}  # noqa: S311 - not a secret


def tame(value: Any) -> Any:
    """``value`` without what no file may hold, and without what one side's Unicode may know and the other's not."""
    if isinstance(value, str):
        return "".join("示" if unicodedata.category(each)[0] in "CZ" else each for each in value)
    if isinstance(value, list):
        return [tame(part) for part in value]
    return {tame(key): tame(part) for key, part in value.items()} if isinstance(value, dict) else value


class Clerk:
    """Fills in one form, and spoils what is filled in."""

    def __init__(self, schema: Schema, dice: Random) -> None:
        self.schema, self.dice = schema, dice
        self.care = dice.choice([0.6, 0.9, 1])

    def careful(self) -> dict[str, Any]:
        """A document in which at most one text is odd."""
        self.care = 1
        document = self.filled()
        texts = [each for each in _places(document) if isinstance(each[0][each[1]], str)]
        if texts:
            holder, key, path = self.dice.choice(texts)
            holder[key] = self.dice.choice(FORMATS.get(self.schema.at(path).get("format", ""), TEXTS))
        return document

    def filled(self) -> dict[str, Any]:
        """A document in which most is right."""
        document: dict[str, Any] = self._object(self.schema.root)
        notes = self.schema.root["properties"].get("notes")
        if notes and self.dice.random() < 0.4:
            names = notes["propertyNames"]["enum"]
            some = self.dice.sample(names, min(len(names), 3))
            document["notes"] = {
                name: self.dice.choice([*["确属实情。"] * 30, *[WORDS * 12] * 3, *TEXTS]) for name in some
            }
        return document

    def _object(self, part: dict[str, Any]) -> dict[str, Any]:
        wanted, fields = part.get("required", ()), part["properties"]
        resolved = {name: self.schema.resolve(entry) for name, entry in fields.items() if name != "notes"}
        chance = {
            name: 0.99 if name in wanted else 0.7 if "type" in entry else 0.05
            for name, entry in resolved.items()
        }
        return {
            name: self._value(entry) for name, entry in resolved.items() if self.dice.random() < chance[name]
        }

    def _value(self, part: dict[str, Any]) -> Any:
        kinds = part.get("type", "string")
        kind = kinds if isinstance(kinds, str) else self.dice.choice([*kinds, *kinds[:1] * 3])
        if "enum" in part and kind != "null":
            return self.dice.choice(part["enum"])
        if part.get("x-not-applicable") and self.dice.random() < 0.5:
            return "不适用"
        if kind not in ("string", "array", "null") and "examples" in part and "x-unit" not in part:
            return copy.deepcopy(self.dice.choice(part["examples"]))
        if kind == "array":
            return self._list(part)
        makers: dict[str, Callable[[], Any]] = {
            "object": lambda: self._object(part) if "properties" in part else {},
            "integer": lambda: self._number(part),
            "number": lambda: self._number(part),
            "boolean": lambda: self.dice.random() < 0.5,
            "null": lambda: None,
        }
        return makers.get(kind, lambda: self._text(part))()

    def _number(self, part: dict[str, Any]) -> int:
        low, high = part.get("minimum", 0), part.get("maximum", 10**9)
        return self.dice.choice([each for each in (0, 0, 1, 2, 3, 5, 9, 30, 31, 400) if low <= each <= high])

    def _list(self, part: dict[str, Any]) -> list[Any]:
        if part.get("x-career"):
            return self._career()
        items = self.schema.resolve(part.get("items"))
        length = min(self.dice.choice([1, 2, 2, 3, 6]), part.get("maxItems", 6) if self.care == 1 else 6)
        entries = [self._value(items) for _ in range(length)]
        topics = part.get("x-topics")
        if topics and self.dice.random() < 0.8:
            numbers = ["", "一、", "（二）", "3. ", "  4．"]
            headings = [self.dice.choice(numbers) + topic for topic in topics]
            headings = [self.dice.choice([text, text[:-1], text[2:], text[::-1]]) for text in headings]
            entries = [{"topic": heading, "text": WORDS} for heading in headings]
        return entries

    def _career(self) -> list[dict[str, Any]]:
        month, entries = 1980 * 12 + self.dice.randrange(60), []
        for _ in range(self.dice.choice([1, 2, 3, 3, 4])):
            month += self.dice.choice([0, 1, 1, 1, 2, 14, -5])
            start, month = month, month + self.dice.choice([0, 6, 24, 80, 80, 80, -3])
            entries.append({"from": _month(start), "to": _month(month), "text": "示例律师事务所律师"})
        if self.dice.random() < 0.6:
            entries[-1]["to"] = "至今"
        if self.dice.random() < 0.3:
            self.dice.choice(entries)["to"] = self.dice.choice(["至今", "至今", "不详", "2012-07", "2012-06"])
        if self.dice.random() < 0.15:
            self.dice.shuffle(entries)
        return entries

    def _text(self, part: dict[str, Any]) -> str:
        dice, form = self.dice, part.get("format", "")
        if dice.random() < self.care and (examples := part.get("examples")):
            return str(dice.choice(examples))
        if form in FORMATS and dice.random() < 0.8:
            return dice.choice(FORMATS[form])
        if "pattern" in part:
            return dice.choice(["0.00", "0.5", "12.50", "3.05", "36800.50"])
        if dice.random() > self.care:
            return dice.choice(TEXTS)
        return WORDS[: dice.randrange(2, 1 + min(40, part.get("maxLength", 40)))]

    def changed(self, document: Any) -> Any:
        """``document`` with one thing done to one place of it."""
        places = list(_places(document))
        if not places or self.dice.random() < 0.004:
            return self.dice.choice(WRONG)
        holder, key, path = self.dice.choice(places)
        holder[key] = self._changed(holder[key], holder, key, self.schema.at(path))
        if holder[key] is GONE:
            del holder[key]
        return document

    def _changed(self, value: Any, holder: Any, key: Any, part: dict[str, Any]) -> Any:
        dice = self.dice
        if dice.random() < 0.12:
            return GONE
        if isinstance(holder, dict) and dice.random() < 0.12:
            holder[self._misspelt(key)] = copy.deepcopy(value)
            return dice.choice([value, GONE])
        if dice.random() < 0.15:
            return copy.deepcopy(dice.choice(WRONG))
        if "enum" in part and dice.random() < 0.2:
            return f" {dice.choice(part['enum'])}\u3000"
        if isinstance(value, str):
            return self._other_text(value, part)
        if isinstance(value, int):
            limits = [part.get("minimum", 0), part.get("maximum", 9)]
            return dice.choice(
                [limits[0] - 1, limits[1] + 1, *limits, -value, str(value), f"{value}.5", None]
            )
        if isinstance(value, list) and value:
            entry = copy.deepcopy(value[0])
            return dice.choice([[], value[::-1], [*value, entry], [entry] * (part.get("maxItems", 9) + 1)])
        return value

    def _other_text(self, text: str, part: dict[str, Any]) -> str:
        dice = self.dice
        way = dice.randrange(10)
        if way in (0, 9):
            low, high = part.get("minLength", 0), part.get("maxLength", 20)
            length = dice.choice([low - 1, low, high, high + 1])
            return (dice.choice(CHARACTERS)[0] + text + WORDS * 300)[: max(0, length)]
        if way == 1 and (part.get("x-long") or dice.random() < 0.1):
            return dice.choice(["字", "律师", "a ", "1+1活动"]) * dice.choice(
                [799, 800, 801, 2400, 2500, 2501]
            )
        if way <= 3:
            return dice.choice(FORMATS.get(part.get("format", ""), TEXTS))
        if way == 4:
            return dice.choice([*TEXTS, *WORDS])
        if way == 5 and dice.random() < 0.4:
            return text + dice.choice(FORBIDDEN)
        at = dice.randrange(len(text) + 1)
        if way == 6:
            return text[:at] + text[at + 1 :]
        return text[:at] + dice.choice([*CHARACTERS, *TEXTS]) + text[at:]

    def _misspelt(self, name: str) -> str:
        dice, at = self.dice, self.dice.randrange(len(name) + 1)
        first, rest = name[:at], name[at:]
        near = [
            first + rest[1:],
            first + first[-1:] + rest,
            first + "x" + rest,
            first + rest[:2][::-1] + rest[2:],
            name.upper(),
        ]
        return dice.choice([key for key in [*near, first, rest, f"{name}_number", *KEYS] if key])


GONE = object()


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, Any, tuple[str | int, ...]]]:
    """Every (holder, key, path) in ``value``."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield value, key, (*path, key)
        yield from _places(part, (*path, key))


def _month(number: int) -> str:
    return f"{(number - 1) // 12}-{(number - 1) % 12 + 1:02d}"


def in_order(value: Any, schema: Schema, path: tuple[str | int, ...] = ()) -> Any:
    """``value`` with the fields of each mapping in the schema's order, what it does not know behind them."""
    if isinstance(value, list):
        return [in_order(part, schema, (*path, index)) for index, part in enumerate(value)]
    if not isinstance(value, dict):
        return value
    known = [name for name in schema.at(path).get("properties", {}) if name in value]
    names = [*known, *(name for name in value if name not in known)]
    return {name: in_order(value[name], schema, (*path, name)) for name in names}
