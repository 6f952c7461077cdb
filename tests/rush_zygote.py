"""Starts the service's processes by forking from one that has loaded everything, so that a thousand restarts are quick.

Reads ``web``, ``worker`` or ``office`` on standard input and answers with the process's number; each is the leader of
a group of its own and runs the service's real code. Sites are not built: they follow from the rest.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path


def main() -> None:
    from intake.cli.setting import set_up
    from intake.place import from_environment

    set_up(Path(from_environment().root))
    import intake.projection.worker  # loaded once, before the forks
    import intake.wsgi  # noqa: F401
    from intake.current import campaign, start_demo_clock

    campaign()
    start_demo_clock()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    kinds = {"web": web, "worker": worker, "office": office}
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            os.setsid()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            sys.stdin.close()
            kinds[line.strip()]()
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def web() -> None:
    from gunicorn.app.wsgiapp import run

    bind = f"fd://{os.environ['RUSH_DOOR']}"
    sys.argv = ["gunicorn", "--config", "python:intake.cli.server", "--bind", bind, "intake.wsgi"]
    run()


def worker() -> None:
    from intake.projection import sites
    from intake.projection.worker import AlreadyRunning, run

    class NoSites(sites.Builder):
        def ask(self) -> None:
            """Nothing is built."""

    import intake.projection.worker as module

    module.Builder = NoSites  # type: ignore[misc]
    try:
        run()
    except AlreadyRunning:
        os._exit(3)


def office() -> None:
    """An officer who decides something twice a second."""
    from datetime import timedelta

    from django.db import Error, connection

    from intake.current import now
    from intake.journal.models import Action, Submission
    from intake.people.models import Account, Role

    chance = random.Random(os.environ["RUSH_SEED"])  # noqa: S311 - repeatable, no secret
    kinds = Action.Kind
    while True:
        time.sleep(chance.uniform(0.2, 0.8))
        try:
            officer, _ = Account.objects.get_or_create(
                username="rush-office",
                defaults={"name": "示例经办员", "role": Role.OFFICER, "created_at": now(), "password": "!"},
            )
            lines = list(Submission.objects.exclude(recorded_at=None).order_by("-id")[:40])
            if not lines:
                continue
            line, kind = chance.choice(lines), chance.choice([kinds.ACCEPTED, kinds.RETURNED, kinds.PAPER])
            told = {
                kinds.ACCEPTED: {},
                kinds.RETURNED: {"reason": "请补写", "until": now() + timedelta(days=1)},
                kinds.PAPER: {"copies": 1, "seals": []},
            }[kind]
            Action.objects.create(
                kind=kind, unit=line.unit, document=line.document, submission=line, account=officer, at=now(), **told
            )  # fmt: skip
        except Error:
            connection.close()


if __name__ == "__main__":
    main()
