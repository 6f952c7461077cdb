"""操作记录: who did what, when and from where; on the page and as a table for a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.defaultfilters import filesizeformat
from django.views.decorators.http import require_safe

from build_tools.exports.csv import cell
from build_tools.times import YEARS
from intake.current import campaign, now
from intake.journal.reading import visible
from intake.office import wording
from intake.office.calls import CALLED, RESULTS, UNCALLED
from intake.office.decisions import GROUNDS, WHY
from intake.office.desk import leaf, show
from intake.people.access import Door, door
from intake.people.audit import LABELS, ON_ACCOUNTS
from intake.people.models import Account, Audit, Role
from intake.projection.reminding import ASKED

WORDS = {
    "submitted": "提交",
    "office-accepted": "受理",
    "office-returned": "退回修改",
    "office-withdrawn": "撤回或不予受理",
    "unit-withdrawn": "单位撤回",
    "office-extended": "提出延期",
    "office-extension-agreed": "同意延期",
    "office-extension-declined": "不同意延期",
    "office-paper": "登记纸质材料",
    CALLED: "电话催报",
    UNCALLED: "撤销电话催报的记录",
    ASKED: "发催报邮件",
}
"""What the desk's own actions are called; those of other rooms bring their words with them."""

_DETAILS = {
    "number": "编号",
    "decision": "办理号",
    "asked": "催报号",
    "call": "催报号",
    "result": "结果",
    "hours": "有效小时数",
    "role": "角色",
    "errors": "错误数",
    "why": "理由",
    "ground": "事由",
    "until": "期限",
    "copies": "份数",
    "seals": "印章数",
    "corrects": "更正",
    "size": "大小",
}
_FIXED: dict[str, Mapping[str, str]] = {
    "why": WHY,
    "ground": GROUNDS,
    "role": dict(Role.choices),
    "corrects": {"yes": "是"},
    "result": RESULTS,
}
"""Details that are words chosen from a list."""
_MOST = 100_000
"""Lines of one download."""


def word_of(action: str) -> str:
    """The Chinese word for an action."""
    return WORDS.get(action) or LABELS.get(action, action)


def detail_of(line: Audit) -> str:
    """What a line says beside its columns, in words."""
    told = []
    for key, value in line.detail.items():
        if value in ("", None):
            continue
        said = _FIXED[key].get(str(value), value) if key in _FIXED else value
        said = filesizeformat(value) if key == "size" else said
        said = wording.clock(wording.read_time(str(value))) if key == "until" else said
        told.append(f"{_DETAILS.get(key, key)} {said if isinstance(said, str | int) else json.dumps(said)}")
    return visible("；".join(told))


def account_on(line: Audit) -> str:
    """The account it was done to, by its user name; empty where it was done to none."""
    return line.target if line.action in ON_ACCOUNTS else ""


def target_of(line: Audit) -> str:
    """The document it was done to, by its title; an upload has no name for people."""
    if line.action.startswith("upload.") or account_on(line):
        return ""
    return campaign().document_title(line.target) if line.target else ""


def chosen(request: HttpRequest) -> QuerySet[Audit]:
    """The lines that the filters of the address let through, newest first."""
    lines = Audit.objects.select_related("account").order_by("-id")
    given = request.GET
    if given.get("unit"):
        lines = lines.filter(unit=given["unit"])
    if given.get("action"):
        lines = lines.filter(action=given["action"])
    if given.get("who", "").isdecimal() and len(given["who"]) < 18:
        lines = lines.filter(account_id=int(given["who"]))
    if start := _day(given.get("from", "")):
        lines = lines.filter(at__gte=start)
    if end := _day(given.get("to", "")):
        lines = lines.filter(at__lt=end + timedelta(days=1))
    return lines


def faults(request: HttpRequest) -> list[str]:
    """What is wrong with the filters of the address, so that nobody takes a slip for an empty trail."""
    given = request.GET
    start, end = _day(given.get("from", "")), _day(given.get("to", ""))
    unit, action, who = (given.get(name, "") for name in ("unit", "action", "who"))
    wrong = {
        "“从”的日期不对，请从日历中选择。": given.get("from") and not start,
        "“到”的日期不对，请从日历中选择。": given.get("to") and not end,
        "“到”早于“从”，请把两个日期对调。": start and end and end < start,
        "“单位”的内容不对，请从列表中选择。": unit and unit not in campaign().unit_by_slug,
        "“操作”的内容不对，请从列表中选择。": action and action not in WORDS | LABELS,
        "“谁”的内容不对，请从列表中选择。": who and not _person(who),
    }
    return [sentence for sentence, found in wrong.items() if found]


def _person(pk: str) -> bool:
    return pk.isdecimal() and len(pk) < 18 and Account.objects.filter(pk=int(pk)).exists()


def _day(text: str) -> datetime | None:
    """The first moment of the day that was typed; ``None`` when it is none that a calendar here has."""
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        return None
    return datetime.combine(day, time(), campaign().timezone) if day.year in YEARS else None


@door(Door.OFFICE)
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """The trail, a page at a time."""
    page = leaf(request, chosen(request), 100)
    actions = sorted(set(Audit.objects.order_by().values_list("action", flat=True).distinct()))
    context = {
        "page": page,
        "lines": [
            (line, word_of(line.action), account_on(line), target_of(line), detail_of(line))
            for line in page.rows
        ],
        "units": campaign().units,
        "actions": [(action, word_of(action)) for action in actions],
        "people": Account.objects.filter(audit__isnull=False).distinct().order_by("name", "username"),
        "given": request.GET,
        "faults": faults(request),
        "most": _MOST,
    }
    return show(request, "audit", context, "audit")


@door(Door.OFFICE)
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """The same lines as CSV: no cell runs as a formula."""
    lines = chosen(request)[:_MOST]
    response = StreamingHttpResponse(
        _csv(lines.iterator(chunk_size=1000)), content_type="text/csv; charset=utf-8"
    )
    name = f"audit-{now():%Y%m%d-%H%M%S}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Echo:
    """A file that hands back what is written into it."""

    def write(self, text: str) -> str:
        """Hand back."""
        return text


def _csv(lines: Iterable[Audit]) -> Iterator[bytes]:
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    held = campaign()
    yield b"\xef\xbb\xbf"
    yield str(
        writer.writerow(["时间", "姓名", "账号", "从哪里", "操作", "单位", "涉及账号", "材料", "说明"])
    ).encode()
    for line in lines:
        unit = held.unit_by_slug.get(line.unit)
        row = [
            f"{line.at.astimezone(held.timezone):%Y-%m-%d %H:%M:%S}",
            line.account.name if line.account else "",
            line.account.username if line.account else "",
            line.address,
            word_of(line.action),
            unit.name if unit else line.unit,
            account_on(line),
            target_of(line),
            detail_of(line),
        ]
        yield str(writer.writerow([cell(one) for one in row])).encode()
