"""The items of ``data/campaign.yml``: each with its schema, each name in it one that can be used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from build_tools.campaign import rules
from build_tools.campaign.model import Item, Late, MaterialKind, Paper
from build_tools.campaign.reading import OFFICE_FILES, Reader
from build_tools.campaign.uses import LIST, PHOTO, SCALAR, TEXT
from build_tools.findings import Pointer
from build_tools.source import Source

_DOCUMENT = re.compile(r"[a-z][a-z0-9_]*(?:-[0-9]{2,4})?")
"""A document's name as the ledger can write it."""


def read_items(reader: Reader, main: Source) -> tuple[Item, ...]:
    """The items whose schema can be used; what is wrong with any of them is noted."""
    items: dict[int, Item] = {}
    for index, raw in enumerate(main.value["items"]):
        if raw["id"] in OFFICE_FILES:
            _unusable(reader, main, index, "id", f"schemas/{raw['id']}.schema.json 另有用途")
            continue
        schema = reader.schema(f"schemas/{raw['id']}.schema.json")
        if schema is not None:
            items[index] = _item(raw, schema)
            _check_fields(reader, main, index, items[index])
            _check_file(reader, main, index, items[index])
    _check_together(reader, main, items)
    return tuple(items.values())


def _item(raw: dict[str, Any], schema: Any) -> Item:
    paper = raw["paper"]
    return Item(
        id=raw["id"],
        title=raw["title"],
        form=raw["form"],
        clause=raw["clause"],
        file=raw["file"],
        late=Late(raw["late"]),
        schema=schema,
        counters=bool(raw.get("counters")),
        nominee=raw.get("nominee", ""),
        quota=raw.get("quota", ""),
        minimum=raw.get("minimum", 0),
        paper=Paper(paper["copies"], tuple(paper["seals"])) if paper else None,
        identity=tuple(raw.get("identity", ())),
        caption=raw.get("caption", ""),
        list=tuple(raw.get("list", ())),
        compare=tuple(raw.get("compare", ())),
        photo=raw.get("photo", ""),
        attachments=raw.get("attachments", ""),
        manifest=raw.get("manifest", ""),
        kinds=tuple(
            MaterialKind(k["id"], k["title"], bool(k.get("each_nominee")), k.get("clause", ""))
            for k in raw.get("kinds", ())
        ),
    )


_USES = {"identity": TEXT, "caption": TEXT, "compare": TEXT, "list": SCALAR, "photo": PHOTO, "manifest": LIST}
"""What the keys of an item need the fields for that they name."""


def _check_fields(reader: Reader, main: Source, index: int, item: Item) -> None:
    known = item.schema.root.get("properties", {})
    for name, use in _USES.items():
        for pointer, key in _named(getattr(item, name), ("items", index, name)):
            if key not in known:
                reader.unknown(main, pointer, "栏目", key, "与该报送项的 schema 一致。")
            elif not use.fits(item.schema.at((key,))):
                found = rules.UNFIT_FIELD.finding(
                    main.place(pointer), pointer, key=name, name=key, wanted=use.wanted
                )
                reader.findings.append(found)


def _named(value: str | tuple[str, ...], pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(value, str):
        yield from [(pointer, value)] if value else []
    else:
        yield from (((*pointer, place), key) for place, key in enumerate(value))


def _check_file(reader: Reader, main: Source, index: int, item: Item) -> None:
    numbered = "{nn}" in item.file
    if not all(item.file.split("/")):
        _unusable(reader, main, index, "file", "应是单位文件夹之内的位置，不以“/”开头，也没有连续的“/”")
    elif numbered != item.is_nomination:
        reason = "推荐项的文件名要有 {nn}" if item.is_nomination else "不是推荐项，文件名不用 {nn}"
        _unusable(reader, main, index, "file", reason)
    elif not _DOCUMENT.fullmatch(item.document(1)):
        _unusable(reader, main, index, "file", "文件名应以字母开头，横线只用在 {nn} 之前，否则台账无法登记")


def _check_together(reader: Reader, main: Source, items: dict[int, Item]) -> None:
    """What only one item may have, or no two alike."""
    for (_, before), (index, item) in combinations(items.items(), 2):
        first = f"与报送项“{before.id}”的重复"
        if before.id != item.id and _clash(before, item):
            _unusable(reader, main, index, "file", first)
        if item.quota and item.quota == before.quota:
            _unusable(reader, main, index, "quota", first)
        for name in ("counters", "manifest"):
            if getattr(before, name) and getattr(item, name):
                _unusable(reader, main, index, name, f"报送项“{before.id}”已经写了，只能有一项")


def _clash(one: Item, other: Item) -> bool:
    """Whether a file, or the name of a document, could belong to both."""
    paths = one.number_of(other.path(1)) is not None or other.number_of(one.path(1)) is not None
    return paths or one.document(1) == other.document(1)


def _unusable(reader: Reader, main: Source, index: int, key: str, reason: str) -> None:
    pointer: Pointer = ("items", index, key)
    reader.findings.append(rules.UNUSABLE.finding(main.place(pointer), pointer, key=key, reason=reason))


def check_seals(
    reader: Reader, main: Source, items: tuple[Item, ...], forms: dict[str, dict[str, Any]]
) -> None:
    """Note every seal an item asks for that its table has no place for; other layouts name none."""
    by_id = {item.id: item for item in items}
    for index, raw in enumerate(main.value["items"]):
        form, item = forms.get(raw["id"]), by_id.get(raw["id"])
        if item is None or item.paper is None or form is None or form["layout"] != "grid":
            continue
        known = {cell["seal"] for row in form["rows"] for cell in row["cells"] if "seal" in cell}
        for place, seal in enumerate(item.paper.seals):
            if seal not in known:
                pointer = ("items", index, "paper", "seals", place)
                reader.unknown(main, pointer, "印章", seal, f"与 schemas/{item.id}.form.yml 的盖章格一致。")
