"""Setting Django up for a command, and what a place needs before anything runs in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from intake.environment import BadEnvironment, judge
from intake.place import Place, from_environment


def set_up(root: Path, port: int | None = None, *, campaign: bool = True) -> Place:
    """Let the settings see the campaign at ``root``; gives where the service keeps everything, made where it is not there.

    Raises :class:`click.ClickException` where there is no ``campaign``, if there has to be one.
    """
    here = chosen(root, port)
    if campaign:
        _campaign_at(here)
    try:
        here.prepare()
        here.secret("django")
    except OSError as error:
        head = "环境变量 SHENBAO_VAR 有误：" if os.environ.get("SHENBAO_VAR") else ""
        raise click.ClickException(
            f"{head}“{here.var}”建立不了或写不进去，请核对路径、权限和磁盘空间。"
        ) from error
    start()
    return here


def set_up_there(root: Path, *, campaign: bool = True) -> Place:
    """As :func:`set_up` for a command that needs data which are there: makes nothing.

    Raises :class:`click.ClickException` where there are none.
    """
    here = chosen(root)
    if campaign:
        _campaign_at(here)
    start()
    from intake.journal.presence import is_there

    with reached():
        if not is_there():
            raise click.ClickException("这里还没有数据，请核对 --root 和 SHENBAO_VAR。")
    return here


def chosen(root: Path, port: int | None = None) -> Place:
    """Where the service of the campaign at ``root`` keeps everything; nothing is opened, and nothing made.

    Raises :class:`click.ClickException` for a variable of the environment that is wrong.
    """
    os.environ["SHENBAO_ROOT"] = str(root.resolve())
    if port is not None:
        os.environ["PORT"] = str(port)
    os.environ["DJANGO_SETTINGS_MODULE"] = "intake.settings"
    try:
        judge()
    except BadEnvironment as error:
        raise click.ClickException(str(error)) from error
    return from_environment()


def _campaign_at(here: Place) -> None:
    if not (here.root / "data" / "campaign.yml").is_file():
        raise click.ClickException(
            f"“{here.root}”不是活动文件夹，其中没有 data/campaign.yml。请用 --root 指明活动所在的文件夹。"
        )


def start() -> None:
    """Let Django read the settings."""
    import django

    django.setup()


def migrate() -> None:
    """Bring the database up to date; raises :class:`click.ClickException` for one that cannot be reached."""
    from django.core.management import call_command

    with reached():
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def reached() -> Iterator[None]:
    """What is done first with the database.

    Raises :class:`click.ClickException` for one that cannot be reached, in a sentence that holds nothing of its address.
    """
    from django.db import DatabaseError, connection

    try:
        yield
    except DatabaseError as error:
        if connection.vendor == "sqlite":
            raise click.ClickException(
                "数据库打不开，没有办理。请检查磁盘和文件夹的权限；文件已损坏的，从备份恢复。"
            ) from error
        raise click.ClickException(
            "连不上 SHENBAO_DATABASE_URL 所指的数据库。请核对其中的地址、数据库名、账号和密码，并检查数据库是否在运行。"
        ) from error


def has_office() -> bool:
    """Whether anybody of the office has an account yet."""
    from intake.people.models import Account, Role

    return Account.objects.filter(role__in=(Role.OFFICER, Role.APPROVER)).exists()


def seed_demo() -> list[tuple[str, str, str]]:
    """Make the accounts of a demo campaign; gives name, what it is for, and its one-time code, as long as it is not used.

    Nothing for a campaign that is no demo, where the office makes its own.
    """
    from intake.current import campaign, start_demo_clock
    from intake.people.accounts import create
    from intake.people.enrolment import issue
    from intake.people.models import Account, Role

    held = campaign()
    if not held.is_demo:
        return []
    start_demo_clock()
    wanted = [("office-1", "示例经办员", Role.OFFICER, ""), ("office-2", "示例审批人", Role.APPROVER, "")]
    for unit in held.units[:1] + tuple(unit for unit in held.units if unit.slug == "heyuan"):
        wanted += [
            (f"{unit.slug}-{n}", f"示例{unit.name}{who}", Role.UNIT, unit.slug)
            for n, who in ((1, "甲"), (2, "乙"))
        ]
    told = []
    for username, name, role, slug in wanted:
        account = Account.objects.filter(username=username).first() or create(username, name, role, slug)
        if not account.has_usable_password():
            what = held.unit_by_slug[slug].bureau if slug else account.get_role_display()
            told.append((username, what, issue(account, None)))
    return told
