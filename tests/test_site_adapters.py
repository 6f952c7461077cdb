"""The ways a site is written: byte for byte the same each time, alike in every adapter, whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from built_sites import assert_same
from campaigns import lay
from repositories import git_in

from build_tools.campaign import BrokenCampaign
from build_tools.cli import main
from build_tools.site.build import BuildFailed, build
from build_tools.site.edition import make_edition
from build_tools.site.folder import BadFolder
from build_tools.site.render import render

ROOT = Path(__file__).parents[1]
AUDIENCES = ("office", "public")


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The shipped campaign for both audiences."""
    folder = tmp_path_factory.mktemp("sites")
    for audience in AUDIENCES:
        build(ROOT, audience, folder / audience)
    return {audience: folder / audience for audience in AUDIENCES}


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """The base campaign: two units, no mkdocs.yml and no docs."""
    return lay(tmp_path / "campaign")


def test_two_builds_are_the_same_to_the_byte(sites: dict[str, Path], tmp_path: Path) -> None:
    build(ROOT, "public", tmp_path / "again")
    assert_same(sites["public"], tmp_path / "again")


def test_a_folder_named_from_here_is_found_from_anywhere(
    campaign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MkDocs reads its addresses from the folder of its settings, which is the campaign's."""
    monkeypatch.chdir(tmp_path)
    build(Path("campaign"), "office", Path("var/site"))
    assert (tmp_path / "var/site/index.html").is_file()
    assert not (campaign / "var").exists()


def test_the_site_map_is_dated_by_the_campaigns_clock(campaign: Path, tmp_path: Path) -> None:
    (campaign / "mkdocs.yml").write_text(
        "site_name: 甲\nsite_url: https://a.example/\ntheme: material\nplugins: [search, shenbao]\n",
        encoding="utf-8",
    )
    build(campaign, "public", tmp_path / "site", "2012-08-21T10:00:00+08:00")
    dates = re.findall(
        r"<lastmod>(.*?)</lastmod>", (tmp_path / "site/sitemap.xml").read_text(encoding="utf-8")
    )
    assert len(dates) > 5
    assert set(dates) == {"2012-08-21"}


@pytest.mark.parametrize("audience", AUDIENCES)
def test_render_writes_the_same_pages(audience: str, sites: dict[str, Path], tmp_path: Path) -> None:
    render(ROOT, audience, tmp_path / "pages")
    compared = 0
    for page in make_edition(ROOT, audience).pages:
        front, _, block = (tmp_path / "pages" / page.path).read_text(encoding="utf-8").partition("\n---\n\n")
        assert front.startswith("---\ntitle: ")
        assert "\n\n" not in block.rstrip("\n"), "one block has no blank line"
        path = page.path.removesuffix(".md").removesuffix("index")
        built = (sites[audience] / path / "index.html").read_text(encoding="utf-8")
        assert block.rstrip("\n") in built, page.path
        compared += 1
    assert compared > 30
    assert (tmp_path / "pages/architecture.svg").is_file()
    assert "section: " in (tmp_path / "pages/notice.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "spoil",
    ["data", "docs", ".", "stranger"],
    ids=["data", "docs", "the root itself", "a folder of somebody's"],
)
def test_a_folder_that_is_not_ours_is_never_written_over(spoil: str, campaign: Path) -> None:
    out = campaign / spoil
    out.mkdir(exist_ok=True)
    (out / "diary.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(BadFolder):
        build(campaign, "office", out)
    assert (out / "diary.txt").read_text(encoding="utf-8") == "keep"


def test_a_failed_build_leaves_the_former_site(campaign: Path, tmp_path: Path) -> None:
    build(campaign, "public", tmp_path / "site")
    before = (tmp_path / "site/index.html").read_bytes()
    (campaign / "docs/extra.md").write_text("# 页\n\n[断链](nowhere.md)\n", encoding="utf-8")
    with pytest.raises(BuildFailed, match=r"nowhere\.md"):
        build(campaign, "public", tmp_path / "site")
    (campaign / "data/campaign.yml").write_text("id: 1\n", encoding="utf-8")
    with pytest.raises(BrokenCampaign):
        build(campaign, "public", tmp_path / "site")
    assert (tmp_path / "site/index.html").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["campaign", "site"], "no workshop is left behind"


def _mkdocs(root: Path, *arguments: str, audience: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    if audience:
        environment["SHENBAO_AUDIENCE"] = audience
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", *arguments],
        cwd=root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_mkdocs_itself_builds_the_same_site(sites: dict[str, Path], tmp_path: Path) -> None:
    for audience in AUDIENCES:
        done = _mkdocs(
            ROOT, "--site-dir", str(tmp_path / audience), audience="" if audience == "public" else audience
        )
        assert done.returncode == 0, done.stderr
        assert "WARNING" not in done.stderr
        assert_same(sites[audience], tmp_path / audience)


def test_mkdocs_itself_names_what_is_broken_and_shows_no_traceback(campaign: Path) -> None:
    shutil.copy(ROOT / "mkdocs.yml", campaign)
    (campaign / "data/units.yml").write_text("units: []\n", encoding="utf-8")
    done = _mkdocs(campaign)
    assert done.returncode != 0
    assert "data/units.yml:1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["build", "render"])
def test_the_command_refuses_in_one_sentence(
    command: str, campaign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [command, "--root", str(campaign), "--audience", "office", "--out", str(campaign / "data")]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "是活动自己的文件夹" in said
    assert said.count("\n") == 1


@pytest.fixture
def repository(campaign: Path) -> Path:
    """The base campaign under git: filed on 18 August, unit jia's summary changed on the 20th."""
    git = git_in(campaign)
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "filed", day=18)
    summary = campaign / "data/cities/jia/summary.yml"
    summary.write_text(summary.read_text("utf-8") + "# 示例\n", encoding="utf-8")
    git("commit", "-q", "-a", "-m", "changed", day=20)
    return campaign


def test_the_office_sees_when_a_file_was_filed_and_changed_in_git(repository: Path) -> None:
    pages = {audience: make_edition(repository, audience).pages for audience in AUDIENCES}
    told = {
        audience: next(p.text for p in pages[audience] if p.path == "units/jia.md") for audience in AUDIENCES
    }
    assert told["office"].count("文件于8月18日 09:00存入") == 6
    assert told["office"].count("文件于8月18日 09:00存入，8月20日 09:00改动") == 1
    assert "存入" not in told["public"]


@pytest.mark.parametrize("program", ["shenbao", "mkdocs"])
def test_a_shallow_clone_is_refused_with_the_way_out(
    program: str, repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shallow = tmp_path / "shallow"
    git_in(tmp_path)("clone", "-q", "--depth", "1", f"file://{repository}", shallow)
    if program == "mkdocs":
        shutil.copy(ROOT / "mkdocs.yml", shallow)
        said = _mkdocs(shallow).stderr
    else:
        with pytest.raises(SystemExit) as ended:
            main(["build", "--root", str(shallow), "--audience", "office", "--out", str(tmp_path / "site")])
        assert ended.value.code == 2
        said = capsys.readouterr().err
    assert "git fetch --unshallow" in said
    assert "Traceback" not in said
