"""What the office is told of the worker: what has waited too long, and whether the forge has everything."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q

from intake.current import now
from intake.journal.models import Action, Submission
from intake.place import place
from intake.projection.remote import read_state

LONG = timedelta(minutes=1)


def actions_waiting() -> Q:
    """Which actions have waited too long, for whoever counts actions anyway."""
    return Q(state=Action.State.PENDING, at__lt=now() - LONG)


def sentences(actions: int) -> list[str]:
    """A sentence each; none while everything goes as it should. ``actions`` have waited too long. One query."""
    told = Submission.objects.filter(recorded_at=None).aggregate(
        waiting=Count("pk", filter=Q(stored_at__lt=now() - LONG, trouble="")),
        troubled=Count("pk", filter=~Q(trouble="")),
    )
    return _said(told["waiting"], told["troubled"], actions)


def _said(waiting: int, troubled: int, actions: int) -> list[str]:
    told = []
    if waiting or actions:
        parts = [f"{waiting} 份报送还没有登记"] if waiting else []
        parts += [f"{actions} 件办理还没有生效"] if actions else []
        told.append(f"后台没有跟上：{'，'.join(parts)}。收件不受影响；几分钟后仍这样的，请找维护人员。")
    if troubled:
        told.append(f"{troubled} 份报送登记时遇到问题，程序每半分钟再试一次，原因写在各份的页面上。")
    return told


def forge() -> str:
    """How the forge stands; empty where there is none."""
    if not settings.REMOTE:
        return ""
    state = read_state(place())
    behind = max(0, Submission.objects.exclude(recorded_at=None).count() - state.pushed)
    if not state.trouble:
        return f"代码仓库：正在同步，还差 {behind} 份。" if behind else "代码仓库：已同步。"
    since = f"，自 {state.since:%H:%M} 起" if state.since else ""
    return f"代码仓库：落后 {behind} 份{since}没有同步。{state.trouble}"
