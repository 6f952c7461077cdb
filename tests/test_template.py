"""The commented template: it reads as YAML, asks for every required field and hides no other fault."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import pytest

from build_tools.campaign import Campaign, load_campaign
from build_tools.forms.template import template
from build_tools.schema import validate
from build_tools.source import parse
from build_tools.tree import WorkTree

ROOT = Path(__file__).parents[1]
ITEMS = ["summary", "statistics", "collective", "individual", "materials"]


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return load_campaign(WorkTree(ROOT))


@pytest.mark.parametrize("item_id", ITEMS)
def test_an_untouched_template_lacks_only_what_is_required(campaign: Campaign, item_id: str) -> None:
    item = campaign.item_by_id[item_id]
    source = parse("new.yml", template(campaign, campaign.units[0], item).encode())
    assert source.findings == ()
    asked = set(item.schema.root["properties"]) - {"notes"}
    assert set(source.value) == asked
    findings = validate(source, item.schema)
    assert {f.code for f in findings} <= {"S01"}
    required = {f"/{key}" for key in item.schema.root["required"]}
    assert {f.pointer for f in findings if f.pointer.count("/") == 1} <= required


def test_the_campaign_has_the_items_this_test_names(campaign: Campaign) -> None:
    assert list(campaign.item_by_id) == ITEMS


@pytest.mark.parametrize("item_id", ITEMS)
def test_a_remark_has_a_line_of_its_own(campaign: Campaign, item_id: str) -> None:
    lines = template(campaign, campaign.units[0], campaign.item_by_id[item_id]).splitlines()
    assert [line for line in lines if "#" in line and not line.startswith("#")] == []


def test_the_template_names_its_file_and_the_deadline(campaign: Campaign) -> None:
    text = template(campaign, campaign.units[0], campaign.item_by_id["individual"])
    assert "data/cities/guangzhou/nominations/individual-01.yml" in text
    assert campaign.deadline_text in text
    assert "只能填：男、女" in text


def test_a_list_explains_each_of_its_columns(campaign: Campaign) -> None:
    unit = campaign.units[0]
    text = template(campaign, unit, campaign.item_by_id["materials"])
    for words in ("kind  材料类别", "study 学习资料和记录材料", "pairing", "oneplusone", "填推荐表文件名"):
        assert words in text
    assert "from  起始年月" in template(campaign, unit, campaign.item_by_id["individual"])


def test_a_form_without_notes_asks_for_none(campaign: Campaign) -> None:
    item = campaign.item_by_id["individual"]
    bare = copy.deepcopy(item.schema)
    del bare.root["properties"]["notes"]
    assert "# notes:" in template(campaign, None, item)
    assert "notes" not in template(campaign, None, replace(item, schema=bare))
