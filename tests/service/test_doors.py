"""Every address of the service says who may pass."""

from __future__ import annotations

from collections.abc import Iterator

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
