"""A document as its form reads: the form's own words, in the form's order. Nothing in it is trusted or lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from build_tools.campaign import Campaign, Item
from build_tools.campaign.forms import form_fields
from build_tools.forms.plain import UNSEEN
from build_tools.forms.values import on_paper
from build_tools.schema import EACH
from build_tools.source import parse

_SHORT = 40


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its ``text``, or for a list its ``columns`` and ``rows``.

    ``file`` is the path of the picture it names, empty for other fields; ``known`` whether the form has this field.
    """

    key: str
    title: str
    text: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    file: str = ""
    known: bool = True

    @property
    def is_list(self) -> bool:
        """Whether it is shown as a table."""
        return bool(self.columns)

    @property
    def long(self) -> bool:
        """Whether it is a running text."""
        return "\n" in self.text or len(self.text) > _SHORT

    @property
    def empty(self) -> bool:
        """Whether nothing stands in it."""
        return not (self.text or self.rows)


@dataclass(frozen=True)
class Reading:
    """A document as read: its ``fields``, or its text as it came and why it cannot be read (``fault``)."""

    fields: tuple[Field, ...] = ()
    fault: str = ""
    raw: str = ""
    by_key: dict[str, Field] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.by_key.update({one.key: one for one in self.fields})


def read(campaign: Campaign, item: Item, data: bytes) -> Reading:
    """``data``, the bytes of a document's YAML file, as ``item``'s form reads."""
    source = parse(item.path(1), data)
    if source.findings or not isinstance(source.value, dict):
        fault = source.findings[0].message if source.findings else "这份文件不是“栏目: 内容”的写法。"
        return Reading(fault=fault, raw=visible(data.decode("utf-8", "replace")))
    return Reading(tuple(_fields(campaign, item, source.value)))


def _fields(campaign: Campaign, item: Item, value: dict[str, Any]) -> Iterator[Field]:
    properties = item.schema.root.get("properties", {})
    for key in dict.fromkeys((*_order(campaign, item), *properties, *map(str, value))):
        if key in properties or key in value:
            made = _field(campaign, item, key, value.get(key))
            if not made.known or not made.empty or key in _order(campaign, item):
                yield made


def _order(campaign: Campaign, item: Item) -> tuple[str, ...]:
    """The fields in the order in which the form has them."""
    form = campaign.forms.get(item.id)
    if form is None:
        return tuple(key for key in item.schema.root.get("properties", {}) if key != "notes")
    if form["layout"] == "list":
        return (form["rows_from"],)
    return tuple(key for _, key in form_fields(form))


def _field(campaign: Campaign, item: Item, key: str, value: Any) -> Field:
    schema = item.schema
    known = key in schema.root.get("properties", {})
    title = visible(schema.title_at((key,)) if known else f"表上没有的栏目：{key}")
    if key == "notes" and isinstance(value, dict):
        notes = tuple(
            (visible(schema.title_at((str(k),))), _text(item, (key, str(k)), v)) for k, v in value.items()
        )
        return Field(key, title, columns=("栏目", "说明"), rows=notes)
    if isinstance(value, list):
        columns = _columns(campaign, item, key)
        rows = tuple(tuple(_row(campaign, item, key, columns, entry)) for entry in value)
        return Field(key, title, columns=tuple(name for _, name in columns), rows=rows, known=known)
    file = value if key == item.photo and isinstance(value, str) else ""
    return Field(key, title, text=_text(item, (key,), value), file=file, known=known)


def _text(item: Item, pointer: tuple[str, ...], value: Any) -> str:
    return visible(on_paper(item.schema, pointer, value))


def _columns(campaign: Campaign, item: Item, key: str) -> tuple[tuple[str, str], ...]:
    """(key, heading) of a list's columns; one without a key for a list of plain values."""
    form = campaign.forms.get(item.id)
    if form and form["layout"] == "list" and form["rows_from"] == key:
        return tuple((column["field"], column["label"]) for column in form["columns"])
    parts = item.schema.at((key, EACH)).get("properties", {})
    titled = tuple((part, item.schema.title_at((key, EACH, part))) for part in parts)
    return titled or (("", item.schema.title_at((key, EACH))),)


def _row(
    campaign: Campaign, item: Item, key: str, columns: tuple[tuple[str, str], ...], entry: Any
) -> Iterator[str]:
    """The cells of one entry; what has no column stands in the last one."""
    if not isinstance(entry, dict):
        yield _text(item, (key, EACH), entry)
        yield from [""] * (len(columns) - 1)
        return
    kinds = {kind.id: kind.title for kind in item.kinds}
    names = [name for name, _ in columns]
    for name in names:
        text = _text(item, (key, EACH, name), entry.get(name))
        if name == "kind":
            text = kinds.get(text, text)
        elif text and item.schema.at((key, EACH, name)).get("format") == "document":
            text = visible(campaign.document_title(text))
        if name == names[-1]:
            more = {str(k): v for k, v in entry.items() if k not in names}
            text = " ".join(
                [text, *(f"{visible(k)}：{_text(item, (key, EACH, k), v)}" for k, v in more.items())]
            )
        yield text.strip() if name == names[-1] else text


def visible(text: str) -> str:
    """``text`` with what a reader cannot see, but what hides or reorders text, shown by its code."""
    return UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text.replace("\r\n", "\n"))
