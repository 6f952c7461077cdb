"""The list of nominees (推荐汇总表) and the table of places. The list is for the office only."""

from __future__ import annotations

from build_tools.campaign import Campaign, Item
from build_tools.forms.values import on_paper
from build_tools.rollup import LeftOut, Nominee, NotListed, RollUp
from build_tools.rollup import NomineeList as RolledUp
from build_tools.site.view import Audience, Mark, NomineeList, NomineeRow, QuotaRow, Quotas


def nominees(rollup: RollUp, audience: Audience) -> tuple[NomineeList, ...]:
    """The lists, one per nomination item; none for the public."""
    if audience is not Audience.OFFICE:
        return ()
    return tuple(_list(listed) for listed in rollup.nominees)


def _list(listed: RolledUp) -> NomineeList:
    fields = tuple(field for field, _ in listed.columns)
    return NomineeList(
        item=listed.item.id,
        title=listed.item.nominee,
        columns=tuple(title for _, title in listed.columns),
        rows=tuple(_nominee(nominee, fields) for nominee in listed.nominees),
        left_out=tuple(_left_out(entry) for entry in listed.left_out),
    )


def _nominee(nominee: Nominee, fields: tuple[str, ...]) -> NomineeRow:
    schema = nominee.item.schema
    return NomineeRow(
        unit=nominee.unit.name,
        slug=nominee.unit.slug,
        order=nominee.rank,
        values=tuple(on_paper(schema, (field,), nominee.values.get(field)) for field in fields),
        mark=Mark(nominee.state.label, nominee.state.value),
        timing=nominee.timing.label if nominee.timing else "",
    )


def _left_out(entry: NotListed) -> NomineeRow:
    return NomineeRow(
        unit=entry.unit.name,
        slug=entry.unit.slug,
        order=entry.rank,
        values=(entry.caption,),
        mark=Mark(entry.why.label, "withdrawn")
        if entry.why in (LeftOut.WITHDRAWN, LeftOut.NOT_TAKEN)
        else Mark("未列入", "forfeited"),
        timing="",
        why=entry.why.label,
    )


def quotas(campaign: Campaign) -> Quotas | None:
    """The table of places; ``None`` when the notice speaks of no places at all."""
    kinds = [item for item in campaign.nominations if item.quota]
    if not kinds:
        return None
    table = campaign.quotas is not None
    return Quotas(
        annex=campaign.quota_source,
        title=campaign.quota_title,
        note=campaign.quota_note,
        official=campaign.quota_official,
        columns=tuple(item.nominee for item in kinds),
        rows=tuple(_places(campaign, slug, kinds) for slug in campaign.unit_by_slug) if table else (),
        totals=tuple(_total(campaign, item) for item in kinds) if table else (),
    )


def _places(campaign: Campaign, slug: str, kinds: list[Item]) -> QuotaRow:
    places = (campaign.quota(slug, item) for item in kinds)
    texts = tuple("" if number is None else str(number) for number in places)
    return QuotaRow(campaign.unit_by_slug[slug].name, slug, texts)


def _total(campaign: Campaign, item: Item) -> str:
    places = [campaign.quota(unit.slug, item) for unit in campaign.units]
    return str(sum(number for number in places if number is not None))
