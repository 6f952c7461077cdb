"""Addresses on a forge: which forge it is, and what its editor is called by, in Python and in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from campaigns import campaign_edit, lay
from hypothesis import given, settings
from hypothesis import strategies as st
from in_node import Node

from build_tools.campaign import BrokenCampaign, Campaign, load_campaign
from build_tools.campaign.forge import forge_base, forge_of, forge_url
from build_tools.tree import WorkTree

ROOT = Path(__file__).parents[1]
CAMPAIGN = load_campaign(WorkTree(ROOT))
URL = "https://git.example.invalid/office/campaign"
PATH = "data/cities/guangzhou/nominations/individual-01.yml"


def on(url: str, forge: str = "", branch: str = "main") -> Campaign:
    return replace(CAMPAIGN, repo_url=url, forge=forge, edit_branch=branch)


@pytest.mark.parametrize(
    ("url", "named", "kind"),
    [
        ("https://github.com/a/b", "", "github"),
        ("https://gitlab.com/a/b", "", "gitlab"),
        ("https://gitlab.example.invalid/a/b", "", "gitlab"),
        ("https://gitea.example.invalid/a/b", "", "gitea"),
        ("https://codeberg.org/a/b", "", "gitea"),
        ("https://forgejo.example.invalid/a/b", "", "gitea"),
        ("https://git.example.invalid/gitlab/gitea", "", "github"),
        ("https://git.example.invalid/a/b", "gitlab", "gitlab"),
        ("https://gitlab.example.invalid/a/b", "gitea", "gitea"),
    ],
)
def test_the_forge_is_what_the_campaign_says_or_its_host(url: str, named: str, kind: str) -> None:
    assert forge_of(on(url, named)) == {"kind": kind, "url": url, "branch": "main"}


def test_a_campaign_without_a_forge_has_no_addresses() -> None:
    assert CAMPAIGN.repo_url == ""
    assert forge_of(CAMPAIGN) is None
    assert forge_url(CAMPAIGN, "edit", PATH) == forge_base(CAMPAIGN, "tree") == ""


PAGES = [
    ("github", "edit", "edit/"),
    ("github", "tree", "tree/"),
    ("gitlab", "edit", "-/edit/"),
    ("gitlab", "tree", "-/tree/"),
    ("gitea", "edit", "_edit/"),
    ("gitea", "tree", "src/branch/"),
]


@pytest.mark.parametrize(("kind", "action", "words"), PAGES)
def test_each_forge_has_pages_of_its_own(kind: str, action: str, words: str) -> None:
    campaign = on(URL, kind, "release/2012#1")
    assert forge_base(campaign, action) == f"{URL}/{words}release/2012%231/"
    assert (
        forge_url(campaign, action, "data/甲 乙.yml")
        == f"{URL}/{words}release/2012%231/data/{quote('甲 乙.yml')}"
    )


def test_the_forge_is_a_setting_of_the_campaign(tmp_path: Path) -> None:
    edits = [campaign_edit("repo_url: null", f"repo_url: {URL}/\nforge: gitea")]
    campaign = load_campaign(WorkTree(lay(tmp_path / "good", edits=edits)))
    assert forge_of(campaign) == {"kind": "gitea", "url": URL, "branch": "main"}
    edits = [campaign_edit("repo_url: null", f"repo_url: {URL}\nforge: sourceforge")]
    with pytest.raises(BrokenCampaign) as broken:
        load_campaign(WorkTree(lay(tmp_path / "bad", edits=edits)))
    assert [finding.pointer for finding in broken.value.findings] == ["/forge"]


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with Node("forge") as node:
        yield node


def ask(node: Node, kind: str, path: str = PATH, text: str = "", branch: str = "main") -> dict[str, Any]:
    answer: dict[str, Any] = node.ask(
        {"forge": {"kind": kind, "url": URL, "branch": branch}, "path": path, "text": text}
    )
    return answer


TEXT = "name: 示例 & 甲 #1\n"
SAID = "name%3A%20%E7%A4%BA%E4%BE%8B%20%26%20%E7%94%B2%20%231%0A"
FOLDER = "data/cities/guangzhou/nominations"


@pytest.mark.parametrize(
    ("kind", "branch", "link", "whole"),
    [
        ("github", "main", f"new/main?filename={quote(PATH, safe='')}&value={SAID}", True),
        ("github", "a/b#c", f"new/a/b%23c?filename={quote(PATH, safe='')}&value={SAID}", True),
        ("gitea", "main", f"_new/main/{FOLDER}?filename=individual-01.yml&value={SAID}", True),
        ("gitea", "a/b", f"_new/a/b/{FOLDER}?filename=individual-01.yml&value={SAID}", True),
        ("gitlab", "main", f"-/new/main/{FOLDER}?file_name=individual-01.yml", False),
    ],
)
def test_a_new_file_is_linked_as_the_forge_wants_it(
    node: Node, kind: str, branch: str, link: str, whole: bool
) -> None:
    answer = ask(node, kind, text=TEXT, branch=branch)
    assert (answer["url"], answer["whole"]) == (f"{URL}/{link}", whole)


@pytest.mark.parametrize("kind", ["github", "gitlab", "gitea"])
def test_the_browser_edits_where_the_site_does(node: Node, kind: str) -> None:
    for branch, path in (("main", PATH), ("a/b c", "data/甲 乙.yml"), ("x#y", "100%?.yml")):
        assert ask(node, kind, path, branch=branch)["edit"] == forge_url(on(URL, kind, branch), "edit", path)


@pytest.mark.parametrize("kind", ["github", "gitea"])
def test_a_text_too_long_for_a_link_is_left_to_be_pasted(node: Node, kind: str) -> None:
    bare = ask(node, kind)["url"]
    fits = "a" * (8000 - len(bare))
    assert ask(node, kind, text=fits) == {"url": bare + fits, "whole": True, "edit": ask(node, kind)["edit"]}
    over = ask(node, kind, text=fits + "a")
    assert over["whole"] is False
    assert over["url"] == bare.removesuffix("&value=")
    assert ask(node, kind, text="甲" * 900)["whole"] is False


ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
NAMES = st.lists(ANY.filter(lambda text: text and "/" not in text), min_size=1, max_size=3).map("/".join)


@settings(max_examples=200, deadline=None)
@given(text=ANY, path=NAMES, branch=NAMES)
def test_names_and_texts_arrive_as_they_are(node: Node, text: str, path: str, branch: str) -> None:
    folder, slash, name = path.rpartition("/")
    for kind, key in (("github", "filename"), ("gitea", "filename"), ("gitlab", "file_name")):
        answer = ask(node, kind, path, text, branch)
        url = urlsplit(answer["url"])
        query = parse_qs(url.query, keep_blank_values=True, strict_parsing=True)
        assert query[key] == [path if kind == "github" else name]
        assert query.get("value", [""]) == [text if answer["whole"] else ""]
        place = branch if kind == "github" else branch + slash + folder
        assert unquote(url.path).endswith(f"new/{place}")
        assert unquote(urlsplit(answer["edit"]).path).endswith(f"edit/{branch}/{path}")
        assert not url.fragment
