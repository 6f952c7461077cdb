"""From a failing keyword to a Chinese finding; the library's English never reaches a user."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from build_tools.findings import Finding, Pointer, Rule
from build_tools.schema import rules
from build_tools.schema.schema import Schema
from build_tools.source import Source

_TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "true 或 false",
    "null": "空白",
    "object": "若干栏目",
    "array": "逐条列出的内容",
}
_MEND = {
    "string": "直接写文字；看上去像数字的文字用英文双引号括起来。",
    "integer": "只写阿拉伯数字，不带单位、小数、逗号和“约”字。",
    "array": "每条另起一行，以“- ”开头。",
    "object": "按模板逐栏填写。",
}


class _Fault(NamedTuple):
    rule: Rule
    pointer: Pointer
    key: bool
    words: dict[str, object]


def validate(source: Source, schema: Schema) -> tuple[Finding, ...]:
    """Validate ``source.value``; one finding a fault, in the order of the file. Values are not quoted."""
    if source.value is None and source.findings:
        return ()
    errors = list(schema.validator.iter_errors(source.value))
    if not errors:
        return ()
    seen: set[tuple[str, Pointer, str]] = set()
    found: list[Finding] = []
    for error in errors:
        for fault in _faults(error, schema):
            mark = (fault.rule.code, fault.pointer, str(fault.words.get("key", "")))
            if mark not in seen:
                seen.add(mark)
                place = source.place(fault.pointer, key=fault.key)
                found.append(fault.rule.finding(place, fault.pointer, **fault.words))
    return tuple(sorted(found, key=Finding.sort_key))


def _faults(error: Any, schema: Schema) -> Iterator[_Fault]:
    pointer: Pointer = tuple(error.absolute_path)
    title = schema.title_at(pointer)
    keyword, wanted, value, local = error.validator, error.validator_value, error.instance, error.schema
    if "propertyNames" in error.absolute_schema_path:
        yield _unknown(str(value), pointer, wanted if isinstance(wanted, list) else [])
    elif keyword in ("required", "dependentRequired"):
        names = wanted if keyword == "required" else [n for names in wanted.values() for n in names]
        for name in names:
            if isinstance(value, dict) and name not in value:
                yield _Fault(
                    rules.MISSING, (*pointer, name), False,
                    {"title": schema.title_at((*pointer, name)), "key": name},
                )  # fmt: skip
    elif keyword == "additionalProperties":
        known = list(local.get("properties", {}))
        for name in value:
            if name not in known:
                yield _unknown(name, pointer, known)
    elif keyword == "type" and value is None and pointer:
        yield _Fault(rules.MISSING, pointer, True, {"title": title, "key": pointer[-1]})
    elif keyword == "type":
        kinds = [wanted] if isinstance(wanted, str) else [kind for kind in wanted if kind != "null"]
        expected = "或".join(_TYPES[kind] for kind in kinds)
        yield _Fault(
            rules.WRONG_TYPE, pointer, False,
            {"title": title, "expected": expected, "actual": _actual(value), "mend": _MEND.get(kinds[0], "按模板填写。")},
        )  # fmt: skip
    elif keyword in ("enum", "const"):
        choices = wanted if keyword == "enum" else [wanted]
        yield _Fault(
            rules.NOT_ALLOWED, pointer, False, {"title": title, "choices": "、".join(map(str, choices[:60]))}
        )
    elif keyword in ("minLength", "maxLength"):
        yield _Fault(rules.WRONG_LENGTH, pointer, False, {"title": title, "length": len(value), **_length(local)})
    elif keyword in ("pattern", "format"):
        yield _Fault(rules.WRONG_FORM, pointer, False, {"title": title, "mend": _example(local)})
    elif keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
        yield _Fault(rules.OUT_OF_RANGE, pointer, False, {"title": title, "range": _range(local)})
    elif keyword in ("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"):
        yield _Fault(
            rules.WRONG_COUNT, pointer, True, {"title": title, "length": len(value), "expected": _items(keyword, wanted)}
        )  # fmt: skip
    else:
        yield _Fault(rules.UNSUITABLE, pointer, False, {"title": title, "mend": _example(local)})


def _unknown(name: str, pointer: Pointer, known: list[str]) -> _Fault:
    from rapidfuzz.process import extractOne

    best = extractOne(name, known, score_cutoff=70)
    guess = f"，是否想写 {best[0]}" if best else ""
    shown = name if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name) else "此项"
    return _Fault(rules.UNKNOWN, (*pointer, name), True, {"key": shown, "guess": guess})


def _actual(value: Any) -> str:
    if isinstance(value, bool):
        return "true 或 false"
    for kind, word in ((str, "文字"), (int, "数字"), (dict, "若干栏目"), (list, "逐条列出的内容")):
        if isinstance(value, kind):
            return word
    return "空白"


def _length(schema: dict[str, Any]) -> dict[str, str]:
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    mend = "按栏目说明精简或补充文字。"
    if low == high:
        return {"range": f"{low} 个", "mend": _example(schema)}
    if high is None:
        return {"range": f"{low} 个以上", "mend": mend}
    return {"range": f"{low} 至 {high} 个", "mend": mend}


def _range(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{low} 至 {high} 的数"
    if low is not None:
        return f"不小于 {low} 的数"
    return f"不大于 {high} 的数" if high is not None else "规定范围内的数"


def _items(keyword: str, wanted: Any) -> str:
    if keyword == "uniqueItems":
        return "其中有重复"
    return f"至少 {wanted} 条" if keyword.startswith("min") else f"至多 {wanted} 条"


def _example(schema: dict[str, Any]) -> str:
    examples = schema.get("examples")
    if examples:
        return f"写法示例：{examples[0]}。"
    return str(schema.get("description") or "按模板的写法填写。")
