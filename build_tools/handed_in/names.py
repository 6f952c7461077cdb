"""Whose file it is and what it is, by the name it came under.

The form pages give their downloads names that say both: ``guangzhou-individual-01.yml``, ``guangzhou-study.pdf``.
A path that ends as the repository's own does (``guangzhou/nominations/individual-01.yml``) says both, too; any other
name needs the unit beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from build_tools.campaign import Campaign, Item, Unit
from build_tools.checks.names import mended, name_fault

# What a browser puts behind the name of a second download: `a (1).yml`, `a(1).yml`.
_AGAIN = re.compile(r" ?\([0-9]{1,3}\)(?=\.[^.]*\Z)")
_YAML = (".yml", ".yaml")


class Refused(ValueError):
    """Why a file is not taken in: a Chinese sentence without its full stop."""


class Target(NamedTuple):
    """Where a file belongs. ``path`` is relative to the unit's folder; ``item`` is the document's, with its order of
    recommendation, and ``None`` for a photo or a supporting file."""

    unit: Unit
    path: str
    item: Item | None = None
    number: int = 0

    @property
    def place(self) -> str:
        """The path from the campaign's root."""
        return f"{self.unit.folder}/{self.path}"


def plain(name: str) -> str:
    """``name`` without what a browser added to it."""
    return _AGAIN.sub("", name)


def target_of(campaign: Campaign, parts: tuple[str, ...], unit: Unit | None = None) -> Target:
    """What the file at the path ``parts`` is; ``unit`` says whose, where it is known. Raises :class:`Refused`."""
    parts = (*parts[:-1], plain(parts[-1]))
    found = _by_path(campaign, parts) or _by_name(campaign, parts, unit)
    if unit is not None and found.unit is not unit:
        raise Refused(f"名字写的是{found.unit.name}的，这里应是{unit.name}的，请核对")
    if found.item is None and (fault := name_fault(found.path)):
        raise Refused(f"文件名{fault}，请改名（例如 individual-01-study.pdf），清单中的文件名一并改正")
    return found


def _by_path(campaign: Campaign, parts: tuple[str, ...]) -> Target | None:
    for start in range(len(parts) - 2, -1, -1):
        unit = campaign.unit_by_slug.get(parts[start])
        found = _within(campaign, unit, "/".join(parts[start + 1 :])) if unit else None
        if found:
            return found
    return None


def _within(campaign: Campaign, unit: Unit, path: str) -> Target | None:
    """The file at ``path`` of the unit's folder, if it may be there."""
    located = campaign.item_of(path)
    if located:
        return Target(unit, path, *located)
    folder = _attachments(campaign)
    return Target(unit, path) if folder and path.startswith(f"{folder}/") else None


def _by_name(campaign: Campaign, parts: tuple[str, ...], unit: Unit | None) -> Target:
    name = parts[-1]
    for owner, rest in _readings(campaign, name):
        if found := _called(campaign, owner, rest):
            return found
    found = _called(campaign, unit, name) if unit else None
    if found is None:
        around = [campaign.unit_by_slug[part] for part in parts[:-1] if part in campaign.unit_by_slug]
        raise Refused(_what_would_be_right(campaign, name, unit or next(reversed(around), None)))
    return found


def _readings(campaign: Campaign, name: str) -> Iterator[tuple[Unit, str]]:
    """Every way to read ``name`` as a unit's and the rest, the longest slug first."""
    for slug in sorted(campaign.unit_by_slug, key=len, reverse=True):
        if name.startswith(f"{slug}-"):
            yield campaign.unit_by_slug[slug], name[len(slug) + 1 :]


def _called(campaign: Campaign, unit: Unit, name: str) -> Target | None:
    """The unit's file that is called ``name``, whatever its folder."""
    if name.endswith(_YAML):
        located = campaign.locate(name.removesuffix(".yml")) if name.endswith(".yml") else None
        folder = located[0].file.rpartition("/")[0] if located else ""
        return Target(unit, f"{folder}/{name}".lstrip("/"), *located) if located else None
    folder = _attachments(campaign)
    if not folder or "." not in name.strip(".") or _document(campaign, name):
        return None
    return Target(unit, f"{folder}/{name}")


def _attachments(campaign: Campaign) -> str:
    return campaign.materials.attachments if campaign.materials else ""


def _what_would_be_right(campaign: Campaign, name: str, unit: Unit | None) -> str:
    owner, rest = next(_readings(campaign, name), (unit, name))
    if owner is None:
        slug, rest = _guessed(campaign, name)
        if slug:
            return f"没有这个单位的文件，疑应为 {slug}-{rest}，请核对改名"
        right = _document(campaign, rest)
        example = f"{campaign.units[0].slug}-{right or 'individual-01.yml'}"
        return f"看不出是哪个单位的，请改成 {example} 这样的名字，或者用 --unit 写明单位"
    folder = _attachments(campaign)
    if not rest.endswith(_YAML) and not folder:
        return "这次活动不收照片和附件"
    if right := _document(campaign, rest):
        return f"认不出是哪份文件，疑应为 {owner.slug}-{right}，请核对改名"
    if not rest.endswith(_YAML) and "." in rest:
        return f"应在 {owner.slug}/{folder} 文件夹里，或者叫 {owner.slug}-{rest}"
    names = "、".join(item.document(1) + ".yml" for item in campaign.items)
    return f"认不出是哪份文件，可用的有：{names}"


def _document(campaign: Campaign, name: str) -> str:
    """The name of the document that was probably meant, or an empty text."""
    return mended(name, campaign).rpartition("/")[2] if name.endswith((*_YAML, ".txt")) else ""


def _guessed(campaign: Campaign, name: str) -> tuple[str, str]:
    """The slug that was probably meant in ``name``, and what stands behind it; no slug where nothing is like one."""
    from rapidfuzz.process import extractOne

    head, dash, rest = name.partition("-")
    for unit in campaign.units:
        if dash and head in (unit.name, unit.code, unit.bureau):
            return unit.slug, rest
    best = extractOne(head.casefold(), list(campaign.unit_by_slug), score_cutoff=75) if dash else None
    return (str(best[0]), rest) if best else ("", name)
