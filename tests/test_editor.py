"""The editor's settings: each file a unit or the office writes is held against its schema while it is typed."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from pathlib import Path

from harness import REPOSITORY

from build_tools.campaign import load_campaign
from build_tools.tree import WorkTree

SETTINGS = json.loads((REPOSITORY / ".vscode" / "settings.json").read_text(encoding="utf-8"))
ASSOCIATED: dict[str, str] = SETTINGS["yaml.schemas"]

OFFICE = {
    "campaign": "data/campaign.yml",
    "units": "data/units.yml",
    "quotas": "data/quotas.yml",
    "owners": "data/owners.yml",
    "ledger": "data/ledger/*.yml",
    "rules": "schemas/rules.yml",
    "form": "schemas/*.form.yml",
}


def test_every_item_and_every_file_of_the_office_has_its_schema_and_nothing_else() -> None:
    items = load_campaign(WorkTree(REPOSITORY)).items
    sent = {item.id: f"data/cities/*/{item.file.replace('{nn}', '*')}" for item in items}
    expected = {f"./schemas/{name}.schema.json": f"/{files}" for name, files in {**OFFICE, **sent}.items()}
    assert expected == ASSOCIATED


def test_every_schema_is_there_and_used() -> None:
    there = {f"./schemas/{path.name}" for path in (REPOSITORY / "schemas").glob("*.schema.json")}
    assert there == set(ASSOCIATED)


def test_every_yaml_file_of_the_campaign_has_exactly_one_schema() -> None:
    files = [path for folder in ("data", "schemas") for path in (REPOSITORY / folder).rglob("*.yml")]
    assert len(files) > 50
    for path in files:
        name = "/" + path.relative_to(REPOSITORY).as_posix()
        assert sum(fnmatch(name, pattern) for pattern in ASSOCIATED.values()) == 1, name


def test_the_extension_that_reads_them_is_recommended() -> None:
    text = Path(REPOSITORY / ".vscode" / "extensions.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"recommendations": ["redhat.vscode-yaml"]}


def test_typing_asks_no_other_server() -> None:
    assert SETTINGS["yaml.schemaStore.enable"] is False
    assert SETTINGS["redhat.telemetry.enabled"] is False
