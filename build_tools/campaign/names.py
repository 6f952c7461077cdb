"""Units and documents as people call them on a command line: ``guangzhou/individual-01``, 广州, a file's path."""

from __future__ import annotations

from build_tools.campaign.model import Campaign, Unit

_SHOWN = 30


class NoSuchName(ValueError):
    """A name that is no unit's or no document's; the text is a Chinese sentence without its full stop."""


def split_name(name: str) -> tuple[str, str]:
    """The unit's and the document's part of ``name``: ``guangzhou/nominations/individual-01.yml`` gives
    ``guangzhou`` and ``individual-01``; the second is empty where a whole unit is named."""
    unit, _, path = name.strip("/").removeprefix("data/cities/").partition("/")
    return unit, path.rpartition("/")[2].removesuffix(".yml")


def unit_called(campaign: Campaign, given: str) -> Unit:
    """The unit whose slug, code, name or bureau is ``given``; raises :class:`NoSuchName`."""
    for unit in campaign.units:
        if given in (unit.slug, unit.code, unit.name, unit.bureau):
            return unit
    slugs = "、".join(list(campaign.unit_by_slug)[:_SHOWN])
    raise NoSuchName(f"没有“{given}”这个单位，可用的有：{slugs}")
