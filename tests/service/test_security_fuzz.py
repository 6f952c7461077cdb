"""Schemathesis against the service as it runs: what the description of the interface allows, and what it does not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from service.security_matrix import METHODS, table
from service.security_server import ROOT, Server, served

DESCRIPTION = ROOT / "intake" / "openapi.yml"
PASSPHRASE = "示例口令-不要在别处使用-7"
CANARY, BIRD = "CANARY-7f3a", "金丝雀七"
EXAMPLES = 8
BUSY = (503, 507)
REACHED = {
    "": ("/my/", "/verify/", "/intake/"),
    "shenzhen-1": ("/intake/", "/my/account/"),
    "officer": ("/desk/",),
}
"""What each may pass the doors of: what a door refuses, the table of all addresses holds."""
PLANT = f"""
from pathlib import Path
from intake.cli.setting import set_up
set_up(Path("."))
from intake.current import now
from intake.files.models import Draft
from intake.people.models import Account
Account.objects.filter(unit="guangzhou").update(name="{BIRD}")
Draft.objects.create(unit="guangzhou", document="individual-01", yaml="{CANARY}",
                     account=Account.objects.get(username="guangzhou-1"), saved_at=now())
"""


def described() -> dict[str, set[str]]:
    """Address to methods, as the description has them."""
    paths = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))["paths"]
    return {path: {name.upper() for name in one if name != "parameters"} for path, one in paths.items()}


def test_the_description_holds_every_address_that_takes_something():
    """By the table of all addresses: all methods below /intake/, elsewhere those that are not only read."""
    wanted = {}
    for pattern, row in table().items():
        methods = {method for method in METHODS if row[method] != row["OPTIONS"]}  # which nothing takes
        taken = methods - {"HEAD", "OPTIONS"} - (set() if pattern.startswith("intake/") else {"GET"})
        if taken:
            wanted["/" + re.sub(r"<\w+:(\w+)>", r"{\1}", pattern)] = taken
    assert described() == wanted


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("fuzzed"), SHENBAO_PROCESSES="1", SHENBAO_THREADS="4") as found:
        environment = os.environ | {"SHENBAO_ROOT": str(ROOT), "SHENBAO_VAR": str(found.var)}
        subprocess.run(
            [sys.executable, "-c", PLANT], cwd=ROOT, env=environment, check=True, capture_output=True
        )
        yield found


def visitor(server: Server, username: str) -> requests.Session:
    """A browser with a token, signed in unless the name is empty."""
    session = requests.Session()
    session.trust_env = False
    session.get(f"{server.base}/my/sign-in/").raise_for_status()
    if username:
        sent = {
            "username": username,
            "passphrase": PASSPHRASE,
            "csrfmiddlewaretoken": session.cookies["shenbao_csrf"],
        }
        answer = session.post(f"{server.base}/my/sign-in/", sent, allow_redirects=False)
        assert answer.status_code == 302
    session.headers["X-CSRFToken"] = session.cookies["shenbao_csrf"]
    return session


def sound(answer: Any, server: Server, *, foreign: bool) -> None:
    """No error of ours, nothing of the inside, nothing of another unit, and a sentence with every refusal."""
    assert answer.status_code < 500 or answer.status_code in BUSY, answer.status_code
    told = answer.text + str(answer.headers)
    for inside in ("Traceback", "site-packages", str(server.var), "sqlite", "Exception"):
        assert inside not in told
    if foreign:
        assert CANARY not in told
        assert BIRD not in told
    if (
        answer.status_code >= 400
        and answer.status_code != 405
        and answer.request.path_url.startswith("/intake/")
    ):
        kind = (answer.headers.get("content-type") or [""])[0]
        assert kind in ("application/json", "text/html; charset=utf-8"), (
            answer.status_code,
            answer.request.path_url,
        )
        assert "。" in (answer.json()["message"] if kind == "application/json" else answer.text)


def fuzz(
    operation: Any, mode: GenerationMode, server: Server, session: requests.Session, *, foreign: bool
) -> int:
    """Send some examples; gives how many."""
    sent: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        answer = case.call(base_url=server.base, session=session, allow_redirects=False)
        sent.append(answer.status_code)
        sound(answer, server, foreign=foreign)

    with suppress(Unsatisfiable):  # where nothing is asked for, nothing wrong can be sent
        send()
    return len(sent)


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "not allowed"]
)
@pytest.mark.parametrize("username", ["", "shenzhen-1", "officer"], ids=["nobody", "a unit", "the office"])
def test_whatever_is_sent_is_answered_soundly(username: str, mode: GenerationMode, server: Server):
    schema = schemathesis.openapi.from_dict(yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8")))
    tried, session = 0, visitor(server, username)
    for found in schema.get_all_operations():
        operation = found.ok()
        if not operation.path.startswith(REACHED[username]) or operation.path == "/my/sign-out/":
            continue
        tried += fuzz(operation, mode, server, session, foreign=username != "officer")
    assert tried > 20
    log = server.log.read_text(encoding="utf-8")
    assert '"status": 500' not in log
    assert "Traceback" not in log
