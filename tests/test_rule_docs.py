"""A rule's docstring is its user documentation: complete, and its two examples are true."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from harness import BASE, NOW, base_campaign, cases, codes

from build_tools.campaign import Campaign, Constraint, Item
from build_tools.checks import all_rules
from build_tools.checks.arithmetic import ACROSS_ITEMS
from build_tools.checks.explain import explanation
from build_tools.checks.proposals import PROPOSAL_RULES
from build_tools.checks.rule import Context
from build_tools.checks.unit import check_document
from build_tools.findings import Finding, Rule
from build_tools.ledger import Ledger
from build_tools.source import parse
from build_tools.submissions import Document, Submissions, UnitFolder
from build_tools.tree import WorkTree

CAMPAIGN = base_campaign()
RULES = all_rules(CAMPAIGN)
FOLDER = BASE / "data" / "cities" / "jia"


def healthy(item: Item) -> dict[str, Any]:
    """The base's document of ``item``."""
    value: dict[str, Any] = parse(item.id, (FOLDER / item.path(1)).read_bytes()).value
    return value


def document(item: Item, value: Any, number: int = 1) -> Document:
    """A document of the unit jia that holds ``value``; JSON is YAML too."""
    path = f"data/cities/jia/{item.path(number)}"
    source = parse(path, json.dumps(value, ensure_ascii=False).encode())
    return Document("jia", item.id, item.document(number), number, path, "", source.value, source)


def judged(item: Item, changes: dict[str, Any]) -> set[str]:
    """Codes found in the healthy document of ``item`` with ``changes`` merged into it."""
    found = check_document(document(item, {**healthy(item), **changes}), CAMPAIGN)
    return {finding.code for finding in found}


def item_with(fragment: Any) -> Item | None:
    """The first item whose form has every key of ``fragment``."""
    if not isinstance(fragment, dict):
        return None
    has = (item for item in CAMPAIGN.items if fragment.keys() <= item.schema.root["properties"].keys())
    return next(has, None)


def ids(rule: Rule) -> str:
    return rule.code


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_a_rule_says_everything(rule: Rule) -> None:
    text = explanation(rule)
    assert rule.title
    assert rule.message.endswith("。")
    assert rule.hint
    assert text.summary.endswith("。"), "the first line is a sentence"
    assert text.right, "a passing example"
    assert text.wrong, "a failing example"
    assert not re.search(r"\{[a-z_]*\}", text.mend), "nothing is left to be filled in"


def test_codes_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)


SHOWN_BY_PRINTING = {"P01"}
"""Not found by a check, but before printing: see ``test_print.py``."""

SHOWN_BY_COMPARING = {"T19"}
"""Not found in one version of a campaign: see ``test_ledger.py``."""


def test_every_rule_has_a_case() -> None:
    shown = {code for case in cases() for code in codes(case.expected()) if code == case.code}
    proposed = {rule.code for rule in PROPOSAL_RULES}  # need git: see test_proposal.py
    assert {rule.code for rule in RULES} - shown == SHOWN_BY_PRINTING | SHOWN_BY_COMPARING | proposed


# Rules whose defect does not fit on a line, or depends on the notice: shown by their cases alone.
TOLD_IN_PROSE = {"Y01", "Y02", "Y03", "Y11", "Y12", "S09", "F12", "F15", "F19"}
TRUE_EXAMPLES = [rule for rule in RULES if rule.code[0] in "YSF" and rule.code not in TOLD_IN_PROSE]


@pytest.mark.parametrize("rule", [rule for rule in TRUE_EXAMPLES if rule.code[0] == "Y"], ids=ids)
def test_the_examples_of_yaml_traps_are_true(rule: Rule) -> None:
    text = explanation(rule)
    assert parse("example.yml", text.right.encode()).findings == ()
    assert [f.code for f in parse("example.yml", text.wrong.encode()).findings] == [rule.code]


@pytest.mark.parametrize("rule", [rule for rule in TRUE_EXAMPLES if rule.code[0] in "SF"], ids=ids)
def test_the_examples_of_field_rules_are_true(rule: Rule) -> None:
    text = explanation(rule)
    right, wrong = (parse("example.yml", part.encode()) for part in (text.right, text.wrong))
    item = item_with(right.value)
    assert item is not None, "no form has the fields of the passing example"
    assert rule.code not in judged(item, right.value)
    assert rule.code in judged(item, wrong.value)


def constraint_ids(constraint: Constraint) -> str:
    return constraint.code


WITHIN = [constraint for constraint in CAMPAIGN.constraints if not constraint.crosses_items]
ACROSS = [constraint for constraint in CAMPAIGN.constraints if constraint.crosses_items]


@pytest.mark.parametrize("constraint", WITHIN, ids=constraint_ids)
def test_the_examples_of_constraints_are_true(constraint: Constraint) -> None:
    item = CAMPAIGN.item_by_id[constraint.item]
    assert constraint.code not in judged(item, constraint.passes)
    assert constraint.code in judged(item, constraint.fails)


@pytest.mark.parametrize("constraint", ACROSS, ids=constraint_ids)
def test_the_examples_of_constraints_across_items_are_true(constraint: Constraint) -> None:
    assert constraint.code not in {finding.code for finding in across(constraint.passes)}
    assert constraint.code in {finding.code for finding in across(constraint.fails)}


def across(example: dict[str, Any]) -> list[Finding]:
    """What is found across the items of a unit that has sent what ``example`` says."""
    documents: list[Document] = []
    for name, part in example.items():
        if name == "count":
            for item_id, copies in part.items():
                item = CAMPAIGN.item_by_id[item_id]
                documents += [document(item, healthy(item), number + 1) for number in range(copies)]
        elif name == "materials":
            manifest = CAMPAIGN.materials
            assert manifest is not None
            files = [{"kind": kind} for kind, copies in part.items() for _ in range(copies)]
            documents.append(document(manifest, {manifest.manifest: files}, 0))
        else:
            item = CAMPAIGN.item_by_id[name]
            documents.append(document(item, {**healthy(item), **part}, 0))
    folder = UnitFolder("jia", {}, (), Ledger("jia"), documents)
    return list(ACROSS_ITEMS.check(folder, context(folder)))


def context(folder: UnitFolder, campaign: Campaign = CAMPAIGN) -> Context:
    submissions = Submissions(WorkTree(Path(BASE)), {folder.slug: folder}, ())
    return Context(campaign, submissions, datetime.fromisoformat(NOW))
