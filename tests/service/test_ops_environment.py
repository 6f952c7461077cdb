"""A variable that cannot be used is named before anything is opened or made, and its value, which may be a password, never told."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from service.test_serve import ROOT, SHENBAO, environment

from intake import environment as judged

WRONG = {
    "SHENBAO_DATABASE_URL": ("mysql://x/y", "garbage", "postgres://u:geheim@h:abc/x", "postgres://"),
    "SHENBAO_PROXIES": ("abc", "-1", "²"),
    "SHENBAO_PATIENCE": ("x", "0"),
    "SHENBAO_THREADS": ("a", "1.5"),
    "SHENBAO_PROCESSES": ("0",),
    "SHENBAO_NOW": ("tomorrow", "0001-01-01"),
    "SHENBAO_URL": ("foo", "https://", "https://u:geheim@h", "https://h:x", "https://h/desk", "ftp://h"),
    "SHENBAO_METRICS_FROM": ("foo", "10.0.0.0/33"),
    "SHENBAO_REMOTE": ("https://u:geheim@forge.example/x.git", "https://[geheim", "x.git"),
    "SHENBAO_SMTP_TLS": ("ssl",),
    "SHENBAO_SMTP_PORT": ("x",),
    "SHENBAO_MAIL_FROM": ("notmail",),
    "PORT": ("65536",),
}
RIGHT = {
    "SHENBAO_DATABASE_URL": ("", "postgres://shenbao@/shenbao", "postgres://u:p%40@db.example:5433/x?sslmode=require"),
    "SHENBAO_PROXIES": ("", "2"),
    "SHENBAO_URL": ("https://shenbao.example.invalid/", "http://127.0.0.1:8001", "http://[::1]:9000"),
    "SHENBAO_METRICS_FROM": ("127.0.0.1, ::1, 172.16.0.0/12",),
    "SHENBAO_NOW": ("", "2012-08-23T10:00:00+08:00", "2012-08-23"),
    "SHENBAO_SMTP_TLS": ("", "none"),
}  # fmt: skip


def pairs(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(name, text) for name, texts in table.items() for text in texts]


@pytest.mark.parametrize(("name", "text"), pairs(WRONG))
def test_what_is_wrong_names_the_variable_and_not_its_value(
    name: str, text: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(name, text)
    with pytest.raises(judged.BadEnvironment) as refused:
        judged.judge()
    said = str(refused.value)
    assert said.startswith(f"环境变量 {name} 有误：")
    assert said.endswith("。")
    assert "geheim" not in said
    behind = (refused.value.__cause__, refused.value.__suppress_context__)
    assert behind == (None, True), "what stands behind it may tell the value"


@pytest.mark.parametrize(("name", "text"), pairs(RIGHT))
def test_what_is_right_passes(name: str, text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(name, text)
    judged.judge()


PROGRAMS = {
    "serve": [SHENBAO, "serve", "--root", ROOT, "--port", "0"],
    "migrate": [SHENBAO, "intake", "migrate", "--root", ROOT],
    "restore": [SHENBAO, "intake", "restore", __file__, "--root", "elsewhere"],
    "worker": [sys.executable, "-m", "intake.cli.worker"],
    "gunicorn": [sys.executable, "-m", "gunicorn", "--config", "python:intake.cli.server", "--bind", "127.0.0.1:0",
                 "intake.wsgi"],
}  # fmt: skip


def ran(program: str, folder: Path, **more: str) -> tuple[int, str, str]:
    told = {**environment(folder / "var"), "SHENBAO_ROOT": str(ROOT), "PYTHONPATH": str(ROOT), **more}
    done = subprocess.run(
        PROGRAMS[program], env=told, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_program_ends_at_once_with_the_one_sentence(program: str, tmp_path: Path):
    status, out, said = ran(program, tmp_path, SHENBAO_PATIENCE="x")
    assert (status, out, said) == (2, "", "环境变量 SHENBAO_PATIENCE 有误：应是 1 到 3600 的整数。\n")
    assert list(tmp_path.iterdir()) == []


def test_a_database_or_a_folder_that_cannot_be_reached_is_named_too(tmp_path: Path):
    for program in ("restore", "migrate"):
        assert list(tmp_path.iterdir()) == []
        status, _, said = ran(program, tmp_path, SHENBAO_DATABASE_URL="postgres://u:geheim@127.0.0.1:1/x")
        assert (status, said.count("\n")) == (2, 1)
        assert said.startswith("连不上 SHENBAO_DATABASE_URL 所指的数据库。")
        assert "geheim" not in said
    status, _, said = ran("migrate", tmp_path, SHENBAO_VAR="/proc/x")
    assert (status, said.count("\n")) == (2, 1)
    assert said.startswith("环境变量 SHENBAO_VAR 有误：“/proc/x”")


def test_serve_fails_when_its_web_server_does_not_come_up(tmp_path: Path):
    status, out, said = ran("serve", tmp_path, GUNICORN_CMD_ARGS="--worker-class=none")
    assert status == 2
    assert "申报台已打开" not in out
    assert said.endswith("网页服务没有运行起来，已结束。请看上面的提示。\n")


def test_a_web_server_that_finds_a_broken_campaign_says_where_and_how_to_mend_it(tmp_path: Path):
    for name in ("data", "schemas", "docs"):
        shutil.copytree(ROOT / name, tmp_path / "broken" / name)
    with (tmp_path / "broken/data/units.yml").open("a", encoding="utf-8") as units:
        units.write("  bad: [x\n")
    status, _, told = ran("gunicorn", tmp_path, SHENBAO_ROOT=str(tmp_path / "broken"))
    assert status == 2
    assert "data/units.yml:221:3  Y05" in told
    assert told.endswith("活动文件有 1 处错误，改正后才能继续。\n")
    assert "Traceback" not in told
