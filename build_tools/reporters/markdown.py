"""Findings as one comment under a pull request, for the clerk who opened it.

Written for GitHub, GitLab, Gitea and Forgejo alike: CommonMark, tables, and the HTML that all of them keep (``code``,
``br``, ``details``). Text of others goes through ``foreign`` and comes out as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import groupby

from build_tools.campaign import Campaign
from build_tools.findings import Finding
from build_tools.progress import ItemProgress, UnitProgress, moment_text, span
from build_tools.reporters.foreign import code, prose
from build_tools.reporters.report import Report, weight
from build_tools.submissions import CITIES

MARKER = "<!-- shenbao check -->"
"""The first line, by which a workflow finds the comment that it wrote before."""

COMMENT, STEP_SUMMARY = 60_000, 1_000_000
"""What fits: characters into a comment (GitHub takes 65,536), bytes into a step summary (GitHub takes 1 MiB)."""

_UNITS = 10
"""Units told one by one; an office's pull request may concern all."""

Size = Callable[[str], int]


def as_markdown(report: Report) -> str:
    """The comment, at most :data:`COMMENT` characters."""
    return _comment(report, COMMENT, len)


def as_step_summary(report: Report) -> str:
    """The same with room for more: at most :data:`STEP_SUMMARY` bytes."""
    return _comment(report, STEP_SUMMARY, lambda text: len(text.encode()))


def _comment(report: Report, most: int, size: Size) -> str:
    """Verdict, findings by file, what the units owe, how many the main branch has of its own, whom to ask.

    What every reader needs is written first and the findings get the room that is left, the most important first.
    """
    head = f"{MARKER}\n### {_verdict(report)}\n"
    units = _fitting(_units(report), most // 3, size)
    ending = _rest(report) + "".join(f"\n{line}\n" for line in _ending(report))
    return head + _findings(report, most - size(head + units + ending), size) + units + ending


def _fitting(parts: Iterable[str], room: int, size: Size) -> str:
    """As many of ``parts`` from the first on as there is room for."""
    taken = []
    for part in parts:
        room -= size(part)
        if room < 0:
            break
        taken.append(part)
    return "".join(taken)


def _verdict(report: Report) -> str:
    counted = f"错误 {report.errors} 处"
    if report.campaign is None:
        return f"未通过：活动文件本身有错，{counted}，各单位报送的内容未作检查。"
    open_warnings = report.warnings - report.answered
    told = f"提示 {open_warnings} 处，请核对" if open_warnings else ""
    if report.errors:
        return f"未通过：{counted}，改正后才能受理{'；' + told if told else ''}。"
    return f"通过：没有错误{'；' + told if told else ''}。"


# ------------------------------------------------------------------------------------------- findings


def _findings(report: Report, room: int, size: Size) -> str:
    """The check's own findings, as many as there is ``room`` for."""
    own = [finding for finding, mine in report.ranked() if mine]
    cut = "\n共 {} 条意见，这里列出最要紧的 {} 条；改好再推送，接着列出其余的。\n"
    taken = _taken(own, report.campaign, room - size(cut.format(len(own), len(own))), size)
    rest = [cut.format(len(own), len(taken))] if len(taken) < len(own) else []
    return "".join([*_by_file(taken, report.campaign), *rest])


def _taken(ranked: list[Finding], campaign: Campaign | None, room: int, size: Size) -> list[Finding]:
    """The first of ``ranked`` that fit with the headings of their files."""
    taken: list[Finding] = []
    headings: set[str] = set()
    for finding in ranked:
        path = finding.place.path
        cost = size(_finding(finding)) + (0 if path in headings else size(_heading(path, campaign)))
        if cost > room:
            break
        room -= cost
        taken.append(finding)
        headings.add(path)
    return taken


def _by_file(findings: list[Finding], campaign: Campaign | None) -> Iterator[str]:
    """File by file, those with errors first."""
    worst: dict[str, int] = {}
    for finding in findings:
        path = finding.place.path
        worst[path] = min(worst.get(path, 9), weight(finding))

    def place(finding: Finding) -> tuple[int, str]:
        return worst[finding.place.path], finding.place.path

    ordered = sorted(findings, key=lambda found: (*place(found), weight(found), found.sort_key()))
    for (_, path), group in groupby(ordered, key=place):
        yield _heading(path, campaign)
        yield from map(_finding, group)


def _heading(path: str, campaign: Campaign | None) -> str:
    title = _title(path, campaign)
    return f"\n**{prose(title)}** {code(path)}\n\n" if title else f"\n{code(path)}\n\n"


def _title(path: str, campaign: Campaign | None) -> str:
    """What the file at ``path`` is called, where it is a document of the campaign."""
    slug, _, name = path.removeprefix(f"{CITIES}/").partition("/")
    if campaign is None or slug not in campaign.unit_by_slug or not path.startswith(f"{CITIES}/"):
        return ""
    found = campaign.item_of(name)
    return campaign.document_title(found[0].document(found[1])) if found else ""


def _finding(finding: Finding) -> str:
    label = "提示（已说明）" if finding.answered else finding.severity.label
    rule = f"规则 {prose(finding.code)}" + (f"，依据{prose(finding.clause)}" if finding.clause else "")
    parts = [f"- **{label}**：{_line(finding)}{prose(finding.message)}"]
    if not finding.answered:
        parts.append(f"怎么改：{prose(finding.hint)}")
    for related in finding.related[:5]:
        place = related.place
        where = "本文件" if place.path == finding.place.path else f" {code(place.path)} "
        parts.append(f"另见{where}第 {place.line} 行：{prose(related.message)}")
    return "<br>".join([*parts, f"（{rule}）"]) + "\n"


def _rest(report: Report) -> str:
    """What was on the main branch before: a number. What it says is other units' business."""
    if not report.rest:
        return ""
    return f"\n主分支上原有的意见 {len(report.rest)} 条，与这次改动无关，不影响这次能否受理。\n"


def _line(finding: Finding) -> str:
    """Where in the file, if it is not about the file as a whole."""
    return "" if finding.about_file else f"第 {finding.place.line} 行，"


# ---------------------------------------------------------------------------------------------- units


def _units(report: Report) -> Iterator[str]:
    if report.campaign is None or report.now is None:
        return
    for unit in report.units[:_UNITS]:
        yield _unit(unit, report.now)
    if len(report.units) > _UNITS:
        yield f"\n涉及 {len(report.units)} 个单位，以上列出 {_UNITS} 个。\n"
    if not report.campaign.quota_official and any(
        item.quota is not None for unit in report.units for item in unit.items
    ):
        yield "\n名额为示例，不是正式数据。\n"


def _unit(unit: UnitProgress, now: datetime) -> str:
    quotas = any(item.item.quota for item in unit.items)
    header = ["报送项", "状态", "还缺什么", *(["名额"] if quotas else []), "截止"]
    rows = [header, ["---"] * len(header)]
    for item in unit.items:
        due = moment_text(item.due(now), now) + ("（已延期）" if item.extended else "")
        loose = f"附件有 {unit.loose_errors} 处错误待改正" if item.item.manifest and unit.loose_errors else ""
        owed = prose("；".join(filter(None, (item.needed, loose)))) or "不缺"
        places = [_places(item)] if quotas else []
        rows.append([prose(item.item.title), prose(item.label), owed, *places, prose(due)])
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    step = f"下一步：{prose(unit.next_step)}\n\n" if unit.next_step else ""
    dates = [item.due(now) for item in unit.items if item.waits_for_unit and now <= item.due(now)]
    until = min(dates, default=unit.deadline)
    extended = "（已延期）" if unit.extended and until == unit.deadline else ""
    time = f"\n{_deadline(until, now, extended)}\n"
    return f"\n### {prose(unit.unit.name)}：合并以后的情况\n\n{step}{table}{time}"


def _places(item: ItemProgress) -> str:
    """How many places there are and how many are left; a dash where there is no quota."""
    if not item.item.quota:
        return "—"
    if item.quota is None or item.quota_left is None:
        return "名额表未提供"
    left = item.quota_left
    return f"{item.quota} 名，" + (
        f"超出 {-left} 名" if left < 0 else f"还剩 {left} 名" if left else "已用完"
    )


# --------------------------------------------------------------------------------------------- ending


def _ending(report: Report) -> Iterator[str]:
    campaign, now = report.campaign, report.now
    if campaign is None:
        yield "请通知维护人员改正活动文件。"
        return
    if now is not None and not report.units:
        yield _deadline(campaign.deadline + campaign.grace, now)
    yield _whom_to_ask(campaign)
    if now is not None:
        again = "，再次推送后自动更新" if report.units or report.rest else ""
        yield f"以上为{prose(moment_text(now, now))}检查的结果{again}。"


def _deadline(until: datetime, now: datetime, remark: str = "") -> str:
    left = f"已过 {span(now - until)}" if now > until else f"还有 {span(until - now)}"
    return f"截止时间：{prose(moment_text(until, now))}{remark}，{left}。"


def _whom_to_ask(campaign: Campaign) -> str:
    """The notice's contact; one that is history is not to be called any more."""
    contact = campaign.contact
    if contact.get("historical") or not contact.get("name"):
        return "有不明白的，请与办公室联系。"
    told = "，".join(
        label + prose(str(contact[key]))
        for key, label in (("name", "请找"), ("phone", "电话 "), ("email", "电子邮箱 "))
        if contact.get(key)
    )
    return f"有不明白的，{told}。"
