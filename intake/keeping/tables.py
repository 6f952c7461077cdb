"""The lists of the record: what was received, what the office decided, who did what."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from build_tools.exports.tables import Table, Value
from intake.current import campaign
from intake.journal.models import Action, Submission
from intake.people.audit import label
from intake.people.models import Audit
from intake.receipts.wording import in_time


def index() -> Table:
    """Every version of every document, by unit and in the order they came."""
    held = campaign()
    seen: defaultdict[tuple[str, str], int] = defaultdict(int)
    rows: list[tuple[Value, ...]] = []
    order = {unit.slug: place for place, unit in enumerate(held.units)}
    lines = sorted(Submission.objects.all(), key=lambda line: (order[line.unit], line.seq))
    for line in lines:
        unit = held.unit_by_slug[line.unit]
        seen[line.unit, line.document] += 1
        version = seen[line.unit, line.document]
        rows.append(
            (
                line.number, unit.name, unit.bureau, held.document_title(line.document), version, line.by,
                _stamp(line.received_at), _stamp(line.stored_at), in_time(line).label, len(line.files), line.digest,
                f"{line.unit}/{line.document}/{version:02d}-{line.number}/",
            )
        )  # fmt: skip
    columns = (
        "回执编号", "单位", "单位全称", "报送内容", "第几版", "提交人",
        "收到时间", "存盘时间", "是否按时", "附件数", "内容摘要", "所在文件夹",
    )  # fmt: skip
    return Table("index", "收文目录", columns, tuple(rows))


def decisions() -> Table:
    """Everything the office decided, in its order."""
    held = campaign()
    rows = tuple(
        (
            action.pk, action.get_kind_display(), held.unit_by_slug[action.unit].name, action.document,
            action.submission.number if action.submission else "", action.reason, _stamp(action.until),
            action.copies, "、".join(action.seals), action.account.name,
            action.second.name if action.second else "", _stamp(action.at), action.get_state_display(),
            _stamp(action.done_at), action.message, action.commit,
        )
        for action in Action.objects.select_related("account", "second", "submission").order_by("id")
    )  # fmt: skip
    columns = (
        "序号", "事项", "单位", "材料", "回执编号", "理由", "期限", "份数", "印章", "经办人", "审批人",
        "提出时间", "状态", "办结时间", "说明", "提交（git）",
    )  # fmt: skip
    return Table("decisions", "办理记录", columns, rows)


def audit() -> Table:
    """The audit trail, oldest first."""
    rows = tuple(
        (
            line.pk, _stamp(line.at), line.account.username if line.account else "",
            line.account.name if line.account else "", line.address, label(line.action), line.action, line.unit,
            line.target, "；".join(f"{key}={value}" for key, value in sorted(line.detail.items())),
        )
        for line in Audit.objects.select_related("account").order_by("id")
    )  # fmt: skip
    columns = ("序号", "时间", "账号", "姓名", "地址", "事项", "事项代号", "单位", "对象", "其他")
    return Table("audit", "操作记录", columns, rows)


def _stamp(at: datetime | None) -> str:
    """A moment as ISO 8601 in the campaign's zone, seconds and offset told: nothing that a reader would guess."""
    return at.astimezone(campaign().timezone).isoformat() if at else ""
