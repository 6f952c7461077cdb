"""How much one unit may upload in a day: twice what the campaign lets it hand in at all.

Counted from the audit trail, of which nothing is ever removed: an upload's own row goes when another takes its place.
"""

from __future__ import annotations

from datetime import timedelta

from build_tools.campaign import Campaign
from intake.answers import Refused
from intake.current import now
from intake.people.models import Audit

FINISHED = ("upload.ready", "upload.refused")
_TIMES, _TRIES = 2, 20
_FILES, _KIB = 60, 10_240
"""Where the campaign sets no limits."""


def check_day(unit: str, size: int, held: Campaign) -> None:
    """Raises :class:`Refused` when ``size`` more bytes are too much for the unit today, or it has tried too often."""
    files, kib = held.limits.get("files") or _FILES, held.limits.get("file_kib") or _KIB
    lines = Audit.objects.filter(unit=unit, action__in=FINISHED, at__gt=now() - timedelta(days=1))
    sizes = [int(detail.get("size", 0)) for detail in lines.values_list("detail", flat=True)]
    most = _TIMES * files * kib * 1024
    if sum(sizes) + size > most or len(sizes) >= _TRIES * files:
        raise Refused(
            429,
            f"本单位一天内上传的文件太多（合计最多 {most // 1024 // 1024} MB），请明天再传；急用的请联系活动办公室。",
        )
