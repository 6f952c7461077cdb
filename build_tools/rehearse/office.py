"""The office's files of a rehearsal: the notice as data, units, quotas, logins, a short notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class City(NamedTuple):
    """An invented unit and how many nominations it sends.

    ``games``: whether it fills in the counters of the games; ``first_…``: where its names begin among all
    invented names; ``beyond``: how many of its individuals its quota does not cover.
    """

    slug: str
    name: str
    number: int
    collectives: int
    individuals: int
    first_collective: int
    first_individual: int
    games: bool = False
    beyond: int = 0

    @property
    def folder(self) -> str:
        """Its folder below the root."""
        return f"data/cities/{self.slug}"

    @property
    def ledger(self) -> str:
        """Its ledger below the root."""
        return f"data/ledger/{self.slug}.yml"


NOW = "2012-08-23T10:00:00+08:00"

KINDS = (
    ("study", "自活动开展以来的学习资料和记录材料"),
    ("pairing", "与司法所、村居委结对及进村居法律服务情况报告"),
    ("oneplusone", "法律援助“1+1”活动情况"),
)
"""Kinds of material owed for each nominee (notice, item 2). A rehearsal knows no others, though the schema does."""

MANIFEST_LIMIT = 300
"""The longest manifest its schema allows."""


def owed_kinds(cities: Sequence[City]) -> int:
    """How many of ``KINDS`` each nominee owes: all, or the first alone where the manifest would be too long."""
    most = max((city.collectives + city.individuals for city in cities), default=0)
    return len(KINDS) if most * len(KINDS) <= MANIFEST_LIMIT else 1


def campaign(cities: Sequence[City]) -> str:
    """``data/campaign.yml``: the notice of 2012 with a fixed clock, said to be a rehearsal."""
    owed = owed_kinds(cities)
    kinds = "".join(
        f"      - {{id: {kind}, title: {title}, each_nominee: {str(index < owed).lower()},"
        " clause: 通知第2项}\n"
        for index, (kind, title) in enumerate(KINDS)
    )
    return _CAMPAIGN.format(now=NOW, kinds=kinds)


def units(cities: Sequence[City]) -> str:
    """``data/units.yml``."""
    entries = "".join(
        f"  - slug: {city.slug}\n"
        f'    code: "SL{city.number:04d}"\n'
        f"    name: {city.name}\n"
        f"    bureau: {city.name}司法局\n"
        f"    traits: [{'games' if city.games else ''}]\n"
        f"    contact: {{name: 示例联络员{city.number:04d}, phone: 020-0000{city.number:04d}}}\n"
        "    sample: true\n"
        for city in cities
    )
    return f"# 演练单位，纯属虚构。\ntraits_legend:\n  games: 亚运、大运相关地市\nunits:\n{entries}"


def quotas(cities: Sequence[City]) -> str:
    """``data/quotas.yml``: exactly as many places as the unit uses."""
    entries = "".join(
        f"  {city.slug}: {{collective: {city.collectives}, individual: {city.individuals - city.beyond}}}\n"
        for city in cities
    )
    return f"source: 演练\nofficial: false\nnote: 演练名额，非官方数据\nquotas:\n{entries}"


def owners(cities: Sequence[City]) -> str:
    """``data/owners.yml``."""
    entries = "".join(f"  {city.slug}: [demo-{city.slug}]\n" for city in cities)
    return f"# 演练账号，纯属虚构。\noffices: [demo-office]\nowners:\n{entries}"


NOTICE = """# 演练：律师行业创先争优总结及推荐

本页由演练命令生成，单位、人员、数字和名额纯属虚构，不是通知原文。

请各示例单位于 8 月 22 日前报送总结、统计资料、推荐表和佐证材料。
"""

_CAMPAIGN = """# 演练活动，由 shenbao rehearse 生成，纯属虚构。
id: rehearsal
title: 演练：关于做好律师行业创先争优活动总结及表彰推荐工作的通知
short_title: 演练：创先争优总结及推荐
issuer: 示例指导小组
issued: 2012-08-16
receiver: 示例指导小组办公室
timezone: "+08:00"
opens: 2012-08-16T00:00:00+08:00
deadline: 2012-08-22T23:59:59+08:00
deadline_text: 8月22日前
closes: 2012-09-30T23:59:59+08:00
grace_minutes: 0
effect_text: 未按时上交总结和推荐材料的，视为放弃推荐资格。
contact: null
notice: docs/notice.md
repo_url: null
edit_branch: main
demo:
  now: {now}
  note: 演练活动：单位、人员、数字和名额纯属虚构，时钟固定在2012年8月23日10时。
extension:
  people: 2
note: 演练活动，纯属虚构。
items:
  - id: summary
    title: 总结
    form: 活动总结
    clause: 通知第1项
    file: summary.yml
    late: counts
    paper: null
  - id: statistics
    title: 统计资料
    form: 律师行业党组织创先争优活动统计资料
    clause: 附件2
    file: statistics.yml
    late: counts
    counters: true
    paper: null
  - id: collective
    title: 先进集体推荐表
    form: 全国律师行业创先争优先进集体推荐表
    clause: 附件3
    file: nominations/collective-{{nn}}.yml
    late: forfeits
    nominee: 先进集体
    quota: collective
    minimum: 0
    paper: {{copies: 3, seals: [上级党组织]}}
    identity: [name]
    caption: name
    list: [name, members, staff, leader]
    compare: [deeds]
  - id: individual
    title: 先进个人推荐表
    form: 全国律师行业创先争优先进个人推荐表
    clause: 附件4
    file: nominations/individual-{{nn}}.yml
    late: forfeits
    nominee: 先进个人
    quota: individual
    minimum: 0
    paper: {{copies: 3, seals: [所在单位党组织]}}
    identity: [name, birth]
    caption: name
    list: [name, gender, ethnicity, birth, party_joined, education, firm, post]
    compare: [deeds]
    photo: photo
  - id: materials
    title: 佐证材料
    form: 佐证材料清单
    clause: 通知第2项
    file: materials.yml
    late: forfeits
    paper: null
    attachments: materials
    manifest: files
    kinds:
{kinds}limits:
  photo_kib: 2048
  file_kib: 10240
  files: 60
attachment_types: [pdf, jpg, png, docx]
"""
