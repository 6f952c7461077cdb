"""Reading a campaign: every office-owned file against its schema, then every reference between them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

from build_tools.campaign import rules
from build_tools.campaign.constraints import check_constraints, read_constraints
from build_tools.campaign.forms import check_form
from build_tools.campaign.items import check_seals, read_items
from build_tools.campaign.model import REMINDERS, Campaign, Contact, Item, Unit
from build_tools.campaign.reading import BrokenCampaign, Reader
from build_tools.findings import Pointer
from build_tools.source import Source
from build_tools.tree import Tree


def load_campaign(tree: Tree) -> Campaign:
    """Load the campaign at the root of ``tree``; raises :class:`BrokenCampaign` with every fault found."""
    reader = Reader(tree)
    main = reader.source("data/campaign.yml", "campaign")
    unit_file = reader.source("data/units.yml", "units")
    rule_file = reader.source("schemas/rules.yml", "rules")
    quota_file = reader.source("data/quotas.yml", "quotas", required=False)
    owner_file = reader.source("data/owners.yml", "owners", required=False)
    reader.stop_if_broken()
    if next(iter(tree.files("data")), None) is None:  # what was read stands behind a link, and is not listed
        raise BrokenCampaign([rules.not_a_folder("data")], tree)
    if main is None or unit_file is None or rule_file is None:
        raise AssertionError("a missing file is a finding")

    reader.unique(main, "items", "id", "报送项")
    for field, kind in (("slug", "单位"), ("code", "单位代码"), ("name", "单位名称")):
        reader.unique(unit_file, "units", field, kind)
    reader.unique(rule_file, "rules", "code", "规则")
    items = read_items(reader, main)
    units = tuple(_unit(raw) for raw in unit_file.value["units"])
    _check_traits(reader, unit_file)
    quotas = _quotas(reader, quota_file, main, units, items)
    constraints = read_constraints(rule_file)
    reader.stop_if_broken()
    check_constraints(reader, rule_file, constraints, items)
    forms = _forms(reader, items)
    check_seals(reader, main, items, forms)
    times = _times(reader, main)
    _check_notice(reader, main)
    ledger_schemas = reader.office_schemas("ledger")
    owners = owner_file.value if owner_file else {}
    known = {unit.slug for unit in units}
    for slug in owners.get("owners", {}) if owner_file else ():
        if slug not in known and owner_file:
            reader.unknown(owner_file, ("owners", slug), "单位", slug, "与 data/units.yml 的 slug 一致。")
    reader.stop_if_broken()
    if ledger_schemas is None:
        raise AssertionError("a missing schema is a finding")

    raw = main.value
    demo = raw["demo"] or {}
    return Campaign(
        id=raw["id"],
        title=raw["title"],
        short_title=raw["short_title"],
        issuer=raw["issuer"],
        issued=raw["issued"],
        receiver=raw["receiver"],
        timezone=_timezone(raw["timezone"]),
        opens=times["opens"],
        deadline=times["deadline"],
        deadline_text=raw["deadline_text"],
        closes=times.get("closes"),
        grace=timedelta(minutes=raw["grace_minutes"]),
        effect_text=raw["effect_text"],
        contact=raw["contact"] or {},
        notice=raw["notice"],
        repo_url=(raw["repo_url"] or "").rstrip("/"),
        edit_branch=raw["edit_branch"],
        demo_now=times.get("demo"),
        demo_note=demo.get("note", ""),
        extension_people=raw["extension"]["people"],
        note=raw.get("note") or "",
        items=items,
        units=units,
        trait_titles=unit_file.value.get("traits_legend", {}),
        quotas=quotas,
        quota_title=(quota_file.value.get("title") if quota_file else None) or "推荐名额分配表",
        quota_source=quota_file.value["source"] if quota_file else "",
        quota_note=quota_file.value.get("note") or "" if quota_file else "",
        quota_official=bool(quota_file and quota_file.value.get("official")),
        owners={slug: tuple(logins) for slug, logins in owners.get("owners", {}).items()},
        offices=tuple(owners.get("offices", ())),
        constraints=constraints,
        forms=forms,
        ledger_schemas=ledger_schemas,
        limits=dict(raw["limits"]),
        attachment_types=tuple(raw["attachment_types"]),
        reminders=tuple(sorted(raw.get("reminders", REMINDERS), reverse=True)),
        forge=raw.get("forge", ""),
    )


def _unit(raw: dict[str, Any]) -> Unit:
    contact = raw.get("contact")
    return Unit(
        slug=raw["slug"],
        code=raw["code"],
        name=raw["name"],
        bureau=raw["bureau"],
        traits=frozenset(raw.get("traits", ())),
        excludes=raw.get("excludes") or "",
        contact=Contact(**contact) if contact else None,
        sample=bool(raw.get("sample")),
    )


def _check_traits(reader: Reader, unit_file: Source) -> None:
    legend = unit_file.value.get("traits_legend", {})
    for index, raw in enumerate(unit_file.value["units"]):
        for place, trait in enumerate(raw.get("traits", ())):
            if trait not in legend:
                pointer = ("units", index, "traits", place)
                reader.unknown(unit_file, pointer, "特征", trait, "在 traits_legend 中说明这一特征。")


def _quotas(
    reader: Reader, file: Source | None, main: Source, units: tuple[Unit, ...], items: tuple[Item, ...]
) -> dict[str, dict[str, int | None]] | None:
    table = file.value["quotas"] if file else None
    if file is None or table is None:
        return None
    known = {unit.slug for unit in units}
    kinds = {item.quota: item.title for item in items if item.quota}
    asked = {raw.get("quota") for raw in main.value["items"]}  # also by an item whose schema is broken
    for slug, places in table.items():
        if slug not in known:
            reader.unknown(file, ("quotas", slug), "单位", slug, "与 data/units.yml 的 slug 一致。")
        for kind in places:
            if kind not in asked:
                mend = "与 data/campaign.yml 的 quota 一致。"
                reader.unknown(file, ("quotas", slug, kind), "名额类别", kind, mend)
    for unit in units:
        for kind, title in kinds.items():
            if kind not in table.get(unit.slug, {}):
                place = file.place(("quotas", unit.slug))
                reader.findings.append(rules.QUOTA_MISSING.finding(place, name=unit.name, kind=title))
    return {slug: dict(places) for slug, places in table.items()}


def _forms(reader: Reader, items: tuple[Item, ...]) -> dict[str, dict[str, Any]]:
    forms: dict[str, dict[str, Any]] = {}
    for item in items:
        source = reader.source(f"schemas/{item.id}.form.yml", "form", required=item.is_printed)
        if source is not None:
            reader.findings.extend(check_form(source, item))
            forms[item.id] = source.value
    return forms


def _check_notice(reader: Reader, main: Source) -> None:
    path = main.value["notice"]
    if reader.read(path, required=False) is None:
        pointer = ("notice",)
        reader.findings.append(rules.FILE_MISSING.finding(main.place(pointer), pointer, file=path))


def _times(reader: Reader, main: Source) -> dict[str, datetime]:
    places: dict[str, tuple[Pointer, str]] = {
        "opens": (("opens",), "开始时间"),
        "deadline": (("deadline",), "截止时间"),
        "closes": (("closes",), "活动结束时间"),
        "demo": (("demo", "now"), "演示时间"),
    }
    reader.day(main, ("issued",), "成文日期")
    found = {name: reader.time(main, *place) for name, place in places.items()}
    times = {name: time for name, time in found.items() if time is not None}
    for early, late in (("opens", "deadline"), ("deadline", "closes")):
        if early in times and late in times and times[early] > times[late]:
            reader.bad_time(main, *places[late], f"早于{places[early][1]}")
    return times


def _timezone(text: str) -> timezone:
    match = re.match(r"([+-])(\d\d):(\d\d)", text)
    if match is None:
        raise AssertionError("the schema holds the form of a time zone")
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)
