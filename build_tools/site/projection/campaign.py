"""The whole view of one audience, put together from progress, sums, rules and forms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from build_tools.campaign import Campaign, Late
from build_tools.campaign.forge import forge_base
from build_tools.checks import Examination
from build_tools.forms.definition import Form, read_forms
from build_tools.forms.fill import blank_sheet
from build_tools.forms.html import html_form
from build_tools.history import History
from build_tools.progress import CampaignProgress, Phase, UnitState, date_text, moment_text, span
from build_tools.rollup import RollUp
from build_tools.site.downloads import blank_template_path
from build_tools.site.entry_view import Link
from build_tools.site.papers import Papers
from build_tools.site.projection import wording
from build_tools.site.projection.entries import entries, entry_path
from build_tools.site.projection.nominees import nominees, quotas
from build_tools.site.projection.rules import rules
from build_tools.site.projection.statistics import counters
from build_tools.site.projection.units import UnitProjection
from build_tools.site.view import Annex, Audience, Clock, Quotas, Rate, Reminder, Total, View

NAME = "申报台"
EVENTS_ON_HOME, REMINDERS_ON_HOME = 12, 30

_ANNEX_NUMBER = re.compile(r"附件\s*([0-9]{1,2})")
_CONTACT_LABELS = {"name": "联系人", "phone": "电话", "fax": "传真", "email": "电子邮箱"}


def project(
    examination: Examination,
    progress: CampaignProgress,
    rollup: RollUp,
    audience: Audience,
    *,
    history: History | None = None,
    papers: Papers | None = None,
    intake: str = "",
) -> View:
    """What ``audience`` may see of the examined campaign; ``history`` dates its files, ``papers`` print them.

    ``intake`` is where the form pages submit documents to, empty for nowhere. No file is read and no template is run.
    """
    campaign = examination.campaign
    office = audience is Audience.OFFICE
    folders = examination.submissions.folders
    papers = papers or Papers()
    forms = read_forms(campaign)
    pages_of_forms = {form.item.id: _form_path(form) for form in forms}
    units = UnitProjection(
        campaign,
        audience,
        examination.now,
        history or History(),
        pages_of_forms,
        papers=papers,
        entries={item.id: entry_path(item) for item in campaign.items},
    )
    rows = tuple(units.row(unit, order) for order, unit in enumerate(progress.units, start=1))
    pages = (units.page(unit, row, folders[row.slug]) for unit, row in zip(progress.units, rows, strict=True))
    table = quotas(campaign)
    return View(
        audience=audience,
        name=NAME,
        title=campaign.title,
        short_title=campaign.short_title,
        issuer=campaign.issuer,
        issued=date_text(campaign.issued),
        receiver=campaign.receiver,
        effect=campaign.effect_text,
        late_words=tuple(_late_words(campaign)),
        decisions=tuple(line for line in campaign.note.splitlines() if line.strip()),
        contact=tuple(
            (label, str(campaign.contact[key]))
            for key, label in _CONTACT_LABELS.items()
            if campaign.contact.get(key)
        ),
        contact_historical=bool(campaign.contact.get("historical")),
        demo_note=campaign.demo_note if campaign.is_demo else "",
        demo=campaign.is_demo,
        clock=_clock(progress),
        item_titles=tuple(item.title for item in campaign.items),
        totals=tuple(_totals(progress, rollup)),
        legend=tuple((wording.unit_mark(state), progress.counts[state]) for state in reversed(UnitState)),
        units=rows,
        pages=tuple(pages),
        events=tuple(units.event(h.unit, h.event) for h in progress.latest[:EVENTS_ON_HOME]),
        reminders=tuple(_reminders(progress, units)) if office else (),
        more_reminders=max(0, len(progress.call_list) - REMINDERS_ON_HOME) if office else 0,
        rates=tuple(
            Rate(
                title=rate.item.title,
                clause=rate.item.clause,
                reported=rate.reported,
                expected=rate.expected,
                in_time=rate.in_time,
                width=round(100 * rate.reported / rate.expected, 1) if rate.expected else 0.0,
            )
            for rate in progress.items
            if rate.expected
        ),
        counters=counters(rollup, audience),
        counters_title=rollup.item.form if rollup.item else "",
        counters_note=rollup.notes,
        counted=rollup.counted,
        nominees=nominees(rollup, audience),
        quotas=table,
        annexes=tuple(_annexes(forms, table, papers)),
        entries=entries(
            examination,
            progress,
            audience,
            {form.item.id: form for form in forms},
            pages=pages_of_forms,
            papers=papers,
            intake=intake,
        ),
        rules=rules(campaign),
        notice=campaign.notice.removeprefix("docs/").removesuffix(".md"),
        notice_papers=papers.notice,
        repo_url=campaign.repo_url,
        edit_base=forge_base(campaign, "edit"),
    )


def _late_words(campaign: Campaign) -> Iterator[str]:
    words = {
        Late.COUNTS: "逾期报送的，仍计入汇总，注明逾期。",
        Late.FORFEITS: "逾期报送的，视为放弃，不列入推荐汇总。",
    }
    for late, sentence in words.items():
        titles = [item.title for item in campaign.items if item.late is late]
        if titles:
            yield "、".join(titles) + sentence


def _clock(progress: CampaignProgress) -> Clock:
    campaign, now = progress.campaign, progress.now
    deadline = campaign.deadline + campaign.grace
    over = now > deadline
    return Clock(
        now=now,
        deadline=deadline,
        fixed=campaign.is_demo,
        before=progress.phase is Phase.BEFORE,
        now_text=wording.full_time(now, campaign.timezone),
        deadline_text=campaign.deadline_text,
        deadline_time=moment_text(deadline, now),
        countdown=span(now - deadline if over else deadline - now),
        over=over,
    )


def _totals(progress: CampaignProgress, rollup: RollUp) -> Iterator[Total]:
    count = len(progress.units)
    reported = sum(unit.reported for unit in progress.units)
    in_time = sum(unit.in_time for unit in progress.units)
    yield Total("报齐单位", str(reported), f"/ {count}", f"报送率 {_rate(reported, count)}")
    yield Total("按时报齐", str(in_time), f"/ {count}", f"按时率 {_rate(in_time, count)}")
    for listed in rollup.nominees:
        places = [progress.campaign.quota(unit.slug, listed.item) for unit in progress.campaign.units]
        known = [number for number in places if number is not None]
        label = "名额" if progress.campaign.quota_official else "示例名额"
        note = f"{label}共 {sum(known)} 个" if known else "名额表未提供"
        yield Total(f"推荐{listed.item.nominee}", str(len(listed.nominees)), "个", note)
    waiting = progress.counts[UnitState.RETURNED] + progress.counts[UnitState.FAULTY]
    yield Total("待改单位", str(waiting), f"/ {count}", "退回修改或校验未通过")


def _rate(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "—"


def _reminders(progress: CampaignProgress, units: UnitProjection) -> Iterator[Reminder]:
    for unit in progress.call_list[:REMINDERS_ON_HOME]:
        if unit.call:
            yield Reminder(
                slug=unit.unit.slug,
                name=unit.unit.name,
                mark=wording.urgency_mark(unit.call.urgency),
                reason=unit.call.reason,
                contact=units.contact(unit.unit),
            )


def _annexes(forms: Iterable[Form], table: Quotas | None, papers: Papers) -> Iterator[Annex]:
    found = [_annex(form, papers) for form in forms]
    if table:
        number = _number(table.annex) or _left_out(annex.number for annex in found)
        found.append(Annex(number, table.title, f"annexes/{number or 'quotas'}", None, ""))
    yield from sorted(found, key=lambda annex: (not annex.number, int(annex.number or 0)))


def _left_out(numbers: Iterable[str]) -> str:
    """The number no form has, where the forms' numbers leave one out: without a table, nobody tells it."""
    known = {int(number) for number in numbers if number}
    return str(next((n for n in range(1, max(known, default=0)) if n not in known), ""))


def _annex(form: Form, papers: Papers) -> Annex:
    number, paper = _number(form.annex), form.item.paper
    remark = (
        "空白表样，文字和栏目与通知所附一致。" if form.annex else "通知没有附此表样，由办公室按通知要求拟定。"
    )
    if paper:
        seals = f"，须有{'、'.join(paper.seals)}印章" if paper.seals else ""
        remark += f"纸质材料一式 {paper.copies} 份{seals}。"
    if form.sealed:
        remark += "意见栏和印章处打印时留空。"
    drawn, links = html_form(blank_sheet(form)), papers.blanks.get(form.item.id, ())
    template = Link("YAML 模板", blank_template_path(form.item))
    return Annex(
        number, form.title, _form_path(form), drawn, remark, entry_path(form.item), (*links, template)
    )


def _form_path(form: Form) -> str:
    return f"annexes/{_number(form.annex) or form.item.id}"


def _number(annex: str) -> str:
    match = _ANNEX_NUMBER.search(annex)
    return str(int(match[1])) if match else ""
