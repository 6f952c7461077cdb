"""Two units with data that could leak: every field of the first holds a canary, and seven people look at everything.

``plant`` makes it; ``leaks`` finds what an answer holds of the first unit.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID

import pypdfium2
import yaml
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from service.journalled import sample, submit, with_values
from service.people_steps import OTHER, PASSPHRASE, SECRET

from intake.current import campaign, now
from intake.files import store
from intake.files.models import Draft, Upload
from intake.journal.models import Action, Submission
from intake.people import accounts, codes, enrolment, passphrases
from intake.people.audit import note
from intake.people.models import Account, Role
from intake.place import Place

ROOT = Path(__file__).parents[2]
OWN, OTHERS = "guangzhou", "shenzhen"
CANARY, BIRD = "CANARY-7f3a", "金丝雀七"
"""In every text of the first unit: one for bytes, one for what people read."""
ONLY_MINE = "individual-09"
"""A document that no other unit has: that there is one is told to nobody, either."""
PHOTO, MATERIAL = "materials/individual-01.jpg", "materials/secret.pdf"


@dataclass
class World:
    """Who looks (their browsers), and the names of the first unit's things, to be put into addresses."""

    browsers: dict[str, Client]
    line: Submission
    upload: UUID
    action: int
    proposed: int
    secrets: list[str] = field(default_factory=list)

    def address(self, pattern: str) -> str:
        """The address of this pattern that leads to the first unit's own."""
        filled = {
            "<str:document>": "individual-01",
            "<str:number>": self.line.number,
            "<number:number>": self.line.number,
            "<uuid:upload_id>": str(self.upload),
            "<slug:username>": f"{OWN}-1",
            "<slug:slug>": OWN,
            "<slug:name>": "individual-01",
            "<int:action>": str(self.proposed if "extensions" in pattern else self.action),
        }
        for what, value in filled.items():
            pattern = pattern.replace(what, value)
        if pattern.endswith("<path:path>"):
            start = pattern.removesuffix("<path:path>")
            return f"/{start}{_PATHS.get(start, PHOTO)}"
        return f"/{pattern}" if pattern != ANY else "/"


ANY = "^(?P<path>.*)$"
_PATHS = {"my/pages/": f"units/{OWN}/index.html", "office/": f"units/{OWN}/index.html"}


def patterns(found: Any = None, start: str = "") -> Iterator[str]:
    """Every address of the service, as the resolver knows it."""
    for pattern in get_resolver().url_patterns if found is None else found:
        address = f"{start}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, address)
        else:
            assert isinstance(pattern, URLPattern)
            yield address


def plant(place: Place) -> World:
    """Fill the service. Both units have everything; only the first one's holds canaries."""
    _tree(place)
    _sites(place)
    people = {"own unit": _person(f"{OWN}-1", BIRD), "other unit": _person(f"{OTHERS}-1", "示例旁人")}
    mine = people["own unit"]
    photo, paper = store.keep(b"\xff\xd8\xff" + CANARY.encode()), store.keep(b"%PDF-" + CANARY.encode())
    text = with_values(sample(OWN), name=BIRD, deeds=f"{BIRD}的事迹", firm=CANARY, notes={"x": BIRD})
    line = submit(mine, text=text, files={PHOTO: photo, MATERIAL: paper, f"materials/{CANARY}.pdf": paper})
    line.flags, line.trouble = ["clock"], f"{BIRD}没有办成"
    line.findings = [*(line.findings or ()), _finding(line)]
    line.save()
    Draft.objects.create(
        unit=OWN, document="individual-01", yaml=f"name: {BIRD}", account=mine, saved_at=now()
    )
    Draft.objects.create(unit=OWN, document=ONLY_MINE, yaml=BIRD, account=mine, saved_at=now())
    submit(mine, ONLY_MINE, text, judged=False)
    upload = Upload.objects.create(
        unit=OWN, account=mine, path=PHOTO, size=20, state=Upload.State.READY, digest=photo, kept_size=20,
        message=BIRD, created_at=now(), finished_at=now(),
    )  # fmt: skip
    Upload.objects.create(
        unit=OWN, account=mine, path=f"materials/{CANARY}.pdf", size=20, created_at=now(), message=BIRD
    )
    people["officer"] = _person("officer", "示例经办", Role.OFFICER)
    people["approver"] = _person("approver", "示例审批", Role.APPROVER)
    action = _action(Action.Kind.RETURNED, people["officer"], line, Action.State.DONE)
    proposed = _action(Action.Kind.EXTENDED, people["officer"], None, Action.State.PROPOSED)
    note(None, "submitted", unit=OWN, target=CANARY, account=mine, number=line.number)
    submit(people["other unit"])
    browsers = {name: _browser(person) for name, person in people.items()} | {"nobody": Client()}
    browsers["shut"] = _browser(_person(f"{OWN}-3", BIRD))
    accounts.deactivate(Account.objects.get(username=f"{OWN}-3"))
    renewed = _person(f"{OWN}-4", BIRD)
    browsers["reset"] = _browser(renewed)
    enrolment.redeem(codes.digest(enrolment.issue(renewed, None)), OTHER)
    secrets = [
        ONLY_MINE,
        line.number,
        line.digest,
        line.hash,
        line.nonce,
        line.spool,
        str(upload.pk),
        photo,
        paper,
    ]
    return World(browsers, line, upload.pk, action.pk, proposed.pk, secrets)


def leaks(world: World, address: str, answer: Any) -> list[str]:
    """What of the first unit stands in ``answer``, beyond what the ``address`` itself said."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.get("Content-Type") == "application/pdf" and body.startswith(b"%PDF-1"):
        with pypdfium2.PdfDocument(io.BytesIO(body)) as paper:
            body += "".join(page.get_textpage().get_text_bounded() for page in paper).encode()
    if answer.get("Content-Type") == "application/json":
        body += body.decode().encode().decode("unicode_escape").encode("utf-8", "replace")
    told = body.decode("utf-8", "replace") + "\n".join(f"{name}: {value}" for name, value in answer.items())
    told += "\n".join(f"{name}: {value}" for name, value in answer.cookies.items())
    for known in (address, quote(address, safe=""), quote(address), unquote(address)):
        told = told.replace(known, "")
    return [secret for secret in (CANARY, BIRD, *world.secrets) if secret in told]


def _person(username: str, name: str, role: Role = Role.UNIT) -> Account:
    unit = username.rpartition("-")[0] if role is Role.UNIT else ""
    return Account.objects.create(
        username=username, name=name, role=role, unit=unit, created_at=now(), password=_opened(),
        totp_secret=SECRET if role is Role.APPROVER else "",
    )  # fmt: skip


@lru_cache(maxsize=1)
def _opened() -> str:
    return passphrases.sealed(PASSPHRASE)


def _browser(person: Account) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    return client


def _finding(line: Submission) -> dict[str, Any]:
    told = {
        "code": "F01",
        "severity": "error",
        "message": BIRD,
        "hint": CANARY,
        "clause": "",
        "pointer": "/name",
    }
    return {**told, "path": f"data/cities/{OWN}/x.yml", "line": 1, "column": 1, "related": []}


def _action(kind: Action.Kind, by: Account, line: Submission | None, state: Action.State) -> Action:
    return Action.objects.create(
        kind=kind, unit=OWN, document="individual-01", submission=line, reason=f"{BIRD}的理由{CANARY}",
        until=now() + timedelta(hours=20), account=by, at=now(), state=state, message=BIRD,
    )  # fmt: skip


def _tree(place: Place) -> None:
    """The campaign as it stands, with canaries in the first unit's folder and ledger."""
    for folder in ("data", "schemas"):
        shutil.copytree(ROOT / folder, place.tree / folder)
    unit = place.tree / campaign().unit_by_slug[OWN].folder
    for file in sorted(unit.glob("nominations/*.yml")):
        value = yaml.safe_load(file.read_text(encoding="utf-8")) | {
            "name": f"{BIRD}{file.stem}",
            "firm": CANARY,
        }
        value["deeds"] = f"{BIRD}的事迹"
        file.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (unit / "materials" / "individual-01.jpg").write_bytes(b"\xff\xd8\xff" + CANARY.encode())
    (unit / "materials" / "secret.pdf").write_bytes(b"%PDF-" + CANARY.encode())


def _sites(place: Place) -> None:
    """What a build leaves, as far as the doors can tell."""
    made = {
        "public/index.html": "<p>公开",
        "public/404.html": "<p>没有",
        "office/index.html": f"<p>{BIRD}",
        "office/404.html": "<p>没有",
        "office/assets/app.js": "1",
        "office/search/search_index.json": CANARY,
        f"office/units/{OWN}/index.html": f"<p>{BIRD}{CANARY}",
        f"office/papers/{OWN}/all.pdf": f"%PDF-{CANARY}",
        f"office/files/{OWN}/photo.jpg": CANARY,
        f"office/units/{OTHERS}/index.html": "<p>旁人",
    }
    for name, text in made.items():
        file = place.sites / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
