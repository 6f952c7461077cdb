"""Reading a campaign: every office-owned file against its schema, then every reference between them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from build_tools.campaign import rules
from build_tools.campaign.forms import check_form
from build_tools.campaign.model import (
    Campaign,
    Constraint,
    Contact,
    Item,
    Late,
    MaterialKind,
    Paper,
    Term,
    Unit,
)
from build_tools.findings import Finding, Place, Pointer
from build_tools.schema import Schema, SchemaBroken, validate
from build_tools.source import OFFICE_MAX_BYTES, Source, parse
from build_tools.tree import Tree

_PACKAGED = Path(__file__).resolve().parent.parent / "_schemas"
_CHECKOUT = Path(__file__).resolve().parents[2] / "schemas"


class BrokenCampaign(Exception):
    """The campaign itself cannot be used; ``findings`` say what, where and how to mend."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = sorted(findings, key=Finding.sort_key)


class _Loader:
    """Collects findings while reading, so that one run names every fault it can reach."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.findings: list[Finding] = []

    def stop_if_broken(self) -> None:
        if self.findings:
            raise BrokenCampaign(self.findings)

    def read(self, path: str) -> bytes | None:
        try:
            return self.tree.read(path)
        except FileNotFoundError:
            return None

    def schema(self, path: str) -> Schema | None:
        """The schema at ``path`` of the campaign; office-file schemas fall back to ours."""
        data = self.read(path)
        if data is None:
            ours = (_PACKAGED if _PACKAGED.is_dir() else _CHECKOUT) / Path(path).name
            if Path(path).name.split(".")[0] not in _OFFICE_FILES or not ours.is_file():
                self.findings.append(rules.FILE_MISSING.finding(Place(path), file=path))
                return None
            data = ours.read_bytes()
        try:
            schema = Schema(data.decode("utf-8", errors="replace"))
            schema.check()
        except SchemaBroken as broken:
            place = Place(path, broken.line, broken.column)
            self.findings.append(rules.SCHEMA_FILE_BROKEN.finding(place, reason=broken.reason))
            return None
        return schema

    def source(self, path: str, kind: str, *, required: bool = True) -> Source | None:
        """An office-owned YAML file, valid against ``schemas/<kind>.schema.json``, or ``None``."""
        data = self.read(path)
        if data is None:
            if required:
                self.findings.append(rules.FILE_MISSING.finding(Place(path), file=path))
            return None
        source = parse(path, data, OFFICE_MAX_BYTES)
        self.findings.extend(source.findings)
        schema = self.schema(f"schemas/{kind}.schema.json")
        if source.findings or schema is None:
            return None
        faults = validate(source, schema)
        self.findings.extend(faults)
        return None if faults else source

    def unknown(self, source: Source, pointer: Pointer, kind: str, name: object, mend: str) -> None:
        place = source.place(pointer)
        self.findings.append(rules.UNKNOWN_NAME.finding(place, pointer, kind=kind, name=name, mend=mend))

    def time(self, source: Source, pointer: Pointer, title: str) -> datetime | None:
        value: Any = source.value
        for part in pointer:
            value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            return None
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            self.findings.append(
                rules.BAD_TIME.finding(source.place(pointer), pointer, title=title, reason="不存在")
            )
            return None

    def unique(self, source: Source, key: str, field: str, kind: str) -> None:
        seen: set[str] = set()
        for index, entry in enumerate(source.value[key]):
            if entry[field] in seen:
                pointer = (key, index, field)
                self.findings.append(
                    rules.REPEATED.finding(source.place(pointer), pointer, kind=kind, name=entry[field])
                )
            seen.add(entry[field])


_OFFICE_FILES = {"campaign", "units", "quotas", "owners", "ledger", "rules", "form"}


def load_campaign(tree: Tree) -> Campaign:
    """Load the campaign at the root of ``tree``; raises :class:`BrokenCampaign` with every fault found."""
    loader = _Loader(tree)
    main = loader.source("data/campaign.yml", "campaign")
    unit_file = loader.source("data/units.yml", "units")
    rule_file = loader.source("schemas/rules.yml", "rules")
    quota_file = loader.source("data/quotas.yml", "quotas", required=False)
    owner_file = loader.source("data/owners.yml", "owners", required=False)
    loader.stop_if_broken()
    if main is None or unit_file is None or rule_file is None:
        raise AssertionError("a missing file is a finding")

    loader.unique(main, "items", "id", "报送项")
    loader.unique(unit_file, "units", "slug", "单位")
    loader.unique(rule_file, "rules", "code", "规则")
    items = _items(loader, main)
    units = tuple(_unit(raw) for raw in unit_file.value["units"])
    _check_traits(loader, unit_file)
    quotas = _quotas(loader, quota_file, units, items)
    constraints = tuple(_constraint(raw) for raw in rule_file.value["rules"])
    loader.stop_if_broken()
    _check_constraints(loader, rule_file, constraints, items)
    forms = _forms(loader, items)
    times = _times(loader, main)
    ledger_schema = loader.schema("schemas/ledger.schema.json")
    owners = owner_file.value if owner_file else {}
    known = {unit.slug for unit in units}
    for slug in owners.get("owners", {}) if owner_file else ():
        if slug not in known and owner_file:
            loader.unknown(owner_file, ("owners", slug), "单位", slug, "与 data/units.yml 的 slug 一致。")
    loader.stop_if_broken()
    if ledger_schema is None:
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
        ledger_schema=ledger_schema,
        limits=dict(raw["limits"]),
        attachment_types=tuple(raw["attachment_types"]),
    )


def _items(loader: _Loader, main: Source) -> tuple[Item, ...]:
    items = []
    for index, raw in enumerate(main.value["items"]):
        schema = loader.schema(f"schemas/{raw['id']}.schema.json")
        if schema is None:
            continue
        keys = set(schema.root.get("properties", {}))
        for name in ("identity", "list", "compare"):
            for place, key in enumerate(raw.get(name, ())):
                if key not in keys:
                    loader.unknown(
                        main, ("items", index, name, place), "栏目", key, "与该报送项的 schema 一致。"
                    )
        for name in ("caption", "photo", "manifest"):
            if raw.get(name) and raw[name] not in keys:
                loader.unknown(main, ("items", index, name), "栏目", raw[name], "与该报送项的 schema 一致。")
        paper = raw["paper"]
        items.append(
            Item(
                id=raw["id"],
                title=raw["title"],
                form=raw["form"],
                clause=raw["clause"],
                file=raw["file"],
                late=Late(raw["late"]),
                schema=schema,
                counters=bool(raw.get("counters")),
                nominee=raw.get("nominee", ""),
                quota=raw.get("quota", ""),
                minimum=raw.get("minimum", 0),
                paper=Paper(paper["copies"], tuple(paper["seals"])) if paper else None,
                identity=tuple(raw.get("identity", ())),
                caption=raw.get("caption", ""),
                list=tuple(raw.get("list", ())),
                compare=tuple(raw.get("compare", ())),
                photo=raw.get("photo", ""),
                attachments=raw.get("attachments", ""),
                manifest=raw.get("manifest", ""),
                kinds=tuple(
                    MaterialKind(k["id"], k["title"], bool(k.get("each_nominee")), k.get("clause", ""))
                    for k in raw.get("kinds", ())
                ),
            )
        )
    return tuple(items)


def _unit(raw: dict[str, Any]) -> Unit:
    contact = raw.get("contact")
    return Unit(
        slug=raw["slug"],
        code=raw["code"],
        name=raw["name"],
        bureau=raw["bureau"],
        traits=frozenset(raw.get("traits", ())),
        excludes=raw.get("excludes") or "",
        contact=Contact(contact["name"], contact.get("phone", "")) if contact else None,
        sample=bool(raw.get("sample")),
    )


def _check_traits(loader: _Loader, unit_file: Source) -> None:
    legend = unit_file.value.get("traits_legend", {})
    for index, raw in enumerate(unit_file.value["units"]):
        for place, trait in enumerate(raw.get("traits", ())):
            if trait not in legend:
                pointer = ("units", index, "traits", place)
                loader.unknown(unit_file, pointer, "特征", trait, "在 traits_legend 中说明这一特征。")


def _quotas(
    loader: _Loader, file: Source | None, units: tuple[Unit, ...], items: tuple[Item, ...]
) -> dict[str, dict[str, int | None]] | None:
    table = file.value["quotas"] if file else None
    if file is None or table is None:
        return None
    known = {unit.slug for unit in units}
    for slug in table:
        if slug not in known:
            loader.unknown(file, ("quotas", slug), "单位", slug, "与 data/units.yml 的 slug 一致。")
    kinds = {item.quota: item.title for item in items if item.quota}
    for unit in units:
        for kind, title in kinds.items():
            if kind not in table.get(unit.slug, {}):
                place = file.place(("quotas", unit.slug))
                loader.findings.append(rules.QUOTA_MISSING.finding(place, name=unit.name, kind=title))
    return {slug: dict(places) for slug, places in table.items()}


def _path(text: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdigit() else part for part in text.split("/"))


def _term(raw: dict[str, Any]) -> Term:
    if "years" in raw:
        return Term(constant=raw["years"] * 12)
    return Term(
        item=raw.get("item", ""),
        field=_path(raw["field"]) if "field" in raw else (),
        constant=raw.get("constant"),
        count=raw.get("count", ""),
        materials=raw.get("materials", ""),
    )


def _constraint(raw: dict[str, Any]) -> Constraint:
    left = tuple(_term(term) for term in raw["left"])
    right = tuple(_term(term) for term in raw["right"])
    first = next((term.field for term in left + right if term.field and term.item in ("", raw["item"])), ())
    return Constraint(
        code=raw["code"],
        item=raw["item"],
        title=raw["title"],
        severity=raw["severity"],
        clause=raw["clause"],
        left=left,
        operator=raw["operator"],
        right=right,
        missing=raw["missing"],
        at=_path(raw["at"]) if raw.get("at") else first,
        message=raw["message"],
        hint=raw["hint"],
        passes=raw["passes"],
        fails=raw["fails"],
    )


def _check_constraints(
    loader: _Loader, file: Source, constraints: tuple[Constraint, ...], items: tuple[Item, ...]
) -> None:
    by_id = {item.id: item for item in items}
    kinds = {kind.id for item in items for kind in item.kinds}
    for index, constraint in enumerate(constraints):
        start: Pointer = ("rules", index)
        if constraint.item not in by_id:
            loader.unknown(
                file, (*start, "item"), "报送项", constraint.item, "与 data/campaign.yml 的报送项一致。"
            )
            continue
        own = {term.field for term in constraint.left + constraint.right}
        if constraint.at and constraint.at not in own and not by_id[constraint.item].schema.at(constraint.at):
            name = "/".join(map(str, constraint.at))
            loader.unknown(file, (*start, "at"), "栏目", name, "与该报送项的 schema 一致。")
        for side, terms in (("left", constraint.left), ("right", constraint.right)):
            for place, term in enumerate(terms):
                pointer = (*start, side, place)
                item = by_id.get(term.item or constraint.item)
                if item is None or (term.count and term.count not in by_id):
                    loader.unknown(
                        file, pointer, "报送项", term.item or term.count, "与 data/campaign.yml 一致。"
                    )
                elif term.field and not item.schema.at(term.field):
                    name = "/".join(map(str, term.field))
                    loader.unknown(file, pointer, "栏目", name, "与该报送项的 schema 一致。")
                elif term.materials and term.materials not in kinds:
                    loader.unknown(
                        file, pointer, "材料类别", term.materials, "与 data/campaign.yml 的 kinds 一致。"
                    )


def _forms(loader: _Loader, items: tuple[Item, ...]) -> dict[str, dict[str, Any]]:
    forms: dict[str, dict[str, Any]] = {}
    for item in items:
        source = loader.source(f"schemas/{item.id}.form.yml", "form", required=False)
        if source is not None:
            loader.findings.extend(check_form(source, item))
            forms[item.id] = source.value
    return forms


def _times(loader: _Loader, main: Source) -> dict[str, datetime]:
    places: dict[str, tuple[Pointer, str]] = {
        "opens": (("opens",), "开始时间"),
        "deadline": (("deadline",), "截止时间"),
        "closes": (("closes",), "活动结束时间"),
        "demo": (("demo", "now"), "演示时间"),
    }
    found = {name: loader.time(main, *place) for name, place in places.items()}
    times = {name: time for name, time in found.items() if time is not None}
    for early, late in (("opens", "deadline"), ("deadline", "closes")):
        if early in times and late in times and times[early] > times[late]:
            pointer, title = places[late]
            loader.findings.append(
                rules.BAD_TIME.finding(
                    main.place(pointer), pointer, title=title, reason=f"早于{places[early][1]}"
                )
            )
    return times


def _timezone(text: str) -> timezone:
    match = re.match(r"([+-])(\d\d):(\d\d)", text)
    if match is None:
        raise AssertionError("the schema holds the form of a time zone")
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)
