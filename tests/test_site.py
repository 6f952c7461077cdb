"""Real sites built in a folder: every page, link and policy, and what each audience may read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from built_sites import ReadPage, body, links_followed, pages
from campaigns import LEDGER, RECEIVED, campaign_edit, edit, event, lay

from build_tools.rehearse import rehearse
from build_tools.site.build import build
from build_tools.site.csp import policy
from build_tools.site.edition import make_edition

ROOT = Path(__file__).parents[1]
AUDIENCES = ("office", "public")
HOSTILE = "<script>alert(1)</script>{{7*7}}**x**&lt;=1+1"


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The shipped campaign for both audiences."""
    folder = tmp_path_factory.mktemp("sites")
    for audience in AUDIENCES:
        build(ROOT, audience, folder / audience, papers=True)
    return {audience: folder / audience for audience in AUDIENCES}


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """The base campaign: two units, no mkdocs.yml and no docs."""
    return lay(tmp_path / "campaign")


def test_every_page_is_there(sites: dict[str, Path]) -> None:
    office = {p.relative_to(sites["office"]).as_posix() for p in pages(sites["office"])}
    public = {p.relative_to(sites["public"]).as_posix() for p in pages(sites["public"])}
    assert office - public == {"nominees/index.html"}
    assert public < office
    units = {p.split("/")[1] for p in office if p.startswith("units/")}
    assert len(units) == 22
    for page in ("index.html", "404.html", "notice/index.html", "progress/index.html", "statistics/index.html",
                 "rules/index.html", "about/index.html", "guide/clerk/index.html", "guide/clerk-web/index.html",
                 "submit/index.html", "submit/individual/index.html", "architecture/index.html",
                 *(f"annexes/{n}/index.html" for n in range(1, 5))):  # fmt: skip
        assert page in office


def test_a_campaign_full_of_faults_is_published_all_the_same(tmp_path: Path) -> None:
    rehearse(tmp_path / "campaign", units=2, nominations=2, seed=1, faults=True)
    for audience in AUDIENCES:
        report = build(tmp_path / "campaign", audience, tmp_path / audience)
        assert report.errors > 50
        assert links_followed(tmp_path / audience) > 1000


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_link_inside_the_site_leads_somewhere(audience: str, sites: dict[str, Path]) -> None:
    assert links_followed(sites[audience]) > 500


def test_so_does_every_link_of_a_campaign_that_wrote_nothing_but_its_notice(
    campaign: Path, tmp_path: Path
) -> None:
    build(campaign, "office", tmp_path / "site")
    assert links_followed(tmp_path / "site") > 100
    assert not (tmp_path / "site/guide").exists()


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_page_carries_its_policy_and_nothing_that_breaks_it(
    audience: str, sites: dict[str, Path]
) -> None:
    for page in pages(sites[audience]):
        text = page.read_text(encoding="utf-8")
        found = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', text)
        assert found == [policy(text)], page
        assert "default-src 'none'" in found[0]
        for tag, attributes in ReadPage(page).elements:
            assert tag != "style", page
            assert not [name for name in attributes if name == "style" or name.startswith("on")], (page, tag)
            source = attributes.get("src") or ""
            assert not source.startswith(("http:", "https:", "//")), (page, source)


def test_every_page_of_a_demo_says_so(sites: dict[str, Path]) -> None:
    for page in pages(sites["public"]):
        assert "示例数据，纯属虚构" in ReadPage(page).text, page


def test_a_real_campaign_has_no_banner_and_a_running_clock(tmp_path: Path) -> None:
    root = lay(tmp_path / "campaign", edits=[_no_demo()])
    build(root, "office", tmp_path / "site", "2012-08-20T10:00:00+08:00")
    page = ReadPage(tmp_path / "site" / "index.html")
    assert "示例数据，纯属虚构" not in page.text
    clock = next(a for _, a in page.elements if "data-deadline" in a)
    assert "data-running" in clock
    assert "2 天 13 小时 59 分" in page.text


def _no_demo() -> dict[str, str]:
    text = (ROOT / "data/campaign.yml").read_text(encoding="utf-8")
    demo = re.search(r"^demo:\n(?:  .*\n)+", text, re.MULTILINE)
    assert demo
    return campaign_edit(demo[0], "demo: null\n")


@pytest.mark.parametrize(
    ("now", "label", "count"),
    [
        ("2012-08-22T23:59:59+08:00", "距报送截止还有", "不足 1 分"),
        ("2012-08-23T00:00:00+08:00", "报送已截止", "已过 不足 1 分"),
        ("2012-08-21T23:59:59+08:00", "距报送截止还有", "1 天 0 小时 0 分"),
        ("2012-08-15T23:59:59+08:00", "报送尚未开始，距截止还有", "7 天 0 小时 0 分"),
    ],
)
def test_the_countdown_turns_after_the_deadlines_own_second(
    now: str, label: str, count: str, campaign: Path
) -> None:
    home = make_edition(campaign, "public", now).pages[0].html
    assert f"data-clock-label>{label}<" in home
    assert f"data-clock-count>{count}<" in home


def test_the_public_sees_no_private_value(tmp_path: Path) -> None:
    reason, caller, nominee, post = "第三页缺签名梦溪", "示例联络员萤", "示例沐风", "档案室值夜人"
    root = lay(
        tmp_path / "campaign",
        ledger={**LEDGER, "jia": [*LEDGER["jia"], event("2012-08-22T09:00:00+08:00", "returned", "individual-01",
                                                         reason=reason, until="2012-08-24T18:00:00+08:00")]},
        edits=[edit("data/cities/jia/nominations/individual-01.yml", "name: 示例乙", f"name: {nominee}"),
               edit("data/cities/jia/nominations/individual-01.yml", "post: 合伙人、党支部书记", f"post: {post}")],
    )  # fmt: skip
    units = root / "data/units.yml"
    units.write_text(re.sub(r"(?m)^( *)contact:.*(\n\1  .*)*", rf'\1contact: {{name: {caller}, phone: "020-1"}}',
                            units.read_text(encoding="utf-8"), count=1), encoding="utf-8")  # fmt: skip
    private = (reason, caller, "示例收文员", nominee, post)
    seen = {}
    for audience in AUDIENCES:
        edition = make_edition(root, audience)
        seen[audience] = "".join(page.text + page.search for page in edition.pages)
        for word in private:
            assert (word in seen[audience]) is (audience == "office"), (audience, word)
            assert (word in repr(edition.view)) is (audience == "office"), (audience, word)
    assert "示例律师事务所党支部" in seen["public"], "the schema marks the branch's name public"
    assert not [page for page in make_edition(root, "public").pages if page.path == "nominees.md"]


def test_findings_are_told_to_the_office_only(tmp_path: Path) -> None:
    file = "data/cities/jia/nominations/individual-01.yml"
    root = lay(tmp_path / "campaign", edits=[edit(file, "birth: 1970-05", "birth: 1990-05")])
    office, public = (make_edition(root, audience) for audience in AUDIENCES)
    finding = next(f for f in office.examination.findings if f.place.path == file)
    page = {name: next(p for p in e.pages if p.path == "units/jia.md").html
            for name, e in (("office", office), ("public", public))}  # fmt: skip
    assert finding.code in page["office"]
    assert f"第 {finding.place.line} 行" in page["office"]
    assert finding.code not in page["public"]
    assert finding.message not in page["public"]
    assert 'id="jiaoyan"' not in page["public"]


def test_a_finding_about_a_whole_file_names_no_line(sites: dict[str, Path]) -> None:
    page = (sites["office"] / "units/shaoguan/index.html").read_text(encoding="utf-8")
    places = re.findall(r'<p class="finding__place">.*?</p>', page)
    assert len(places) == 5, "what came late"
    assert not [place for place in places if "行" in place]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_hostile_text_of_a_unit_shows_as_the_text_it_is(audience: str, tmp_path: Path) -> None:
    file = "data/cities/jia/nominations/collective-01.yml"
    root = lay(tmp_path / "campaign", edits=[edit(file, "name: 示例律师事务所党支部", f"name: '{HOSTILE}'")])
    build(root, audience, tmp_path / "site")
    page = ReadPage(tmp_path / "site/units/jia/index.html")
    assert HOSTILE in page.text
    assert not [a for a in page.all("script") if a.get("src") == "1"]
    clean = ReadPage(tmp_path / "site/units/yi/index.html")
    assert len(page.all("script")) == len(clean.all("script"))
    index = (tmp_path / "site/search/search_index.json").read_text(encoding="utf-8")
    assert "alert(1)" not in index


def test_a_hostile_name_of_a_unit_stays_text_in_title_and_search(tmp_path: Path) -> None:
    root = lay(tmp_path / "campaign")
    units = root / "data/units.yml"
    text = units.read_text(encoding="utf-8")
    name = re.search(r"(?m)^    name: (.+)$", text)
    assert name
    units.write_text(text.replace(name[0], "    name: '<img src=x>{{7*7}}'", 1), encoding="utf-8")
    build(root, "public", tmp_path / "site")
    file = tmp_path / "site/units/jia/index.html"
    assert "<title>&lt;img src=x&gt;{{7*7}}报送情况" in file.read_text(encoding="utf-8")
    assert not [a for a in ReadPage(file).all("img") if a.get("src") == "x"]
    entries = json.loads((tmp_path / "site/search/search_index.json").read_text(encoding="utf-8"))["docs"]
    entry = next(e for e in entries if e["location"] == "units/jia/")
    assert "&lt;img src=x&gt;" in entry["title"].replace("\u200b", "")


def test_unit_pages_stay_out_of_the_navigation_and_name_their_tab(sites: dict[str, Path]) -> None:
    page = ReadPage(sites["office"] / "units/guangzhou/index.html")
    links = [a.get("href") or "" for a in page.all("a")]
    assert not [link for link in links if "units/" in link]
    active = [a for a in page.all("a") if a.get("aria-current") == "true"]
    assert [a["href"] for a in active] == ["../../progress/"]


def test_the_search_index_holds_names_titles_and_summaries_only(sites: dict[str, Path]) -> None:
    raw = json.loads((sites["office"] / "search/search_index.json").read_text(encoding="utf-8"))
    entries = {e["location"]: (e["title"] + e["text"]).replace("\u200b", "") for e in raw["docs"]}
    assert "广州市司法局" in entries["units/guangzhou/"]
    assert all(len(entries[f"units/{slug}/"]) < 80 for slug in ("guangzhou", "meizhou"))
    assert "示例松" not in json.dumps(entries, ensure_ascii=False), (
        "no nominee in the index, even the office's"
    )
    assert "调处信访积案" in entries["rules/#A08"]
    assert any("视为放弃推荐资格" in text for place, text in entries.items() if place.startswith("notice/"))
    cut = next(e for e in raw["docs"] if e["location"] == "")["title"].split("\u200b")
    assert "表彰" in cut, "words inside a title are parted, so that a search finds them"


def test_the_tables_can_be_taken_away_as_files(sites: dict[str, Path]) -> None:
    names = {audience: {p.name for p in (sites[audience] / "downloads").iterdir()} for audience in AUDIENCES}
    assert names["office"] - names["public"] == {"nominees.csv"}
    links = [
        a["href"] for a in ReadPage(sites["public"] / "statistics/index.html").all("a") if "download" in a
    ]
    assert links == [
        "../downloads/gd-2012-lawyers.xlsx",
        "../downloads/statistics.csv",
        "../downloads/gd-2012-lawyers.json",
    ]
    assert "370" in (sites["public"] / "downloads/statistics.csv").read_text(encoding="utf-8-sig")


def test_without_a_quota_table_the_pages_say_so(tmp_path: Path) -> None:
    root = lay(tmp_path / "campaign")
    quotas = root / "data/quotas.yml"
    quotas.write_text("source: 附件1\nofficial: false\nnote: null\nquotas: null\n", encoding="utf-8")
    build(root, "office", tmp_path / "site")
    assert "名额表未提供" in body(tmp_path / "site", "annexes/1")
    assert "名额表未提供" in body(tmp_path / "site", "")


def test_whom_to_call_stands_before_the_table_and_none_is_passed_over_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = make_edition(ROOT, "office").pages[0].html
    assert whole.index('id="danwei"') < whole.index('id="cuibao"') < whole.index('id="jindu"')
    monkeypatch.setattr("build_tools.site.projection.campaign.REMINDERS_ON_HOME", 3)
    cut = make_edition(ROOT, "office").pages[0].html
    count = whole.count("calls__unit")
    assert f"<small>{count} 个</small>" in whole
    assert f"<small>{count} 个</small>" in cut
    assert cut.count("calls__unit") == 3
    assert f"另有 {count - 3} 个" in cut
    assert "另有" not in whole


def test_an_annex_bears_the_name_the_notice_gives_it_and_says_where_it_comes_from(
    sites: dict[str, Path],
) -> None:
    names = {
        n: ReadPage(sites["public"] / f"annexes/{n}/index.html").text for n in ("1", "2", "3", "summary")
    }
    assert "全省律师行业创先争优先进集体先进个人推荐名额分配表" in names["1"]
    assert "与通知所附一致" in names["3"]
    assert "意见栏和印章处打印时留空" in names["3"]
    assert "意见栏" not in names["2"] + names["summary"], "they have no such cell"
    assert "通知没有附此表样" in names["summary"]


def test_every_item_of_a_unit_leads_to_its_blank_form(sites: dict[str, Path]) -> None:
    links = [a["href"] for a in ReadPage(sites["public"] / "units/yunfu/index.html").all("a")]
    for form in ("summary", "2", "3", "4", "materials"):
        assert f"../../annexes/{form}/" in links


def test_sample_quotas_are_marked_wherever_they_stand(sites: dict[str, Path]) -> None:
    for page in ("annexes/1", "units/guangzhou"):
        assert "示例名额，非官方数据" in body(sites["public"], page)


def test_edit_links_lead_to_the_forge_when_there_is_one(tmp_path: Path) -> None:
    root = lay(
        tmp_path / "campaign",
        edits=[campaign_edit("repo_url: null", "repo_url: https://git.example/shenbao")],
    )
    build(root, "public", tmp_path / "site")
    page = ReadPage(tmp_path / "site/units/jia/index.html")
    links = {a.get("href") for a in page.all("a")}
    assert "https://git.example/shenbao/edit/main/data/cities/jia/statistics.yml" in links
    assert "https://git.example/shenbao/tree/main/data/cities/jia" in links


def test_without_a_forge_no_link_leaves_the_site(sites: dict[str, Path]) -> None:
    for page in pages(sites["office"]):
        assert not [a["href"] for a in ReadPage(page).all("a") if (a.get("href") or "").startswith("http")], (
            page
        )


def test_ledger_and_paper_are_told_on_the_units_page(tmp_path: Path) -> None:
    build(lay(tmp_path / "campaign"), "office", tmp_path / "site")
    text = body(tmp_path / "site", "units/jia")
    assert "收到 3 份，应交 3 份" in text
    assert "8月20日 09:00:00" in text
    assert "收文窗口、示例收文员" in text
    assert RECEIVED.startswith("2012-08-20T09:00:00")
