"""What the pages need on which a unit fills in an item: the fields as HTML, and the facts their script works with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from build_tools.campaign import Item
from build_tools.campaign.forge import forge_of
from build_tools.checks import Examination
from build_tools.checks.catalogue import catalogue
from build_tools.forms.definition import Form
from build_tools.forms.sheet import PHOTO
from build_tools.forms.web import entry_html, layout_name, preview_html
from build_tools.progress import CampaignProgress, UnitProgress, moment_text
from build_tools.site.downloads import blank_template_path
from build_tools.site.entry_view import Entries, EntryView, Link
from build_tools.site.island import island
from build_tools.site.originals import FOLDER
from build_tools.site.papers import Papers
from build_tools.site.view import Audience
from build_tools.source import reading

SECTION = "submit"


def entries(
    examination: Examination,
    progress: CampaignProgress,
    audience: Audience,
    forms: Mapping[str, Form],
    *,
    pages: Mapping[str, str],
    papers: Papers,
    intake: str = "",
) -> Entries:
    """The form pages for ``audience``. ``forms`` and ``pages`` (of the blank forms) are by item.

    ``intake`` is where documents are submitted to, relative to the site's root; empty for nowhere.
    Units are told by what the unit's own public page shows: deadlines, places, names of documents.
    """
    campaign = examination.campaign
    desk = {**_desk(examination, audience), **({"intake": intake} if intake else {})}
    views = []
    for item in campaign.items:
        form = forms.get(item.id)
        own = {
            "root": "../../",
            "item": _item(item),
            "schema": item.schema.root,
            "checks": catalogue(campaign, item),
            "layout": layout_name(form),
            "units": _units(progress, item),
        }
        views.append(
            EntryView(
                id=item.id,
                title=item.title,
                form=item.form,
                clause=item.clause,
                about=str(item.schema.root.get("description", "")).removeprefix(f"{item.clause}。"),
                path=entry_path(item),
                nomination=item.is_nomination,
                layout=layout_name(form),
                number=form.annex if form else "",
                annex=pages.get(item.id, ""),
                blanks=(*papers.blanks.get(item.id, ()), Link("YAML 模板", blank_template_path(item))),
                fields=entry_html(campaign, item, form),
                sheet=preview_html(campaign, item, form),
                desk=island({**desk, **own}),
            )
        )
    overview: dict[str, Any] = {"root": "../", "item": None, "schema": {}, "checks": {}, "layout": ""}
    start = island({**desk, **overview, "units": _units(progress, None)})
    return Entries(tuple(views), start, intake=intake)


def entry_path(item: Item) -> str:
    """The page on which ``item`` is filled in, without ``.md``."""
    return f"{SECTION}/{item.id}"


def _desk(examination: Examination, audience: Audience) -> dict[str, Any]:
    """What every form page knows of the campaign."""
    campaign = examination.campaign
    return {
        "campaign": campaign.id,
        "demo": campaign.demo_note if campaign.is_demo else "",
        "now": examination.now.isoformat() if campaign.is_demo else None,
        "items": [
            {
                "id": item.id,
                "title": item.title,
                "clause": item.clause,
                "file": item.file,
                "nominee": item.nominee,
                "late": item.late.value,
                "url": f"{entry_path(item)}/",
            }
            for item in campaign.items
        ],
        "limits": campaign.limits,
        "types": campaign.attachment_types,
        "photo": [round(length) for length in PHOTO],
        "reading": reading(),
        "forge": forge_of(campaign),
        "files": f"{FOLDER}/" if audience is Audience.OFFICE else "",
    }


def _item(item: Item) -> dict[str, Any]:
    names = (
        "id",
        "title",
        "form",
        "clause",
        "file",
        "nominee",
        "caption",
        "photo",
        "manifest",
        "attachments",
        "minimum",
    )
    kinds = [{"id": k.id, "title": k.title, "each_nominee": k.each_nominee} for k in item.kinds]
    return {**{name: getattr(item, name) for name in names}, "kinds": kinds}


def _units(progress: CampaignProgress, item: Item | None) -> list[dict[str, Any]]:
    """Each unit's facts: with ``item`` the deadline for it, else the one that matters next."""
    return [_unit(progress, unit, item) for unit in progress.units]


def _unit(progress: CampaignProgress, unit: UnitProgress, item: Item | None) -> dict[str, Any]:
    deadline = unit.item(item.id).deadline if item else unit.deadline
    return {
        "slug": unit.unit.slug,
        "name": unit.unit.name,
        "traits": sorted(unit.unit.traits),
        "deadline": deadline.isoformat(),
        "deadlineText": moment_text(deadline, progress.now),
        "quota": {own.item.id: own.quota for own in unit.items if own.item.is_nomination},
        "sent": list(_sent(unit)),
    }


def _sent(unit: UnitProgress) -> Iterable[str]:
    return (document.name for item in unit.items for document in item.documents if document.present)
