"""Reuse: another notice, other units, items, counters, forms and deadline policy, and no line of Python.

``tests/second`` is a county's fire safety survey: a grid of numbers (one with decimals), a report and
nominations written as sentences; a deadline at noon with half an hour of grace; whatever is late still counts;
no quota table, no materials, no traits, no fixed clock.
"""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from build_tools.checks import Examination, examine
from build_tools.clock import moment
from build_tools.exports import export
from build_tools.forms.template import template
from build_tools.progress import assess
from build_tools.rollup import roll_up
from build_tools.site.build import build
from build_tools.standing import Timing
from build_tools.tree import WorkTree

ROOT = Path(__file__).parent / "second"
NOW = "2024-11-18T09:00:00+08:00"
FIRST_NOTICE = re.compile("律师|司法|亚运|大运|创先争优|三打两建|先进集体|先进个人|结对|示例名额|演示活动")
"""Words of the notice of 2012, which nothing made for another one may say."""


@pytest.fixture(scope="module")
def seen() -> Examination:
    tree = WorkTree(ROOT)
    bare = examine(tree)
    return examine(tree, moment(bare.campaign, NOW), campaign=bare.campaign)


def test_it_is_another_campaign_in_every_respect(seen: Examination) -> None:
    first = examine(WorkTree(Path(__file__).parents[1])).campaign
    second = seen.campaign
    assert not set(second.item_by_id) & set(first.item_by_id)
    assert not set(second.unit_by_slug) & set(first.unit_by_slug)
    assert second.counters is not None
    assert first.counters is not None
    assert len(second.counters.counter_keys) == 8
    assert not set(second.counters.counter_keys) & set(first.counters.counter_keys)
    assert {item.id: second.forms[item.id]["layout"] for item in second.items} == {
        "selfcheck": "grid", "report": "document", "crew": "prose",
    }  # fmt: skip
    assert second.quotas is None
    assert second.materials is None
    assert second.demo_now is None
    assert not second.trait_titles


def test_the_checks_find_exactly_what_is_odd(seen: Examination) -> None:
    found = [(f.code, f.place.path, f.pointer, str(f.severity), f.answered) for f in seen.findings]
    assert found == [
        ("T01", "data/cities/nanpian/crews/crew-01.yml", "", "warning", False),
        ("T01", "data/cities/nanpian/selfcheck.yml", "", "warning", False),
        ("F15", "data/cities/xipian/report.yml", "/parts", "warning", False),
        ("A03", "data/cities/xipian/selfcheck.yml", "/spending", "warning", True),
        ("F16", "data/cities/zhishu/selfcheck.yml", "/expired", "warning", False),
    ]
    said = [finding.message for finding in seen.findings]
    assert said[0] == "11月15日 12:45:00 收到，已过截止时间 11月15日 12:30:00，按逾期处理，仍列入推荐汇总表。"
    assert said[1] == "11月15日 12:30:01 收到，已过截止时间 11月15日 12:30:00，按逾期处理，数据仍计入汇总。"
    assert said[3] == "查出隐患 3 处，整改投入却填了 0。"


@pytest.mark.parametrize(
    ("unit", "document", "timing"),
    [
        ("dongpian", "crew-02", Timing.ON_TIME),
        ("xipian", "report", Timing.ON_TIME),  # at noon, to the second
        ("xipian", "crew-01", Timing.ON_TIME),  # the last second of the half hour
        ("nanpian", "selfcheck", Timing.LATE),  # one second after it
        ("nanpian", "crew-01", Timing.LATE),  # a nomination, and it still counts
        ("beipian", "selfcheck", Timing.OVERDUE),
    ],
)
def test_its_own_deadline_policy_holds(seen: Examination, unit: str, document: str, timing: Timing) -> None:
    found = seen.campaign.locate(document)
    assert found is not None
    folder = seen.submissions.folders[unit]
    standing = folder.standing(seen.campaign, found[0], document)
    assert standing.timing_at(seen.now, present=folder.document(document) is not None) is timing
    assert not standing.forfeited


def test_the_counters_add_up_with_their_coverage(seen: Examination, tmp_path: Path) -> None:
    export(assess(seen), roll_up(seen), "office", "json", tmp_path / "all.json")
    counters = json.loads((tmp_path / "all.json").read_text("utf-8"))["statistics"]["counters"]
    assert {c["key"]: (c["total"], c["reported"], c["unit"]) for c in counters} == {
        "schools": (33, 4, "所"),
        "buildings": (95, 4, "栋"),
        "extinguishers": (1190, 4, "具"),
        "expired": (18, 3, "具"),
        "hazards": (19, 4, "处"),
        "fixed": (18, 4, "处"),
        "drills": (60, 4, "次"),
        "spending": (17.55, 4, "万元"),
    }


def test_its_nominees_are_listed_by_its_own_columns(seen: Examination, tmp_path: Path) -> None:
    export(assess(seen), roll_up(seen), "office", "csv", tmp_path)
    rows = list(csv.reader((tmp_path / "nominees.csv").read_text("utf-8-sig").splitlines()))
    text = "\n".join(",".join(row) for row in rows)
    for word in ("班组长", "成立年月", "宿舍楼消防小组", "示例县南片小学", "2019年9月"):
        assert word in text
    assert len([row for row in rows if any("消防小组" in cell for cell in row)]) == 4


def test_the_template_speaks_its_words(seen: Examination) -> None:
    campaign = seen.campaign
    text = template(campaign, campaign.unit_by_slug["beipian"], campaign.item_by_id["crew"])
    assert "# 北片学区 消防示范班组推荐表（通知第三条）" in text
    assert "crews/crew-01.yml" in text
    assert not FIRST_NOTICE.search(text)


@pytest.fixture(scope="module", params=["office", "public"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    out = tmp_path_factory.mktemp(request.param) / "site"
    root = Path(shutil.copytree(ROOT, out.with_name("campaign")))  # its papers' store lies in it
    build(root, request.param, out, NOW, papers=True)
    return request.param, out


def words(page: Path) -> str:
    """What a reader sees of a page."""
    text = page.read_text("utf-8")
    text = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_the_site_tells_its_story(site: tuple[str, Path]) -> None:
    audience, out = site
    home = words(out / "index.html")
    for word in ("校园消防安全自查", "东片学区", "县直学校", "11月15日"):
        assert word in home
    statistics = words(out / "statistics" / "index.html")
    for word in ("整改投入", "万元", "17.55", "1,190"):
        assert word in statistics.replace("1190", "1,190")
    late = words(out / "units" / "nanpian" / "index.html")
    assert "逾期" in late
    assert "视为放弃" not in late
    captain = "示例丁"
    everything = "\n".join(page.read_text("utf-8") for page in out.rglob("*.html"))
    assert (captain in everything) == (audience == "office")


def test_no_word_of_the_first_notice_is_left(site: tuple[str, Path]) -> None:
    _, out = site
    pages = sorted(out.rglob("*.html"))
    assert len(pages) > 10
    # What the form pages know of names counts 律师 among the words that people put behind one.
    texts = {page: page.read_text("utf-8").replace("女士|律师|书记", "") for page in pages}
    said = {str(page.relative_to(out)): FIRST_NOTICE.findall(text) for page, text in texts.items()}
    index: dict[str, Any] = json.loads((out / "search" / "search_index.json").read_text("utf-8"))
    said["search"] = FIRST_NOTICE.findall(json.dumps(index, ensure_ascii=False))
    assert {place: found for place, found in said.items() if found} == {}
