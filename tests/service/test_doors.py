"""Every address of the service says who may pass; the built pages behind their doors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from intake.people.access import Door
from intake.people.models import Role

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def built(service) -> Path:
    """Two small sites in the place of the built ones."""
    for audience in ("public", "office"):
        for path in (
            "index.html", "404.html", "assets/x.css", "units/foshan/index.html", "units/heyuan/index.html",
            "papers/foshan/individual-01.pdf", "papers/heyuan/individual-01.pdf", "files/foshan/summary.yml",
            "search/search_index.json", "progress/index.html", "downloads/all.xlsx",
        ):  # fmt: skip
            file = service.sites / audience / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{audience} {path}", encoding="utf-8")
    (service.sites / "secret.txt").write_text("secret")
    (service.sites / "public" / "link").symlink_to(service.sites / "secret.txt")
    return service.sites


def body(answer) -> bytes:
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return data


def test_the_public_site_is_open_and_shows_its_own_page_for_what_is_missing(built, client):
    assert body(client.get("/")) == b"public index.html"
    assert body(client.get("/units/foshan/")) == b"public units/foshan/index.html"
    assert client.get("/units/foshan")["Location"] == "/units/foshan/"
    answer = client.get("/nothing/")
    assert (answer.status_code, body(answer)) == (404, b"public 404.html")
    assert client.post("/").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/link",
        "/units/../../secret.txt",
        "/%00",
        "/a\\..\\b",
        "//etc/passwd",
    ],
)
def test_nothing_outside_the_site_is_reached(built, client, path: str):
    answer = client.get(path)
    assert answer.status_code in (400, 404, 301, 302)
    assert b"secret" not in body(answer)


def test_the_office_s_site_is_for_the_office(built, signed_in):
    assert body(signed_in("office-1", Role.OFFICER).get("/office/progress/")) == b"office progress/index.html"
    assert signed_in("foshan-1").get("/office/progress/").status_code == 403
    assert Client().get("/office/progress/").status_code == 302


def test_a_unit_sees_its_own_part_of_the_office_s_site_and_nothing_else(built, signed_in):
    client = signed_in("foshan-1")
    for path in (
        "units/foshan/",
        "papers/foshan/individual-01.pdf",
        "files/foshan/summary.yml",
        "assets/x.css",
    ):
        assert body(client.get(f"/my/pages/{path}")).startswith(b"office "), path
    (built / "office" / "units/foshan/index.html").write_text(
        'a<p class="finding__related" data-foreign>data/cities/heyuan</p>b<p class="finding__related">own</p>'
    )
    assert body(client.get("/my/pages/units/foshan/")) == b'ab<p class="finding__related">own</p>'
    for path in ("", "progress/", "units/heyuan/"):
        assert client.get(f"/my/pages/{path}")["Location"] == f"/{path}"
    (built / "public" / "papers/heyuan/individual-01.pdf").unlink()
    for path in (
        "nothing/", "papers/heyuan/individual-01.pdf",
        "units/foshan/../heyuan/", "units/foshan/%2e%2e/heyuan/index.html",
        "assets/../units/heyuan/index.html",
    ):  # fmt: skip
        answer = client.get(f"/my/pages/{path}")
        assert answer.status_code == 404, path
        assert b"heyuan" not in body(answer), path
