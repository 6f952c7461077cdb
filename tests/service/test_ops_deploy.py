"""The examples in ``deploy/``: read by the real tools, complete, and told in the guide; and the server behind its proxy."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from service.listening import answers, free

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
HOST = "shenbao.example.invalid"
NAME = re.compile(r"\b(?:SHENBAO_[A-Z_]+|POSTGRES_PASSWORD|CAMPAIGN|PORT)\b")


def read_by_the_program() -> set[str]:
    """Every variable that stands in the program as a text of its own."""
    files = [
        *(ROOT / "intake").rglob("*.py"),
        ROOT / "build_tools/reminders/post.py",
        ROOT / "build_tools/clock.py",
    ]
    found = set()
    for file in files:
        found |= set(re.findall(r'"(SHENBAO_[A-Z_]+|PORT)"', file.read_text(encoding="utf-8")))
    return found


def read_by_the_examples() -> set[str]:
    texts = [(DEPLOY / name).read_text(encoding="utf-8") for name in ("Caddyfile", "compose.yml")]
    return {name for text in texts for name in re.findall(r"\{?\$\{?([A-Z_]+)[:}]", text)}


class TestVariables:
    def test_each_one_stands_in_the_example_and_no_other(self):
        text = (DEPLOY / "env.example").read_text(encoding="utf-8")
        listed = re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)
        assert len(listed) == len(set(listed))
        assert set(listed) == read_by_the_program() | read_by_the_examples()
        assert {"SHENBAO_ROOT", "SHENBAO_METRICS_FROM", "SHENBAO_SMTP_HOST", "POSTGRES_PASSWORD"} <= set(
            listed
        )

    def test_each_one_is_explained_there(self):
        lines = (DEPLOY / "env.example").read_text(encoding="utf-8").splitlines()
        bare = [line for before, line in pairwise(lines)
                if re.match(r"#?[A-Z_]+=", line) and not before.startswith("#")]  # fmt: skip
        assert bare == []

    def test_the_guide_tells_the_same(self):
        guide = (ROOT / "docs/guide/intake.md").read_text(encoding="utf-8")
        assert set(NAME.findall(guide)) == read_by_the_program() | read_by_the_examples()

    def test_the_guide_names_every_file_and_every_command(self):
        guide = (ROOT / "docs/guide/intake.md").read_text(encoding="utf-8")
        assert [p.name for p in DEPLOY.iterdir() if f"`{p.name}`" not in guide] == []
        from intake.cli.intake import command

        told = set(re.findall(r"shenbao intake ([a-z]+)", guide))
        assert told <= set(command.commands)
        assert {"account", "backup", "restore", "export", "verify", "tidy"} <= told
        for text in re.findall(r"shenbao intake [a-z]+[^`\n]*", guide):
            options = set(re.findall(r"(?<= )--[a-z-]+", text))
            known = {o for p in command.commands[text.split()[2]].params for o in p.opts}
            assert options <= known, text


class TestSystemd:
    @pytest.fixture
    def unit(self, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
        """The unit with the program where this machine has it."""
        for file in [*UNITS, *DEPLOY.glob("*.timer")]:
            text = file.read_text(encoding="utf-8").replace(
                "/srv/shenbao/app/.venv/bin", str(Path(sys.executable).parent)
            )
            (tmp_path / file.name).write_text(text, encoding="utf-8")
        return tmp_path / request.param

    @pytest.mark.parametrize("unit", [file.name for file in [*UNITS, *DEPLOY.glob("*.timer")]], indirect=True)
    def test_systemd_understands_every_line(self, unit: Path):
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit], capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert (done.returncode, [line for line in done.stderr.splitlines() if unit.name in line]) == (0, [])

    @pytest.mark.parametrize("unit", [file.name for file in UNITS], indirect=True)
    def test_it_may_do_little(self, unit: Path):
        """systemd's own rating, from 0 (nothing is open) to 10."""
        done = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--threshold=16", unit], capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-400:]


class TestCompose:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        shutil.copytree(DEPLOY, tmp_path / "deploy")
        text = (DEPLOY / "env.example").read_text(encoding="utf-8")
        (tmp_path / "deploy/.env").write_text(text.replace("#POSTGRES_PASSWORD=", "POSTGRES_PASSWORD=canary"))
        return tmp_path / "deploy"

    def config(self, folder: Path) -> subprocess.CompletedProcess[str]:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("SHENBAO", "POSTGRES"))
        }
        return subprocess.run(
            ["/usr/bin/docker-compose", "-f", folder / "compose.yml", "config"], cwd=folder, env=kept,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def test_docker_compose_understands_it(self, folder: Path):
        done = self.config(folder)
        assert done.returncode == 0, done.stderr
        services = yaml.safe_load(done.stdout)["services"]
        assert set(services) == {"migrate", "web", "worker", "database", "caddy"}
        for name in ("migrate", "web", "worker"):
            assert services[name]["cap_drop"] == ["ALL"]
            assert services[name]["environment"]["SHENBAO_PROXIES"] == "1"
            assert "canary@database" in services[name]["environment"]["SHENBAO_DATABASE_URL"]
        assert [name for name, service in services.items() if "ports" in service] == ["caddy"]

    def test_without_a_password_it_says_what_to_set(self, folder: Path):
        (folder / ".env").write_text("SHENBAO_HOST=a\n")
        done = self.config(folder)
        assert done.returncode != 0
        assert "POSTGRES_PASSWORD" in done.stderr

    def test_no_file_names_a_registry(self):
        for file in DEPLOY.iterdir():
            text = file.read_text(encoding="utf-8")
            images = re.findall(r"^\s*(?:image:|FROM) +(\S+)", text, re.MULTILINE)
            assert [name for name in images if "/" in name] == []
            addresses = re.findall(r"[a-z]+://[^\s'\")]+", text)
            assert [
                a
                for a in addresses
                if not re.match(rf"https?://(127\.0\.0\.1|{HOST})|postgres://|file://", a)
            ] == []


@dataclass
class Behind:
    """The real server, and Caddy with our file in front of it."""

    server: int
    proxy: int
    var: Path


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    folder = tmp_path_factory.mktemp("behind")
    found = Behind(free(), free(), folder / "var")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SHENBAO", "DJANGO"))}
    environment = {
        **kept, "SHENBAO_ROOT": str(ROOT), "SHENBAO_VAR": str(found.var), "SHENBAO_URL": f"https://{HOST}",
        "SHENBAO_PROXIES": "1", "SHENBAO_HOST": f"http://{HOST}:{found.proxy}", "HOME": str(folder),
        "SHENBAO_UPSTREAM": f"127.0.0.1:{found.server}",
    }  # fmt: skip
    binaries = Path(sys.executable).parent
    subprocess.run([binaries / "shenbao", "intake", "migrate", "--root", ROOT], env=environment, check=True)
    log = (folder / "server.log").open("wb")
    server = subprocess.Popen(
        [binaries / "gunicorn", "--config", "python:intake.cli.server", "--bind", f"127.0.0.1:{found.server}",
         "intake.wsgi"], env=environment, stdout=log, stderr=log,
    )  # fmt: skip
    proxy = subprocess.Popen(
        ["caddy", "run", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"], env=environment, stdout=log,
        stderr=log,
    )  # fmt: skip
    try:
        answers(found.server, server)
        answers(found.proxy, proxy)
        yield found
    finally:
        for process in (proxy, server):
            process.terminate()
            process.wait(30)
        log.close()


def ask(
    port: int, path: str, *, method: str = "GET", body: bytes | None = None, host: str = HOST, **headers: str
):
    """Status, headers and body of an answer; ``headers`` with ``_`` for ``-``."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with closing(connection):
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        connection.request(method, path, body, {"Host": host, **named})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()


def test_caddy_understands_the_file(tmp_path: Path):
    done = subprocess.run(
        ["caddy", "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"], capture_output=True,
        text=True, check=False, env={**os.environ, "SHENBAO_HOST": HOST, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    formatted = subprocess.run(
        ["caddy", "fmt", DEPLOY / "Caddyfile"], capture_output=True, check=False
    ).stdout
    assert formatted == (DEPLOY / "Caddyfile").read_bytes()


class TestBehindTheProxy:
    def test_plain_http_is_sent_to_https(self, behind: Behind):
        status, headers, _ = ask(behind.server, "/my/sign-in/?next=/my/", X_Forwarded_Proto="http")
        assert (status, headers["Location"]) == (301, f"https://{HOST}/my/sign-in/?next=/my/")
        status, headers, _ = ask(behind.proxy, "/my/sign-in/")
        assert (status, headers["Location"]) == (301, f"https://{HOST}/my/sign-in/")

    def test_under_https_cookies_are_secure_and_browsers_stay(self, behind: Behind):
        status, headers, _ = ask(behind.server, "/my/sign-in/", X_Forwarded_Proto="https")
        assert status == 200
        assert headers["Strict-Transport-Security"] == "max-age=31536000"
        assert re.search(r"shenbao_csrf=.*HttpOnly.*SameSite=Lax; Secure", headers["Set-Cookie"])

    def test_a_foreign_name_is_refused(self, behind: Behind):
        assert ask(behind.server, "/my/sign-in/", host="evil.example", X_Forwarded_Proto="https")[0] == 400

    def test_the_machine_itself_may_ask_how_it_is_and_the_world_may_not(self, behind: Behind):
        assert ask(behind.server, "/health/live")[0] == 200
        assert ask(behind.server, "/health/ready", host="127.0.0.1")[0] == 200
        assert ask(behind.server, "/metrics", host="127.0.0.1")[0] == 200
        assert (
            ask(behind.server, "/metrics", X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https")[0] == 403
        )
        for path in ("/metrics", "/health/ready"):
            assert ask(behind.proxy, path)[0] == 404

    def test_a_body_that_is_too_long_ends_at_the_proxy(self, behind: Behind):
        status, _, _ = ask(behind.proxy, "/intake/check", method="POST", Content_Length="2100000")
        assert status == 413

    def test_the_address_is_what_the_last_proxy_saw(self, behind: Behind):
        """What a client claims stands in front of what our proxy adds, and is nobody's address."""
        _, headers, page = ask(behind.server, "/my/sign-in/", X_Forwarded_Proto="https")
        cookie = headers["Set-Cookie"].split(";")[0]
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        form = b"username=guangzhou-1&passphrase=wrong-wrong-wrong&csrfmiddlewaretoken=" + token[1]
        status, _, _ = ask(
            behind.server, "/my/sign-in/", method="POST", body=form, Cookie=cookie, Referer=f"https://{HOST}/",
            X_Forwarded_Proto="https", X_Forwarded_For="127.0.0.1, 203.0.113.9",
            Content_Type="application/x-www-form-urlencoded",
        )  # fmt: skip
        assert status < 500
        with closing(sqlite3.connect(behind.var / "intake.sqlite3")) as opened:
            found = opened.execute(
                "SELECT address FROM people_audit WHERE action='sign-in-failed'"
            ).fetchall()
        assert found == [("203.0.113.9",)]
