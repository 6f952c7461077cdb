"""Every address of the service says who may pass."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from intake.people.access import Door


def views(patterns: list[URLPattern | URLResolver], start: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        address = f"{start}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, address)
        else:
            yield address, pattern.callback


def test_every_view_has_a_door():
    found = dict(views(get_resolver().url_patterns))
    assert found
    assert {
        address for address, view in found.items() if not isinstance(getattr(view, "door", None), Door)
    } == set()


def test_a_page_s_style_sheets_are_there_and_name_no_colour_that_none_gives(client: Client):
    page = client.get("/my/sign-in/").content.decode()
    sheets = [client.get(address) for address in re.findall(r'rel="stylesheet" href="([^"]+)"', page)]
    assert [sheet.status_code for sheet in sheets] == [200, 200]
    text = "".join(b"".join(sheet.streaming_content).decode() for sheet in sheets)
    assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= set(
        re.findall(r"^ +(--[\w-]+):", text, re.MULTILINE)
    )
