"""The file that tells a forge who must look at a change."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Run
from harness import REPOSITORY, lay_out

from build_tools.campaign import load_campaign
from build_tools.exports.codeowners import as_codeowners
from build_tools.tree import WorkTree

FORMAT = ("export", "--format", "codeowners", "--out")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    folder.mkdir()
    lay_out(folder)
    (folder / "data" / "owners.yml").write_text(
        "offices: [office-a, office-b]\nowners:\n  yi: [clerk-yi, office-a]\n  jia: [clerk-jia]\n",
        encoding="utf-8",
    )
    return folder


def rules(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def test_the_offices_own_everything_and_each_unit_its_folder_in_official_order(run: Run, root: Path) -> None:
    out = root / "CODEOWNERS"
    assert run(*FORMAT, out, "--root", root).status == 0
    assert rules(out) == [
        "* @office-a @office-b",
        "/data/cities/jia/ @clerk-jia @office-a @office-b",
        "/data/cities/yi/ @clerk-yi @office-a @office-b",
        "/data/cities/bing/ @office-a @office-b",
    ]
    head = out.read_text(encoding="utf-8").splitlines()[0]
    assert "由程序按 data/units.yml 和 data/owners.yml 生成" in head


@pytest.mark.parametrize(
    ("place", "first"),
    [
        ("CODEOWNERS", "/campaign/ @office-a @office-b"),
        (".github/CODEOWNERS", "/campaign/ @office-a @office-b"),
        ("campaign/.gitlab/CODEOWNERS", "* @office-a @office-b"),
    ],
)
def test_paths_are_those_of_the_repository_that_the_file_lies_in(
    run: Run, root: Path, tmp_path: Path, place: str, first: str
) -> None:
    out = tmp_path / place
    out.parent.mkdir(exist_ok=True)
    assert run(*FORMAT, out, "--root", root).status == 0
    assert rules(out)[0] == first


@pytest.mark.parametrize(
    ("place", "words"),
    [("OWNERS", "应当命名为 CODEOWNERS"), ("elsewhere/CODEOWNERS", "仓库的根文件夹")],
)
def test_a_place_where_no_forge_looks_is_refused(
    run: Run, root: Path, tmp_path: Path, place: str, words: str
) -> None:
    ran = run(*FORMAT, tmp_path / place, "--root", root)
    assert (ran.status, ran.out) == (2, "")
    assert words in ran.err
    assert not (tmp_path / place).exists()


def test_verify_says_in_one_sentence_that_the_file_is_stale_and_writes_nothing(run: Run, root: Path) -> None:
    out = root / "CODEOWNERS"
    for stale in (None, b"* @somebody\n"):
        if stale:
            out.write_bytes(stale)
        ran = run(*FORMAT, out, "--root", root, "--verify")
        assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
        assert "重新生成后提交" in ran.err
        assert (out.read_bytes() if out.exists() else None) == stale
    run(*FORMAT, out, "--root", root)
    assert run(*FORMAT, out, "--root", root, "--verify").status == 0


def test_verify_is_for_this_format_only(run: Run, root: Path, tmp_path: Path) -> None:
    ran = run("export", "--format", "csv", "--out", tmp_path / "out", "--root", root, "--verify")
    assert ran.status == 2
    assert "--verify 只用于" in ran.err


def test_without_accounts_nobody_is_named(root: Path) -> None:
    (root / "data" / "owners.yml").unlink()
    lines = as_codeowners(load_campaign(WorkTree(root))).decode().splitlines()
    assert [line for line in lines if not line.startswith("#")] == []


def test_the_shipped_file_is_fresh() -> None:
    shipped = as_codeowners(load_campaign(WorkTree(REPOSITORY)))
    assert (REPOSITORY / "CODEOWNERS").read_bytes() == shipped
