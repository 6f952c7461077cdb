"""A form made up for a test, and what the rules say of one document of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from harness import base_campaign

from build_tools.campaign import Item
from build_tools.checks.unit import check_document
from build_tools.findings import Finding
from build_tools.schema import Schema
from build_tools.source import parse
from build_tools.submissions import Document

CAMPAIGN = base_campaign()


def form(**properties: dict[str, Any]) -> Item:
    """An item with these fields and no others: the rules know annotations, not forms."""
    root = {"title": "示例表", "type": "object", "properties": properties}
    return Item(
        "sample", "示例", "示例表", "", "sample.yml", CAMPAIGN.items[0].late, Schema(json.dumps(root))
    )


def judged(item: Item, value: Any, unit: str = "jia") -> list[Finding]:
    """What the document rules find in ``value``."""
    source = parse("sample.yml", json.dumps(value, ensure_ascii=False).encode())
    assert source.findings == ()
    document = Document(unit, item.id, "sample", 0, "sample.yml", "", source.value, source)
    return check_document(document, replace(CAMPAIGN, items=(item,), constraints=()))


def codes_of(annotation: dict[str, Any], value: Any) -> list[str]:
    return [finding.code for finding in judged(form(field={"title": "栏目", **annotation}), {"field": value})]
