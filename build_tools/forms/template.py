"""The YAML face of a form: an empty file that explains itself, for ``shenbao new``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from build_tools.campaign import Campaign, Item, Unit
from build_tools.campaign.forms import NOT_ON_PAPER
from build_tools.schema import Schema


def template(campaign: Campaign, unit: Unit | None, item: Item) -> str:
    """A commented YAML file for ``item``: every field of the schema, empty, in its order.

    Without ``unit`` it is for any of them.
    """
    path = f"{unit.folder if unit else 'data/cities/（本单位）'}/{item.path(1)}"
    head = [
        f"# {f'{unit.name} ' if unit else ''}{item.form}（{item.clause}）",
        f"# 存为 {path}，编码 UTF-8。截止时间：{campaign.deadline_text}。",
        "# 以 # 开头的是说明，可以保留。冒号为英文半角，后面空一格；只填冒号右边，不改左边的项名。",
    ]
    if item.is_nomination:
        head.append("# 文件名末尾的两位数字是本单位的推荐顺序：01 为第一名，依次编号。")
    notes = _notes() if "notes" in item.schema.root.get("properties", {}) else ()
    return "\n".join([*head, "", *_fields(item.schema), *notes]).rstrip("\n") + "\n"


def _fields(schema: Schema) -> Iterator[str]:
    required = set(schema.root.get("required", ()))
    for key, reference in schema.root.get("properties", {}).items():
        if key in NOT_ON_PAPER:
            continue
        field = schema.resolve(reference)
        yield from _explained(field, "必填" if key in required else "可不填")
        yield from _empty(schema, key, field)
        yield ""


def _explained(field: dict[str, Any], duty: str) -> Iterator[str]:
    unit = f"，单位：{field['x-unit']}" if field.get("x-unit") else ""
    clause = f"，{field['x-clause']}" if field.get("x-clause") else ""
    yield f"# {field.get('title', '')}（{duty}{unit}{clause}）"
    for line in str(field.get("description", "")).splitlines():
        yield f"#   {line}"
    choices = field.get("enum")
    if choices:
        yield f"#   只能填：{'、'.join(map(str, choices))}"
    topics = field.get("x-topics")
    if topics:
        yield f"#   应涉及：{'、'.join(map(str, topics))}"
    limit = field.get("x-max-words")
    if limit:
        yield f"#   不超过 {limit} 字"
    examples = field.get("examples")
    if examples and not isinstance(examples[0], dict | list):
        yield f"#   示例：{examples[0]}"


def _empty(schema: Schema, key: str, field: dict[str, Any]) -> Iterator[str]:
    items = schema.resolve(field["items"]) if isinstance(field.get("items"), dict) else {}
    if items.get("properties"):
        columns = {name: schema.resolve(part) for name, part in items["properties"].items()}
        yield "#   每条各栏："
        for name, part in columns.items():
            yield f"#     {name}  {_column(part)}"
        yield f"{key}:"
        mark = "  - "
        for name, part in columns.items():
            yield f"{mark}{name}:{' |' if part.get('x-long') else ''}"
            mark = "    "
    elif field.get("x-long"):
        yield f"{key}: |"
        yield "  "
    else:
        yield f"{key}:"


def _column(part: dict[str, Any]) -> str:
    """One line on a column of a list: its title, what may stand there, and an example."""
    told = [str(part.get("title", ""))]
    description = str(part.get("description", "")).strip().replace("\n", "")
    if description:
        told.append(description.rstrip("。"))
    elif part.get("enum"):
        told.append(f"只能填：{'、'.join(map(str, part['enum']))}")
    examples = part.get("examples")
    if examples and not isinstance(examples[0], dict | list):
        told.append(f"示例：{examples[0]}")
    return "。".join(told)


def _notes() -> Iterator[str]:
    yield "# 对校验提示需要说明的，去掉下面两行行首的 # ，写明项名和理由。"
    yield "# notes:"
    yield "#   项名: 说明"
