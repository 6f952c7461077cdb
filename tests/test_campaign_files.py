"""The office's files as they come from disks, editors and years of use: read, or refused in one sentence."""

from __future__ import annotations

import codecs
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from harness import NOW, REPOSITORY, lay_out, ledger_text

from build_tools.campaign import BrokenCampaign, load_campaign
from build_tools.checks import Judgement, judge
from build_tools.ledger import Ledger, append, event_hash
from build_tools.site.build import BuildFailed, build
from build_tools.tree import WorkTree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    lay_out(tmp_path)
    return tmp_path


def judged(root: Path) -> Judgement:
    return judge(WorkTree(root), datetime.fromisoformat(NOW))


def refused(root: Path) -> list[str]:
    with pytest.raises(BrokenCampaign) as caught:
        judged(root)
    return [f"{f.place.path}:{f.place.line} {f.code} {f.message} {f.hint}" for f in caught.value.findings]


def test_a_link_that_breaks_deep_in_a_long_ledger_is_found(root: Path) -> None:
    events: list[dict[str, object]] = []
    for number in range(1200):
        event = {
            "at": "2012-08-20T10:00:00+08:00",
            "kind": "paper",
            "document": "summary",
            "by": ["示例收文员"],
            "copies": 0,
            "seals": [],
        }
        events = append(events, event, nonce=f"{number:032x}")
    changed = {**events[1100], "copies": 9}
    events[1100] = changed
    assert changed["hash"] != event_hash(changed)
    file = root / "data" / "ledger" / "bing.yml"
    file.write_text(ledger_text("bing", events), encoding="utf-8")
    assert file.stat().st_size > 400_000
    found = [f for f in judged(root).findings if f.place.path == "data/ledger/bing.yml"]
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [(f.code, lines[f.place.line - 1]) for f in found] == [("T13", "- seq: 1101")]


def test_a_disk_that_lends_every_file_an_executable_bit(root: Path) -> None:
    plain = judged(root)
    for path in root.rglob("*"):
        path.chmod(0o755)
    lent = judged(root)
    sent = [path for path in (root / "data" / "cities").rglob("*") if path.is_file()]
    assert lent.files == plain.files > 0
    assert len([f for f in lent.findings if f.code == "L05"]) == len(sent)
    assert [f for f in lent.findings if f.code != "L05"] == list(plain.findings)
    assert lent.errors == plain.errors


def test_a_schema_with_a_byte_order_mark_is_read(root: Path) -> None:
    file = root / "schemas" / "summary.schema.json"
    file.write_bytes(codecs.BOM_UTF8 + file.read_bytes())
    assert judged(root).errors == 0


@pytest.mark.parametrize(("encoding", "named"), [("utf-16", "UTF-16"), ("gb18030", "GBK")])
def test_a_schema_in_another_encoding_is_named(root: Path, encoding: str, named: str) -> None:
    file = root / "schemas" / "summary.schema.json"
    file.write_bytes(file.read_text(encoding="utf-8").encode(encoding))
    (line,) = refused(root)
    assert line.startswith("schemas/summary.schema.json")
    assert named in line


@pytest.mark.parametrize("path", ["data/campaign.yml", "data/ledger/yi.yml"])
def test_an_empty_office_file_is_not_to_be_deleted(root: Path, path: str) -> None:
    (root / path).write_bytes(b"")
    (line,) = refused(root)
    assert line.startswith(f"{path}:1 Y12")
    assert "删去" not in line


@pytest.mark.parametrize(
    "path", ["data", "data/units.yml", "schemas/rules.yml", "schemas/summary.schema.json"]
)
def test_a_link_in_place_of_what_the_office_owns(root: Path, path: str) -> None:
    (root / path).rename(root / "elsewhere")
    (root / path).symlink_to(root / "elsewhere")
    (line,) = refused(root)
    assert line.startswith(f"{path}:1 C08")


def test_a_long_ledger_is_parsed_with_the_offices_limit() -> None:
    text = "unit: yi\nevents: []\n" + "#" * 300 * 1024
    assert (source := Ledger("yi", path="x.yml", data=text.encode()).source) is not None
    assert source.value == {"unit": "yi", "events": []}


@pytest.fixture
def site_root(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    folder.mkdir()
    for name in ("docs", "schemas"):
        shutil.copytree(REPOSITORY / name, folder / name)
    shutil.copy(REPOSITORY / "mkdocs.yml", folder)
    shutil.copytree(REPOSITORY / "data", folder / "data", ignore=shutil.ignore_patterns("cities"))
    return folder


def test_without_a_table_of_places_its_page_says_so(site_root: Path, tmp_path: Path) -> None:
    (site_root / "data" / "quotas.yml").unlink()
    build(site_root, "office", tmp_path / "site")
    page = (tmp_path / "site" / "annexes" / "1" / "index.html").read_text(encoding="utf-8")
    assert "名额表未提供" in page


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "site_name: 申报台\ntheme:\n  name: material\n plugins: [search]\n",
            "mkdocs.yml:4:2  网站设置的格式有误：",
        ),
        ("site_name: [申报台\n", "mkdocs.yml:2:1  网站设置的格式有误："),
        ("site_name: 申报台\x00\n", "mkdocs.yml:1:1  网站设置中有不可见的控制字符"),
    ],
)
def test_settings_that_cannot_be_read(site_root: Path, tmp_path: Path, text: str, told: str) -> None:
    (site_root / "mkdocs.yml").write_text(text, encoding="utf-8")
    with pytest.raises(BuildFailed) as caught:
        build(site_root, "office", tmp_path / "site")
    assert str(caught.value).startswith(told)
    assert not set("abcdefghijklmnopqrstuvwxyz") & set(str(caught.value).removeprefix("mkdocs.yml"))


def test_settings_in_another_encoding(site_root: Path, tmp_path: Path) -> None:
    (site_root / "mkdocs.yml").write_bytes("site_name: 申报台\n".encode("gb18030"))
    with pytest.raises(BuildFailed, match="UTF-8"):
        build(site_root, "office", tmp_path / "site")


def test_the_shipped_campaign_is_sound() -> None:
    assert load_campaign(WorkTree(REPOSITORY)).items
