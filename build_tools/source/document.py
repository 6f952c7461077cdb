"""Reading one YAML file of the subset.

libyaml composes the text once into nodes; values are built by our own resolver, which types only
``true``, ``false``, ``null`` and plain decimal integers. Texts that look suspicious are scanned as
events first, because anchors and tags leave no trace in the nodes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml
from yaml._yaml import CParser

from build_tools.findings import Finding, Place, Pointer, Related, Rule
from build_tools.source import rules
from build_tools.source.plain import plain_value, scalar
from build_tools.source.syntax import explain

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]"
)
_SUSPICIOUS = re.compile("[&*!%]")
_SUSPICIOUS_LINES = ("\r", "\n---", "\n...")
_TAB_INDENT = re.compile(r"^ *\t[ \t]*[^ \t\r\n]", re.MULTILINE)
_KEY = re.compile(r"[^\s\[\]{},#&*!|>'\"%@`][^\r\n]{0,99}\Z")
_PLAIN, _TEXT = "plain", "text"
# What libyaml says of a trap that has a rule of its own, when it stumbles before the events show it.
_OWN_RULES: tuple[tuple[str, Rule], ...] = (
    ("expected <document start>", rules.SEVERAL_DOCUMENTS),
    ("scanning an alias", rules.ANCHOR_OR_ALIAS),
    ("scanning an anchor", rules.ANCHOR_OR_ALIAS),
    ("undefined alias", rules.ANCHOR_OR_ALIAS),
    ("scanning a tag", rules.TAG_OR_DIRECTIVE),
    ("undefined tag", rules.TAG_OR_DIRECTIVE),
    ("scanning a directive", rules.TAG_OR_DIRECTIVE),
    ("incompatible YAML", rules.TAG_OR_DIRECTIVE),
)


class _TooDeep(Exception):
    """Raised from inside libyaml's composer, at the node that is one level too deep."""

    def __init__(self, node: yaml.Node) -> None:
        self.node = node


class _Composer(CParser):
    """libyaml's parser with the hooks its composer calls: tags only say plain or quoted, depth is counted."""

    depth = 0

    def resolve(self, _kind: type[yaml.Node], _value: str, implicit: Any) -> str:
        return _PLAIN if implicit is True or (implicit and implicit[0]) else _TEXT

    def descend_resolver(self, parent: yaml.Node | None, _index: yaml.Node | int | None) -> None:
        self.depth += 1
        if self.depth > rules.MAX_DEPTH and parent is not None:
            raise _TooDeep(parent)

    def ascend_resolver(self) -> None:
        self.depth -= 1


class _Trap(Exception):
    def __init__(self, finding: Finding) -> None:
        self.finding = finding


@dataclass(slots=True)
class Source:
    """One file as read: its ``value``, or ``None`` and the ``findings`` that say why.

    ``root`` holds the positions. They are heavy and rarely asked for: a plainly written file is read
    without them, and whoever keeps many sources releases them. A place asked for later is found by
    reading the file again.
    """

    path: str
    value: Any
    findings: tuple[Finding, ...]
    root: yaml.Node | None
    read: Callable[[], bytes] | None = None

    def release(self, read: Callable[[], bytes]) -> None:
        """Let the positions go; ``read`` gives the same bytes again."""
        self.root, self.read = None, read

    def place(self, pointer: Pointer = (), *, key: bool = False) -> Place:
        """Where ``pointer`` stands: its value, or with ``key`` its name.

        A pointer to something that is not there gives the nearest thing around it that is.
        """
        if self.root is None and self.read is not None:
            self.root = _nodes(self.path, self.read())
        node = self.root
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
        return Place(self.path, mark.line + 1, mark.column + 1)


def parse(path: str, data: bytes, limit: int = rules.MAX_BYTES) -> Source:
    """Read the bytes of ``path``. Never raises: a file that cannot be read has findings instead.

    ``limit`` is the largest size in bytes; office-owned files have a higher one than submissions.
    """
    try:
        text = _decode(path, data, limit)
        plain = plain_value(text)
        if plain is not None:
            return Source(path, plain, (), None, lambda: data)
        root = _compose(path, text)
        findings: list[Finding] = []
        value = _value(path, root, findings)
        _check_tabs(path, text, root)
    except _Trap as trap:
        return Source(path, None, (trap.finding,), None)
    if findings:
        return Source(path, None, tuple(findings), root)
    return Source(path, value, (), root)


def _nodes(path: str, data: bytes) -> yaml.Node | None:
    """The positions of a file that was read before; ``None`` when it has been spoilt since."""
    try:
        return _compose(path, _decode(path, data, rules.OFFICE_MAX_BYTES))
    except _Trap:
        return None


def _trap(rule: Rule, place: Place, **words: Any) -> NoReturn:
    raise _Trap(rule.finding(place, **words))


def _decode(path: str, data: bytes, limit: int) -> str:
    if len(data) > limit:
        _trap(rules.TOO_LARGE, Place(path), size=-(-len(data) // 1024), limit=limit // 1024)
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        _trap(rules.NOT_UTF8, Place(path, line), guess=_guess_encoding(data))
    if bad := _FORBIDDEN.search(text):
        if bad[0] == "\x00" and data.count(b"\0") * 3 > len(data):
            _trap(rules.NOT_UTF8, Place(path), guess=_guess_encoding(data))
        _trap(rules.FORBIDDEN_CHARACTER, _place_of(path, text, bad.start()), name=f"U+{ord(bad[0]):04X}")
    return text


def _guess_encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:64].count(0) > 8:
        return "（像是 UTF-16，即记事本的“Unicode”）"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "（像是 GBK，即记事本的“ANSI”）"


def _place_of(path: str, text: str, index: int) -> Place:
    start = text.rfind("\n", 0, index) + 1
    return Place(path, text.count("\n", 0, index) + 1, index - start + 1)


def _mark_place(path: str, mark: Any) -> Place:
    return Place(path, mark.line + 1, mark.column + 1)


def _compose(path: str, text: str) -> yaml.Node:
    try:
        if _is_suspicious(text):
            _scan_events(path, text)
        root = _Composer(text).get_single_node()
    except _TooDeep as deep:
        _trap(rules.TOO_DEEP, _mark_place(path, deep.node.start_mark), limit=rules.MAX_DEPTH)
    except yaml.MarkedYAMLError as error:
        _raise_syntax(path, text, error)
    except yaml.YAMLError:
        _trap(rules.SYNTAX_BROKEN, Place(path), reason="文件无法读取", mend="用模板重新填写。")
    if root is None:
        _trap(rules.EMPTY, Place(path))
    return root


def _is_suspicious(text: str) -> bool:
    """Whether ``text`` could hold what only its events show. May be wrong in one direction only."""
    return (
        _SUSPICIOUS.search(text) is not None
        or text.startswith(("---", "..."))
        or any(mark in text for mark in _SUSPICIOUS_LINES)
    )


def _raise_syntax(path: str, text: str, error: yaml.MarkedYAMLError) -> NoReturn:
    line, column, reason, mend = explain(error, text)
    start = next(iter(text.split("\n")[line - 1 :]), "")
    if "\t" in start[: len(start) - len(start.lstrip())]:
        _trap(rules.TAB_INDENT, Place(path, line))
    complaint = f"{error.problem or ''} {error.context or ''}"
    for words, rule in _OWN_RULES:
        if words in complaint:
            _trap(rule, Place(path, line, column))
    _trap(rules.SYNTAX_BROKEN, Place(path, line, column), reason=reason, mend=mend)


def _scan_events(path: str, text: str) -> None:
    """Find what composing would hide: anchors, aliases, tags, directives, documents."""
    documents = 0
    parser = CParser(text)
    while parser.check_event():
        event: Any = parser.get_event()
        place = _mark_place(path, event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                _trap(rules.SEVERAL_DOCUMENTS, place)
            if event.version or event.tags:
                _trap(rules.TAG_OR_DIRECTIVE, place)
        if getattr(event, "anchor", None) is not None:
            _trap(rules.ANCHOR_OR_ALIAS, place)
        if getattr(event, "tag", None) is not None:
            _trap(rules.TAG_OR_DIRECTIVE, place)


def _value(path: str, node: yaml.Node, findings: list[Finding]) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(path, item, findings) for item in node.value]
    value: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if len(findings) >= rules.MAX_FINDINGS:
            break
        key = key_node.value
        if not isinstance(key_node, yaml.ScalarNode) or not _KEY.match(key):
            findings.append(rules.BAD_KEY.finding(_mark_place(path, key_node.start_mark)))
        elif key == "<<" and key_node.tag == _PLAIN:
            findings.append(rules.MERGE_KEY.finding(_mark_place(path, key_node.start_mark)))
        elif key in value:
            findings.append(_duplicate(path, key_node, node))
        else:
            value[key] = _value(path, value_node, findings)
    return value


def _duplicate(path: str, key_node: yaml.Node, mapping: yaml.Node) -> Finding:
    first = next(k for k, _ in mapping.value if isinstance(k, yaml.ScalarNode) and k.value == key_node.value)
    return rules.DUPLICATE_KEY.finding(
        _mark_place(path, key_node.start_mark),
        related=(Related(_mark_place(path, first.start_mark), "第一遍写在这里"),),
        key=_shown_key(key_node.value),
    )


def _shown_key(key: str) -> str:
    """A key is a field name, but hostile or careless text may stand there: show short plain names only."""
    return key if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,39}", key) else "此项"


def _scalar(node: yaml.ScalarNode) -> Any:
    return scalar(node.value) if node.tag == _PLAIN else node.value


def _check_tabs(path: str, text: str, root: yaml.Node) -> None:
    """A tab as indent that libyaml let pass (inside ``[]``, ``{}`` and folded plain text)."""
    if "\t" not in text:
        return
    for tab in _TAB_INDENT.finditer(text):
        place = _place_of(path, text, tab.start())
        if not _in_block_text(root, place.line - 1):
            _trap(rules.TAB_INDENT, place)


def _in_block_text(node: yaml.Node, line: int) -> bool:
    if not node.start_mark.line <= line <= node.end_mark.line:
        return False
    if isinstance(node, yaml.ScalarNode):
        return node.style in ("|", ">") and line > node.start_mark.line
    if isinstance(node, yaml.MappingNode):
        return any(_in_block_text(part, line) for pair in node.value for part in pair)
    return any(_in_block_text(part, line) for part in node.value)


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None
