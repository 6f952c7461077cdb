"""From a failing keyword to a Chinese finding; the library's English never reaches a user."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from build_tools.findings import Finding, Pointer, Rule
from build_tools.schema import rules
from build_tools.schema.schema import Schema
from build_tools.source import Source
from build_tools.source.rules import MAX_FINDINGS

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_COLON = re.compile(r"[A-Za-z_][A-Za-z0-9_]*[:：]")
_UNQUOTE = "去掉数字两边的引号。"
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
    "string": "直接写文字；true、false 这样的词用英文双引号括起来。",
    "integer": "只写阿拉伯数字，不带单位、小数、逗号和“约”字。",
    "array": "每条另起一行，以“- ”开头。",
    "object": "按模板逐栏填写。",
}


class _Fault(NamedTuple):
    rule: Rule
    pointer: Pointer
    words: dict[str, Any]
    key: bool = False


class _Failure(NamedTuple):
    """A failing keyword as ``jsonschema`` reports it, with the form's word for the place."""

    pointer: Pointer
    title: str
    keyword: str
    wanted: Any
    value: Any
    local: dict[str, Any]
    schema: Schema


def validate(source: Source, schema: Schema, *, office: bool = False) -> tuple[Finding, ...]:
    """Validate ``source.value``; one finding a fault, in the order of the file. Values are not quoted.

    Most files are valid, and ``jsonschema-rs`` says so in a twentieth of the time; only what it does
    not accept is given to ``jsonschema``, whose verdict and errors are the ones that count.
    Where the name of a field should stand, a person's own words may: an unknown one is shown only when it is
    nearly that of a field, or when the file is the ``office``'s.
    Of a file with thousands of faults the first :data:`MAX_FINDINGS` are named.

    A plain number where the schema wants text and nothing else is the text that was written (a telephone
    number, ``awards: 2011``): ``source.value`` then holds it as text.
    """
    if source.value is None and source.findings:
        return ()
    if schema.accepts(source.value):
        return ()
    source.value = _worded(source.value, schema, schema.root)
    if schema.accepts(source.value):
        return ()
    found: list[Finding] = []
    for fault in islice(_different(source.value, schema), MAX_FINDINGS):
        place = source.place(fault.pointer, key=fault.key)
        clause = schema.clause_at(fault.pointer)
        words, pointer = fault.words, fault.pointer
        if fault.rule is rules.UNKNOWN and not (
            words["guess"] or (office and _PLAIN_NAME.fullmatch(words["key"]))
        ):
            words, pointer = {**words, "key": "此项"}, (*pointer[:-1], "?")
        found.append(fault.rule.finding(place, pointer, clause=clause, **words))
    return tuple(sorted(found, key=Finding.sort_key))


def _worded(value: Any, schema: Schema, part: dict[str, Any]) -> Any:
    """``value`` with every whole number as text that stands where ``part`` of the schema takes only text.

    The reader makes numbers of plain decimals only, so the text of one is what was written.
    """
    part = schema.resolve(part)
    if isinstance(value, dict):
        named, more = part.get("properties", {}), part.get("additionalProperties", {})
        return {key: _worded(entry, schema, named.get(key, more)) for key, entry in value.items()}
    if isinstance(value, list):
        return [_worded(entry, schema, part.get("items", {})) for entry in value]
    wanted = part.get("type", ())
    kinds = {wanted} if isinstance(wanted, str) else {*wanted}
    if isinstance(value, int) and not isinstance(value, bool) and kinds and kinds <= {"string", "null"}:
        return str(value)
    return value


def _different(value: Any, schema: Schema) -> Iterator[_Fault]:
    """Every fault once: the library names some several times."""
    seen: set[tuple[str, Pointer, str]] = set()
    for error in schema.validator.iter_errors(value):
        for fault in _faults(error, schema):
            mark = (fault.rule.code, fault.pointer, str(fault.words.get("key", "")))
            if mark not in seen:
                seen.add(mark)
                yield fault


def _faults(error: Any, schema: Schema) -> Iterator[_Fault]:
    pointer: Pointer = tuple(error.absolute_path)
    failure = _Failure(
        pointer,
        schema.title_at(pointer),
        error.validator,
        error.validator_value,
        error.instance,
        error.schema,
        schema,
    )
    if "propertyNames" in error.absolute_schema_path:
        known = failure.wanted if isinstance(failure.wanted, list) else []
        yield _unknown(str(failure.value), pointer, known)
        return
    yield from _HANDLERS.get(failure.keyword, _unsuitable)(failure)


def _required(failure: _Failure) -> Iterator[_Fault]:
    for name in failure.wanted:
        if name not in failure.value:
            pointer = (*failure.pointer, name)
            words = {"title": failure.schema.title_at(pointer), "field": name, "how": ""}
            yield _Fault(rules.MISSING, pointer, words)


def _additional(failure: _Failure) -> Iterator[_Fault]:
    known = list(failure.local.get("properties", {}))
    for name in failure.value:
        if name not in known:
            yield _unknown(name, failure.pointer, known)


def _type(failure: _Failure) -> Iterator[_Fault]:
    if failure.value is None and failure.pointer:
        yield _blank(failure)
        return
    wanted = failure.wanted
    kinds = [wanted] if isinstance(wanted, str) else [kind for kind in wanted if kind != "null"] or ["null"]
    quoted = _is_number(failure.value) and not {"integer", "number"}.isdisjoint(kinds)
    mend = _UNQUOTE if quoted else _MEND.get(kinds[0], "按模板填写。")
    if "object" in kinds and isinstance(failure.value, str) and _COLON.match(failure.value):
        mend = "每栏写成“项名: 内容”，冒号为英文半角，后面空一格。"
    words = {
        "title": failure.title,
        "expected": "或".join(_TYPES[kind] for kind in kinds),
        "actual": "带引号的文字" if quoted else _actual(failure.value),
        "mend": mend,
    }
    yield _Fault(rules.WRONG_TYPE, failure.pointer, words)


def _choice(failure: _Failure) -> Iterator[_Fault]:
    if failure.value is None:
        yield _blank(failure)
        return
    choices = failure.wanted if failure.keyword == "enum" else [failure.wanted]
    listed = "、".join(map(str, choices[:60]))
    if isinstance(failure.value, str) and failure.value.strip() in choices:
        listed += "；删去前后的空格"
    words = {"title": failure.title, "choices": listed}
    yield _Fault(rules.NOT_ALLOWED, failure.pointer, words)


def _text_length(failure: _Failure) -> Iterator[_Fault]:
    if not failure.value:
        yield _blank(failure)
        return
    words = {"title": failure.title, "length": len(failure.value), **_length(failure.local)}
    yield _Fault(rules.WRONG_LENGTH, failure.pointer, words)


def _text_form(failure: _Failure) -> Iterator[_Fault]:
    quoted = _is_number(failure.value) and "integer" in failure.local.get("type", ())
    mend = _UNQUOTE if quoted else _example(failure.local)
    yield _Fault(rules.WRONG_FORM, failure.pointer, {"title": failure.title, "mend": mend})


def _number_range(failure: _Failure) -> Iterator[_Fault]:
    yield _Fault(
        rules.OUT_OF_RANGE, failure.pointer, {"title": failure.title, "range": _range(failure.local)}
    )


def _entry_count(failure: _Failure) -> Iterator[_Fault]:
    words = {
        "title": failure.title,
        "length": len(failure.value),
        "expected": _items(failure.keyword, failure.wanted),
    }
    yield _Fault(rules.WRONG_COUNT, failure.pointer, words, key=True)


def _unsuitable(failure: _Failure) -> Iterator[_Fault]:
    yield _Fault(rules.UNSUITABLE, failure.pointer, {"title": failure.title, "mend": _example(failure.local)})


_HANDLERS: dict[str, Callable[[_Failure], Iterator[_Fault]]] = {
    "required": _required,
    "additionalProperties": _additional,
    "type": _type,
    **dict.fromkeys(("enum", "const"), _choice),
    **dict.fromkeys(("minLength", "maxLength"), _text_length),
    **dict.fromkeys(("pattern", "format"), _text_form),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _number_range),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"), _entry_count),
}


def _blank(failure: _Failure) -> _Fault:
    field = failure.pointer[-1] if failure.pointer else ""
    words = {"title": failure.title, "field": field, "how": ""}
    return _Fault(rules.MISSING, failure.pointer, words, key=True)


def _unknown(name: str, pointer: Pointer, known: list[str]) -> _Fault:
    from rapidfuzz.process import extractOne

    best = extractOne(name, known, score_cutoff=70)
    guess = f"，是否想写 {best[0]}" if best else ""
    return _Fault(rules.UNKNOWN, (*pointer, name), {"key": name, "guess": guess}, key=True)


def _is_number(value: Any) -> bool:
    """Whether ``value`` is a text that would be a whole number without its quotation marks."""
    return isinstance(value, str) and _NUMBER.fullmatch(value) is not None


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
        return f" {low} 至 {high} 的数"
    if low is not None:
        return f"不小于 {low} 的数"
    return f"不大于 {high} 的数" if high is not None else "规定范围内的数"


def _items(keyword: str, wanted: Any) -> str:
    if keyword == "uniqueItems":
        return "其中有重复"
    return f"至少 {wanted} 条" if keyword.startswith("min") else f"至多 {wanted} 条"


def _example(schema: dict[str, Any]) -> str:
    told = str(schema.get("description") or "").strip()
    examples = schema.get("examples")
    if examples:
        return f"{told}写法示例：{examples[0]}。"
    return told or "按模板的写法填写。"
