"""The headers of every kind of answer, over http and as behind https; cookies, and what a cache may keep."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from service.people_steps import opened, sign_in
from service.security_world import OWN, World, patterns, plant

from intake.headers import STRICT


@pytest.fixture
def world(db, service, telephone, worker) -> World:
    return plant(service)


def answers(world: World) -> dict[str, Any]:
    """One of every kind: pages, JSON, files, built pages, redirects, and every refusal."""
    clerk, officer = world.browsers["own unit"], world.browsers["officer"]
    clerk.raise_request_exception = officer.raise_request_exception = False
    number = world.line.number
    found = {f"page {one}": clerk.get(world.address(one)) for one in patterns() if one.startswith("my/")}
    found |= {f"desk {one}": officer.get(world.address(one)) for one in patterns() if one.startswith("desk/")}
    found |= {f"JSON {one}": clerk.get(world.address(one)) for one in patterns() if one.startswith("intake/")}
    found |= {
        "built page": Client().get("/"), "built, missing": Client().get("/nothing"),
        "office's": officer.get("/office/"), "office's asset": officer.get("/office/assets/app.js"),
        "unit's": clerk.get(f"/my/pages/units/{OWN}/"), "no folder": officer.get("/office/units"),
        "static": Client().get("/static/intake.css"), "static, missing": Client().get("/static/nothing.css"),
        "redirect": Client().get("/desk/"), "401": Client().get("/intake/drafts/individual-01"),
        "403": clerk.get("/desk/"), "CSRF": clerk.post("/my/sign-out/"), "CSRF, JSON": clerk.post("/intake/check"),
        "404": clerk.get("/my/receipts/none/"), "405": clerk.delete("/intake/state"), "405, built": Client().post("/"),
        "413": Client().post("/my/sign-in/", b"", "text/plain", CONTENT_LENGTH="99999999"),
        "bad host": Client().get("/my/", headers={"Host": "evil.example"}), "NUL": Client().get("/%00"),
        "fields": Client().post("/my/sign-in/", {str(n): "" for n in range(300)}),
        "line break": Client().get("/a%0ab"), "verification": Client().get(f"/verify/{number}/"),
    }  # fmt: skip
    for answer in found.values():
        answer.close()
    return found


def test_every_answer_has_them_all(world: World):
    told = answers(world)
    assert {answer.status_code for answer in told.values()} >= {200, 302, 400, 401, 403, 404, 405, 413}
    for what, answer in told.items():
        assert {name: answer.get(name) for name in STRICT} == STRICT, what
        policy = answer["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy or "sandbox" in policy, what
        assert "unsafe" not in policy, what
        if not getattr(answer, "from_site", False):
            assert "default-src 'none'" in policy, what
        if answer["Content-Type"].startswith("text/html") and not getattr(answer, "from_site", False):
            assert "object-src 'none'; base-uri 'none'" in policy, what
        assert "Access-Control-Allow-Origin" not in answer, what
        assert "Server" not in answer, what
        assert "X-Powered-By" not in answer, what


def test_a_page_that_nobody_was_asked_for_does_not_say_that_one_is_signed_out(signed_in):
    """What is refused before anybody looks who it is names nobody, and offers nobody to sign in."""
    page = signed_in().post("/my/sign-in/", b"", "text/plain", CONTENT_LENGTH="99999999").content.decode()
    assert "没有办成" in page
    assert "登录" not in page
    assert ">登录</a>" in Client().get("/verify/").content.decode()


def test_only_what_is_public_may_be_kept(world: World):
    public = {"built page", "built, missing", "static", "static, missing", "405, built"}
    for what, answer in answers(world).items():
        if what == "office's asset":
            assert answer["Cache-Control"] == "private, no-cache"
        elif what not in public:
            assert answer["Cache-Control"] == "no-store", what


def test_a_folder_is_not_listed_and_a_request_is_not_echoed(world: World):
    officer = world.browsers["officer"]
    for folder in ("/static/", "/assets/", "/office/assets/"):
        with closing(officer.get(folder)) as told:
            assert told.status_code == 404, folder
    for address in ("/", "/my/sign-in/", "/intake/state", "/desk/"):
        told = officer.generic("TRACE", address, headers={"X-Canary": "canary"})
        assert told.status_code == 405, address
        assert b"canary" not in told.content


def test_a_file_of_a_unit_is_never_run_in_our_name(world: World):
    """What was uploaded is saved or drawn; a browser that opens it all the same may run nothing."""
    clerk = world.browsers["own unit"]
    for address in (
        f"/intake/files/{world.upload}/content",
        "/intake/documents/individual-01/files/materials/secret.pdf",
    ):
        answer = clerk.get(address)
        assert answer["Content-Disposition"].startswith("attachment")
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["Content-Type"] not in ("text/html", "image/svg+xml", "application/xml")


def test_cookies_are_for_this_service_only(client: Client, service, db):
    opened("guangzhou-1")
    client.get("/my/sign-in/")
    answer = sign_in(client)
    assert set(client.cookies) == {"shenbao_session", "shenbao_csrf"}
    for cookie in answer.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]
    assert not client.cookies["shenbao_session"]["expires"], "gone when the browser is shut"


HTTPS = """
import django; django.setup()
from django.test import Client
host = {"HTTP_HOST": "shenbao.example", "HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}
answer = Client().get("/my/sign-in/", **host)
cookie = answer.cookies["__Host-shenbao_csrf"]
print(answer.status_code, answer["Strict-Transport-Security"], cookie["secure"], cookie["path"], repr(cookie["domain"]))
from django.conf import settings
print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.ALLOWED_HOSTS)
print(Client().get("/my/sign-in/", HTTP_HOST="127.0.0.1").status_code)
"""


def test_behind_https(tmp_path: Path):
    """As in production: a year of HSTS, cookies that only travel encrypted, and no name but the service's own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SHENBAO", "DJANGO"))} | {
        "DJANGO_SETTINGS_MODULE": "intake.settings", "SHENBAO_VAR": str(tmp_path),
        "SHENBAO_ROOT": str(Path(__file__).parents[2]), "SHENBAO_URL": "https://shenbao.example", "SHENBAO_PROXIES": "1",
    }  # fmt: skip
    told = subprocess.run(
        [sys.executable, "-c", HTTPS], env=environment, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    told = [line for line in told if not line.startswith("{")]
    assert told == [
        "200 max-age=31536000 True / ''",
        # The loopback names are there for the health checks of the machine itself; they are led to https like all.
        "__Host-shenbao_session True ['127.0.0.1', '[::1]', 'localhost', 'shenbao.example']",
        "301",
    ]
