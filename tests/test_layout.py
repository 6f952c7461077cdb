"""What a wrong file name was meant to be, and which names are unusable."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from harness import NOW, base_campaign, lay_out

from build_tools.campaign import Campaign
from build_tools.checks import examine
from build_tools.checks.names import is_known, mended, name_fault
from build_tools.checks.run import Examination
from build_tools.clock import moment
from build_tools.leftovers import is_leftover
from build_tools.tree import FOLDER_LINK, Entry, WorkTree


@cache
def campaign() -> Campaign:
    return base_campaign()


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("statistics.yaml", "statistics.yml"),
        ("STATISTICS.YML", "statistics.yml"),
        ("statistics.yml.txt", "statistics.yml"),
        ("ｓｔａｔｉｓｔｉｃｓ.yml", "statistics.yml"),
        ("statistic.yml", "statistics.yml"),
        ("nominations/statistics.yml", "statistics.yml"),
        ("nominations/individual-1.yml", "nominations/individual-01.yml"),
        ("nominations/individual1.yml", "nominations/individual-01.yml"),
        ("nominations/individual_01.yml", "nominations/individual-01.yml"),
        ("nominations/individual 01.yml", "nominations/individual-01.yml"),
        ("nominations/individual－１２.yml", "nominations/individual-12.yml"),
        ("nomination/individual-02.yml", "nominations/individual-02.yml"),
        ("nominations/indivdual-03.yml", "nominations/individual-03.yml"),
        ("nominations/collective-01.yaml", "nominations/collective-01.yml"),
        ("nominations/先进个人1.yml", ""),
        ("study.pdf", ""),
        ("individual-01.docx", ""),
        ("readme.md", ""),
        ("-.yml", ""),
        (".yml", ""),
    ],
)
def test_what_a_name_was_meant_to_be(path: str, meant: str) -> None:
    assert mended(path, campaign()) == meant
    assert not is_known(path, campaign())


@pytest.mark.parametrize(
    "path",
    [
        "statistics.yml",
        "nominations/individual-01.yml",
        "nominations/individual-001.yml",
        "materials/a.pdf",
        "materials/2012/a.pdf",
        "nominations/.gitkeep",
    ],
)
def test_known_names(path: str) -> None:
    assert is_known(path, campaign())


@pytest.mark.parametrize(
    ("name", "leftover"),
    [
        ("Thumbs.db", True),
        ("desktop.ini", True),
        (".DS_Store", True),
        ("._study.pdf", True),
        ("~$报告.docx", True),
        (".~lock.a.docx#", True),
        ("a.yml~", True),
        ("a.yml.bak", True),
        (".a.yml.swp", True),
        ("study.pdf", False),
        ("temporary.pdf", False),
        ("bak.pdf", False),
    ],
)
def test_leftovers(name: str, leftover: bool) -> None:
    assert is_leftover(f"materials/{name}") is leftover


@pytest.mark.parametrize(
    ("name", "usable"),
    [
        ("individual-01_study.v2.pdf", True),
        ("学习资料（一）.pdf", True),
        ("《示例》汇编.pdf", True),
        ("𠮷.pdf", True),
        ("a" * 76 + ".pdf", True),
        ("a" * 77 + ".pdf", False),
        ("汉" * 27 + ".pdf", False),
        ("a b.pdf", False),
        ("a\u3000b.pdf", False),
        ("a\tb.pdf", False),
        ("a&b.pdf", False),
        ("a;b.pdf", False),
        ("a\u202eb.pdf", False),
        ("\udcff.pdf", False),
        ("-a.pdf", False),
        ("a.", False),
        ("CON.pdf", False),
        ("lpt1", False),
        ("contact.pdf", True),
        ("cafe\u0301.pdf", False),
    ],
)
def test_usable_names(name: str, usable: bool) -> None:
    assert (name_fault(f"materials/{name}") == "") is usable


class _WithSubmodule(WorkTree):
    """The folder on disk plus a submodule, which only a git revision can list."""

    def files(self, folder: str):  # type: ignore[no-untyped-def]
        yield from super().files(folder)
        if folder == "data":
            yield Entry("data/cities/jia/materials/other", FOLDER_LINK, 0)


def judged(tree: WorkTree) -> Examination:
    at = moment(replace(campaign(), demo_now=None), NOW)
    return examine(tree, at, campaign=campaign())


def test_a_submodule_is_not_a_file(tmp_path: Path) -> None:
    lay_out(tmp_path)
    found = judged(_WithSubmodule(tmp_path)).findings
    assert [(f.code, f.place.path) for f in found] == [("L04", "data/cities/jia/materials/other")]


def test_a_name_that_is_no_text_is_a_finding(tmp_path: Path) -> None:
    lay_out(tmp_path)
    folder = bytes(tmp_path / "data/cities/jia/materials")
    Path((folder + b"/\xff.pdf").decode("utf-8", "surrogateescape")).write_bytes(
        (tmp_path / "data/cities/jia/materials/study.pdf").read_bytes()
    )
    assert [f.code for f in judged(WorkTree(tmp_path)).findings] == ["L06", "M07"]


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ("Study1.pdf", "study1.pdf", True),
        ("caf\u00e9.pdf", "CAFE\u0301.pdf", True),
        ("study①.pdf", "study1.pdf", False),
        ("ｓtudy1.pdf", "study1.pdf", False),
    ],
)
def test_names_that_some_systems_take_for_one(tmp_path: Path, one: str, other: str, clash: bool) -> None:
    lay_out(tmp_path)
    folder = tmp_path / "data/cities/jia/materials"
    for name in (one, other):
        (folder / name).write_bytes((folder / "study.pdf").read_bytes())
    assert ("L07" in {f.code for f in judged(WorkTree(tmp_path)).findings}) is clash
