"""One YAML file of the subset: its bytes as text, its value, and where each part of it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml._yaml import CParser

from build_tools.findings import Finding, Place, Pointer
from build_tools.source import rules
from build_tools.source.plain import plain_value
from build_tools.source.reader import Trap, code_point, mark_place, read, scalars, trap

_REMARK_LIKE = re.compile(r"^[ \t]*[^ \t#\n][^\n]*?[ \t]#", re.MULTILINE)
_REMARK = re.compile(r"[ \t]+#")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_ARCHIVE = b"PK\x03\x04"
_TAB_INDENT = re.compile(r"^ *\t[ \t]*[^ \t\r\n]", re.MULTILINE)


@dataclass(slots=True)
class Source:
    """One file as read: its ``value``, or ``None`` and the ``findings`` that say why.

    Positions are rarely asked for: the first question composes ``text`` into nodes, which are kept.
    """

    path: str
    value: Any
    findings: tuple[Finding, ...]
    text: str = field(default="", repr=False)
    _root: yaml.Node | None = field(default=None, repr=False, compare=False)

    def place(self, pointer: Pointer = (), *, key: bool = False) -> Place:
        """Where ``pointer`` stands: its value, or with ``key`` its name.

        A pointer to something that is not there gives the nearest thing around it that is.
        """
        if self._root is None and self.text:
            self._root = _nodes(self.text)
        node = self._root
        if node is None:
            return Place(self.path)
        mark = node.start_mark
        for position, part in enumerate(pointer):
            found = _child(node, part)
            if found is None:
                break
            name, node = found
            last = position == len(pointer) - 1
            mark = name.start_mark if key and last and name is not None else node.start_mark
        return mark_place(self.path, mark)


def parse(path: str, data: bytes, limit: int = rules.MAX_BYTES) -> Source:
    """Read the bytes of ``path``. Never raises: a file that cannot be read has findings instead.

    ``limit`` is the largest size in bytes; office-owned files have a higher one than submissions.
    """
    try:
        text = _decode(path, data, limit)
        plain = plain_value(text)
        if plain is not None:
            return Source(path, plain, (), text)
        value, findings = read(path, text)
        _check_tabs(path, text)
        findings += _remarks(path, text)
    except Trap as trapped:
        return Source(path, None, (trapped.finding,))
    return Source(path, None if findings else value, tuple(findings), text)


class _Composer(CParser):
    """libyaml's composer, asked for positions only: what a tag would be does not matter."""

    def resolve(self, _kind: type[yaml.Node], _value: str, _implicit: Any) -> str:
        return ""

    def descend_resolver(self, _parent: yaml.Node | None, _index: yaml.Node | int | None) -> None:
        """Nothing depends on the path."""

    def ascend_resolver(self) -> None:
        """Nothing depends on the path."""


def _nodes(text: str) -> yaml.Node | None:
    """The nodes of a text that was read without a trap."""
    return _Composer(text).get_single_node()


def _decode(path: str, data: bytes, limit: int) -> str:
    if len(data) > limit:
        raise Trap(too_large(path, len(data), limit))
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        trap(rules.NOT_UTF8, Place(path, line), guess=_guess_encoding(data))
    if bad := rules.FORBIDDEN.search(text):
        if data.startswith(_ARCHIVE) or (bad[0] == "\x00" and data.count(b"\0") * 3 > len(data)):
            trap(rules.NOT_UTF8, Place(path), guess=_guess_encoding(data))
        trap(rules.FORBIDDEN_CHARACTER, _place_of(path, text, bad.start()), name=code_point(bad[0]))
    return text


def too_large(path: str, size: int, limit: int) -> Finding:
    """The finding for a file of ``size`` bytes where at most ``limit`` are read."""
    return rules.TOO_LARGE.finding(Place(path), size=-(-size // 1024), limit=limit // 1024)


def _guess_encoding(data: bytes) -> str:
    if data.startswith(_ARCHIVE):
        return rules.ARCHIVE
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:64].count(0) > 8:
        return rules.UTF_16
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return rules.GBK


def _place_of(path: str, text: str, index: int) -> Place:
    start = text.rfind("\n", 0, index) + 1
    return Place(path, text.count("\n", 0, index) + 1, index - start + 1)


def _check_tabs(path: str, text: str) -> None:
    """A tab as indent that libyaml let pass (inside ``[]``, ``{}`` and folded plain text)."""
    if "\t" not in text or not _TAB_INDENT.search(text):
        return
    inside: set[int] = set()
    for scalar in scalars(text):
        if scalar.style in ("|", ">"):
            inside.update(range(scalar.start_mark.line + 1, scalar.end_mark.line + 1))
    line = counted = 0
    for tab in _TAB_INDENT.finditer(text):
        line += text.count("\n", counted, tab.start())
        counted = tab.start()
        if line not in inside:
            trap(rules.TAB_INDENT, Place(path, line + 1))


def _remarks(path: str, text: str) -> list[Finding]:
    """Each ``#`` that cuts off a text which is not quoted: what stands behind it is not read."""
    if (" #" not in text and "\t#" not in text) or not _REMARK_LIKE.search(text):
        return []
    found: list[Finding] = []
    for scalar in scalars(text):
        if scalar.style or _NUMBER.match(scalar.value):
            continue
        remark = _REMARK.match(text, scalar.end_mark.index)
        if remark and len(found) < rules.MAX_FINDINGS:
            line, column = scalar.end_mark.line + 1, scalar.end_mark.column + remark.end() - remark.start()
            found.append(rules.REMARK_BEHIND.finding(Place(path, line, column)))
    return found


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None
