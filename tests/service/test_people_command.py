"""``shenbao intake account``: makes an account or hands out a new code for one, and never a code for somebody else's."""

from __future__ import annotations

import pytest
from service.kept import ROOT, command

from intake.place import Place


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A service with one account of 广州 and one officer."""
    here = Place(ROOT, tmp_path_factory.mktemp("accounts") / "var")
    for made in (("gz-1", "--name", "示例甲", "--unit", "广州"), ("off-1", "--name", "示例乙")):
        assert command(here, "account", *made).stdout.startswith(f"已新建账号：{made[0]}（")
    return here


@pytest.mark.parametrize(
    "given",
    [("GZ-1",), ("gz-1", "--name", " 示例甲", "--unit", "guangzhou")],
)
def test_who_has_an_account_gets_a_new_code_and_it_is_said_whose(place: Place, given: tuple[str, ...]):
    done = command(place, "account", *given, SHENBAO_URL="https://shenbao.example.invalid/")
    assert done.returncode == 0, done.stderr
    first, code, use = done.stdout.splitlines()
    assert first.startswith("已有这个账号，重发启用码，以前的作废：gz-1（广州")
    assert first.endswith("，示例甲）。")
    assert code.startswith("一次性启用码：")
    assert " https://shenbao.example.invalid/my/enrol/ " in use


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("gz-1", "--name", "示例丙", "--unit", "heyuan"), "--name、--unit"),
        (("gz-1", "--name", "示例丙"), "--name"),
        (("off-1", "--approver"), "--approver"),
        (("off-1", "--unit", "guangzhou"), "--unit"),
    ],
)
def test_none_is_handed_out_where_another_account_is_meant(place: Place, given: tuple[str, ...], why: str):
    done = command(place, "account", *given)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"已有账号 {given[0]}（")
    assert f"与所写的 {why} 不符，没有发启用码。" in done.stderr
    assert "示例" not in done.stderr
