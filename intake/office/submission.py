"""One submission: what came, what the rules say of it, how it reads, what changed, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from build_tools.campaign import Item
from build_tools.ledger import digest
from build_tools.submissions import CITIES
from intake.answers import Refused
from intake.current import campaign, now
from intake.journal import acting, reviews, spool
from intake.journal.difference import Change, FileChange, compare, compare_files
from intake.journal.models import Action, Submission
from intake.journal.reading import Reading, read, visible
from intake.journal.reviews import Review
from intake.office import wording
from intake.office.campaign_tree import ledger_of, tree
from intake.office.desk import show
from intake.office.rivals import Rival, rivals
from intake.people.access import Door, door
from intake.projection.earlier import TITLE as EARLIER
from intake.projection.earlier import earlier

TREE = "tree"
"""What the address calls the version that did not come through the intake."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version to compare with: its key in the address, its title, and where its files are found."""

    key: str
    title: str
    files_at: str
    reading: Reading
    files: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as the page shows it: the rules' words, with the field it is about."""

    severity: str
    message: str
    hint: str
    clause: str
    where: str
    code: str
    answered: bool
    others: Sequence[Rival] = ()


@dataclass(frozen=True)
class Opened:
    """A submission that somebody looks at, with all that is known of its document."""

    line: Submission
    item: Item
    versions: Sequence[Submission]
    actions: Sequence[Action]
    review: Review

    @property
    def version(self) -> int:
        """Which version it is, counted from 1."""
        return next(place for place, other in enumerate(self.versions, 1) if other.pk == self.line.pk)

    @property
    def newest(self) -> Submission:
        """The newest version of the document."""
        return self.versions[-1]

    @property
    def is_newest(self) -> bool:
        """Whether nothing came after it."""
        return self.line.pk == self.newest.pk


def opened(number: str) -> Opened:
    """The submission with this number; raises :class:`Http404` and :class:`Refused`."""
    line = Submission.objects.select_related("account").filter(number=number).first()
    if line is None:
        raise Http404
    item = campaign().item_by_id.get(line.item)
    if item is None:
        raise Refused(409, "现在的活动里没有这个报送项，这份材料不能在这里看；原件仍在台账和存档中。")
    every = reviews.versions(line.unit, line.document)
    acted = reviews.stage_actions(line.unit, line.document)
    mine = [action for action in acted if action.submission_id == line.pk]
    before = [action for action in acted if action.submission_id != line.pk]
    returned = any(action.kind == Action.Kind.RETURNED for action in before)
    place = next(place for place, other in enumerate(every, 1) if other.pk == line.pk)
    found = reviews.review(
        campaign(), ledger_of(line.unit), line, place, mine[-1] if mine else None, returned=returned
    )
    return Opened(line, item, every, acted, found)


def document_of(line: Submission) -> bytes:
    """The document's bytes as they came; raises :class:`Refused`."""
    try:
        return spool.document(line.spool)
    except (OSError, ValueError, KeyError) as error:
        raise Refused(503, "这份材料的原件暂时读不出来，请联系维护人员核对 spool 文件夹。") from error


def findings_of(line: Submission, item: Item) -> list[Finding]:
    """What the rules found, errors first, in the order of the file."""
    told = sorted(line.findings or (), key=lambda found: found.get("severity") != "error")
    return [
        Finding(
            severity=str(found.get("severity", "")),
            message=visible(str(found.get("message", ""))),
            hint=visible(str(found.get("hint", ""))),
            clause=str(found.get("clause", "")),
            where=_where(item, found),
            code=str(found.get("code", "")),
            answered=bool(found.get("answered")),
            others=tuple(rivals(map(str, found.get("elsewhere", ())))),
        )
        for found in told
    ]


def _where(item: Item, found: Mapping[str, Any]) -> str:
    """``“姓名”，第 3 行``: the form's word for the field, and the line of the file."""
    pointer = [
        part.replace("~1", "/").replace("~0", "~") for part in str(found.get("pointer", "")).split("/")[1:]
    ]
    parts = tuple(int(part) if part.isdecimal() else part for part in pointer)
    title = visible(item.schema.title_at(parts)) if parts else ""
    if f"“{title}”" in str(found.get("message", "")):
        title = ""  # the sentence names it
    row = next((f"第 {part + 1} 项" for part in parts if isinstance(part, int)), "")
    line = f"文件第 {found['line']} 行" if found.get("line") and parts else ""
    return "，".join(filter(None, (f"“{title}”" if title else "", row, line)))


def version_of(line: Submission, item: Item, place: int) -> Version:
    """``line`` as a version to compare with."""
    reading = read(campaign(), item, document_of(line))
    return Version(line.number, f"第 {place} 版", f"/desk/{line.number}/files/", reading, line.files)


def tree_version(one: Opened) -> Version | None:
    """The version that came another way: in the campaign's tree, or before the first one of the intake."""
    located = campaign().locate(one.line.document)
    if located is None:
        return None
    path = f"{CITIES}/{one.line.unit}/{one.item.path(located[1])}"
    title, files_at = "网站上现有的一版", f"/desk/units/{one.line.unit}/files/"
    data: bytes | None
    try:
        data = tree().read(path)
    except OSError:
        data = None
    known = {line.digest for line in one.versions}
    if data is None or digest(data) in known:
        # The pictures that went with it may have been replaced since, and are not shown.
        title, files_at, data = EARLIER, "", earlier(one.versions[0])
    if data is None or digest(data) in known:
        return None
    return Version(TREE, title, files_at, read(campaign(), one.item, data), {})


def against(one: Opened, asked: str) -> Version | None:
    """The version that ``one`` is compared with: the one ``asked`` for, else the one that stands."""
    if asked == TREE:
        return tree_version(one)
    chosen = next((line for line in one.versions if line.number == asked and line.pk != one.line.pk), None)
    if chosen is None and not asked:
        chosen = reviews.to_compare_with(one.line, one.versions, one.actions)
        if chosen is None:
            return tree_version(one)
    if chosen is None:
        return None
    place = next(place for place, line in enumerate(one.versions, 1) if line.pk == chosen.pk)
    return version_of(chosen, one.item, place)


@dataclass(frozen=True, slots=True)
class Past:
    """A line of the document's history."""

    at: str
    what: str
    who: str
    number: str
    current: bool
    more: str = ""


def history(one: Opened) -> list[Past]:
    """Versions and what the office did with them, newest first."""
    found = [
        (
            line.received_at,
            0,
            Past(
                wording.clock(line.received_at),
                f"收到第 {place} 版",
                line.by,
                line.number,
                line.pk == one.line.pk,
            ),
        )
        for place, line in enumerate(one.versions, 1)
    ]
    for action in one.actions:
        word = f"{action.word}（{action.get_state_display()}）"
        until = f"期限 {wording.clock(action.until)}。" if action.until else ""
        more = "".join(filter(None, (until, visible(action.why), visible(action.message))))
        found.append(
            (
                action.at,
                1,
                Past(wording.clock(action.at), word, wording.person(action.account), "", False, more),
            )
        )
    return [past for _, _, past in sorted(found, key=lambda entry: entry[:2], reverse=True)]


@door(Door.OFFICE)
@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    """One submission."""
    one = opened(number)
    asked = request.GET.get("against", "")
    mine = version_of(one.line, one.item, one.version)
    other = against(one, asked)
    changes: tuple[Change, ...] = ()
    files: tuple[FileChange, ...] = ()
    if other is not None and not (mine.reading.fault or other.reading.fault):
        changes = compare(other.reading, mine.reading, other.files, mine.files)
        files = compare_files(other.files, mine.files) if other.key != TREE else ()
    moment = now()
    unit = campaign().unit_by_slug.get(one.line.unit)
    elsewhere = other if other and other.key == TREE else tree_version(one)
    context = {
        "one": one,
        "line": one.line,
        "review": one.review,
        "unit_of_line": unit,
        "late": one.review.late,
        "timing": wording.timing(one.review),
        "flags": wording.flags(one.review),
        "next_step": wording.next_step(one.review, moment) if one.is_newest else "",
        "findings": findings_of(one.line, one.item),
        "mine": mine,
        "other": other,
        "changed": [change for change in changes if change.changed],
        "same": [change for change in changes if not change.changed],
        "file_changes": files,
        "others": [
            (line.number, f"第 {place} 版（{wording.clock(line.received_at)}）")
            for place, line in enumerate(one.versions, 1)
            if line.pk != one.line.pk
        ],
        "elsewhere": elsewhere,
        "nominated": one.item in campaign().nominations,
        "history": history(one),
        "seen": acting.last_action(one.line.unit, one.line.document, Action.Kind.ACCEPTED),
    }
    return show(request, "submission", context, "queue")
