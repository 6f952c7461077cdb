"""Setting Django up for a command, and what a place needs before anything runs in it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from intake.place import Place, from_environment


def set_up(root: Path, port: int | None = None, *, campaign: bool = True) -> Place:
    """Let the settings see the campaign at ``root``; gives where the service keeps everything, ready for use.

    Raises :class:`click.UsageError` where there is no ``campaign``, if there has to be one.
    """
    os.environ["SHENBAO_ROOT"] = str(root.resolve())
    if port is not None:
        os.environ["PORT"] = str(port)
    os.environ["DJANGO_SETTINGS_MODULE"] = "intake.settings"
    here = from_environment()
    if campaign and not (here.root / "data" / "campaign.yml").is_file():
        raise click.UsageError(f"“{root}”不是活动文件夹：其中没有 data/campaign.yml")
    here.prepare()
    here.secret("django")
    import django

    django.setup()
    return here


def migrate() -> None:
    """Bring the database up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


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
