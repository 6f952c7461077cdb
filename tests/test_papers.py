"""The printed faces beside the pages: who gets which, where they are linked, and that nothing private gets out."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from built_sites import ReadPage, assert_same
from campaigns import Changed
from faces import pdf_text, squeezed
from harness import NOW, lay_out
from typst import TypstError

from build_tools.forms import fonts as fonts_room
from build_tools.forms import produce
from build_tools.forms.fonts import NoFonts
from build_tools.forms.press import Press, Printed
from build_tools.forms.produce import STORE
from build_tools.site import papers as papers_room
from build_tools.site.build import build
from build_tools.site.render import render

RARE = "𱍊"
ITEMS = ("collective", "individual", "materials", "statistics", "summary")
OF_JIA = ("collective-01", "individual-01", "individual-02", "materials", "statistics", "summary")


def lay(folder: Path, **changes: object) -> Path:
    folder.mkdir()
    lay_out(folder, Changed(given=changes))
    return folder


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay(tmp_path_factory.mktemp("papers") / "campaign")


@pytest.fixture(scope="module")
def sites(root: Path) -> dict[str, Path]:
    for audience in ("office", "public"):
        build(root, audience, root.parent / audience, NOW, papers=True)
    return {audience: root.parent / audience for audience in ("office", "public")}


def files(site: Path) -> set[str]:
    folder = site / "papers"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def links(site: Path, page: str) -> dict[str, str]:
    """Addresses of papers on a page, by their names for screen readers."""
    read = ReadPage(site / page)
    return {
        str(a.get("aria-label") or ""): str(a["href"])
        for a in read.all("a")
        if "papers/" in str(a.get("href"))
    }


BLANK = {f"blank/{item}.{form}" for item in ITEMS for form in ("pdf", "docx", "html", "yml")}
NOTICE = {f"notice.{form}" for form in ("pdf", "docx", "html")}


def test_everybody_gets_blank_forms_and_the_notice_the_office_everything(sites: dict[str, Path]) -> None:
    assert files(sites["public"]) == BLANK | NOTICE
    filled = {f"jia/{name}.{form}" for name in OF_JIA for form in ("pdf", "docx", "html")}
    assert {name for name in files(sites["office"]) if name.startswith("jia/")} == filled | {"jia/packet.pdf"}
    assert files(sites["office"]) >= BLANK | NOTICE


def test_every_document_is_linked_from_its_unit(sites: dict[str, Path]) -> None:
    office = links(sites["office"], "units/jia/index.html")
    assert len(office) == 3 * len(OF_JIA) + 1
    assert office["先进个人推荐表（第 1 名）（PDF）"] == "../../papers/jia/individual-01.pdf"
    assert {address.removeprefix("../../papers/") for address in office.values()} == {
        name for name in files(sites["office"]) if name.startswith("jia/")
    }
    assert links(sites["public"], "units/jia/index.html") == {}


@pytest.mark.parametrize("audience", ["office", "public"])
def test_every_blank_form_is_linked_from_its_annex(audience: str, sites: dict[str, Path]) -> None:
    found = links(sites[audience], "annexes/4/index.html")
    assert {address.removeprefix("../../papers/blank/") for address in found.values()} == {
        f"individual.{form}" for form in ("pdf", "docx", "html", "yml")
    }
    assert all(name.startswith("全国律师行业创先争优先进个人推荐表") for name in found)
    template = (sites[audience] / "papers/blank/individual.yml").read_text(encoding="utf-8")
    assert template.startswith("# 全国律师行业创先争优先进个人推荐表（附件4）")


def test_a_packet_of_the_site_is_the_commands(sites: dict[str, Path]) -> None:
    pages = pdf_text((sites["office"] / "papers/jia/packet.pdf").read_bytes())
    assert "报送材料清单" in pages[0]
    assert sum(squeezed("附件4") in page for page in pages) == 2 * 3


def test_a_document_that_cannot_be_printed_says_why(tmp_path: Path) -> None:
    path = "data/cities/jia/nominations/individual-01.yml"
    root = lay(
        tmp_path / "campaign", edits=[{"file": path, "find": "\nfirm: ", "replace": f"\nfirm: {RARE}"}]
    )
    build(root, "office", tmp_path / "site", NOW, papers=True)
    assert "没有打印件：有字体中没有的字" in ReadPage(tmp_path / "site/units/jia/index.html").text
    assert "jia/individual-01.pdf" not in files(tmp_path / "site")
    assert "jia/individual-02.pdf" in files(tmp_path / "site")


def test_a_site_without_papers_links_to_none(root: Path, tmp_path: Path) -> None:
    build(root, "office", tmp_path / "site", NOW)
    assert links(tmp_path / "site", "units/jia/index.html") == {}
    assert files(tmp_path / "site") == {f"blank/{item}.yml" for item in ITEMS}


def test_the_other_adapter_offers_the_same_papers(root: Path, sites: dict[str, Path], tmp_path: Path) -> None:
    render(root, "office", tmp_path / "pages", NOW, papers=True)
    assert files(tmp_path / "pages") == files(sites["office"])
    assert_same(tmp_path / "pages/papers", sites["office"] / "papers")


def test_two_builds_far_from_each_other_are_the_same_to_the_byte(
    sites: dict[str, Path], tmp_path: Path
) -> None:
    """Another folder, an empty store, another order of the file system: the same PDF, Word, HTML and Excel files."""
    build(lay(tmp_path / "elsewhere"), "office", tmp_path / "site", NOW, papers=True)
    assert_same(tmp_path / "site", sites["office"])


def test_a_rebuild_after_one_units_change_makes_that_units_papers_only(tmp_path: Path) -> None:
    root = lay(tmp_path / "campaign")
    shutil.copytree(root / "data/cities/jia", root / "data/cities/yi", dirs_exist_ok=True)
    first = build(root, "office", tmp_path / "site", NOW, papers=True)
    assert first.papers == first.fresh + len(OF_JIA) * 3, (
        "乙 sent what 甲 sent: one file of the store serves both"
    )
    again = build(root, "office", tmp_path / "site", NOW, papers=True)
    assert (again.papers, again.fresh) == (first.papers, 0)
    file = root / "data/cities/yi/nominations/collective-01.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("\nleader: ", "\nleader: 新"), encoding="utf-8")
    changed = build(root, "office", tmp_path / "site", NOW, papers=True)
    assert (changed.papers, changed.fresh) == (first.papers, 3 + 1), "three faces and the packet"
    assert f"打印件 {first.papers} 个，其中新排 4 个" in str(changed)


def test_without_fonts_there_are_word_and_web_papers_only(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: Path) -> fonts_room.FontBook:
        raise NoFonts("没有字体。")

    monkeypatch.setattr(papers_room, "load_fonts", none)
    build(root, "office", tmp_path / "site", NOW, papers=True)
    assert {Path(name).suffix for name in files(tmp_path / "site")} == {".docx", ".html", ".yml"}


def test_a_text_of_the_office_that_cannot_be_drawn_costs_that_paper_only(tmp_path: Path) -> None:
    title = {
        "file": "schemas/collective.form.yml",
        "find": "label: 党员数",
        "replace": f"label: 党员数{RARE}",
    }
    root = lay(tmp_path / "campaign", edits=[title])
    report = build(root, "public", tmp_path / "site", NOW, papers=True)
    assert files(tmp_path / "site") == (BLANK | NOTICE) - {"blank/collective.pdf"}
    assert "没有打印件 papers/blank/collective.pdf：字体中没有“𱍊”（U+3134A）。" in str(report)
    assert "papers/blank/collective.pdf" not in " ".join(
        links(tmp_path / "site", "annexes/3/index.html").values()
    )
    rendered = render(root, "public", tmp_path / "pages", NOW, papers=True)
    assert "没有打印件 papers/blank/collective.pdf" in str(rendered)


def test_a_file_that_the_typesetter_refuses_costs_no_other(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Press.pdf

    def refuse(press: Press, parts: Iterable[Printed], **more: Any) -> bytes:
        printed = list(parts)
        if any(part.sheet.name == "individual-01" for part in printed):
            raise TypstError("PDF/UA-1 error: “示例” cannot be set", "")
        return real(press, printed, **more)

    monkeypatch.setattr(Press, "pdf", refuse)
    monkeypatch.setattr(produce, "_MANY", 1000)  # in this process, where it refuses
    shutil.rmtree(root / STORE)
    report = build(root, "office", tmp_path / "site", NOW, papers=True)
    assert "没有打印件 papers/jia/individual-01.pdf：排版程序排不出这份文件，请告诉维护人员。" in str(report)
    assert "PDF/UA" not in str(report)
    assert {"jia/individual-02.pdf", "jia/individual-01.docx"} <= files(tmp_path / "site")
