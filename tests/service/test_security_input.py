"""What strangers put into paths, queries, forms and bodies: never an error of ours, never another file, never elsewhere."""

from __future__ import annotations

import json
import uuid
from itertools import product
from typing import Any

import pytest
from django.test import Client
from service.security_world import OWN, World, leaks, patterns, plant

from intake.journal.models import Action, Submission
from intake.people.models import Account
from intake.projection.submitting import files_of

DOCUMENT, CHECK, FILES = "/intake/documents/individual-01", "/intake/check", "/intake/files"
UPLOAD = "0c4c1f5e-0000-4000-8000-000000000001"
FINE = (200, 302, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429)
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def world(db, service, telephone, worker) -> World:
    return plant(service)


def send(
    client: Client, address: str, body: Any, kind: str = "application/json", method: str = "POST"
) -> Any:
    client.handler.enforce_csrf_checks = False
    client.raise_request_exception = False
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.generic(method, address, data, kind)


# --------------------------------------------------------------------------------------------------- addresses

ODD = [
    "/intake/documents/%00", "/intake/documents/%00/files/%00", "/my/receipts/%00/", "/my/documents/%00/",
    "/verify/%00/", "/desk/?unit=%00&item=%00", "/desk/audit/?unit=%00", "/desk/paper/?unit=%00&told=" + "9" * 17,
    "/desk/audit/?from=9999-12-31&to=0001-01-01", "/desk/units/?page=" + "9" * 5000, "/desk/accounts/?page=-1",
    "/desk/actions/" + "9" * 30 + "/", "/my/sign-in/?next=%00", "/a%0d%0ab", "/%ff%fe", "/?a=%ff", "/..%5c",
    "/%2e%2e/intake.sqlite3", "/" + "a" * 4000, "/desk/extensions/?unit=%F0%9F%98%80", "/.git/config", "/office/.env",
]  # fmt: skip


def test_an_odd_address_is_no_error_of_ours(world: World):
    told = {}
    for address in ODD:
        for name in ("nobody", "own unit", "approver"):
            client = world.browsers[name]
            client.raise_request_exception = False
            answer = client.get(address)
            answer.close()
            told[address, name] = answer.status_code
    assert {key: status for key, status in told.items() if status not in FINE} == {}


OTHERS_PAGES = [
        "units/guangzhou/../shenzhen/index.html", "units/guangzhou/..%2fshenzhen/index.html", "../../intake.sqlite3",
        "units//guangzhou/index.html", "assets/../search/search_index.json", "assets/%2e%2e/search/search_index.json",
        "units/guangzhou\\..\\shenzhen", "units/guangzhou/%00", "%2fetc%2fpasswd", "assets/.hidden", "assets/link",
        "search/search_index.json", "index.html", "units/", "papers/guangzhou/all.pdf", "files/guangzhou/photo.jpg",
        "units/guangzhou/", "units/GUANGZHOU/index.html", "files/guangzhou",
    ]  # fmt: skip


def test_below_its_own_pages_a_unit_finds_no_other_file(world: World, service):
    (service.sites / "office" / "assets" / ".hidden").write_text("CANARY-7f3a")
    (service.sites / "office" / "assets" / "link").symlink_to(service.var / "clock.json")
    (service.var / "clock.json").write_text("CANARY-7f3a")
    for path in OTHERS_PAGES:
        answer = world.browsers["other unit"].get(f"/my/pages/{path}")
        public = answer.status_code == 302 and answer["Location"] == f"/{path}"
        assert public or answer.status_code in (400, 404), path
        assert leaks(world, path, answer) == []


def test_the_public_door_shows_no_file_beside_the_public_site(world: World, service):
    (service.sites / "public" / "link").symlink_to(service.sites / "office" / "index.html")
    (service.sites / "public" / ".hidden").write_text("金丝雀七")
    for path in ("link", ".hidden", "%2e%2e/office/index.html", "..%2foffice/index.html"):
        answer = Client().get(f"/{path}")
        assert (path, answer.status_code, leaks(world, path, answer)) == (path, 404, [])


def test_no_address_sends_elsewhere(world: World):
    for address in ["//evil.example/", "//evil.example", "///evil.example/a", "/\\evil.example", "/office"]:
        for name in ("nobody", "approver"):
            answer = world.browsers[name].get(address)
            answer.close()
            place = answer.get("Location", "/")
            assert place.startswith("/"), address
            assert not place.startswith(("//", "/\\")), address


FORGED = [
    "X-Forwarded-Host",
    "X-Forwarded-Server",
    "X-Original-URL",
    "X-Rewrite-URL",
    "Forwarded",
    "X-HTTP-Method-Override",
]


def test_what_a_proxy_might_say_changes_nothing(world: World):
    """No link, no redirect, no method comes from a header that anybody may send: nothing for a cache to be poisoned with."""
    values = {"X-HTTP-Method-Override": "DELETE", "Forwarded": "host=evil.example;proto=https"}
    pages = ("/my/account/", "/desk/", "/verify/", "/", "/intake/state")
    for address, name in product(pages, FORGED):
        headers = {name: values.get(name, "evil.example")}
        plain = Client().get(address)
        forged = Client().get(address, headers=headers)
        assert forged.status_code == plain.status_code
        assert forged.get("Location") == plain.get("Location")
        body = b"".join(forged.streaming_content) if forged.streaming else forged.content
        plain.close()
        assert b"evil.example" not in body


def test_a_forged_host_is_refused_in_a_sentence(service, db):
    answer = Client().get("/my/sign-in/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "请" in answer.content.decode()
    assert "evil.example" not in answer.content.decode()


# ------------------------------------------------------------------------------------------------------ bodies


def test_a_json_depth_bomb_is_refused(world: World):
    for depth in (50, 500, *range(900, 1000, 7), 3000, 100_000):
        deep = "[" * depth + "]" * depth
        for address, body in (
            (DOCUMENT, f'{{"attempt": {deep}, "yaml": "a: b"}}'),
            (DOCUMENT, f'{{"attempt": "{UPLOAD}", "yaml": "a: b", "files": {{"a": {deep}}}}}'),
            (CHECK, f'{{"document": {deep}, "yaml": "a: b"}}'),
            (FILES, f'{{"path": {deep}, "size": 1}}'),
        ):
            assert send(world.browsers["own unit"], address, body.encode()).status_code in (400, 413)


BODIES: list[tuple[str, str, bytes]] = [
    ("a file name that is half a letter", CHECK, rb'{"document":"individual-01","yaml":"a: b","files":{"\ud800":"x"}}'),
    ("a file name with NUL", CHECK, rb'{"document":"individual-01","yaml":"a: b","files":{"\u0000":"x"}}'),
    ("more files than a campaign has", CHECK, json.dumps(
        {"document": "individual-01", "yaml": "a: b", "files": {str(n): "x" for n in range(40_000)}}).encode()),
    ("files that are no names", CHECK, b'{"document":"individual-01","yaml":"a: b","files":{"a":{"b":[1]}}}'),
    ("half a letter", CHECK, rb'{"document":"individual-01","yaml":"a: \ud800"}'),
    ("NUL", CHECK, rb'{"document":"individual-01","yaml":"a: \u0000"}'),
    ("half a letter, submitted", DOCUMENT, b'{"attempt":"%s","yaml":"a: \\ud800"}' % UPLOAD.encode()),
    ("a file that is half a letter, submitted", DOCUMENT,
        b'{"attempt":"%s","yaml":"a: b","files":{"\\ud800":"%s"}}' % (UPLOAD.encode(), UPLOAD.encode())),
    ("half a letter as a path", FILES, rb'{"path":"materials/\ud800.pdf","size":3}'),
    ("NUL as a path", FILES, rb'{"path":"materials/\u0000.pdf","size":3}'),
    ("a number without end", FILES, b'{"path":"materials/a.pdf","size":%s}' % (b"9" * 5000)[:3900]),
    ("no number", FILES, b'{"path":"materials/a.pdf","size":NaN}'),
    ("not JSON", CHECK, b"\xff\xfe"),
    ("a list", CHECK, b"[]"),
]  # fmt: skip


def test_an_odd_body_is_answered_in_a_sentence(world: World):
    for what, address, body in BODIES:
        answer = send(world.browsers["own unit"], address, body)
        assert answer.status_code in ((400,) if "more files" in what else (200, 400, 409, 413, 422)), what
        assert answer.status_code == 200 or answer.json()["message"].endswith("。"), what


FORMS = [
    ("/desk/paper/", b"unit=guangzhou&document=individual-01&seen=0&copies=0000001234567"),
    ("/desk/paper/", b"unit=guangzhou&document=individual-01&seen=0&copies=000000" + b"9" * 5000),
    ("/desk/extensions/", b"unit=guangzhou&document=*&until=9999-12-31T23:59&reason=x&seen=0"),
    ("/desk/extensions/", b"unit=guangzhou&document=*&until=0001-01-01T00:00%2B14:00&reason=x&seen=0"),
    ("/desk/extensions/", b"unit=guangzhou&document=%00&until=2012-08-22T10:00&reason=%00&seen=0"),
    ("/desk/accounts/new/", b"role=unit&unit=guangzhou&name=%E2%80%AEabc&username=%00"),
    ("/verify/", b"text=%ff&signature=%ff"),
    ("/verify/", b"text=a&signature=" + b"A" * 19_000),
    ("/verify/", b"text=a&signature=U1NIU0lHAAAAAf8AAAA="),
    ("/my/sign-in/", b"username=" + b"a" * 100_000 + b"&passphrase=x"),
    ("/my/sign-in/", b"username=%00&passphrase=%00"),
    ("/my/sign-in/", b"&".join(b"a%d=1" % n for n in range(300))),
    ("/my/sign-in/", b"a=" + b"x" * 1_200_000),
    ("/my/enrol/", b"code=%00"),
]


def test_an_odd_form_is_answered_in_a_sentence(world: World):
    before = list(Action.objects.values_list("pk", flat=True))
    for address, body in FORMS:
        for name in ("nobody", "approver"):
            answer = send(world.browsers[name], address, body, FORM)
            assert answer.status_code in FINE, body[:90]
            assert answer.status_code == 302 or "。" in answer.content.decode(), body[:90]
    assert list(Action.objects.values_list("pk", flat=True)) == before


KINDS = [
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    f"{FORM}; charset=nonsense",
    f"{FORM}; charset=utf-16",
    "application/json",
    "text/plain",
    "image/png",
    "",
    "a" * 300,
]


def test_an_odd_kind_of_body_is_no_error_of_ours(world: World):
    for kind in KINDS:
        for address in ("/my/sign-in/", "/verify/", CHECK, FILES, DOCUMENT):
            answer = send(
                world.browsers["own unit"], address, b"--x\r\nContent-Disposition: form-data\r\n", kind
            )
            assert answer.status_code in FINE, (kind, address)


YAML = {
    "anchors that multiply": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)),
    "brackets": "[" * 5000, "braces": "a: " + "{" * 3000, "dashes": "- " * 20_000, "questions": "? " * 5000,
    "quotes": "a: " + "'" * 100_000, "blanks": "a:\n" + " " * 200_000, "an object": "a: !!python/object:os.system x",
    "a large number": "k: " + "9" * 5000, "another": "k: 1e999999", "a key that is a list": "? [a]\n: b",
    "no number": "a: .nan", "two documents": "name: null\n...\n---\nb: c", "a long line": "name: " + "a" * 240_000,
    "a path upwards": "photo: ../../../../etc/passwd", "another unit's": "photo: materials/../../shenzhen/x.jpg",
    "NUL in a path": 'photo: "materials/\\0.jpg"', "digits": "phone: '" + "1" * 100_000 + "x'",
    "NUL in a key": '"\\0k": 1\nname: "\\0"\n', "half a letter": '"\\ud800": 1\nname: "\\udfff"\n',
    "the wrong shapes": "name: [1, 2]\nresume: {a: b}\nphoto: [x]\nawards: 5\nnotes: [1]\n",
}  # fmt: skip


@pytest.mark.parametrize("what", YAML)
def test_a_hostile_document_is_received_judged_and_shown(what: str, world: World):
    """It gets its receipt like any other; neither the check, the worker's judgement nor any page trips over it."""
    clerk, officer = world.browsers["own unit"], world.browsers["officer"]
    text = YAML[what]
    assert send(clerk, CHECK, {"document": "individual-01", "yaml": text}).status_code == 200
    answer = send(clerk, DOCUMENT, {"attempt": str(uuid.uuid4()), "yaml": text})
    assert answer.status_code == 201
    number = answer.json()["number"]
    line = Submission.objects.get(number=number)
    assert set(files_of(line)) >= {f"data/cities/{OWN}/nominations/individual-01.yml"}
    for address in (f"/desk/{number}/", f"/desk/{number}/return/", f"/desk/{number}/accept/"):
        assert officer.get(address).status_code == 200
    for address in (DOCUMENT, f"/my/receipts/{number}/", "/my/", "/my/documents/individual-01/"):
        assert clerk.get(address).status_code == 200


@pytest.mark.parametrize("what", ["NUL in a key", "half a letter"])
def test_findings_can_be_stored_in_every_database(what: str, world: World):
    """PostgreSQL takes neither NUL nor half a letter in JSON: one document would stop the worker for everybody."""
    found = send(world.browsers["own unit"], CHECK, {"document": "individual-01", "yaml": YAML[what]}).json()
    assert found["findings"]
    text = json.dumps(found, ensure_ascii=False)
    assert "\\u0000" not in text
    assert not [letter for letter in text if 0xD800 <= ord(letter) < 0xE000]


def test_an_account_whose_unit_left_the_campaign_is_refused_and_nothing_breaks(world: World):
    Account.objects.filter(username=f"{OWN}-1").update(unit="nowhere")
    client = Client()
    client.force_login(Account.objects.get(username=f"{OWN}-1"))
    client.raise_request_exception = False
    body = {
        "attempt": UPLOAD,
        "yaml": "a: b",
        "document": "individual-01",
        "version": 0,
        "path": "x",
        "size": 1,
    }
    told = {}
    for pattern in patterns():
        if pattern.startswith("my/sign-out"):
            continue
        for method in ("GET", "POST", "PUT"):
            answer = send(client, world.address(pattern), body, method=method)
            answer.close()
            told[method, pattern] = answer.status_code
    assert [key for key, status in told.items() if status >= 500] == []
    assert told["GET", "my/"] == told["POST", "intake/documents/<str:document>"] == 403
    assert told["GET", "my/account/"] == 200
