"""Which lines a report may show as they are."""

from __future__ import annotations

import re
from collections.abc import Callable

from build_tools.campaign import Campaign
from build_tools.findings import Finding
from build_tools.submissions import CITIES

_ONE_FIELD = re.compile(r"\s*(?:- )?([a-z][a-z0-9_]*):[^{}\[\],:#\"']*\Z")
_NOTICE = ("data/campaign.yml", "data/quotas.yml", "schemas/", "faults.yml")


def field_names(campaign: Campaign | None) -> Callable[[str], bool]:
    """A test for what stands before a colon: the name of a field, or something that was typed there.

    Without a campaign only the notice's own files are looked at, in which every name is one.
    """
    if campaign is None:
        return lambda _name: True
    schemas = (*(item.schema for item in campaign.items), *campaign.ledger_schemas)
    names = {str(field.path[-1]) for schema in schemas for field in schema.fields if field.path}
    return names.__contains__


def public_places(campaign: Campaign | None) -> Callable[[Finding, str], bool]:
    """A test for (finding, its line): the notice's own files, and lines that hold nothing but a public value."""

    def is_public(finding: Finding, line: str) -> bool:
        path = finding.place.path
        if path.startswith(_NOTICE):
            return True
        if campaign is None or not path.startswith(CITIES + "/") or not finding.pointer:
            return False
        found = campaign.item_of(path.removeprefix(CITIES + "/").partition("/")[2])
        alone = _ONE_FIELD.match(line)
        if found is None or alone is None or alone[1] != finding.pointer.rpartition("/")[2]:
            return False
        pointer = tuple(int(part) if part.isdigit() else part for part in finding.pointer.split("/")[1:])
        return found[0].schema.is_public(pointer)

    return is_public
