"""From YAML text to a value, in one pass over libyaml's events.

Our own resolver types only ``true``, ``false``, ``null`` and plain decimal integers. Anchors, tags, merge
keys and the other traps show in the events, and are named where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import yaml
from yaml import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent
from yaml._yaml import CParser

from build_tools.findings import Finding, Place, Related, Rule
from build_tools.source import rules
from build_tools.source.plain import scalar
from build_tools.source.syntax import Fault, all_misspelt, explain, odd_blank

_DEEPEST = rules.MAX_DEPTH
# Keys that were found good: the same few stand in every file.
_good_keys: set[str] = set()
_REMEMBERED = 1000
_KEY = re.compile(r"[^\s\[\]{},#&*!|>'\"%@`][^\r\n]{0,99}\Z")
# What libyaml says of a trap that has a rule of its own, when it stumbles before the events show it.
_OWN_RULES: tuple[tuple[str, Rule], ...] = (
    ("expected <document start>", rules.SEVERAL_DOCUMENTS),
    ("scanning an alias", rules.ANCHOR_OR_ALIAS),
    ("scanning an anchor", rules.ANCHOR_OR_ALIAS),
    ("scanning a tag", rules.TAG_OR_DIRECTIVE),
    ("undefined tag", rules.TAG_OR_DIRECTIVE),
    ("scanning a directive", rules.TAG_OR_DIRECTIVE),
    ("incompatible YAML", rules.TAG_OR_DIRECTIVE),
)


class Trap(Exception):
    """Why a file has no value."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def trap(rule: Rule, place: Place, **words: Any) -> NoReturn:
    """Give up reading: raises :class:`Trap`."""
    raise Trap(rule.finding(place, **words))


def mark_place(path: str, mark: yaml.Mark) -> Place:
    """A position as libyaml counts it, from 0, as people do."""
    return Place(path, mark.line + 1, mark.column + 1)


def read(path: str, text: str) -> tuple[Any, list[Finding]]:
    """The value of the one document in ``text``, and what is wrong with its keys. Raises :class:`Trap`."""
    reader = _Reader(path, text)
    try:
        value = reader.document()
    except yaml.MarkedYAMLError as error:
        _raise_syntax(path, text, error)
    except yaml.YAMLError:
        trap(rules.SYNTAX_BROKEN, Place(path), reason="文件无法读取", mend="用模板重新填写。")
    if isinstance(value, str) and (fault := all_misspelt(text)):
        raise Trap(_broken(path, fault))
    return value, reader.findings


def scalars(text: str) -> Iterator[Any]:
    """Every key and every value of a text that was read without a trap, with its marks."""
    next_event = CParser(text).get_event
    while not isinstance(event := next_event(), yaml.StreamEndEvent):
        if isinstance(event, ScalarEvent):
            yield event


class _Reader:
    """Reads one document. The first trap ends it; keys that cannot stand are collected in ``findings``."""

    def __init__(self, path: str, text: str) -> None:
        self.findings: list[Finding] = []
        self._path = path
        self._next: Callable[[], Any] = CParser(text).get_event

    def document(self) -> Any:
        self._next()  # the stream begins
        start = self._next()
        if isinstance(start, yaml.StreamEndEvent):
            trap(rules.EMPTY, Place(self._path))
        if start.version or start.tags:
            self._trap(rules.TAG_OR_DIRECTIVE, start)
        value = self._value(self._next(), 1)
        self._next()  # the document ends
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            self._trap(rules.SEVERAL_DOCUMENTS, after)
        return value

    def _value(self, event: Any, level: int) -> Any:
        """The value that begins with ``event``; a document's outermost value is on level 1."""
        if event.anchor is not None or event.tag is not None:
            self._refuse(event)
        kind = type(event)
        if kind is ScalarEvent:
            text = event.value
            return scalar(text) if event.implicit[0] else text
        return self._mapping(event, level) if kind is MappingStartEvent else self._sequence(event, level)

    def _refuse(self, event: Any) -> NoReturn:
        self._trap(rules.TAG_OR_DIRECTIVE if event.anchor is None else rules.ANCHOR_OR_ALIAS, event)

    def _sequence(self, start: Any, level: int) -> list[Any]:
        value: list[Any] = []
        while type(event := self._next()) is not SequenceEndEvent:
            if level == _DEEPEST:
                self._trap(rules.TOO_DEEP, start, limit=_DEEPEST)
            value.append(self._value(event, level + 1))
        return value

    def _mapping(self, start: Any, level: int) -> dict[str, Any]:
        value: dict[str, Any] = {}
        names: dict[str, Any] = {}
        next_event = self._next
        while type(name := next_event()) is not MappingEndEvent:
            if level == _DEEPEST:
                self._trap(rules.TOO_DEEP, start, limit=_DEEPEST)
            if name.anchor is not None or name.tag is not None:
                self._refuse(name)
            key = name.value if type(name) is ScalarEvent else self._no_key(name, level)
            if key not in _good_keys and not self._is_good(name, key, level):
                continue
            if names.setdefault(key, name) is not name:
                first = Related(mark_place(self._path, names[key].start_mark), "第一遍写在这里")
                self._skip(rules.DUPLICATE_KEY, name, level, related=(first,), key=_shown_key(key))
            else:
                value[key] = self._value(next_event(), level + 1)
        return value

    def _is_good(self, name: Any, key: str, level: int) -> bool:
        """Whether ``key`` may stand as a key; if not, its fault is named and its value passed over."""
        if not _KEY.match(key):
            self._skip_odd(name, key, level)
            return False
        if key == "<<":
            if name.implicit[0]:
                self._skip(rules.MERGE_KEY, name, level)
            return not name.implicit[0]
        if len(_good_keys) < _REMEMBERED:
            _good_keys.add(key)
        return True

    def _no_key(self, name: Any, level: int) -> str:
        """Read a mapping or a list that stands where a name should, to its end."""
        self._value(name, level + 1)
        return ""

    def _skip_odd(self, name: Any, key: str, level: int) -> None:
        """Pass over a key that is no name; a blank that is no indent counts as a part of the key."""
        place = mark_place(self._path, name.start_mark)
        if type(name) is ScalarEvent and key[:1].isspace() and name.implicit[0]:
            fault = odd_blank(place.line, place.column, key[0])
            self._skip(rules.SYNTAX_BROKEN, name, level, reason=fault.reason, mend=fault.mend)
        else:
            self._skip(rules.BAD_KEY, name, level)

    def _skip(self, rule: Rule, name: Any, level: int, **words: Any) -> None:
        """Name the fault of a key, and pass over its value."""
        if len(self.findings) < rules.MAX_FINDINGS:
            self.findings.append(rule.finding(mark_place(self._path, name.start_mark), **words))
        known = len(self.findings)
        self._value(self._next(), level + 1)
        del self.findings[known:]

    def _trap(self, rule: Rule, event: Any, **words: Any) -> NoReturn:
        trap(rule, mark_place(self._path, event.start_mark), **words)


def code_point(character: str) -> str:
    """A character by its number, for those that nobody can see: ``U+202E``."""
    return f"U+{ord(character):04X}"


def _shown_key(key: str) -> str:
    """A key is a field name, but hostile or careless text may stand there: show short plain names only."""
    return key if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,39}", key) else "此项"


def _raise_syntax(path: str, text: str, error: yaml.MarkedYAMLError) -> NoReturn:
    fault = explain(error, text)
    start = next(iter(text.split("\n")[fault.line - 1 :]), "")
    if "\t" in start[: len(start) - len(start.lstrip())]:
        trap(rules.TAB_INDENT, Place(path, fault.line))
    complaint = f"{error.problem or ''} {error.context or ''}"
    for words, rule in _OWN_RULES:
        if words in complaint:
            trap(rule, Place(path, fault.line, fault.column))
    raise Trap(_broken(path, fault))


def _broken(path: str, fault: Fault) -> Finding:
    place = Place(path, fault.line, fault.column)
    return rules.SYNTAX_BROKEN.finding(place, reason=fault.reason, mend=fault.mend)
