"""One truth for mistakes: the form pages' script says of every document what the checks say of it.

The same code, severity, pointer, message, hint and clause, in the order of the form; for thousands of made-up
documents of every form there is, and for every document that another test reads.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
import test_wordcount
from form_schema import strange
from form_values import CHARACTERS, WORDS, documents, in_order
from harness import BASE, base_campaign, cases, lay_out
from in_node import BUILD, NODE

from build_tools.campaign import BrokenCampaign, Campaign, Item, load_campaign
from build_tools.checks.answers import answered
from build_tools.checks.catalogue import catalogue
from build_tools.checks.unit import check_document
from build_tools.findings import Finding
from build_tools.source import parse
from build_tools.source.rules import FORBIDDEN_CHARACTER
from build_tools.submissions import Document, list_submissions, read_document
from build_tools.tree import WorkTree
from build_tools.wordcount import count

TESTS = Path(__file__).parent
FORBIDDEN = FORBIDDEN_CHARACTER.patterns["forbidden"]
ENOUGH = 2000
"""Documents of each form."""

Said = tuple[str, str, str, str, str, str, bool]
"""Code, severity, pointer, message, hint, clause, whether the unit answered it."""


class Form(NamedTuple):
    campaign: Campaign
    item: Item

    @property
    def told(self) -> dict[str, Any]:
        """What the script is told of it, before it is asked."""
        return {"schema": self.item.schema.root, "checks": catalogue(self.campaign, self.item)}


def ask(questions: list[dict[str, Any]]) -> list[Any]:
    """The script's answers, in one process."""
    asked = "\n".join(map(json.dumps, questions))
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "checks.mjs"
        subprocess.run([NODE, BUILD, TESTS / "form_checks.mts", bundle], check=True)
        ran = subprocess.run([NODE, bundle], input=asked, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def said_in_python(document: Document, campaign: Campaign) -> list[Said]:
    """What the checks find in a document that was just read, in the order of the file."""
    found = check_document(document, campaign)
    explained = answered(document)
    return [_said(finding, explained) for finding in sorted(found, key=Finding.sort_key)]


def _said(finding: Finding, explained: frozenset[str]) -> Said:
    field = finding.pointer.split("/")[1:2]
    known = str(finding.severity) == "warning" and bool(field) and field[0] in explained
    pointer, message, hint, clause = finding.pointer, finding.message, finding.hint, finding.clause
    return (finding.code, str(finding.severity), pointer, message, hint, clause, known)


def document_of(form: Form, value: Any, unit: str) -> Document:
    """``value`` as a file of one line, which is YAML too; what must not stand in a file stands behind an escape."""
    text = FORBIDDEN.sub(lambda bad: f"\\u{ord(bad[0]):04x}", json.dumps(value, ensure_ascii=False))
    source = parse("x.yml", text.encode())
    return Document(unit, form.item.id, "x", 0, "x.yml", "", source.value, source)


@cache
def second() -> Campaign:
    return load_campaign(WorkTree(TESTS / "second"))


@cache
def new_forms(root: Path) -> Campaign:
    """The second campaign with two more items, laid over it as a maintainer would."""
    shutil.copytree(TESTS / "second", root, dirs_exist_ok=True)
    shutil.copytree(TESTS / "new_forms", root, dirs_exist_ok=True)
    campaign = root / "data/campaign.yml"
    items = (TESTS / "new_forms/items.yml").read_text("utf-8")
    campaign.write_text(campaign.read_text("utf-8").replace("limits:\n", items + "limits:\n"))
    return load_campaign(WorkTree(root))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("forms")


FORMS = {
    "base": ["summary", "statistics", "collective", "individual", "materials"],
    "second": ["selfcheck", "report", "crew"],
    "new": ["officer", "drills"],
    "strange": ["strange"],
}


def form_called(name: str, item: str, root: Path) -> Form:
    if name == "strange":
        return Form(*strange())
    campaign = {"base": base_campaign, "second": second}.get(name, lambda: new_forms(root / "new"))()
    return Form(campaign, campaign.item_by_id[item])


class Compared(NamedTuple):
    value: Any
    python: list[Said]
    script: list[Said]


def compared(form: Form, number: int) -> Iterator[Compared]:
    """``number`` documents that can be read, and what both sides say of each."""
    units = {unit.traits: unit.slug for unit in form.campaign.units}
    dice = Random(form.item.id)  # noqa: S311 - not a secret
    values, python, asked = [], [], [form.told]
    for made in documents(form.item.schema, number):
        value = in_order(made, form.item.schema) if dice.random() < 0.8 else made
        traits, unit = dice.choice(list(units.items()))
        document = document_of(form, value, unit)
        if document.source is None or document.source.findings:
            continue  # no file says this
        asked.append({"value": document.value, "traits": sorted(traits)})
        python.append(said_in_python(document, form.campaign))
        values.append(value)
        if len(values) == number:
            break
    answers = [[tuple(found) for found in answer] for answer in ask(asked)]
    return (Compared(*three) for three in zip(values, python, answers, strict=True))


def differ(each: Compared, form: Form) -> bool:
    """Whether the two sides say different things, or in another order where the file has the form's."""
    if Counter(each.python) != Counter(each.script):
        return True
    text = json.dumps(each.value)
    if json.dumps(in_order(each.value, form.item.schema)) != text or re.search(r'"[0-9]+": ', text):
        return False  # a script's objects have names that are numbers in front
    there = [[said for said in side if stands(said[2], each.value)] for side in (each.python, each.script)]
    return there[0] != there[1]


def stands(pointer: str, value: Any) -> bool:
    """Whether there is something at ``pointer``: a file has no place for what is not there, the form has."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if name == "?":
            return True
        if not (name in value if isinstance(value, dict) else isinstance(value, list) and name.isdigit()):
            return False
        value = value[int(name)] if isinstance(value, list) else value[name]
    return True


def shown(each: Compared) -> str:
    python, script = Counter(each.python), Counter(each.script)
    return f"{each.value!r:.3000}\nonly Python: {python - script}\nonly the script: {script - python}\n"


@pytest.mark.parametrize(("name", "item"), [(name, item) for name, items in FORMS.items() for item in items])
def test_the_script_says_what_the_checks_say(name: str, item: str, root: Path) -> None:
    form = form_called(name, item, root)
    found = list(compared(form, ENOUGH))
    assert len(found) == ENOUGH
    different = [each for each in found if differ(each, form)]
    assert not different, f"{len(different)} of {ENOUGH}, the first:\n" + "\n".join(map(shown, different[:3]))
    for side in ([each.python for each in found], [each.script for each in found]):
        seen = Counter(code for said in side for code in {said[0] for said in said})
        assert {code: seen[code] for code in reachable(form) if seen[code] < 3} == {}
    if name == "strange":
        assert unsaid(form, found) == set()
    valid = sum(not {said[0][0] for said in each.python} & {"S", "Y"} for each in found)
    assert valid > ENOUGH // 5, "hardly any is valid"


def reachable(form: Form) -> set[str]:
    """The codes that some document of the form must have."""
    text = json.dumps(form.item.schema.root, ensure_ascii=False)
    asked = {
        '"format": "month': "F01 F02",
        '"format": "person-name"': "F09",
        '"format": "phone"': "F10",
        '"format": "ethnicity"': "F08 F21",
        '"format": "attachment"': "M04",
        '"format": "photo"': "M04",
        "x-not-applicable": "F17 F19",
        "x-career": "F03 F04 F05 F06 F07 F20",
        "x-max-words": "F12",
        "x-topics": "F15",
        '"pattern"': "S06",
        '"minimum"': "S07",
        '"minItems"': "S08",
        '"oneOf"': "S09",
        '"string"': "F11 F13 F14 F18 Y02 S01 S02 S03 S05",
    }
    codes = {code for words, codes in asked.items() if words in text for code in codes.split()}
    codes |= {"S04"} if any("enum" in field.schema for field in form.item.schema.fields) else set()
    codes |= {"F16"} if form.item.counters else set()
    return codes | {constraint["code"] for constraint in form.told["checks"]["constraints"]}


def unsaid(form: Form, found: list[Compared]) -> set[tuple[str, str]]:
    """The rules and half-sentences that no document of ``found`` was told."""
    said: dict[str, str] = {}
    for each in found:
        for code, _, _, message, hint, _, _ in each.script:
            said[code] = said.get(code, "") + message + hint + "\n"
    rules = form.told["checks"]["rules"]
    return {(code, "") for code in set(rules) - set(said)} | {
        (code, name)
        for code, rule in rules.items()
        for name, words in rule.get("phrases", {}).items()
        if not re.search(re.sub(r"\\\{[a-z]+\\\}", ".+", re.escape(words)), said.get(code, ""))
    }


def read_everywhere(root: Path) -> Iterator[tuple[Form, Document]]:
    """Every document that another test reads, with its form."""
    repository = WorkTree(TESTS.parent)
    trees: list[tuple[WorkTree, Campaign]] = [
        (repository, load_campaign(repository)),
        (WorkTree(BASE), base_campaign()),
        (WorkTree(TESTS / "second"), second()),
        (WorkTree(root / "new"), new_forms(root / "new")),
    ]
    for case in cases():
        if (
            not case.touches_campaign
            and "data/cities" not in json.dumps(case.changes)
            and not (case.folder / "files").exists()
        ):
            continue  # no document differs from the base's
        lay_out(root / case.name, case)
        tree = WorkTree(root / case.name)
        try:
            trees.append((tree, load_campaign(tree) if case.touches_campaign else base_campaign()))
        except BrokenCampaign:
            continue
    for tree, campaign in trees:
        try:
            listed = [
                each for folder in list_submissions(tree, campaign).folders.values() for each in folder.listed
            ]
        except BrokenCampaign:
            continue
        for each in listed:
            yield Form(campaign, campaign.item_by_id[each.item]), read_document(tree, each)


def test_the_script_says_the_same_of_every_document_there_is(root: Path) -> None:
    python: list[list[Said]] = []
    asked: list[dict[str, Any]] = []
    names: list[str] = []
    known: set[str] = set()
    for form, document in read_everywhere(root / "cases"):
        told = json.dumps(form.told)
        mark = f"{told}{document.digest}{form.campaign.unit_by_slug[document.unit].traits}"
        if mark in known or document.source is None or document.source.findings:
            continue
        known.add(mark)
        asked += [
            form.told,
            {"value": document.value, "traits": sorted(form.campaign.unit_by_slug[document.unit].traits)},
        ]
        python.append(said_in_python(document, form.campaign))
        names.append(document.path)
    assert len(names) > 200
    script = [[tuple(found) for found in answer] for answer in ask(asked)]
    different = [
        (name, one, other)
        for name, one, other in zip(names, python, script, strict=True)
        if Counter(one) != Counter(other)
    ]
    assert different == []


def test_the_script_counts_as_the_checks_count() -> None:
    dice = Random(3)  # noqa: S311 - not a secret
    texts = [row[0] for row in test_wordcount.COUNTS]
    texts.append(test_wordcount.NOTICE.read_text("utf-8"))
    texts += [
        "".join(dice.choices([*CHARACTERS, *WORDS, "\x85", "\x1c", "\u2028"], k=40)) for _ in range(500)
    ]
    assert ask([{"count": text} for text in texts]) == [list(count(text)) for text in texts]


@pytest.mark.parametrize(("name", "item"), [(name, item) for name, items in FORMS.items() for item in items])
def test_the_script_knows_the_fields_of_a_form(name: str, item: str, root: Path) -> None:
    form = form_called(name, item, root)
    schema = form.item.schema
    wanted = [[list(field.path), schema.title_at(field.path)] for field in schema.fields]
    assert [[path, title or "本文件"] for path, title in ask([form.told, {"fields": True}])[0]] == wanted


def said_of(form: Form, value: Any) -> list[str]:
    return [f"{said[0]} {said[2]} {said[3]}" for said in ask([form.told, {"value": value, "traits": []}])[0]]


def test_of_more_faults_than_are_told_the_same_are_told() -> None:
    form = form_called("base", "individual", TESTS)
    value = {"resume": [{"nmae": number} for number in range(40)], "gender": "女性", "name": "示例乙"}
    python = said_in_python(document_of(form, value, "jia"), form.campaign)
    script = [tuple(said) for said in ask([form.told, {"value": value, "traits": []}])[0]]
    assert len(python) == 100
    assert Counter(script) == Counter(python)


ONLY_HERE = [
    ({"members": 2**70}, "S07 /members"),
    ({"members": -(2**70)}, "S07 /members"),
    ({"name": "示\ud842例"}, "Y02 /name 此处有不可见的控制字符 U+D842。"),
    ({"__proto__": {"name": 1}}, "S02 /? “此项”不是本表的栏目。"),
    (None, "S03  “全国律师行业创先争优先进集体推荐表”应填若干栏目，现在是空白。"),
]
"""What no file can say to the checks, but a page may hold."""


@pytest.mark.parametrize(("value", "line"), ONLY_HERE, ids=[line for _, line in ONLY_HERE])
def test_what_only_a_page_can_hold_is_told_too(value: Any, line: str) -> None:
    told = said_of(form_called("base", "collective", TESTS), value)
    assert any(said.startswith(line) for said in told), told


def test_faults_come_in_the_order_of_the_form() -> None:
    value = {"zzz": 1, "phone_": "1", "deeds": "示", "leader": "示", "name": "示"}
    told = said_of(form_called("base", "collective", TESTS), value)
    assert [said.split()[1] for said in told] == [
        "/name", "/members", "/staff", "/leader", "/phone", "/?", "/phone_",
    ]  # fmt: skip


def test_a_pattern_that_only_python_reads_is_left_to_the_checks() -> None:
    form = form_called("base", "collective", TESTS)
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "pattern": "(?P<one>a)\\Z", "minLength": 2}},
    }
    said = ask([{**form.told, "schema": schema}, {"value": {"name": "b"}, "traits": []}])[0]
    assert [each[0] for each in said] == ["S05"]


def test_nothing_that_was_typed_is_told() -> None:
    form = form_called("base", "collective", TESTS)
    value = {
        "leader": "王小明",
        "phone": "13800138000x",
        "name": ["秘密"],
        "phone_13800138000": 1,
        "王小明": 1,
        "members": "秘密",
    }
    said = " ".join(
        said_of(form, value)
        + [hint for *_, hint, _, _ in ask([form.told, {"value": value, "traits": []}])[0]]
    )
    assert not re.search("王小明|13800138000|秘密", said)
