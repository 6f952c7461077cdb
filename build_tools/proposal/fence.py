"""What a pull request may touch: the sender's own folder, plain files, harmless paths, not too many.

Looks at paths, modes and sizes only. What passes goes into the merged view; what does not has a finding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from build_tools.campaign import Campaign
from build_tools.checks import proposals as rules
from build_tools.findings import Finding, Place
from build_tools.history import MOST_CHANGES, Change, Comparison, GitTree
from build_tools.leftovers import is_marker
from build_tools.proposal.sender import Sender
from build_tools.submissions import CITIES
from build_tools.tree import EXECUTABLE, FOLDER_LINK, LINK, PLAIN

MOST_MIB = 200
"""So much content at most comes with one pull request; a campaign has its own limits for one file."""

_DATA = ("data/", "schemas/")
_KINDS = {LINK: "符号链接", FOLDER_LINK: "子模块", EXECUTABLE: "带可执行标记的文件"}
_GIT = re.compile(r"\.git|git~[0-9]+\Z", re.IGNORECASE)


def fence(
    comparison: Comparison, sender: Sender, campaign: Campaign
) -> tuple[tuple[Change, ...], tuple[Finding, ...]]:
    """The changes that ``sender`` may make, and a finding for each that is refused."""
    if not sender.known:
        fault = (
            f"登记在别的单位名下，不能替{sender.wanted}报送"
            if sender.wanted
            else "不在账号表中，不能替任何单位报送"
        )
        return (), (rules.NO_RIGHT.finding(Place("data/owners.yml"), fault=fault),)
    if comparison.too_many:
        return (), (rules.TOO_MANY.finding(Place(CITIES), most=MOST_CHANGES),)
    if comparison.malformed:
        place = Place(comparison.malformed)
        return (), (rules.BAD_PATH.finding(place, fault="重复的名字，或者次序不合规定"),)
    if not comparison.changes:
        return (), (rules.NO_CHANGE.finding(Place(CITIES)),)
    allowed, found = [], []
    for change in comparison.changes:
        refused = next(_refusals(change, sender, campaign), None)
        if refused is None:
            allowed.append(change)
        else:
            found.append(refused)
    return tuple(allowed), tuple(found)


def _refusals(change: Change, sender: Sender, campaign: Campaign) -> Iterator[Finding]:
    """Every reason to refuse one change, the one that is told first."""
    place = Place(change.path)
    if not sender.owns(change.path):
        yield _not_own(place, sender, campaign)
    outside = change.path.startswith("../")
    if not sender.anything or change.path.startswith(_DATA):
        fault = path_fault(change.path)
        if fault:
            yield rules.BAD_PATH.finding(place, fault=fault)
        if change.new is not None and change.new.mode != PLAIN:
            yield _not_plain(place, change.new.mode)
    if change.moved and not outside:
        yield rules.CONFLICT.finding(place)


def _not_own(place: Place, sender: Sender, campaign: Campaign) -> Finding:
    owner = next((unit for unit in campaign.units if place.path.startswith(f"{unit.folder}/")), None)
    if owner is None:
        return rules.OFFICE_FILE.finding(place, own=sender.names, folder=sender.folders)
    return rules.OTHERS_FILE.finding(place, owner=owner.name, own=sender.names, folder=sender.folders)


def _not_plain(place: Place, mode: str) -> Finding:
    mend = "删去它，把文件本身放到这里。"
    if mode == EXECUTABLE:
        mend = "去掉可执行标记：git update-index --chmod=-x 后面写这个文件，再提交。"
    return rules.NOT_PLAIN.finding(place, what=_KINDS.get(mode, "不认识的东西"), mend=mend)


def path_fault(path: str) -> str:
    """What makes a path dangerous on some system, in words; empty when nothing does.

    The lists are git's own (``fsck``: hasDot, hasDotdot, hasDotgit) with what HFS+ and NTFS ignore in a name.
    """
    if any(0xDC80 <= ord(character) <= 0xDCFF for character in path):
        return "不是 UTF-8 的字符"
    if "\\" in path:
        return "反斜杠"
    if any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in path):
        return "看不见的控制字符"
    for name in path.split("/"):
        if name in ("", ".", ".."):
            return f"“{name}”" if name else "空的一段"
        if _GIT.match(name) and not is_marker(name):
            return "“.git”开头的名字"
        if name.endswith((" ", ".")):
            return "末尾的空格或者点"
    return ""


def too_much(comparison: Comparison, changes: Iterable[Change], merged: GitTree) -> Iterator[Finding]:
    """A finding when all that is brought is too large together, also what was removed again on the way."""
    brought = {change.path for change in changes if change.new is not None}
    size = sum(entry.size for entry in merged.files(CITIES) if entry.path in brought)
    size = max(size, comparison.weight)
    if size > MOST_MIB * 1024 * 1024:
        yield rules.TOO_MUCH.finding(Place(CITIES), size=-(-size // 1024 // 1024), most=MOST_MIB)
