"""Whether everything that was ever received is still there, as it was received."""

from __future__ import annotations

from collections.abc import Iterator

from build_tools.ledger import digest
from intake.files.store import Missing, read
from intake.journal import spool
from intake.journal.models import Submission
from intake.journal.receiving import first_broken


def faults() -> Iterator[str]:
    """What is wrong, a Chinese sentence each; nothing for a journal in order."""
    units = Submission.objects.order_by("unit").values_list("unit", flat=True).distinct()
    for unit in units:
        broken = first_broken(unit)
        if broken is not None:
            yield f"{unit} 的收文日志从第 {broken.seq} 份（{broken.number}）起与链值对不上。"
    for line in Submission.objects.order_by("id").iterator():
        try:
            same = digest(spool.body(line.spool)) == line.body_digest
            whole = same and digest(spool.document(line.spool)) == line.digest
            for kept in line.files.values():
                read(kept["digest"])
        except (OSError, ValueError, KeyError, Missing):
            whole = False
        if not whole:
            yield f"{line.number} 的内容在磁盘上缺失或被改动。"
