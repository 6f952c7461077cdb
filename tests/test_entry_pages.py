"""The pages a unit fills in, in both editions: what they know, what they load, what leads to them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import markdown
import pytest
from built_sites import ReadPage
from campaigns import LEDGER, campaign_edit, edit, event, lay
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from build_tools.site import edition as edition_room
from build_tools.site.assets import FOLDER, form_scripts
from build_tools.site.build import build
from build_tools.site.csp import policy
from build_tools.site.edition import Edition, make_edition
from build_tools.site.island import island
from build_tools.site.pages import Page
from build_tools.site.render import render

ROOT = Path(__file__).parents[1]
AUDIENCES = ("office", "public")
ITEMS = ("summary", "statistics", "collective", "individual", "materials")
_ISLAND = re.compile(r'<script type="application/json" id="desk">([^\n]*)</script>')


@pytest.fixture(scope="module")
def editions() -> dict[str, Edition]:
    """The shipped campaign's, by audience."""
    return {audience: make_edition(ROOT, audience) for audience in AUDIENCES}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The base campaign, built for both audiences."""
    folder = tmp_path_factory.mktemp("sites")
    root = lay(folder / "campaign")
    for audience in AUDIENCES:
        build(root, audience, folder / audience)
    return {audience: folder / audience for audience in AUDIENCES}


def form_pages(edition: Edition) -> dict[str, Page]:
    return {page.path.removesuffix(".md"): page for page in edition.pages if page.path.startswith("submit/")}


def desk(page: str) -> dict[str, Any]:
    found = _ISLAND.findall(page)
    assert len(found) == 1
    value: dict[str, Any] = json.loads(found[0])
    return value


@pytest.mark.parametrize("audience", AUDIENCES)
def test_there_is_a_page_for_each_item_and_one_before_them(
    audience: str, editions: dict[str, Edition]
) -> None:
    pages = form_pages(editions[audience])
    assert list(pages) == ["submit/index", *(f"submit/{item}" for item in ITEMS)]
    campaign = editions[audience].examination.campaign
    for path, page in pages.items():
        shown = desk(page.html)
        item = campaign.item_by_id.get(path.partition("/")[2])
        assert shown["root"] == ("../../" if item else "../")
        assert [link["url"] for link in shown["items"]] == [f"submit/{name}/" for name in ITEMS]
        assert shown["schema"] == (item.schema.root if item else {})
        assert (shown["item"] or {}).get("file", "") == (item.file if item else "")
        assert shown["now"] == "2012-08-23T10:00:00+08:00"
        assert shown["limits"] == {"photo_kib": 2048, "file_kib": 10240, "files": 60}
        assert (shown["types"], shown["photo"]) == (["pdf", "jpg", "png", "docx"], [35, 49])
        assert [unit["slug"] for unit in shown["units"]] == [unit.slug for unit in campaign.units]
        assert shown["files"] == ("files/" if audience == "office" else "")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_id_of_a_page_stands_once_and_its_script_is_the_last(
    audience: str, editions: dict[str, Edition]
) -> None:
    scripts = form_scripts()
    for path, page in form_pages(editions[audience]).items():
        elements = _elements(page.html)
        ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
        assert len(ids) == len(set(ids)), path
        assert "unit" in ids
        assert "notice" in ids
        up, name = ("../", "start") if path.endswith("index") else ("../../", "item")
        assert page.html.endswith(f'<script src="{up}{scripts[name].path}" defer></script></div>')
        for target in re.findall(r'aria-describedby="([^"]*)"', page.html):
            assert set(target.split()) <= set(ids)


def _elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    class Reader(ReadPage):
        def __init__(self) -> None:
            super(ReadPage, self).__init__()
            self.text, self.elements, self._hidden = "", [], 0
            self.feed(html)
            self.close()

    return Reader().elements


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_markdown_converter_leaves_the_pages_alone(audience: str, editions: dict[str, Edition]) -> None:
    """The data, the templates of rows and the boxes to write in come through another generator as they are."""
    for path, page in form_pages(editions[audience]).items():
        assert "\n\n" not in page.html
        extensions = ["toc", "tables", "fenced_code", "admonition", "attr_list"]
        assert markdown.markdown(page.html, extensions=extensions) == page.html, path
        assert MarkdownIt("commonmark").render(page.html + "\n") == page.html + "\n", path


def test_units_are_told_their_deadline_places_and_documents(tmp_path: Path) -> None:
    ledger = {**LEDGER, "yi": [event("2012-08-21T09:00:00+08:00", "extended", "collective", reason="道路中断",
                                     until="2012-08-24T18:00:00+08:00")]}  # fmt: skip
    edition = make_edition(lay(tmp_path / "campaign", ledger=ledger), "public", "2012-08-23T10:00:00+08:00")
    by_item = {path: {u["slug"]: u for u in desk(p.html)["units"]} for path, p in form_pages(edition).items()}
    one, other = by_item["submit/collective"]["yi"], by_item["submit/summary"]["yi"]
    assert (one["deadline"], one["deadlineText"]) == ("2012-08-24T18:00:00+08:00", "8月24日18时")
    assert (other["deadline"], other["deadlineText"]) == ("2012-08-22T23:59:59+08:00", "8月22日24时")
    jia = by_item["submit/index"]["jia"]
    assert jia["sent"] == [
        "summary",
        "statistics",
        "collective-01",
        "individual-01",
        "individual-02",
        "materials",
    ]
    assert jia["quota"] == {"collective": 2, "individual": 3}
    assert by_item["submit/index"]["bing"]["sent"] == []
    assert set(jia) == {"slug", "name", "traits", "deadline", "deadlineText", "quota", "sent"}


def test_places_that_were_not_supplied_are_not_zero(tmp_path: Path) -> None:
    root = lay(tmp_path / "campaign", remove=["data/quotas.yml"])
    for unit in desk(form_pages(make_edition(root, "public"))["submit/index"].html)["units"]:
        assert unit["quota"] == {"collective": None, "individual": None}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=8,
    )
)
def test_data_in_a_page_comes_out_as_it_went_in(value: Any) -> None:
    text = str(island(value))
    assert json.loads(text) == value
    assert not set(text) & set("<>&\n\r\u2028\u2029\u202e\x00")


def test_words_that_end_an_element_or_a_line_do_not() -> None:
    hostile = "</script><!--<script>&amp;\u2028\u2029\u202e]]>\n\n- x"
    text = str(island({hostile: hostile}))
    assert json.loads(text) == {hostile: hostile}
    assert "\\u003c/script\\u003e" in text
    assert not set(text) & set("<>&\u2028\u2029\u202e")


def test_the_office_opens_what_was_sent_and_nobody_else_can(sites: dict[str, Path]) -> None:
    """The units' own files as they are: documents and photos, no attachments; of none of them the public has a byte."""
    root, folder = sites["office"].parent / "campaign", sites["office"] / "files"
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    assert {name for name in files if name.startswith("jia/")} == {
        "jia/summary.yml", "jia/statistics.yml", "jia/materials.yml", "jia/nominations/collective-01.yml",
        "jia/nominations/individual-01.yml", "jia/nominations/individual-02.yml", "jia/materials/individual-01.jpg",
        "jia/materials/individual-02.png",
    }  # fmt: skip
    for name, file in files.items():
        assert file.read_bytes() == (root / "data/cities" / name).read_bytes()
    assert not (sites["public"] / "files").exists()
    sent = {(root / "data/cities" / name).read_bytes() for name in files}
    assert not [p for p in sites["public"].rglob("*") if p.is_file() and p.read_bytes() in sent]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_form_page_knows_a_contact_a_finding_or_a_value(audience: str, tmp_path: Path) -> None:
    caller, nominee = "示例联络员萤", "示例沐风"
    root = lay(
        tmp_path / "campaign",
        edits=[edit("data/cities/jia/nominations/individual-01.yml", "name: 示例乙", f"name: {nominee}")],
    )
    units = root / "data/units.yml"
    units.write_text(re.sub(r"(?m)^( *)contact:.*(\n\1  .*)*", rf'\1contact: {{name: {caller}, phone: "020-1"}}',
                            units.read_text(encoding="utf-8"), count=1), encoding="utf-8")  # fmt: skip
    edition = make_edition(root, audience)
    everything = "".join(page.html for page in edition.pages)
    forms = "".join(page.text + page.search for page in form_pages(edition).values())
    for word in (caller, nominee):
        assert (word in everything) is (audience == "office")
        assert word not in forms


@pytest.mark.parametrize(
    "photo", ["summary.yml", "../yi/x.jpg", "/etc/hostname", "materials/none.jpg", "materials/link.jpg", "materials/page.html"]
)  # fmt: skip
def test_a_photo_that_is_none_is_not_published(photo: str, tmp_path: Path) -> None:
    path = "data/cities/jia/nominations/individual-02.yml"
    root = lay(tmp_path / "campaign")
    file = root / path
    text = re.sub(r"(?m)^photo:.*\n", "", file.read_text(encoding="utf-8"))
    file.write_text(f"{text}photo: {photo}\n", encoding="utf-8")
    folder = root / "data/cities/jia/materials"
    (folder / "link.jpg").symlink_to(root / "data/units.yml")
    (folder / "page.html").write_text("<script>1</script>", encoding="utf-8")
    (root / "data/cities/yi").mkdir(exist_ok=True)
    (root / "data/cities/yi/x.jpg").write_bytes(b"x" * 99)
    found = {original.path for original in make_edition(root, "office").originals}
    assert {name for name in found if name.startswith("files/jia/materials/")} <= {"files/jia/materials/individual-01.jpg"}  # fmt: skip
    assert not [name for name in found if name.endswith(("x.jpg", "link.jpg", "page.html", "hostname"))]
    assert sum(name.endswith("summary.yml") for name in found) == len({name for name in found if name.endswith("summary.yml")})  # fmt: skip


def test_other_generators_get_the_same_files(sites: dict[str, Path], tmp_path: Path) -> None:
    render(sites["office"].parent / "campaign", "office", tmp_path / "pages")
    for item in ITEMS:
        assert (tmp_path / f"pages/submit/{item}.md").is_file()
    scripts = form_scripts()
    assert scripts.keys() == {"item", "licences", "start"}
    for site in (tmp_path / "pages", sites["office"], sites["public"]):
        for script in scripts.values():
            assert (site / script.path).read_text(encoding="utf-8") == script.content
        assert len(list((site / "assets/form").iterdir())) == len(scripts)
    for file in (sites["office"] / "files").rglob("*"):
        if file.is_file():
            assert (tmp_path / "pages" / file.relative_to(sites["office"])).read_bytes() == file.read_bytes()


def test_only_the_form_pages_load_the_scripts_and_all_pages_share_one_policy(
    sites: dict[str, Path],
) -> None:
    loading = set()
    for page in sites["public"].rglob("index.html"):
        text, name = page.read_text(encoding="utf-8"), page.parent.relative_to(sites["public"]).as_posix()
        if "assets/form/" in text:
            loading.add(name)
        assert "img-src 'self' data:;" in policy(text)
        assert policy(text) in text or name.startswith("papers"), "the page carries this very policy"
    assert loading == {"submit", *(f"submit/{item}" for item in ITEMS)}


def test_a_script_that_was_not_built_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edition_room, "form_scripts", dict)
    root = lay(tmp_path / "campaign")
    report = build(root, "public", tmp_path / "site")
    rendered = render(root, "public", tmp_path / "pages")
    for notes in (report.notes, rendered.notes):
        assert [note for note in notes if "make setup" in note] == [
            "网上填报页没有脚本，只能看、不能填：请先运行 make setup，再生成网站。"
        ]
    text = (tmp_path / "site/submit/individual/index.html").read_text(encoding="utf-8")
    assert "本网站生成时没有填报脚本" in text
    assert "assets/form/" not in text
    assert 'id="desk"' not in text
    assert not (tmp_path / "site/assets/form").exists()


def test_pages_lead_to_the_forms(sites: dict[str, Path]) -> None:
    links = {
        audience: {
            page: [
                a["href"] for a in ReadPage(sites[audience] / page / "index.html").all("a") if a.get("href")
            ]
            for page in ("", "units/jia", "annexes/4", "submit/individual")
        }
        for audience in AUDIENCES
    }
    for found in links.values():
        assert "submit/" in found[""]
        assert "../../submit/?unit=jia" in found["units/jia"]
        for item in ITEMS:
            assert f"../../submit/{item}/?unit=jia" in found["units/jia"]
        assert "../../submit/individual/" in found["annexes/4"]
        assert "../../annexes/4/" in found["submit/individual"]
    opening = {href for href in links["office"]["units/jia"] if href and "open=1" in href}
    assert "../../submit/individual/?unit=jia&document=individual-02&open=1" in opening
    assert "../../submit/summary/?unit=jia&document=summary&open=1" in opening
    assert len(opening) == 6
    assert not [href for href in links["public"]["units/jia"] if href and "open=1" in href]


def test_the_forge_is_a_second_way_to_mend(tmp_path: Path) -> None:
    root = lay(
        tmp_path / "campaign",
        edits=[campaign_edit("repo_url: null", "repo_url: https://git.example/shenbao")],
    )
    build(root, "office", tmp_path / "site")
    page = ReadPage(tmp_path / "site/units/jia/index.html")
    found = [a.get("href") for a in page.all("a")]
    own = found.index("../../submit/statistics/?unit=jia&document=statistics&open=1")
    forge = "https://git.example/shenbao/edit/main/data/cities/jia/statistics.yml"
    assert found[own + 1] == forge
    build(root, "public", tmp_path / "public")
    found = [a.get("href") for a in ReadPage(tmp_path / "public/units/jia/index.html").all("a")]
    assert forge in found
    assert not [href for href in found if href and "open=1" in href], (
        "the public's edition has no file to open"
    )


def test_the_tab_stands_after_the_notice(editions: dict[str, Edition]) -> None:
    from build_tools.site.frame import navigation, tabs

    edition = editions["public"]
    titles = [tab["title"] for tab in tabs(edition.view, edition.written)]
    assert titles[titles.index("通知") + 1] == "网上填报"
    entries = [entry for entry in navigation(edition.view, edition.written) if "网上填报" in entry]
    assert [next(iter(link.values())) for link in entries[0]["网上填报"]] == [
        "submit/index.md", *(f"submit/{item}.md" for item in ITEMS)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "newer",
    [":has(", ":is(", ":where(", "aspect-ratio", "inset:", "clamp(", " min(", " max(", "@container", "@layer", "&", "focus-visible"],
)  # fmt: skip
def test_old_browsers_understand_the_forms_style(newer: str) -> None:
    """Chromium 78 drops a rule it does not know, and a form without its style is no use."""
    text = re.sub(
        r"/\*.*?\*/", "", (FOLDER / "css/60-entry.css").read_text(encoding="utf-8"), flags=re.DOTALL
    )
    assert newer not in text


def test_no_space_between_flexible_boxes_is_relied_upon() -> None:
    rules = re.findall(
        r"\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", (FOLDER / "css/60-entry.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    )  # fmt: skip
    assert len(rules) > 100
    assert not [rule for rule in rules if "display: flex" in rule and re.search(r"\bgap:", rule)]


INTAKE = "intake/"
SIGN_IN = '<a class="button button--plain" href="my/">登录</a>'


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_site_with_an_intake_submits_to_it_and_says_where_it_is(
    audience: str, editions: dict[str, Edition]
) -> None:
    edition = make_edition(ROOT, audience, intake=INTAKE)
    scripts = form_scripts(intake=True)
    assert {asset.path for asset in edition.assets} >= {script.path for script in scripts.values()}
    plain = form_pages(editions[audience])
    for path, page in form_pages(edition).items():
        up, name = ("../", "start") if path.endswith("index") else ("../../", "item")
        assert desk(page.html) == {**desk(plain[path].html), "intake": INTAKE}
        assert page.html.endswith(f'<script src="{up}{scripts[name].path}" defer></script></div>')
        assert f'<link rel="stylesheet" href="{up}{scripts["style"].path}">' in page.html
        ids = [attributes["id"] for _, attributes in _elements(page.html) if "id" in attributes]
        assert len(ids) == len(set(ids)), path
        before = {attributes["id"] for _, attributes in _elements(plain[path].html) if "id" in attributes}
        assert before - set(ids) == set(), "whatever could be done can still be done"
        assert ("submit" in ids) == (name == "item")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_other_pages_are_the_same_with_an_intake_and_a_site_without_knows_nothing_of_it(
    audience: str, editions: dict[str, Edition]
) -> None:
    with_intake = {page.path: page.text for page in make_edition(ROOT, audience, intake=INTAKE).pages}
    for page in editions[audience].pages:
        same = with_intake[page.path].replace(SIGN_IN, "") == page.text
        assert same != page.path.startswith("submit/"), page.path
        assert (SIGN_IN in with_intake[page.path]) == (audience == "public" and page.path == "index.md")
        assert "intake" not in page.html
        assert "提交，" not in page.html or not page.path.startswith("submit/")
    assert not [asset.path for asset in editions[audience].assets if "intake" in asset.path]


def test_a_built_site_with_an_intake_holds_what_its_pages_load(tmp_path: Path) -> None:
    build(lay(tmp_path / "campaign"), "public", tmp_path / "site", intake=INTAKE)
    page = (tmp_path / "site/submit/individual/index.html").read_text(encoding="utf-8")
    for address in re.findall(r'(?:src|href)="\.\./\.\./(assets/form/[^"]*)"', page):
        assert (tmp_path / "site" / address).is_file(), address
    assert policy(page) in page
