"""The leak gate on whole sites: the public one passes, a leaking one is not left behind."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pikepdf
import pytest

from build_tools.checks import Examination, examine
from build_tools.site.build import build
from build_tools.site.gate import LeakFound, Problem, guard_public, private_needles, search
from build_tools.tree import WorkTree

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shipped() -> Examination:
    """The shipped campaign."""
    return examine(WorkTree(ROOT))


def test_the_shipped_campaign_is_published_without_a_leak(tmp_path: Path, shipped: Examination) -> None:
    build(ROOT, "public", tmp_path / "site", papers=True)
    assert search(tmp_path / "site", private_needles(shipped)) == []


def test_the_gate_sees_what_real_pages_show(tmp_path: Path, shipped: Examination) -> None:
    """The office's edition of the same data is full of private values, and the gate names them all."""
    build(ROOT, "office", tmp_path / "site", papers=True)
    for kind in ("papers", "units", "files"):  # one unit's pages are like another's
        for unit in (tmp_path / "site" / kind).iterdir():
            if unit.is_dir() and unit.name != "guangzhou":
                shutil.rmtree(unit)
    leaks = search(tmp_path / "site", private_needles(shipped))
    found = {(leak.path.partition("›")[0], leak.title) for leak in leaks}
    assert {
        ("nominees/index.html", "姓名"),
        ("nominees/index.html", "执业机构"),
        ("nominees/index.html", "出生年月"),
        ("nominees/index.html", "党组织负责人"),
        ("index.html", "联络员"),
        ("units/guangzhou/index.html", "姓名"),
        ("downloads/gd-2012-lawyers.xlsx", "姓名"),
    } <= found
    for form in ("pdf", "docx", "html"):  # what is printed is looked into as well
        for title in ("姓名", "出生年月", "执业机构", "主要事迹"):
            assert (f"papers/guangzhou/individual-01.{form}", title) in found
    # The form pages open the units' own files, which the office's edition has as they are.
    for kept in ("files/guangzhou/nominations/individual-01.yml", "files/guangzhou/summary.yml"):
        assert any(leak.path == kept for leak in leaks)
    own = {leak.problem for leak in leaks if not leak.path.startswith("files/")}
    assert own == {Problem.VALUE}
    with pytest.raises(LeakFound):
        guard_public(tmp_path / "site/nominees", shipped)


def test_a_leaking_public_build_leaves_no_site_behind(tmp_path: Path) -> None:
    """A photo copied into the hand-written pages."""
    root = tmp_path / "campaign"
    for name in ("data", "schemas", "docs"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "data/cities/guangzhou/materials/individual-01.jpg", root / "docs/photo.jpg")
    with pytest.raises(LeakFound, match=r"photo\.jpg：与广州报送的文件相同"):
        build(root, "public", tmp_path / "site")
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("mark", [" ", "\u3000", '"先锋"', "'先锋'", " & ", "<先锋>", "“先锋”"])
def test_no_mark_in_a_public_name_keeps_a_site_from_being_published(tmp_path: Path, mark: str) -> None:
    """The branch's name is public and holds the firm of an individual, which is not."""
    root = tmp_path / "campaign"
    for name in ("data", "schemas", "docs"):
        shutil.copytree(ROOT / name, root / name)
    nominations = root / "data/cities/dongguan/nominations"
    firm = re.search("(?m)^firm: (.*)$", (nominations / "individual-01.yml").read_text("utf-8"))
    assert firm
    collective = nominations / "collective-01.yml"
    name = json.dumps(f"{firm[1]}{mark}党支部", ensure_ascii=False)
    collective.write_text(
        re.sub("(?m)^name: .*$", lambda _: f"name: {name}", collective.read_text("utf-8")), encoding="utf-8"
    )
    build(root, "public", tmp_path / "site")
    assert firm[1] in (tmp_path / "site/units/dongguan/index.html").read_text("utf-8")


def test_a_month_that_a_vocabulary_bears_in_its_name_is_no_leak(tmp_path: Path) -> None:
    """XMP names the vocabulary http://www.w3.org/1999/02/22-rdf-syntax-ns# in every PDF."""
    root = tmp_path / "campaign"
    for name in ("data", "schemas", "docs"):
        shutil.copytree(ROOT / name, root / name)
    file = root / "data/cities/guangzhou/nominations/individual-01.yml"
    text = file.read_text(encoding="utf-8")
    assert "1996-09" in text
    file.write_text(text.replace("1996-09", "1999-02"), encoding="utf-8")
    build(root, "public", tmp_path / "site", papers=True)
    assert search(tmp_path / "site", private_needles(examine(WorkTree(root)))) == []


def test_a_private_value_in_the_metadata_of_a_pdf_is_found(tmp_path: Path, shipped: Examination) -> None:
    build(ROOT, "public", tmp_path / "site", papers=True)
    pdf = tmp_path / "site/papers/notice.pdf"
    with pikepdf.open(pdf, allow_overwriting_input=True) as opened:
        with opened.open_metadata() as metadata:
            metadata["dc:description"] = "示例松"
        opened.save(pdf)
    assert [leak.path for leak in search(tmp_path / "site", private_needles(shipped))] == [
        "papers/notice.pdf"
    ]
