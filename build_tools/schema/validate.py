"""From a failing keyword to a Chinese finding; the library's English never reaches a user."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from build_tools.findings import Finding, Pointer, Rule
from build_tools.schema import rules
from build_tools.schema.schema import Schema
from build_tools.source import Source
from build_tools.source.rules import MAX_FINDINGS

ALIKE = 70
"""How like a field's name, of 100, an unknown one must be to be taken for it: twice the longest common subsequence
by both lengths together. One slip in a name of four letters makes 75."""

MOST_CHOICES = 60


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
    plain and nearly that of a field, or when the file is the ``office``'s.
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
        if fault.rule is rules.UNKNOWN and not _may_be_shown(fault, office):
            words, pointer = {**words, "key": rules.UNKNOWN.phrase("hidden")}, (*pointer[:-1], "?")
        found.append(fault.rule.finding(place, pointer, clause=clause, **words))
    return tuple(sorted(found, key=Finding.sort_key))


def _may_be_shown(unknown: _Fault, office: bool) -> bool:
    plain = rules.UNKNOWN.patterns["plain"]
    return bool(office or unknown.words["guess"]) and plain.fullmatch(unknown.words["key"]) is not None


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
        yield _unknown(str(failure.value), pointer, failure.local.get("enum", []))
        return
    yield from _HANDLERS.get(failure.keyword, _unsuitable)(failure)


def _required(failure: _Failure) -> Iterator[_Fault]:
    for name in failure.wanted:
        if name not in failure.value:
            pointer = (*failure.pointer, name)
            words = {"title": failure.schema.title_at(pointer), "field": name, "how": ""}
            yield _Fault(rules.MISSING, pointer, words)


def _additional(failure: _Failure) -> Iterator[_Fault]:
    known, patterns = list(failure.local.get("properties", {})), failure.local.get("patternProperties", {})
    for name in failure.value:
        if name not in known and not any(re.search(pattern, name) for pattern in patterns):
            yield _unknown(name, failure.pointer, known)


def _type(failure: _Failure) -> Iterator[_Fault]:
    if failure.value is None and failure.pointer:
        yield _blank(failure)
        return
    wanted = failure.wanted
    kinds = [wanted] if isinstance(wanted, str) else [kind for kind in wanted if kind != "null"] or ["null"]
    value, phrases, patterns = failure.value, rules.WRONG_TYPE.phrases, rules.WRONG_TYPE.patterns
    counts, text = not {"integer", "number"}.isdisjoint(kinds), value if isinstance(value, str) else ""
    if counts and patterns["huge"].fullmatch(text):  # the reader leaves it a text
        yield from _number_range(failure)
        return
    quoted = counts and _is_number(value)
    decimal = counts and patterns["decimal"].fullmatch(text)
    mend = phrases["unquote"] if quoted else phrases.get(f"mend_{kinds[0]}", phrases["mend"])
    if "object" in kinds and patterns["pair"].search(text):
        mend = phrases["colon"]
    words = {
        "title": failure.title,
        "expected": phrases["or"].join(phrases[kind] for kind in kinds),
        "actual": phrases["quoted" if quoted else "decimal" if decimal else _kind_of(value)],
        "mend": mend,
    }
    yield _Fault(rules.WRONG_TYPE, failure.pointer, words)


def _choice(failure: _Failure) -> Iterator[_Fault]:
    if failure.value is None:
        yield _blank(failure)
        return
    choices = failure.wanted if failure.keyword == "enum" else [failure.wanted]
    listed = rules.NOT_ALLOWED.phrase("and").join(map(_shown, choices[:MOST_CHOICES]))
    if isinstance(failure.value, str) and failure.value.strip() in choices:
        listed += rules.NOT_ALLOWED.phrase("trim")
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
    rule = rules.WRONG_FORM
    mend = rule.phrase("unquote") if quoted else _example(rule, failure.local)
    yield _Fault(rule, failure.pointer, {"title": failure.title, "mend": mend})


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
    words = {"title": failure.title, "mend": _example(rules.UNSUITABLE, failure.local)}
    yield _Fault(rules.UNSUITABLE, failure.pointer, words)


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
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import extractOne

    best = extractOne(name, known, scorer=ratio, score_cutoff=ALIKE)
    guess = rules.UNKNOWN.phrase("guess", best=best[0]) if best else ""
    return _Fault(rules.UNKNOWN, (*pointer, name), {"key": name, "guess": guess}, key=True)


def _is_number(value: Any) -> bool:
    """Whether ``value`` is a text that would be a whole number without its quotation marks."""
    return isinstance(value, str) and rules.WRONG_TYPE.patterns["whole_number"].fullmatch(value) is not None


def _kind_of(value: Any) -> str:
    """The type's name in JSON Schema; every number the reader knows is called ``number``."""
    if isinstance(value, bool):
        return "boolean"
    kinds: tuple[tuple[type, str], ...] = (
        (str, "string"),
        (int, "number"),
        (dict, "object"),
        (list, "array"),
    )
    return next((word for kind, word in kinds if isinstance(value, kind)), "null")


def _shown(value: Any) -> str:
    """A value of the schema as a clerk writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _length(schema: dict[str, Any]) -> dict[str, str]:
    rule, low, high = rules.WRONG_LENGTH, schema.get("minLength", 0), schema.get("maxLength")
    if low == high:
        return {"range": rule.phrase("exactly", low=low), "mend": _example(rule, schema)}
    name = "at_least" if high is None else "between"
    return {"range": rule.phrase(name, low=low, high=high), "mend": rule.phrase("mend")}


def _range(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    names = {(True, True): "between", (True, False): "at_least", (False, True): "at_most"}
    name = names.get((low is not None, high is not None), "otherwise")
    return rules.OUT_OF_RANGE.phrase(name, low=low, high=high)


def _items(keyword: str, wanted: Any) -> str:
    names = {"uniqueItems": "unique", "minItems": "at_least", "minProperties": "at_least"}
    return rules.WRONG_COUNT.phrase(names.get(keyword, "at_most"), wanted=wanted)


def _example(rule: Rule, schema: dict[str, Any]) -> str:
    told = str(schema.get("description") or "").strip()
    examples = schema.get("examples")
    if examples:
        return told + rule.phrase("example", example=_shown(examples[0]))
    return told or rule.phrase("template")
