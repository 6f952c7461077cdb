"""Text of a unit is plain text: markup, templates, Markdown and scripts show as what was typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser.visitors import AUDIENCES, Open, served

from build_tools.site.build import build

HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}{% raw %}**b**`c`<script>alert(2)</script>\"'&amp;"


def replace_field(file: Path, field: str, value: str) -> None:
    """Put ``value`` (single-quoted YAML) in place of a one-line field."""
    text = file.read_text(encoding="utf-8")
    quoted = "'" + value.replace("'", "''") + "'"
    changed, count = re.subn(rf"(?m)^{field}: .*$", lambda _: f"{field}: {quoted}", text)
    assert count == 1, field
    file.write_text(changed, encoding="utf-8")


@pytest.fixture
def hostile(campaign_copy: Path) -> Path:
    """广州's public name of a party branch, a nominee's firm and post, and a note answer with an attack."""
    folder = campaign_copy / "data/cities/guangzhou"
    replace_field(folder / "nominations/collective-01.yml", "name", HOSTILE[:60])
    replace_field(folder / "nominations/individual-01.yml", "firm", HOSTILE[:60])
    replace_field(folder / "nominations/individual-01.yml", "post", "合伙人<b onclick=alert(3)>{{8*8}}</b>")
    replace_field(folder / "nominations/individual-01.yml", "birth", "1975-01")
    with (folder / "nominations/individual-01.yml").open("a", encoding="utf-8") as file:
        file.write(f"notes:\n  work_start: '{HOSTILE.replace(chr(39), chr(39) * 2)}'\n")
    return campaign_copy


@pytest.mark.parametrize("audience", AUDIENCES)
def test_hostile_text_shows_as_text(audience: str, hostile: Path, tmp_path: Path, visit: Open) -> None:
    site = tmp_path / "site"
    build(hostile, audience, site)
    with served(site) as base:
        guest = visit(audience, base=base)
        shown = ""
        for path in (
            "",
            "progress/",
            "units/guangzhou/",
            "nominees/" if audience == "office" else "statistics/",
        ):
            page = guest.go(path)
            shown += page.locator("#zhengwen").inner_text()
            assert page.locator("img[src=x], #zhengwen script").count() == 0
            assert "49" not in re.findall(r"onerror=alert\(1\)>(.{0,9})", shown)
        page = guest.go("")
        page.locator(".md-search__input").click()
        page.keyboard.type("onerror", delay=40)
        page.wait_for_function(
            "document.querySelector('.md-search-result__meta').innerText.includes('找')", timeout=15000
        )
        assert guest.troubles() == []
    if audience == "office":
        assert HOSTILE[:60] in shown
        assert HOSTILE in shown
