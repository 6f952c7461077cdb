"""Which paths an upload may be for: those that a document of this campaign can name. None is ever used on a disk."""

from __future__ import annotations

from build_tools.campaign import Campaign, Unit
from build_tools.checks.attachments import PHOTO_KINDS
from build_tools.checks.content import WORDS, kind_named
from build_tools.checks.materials import is_inside
from build_tools.handed_in.names import Refused as Unnamed
from build_tools.handed_in.names import target_of
from build_tools.leftovers import is_leftover
from intake.answers import Refused

MOST_PATH = 120
"""Characters, as the schemas have it."""


def is_photo(path: str, campaign: Campaign) -> bool:
    """Whether ``path`` is the photo of a document, by the name that the form pages give it: ``…/individual-01.jpg``."""
    located = campaign.locate(path.rpartition("/")[2].rpartition(".")[0])
    return located is not None and bool(located[0].photo)


def accepted_kinds(path: str, campaign: Campaign) -> tuple[str, ...]:
    """The kinds of file that may lie at ``path``."""
    return PHOTO_KINDS if is_photo(path, campaign) else campaign.attachment_types


def most_bytes(path: str, campaign: Campaign) -> int:
    """How large a file at ``path`` may be."""
    return campaign.limits.get("photo_kib" if is_photo(path, campaign) else "file_kib", 0) * 1024


def check_path(path: str, unit: Unit, campaign: Campaign) -> None:
    """Raises :class:`Refused` unless a document of ``unit`` can name the file ``path`` of its folder."""
    if not 0 < len(path) <= MOST_PATH or not path.isprintable() or not is_inside(path, campaign):
        raise Refused(422, "文件的位置不对，请在填报页面的照片栏或清单里选择文件上传。")
    try:
        found = target_of(campaign, (unit.slug, *path.split("/")), unit)
    except Unnamed as unnamed:
        raise Refused(422, f"{unnamed}。") from unnamed
    if found.path != path or is_leftover(path):
        raise Refused(422, "文件的位置不对，请在填报页面的照片栏或清单里选择文件上传。")
    kinds = accepted_kinds(path, campaign)
    if kind_named(path) not in kinds:
        words = "、".join(WORDS[kind] for kind in kinds)
        what = "照片" if is_photo(path, campaign) else "材料"
        raise Refused(422, f"{what}只收{words}。请另存为其中一种，扩展名与类型相符，再上传。")
