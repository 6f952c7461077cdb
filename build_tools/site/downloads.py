"""The exports a site offers, as files beside its pages."""

from __future__ import annotations

from dataclasses import dataclass, field

from build_tools.campaign import Item
from build_tools.exports import render, tables
from build_tools.forms.template import template
from build_tools.progress import CampaignProgress
from build_tools.rollup import RollUp
from build_tools.site.view import Audience

FOLDER = "downloads"


@dataclass(frozen=True)
class Download:
    """A file of the site. ``table`` names the page that offers it; an empty one is offered by all."""

    title: str
    path: str
    table: str
    content: bytes = field(repr=False)

    def on(self, page: str) -> bool:
        """Whether the page of this table offers it."""
        return self.table in ("", page)


def blank_template_path(item: Item) -> str:
    """Where the empty YAML file of ``item`` lies."""
    return f"papers/blank/{item.id}.yml"


def downloads(
    progress: CampaignProgress, rollup: RollUp, audience: Audience, *, workbook: bool
) -> tuple[Download, ...]:
    """Each table as CSV, everything as JSON, for ``audience``; an empty YAML file for each item.

    ``workbook``: the tables laid out for print, too, which takes ten times as long.
    """
    office = audience is Audience.OFFICE
    titles = {f"{table.name}.csv": table for table in tables(progress, rollup, office=office)}
    found = []
    for name, content in render(progress, rollup, audience.value, "xlsx").items() if workbook else ():
        found.append(Download("汇总表（Excel）", f"{FOLDER}/{name}", "", content))
    for name, content in render(progress, rollup, audience.value, "csv").items():
        table = titles[name]
        found.append(Download(f"{table.title}（CSV）", f"{FOLDER}/{name}", table.name, content))
    for name, content in render(progress, rollup, audience.value, "json").items():
        found.append(Download("全部数据（JSON）", f"{FOLDER}/{name}", "", content))
    for item in progress.campaign.items:
        text = template(progress.campaign, None, item).encode()
        found.append(Download(f"{item.title}（YAML 模板）", blank_template_path(item), "annexes", text))
    return tuple(found)
